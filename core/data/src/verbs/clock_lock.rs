//! The lock of a clock: while it is locked, delays count from one moment, so that what belongs together starts
//! together although the engine goes on in between.

/// A clock that may be held, by several holders inside one another.
#[derive(Debug, Default)]
pub struct ClockLock {
    /// Seconds since the engine's start at which the outermost holder locked.
    seconds: f64,
    /// What each holder, the innermost last, adds to every delay, in seconds.
    latencies: Vec<f64>,
}

impl ClockLock {
    /// One more holder, at this time. `[control]`
    pub fn push(&mut self, now: f64, latency: f64) {
        if self.latencies.is_empty() {
            self.seconds = now;
        }
        self.latencies.push(if latency.is_finite() { latency.max(0.0) } else { 0.0 });
    }

    /// The innermost holder lets go; `false` where there was none. `[control]`
    pub fn pop(&mut self) -> bool {
        self.latencies.pop().is_some()
    }

    /// Holds it where nobody does, or has all of them let go. `[control]`
    pub fn lock(&mut self, now: f64, lock: bool) {
        match lock {
            true if self.is_locked() => {}
            true => self.push(now, 0.0),
            false => self.latencies.clear(),
        }
    }

    /// Whether somebody holds it. `[any]`
    pub fn is_locked(&self) -> bool {
        !self.latencies.is_empty()
    }

    /// When it was locked. `[any]`
    pub fn seconds(&self) -> Option<f64> {
        self.is_locked().then_some(self.seconds)
    }

    /// What delays count from. `[any]`
    pub fn reference(&self) -> Option<f64> {
        self.latencies.last().map(|latency| self.seconds + latency)
    }

    /// From now on it shows another time. `[control]`
    pub fn move_to(&mut self, seconds: f64) {
        self.seconds = seconds;
    }
}
