//! The engine's time, and holding it: verbs that belong together land on one frame though blocks go by between them.

use std::sync::{MutexGuard, PoisonError};

use crate::verbs::ClockLock;

use super::super::Control;
use super::LiveError;

/// Holds the clock until it is dropped.
#[must_use = "the clock goes on when this is dropped"]
pub struct LockedClock<'a>(&'a Control);

impl Drop for LockedClock<'_> {
    fn drop(&mut self) {
        self.0.pop_lock();
    }
}

impl Control {
    /// Seconds that the playing engine has performed. [any]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`].
    pub fn now(&self) -> Result<f64, LiveError> {
        Ok(self.aim()?.now)
    }

    /// As [`Control::now`]; where the clock is locked, the time of the moment of the lock. [any]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`].
    pub fn elapsed_time(&self) -> Result<f64, LiveError> {
        let aim = self.aim()?;
        Ok(self.held_for(aim.engine, aim.now).seconds().unwrap_or(aim.now))
    }

    /// Locks the clock: from now on every delay counts from this moment, plus `latency` seconds (negative or not a
    /// number: none), so that what is sent meanwhile lands on the frames it would if it were sent at once. A latency of
    /// a block or more leaves the verbs time to arrive; what is late by then is done at once. Locks nest: each wants its
    /// [`Control::pop_lock`], and the innermost one's latency counts. An engine that takes over locks at its own time.
    /// [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`].
    pub fn push_lock(&self, latency: f64) -> Result<(), LiveError> {
        let aim = self.aim()?;
        self.held_for(aim.engine, aim.now).push(aim.now, latency);
        Ok(())
    }

    /// Takes back the last [`Control::push_lock`]; `false` where the clock was not locked. [control]
    pub fn pop_lock(&self) -> bool {
        self.held().held.pop()
    }

    /// Locks the clock if it goes, or lets it go whoever holds it. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`].
    pub fn lock_clock(&self, lock: bool) -> Result<(), LiveError> {
        let aim = self.aim()?;
        self.held_for(aim.engine, aim.now).lock(aim.now, lock);
        Ok(())
    }

    /// Whether the clock is locked. [any]
    pub fn is_clock_locked(&self) -> bool {
        self.held().held.is_locked()
    }

    /// As [`Control::push_lock`], until the guard is dropped. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`].
    pub fn locked_clock(&self, latency: f64) -> Result<LockedClock<'_>, LiveError> {
        self.push_lock(latency)?;
        Ok(LockedClock(self))
    }

    fn held(&self) -> MutexGuard<'_, HeldClock> {
        self.shared.later.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The clock that is held, at this engine's time.
    pub(super) fn held_for(&self, engine: u64, now: f64) -> MappedHeld<'_> {
        let mut clock = self.held();
        if clock.engine != engine {
            clock.engine = engine;
            clock.held.move_to(now);
        }
        MappedHeld(clock)
    }
}

/// A clock and the engine whose time it shows.
#[derive(Debug, Default)]
pub(in crate::player) struct HeldClock {
    engine: u64,
    held: ClockLock,
}

/// The held clock while it is looked at.
pub(super) struct MappedHeld<'a>(MutexGuard<'a, HeldClock>);

impl std::ops::Deref for MappedHeld<'_> {
    type Target = ClockLock;

    fn deref(&self) -> &ClockLock {
        &self.0.held
    }
}

impl std::ops::DerefMut for MappedHeld<'_> {
    fn deref_mut(&mut self) -> &mut ClockLock {
        &mut self.0.held
    }
}
