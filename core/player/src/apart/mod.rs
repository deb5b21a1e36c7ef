//! An engine in a process of its own: the second implementation of [`Performer`](super::Performer) and of
//! [`Build`](super::build::Build).
//!
//! [`BuildApart`] starts a process, or takes the spare one, and hands it the project. What comes back is what is known of
//! the engine, and a [`performer`] that hands blocks to it through shared memory. The process runs
//! [`run_engine_process`]: it goes into its sandbox, builds the engine as it is built here, and plays it through the same
//! seam. `messages` is all that both say.

mod build;
mod deadlines;
mod direct;
mod engine_side;
mod handle;
mod heard;
mod launch;
mod limits;
mod messages;
mod performer;
mod pipelined;
mod priority;
mod progress;
mod remote;
mod scratch;
mod search;
#[cfg(test)]
mod tests;
mod watch;
mod words;

pub(super) use build::BuildApart;
pub use engine_side::run_engine_process;
pub use launch::find_executable as engine_executable;
pub(super) use launch::prepare_spare as prepare_process;

/// What both processes are built from.
const BUILD: &str = env!("KSMPS_BUILD");
