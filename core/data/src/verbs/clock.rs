//! Seconds and cycles.

use serde::{Deserialize, Serialize};

/// How an engine's seconds and cycles belong together.
///
/// Csound has two rules for the cycle of a time (`musmon.c`, 6.18): times of a score are rounded halves upwards, times
/// of events that are sent to it halves to the even cycle. Here the score's rule holds, so that what is scheduled and
/// what is exported begin in the same cycle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    rate: f64,
    ksmps: usize,
    halves: Halves,
}

/// Where a time exactly between two cycles belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Halves {
    /// To the later cycle: a score's rule.
    Up,
    /// To the even cycle: the rule for events that are sent.
    Even,
}

impl Clock {
    /// The clock of an engine: frames per second and frames in a cycle. `[any]`
    pub fn new(rate: f64, ksmps: usize) -> Self {
        Self { rate, ksmps, halves: Halves::Up }
    }

    /// The same, rounding as Csound rounds the times of events that are sent to it. `[any]`
    pub fn of_sent_events(self) -> Self {
        Self { halves: Halves::Even, ..self }
    }

    /// Frames per second. `[any]`
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Cycles per second. `[any]`
    pub fn cycles_per_second(&self) -> f64 {
        self.rate / self.ksmps as f64
    }

    /// Seconds in a cycle. `[any]`
    pub fn cycle_seconds(&self) -> f64 {
        self.ksmps as f64 / self.rate
    }

    /// When a cycle starts, in seconds. `[any]`
    pub fn seconds(&self, cycle: u64) -> f64 {
        (cycle * self.ksmps as u64) as f64 / self.rate
    }

    /// The cycle that starts nearest to a time, as Csound rounds the times of a score (halves upwards). `[any]`
    pub fn nearest_cycle(&self, seconds: f64) -> u64 {
        match self.halves {
            Halves::Up => (seconds.max(0.0) * self.rate / self.ksmps as f64 + 0.5) as u64,
            Halves::Even => self.cycle_when_sent(seconds),
        }
    }

    /// The cycle in which Csound starts an event that it was sent for a time.
    fn cycle_when_sent(&self, seconds: f64) -> u64 {
        (seconds.max(0.0) * self.cycles_per_second()).round_ties_even() as u64
    }

    /// A start as an event carries it: the time itself, or a few last digits earlier where Csound would start the
    /// event a cycle late because of them. `[any]`
    pub fn start_of_event(&self, seconds: f64) -> f64 {
        let cycle = self.nearest_cycle(seconds);
        let mut start = seconds;
        while self.cycle_when_sent(start) > cycle {
            start = start.next_down();
        }
        start
    }

    /// The earliest time that belongs to a cycle. `[any]`
    pub fn first_time(&self, cycle: u64) -> f64 {
        let mut first = ((cycle as f64 - 0.5) * self.cycle_seconds()).max(0.0);
        while self.nearest_cycle(first) < cycle {
            first = first.next_up();
        }
        while first > 0.0 && self.nearest_cycle(first.next_down()) == cycle {
            first = first.next_down();
        }
        first
    }

    /// The cycle before which something that ends at a time is over, as Csound rounds (halves upwards). `[any]`
    pub fn end_cycle(&self, seconds: f64) -> u64 {
        (seconds.max(0.0) * self.cycles_per_second() + 0.5).floor() as u64
    }

    /// The cycle that contains the frame of a time. `[any]`
    pub fn cycle_that_contains(&self, seconds: f64) -> u64 {
        self.frame(seconds) / self.ksmps as u64
    }

    /// The frame nearest to a time. `[any]`
    pub fn frame(&self, seconds: f64) -> u64 {
        (seconds.max(0.0) * self.rate).round() as u64
    }

    /// How far into its cycle the frame of a time is. `[any]`
    pub fn offset_in_cycle(&self, seconds: f64) -> u32 {
        (self.frame(seconds) % self.ksmps as u64) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `musmon.c` does with the times of a score: cycles that remain from a cycle before.
    fn of_score(clock: Clock, seconds: f64, read_in: u64) -> u64 {
        let frames = seconds * clock.rate - (read_in * clock.ksmps as u64) as f64;
        let remaining = frames / clock.ksmps as f64;
        read_in.saturating_add_signed((remaining + 0.5_f64.copysign(remaining)) as i64)
    }

    #[test]
    fn halves_belong_to_the_later_cycle() {
        let clock = Clock::new(48_000.0, 32);
        let half = |cycle: f64| (cycle + 0.5) * clock.cycle_seconds();
        assert_eq!([0.0, 1.0, 2.0].map(|cycle| clock.nearest_cycle(half(cycle))), [1, 2, 3]);
        let sent = clock.of_sent_events();
        assert_eq!([0.0, 1.0, 2.0].map(|cycle| sent.nearest_cycle(half(cycle))), [0, 2, 2]);
    }

    /// Round about every half, for rates whose cycles have no exact length too.
    #[test]
    fn a_time_has_the_cycle_it_has_in_a_score_wherever_that_is_read() {
        for (rate, ksmps) in
            [(44_100.0, 64), (44_100.0, 10), (48_000.0, 7), (44_100.0, 1), (96_000.0, 48), (22_050.0, 33)]
        {
            let clock = Clock::new(rate, ksmps);
            for cycle in (0u64..2_000).chain((1 << 20)..(1 << 20) + 500) {
                let mut seconds = (cycle as f64 + 0.5) * clock.cycle_seconds();
                (0..6).for_each(|_| seconds = seconds.next_down());
                for _ in 0..13 {
                    let own = clock.nearest_cycle(seconds);
                    let read_in = [0, cycle / 2, cycle.saturating_sub(1), cycle];
                    for read_in in read_in {
                        assert_eq!(
                            own,
                            of_score(clock, seconds, read_in),
                            "{seconds:?} s at {rate}/{ksmps} from {read_in}"
                        );
                    }
                    let start = clock.start_of_event(seconds);
                    assert!(clock.cycle_when_sent(start) <= own && clock.nearest_cycle(start) == own);
                    assert!((start - seconds).abs() <= seconds * 1e-15);
                    seconds = seconds.next_up();
                }
                let first = clock.first_time(cycle);
                assert_eq!(clock.nearest_cycle(first), cycle);
                assert!(cycle == 0 || clock.nearest_cycle(first.next_down()) == cycle - 1);
            }
        }
    }
}
