//! The names of an engine that commands can be meant for, and what is counted for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ksmps_engine::{Counters, Symbols};

/// What the control side knows of one engine. `[control]`
#[derive(Debug)]
pub(super) struct EngineNames {
    pub symbols: Arc<Symbols>,
    counters: Mutex<Counters>,
}

impl EngineNames {
    /// Those of an engine from which nothing was asked yet. `[control]`
    pub fn of(symbols: &Arc<Symbols>) -> Self {
        Self { symbols: Arc::clone(symbols), counters: Mutex::new(Counters::of(symbols)) }
    }

    /// What is counted for it. `[control]`
    pub fn counters(&self) -> MutexGuard<'_, Counters> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
