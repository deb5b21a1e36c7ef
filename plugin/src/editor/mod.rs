//! An instance's editor: its window inside the host's. What a project keeps of it is in [`crate::kept`].
//!
//! [`View`] is the window as a format's own object has it, on the host's main thread. [`content`] is what is drawn, on the
//! window's thread; it holds the instance and reaches everything through it. Where the window cannot open, or was closed
//! by a program error, the instance says why ([`crate::kept::Editor::problem`]); the sound goes on.

pub mod content;
mod view;

pub use view::View;
