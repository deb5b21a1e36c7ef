//! What goes wrong in the plugin's own part of an instance; what goes wrong while an engine plays, the core tells
//! (`ksmps_core::player::Status`).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What went wrong in one instance.
#[derive(Debug, Default)]
pub struct Problems {
    panicked: AtomicBool,
    /// Why the last state was not loaded.
    refused_state: Mutex<Option<String>>,
}

impl Problems {
    /// Notes whether a program error was caught since the last activation. `[any]`
    pub fn set_panicked(&self, panicked: bool) {
        self.panicked.store(panicked, Ordering::Relaxed);
    }

    /// What is to be said of a program error since the last activation. `[any]`
    pub fn panicked(&self) -> Option<&'static str> {
        self.panicked.load(Ordering::Relaxed).then_some(PANICKED)
    }

    /// Notes why the last state was not loaded; `None` for one that was. `[control]`
    pub fn set_refused_state(&self, why: Option<String>) {
        *self.refused_state.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// Why the last state was not loaded. `[control]`
    pub fn refused_state(&self) -> Option<String> {
        self.refused_state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is said of a program error that was caught.
pub const PANICKED: &str =
    "a program error was caught in the plugin: silence until the host activates it anew";
/// What a host is told of an offline render whose engine has died.
pub const RENDER_LOST: &str = "the engine has died in this render: see the plugin's messages";
