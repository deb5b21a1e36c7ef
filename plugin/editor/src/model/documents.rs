//! What is known of documents: the one that is open, and those that could be.

use std::path::PathBuf;
use std::sync::Arc;

/// The document that is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentNow {
    /// Its whole text.
    pub text: Arc<str>,
    /// What it is called: by its `;@about`, else by its file, else `Untitled`.
    pub name: String,
    /// The file that it came from.
    pub origin: Option<PathBuf>,
    /// Counts the changes of the project.
    pub revision: u64,
    /// Whether the user has changed the project since it was saved or opened.
    pub is_modified: bool,
    /// The text as it was saved or opened last.
    pub saved: Arc<str>,
}

/// A preset: values for parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// What it is called.
    pub name: String,
    /// Where it comes from.
    pub source: PresetSource,
}

/// Where a preset comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresetSource {
    /// A `;@preset` of the document; it can only be chosen.
    Document,
    /// A file of the user's; it can be renamed and deleted.
    User,
}

/// A document that comes with the plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryEntry {
    /// What it is called.
    pub name: String,
    /// `Synth/Keys`; an empty one stands under `Other`.
    pub category: String,
    /// Who wrote it.
    pub author: String,
    /// A sentence or two.
    pub text: String,
    /// Whether it is a template to begin a document with.
    pub is_template: bool,
}

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEntry {
    /// Its name without the folder's.
    pub name: String,
    /// Whether it is a folder itself.
    pub is_folder: bool,
    /// Bytes; 0 for a folder.
    pub bytes: u64,
    /// When it was changed last, as a person reads it (`2026-03-01 14:02`).
    pub changed: String,
}

/// A file that a document plays with and that was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingFile {
    /// As the document names it.
    pub name: String,
    /// Where it was looked for.
    pub looked: Vec<PathBuf>,
    /// The document's line, where it is known.
    pub line: Option<u32>,
}

/// A file outside the project, edited elsewhere, that the document follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedFile {
    /// The file.
    pub path: PathBuf,
    /// Its text, where it and the document have both changed: the user decides which one holds.
    pub conflict: Option<Arc<str>>,
    /// Why changes of the file are not seen, where that is so.
    pub problem: Option<String>,
}

/// A render to a sound file.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendering {
    /// The file.
    pub path: PathBuf,
    /// How much of it is done, 0..=1; `None` where its end is not known.
    pub done: Option<f32>,
    /// Seconds that were rendered.
    pub seconds: f64,
}

/// What a document may ask consent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// To read and write files anywhere.
    Files,
    /// To use the network.
    Network,
    /// To run programs.
    Programs,
    /// To run Python.
    Python,
}

/// A document asks consent for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// For what.
    pub permission: Permission,
    /// The line that asks, where it is known.
    pub line: Option<u32>,
    /// What the user said; `None` where it was not asked yet.
    pub answer: Option<bool>,
}
