//! The engine's time, and its lock: verbs that belong together land on one frame though blocks go by between them.

use std::sync::MutexGuard;

use ksmps_data::verbs::ClockLock;
use ksmps_engine::verbs::{ClockVerbs, Verbs};

use super::super::Control;
use super::super::pending::{EngineLock, locked};
use super::LiveError;

/// Keeps the clock locked until it is dropped.
#[must_use = "the clock goes on when this is dropped"]
pub struct LockedClock<'a>(&'a Control);

impl Drop for LockedClock<'_> {
    fn drop(&mut self) {
        self.0.engine_lock().lock.pop();
    }
}

impl Control {
    /// Seconds that the playing engine has performed. `[any]`
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`].
    pub fn now(&self) -> Result<f64, LiveError> {
        Ok(self.target()?.now())
    }

    /// As [`Control::now`]; where the clock is locked, the time of the moment of the lock. `[any]`
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`].
    pub fn elapsed_time(&self) -> Result<f64, LiveError> {
        let target = self.target()?;
        Ok(self.lock_of(target.engine(), target.now()).seconds().unwrap_or(target.now()))
    }

    /// As [`ClockVerbs::push_lock`], until the guard is dropped. `[control]`
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`].
    pub fn locked_clock(&self, latency: f64) -> Result<LockedClock<'_>, LiveError> {
        self.push_lock(latency)?;
        Ok(LockedClock(self))
    }

    fn engine_lock(&self) -> MutexGuard<'_, EngineLock> {
        locked(&self.shared.callers.lock)
    }

    /// The lock, at this engine's time.
    pub(super) fn lock_of(&self, engine: u64, now: f64) -> LockGuard<'_> {
        let mut clock = self.engine_lock();
        if clock.engine != engine {
            clock.engine = engine;
            clock.lock.move_to(now);
        }
        LockGuard(clock)
    }
}

/// The lock while it is looked at.
pub(super) struct LockGuard<'a>(MutexGuard<'a, EngineLock>);

impl std::ops::Deref for LockGuard<'_> {
    type Target = ClockLock;

    fn deref(&self) -> &ClockLock {
        &self.0.lock
    }
}

impl std::ops::DerefMut for LockGuard<'_> {
    fn deref_mut(&mut self) -> &mut ClockLock {
        &mut self.0.lock
    }
}
