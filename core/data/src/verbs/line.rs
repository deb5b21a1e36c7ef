//! An automation line: breakpoints in time, and the value in each cycle.

use serde::{Deserialize, Serialize};

use super::{Curve, EngineError};

/// A point of a line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Seconds since the line's start.
    pub time: f64,
    /// The value there. In the first point, NaN stands for the value that is found when the line starts.
    pub value: f64,
}

/// Breakpoints in the order of their times, at least one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Points(Box<[Point]>);

impl Points {
    /// Takes points in. `[control]`
    ///
    /// # Errors
    /// [`EngineError::BadPoints`] where there is none, a time is below the one before or not a number, or a value
    /// other than the first is not a number.
    pub fn new(points: impl IntoIterator<Item = (f64, f64)>) -> Result<Self, EngineError> {
        let points: Box<[Point]> = points.into_iter().map(|(time, value)| Point { time, value }).collect();
        let Some(first) = points.first() else {
            return Err(EngineError::BadPoints("there is no point".into()));
        };
        if !first.time.is_finite() || first.time < 0.0 {
            return Err(EngineError::BadPoints(format!("the line cannot start at {}", first.time)));
        }
        for pair in points.windows(2) {
            if pair[1].time.is_nan() || pair[1].time < pair[0].time {
                return Err(EngineError::BadPoints(format!("{} comes after {}", pair[1].time, pair[0].time)));
            }
            if pair[1].value.is_nan() {
                return Err(EngineError::BadPoints("only the first value may be NaN".into()));
            }
        }
        Ok(Self(points))
    }

    /// Takes `t0, value0, t1, value1, …` in. `[control]`
    ///
    /// # Errors
    /// [`EngineError::OddPairs`], and as [`Points::new`].
    pub fn from_flat(flat: &[f64]) -> Result<Self, EngineError> {
        if flat.len() % 2 == 1 {
            return Err(EngineError::OddPairs(flat.len()));
        }
        Self::new(flat.chunks_exact(2).map(|pair| (pair[0], pair[1])))
    }

    /// The points. `[any]`
    pub fn as_slice(&self) -> &[Point] {
        &self.0
    }

    /// Seconds to the last point. `[any]`
    pub fn last_time(&self) -> f64 {
        self.0.last().map_or(0.0, |point| point.time)
    }

    /// Pieces of at most `count` points, each with the seconds at which it starts and its own times from there.
    /// `[control]`
    pub fn pieces(&self, count: usize) -> impl Iterator<Item = (f64, Self)> + '_ {
        self.0.chunks(count).map(|piece| {
            let start = piece[0].time;
            let points = piece.iter().map(|point| Point { time: point.time - start, value: point.value });
            (start, Self(points.collect()))
        })
    }
}

/// A line that has started: what it is worth in its cycles, one after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    points: Points,
    curve: Curve,
    /// Where the first value comes from.
    overtake: bool,
    /// The segment that was used last; times only grow.
    segment: usize,
    /// Two points from 0 in a straight line end on a whole cycle: its number.
    straight_cycles: Option<f64>,
}

impl Line {
    /// A line; with `overtake`, or a first value of NaN, it starts from the value that is found. `[control]`
    pub fn new(points: Points, curve: Curve, overtake: bool, cycles_per_second: f64) -> Self {
        let overtake = overtake || points.0[0].value.is_nan();
        let straight_cycles = match points.as_slice() {
            [first, last] if first.time == 0.0 && last.time > 0.0 && curve == Curve::Linear && !overtake => {
                Some((last.time * cycles_per_second).round().max(1.0))
            }
            _ => None,
        };
        Self { points, curve, overtake, segment: 0, straight_cycles }
    }

    /// The same, with every point at its own time, also where two points in a straight line would end on a whole
    /// cycle. `[any]`
    pub fn by_time(self) -> Self {
        Self { straight_cycles: None, ..self }
    }

    /// Whether it starts from the value that is found. `[any]`
    pub fn overtakes(&self) -> bool {
        self.overtake
    }

    /// Seconds to the last point. `[any]`
    pub fn last_time(&self) -> f64 {
        self.points.last_time()
    }

    /// The value it starts from. Where nothing was found the given one stays, and NaN gives way to the second. `[audio]`
    pub fn begin_at(&mut self, found: Option<f64>) {
        let second = self.points.0.get(1).map_or(0.0, |point| point.value);
        let first = &mut self.points.0[0].value;
        *first = found.unwrap_or(if first.is_nan() { second } else { *first });
    }

    /// From now on times begin anew. `[audio]`
    pub fn rewind(&mut self) {
        self.segment = 0;
    }

    /// The value `seconds` after the start, which is `cycle` cycles. Times must not go back, but for a rounding.
    /// `[audio]`
    pub fn at(&mut self, seconds: f64, cycle: f64) -> f64 {
        let points = &self.points.0;
        if let Some(cycles) = self.straight_cycles {
            let d = (cycle / cycles).min(1.0);
            return points[0].value + (points[1].value - points[0].value) * d;
        }
        while self.segment < points.len() && points[self.segment].time <= seconds {
            self.segment += 1;
        }
        match self.segment {
            0 => points[0].value,
            after if after == points.len() => points[after - 1].value,
            after => {
                let (left, right) = (points[after - 1], points[after]);
                let d = ((seconds - left.time) / (right.time - left.time)).max(0.0);
                left.value + (right.value - left.value) * self.curve.at(d)
            }
        }
    }

    /// Where it ends. `[any]`
    pub fn last_value(&self) -> f64 {
        self.points.0.last().map_or(0.0, |point| point.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(flat: &[f64], curve: Curve) -> Line {
        Line::new(Points::from_flat(flat).unwrap(), curve, false, 10.0)
    }

    #[test]
    fn values_before_between_and_after_the_points() {
        let mut line = line(&[1.0, 2.0, 2.0, 4.0, 2.0, 8.0, 3.0, 0.0], Curve::Smooth);
        for (seconds, value) in
            [(0.0, 2.0), (1.0, 2.0), (1.5, 3.0), (2.0, 8.0), (2.25, 6.75), (3.0, 0.0), (9.0, 0.0)]
        {
            assert_eq!(line.at(seconds, seconds * 10.0), value, "at {seconds}");
        }
    }

    #[test]
    fn a_line_that_begins_anew_has_its_values_again() {
        let mut line = line(&[0.0, 2.0, 1.0, 4.0, 2.0, 8.0], Curve::Smooth).by_time();
        assert_eq!((line.at(1.5, 0.0), line.at(9.0, 0.0)), (6.0, 8.0));
        line.rewind();
        assert_eq!((line.at(0.5, 0.0), line.at(1.0, 0.0)), (3.0, 4.0));
        // A little back it is what it was.
        assert_eq!(line.at(0.999, 0.0), 4.0);
    }

    #[test]
    fn two_points_from_zero_end_on_a_whole_cycle() {
        let mut line = line(&[0.0, 0.0, 0.33, 3.0], Curve::Linear);
        assert_eq!(line.at(0.1, 1.0), 1.0);
        assert_eq!(line.at(0.3, 3.0), 3.0);
        assert_eq!(line.at(0.4, 4.0), 3.0);
    }

    #[test]
    fn a_line_takes_over_what_it_finds() {
        for (first, found, expected) in [(5.0, Some(1.0), 2.0), (f64::NAN, None, 3.0), (5.0, None, 4.0)] {
            let mut line =
                Line::new(Points::new([(0.0, first), (1.0, 3.0)]).unwrap(), Curve::Linear, true, 10.0);
            line.begin_at(found);
            assert_eq!(line.at(0.5, 5.0), expected);
        }
    }

    #[test]
    fn points_that_make_no_line_are_refused() {
        assert!(matches!(Points::from_flat(&[0.0, 1.0, 2.0]), Err(EngineError::OddPairs(3))));
        for flat in
            [&[][..], &[1.0, 0.0, 0.5, 0.0], &[0.0, 0.0, 1.0, f64::NAN], &[f64::NAN, 1.0], &[-1.0, 1.0]]
        {
            assert!(matches!(Points::from_flat(flat), Err(EngineError::BadPoints(_))), "{flat:?}");
        }
    }
}
