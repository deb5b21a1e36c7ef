//! Round numbers on an axis, and how they are written.

/// A longer number is written with a power of ten.
const PLAIN_MAX: usize = 9;

/// Where an axis has its numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ticks {
    /// The numbers, ascending.
    pub values: Vec<f64>,
    /// Each as it is written.
    pub labels: Vec<String>,
}

impl Ticks {
    /// About `count` round numbers between two numbers, and at least two. The step is 1, 2 or 5 times a power of ten,
    /// and not below `step_min`, for which the rest may have to give way.
    pub fn between(low: f64, high: f64, count: usize, step_min: f64) -> Self {
        let width = (high / 2.0 - low / 2.0) / count.max(1) as f64 * 2.0;
        let steps = [1.0, 0.5, 0.2].map(|part| round_step(width * part).max(step_min));
        // A range is wider than a billionth of its values, so these are whole numbers.
        let bounds = |step: f64| ((low / step - 1e-6).ceil() as i64, (high / step + 1e-6).floor() as i64);
        let enough = |step: &f64| bounds(*step).0 < bounds(*step).1;
        let step = steps.into_iter().find(enough).unwrap_or(steps[2]);
        let (first, last) = bounds(step);
        let values: Vec<f64> =
            (first..=last).map(|nth| nth as f64 * step).filter(|value| value.is_finite()).collect();
        let is_plain =
            [first, last].iter().all(|&nth| plain_number(nth as f64 * step, step).len() <= PLAIN_MAX);
        let write = if is_plain { plain_number } else { with_power };
        let labels = values.iter().map(|&value| write(value, step)).collect();
        Self { values, labels }
    }

    /// The width of the widest label, in letters.
    pub fn letters(&self) -> usize {
        self.labels.iter().map(|label| label.chars().count()).max().unwrap_or(0)
    }
}

/// The least of 1, 2, 5 times a power of ten that is not below this.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powi(least.log10().floor() as i32);
    let step = [1.0, 2.0, 5.0].map(|digit| digit * power).into_iter().find(|step| *step >= least * 0.999_999);
    step.unwrap_or(10.0 * power)
}

/// A number with as many decimals as tell it from its neighbours a step away.
fn plain_number(value: f64, step: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    format!("{value:.*}", usize::try_from(-(step.log10().floor() as i32)).unwrap_or(0))
}

/// The same with a power of ten, for what would be too long: `1.5e-7`.
fn with_power(value: f64, step: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let digits = value.abs().log10().floor() as i32 - step.log10().floor() as i32;
    format!("{value:.*e}", usize::try_from(digits).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(low: f64, high: f64, count: usize, labels: &[&str]) {
        assert_eq!(Ticks::between(low, high, count, 0.0).labels, labels, "{low} to {high}");
    }

    #[test]
    fn numbers_are_round_and_short() {
        check(-1.1, 1.1, 5, &["-1.0", "-0.5", "0", "0.5", "1.0"]);
        check(0.0, 600.0, 6, &["0", "100", "200", "300", "400", "500", "600"]);
        check(0.0, 0.003, 3, &["0", "0.001", "0.002", "0.003"]);
        check(-1.1e300, 1.1e300, 3, &["-1e300", "0", "1e300"]);
        check(0.0, 1.1e-20, 2, &["0", "1e-20"]);
        check(1.5e12, 2.1e12, 3, &["1.6e12", "1.8e12", "2.0e12"]);
        check(-90.0, 0.0, 4, &["-50", "0"]);
        check(-0.8, 0.8, 1, &["-0.5", "0", "0.5"]);
    }

    #[test]
    fn places_of_a_table_are_whole() {
        assert_eq!(Ticks::between(0.0, 2.0, 10, 1.0).labels, ["0", "1", "2"]);
    }

    #[test]
    fn the_widest_and_the_narrowest_ranges_end() {
        for (low, high) in [(f64::MIN, f64::MAX), (-1e-290, 1e-290), (1e15, 1e15 + 4e6)] {
            let ticks = Ticks::between(low, high, 6, 0.0);
            assert!((1..=14).contains(&ticks.values.len()), "{low} to {high}: {:?}", ticks.labels);
        }
    }
}
