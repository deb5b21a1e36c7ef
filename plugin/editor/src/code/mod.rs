//! The code widget: a text that is edited as lines, with colours, marks, folds and completion.
//!
//! [`CodeState`] holds a text and all that belongs to editing it; [`show`] draws it with what the owner says in
//! [`CodeInputs`] (the theme, the opcodes of the engine that runs, what is wrong in which line, values to stand beside
//! lines) and gives in a [`CodeOutput`] what the user wants done. Only the lines that are shown are laid out, so a
//! keystroke costs the same in a short document and in a long one.
//!
//! In the order to read them: the text ([`buffer`], [`lexer`]), what is found in it ([`structure`], [`opcodes`],
//! [`signature`], [`complete`], [`find`]), the edits, and then what draws.

pub mod bench;
pub mod buffer;
pub mod complete;
mod edits;
pub mod find;
mod find_bar;
pub mod folds;
mod geometry;
pub mod heads;
mod history;
mod inputs;
mod keys;
pub mod lexer;
mod lines;
mod moves;
pub mod opcodes;
mod paint;
mod pointer;
mod popup;
mod show;
pub mod signature;
mod state;
mod strip;
pub mod structure;
pub mod words;

pub use buffer::{Buffer, Position, Selection};
pub use complete::{Candidate, CandidateKind, Completion};
pub use find::Find;
pub use folds::Folds;
pub use history::EditKind;
pub use inputs::{CodeCommand, CodeInputs, CodeOptions, CodeOutput, Mark, Note, SHORTCUTS, Severity};
pub use lexer::{LineState, Section};
pub use moves::brackets;
pub use opcodes::{OpcodeBook, OpcodeEntry};
pub(crate) use show::has_keyboard;
pub use show::show;
pub use signature::{Call, Signature};
pub use state::CodeState;
pub use structure::{Item, ItemKind, Region, Structure};

/// A document of a few instruments, for galleries, pictures and tests.
pub const SAMPLE: &str = include_str!("sample.csd");
