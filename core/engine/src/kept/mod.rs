//! What a document keeps (`;@keep`), as one engine has it: a row of words, in which every table and channel has its
//! place.
//!
//! `places` reads and writes the engine's own values, `layout` says which words are whose, and a `board` has the words
//! for whoever saves them, and for the engine that comes next.

mod board;
mod layout;
mod places;

pub use board::{KEPT_TURN_WORDS, KeptBoard};
pub use layout::{KeptItem, KeptLayout};
pub(super) use places::KeptPlaces;

/// Words that are handed on at a time.
pub const KEPT_CHUNK_WORDS: usize = 512;
