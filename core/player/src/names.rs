//! The names of an engine that commands can be meant for, and what is counted for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ksmps_engine::{Counters, Symbols};

use super::courier::Courier;

/// What the control side knows of one engine. `[control]`
pub(super) struct EngineNames {
    pub symbols: Arc<Symbols>,
    /// Who takes commands there, where it is in another process.
    pub courier: Option<Arc<dyn Courier>>,
    counters: Mutex<Counters>,
}

impl EngineNames {
    /// Those of an engine from which nothing was asked yet. `[control]`
    pub fn of(symbols: &Arc<Symbols>, courier: Option<&Arc<dyn Courier>>) -> Self {
        let counters = Mutex::new(Counters::of(symbols));
        Self { symbols: Arc::clone(symbols), courier: courier.cloned(), counters }
    }

    /// What is counted for it. `[control]`
    pub fn counters(&self) -> MutexGuard<'_, Counters> {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
