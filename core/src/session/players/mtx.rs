//! `.mtx` files: a spectrum in regular steps, as the samples of a sound file.
//!
//! The first samples say how the rest is to be read: how many there are of them, the step in seconds, the numbers in a
//! row, the number of rows, the time of the first row. Each row is frequency, amplitude, bandwidth of each oscillator.

use std::path::Path;

use crate::offline::sound_file;

use super::super::SessionError;
use super::Partials;

/// Numbers of the header that are understood.
const HEADER: usize = 5;

pub(super) fn read(path: &Path) -> Result<Partials, SessionError> {
    let samples = sound_file::read(path)?.samples;
    let wrong = |why: &str| SessionError::BadPartials(format!("{} {why}", path.display()));
    let &[length, step, columns, rows, start, ..] = &samples[..] else { return Err(wrong("has no header")) };
    let (length, columns, rows) = (length as usize, columns as usize, rows as usize);
    let is_whole = length >= HEADER && step > 0.0 && columns > 0;
    if !is_whole
        || columns.checked_mul(rows).is_none_or(|count| samples.len() - length.min(samples.len()) < count)
    {
        return Err(wrong("has a header that does not fit what follows"));
    }
    let rows = samples[length..].chunks_exact(columns).take(rows).enumerate();
    Partials::from_rows(rows.map(|(at, row)| {
        let time = start + at as f64 * step;
        [time].iter().chain(row).copied().collect()
    }))
}
