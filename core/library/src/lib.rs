//! C libraries that are opened at run time: looked for when they are first needed, never linked.
//!
//! A machine without them still starts the program and shows the plugins. [`find`] looks in the order of [`Places`]:
//! where the user says, then beside this program or plugin, then where the system keeps it. [`functions!`] declares a
//! table of a library's functions. [`sound_file`] reads and writes sound files through libsndfile; [`python`]
//! finds and loads an interpreter.

#![expect(unsafe_code, reason = "opening a C library, and calling libsndfile")]

mod find;
mod own_file;
mod places;
pub mod python;
mod sndfile;
pub mod sound_file;
mod table;

pub use find::{find, open};
pub use ksmps_data::library::{OpenError, Unusable};
pub use libloading::Library;
pub use own_file::{file_with, folders as own_folders, keep_loaded};
pub use places::{CSOUND_VARIABLE, Places, System, Wanted};
