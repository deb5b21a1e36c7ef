//! The lock of the clock: verbs that belong together land on one time though the engine goes on between them.

use super::{Failed, Target, Verbs};

/// The clock.
pub trait ClockVerbs: Verbs {
    /// Locks the clock: from now on every delay counts from this moment, plus `latency` seconds (negative or not a
    /// number: none); what should have happened by now happens at once. A clock that is locked stays at its time. Locks
    /// nest: each wants its [`ClockVerbs::pop_lock`], and the innermost one's latency counts. Live, a latency of a block or
    /// more leaves the verbs time to arrive; an engine that takes over locks at its own time. `[control]`
    ///
    /// # Errors
    /// Where there is no engine.
    fn push_lock(self, latency: f64) -> Result<(), Failed<Self>> {
        self.target()?.with_lock(|now, lock| lock.push(now, latency));
        Ok(())
    }

    /// Takes back the last [`ClockVerbs::push_lock`]; `false` where the clock was not locked. `[control]`
    ///
    /// # Errors
    /// Where there is no engine.
    fn pop_lock(self) -> Result<bool, Failed<Self>> {
        Ok(self.target()?.with_lock(|_, lock| lock.pop()))
    }

    /// Locks the clock if it goes, or lets it go whoever holds it. `[control]`
    ///
    /// # Errors
    /// Where there is no engine.
    fn lock_clock(self, locked: bool) -> Result<(), Failed<Self>> {
        self.target()?.with_lock(|now, lock| lock.lock(now, locked));
        Ok(())
    }

    /// Whether the clock is locked. `[control]`
    ///
    /// # Errors
    /// Where there is no engine.
    #[expect(
        clippy::wrong_self_convention,
        reason = "verbs are for references to an engine, and take them as they are"
    )]
    fn is_clock_locked(self) -> Result<bool, Failed<Self>> {
        Ok(self.target()?.with_lock(|_, lock| lock.is_locked()))
    }
}

impl<V: Verbs> ClockVerbs for V {}
