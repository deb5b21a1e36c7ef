//! The VST3 side, written by hand where the framework's own falls short of what hosts do.
//!
//! [`entry`] is what a host finds in the library. Each plugin it makes is an [`object`]: the framework's object
//! with a few functions exchanged: those of the parameters in `controller`, those of units and programs in `unit_info`
//! (of which `units` and `programs` make the lists), those of note expressions in `note_expression`. [`link`] is what
//! these functions share with the instance, `run_loop` has the host call when nothing else does, `process` is what comes
//! before a block, `arrangement` is which channels the buses have, and `view` is the editor.

#![expect(unsafe_code, reason = "VST3 is COM: raw pointers to and from the host")]

mod arrangement;
mod controller;
pub mod entry;
mod last_set;
pub mod link;
mod note_expression;
pub mod object;
mod process;
mod programs;
mod run_loop;
mod text;
mod unit_info;
mod units;
mod view;
