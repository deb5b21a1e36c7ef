//! Plain data that every layer speaks: what is wrong with a text, parameters and their slots, events at frames, the
//! host's transport, the curves of lines, how letters are written, random numbers, samples, a session's templates and what is asked of them.
//!
//! Nothing here reads a document, knows Csound or a host, or does anything by itself.

pub mod args;
pub mod curve;
pub mod diagnostic;
pub mod doing;
pub mod encoding;
pub mod event;
pub mod file;
pub mod library;
pub mod named_number;
pub mod needs;
pub mod opcode;
pub mod params;
pub mod python;
pub mod random;
pub mod sample;
pub mod sched;
pub mod score;
pub mod size;
pub mod source_map;
pub mod template;
pub mod transport;
pub mod verbs;
pub mod watched;
