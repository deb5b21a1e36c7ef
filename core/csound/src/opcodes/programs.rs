//! Csound's opcodes that run programs, where the process may run none: the system refuses that without a word, and so would
//! they.

use std::ffi::{CStr, c_int, c_void};
use std::sync::atomic::{AtomicBool, Ordering};

use super::data::data_of;
use crate::raw::CSOUND;

/// Each form of them: name, results, arguments.
pub(super) const FORMS: [(&CStr, &CStr, &CStr); 2] = [(c"system_i", c"i", c"iSo"), (c"system", c"k", c"kSO")];

static ARE_REFUSED: AtomicBool = AtomicBool::new(false);

/// From now on the opcodes of every new instance in this process that run programs are an error of their note. `[control]`
pub fn refuse_programs() {
    ARE_REFUSED.store(true, Ordering::Relaxed);
}

/// Whether they are refused. `[control]`
pub(super) fn are_refused() -> bool {
    ARE_REFUSED.load(Ordering::Relaxed)
}

/// # Safety
/// Called by Csound with a block of one of [`FORMS`] in an init pass.
pub(super) unsafe extern "C" fn init(cs: *mut CSOUND, _: *mut c_void) -> c_int {
    const MESSAGE: &CStr = c"a document may run no program here";
    // SAFETY: the wrapper is only in place where the layout was found; the format takes one C string.
    unsafe {
        let Some(data) = data_of(cs) else { return 0 };
        let Some(layout) = (*data).patches.layout else { return 0 };
        layout.init_error(cs)(cs, c"%s".as_ptr(), MESSAGE.as_ptr())
    }
}
