//! Seam: the `py…` opcodes in small orchestras, through `csound::{Preparing, Python, Running}`.
//!
//! Where this machine has no Python that can be loaded, each test says so on the standard error and does nothing else.

mod csound_object;
mod engines;
mod every_opcode;
mod examples;
mod faults;
mod harness;
mod missing;
mod offline;
mod page;
