//! The CLAP side, written by hand because the framework's own entry knows its plugins at compile time and cannot say that
//! a document changed.
//!
//! [`entry`] is what a host finds in the library. Each plugin it makes is an [`object`]: the framework's wrapper
//! with a few functions exchanged, those of the parameters in [`params`], those of a block in `process` and `note_modulation`, the
//! ports in `ports`, `note_ports` and `surround`. `discovery` lists presets for
//! the host's browser, `preset_load` loads them. [`link`] is the way back, from an instance
//! to its own host. The only unsafe code of this package is here, in [`crate::vst3`] and where the framework's parameters
//! ask for it ([`crate::instance`], [`crate::param_bank`]).

#![expect(unsafe_code, reason = "CLAP is C: raw pointers to and from the host")]

mod descriptor;
mod discovery;
pub mod entry;
mod gui;
mod indication;
pub mod link;
mod menu;
mod note_modulation;
mod note_ports;
pub mod object;
pub mod params;
mod ports;
mod preset_load;
mod process;
mod surround;
