//! `setcol` writes beyond its array (6.18.1): it goes from row to row by the count of rows plus one, and not by the
//! count of columns. Where that leads out of the array the note ends with a message, before anything is written.

use std::ffi::{CStr, c_int, c_void};

use super::data::data_of;
use crate::raw::structures::{Array, OpcodeHead};
use crate::raw::{CSOUND, OpcodeFn};

/// A block of `setcol`, as far as it is looked at.
#[repr(C)]
struct Block {
    head: OpcodeHead,
    out: *const Array,
    input: *const Array,
    column: *const f64,
}

const MESSAGE: &CStr =
    c"setcol would write beyond its array: Csound 6.18 fills columns of an array right only where it \
has one column more than rows; write the elements one by one";

/// The functions that the checks stand before.
#[derive(Default)]
pub(crate) struct SetColumn {
    pub init: Option<OpcodeFn>,
    pub perform: Option<OpcodeFn>,
}

/// Whether a column of an array with these rows and columns is written beyond its end.
fn leaves(rows: i64, columns: i64, column: i64) -> bool {
    rows > 0 && column >= 0 && column < columns && column + (rows - 1) * (rows + 1) >= rows * columns
}

/// Rows and columns of an array that has memory and two dimensions.
///
/// # Safety
/// `array` is an argument of an opcode that takes an array there.
unsafe fn shape(array: *const Array) -> Option<(i64, i64)> {
    // SAFETY: the caller says so.
    unsafe {
        let array = array.as_ref()?;
        if array.data.is_null() || array.dimensions != 2 || array.sizes.is_null() {
            return None;
        }
        Some((i64::from(*array.sizes), i64::from(*array.sizes.add(1))))
    }
}

/// # Safety
/// Called by Csound with a block of `setcol` at control rate.
pub(crate) unsafe extern "C" fn perform(cs: *mut CSOUND, block: *mut c_void) -> c_int {
    // SAFETY: the wrapper is only in place where the original and the layout were found.
    unsafe {
        let Some(data) = data_of(cs) else { return 0 };
        let patches = &(*data).patches;
        let (Some(layout), Some(original)) = (patches.layout, patches.set_column.perform) else { return 0 };
        let Block { out, column, .. } = *block.cast::<Block>();
        if shape(out).is_some_and(|(rows, columns)| leaves(rows, columns, *column as i64)) {
            return layout.perf_error(cs)(cs, block, c"%s".as_ptr(), MESSAGE.as_ptr());
        }
        original(cs, block)
    }
}

/// # Safety
/// Called by Csound with a block of `setcol` at init time.
pub(crate) unsafe extern "C" fn init(cs: *mut CSOUND, block: *mut c_void) -> c_int {
    // SAFETY: as in `perform`.
    unsafe {
        let Some(data) = data_of(cs) else { return 0 };
        let patches = &(*data).patches;
        let (Some(layout), Some(original)) = (patches.layout, patches.set_column.init) else { return 0 };
        let Block { out, input, column, .. } = *block.cast::<Block>();
        let column = *column as i64;
        let wanted_rows = input
            .cast::<Array>()
            .as_ref()
            .map_or(0, |input| if input.sizes.is_null() { 0 } else { i64::from(*input.sizes) });
        // An array that is too small is made anew first.
        let (rows, columns) = match shape(out) {
            Some((rows, columns)) if rows >= wanted_rows && columns > column => (rows, columns),
            _ => (wanted_rows, column + 1),
        };
        if leaves(rows, columns, column) {
            return layout.init_error(cs)(cs, c"%s".as_ptr(), MESSAGE.as_ptr());
        }
        original(cs, block)
    }
}

#[cfg(test)]
mod tests {
    use super::leaves;

    #[test]
    fn only_what_is_written_outside_is_refused() {
        assert!(!leaves(3, 3, 0));
        assert!(leaves(3, 3, 1));
        assert!(!leaves(3, 4, 3));
        assert!(!leaves(1, 5, 4));
        assert!(leaves(4, 2, 0));
        assert!(!leaves(3, 3, 3), "Csound says itself that there is no such column");
    }
}
