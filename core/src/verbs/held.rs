//! The lockable clock: while it is locked, time stands still for whoever schedules, so that what belongs together
//! starts together although the engine goes on in between.
//!
//! Only delays ([`super::When::In`]) and [`Verbs::elapsed_time`] follow the lock. [`Verbs::now`] is always the real
//! time, and what is written at once is written at once.

use super::Verbs;

/// A clock that may be held, by several holders inside one another.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Seconds since the engine's start at which the outermost holder locked.
    seconds: f64,
    /// What each holder, the innermost last, adds to every delay, in seconds.
    latencies: Vec<f64>,
}

impl Verbs {
    /// Locks the clock; a clock that is locked stays locked at its time. While it is locked, every delay counts from
    /// then, plus `latency` seconds (negative or not a number: none); what should have started by now starts at once.
    /// Locks nest: each wants its [`Verbs::pop_lock`], and the innermost one's latency counts. [control]
    pub fn push_lock(&mut self, latency: f64) {
        if self.held.latencies.is_empty() {
            self.held.seconds = self.clock.seconds(self.agenda.cycle());
        }
        self.held.latencies.push(if latency.is_finite() { latency.max(0.0) } else { 0.0 });
    }

    /// Takes back the last [`Verbs::push_lock`]; `false` where the clock was not locked. [control]
    pub fn pop_lock(&mut self) -> bool {
        self.held.latencies.pop().is_some()
    }

    /// Locks the clock if it goes, or lets it go whoever holds it. [control]
    pub fn lock_clock(&mut self, lock: bool) {
        match lock {
            true if self.is_clock_locked() => {}
            true => self.push_lock(0.0),
            false => self.held.latencies.clear(),
        }
    }

    /// Whether the clock is locked. [any]
    pub fn is_clock_locked(&self) -> bool {
        !self.held.latencies.is_empty()
    }

    /// Seconds since the engine's start or its last rewind; where the clock is locked, those of the moment of the
    /// lock. [any]
    pub fn elapsed_time(&self) -> f64 {
        if self.is_clock_locked() { self.held.seconds - self.origin } else { self.now() }
    }

    /// The time after a delay, in seconds since the engine's start.
    pub(super) fn after(&self, delay: f64) -> f64 {
        let now = self.clock.seconds(self.agenda.cycle());
        match self.held.latencies.last() {
            None => now + delay,
            Some(latency) => (self.held.seconds + latency + delay).max(now),
        }
    }

    /// A locked clock shows the time that the engine was rewound to.
    pub(super) fn relock(&mut self) {
        self.held.seconds = self.clock.seconds(self.agenda.cycle());
    }
}
