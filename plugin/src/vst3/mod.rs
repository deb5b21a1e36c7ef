//! The VST3 side, written by hand where the framework's own falls short of what hosts do.
//!
//! [`entry`] is what a host finds in the library. Each plugin it makes is an [`object`]: the framework's object
//! with a few functions exchanged. [`link`] is what these functions share with the instance, `run_loop` has the host call when nothing else does, `process` is what comes before a block, `view` is the editor, and [`bus_buffers`] completes the
//! buses of a block for which a host has no buffers.

#![expect(unsafe_code, reason = "VST3 is COM: raw pointers to and from the host")]

pub mod bus_buffers;
pub mod entry;
pub mod link;
pub mod object;
mod process;
mod run_loop;
mod view;
