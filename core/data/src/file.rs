//! A file that could not be read or written.

use std::path::PathBuf;

/// Which file it was, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct FileError {
    /// Which file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

impl FileError {
    /// A file and what is wrong with it. `[any]`
    pub fn new(path: impl Into<PathBuf>, reason: impl ToString) -> Self {
        Self { path: path.into(), reason: reason.to_string() }
    }
}
