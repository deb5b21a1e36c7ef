//! The editor of an instance: what its window shows.
//!
//! A [`model::Model`] holds what is shown. [`model::News`] bring it up to date, `views` draw it, and each thing that
//! the user does is one [`model::Command`]. Nothing here knows an engine or a host: whoever owns the window feeds the
//! news and carries the commands out. [`code`] is the code widget, [`widgets`] are the controls, one file each, and
//! [`theme`] has every colour, size and font.

pub mod code;
mod editor;
pub mod gallery;
mod keys;
pub mod model;
mod state;
pub mod theme;
mod views;
pub mod widgets;

pub use editor::Editor;
