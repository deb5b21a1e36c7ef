//! The lockable clock: while it is locked, time stands still for whoever schedules, so that what belongs together
//! starts together although the engine goes on in between.
//!
//! Only delays ([`super::When::In`]) and [`Verbs::elapsed_time`] follow the lock. [`Verbs::now`] is always the real
//! time, and what is written at once is written at once.

use super::Verbs;

impl Verbs {
    /// Locks the clock; a clock that is locked stays locked at its time. While it is locked, every delay counts from
    /// then, plus `latency` seconds (negative or not a number: none); what should have started by now starts at once.
    /// Locks nest: each wants its [`Verbs::pop_lock`], and the innermost one's latency counts. [control]
    pub fn push_lock(&mut self, latency: f64) {
        self.held.push(self.real_seconds(), latency);
    }

    /// Takes back the last [`Verbs::push_lock`]; `false` where the clock was not locked. [control]
    pub fn pop_lock(&mut self) -> bool {
        self.held.pop()
    }

    /// Locks the clock if it goes, or lets it go whoever holds it. [control]
    pub fn lock_clock(&mut self, lock: bool) {
        self.held.lock(self.real_seconds(), lock);
    }

    /// Whether the clock is locked. [any]
    pub fn is_clock_locked(&self) -> bool {
        self.held.is_locked()
    }

    /// Seconds since the engine's start or its last rewind; where the clock is locked, those of the moment of the
    /// lock. [any]
    pub fn elapsed_time(&self) -> f64 {
        self.held.seconds().map_or(self.now(), |seconds| seconds - self.origin)
    }

    /// The time after a delay, in seconds since the engine's start.
    pub(super) fn after(&self, delay: f64) -> f64 {
        let now = self.real_seconds();
        self.held.reference().map_or(now + delay, |reference| (reference + delay).max(now))
    }

    /// A locked clock shows the time that the engine was rewound to.
    pub(super) fn relock(&mut self) {
        self.held.move_to(self.real_seconds());
    }

    /// Seconds since the engine's start.
    fn real_seconds(&self) -> f64 {
        self.clock.seconds(self.agenda.cycle())
    }
}
