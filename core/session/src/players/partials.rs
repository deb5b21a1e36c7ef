//! Packed spectra: rows of a time and, for each oscillator, frequency, amplitude and bandwidth.

use std::path::Path;

use super::super::SessionError;
use super::{mtx, sdif};

/// A bank of oscillators over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Partials {
    columns: usize,
    /// Row after row: the time, then frequency, amplitude and bandwidth of each oscillator.
    values: Vec<f64>,
}

impl Partials {
    /// Takes rows in: `time, freq, amp, bandwidth, freq, amp, bandwidth, …`. `[any]`
    ///
    /// # Errors
    /// [`SessionError::BadPartials`] for fewer than two rows, rows of different lengths, times that do not grow, and
    /// what is not a number.
    pub fn from_rows(rows: impl IntoIterator<Item = Vec<f64>>) -> Result<Self, SessionError> {
        let wrong = |why: &str| Err(SessionError::BadPartials(why.to_owned()));
        let rows: Vec<Vec<f64>> = rows.into_iter().collect();
        let columns = rows.first().map_or(0, Vec::len);
        if rows.len() < 2 {
            return wrong("a spectrum has at least two rows");
        }
        if columns < 4 || columns % 3 != 1 || rows.iter().any(|row| row.len() != columns) {
            return wrong("every row has a time and three numbers for each oscillator");
        }
        if rows.iter().flatten().any(|value| !value.is_finite()) {
            return wrong("there is something in it that is not a number");
        }
        if rows.windows(2).any(|pair| pair[1][0] <= pair[0][0]) {
            return wrong("times have to grow from row to row");
        }
        Ok(Self { columns, values: rows.into_iter().flatten().collect() })
    }

    /// Reads a `.mtx` or `.sdif` file; loose partials are packed into at most so many oscillators. `[control]`
    ///
    /// # Errors
    /// [`SessionError::File`], [`SessionError::BadPartials`].
    pub fn read(path: &Path, max_polyphony: usize) -> Result<Self, SessionError> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("mtx") => mtx::read(path),
            Some("sdif") => sdif::read(path, max_polyphony),
            _ => Err(SessionError::BadPartials(format!("{} is neither .mtx nor .sdif", path.display()))),
        }
    }

    /// How many rows there are. `[any]`
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Numbers in a row. `[any]`
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many oscillators there are. `[any]`
    pub fn oscillators(&self) -> usize {
        (self.columns - 1) / 3
    }

    /// The time of the last row, in seconds. `[any]`
    pub fn end(&self) -> f64 {
        self.values[self.values.len() - self.columns]
    }

    /// Row after row. `[any]`
    pub fn into_values(self) -> Vec<f64> {
        self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_spectrum_is_refused() {
        let good = vec![vec![0.0, 440.0, 0.1, 0.0], vec![0.1, 450.0, 0.2, 0.0]];
        let partials = Partials::from_rows(good.clone()).unwrap();
        assert_eq!(
            (partials.rows(), partials.columns(), partials.oscillators(), partials.end()),
            (2, 4, 1, 0.1)
        );
        let mut same_time = good.clone();
        same_time[1][0] = 0.0;
        let mut short = good.clone();
        short[1].pop();
        let mut not_a_number = good.clone();
        not_a_number[0][2] = f64::NAN;
        for rows in [same_time, short, not_a_number, good[..1].to_vec(), vec![]] {
            assert!(matches!(Partials::from_rows(rows), Err(SessionError::BadPartials(_))));
        }
    }
}
