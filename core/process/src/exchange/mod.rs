//! Blocks through shared memory: frames and messages in, frames and messages out.
//!
//! There is one place for a block. The host side fills it and adds 2 to the *request* word ([`HostEnd::hand_over`]); the
//! engine side plays it in place and writes the same number into the *answer* word (`EngineEnd::answer`); the host side
//! takes the frames out ([`HostEnd::take`]). While a block is out, its place belongs to the engine side: a block that comes
//! meanwhile is not handed over, so nothing is ever overwritten while somebody reads it.
//!
//! Each side says in a word of its own whether it sleeps, so that no system call is made while the other one is awake.
//! The lowest bit of the request word asks the engine to end; the lowest bit of the answer word says that the engine is
//! dead (a signal handler sets it, or the thread that watches processes).
//!
//! Messages are bytes to this module: what they say is the business of those who use it. Frames are 32-bit floats.

mod engine_end;
mod host_end;
mod layout;
mod pipeline;

pub use engine_end::{EngineEnd, Request};
pub use host_end::{Answer, HostEnd, Patience, Waited};
pub use layout::Limits;
pub use pipeline::Pipeline;

pub(crate) use layout::{ANSWER, Control, DEAD, DEATH, DeathNote};

#[cfg(test)]
mod tests;
