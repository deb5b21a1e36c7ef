//! What can go wrong in these commands, said so that one knows what to do next.

use std::io;
use std::path::{Path, PathBuf};

use ksmps_core::diagnostic::Diagnostic;

/// Why a command did not reach its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something on the command line makes no sense together, or names what does not exist.
    #[error("{0}")]
    Usage(String),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A WAV file could not be read or written.
    #[error("{}: {reason}", path.display())]
    Sound {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The document does not play.
    #[error("{} does not play:\n{}", path.display(), lines(diagnostics))]
    Document {
        /// Which document.
        path: PathBuf,
        /// What is wrong with it, by line.
        diagnostics: Vec<Diagnostic>,
    },
    /// The host or the plugin said no.
    #[error("{0}")]
    Host(#[from] ksmps_tests::host::HostError),
}

impl Error {
    /// For `map_err`: a file and what the system said about it.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source }
    }
}

fn lines(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
