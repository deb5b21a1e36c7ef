//! The host's channels of an instance, which whoever builds engines looks up: a host may choose others between two
//! activations.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ksmps_engine::route::HostChannels;

/// The channels that the next engine is connected to. Clones are one and the same.
#[derive(Clone)]
pub(super) struct SharedChannels(Arc<Mutex<HostChannels>>);

impl SharedChannels {
    /// Begins with these. `[any]`
    pub fn new(channels: HostChannels) -> Self {
        Self(Arc::new(Mutex::new(channels)))
    }

    /// Those of the next engine. `[control]`
    pub fn get(&self) -> HostChannels {
        self.lock().clone()
    }

    /// The next engine is connected to these. `[control]`
    pub fn set(&self, channels: HostChannels) {
        *self.lock() = channels;
    }

    fn lock(&self) -> MutexGuard<'_, HostChannels> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
