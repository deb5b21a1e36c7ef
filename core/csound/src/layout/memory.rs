//! The functions by which an instance takes memory.

use super::offsets::csound;
use super::{Layout, read, write};
use crate::raw::CSOUND;

/// Csound's ways of taking memory; its way of freeing it is not among them.
#[derive(Clone, Copy)]
pub(crate) struct MemoryFunctions {
    /// `Malloc(cs, bytes)`.
    pub malloc: unsafe extern "C" fn(*mut CSOUND, usize) -> *mut std::ffi::c_void,
    /// `Calloc(cs, bytes)`.
    pub calloc: unsafe extern "C" fn(*mut CSOUND, usize) -> *mut std::ffi::c_void,
    /// `ReAlloc(cs, old, bytes)`.
    pub realloc: unsafe extern "C" fn(*mut CSOUND, *mut std::ffi::c_void, usize) -> *mut std::ffi::c_void,
}

impl Layout {
    /// Those of an instance. `[control]`
    ///
    /// # Safety
    /// `cs` is live.
    pub unsafe fn memory_functions(self, cs: *mut CSOUND) -> MemoryFunctions {
        // SAFETY: the fields hold these functions in the known build.
        unsafe {
            MemoryFunctions {
                malloc: read(cs.cast(), csound::MALLOC),
                calloc: read(cs.cast(), csound::CALLOC),
                realloc: read(cs.cast(), csound::REALLOC),
            }
        }
    }

    /// Puts others in their place. `[control]`
    ///
    /// # Safety
    /// `cs` is live and owned by this thread; what the functions give is Csound's own to enlarge and to free.
    pub unsafe fn set_memory_functions(self, cs: *mut CSOUND, functions: MemoryFunctions) {
        let base = cs.cast::<u8>();
        // SAFETY: as above.
        unsafe {
            write(base, csound::MALLOC, functions.malloc);
            write(base, csound::CALLOC, functions.calloc);
            write(base, csound::REALLOC, functions.realloc);
        }
    }
}
