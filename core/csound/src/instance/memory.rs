//! What Csound takes of memory, counted where it takes it: in its own functions for memory, of which each instance has
//! pointers. Opcodes take theirs through them too: delay lines, tables, texts, arrays. What a library takes behind
//! Csound's back is not seen.

use std::ffi::c_void;
use std::sync::OnceLock;

use super::host_of;
use crate::layout::{Layout, MemoryFunctions};
use crate::raw::CSOUND;

/// Csound's own functions: every instance of a process has the same.
static CSOUNDS: OnceLock<MemoryFunctions> = OnceLock::new();

/// Counts from now on. `[control]`
///
/// # Safety
/// `cs` is live, of the known layout, owned by this thread, and has its host data.
pub(super) unsafe fn count(cs: *mut CSOUND, layout: Layout) {
    // SAFETY: the caller says so; the functions below do what they stand for.
    unsafe {
        CSOUNDS.get_or_init(|| layout.memory_functions(cs));
        layout.set_memory_functions(cs, MemoryFunctions { malloc, calloc, realloc });
    }
}

/// # Safety
/// `cs` is a live instance; where it has host data, that is ours.
unsafe fn taken(cs: *mut CSOUND, bytes: usize) {
    // SAFETY: the caller says so; nobody borrows the count otherwise than shared.
    if let Some(count) = unsafe { host_of(cs).and_then(|host| (&raw const (*host).memory).as_ref()) } {
        count.add(bytes);
    }
}

// Csound leaves by a jump where there is no memory: the functions hold nothing that would have to be given back.

/// # Safety
/// Called by Csound.
unsafe extern "C" fn malloc(cs: *mut CSOUND, bytes: usize) -> *mut c_void {
    let Some(csounds) = CSOUNDS.get() else { return std::ptr::null_mut() };
    // SAFETY: called by Csound with a live instance; they were put in place by `count` alone.
    unsafe {
        taken(cs, bytes);
        (csounds.malloc)(cs, bytes)
    }
}

/// # Safety
/// Called by Csound.
unsafe extern "C" fn calloc(cs: *mut CSOUND, bytes: usize) -> *mut c_void {
    let Some(csounds) = CSOUNDS.get() else { return std::ptr::null_mut() };
    // SAFETY: as in `malloc`.
    unsafe {
        taken(cs, bytes);
        (csounds.calloc)(cs, bytes)
    }
}

/// # Safety
/// Called by Csound.
unsafe extern "C" fn realloc(cs: *mut CSOUND, old: *mut c_void, bytes: usize) -> *mut c_void {
    let Some(csounds) = CSOUNDS.get() else { return std::ptr::null_mut() };
    // SAFETY: as in `malloc`.
    unsafe {
        if bytes > 0 {
            taken(cs, bytes);
        }
        (csounds.realloc)(cs, old, bytes)
    }
}
