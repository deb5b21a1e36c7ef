//! Blocks through shared memory: frames and messages in, frames and messages out.
//!
//! There are some places for blocks, taken in turn. The host side fills one and adds 2 to the *request* word
//! ([`HostEnd::hand_over`]); the engine side plays it in place and adds 2 to the *answer* word ([`Request::answer`]); the
//! host side takes the frames out ([`HostEnd::take`]). Blocks are played and answered in their order. While a block is out,
//! its place belongs to the engine side: without a free place nothing is handed over, so nothing is ever overwritten while
//! somebody reads it. Who waits for each answer before the next block ([`HostEnd::wait`]) has one block out at a time; who
//! does not ([`Pipeline`]) may have as many as there are places.
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

pub(crate) use layout::{ANSWER, Control, DEAD, DEATH, DeathNote, PLACE_BYTES, PRINTED_BYTES};

#[cfg(test)]
mod tests;
