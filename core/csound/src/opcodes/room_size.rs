//! `babo` with a room that has no width, depth or height writes beyond its memory with each frame (6.18.1: it has none
//! then, and only warns). The note ends with a message before that.

use std::ffi::{CStr, c_int, c_void};

use super::data::data_of;
use crate::raw::structures::OpcodeHead;
use crate::raw::{CSOUND, OpcodeFn};

/// A block of `babo`, as far as it is looked at.
#[repr(C)]
struct Block {
    head: OpcodeHead,
    outputs: [*mut f64; 2],
    input: *const f64,
    source: [*const f64; 3],
    room: [*const f64; 3],
}

const MESSAGE: &CStr =
    c"babo: the room has a side of 0 metres, with which Csound writes beyond its memory; give x, y and z another size";

/// The function that the check stands before.
pub(crate) type Init = Option<OpcodeFn>;

/// # Safety
/// Called by Csound with a block of `babo` at init time.
pub(crate) unsafe extern "C" fn init(cs: *mut CSOUND, block: *mut c_void) -> c_int {
    // SAFETY: the wrapper is only in place where the original and the layout were found; the arguments are those that
    // the opcode's entry says.
    unsafe {
        let Some(data) = data_of(cs) else { return 0 };
        let patches = &(*data).patches;
        let (Some(layout), Some(original)) = (patches.layout, patches.room) else { return 0 };
        let Block { room, .. } = &*block.cast::<Block>();
        if room.iter().any(|&side| !is_side(*side)) {
            return layout.init_error(cs)(cs, c"%s".as_ptr(), MESSAGE.as_ptr());
        }
        original(cs, block)
    }
}

/// Whether a room can have a side of this length; Csound takes a negative one for its size.
fn is_side(length: f64) -> bool {
    length.is_finite() && length != 0.0
}

#[cfg(test)]
mod tests {
    use super::is_side;

    #[test]
    fn only_a_side_without_length_is_refused() {
        assert!(is_side(5.0) && is_side(-5.0) && is_side(1e-4));
        assert!(!is_side(0.0) && !is_side(-0.0) && !is_side(f64::NAN) && !is_side(f64::INFINITY));
    }
}
