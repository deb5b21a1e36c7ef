//! Many values in few columns: what each column's values have in common.

use super::samples::{Channel, Survey};

/// What falls on one column of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Column {
    /// The range of its values.
    pub survey: Survey,
    /// The root of the mean of their squares.
    pub rms: f64,
}

/// A channel in as many columns as this; it has at least that many frames. `peak` is its amplitude.
pub(super) fn columns(channel: Channel, count: usize, peak: f64) -> Vec<Column> {
    let edge = |column: usize| column * channel.frames / count;
    (0..count).map(|nth| column(channel.range(edge(nth)..edge(nth + 1)), peak)).collect()
}

fn column(values: impl Iterator<Item = f64>, peak: f64) -> Column {
    // In units of the peak, so that squares stay numbers.
    let unit = if peak > 0.0 { peak } else { 1.0 };
    let (mut survey, mut squares, mut count) = (Survey::default(), 0.0, 0usize);
    for value in values {
        survey = survey.with(value);
        if value.is_finite() {
            squares += (value / unit) * (value / unit);
            count += 1;
        }
    }
    Column { survey, rms: (squares / count.max(1) as f64).sqrt() * unit }
}

#[cfg(test)]
mod tests {
    use super::super::Samples;
    use super::*;

    #[test]
    fn no_value_is_lost_however_the_frames_fall_on_columns() {
        let mut data = vec![0.0; 10_007];
        data[5_000] = 3.0;
        data[10_006] = -2.0;
        data[1] = f64::NAN;
        let columns = columns(Samples::new("", &data).channel(0), 100, 3.0);
        let all = columns.iter().fold(Survey::default(), |all, column| all.and(column.survey));
        assert_eq!((all.min, all.max, all.strange), (-2.0, 3.0, 1));
        assert_eq!(columns[49].survey.max, 3.0);
    }

    #[test]
    fn the_root_mean_square_survives_large_numbers() {
        let data = [1e300, -1e300].repeat(100);
        let columns = columns(Samples::new("", &data).channel(0), 10, 1e300);
        assert!(columns.iter().all(|column| (column.rms / 1e300 - 1.0).abs() < 1e-9));
    }
}
