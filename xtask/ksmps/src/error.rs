//! What can go wrong in these commands, said so that one knows what to do next.

use std::io;
use std::path::{Path, PathBuf};

use crate::play::Remark;

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
    #[error("{name} does not play:\n{}", lines(diagnostics))]
    Document {
        /// Which document.
        name: String,
        /// What is wrong with it, by line.
        diagnostics: Vec<Remark>,
    },
    /// Something went wrong while the document played; what it sounded like is there.
    #[error("{name}: {count} {} while it played", if *count == 1 { "error" } else { "errors" })]
    WhilePlaying {
        /// Which document.
        name: String,
        /// How many different ones.
        count: usize,
    },
    /// The bundles are not there.
    #[error(transparent)]
    NotBuilt(#[from] ksmps_harness::bundle::NotBuilt),
    /// The host or the plugin could not.
    #[error(transparent)]
    Instance(#[from] ksmps_harness::instance::InstanceError),
    /// The plugin's state is not what the harness knows.
    #[error(transparent)]
    State(#[from] ksmps_harness::state::StateError),
    /// The host or the plugin said no.
    #[error(transparent)]
    Host(#[from] ksmps_harness::host::HostError),
}

impl Error {
    /// For `map_err`: a file and what the system said about it.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source }
    }

    /// For `map_err`: a sound file and what is wrong with it.
    pub fn sound<E: ToString>(path: &Path) -> impl FnOnce(E) -> Self + '_ {
        move |reason| Self::Sound { path: path.to_owned(), reason: reason.to_string() }
    }
}

fn lines(remarks: &[Remark]) -> String {
    let lines: Vec<&str> = remarks.iter().map(|remark| remark.0.as_str()).collect();
    lines.join("\n")
}
