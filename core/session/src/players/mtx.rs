//! `.mtx` files: a spectrum as the samples of a sound file, which loristrck writes.
//!
//! The first samples say how the rest is to be read; the first of all is how many of them there are. Then come the
//! number of rows and the numbers in a row, and each row is a time and frequency, amplitude, bandwidth of each
//! oscillator. Older files say instead: the step in seconds, the numbers in a row, the number of rows, the time of the
//! first row; their rows have no time.

use std::path::Path;

use ksmps_library::sound_file;

use super::super::SessionError;
use super::Partials;

/// Numbers in a header at least, of present and of older files.
const HEADER: usize = 3;
const OLD_HEADER: usize = 5;
/// Frequency, amplitude, bandwidth.
const PER_OSCILLATOR: usize = 3;

pub(super) fn read(path: &Path) -> Result<Partials, SessionError> {
    let samples = sound_file::read(path)?.samples;
    let rows = present(&samples).or_else(|| old(&samples)).ok_or_else(|| {
        SessionError::BadPartials(format!("{} has a header that does not fit what follows", path.display()))
    })?;
    Partials::from_rows(rows)
}

/// Rows that begin with their time.
fn present(samples: &[f64]) -> Option<Vec<Vec<f64>>> {
    let [length, rows, columns] = samples.first_chunk()?.map(whole);
    let (length, rows, columns) = (length.filter(|length| *length >= HEADER)?, rows?, columns?);
    let data = samples.get(length..)?;
    let fits = columns % PER_OSCILLATOR == 1 && columns > 1 && rows.checked_mul(columns)? == data.len();
    fits.then(|| data.chunks_exact(columns).map(<[f64]>::to_vec).collect())
}

/// Rows in regular steps.
fn old(samples: &[f64]) -> Option<Vec<Vec<f64>>> {
    let [length, step, columns, rows, start] = *samples.first_chunk()?;
    let length = whole(length).filter(|length| *length >= OLD_HEADER)?;
    let (columns, rows) = (whole(columns).filter(|columns| *columns > 0)?, whole(rows)?);
    let data = samples.get(length..)?;
    if step.is_nan() || step <= 0.0 || rows.checked_mul(columns)? > data.len() {
        return None;
    }
    let rows = data.chunks_exact(columns).take(rows).enumerate();
    let timed = rows.map(|(at, row)| [&[start + at as f64 * step], row].concat());
    Some(timed.collect())
}

fn whole(number: f64) -> Option<usize> {
    (number >= 0.0 && number.fract() == 0.0).then_some(number as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ksmps_library::sound_file::{Encoding, Format, Writer};

    /// A file as loristrck writes it: one channel of 32-bit floats.
    fn written(samples: &[f64]) -> Result<Partials, SessionError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spectrum.mtx");
        let mut writer = Writer::create(&path, Format::Wav, Encoding::Float32, 44_100, 1).unwrap();
        writer.write(samples).unwrap();
        writer.flush().unwrap();
        read(&path)
    }

    #[test]
    fn rows_of_present_files_begin_with_their_time() {
        let file = [4.0, 2.0, 4.0, 0.25, 0.0, 440.0, 0.5, 0.25, 0.5, 550.0, 0.125, 0.0];
        let partials = written(&file).unwrap();
        assert_eq!((partials.rows(), partials.columns(), partials.end()), (2, 4, 0.5));
        assert_eq!(partials.into_values(), file[4..]);
    }

    #[test]
    fn rows_of_older_files_come_in_regular_steps() {
        let partials = written(&[5.0, 0.25, 3.0, 2.0, 1.0, 440.0, 0.5, 0.25, 550.0, 0.125, 0.0]).unwrap();
        assert_eq!(partials.into_values(), [1.0, 440.0, 0.5, 0.25, 1.25, 550.0, 0.125, 0.0]);
    }

    #[test]
    fn headers_that_do_not_fit_are_refused() {
        for file in
            [&[3.0, 2.0, 4.0, 0.0, 440.0][..], &[5.0, 0.0, 3.0, 1.0, 0.0, 1.0, 1.0, 1.0], &[9.0], &[-1.0; 12]]
        {
            assert!(matches!(written(file), Err(SessionError::BadPartials(_))), "{file:?}");
        }
    }
}
