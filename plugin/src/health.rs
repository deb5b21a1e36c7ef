//! What goes wrong in the plugin's own part of an instance; what goes wrong while an engine plays, the core tells
//! (`ksmps_core::player::Status`).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Remarks of one instance.
#[derive(Debug, Default)]
pub struct Health {
    stumbled: AtomicBool,
    /// Why the last state was not loaded.
    refused: Mutex<Option<String>>,
}

impl Health {
    /// Notes whether a program error was caught since the last activation. [any]
    pub fn set_stumbled(&self, stumbled: bool) {
        self.stumbled.store(stumbled, Ordering::Relaxed);
    }

    /// What is to be said of a program error since the last activation. [any]
    pub fn stumbled(&self) -> Option<&'static str> {
        self.stumbled.load(Ordering::Relaxed).then_some(STUMBLED)
    }

    /// Notes why the last state was not loaded; `None` for one that was. [control]
    pub fn set_refused(&self, why: Option<String>) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// Why the last state was not loaded. [control]
    pub fn refused(&self) -> Option<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is said of a program error that was caught.
pub const STUMBLED: &str =
    "error: a program error was caught in the plugin: silence until the host activates it anew";
