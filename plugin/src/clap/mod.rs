//! The CLAP side, written by hand because the framework's own entry cannot say that a document changed.
//!
//! [`entry`] is what a host finds in the library. Each plugin it makes is an [`instance`]: the framework's wrapper
//! with a few functions exchanged. [`link`] is the way back, from an instance to its own host. The only unsafe
//! code of this package is here and in [`crate::slots`].

#![expect(unsafe_code, reason = "CLAP is C: raw pointers to and from the host")]

pub mod entry;
pub mod instance;
pub mod link;
