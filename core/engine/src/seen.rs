//! What is seen of one watched value over some cycles.

use ksmps_csound::Held;
use ksmps_data::watched::{Seen, WatchReading};

/// Samples that are compared side by side.
const LANES: usize = 4;

/// What was seen since the last reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    seen: Seen,
    value: f64,
    low: f64,
    high: f64,
}

impl Default for Span {
    fn default() -> Self {
        Self { seen: Seen::Unknown, value: 0.0, low: f64::INFINITY, high: f64::NEG_INFINITY }
    }
}

impl Span {
    /// Takes in what a value is after a cycle. `[audio]`
    pub fn see(&mut self, held: Held<'_>) {
        let (seen, value) = match held {
            Held::Number(number) => {
                self.widen(number, number);
                (Seen::Number, number)
            }
            Held::Sound(samples) => {
                let (low, high) = extremes(samples);
                self.widen(low, high);
                (Seen::Sound, samples.last().copied().unwrap_or(0.0))
            }
            Held::Silent => (Seen::Silent, 0.0),
            Held::Unknown => (Seen::Unknown, 0.0),
            Held::Other => (Seen::Other, 0.0),
        };
        (self.seen, self.value) = (seen, value);
    }

    fn widen(&mut self, low: f64, high: f64) {
        self.low = self.low.min(low);
        self.high = self.high.max(high);
    }

    /// What there is to tell. `[audio]`
    pub fn reading(self, list: u32, watch: u16) -> WatchReading {
        let Self { seen, value, .. } = self;
        // Where nothing was seen but what is no number, there is no range.
        let (low, high) = if self.low <= self.high { (self.low, self.high) } else { (value, value) };
        WatchReading { list, watch, seen, value, low: low as f32, high: high as f32 }
    }
}

/// The least and the greatest sample.
fn extremes(samples: &[f64]) -> (f64, f64) {
    let (mut lows, mut highs) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    let (whole, rest) = samples.as_chunks::<LANES>();
    for chunk in whole {
        for (lane, &sample) in chunk.iter().enumerate() {
            lows[lane] = if sample < lows[lane] { sample } else { lows[lane] };
            highs[lane] = if sample > highs[lane] { sample } else { highs[lane] };
        }
    }
    let all = |of: [f64; LANES]| of.into_iter().chain(rest.iter().copied());
    (all(lows).fold(f64::INFINITY, f64::min), all(highs).fold(f64::NEG_INFINITY, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_has_the_last_value_and_the_range() {
        let mut span = Span::default();
        let numbers = [0.5, -2.0, 3.0, 1.0];
        numbers.into_iter().for_each(|number| span.see(Held::Number(number)));
        let reading = span.reading(7, 3);
        assert_eq!((reading.list, reading.watch, reading.seen), (7, 3, Seen::Number));
        assert_eq!((reading.value, reading.low, reading.high), (1.0, -2.0, 3.0));
        span.see(Held::Silent);
        assert_eq!((span.reading(7, 3).seen, span.reading(7, 3).value), (Seen::Silent, 0.0));
        assert_eq!((Span::default().reading(1, 0).low, Span::default().reading(1, 0).high), (0.0, 0.0));
    }

    #[test]
    fn the_range_of_sound_is_that_of_all_its_samples() {
        for count in 0..19 {
            let samples: Vec<f64> = (0..count).map(|at| f64::from((at * 7 + 3) % 11) - 5.0).collect();
            let expected = samples
                .iter()
                .copied()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| (low.min(one), high.max(one)));
            assert_eq!(extremes(&samples), expected, "{count}");
        }
        let with_none = [f64::NAN, 1.0, f64::NAN, -1.0, f64::NAN];
        assert_eq!(extremes(&with_none), (-1.0, 1.0));
    }
}
