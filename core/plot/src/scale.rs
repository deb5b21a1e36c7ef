//! From values to pixels.

/// A straight scale: two values and the pixels they are at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// The value at the axis's beginning.
    pub low: f64,
    /// The value at its end.
    pub high: f64,
    /// Where the axis begins, in pixels.
    pub from: f32,
    /// Where it ends.
    pub to: f32,
}

impl Scale {
    /// The pixel of a value, a fraction too.
    pub fn px(&self, value: f64) -> f32 {
        // By halves, so that a range from -1e308 to 1e308 has a width.
        let share = (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        self.from + share as f32 * (self.to - self.from)
    }
}

/// The least share of its greatest value that a range may have; less cannot be labelled.
const NARROWEST: f64 = 1e-9;
/// Ranges below this are no range.
const SMALLEST: f64 = 1e-290;

/// A range that shows everything from `min` to `max` with some air, whatever they are; -1 to 1 where there is nothing
/// or only zeros. In a sound zero is in the middle.
pub(super) fn range_around(min: f64, max: f64, is_sound: bool) -> (f64, f64) {
    if min > max {
        return (-1.0, 1.0);
    }
    let peak = min.abs().max(max.abs());
    let (min, max) = if is_sound { (-peak, peak) } else { (min, max) };
    let half = max / 2.0 - min / 2.0;
    if half > peak * NARROWEST && half > SMALLEST {
        let air = half * 0.1;
        return ((min - air).max(f64::MIN), (max + air).min(f64::MAX));
    }
    let room = if peak > SMALLEST { peak / 2.0 } else { 1.0 };
    ((min - room).max(f64::MIN), (max + room).min(f64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_has_a_width_and_contains_what_it_is_for() {
        let cases = [
            (0.0, 0.0),
            (5.0, 5.0),
            (-1e308, 1.7e308),
            (f64::MAX, f64::MAX),
            (5e-324, 5e-324),
            (-1e-310, 1e-310),
            (1e6, 1e6 + 1e-12),
            (-3.0, -2.0),
        ];
        for ((min, max), is_sound) in cases.into_iter().flat_map(|case| [(case, true), (case, false)]) {
            let (low, high) = range_around(min, max, is_sound);
            assert!(low.is_finite() && high.is_finite() && low < high, "{min} {max}: {low} {high}");
            assert!(low <= min && high >= max, "{min} {max}: {low} {high}");
            let scale = Scale { low, high, from: 100.0, to: 0.0 };
            assert!((0.0..=100.0).contains(&scale.px(min)) && scale.px(min) >= scale.px(max));
        }
        assert_eq!(range_around(f64::INFINITY, f64::NEG_INFINITY, false), (-1.0, 1.0));
    }

    #[test]
    fn a_sound_has_zero_in_the_middle() {
        let (low, high) = range_around(-0.2, 1.0, true);
        assert_eq!(low, -high);
        let (low, _) = range_around(100.0, 200.0, false);
        assert!(low > 0.0, "plain values need no zero");
    }
}
