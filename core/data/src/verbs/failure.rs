//! What Csound answers where it does not do what it was asked to.

use crate::library::OpenError;

/// Why Csound did not do what it was asked to. What it printed is in the instance's messages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// There is no Csound that can be used: what is missing, where it was looked for, what to do.
    #[error(transparent)]
    Library(#[from] OpenError),
    /// Csound could not be started in this process.
    #[error("Csound could not be started in this process")]
    Unavailable,
    /// It answered with an error code.
    #[error("Csound answered with error {0}")]
    Code(i32),
    /// It left the call early (an unknown option, `exitnow`, a fatal error).
    #[error("Csound gave up in the middle of the call")]
    Jumped,
    /// The text has a NUL byte.
    #[error("the text has a NUL byte in it")]
    Nul,
}

impl Failure {
    /// Whether Csound was asked and refused, so that what it printed may say why. `[any]`
    pub fn is_csounds(&self) -> bool {
        matches!(self, Self::Code(_) | Self::Jumped)
    }
}
