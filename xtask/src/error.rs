//! What can go wrong here, said so that one knows what to do next.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// Why a command of `cargo xtask` did not reach its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program could not be started.
    #[error("could not start {program}: {source}")]
    Start {
        /// The program's name.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program ran and was not satisfied.
    #[error("{what} failed ({status})")]
    Failed {
        /// What it was to do.
        what: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// A command was ended by a signal: Csound crashed, or somebody stopped it.
    #[error("{what} was ended by {how}: it crashed Csound, or it was stopped")]
    Died {
        /// The command and its document.
        what: String,
        /// The signal.
        how: String,
    },
    /// Something has to be installed by the person at the keyboard.
    #[error("{0}")]
    Missing(String),
    /// A file could not be read, written or copied.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The bundler was not satisfied.
    #[error("could not bundle the plugins: {0}")]
    Bundle(String),
    /// `cargo metadata` said something unexpected.
    #[error("could not find the workspace's target folder: {0}")]
    Metadata(String),
    /// Some checks of `test` failed.
    #[error("{0}")]
    Checks(String),
}

impl Error {
    /// For `map_err`: a file and what the system said about it.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source }
    }
}

/// Runs a program to its end with our own input and output; `what` says what it is for.
pub fn run(command: &mut Command, what: &str) -> Result<(), Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|source| Error::Start { program, source })?;
    if status.success() { Ok(()) } else { Err(Error::Failed { what: what.to_owned(), status }) }
}
