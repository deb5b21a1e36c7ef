//! `ftsetparams` and `getrowlin`.

use std::cell::Cell;

use super::call::{Call, Fault, Opcode, Outcome};
use super::{Entry, When, entry};

pub(super) const ENTRIES: &[Entry] = &[entry::<SetSound, 5>(c"ftsetparams", c"", c"iiioj", When::Init)];

pub(super) const ROW_ENTRIES: &[Entry] = &[
    entry::<TableRow, 8>(c"getrowlin.table", c"k[]", c"kiiooop", When::Both),
    entry::<ArrayRow, 6>(c"getrowlin.k", c"k[]", c"k[]kOOP", When::Both),
    entry::<ArrayRow, 6>(c"getrowlin.i", c"k[]", c"i[]kOOP", When::Both),
];

/// `ftsetparams ift, isamplerate, inumchannels [, iloopstart=0, ibasenote=60]`: what sound is in a table, as if it had
/// been read from a file. The loop begins at a frame and ends with the sound; the base note is a MIDI key.
struct SetSound;

/// The base note where none is given.
const BASE_NOTE: f64 = 60.0;

// SAFETY: in `iiioj`.
unsafe impl Opcode<5> for SetSound {
    type State = ();

    fn init(call: &mut Call<'_, (), 5>) -> Outcome {
        let (number, rate, channels) = (call.number(0), call.number(1), call.number(2));
        if !(rate >= 0.0 && channels >= 1.0) {
            return Err(Fault::Misused("a sound has a rate and at least one channel"));
        }
        let (loop_start, note) = (call.number(3), call.number(4));
        let note = if note < 0.0 { BASE_NOTE } else { note };
        match call.set_table_sound(number, rate, channels as usize)? {
            true if loop_start >= 0.0 => call.set_table_loop(number, loop_start as usize, note),
            true => Err(Fault::Misused("a loop starts at frame 0 or later")),
            false => Err(Fault::Misused("this build of Csound keeps a table's description somewhere else")),
        }
    }
}

/// Which elements of a row are wanted.
struct Slice {
    start: usize,
    end: usize,
    step: usize,
}

impl Slice {
    /// From three arguments: the first, the one behind the last (0: the row's end), the step.
    fn of<S, const N: usize>(call: &Call<'_, S, N>, index: usize, columns: usize) -> Self {
        let [start, end, step] = [0, 1, 2].map(|of| call.number(index + of).max(0.0) as usize);
        let end = if end == 0 { columns } else { end.min(columns) };
        Self { start: start.min(end), end, step: step.max(1) }
    }

    fn len(&self) -> usize {
        (self.end - self.start).div_ceil(self.step)
    }
}

/// Writes a row between rows to the output array. A row behind the last is the last.
fn write_row<S, const N: usize>(
    call: &mut Call<'_, S, N>,
    numbers: &[Cell<f64>],
    columns: usize,
    row: f64,
    slice: &Slice,
) -> Outcome {
    let rows = numbers.len().checked_div(columns).unwrap_or(0);
    // A row that is no number is none either.
    if rows == 0 || row.is_nan() || row < 0.0 {
        return Err(Fault::Misused("there is no such row"));
    }
    if call.array(0).len() != slice.len() {
        call.resize(0, slice.len());
    }
    let left = (row as usize).min(rows - 1);
    let right = (left + 1).min(rows - 1);
    let part = if left == right { 0.0 } else { row - left as f64 };
    let at = |row: usize, column: usize| numbers.get(row * columns + column).map_or(0.0, Cell::get);
    for (out, column) in call.array(0).iter().zip((slice.start..slice.end).step_by(slice.step)) {
        out.set(at(left, column) + (at(right, column) - at(left, column)) * part);
    }
    Ok(())
}

/// `kOut[] getrowlin krow, ifn, inumcols [, iskip, istart, iend, istep]`
struct TableRow;

// SAFETY: out `k[]`, in `kiiooop`.
unsafe impl Opcode<8> for TableRow {
    type State = ();

    fn init(call: &mut Call<'_, (), 8>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 8>) -> Outcome {
        let [row, table, columns, skip] = [1, 2, 3, 4].map(|index| call.number(index));
        let columns = columns.max(1.0) as usize;
        let numbers = call.table(table)?.get(skip.max(0.0) as usize..).unwrap_or(&[]);
        let slice = Slice::of(call, 5, columns);
        write_row(call, numbers, columns, row, &slice)
    }
}

/// `kOut[] getrowlin xMtx[], krow [, kstart, kend, kstep]`
struct ArrayRow;

// SAFETY: out `k[]`, in `k[]kOOP` or `i[]kOOP`.
unsafe impl Opcode<6> for ArrayRow {
    type State = ();

    fn init(call: &mut Call<'_, (), 6>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 6>) -> Outcome {
        let (numbers, columns) = call.matrix(1);
        let slice = Slice::of(call, 3, columns);
        write_row(call, numbers, columns, call.number(2), &slice)
    }
}
