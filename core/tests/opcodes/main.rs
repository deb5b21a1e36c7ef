//! Seam: the opcodes of our own, in small orchestras, through `csound::{Preparing, Running}`. What they do is read
//! from channels and from the output.

mod beads;
mod buses;
mod curves;
mod harness;
mod own_names;
mod pfields;
mod small;
mod stores;
