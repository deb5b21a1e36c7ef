//! What went wrong in an instance so far: counted where it happens, read where it is reported.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Counters and remarks of one instance.
#[derive(Debug, Default)]
pub struct Health {
    dropped: AtomicU32,
    silenced: AtomicU32,
    trouble: AtomicBool,
    /// Why the last state was not loaded.
    refused: Mutex<Option<String>>,
}

impl Health {
    /// Counts events for which there was no room. [any]
    pub fn count_dropped(&self, events: u32) {
        if events > 0 {
            self.dropped.fetch_add(events, Ordering::Relaxed);
        }
    }

    /// Events for which there was no room, since the instance was made. [any]
    pub fn dropped(&self) -> u32 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Counts samples that were no numbers. [any]
    pub fn count_silenced(&self, samples: u32) {
        if samples > 0 {
            self.silenced.fetch_add(samples, Ordering::Relaxed);
        }
    }

    /// Samples that were no numbers and were silenced, since the instance was made. [any]
    pub fn silenced(&self) -> u32 {
        self.silenced.load(Ordering::Relaxed)
    }

    /// Notes that a program error was caught on the audio thread. [any]
    pub fn set_trouble(&self, trouble: bool) {
        self.trouble.store(trouble, Ordering::Relaxed);
    }

    /// Whether a program error was caught on the audio thread since the last activation. [any]
    pub fn trouble(&self) -> bool {
        self.trouble.load(Ordering::Relaxed)
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
