//! SDIF files: loose partials, packed into a fixed number of oscillators.
//!
//! Frames of the types RBEP (with bandwidth) and 1TRC (without) are read. A partial is a row of numbers with the same
//! index in frame after frame. Partials that do not overlap share an oscillator; where there are more at once than
//! asked for, the weakest are left out.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::SessionError;
use super::Partials;
use ksmps_data::file::FileError;

/// Silence between two partials of one oscillator, in seconds.
const GAP_SECONDS: f64 = 0.005;
/// Rows are not closer than this, in seconds.
const STEP_MIN_SECONDS: f64 = 0.002;

/// Frequency, amplitude, bandwidth at a time.
#[derive(Debug, Clone, Copy)]
struct Point {
    time: f64,
    values: [f64; 3],
}

type Partial = Vec<Point>;

pub(super) fn read(path: &Path, max_polyphony: usize) -> Result<Partials, SessionError> {
    let bytes = std::fs::read(path).map_err(|error| FileError::new(path, error))?;
    let wrong = || SessionError::BadPartials(format!("{} is no SDIF file of partials", path.display()));
    let partials = parse(&bytes).ok_or_else(wrong)?;
    if partials.is_empty() {
        return Err(wrong());
    }
    pack(partials, max_polyphony.max(1))
}

/// Numbers of the file, which are big-endian.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn count(&mut self) -> Option<usize> {
        let bytes: [u8; 4] = self.take(4)?.try_into().ok()?;
        usize::try_from(i32::from_be_bytes(bytes)).ok()
    }

    fn double(&mut self) -> Option<f64> {
        Some(f64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }

    fn float(&mut self) -> Option<f64> {
        Some(f64::from(f32::from_be_bytes(self.take(4)?.try_into().ok()?)))
    }
}

/// Every partial of a file, its points in order.
fn parse(bytes: &[u8]) -> Option<Vec<Partial>> {
    let mut file = Bytes(bytes);
    if file.take(4)? != b"SDIF" {
        return None;
    }
    let rest = file.count()?;
    file.take(rest)?;
    let mut partials: BTreeMap<i64, Partial> = BTreeMap::new();
    while file.0.len() >= 16 {
        let kind = file.take(4)?;
        let size = file.count()?;
        let mut frame = Bytes(file.take(size)?);
        if !matches!(kind, b"RBEP" | b"1TRC") {
            continue;
        }
        let time = frame.double()?;
        let _stream = frame.take(4)?;
        for _ in 0..frame.count()? {
            matrix(&mut frame, time, &mut partials)?;
        }
    }
    let mut partials: Vec<Partial> = partials.into_values().collect();
    for partial in &mut partials {
        partial.sort_by(|a, b| a.time.total_cmp(&b.time));
        partial.dedup_by(|later, earlier| later.time <= earlier.time);
    }
    partials.retain(|partial| partial.len() > 1);
    Some(partials)
}

fn matrix(frame: &mut Bytes<'_>, time: f64, partials: &mut BTreeMap<i64, Partial>) -> Option<()> {
    let kind = frame.take(4)?;
    let (number, rows, columns) = (frame.count()?, frame.count()?, frame.count()?);
    let size = number & 0xff;
    let padded = rows.checked_mul(columns)?.checked_mul(size)?.next_multiple_of(8);
    let mut data = Bytes(frame.take(padded)?);
    if !matches!(kind, b"RBEP" | b"1TRC") {
        return Some(());
    }
    for _ in 0..rows {
        let mut row = [0.0; 6];
        for column in 0..columns {
            let value = if size == 8 { data.double()? } else { data.float()? };
            if let Some(place) = row.get_mut(column) {
                *place = value;
            }
        }
        // index, frequency, amplitude, phase, bandwidth, time offset
        let [index, freq, amp, _, bandwidth, offset] = row;
        let point = Point { time: time + offset, values: [freq, amp, bandwidth] };
        partials.entry(index as i64).or_default().push(point);
    }
    Some(())
}

/// Gives each partial an oscillator and reads them all at the same times.
fn pack(mut partials: Vec<Partial>, max_polyphony: usize) -> Result<Partials, SessionError> {
    let weight = |partial: &Partial| partial.iter().map(|point| point.values[1]).sum::<f64>();
    partials.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    let mut oscillators: Vec<Vec<Partial>> = Vec::new();
    for partial in partials {
        let (start, end) = (partial[0].time - GAP_SECONDS, partial[partial.len() - 1].time + GAP_SECONDS);
        let is_free = |known: &Vec<Partial>| {
            known.iter().all(|other| other[other.len() - 1].time < start || other[0].time > end)
        };
        match oscillators.iter().position(is_free) {
            Some(at) => oscillators[at].push(partial),
            None if oscillators.len() < max_polyphony => oscillators.push(vec![partial]),
            None => {}
        }
    }
    let times = times(&oscillators);
    Partials::from_rows(times.into_iter().map(|time| {
        let values = oscillators.iter().flat_map(|oscillator| at(oscillator, time));
        std::iter::once(time).chain(values).collect()
    }))
}

/// The times of all points, and just before and after each partial, where it is silent.
fn times(oscillators: &[Vec<Partial>]) -> Vec<f64> {
    let mut times: Vec<f64> = Vec::new();
    for partial in oscillators.iter().flatten() {
        times.extend(partial.iter().map(|point| point.time));
        times.extend([
            (partial[0].time - GAP_SECONDS / 2.0).max(0.0),
            partial[partial.len() - 1].time + GAP_SECONDS / 2.0,
        ]);
    }
    times.push(0.0);
    times.sort_by(f64::total_cmp);
    let mut last = f64::NEG_INFINITY;
    times.retain(|time| {
        let is_far = *time - last >= STEP_MIN_SECONDS;
        last = if is_far { *time } else { last };
        is_far
    });
    times
}

/// What an oscillator does at a time: where no partial sounds, it waits silently at the nearest one's frequency.
fn at(oscillator: &[Partial], time: f64) -> [f64; 3] {
    let distance = |partial: &Partial| (partial[0].time - time).max(time - partial[partial.len() - 1].time);
    let Some(partial) = oscillator.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))) else {
        return [0.0; 3];
    };
    let after = partial.partition_point(|point| point.time <= time);
    if after == 0 {
        return [partial[0].values[0], 0.0, 0.0];
    }
    let left = partial[after - 1];
    let Some(right) = partial.get(after) else {
        let is_last = time <= left.time;
        return if is_last { left.values } else { [left.values[0], 0.0, 0.0] };
    };
    let way = (time - left.time) / (right.time - left.time);
    std::array::from_fn(|index| left.values[index] + (right.values[index] - left.values[index]) * way)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An SDIF file of frames, each a time and rows of index, frequency, amplitude, phase, bandwidth, offset.
    fn sdif(frames: &[(f64, &[[f32; 6]])]) -> Vec<u8> {
        let mut file = b"SDIF".to_vec();
        file.extend(8i32.to_be_bytes());
        file.extend([0; 8]);
        for (time, rows) in frames {
            let data: Vec<u8> = rows.iter().flatten().flat_map(|value| value.to_be_bytes()).collect();
            let padding = data.len().next_multiple_of(8) - data.len();
            file.extend(b"RBEP");
            file.extend((16 + 16 + data.len() as i32 + padding as i32).to_be_bytes());
            file.extend(time.to_be_bytes());
            for number in [0, 1] {
                file.extend(i32::to_be_bytes(number));
            }
            file.extend(b"RBEP");
            for number in [4, rows.len() as i32, 6] {
                file.extend(number.to_be_bytes());
            }
            file.extend(data);
            file.extend(vec![0; padding]);
        }
        file
    }

    #[test]
    fn partials_that_do_not_overlap_share_an_oscillator() {
        let row = |index: f32, freq: f32, amp: f32| [index, freq, amp, 0.0, 0.1, 0.0];
        let file = sdif(&[
            (0.1, &[row(1.0, 440.0, 0.2), row(2.0, 880.0, 0.1)]),
            (0.2, &[row(1.0, 460.0, 0.4), row(2.0, 880.0, 0.1)]),
            (0.5, &[row(3.0, 100.0, 0.3)]),
            (0.6, &[row(3.0, 100.0, 0.3)]),
        ]);
        let packed = pack(parse(&file).unwrap(), 50).unwrap();
        assert_eq!(packed.oscillators(), 2);
        let columns = packed.columns();
        let values = packed.into_values();
        let row_at = |time: f64| values.chunks(columns).find(|row| (row[0] - time).abs() < 1e-9).unwrap();
        let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
        assert!(close(row_at(0.2)[1], 460.0) && close(row_at(0.2)[2], 0.4) && close(row_at(0.2)[3], 0.1));
        assert!(close(row_at(0.5)[1], 100.0) && row_at(0.5)[5] == 0.0);
        assert_eq!(row_at(0.0)[2], 0.0);
    }

    #[test]
    fn the_weakest_are_left_out_where_there_are_too_many() {
        let row = |index: f32, freq: f32, amp: f32| [index, freq, amp, 0.0, 0.0, 0.0];
        let rows = [row(1.0, 440.0, 0.1), row(2.0, 880.0, 0.5)];
        let packed = pack(parse(&sdif(&[(0.0, &rows), (0.1, &rows)])).unwrap(), 1).unwrap();
        assert_eq!(packed.oscillators(), 1);
        assert_eq!(packed.into_values()[1], 880.0);
    }

    #[test]
    fn files_that_are_cut_short_are_refused() {
        let row = [1.0, 440.0, 0.1, 0.0, 0.0, 0.0];
        let file = sdif(&[(0.0, &[row]), (0.1, &[row])]);
        assert!(parse(&file[..file.len() - 30]).is_none());
        assert!(parse(b"RIFF").is_none());
    }
}
