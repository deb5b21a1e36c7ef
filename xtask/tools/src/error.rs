//! What can go wrong in these commands, said so that one knows what to do next.

use std::io;
use std::path::Path;

use ksmps_program::Error as Played;

/// Why a command did not reach its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What can go wrong where a document is played.
    #[error(transparent)]
    Played(Played),
    /// The demo heard something that should not be.
    #[error("not all is well: {0}")]
    Demo(String),
    /// A host or a validator found a fault, or could not be run.
    #[error("{0}")]
    Hosts(String),
    /// A measurement could not be made.
    #[error("could not measure: {0}")]
    Bench(String),
    /// There is no screen, or something on it did not happen.
    #[error(transparent)]
    Desktop(#[from] ksmps_harness::desktop::DesktopError),
}

impl Error {
    /// Something on the command line makes no sense together, or names what does not exist.
    pub fn usage(text: String) -> Self {
        Self::Played(Played::Usage(text))
    }

    /// For `map_err`: a file and what the system said about it.
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::Played(Played::file(path)(source))
    }

    /// For `map_err`: a sound file and what is wrong with it.
    pub fn sound<E: ToString>(path: &Path) -> impl FnOnce(E) -> Self + '_ {
        |reason| Self::Played(Played::sound(path)(reason))
    }
}

/// What the code of the program and of the hosts says.
macro_rules! from {
    ($($error:ty),*) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::Played(error.into())
            }
        }
    )*};
}

from!(
    Played,
    ksmps_harness::bundle::NotBuilt,
    ksmps_harness::instance::InstanceError,
    ksmps_harness::state::StateError,
    ksmps_harness::host::HostError
);
