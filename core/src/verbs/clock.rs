//! Seconds and cycles.

/// How an engine's seconds and cycles belong together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    rate: f64,
    ksmps: usize,
}

impl Clock {
    /// The clock of an engine: frames per second and frames in a cycle. [any]
    pub fn new(rate: f64, ksmps: usize) -> Self {
        Self { rate, ksmps }
    }

    /// Frames per second. [any]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Cycles per second. [any]
    pub fn cycles_per_second(&self) -> f64 {
        self.rate / self.ksmps as f64
    }

    /// Seconds in a cycle. [any]
    pub fn cycle_seconds(&self) -> f64 {
        self.ksmps as f64 / self.rate
    }

    /// When a cycle starts, in seconds. [any]
    pub fn seconds(&self, cycle: u64) -> f64 {
        (cycle * self.ksmps as u64) as f64 / self.rate
    }

    /// The cycle that starts nearest to a time, as Csound rounds (halves to the even one). [any]
    pub fn nearest_cycle(&self, seconds: f64) -> u64 {
        (seconds.max(0.0) * self.cycles_per_second()).round_ties_even() as u64
    }

    /// The cycle before which something that ends at a time is over, as Csound rounds (halves upwards). [any]
    pub fn end_cycle(&self, seconds: f64) -> u64 {
        (seconds.max(0.0) * self.cycles_per_second() + 0.5).floor() as u64
    }

    /// The cycle that contains the frame of a time. [any]
    pub fn cycle_that_contains(&self, seconds: f64) -> u64 {
        self.frame(seconds) / self.ksmps as u64
    }

    /// The frame nearest to a time. [any]
    pub fn frame(&self, seconds: f64) -> u64 {
        (seconds.max(0.0) * self.rate).round() as u64
    }

    /// How far into its cycle the frame of a time is. [any]
    pub fn offset_in_cycle(&self, seconds: f64) -> u32 {
        (self.frame(seconds) % self.ksmps as u64) as u32
    }
}
