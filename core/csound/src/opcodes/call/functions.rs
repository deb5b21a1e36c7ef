//! The C functions that Csound calls for an opcode. They keep a panic from crossing into C, and turn a [`Fault`] into
//! Csound's own error message, which ends the note and nothing else.

use std::ffi::{CStr, c_int, c_void};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Call, Fault, Opcode, Outcome};
use crate::layout::Layout;
use crate::raw::CSOUND;

/// How long an error message can be, in bytes.
pub(super) const MESSAGE_MAX: usize = 512;
/// Writes a C string into a buffer, cut where it is full.
pub(super) fn c_message<'b>(buffer: &'b mut [u8; MESSAGE_MAX], message: std::fmt::Arguments<'_>) -> &'b CStr {
    let mut rest = &mut buffer[..MESSAGE_MAX - 1];
    // A message that is too long is cut, so this cannot matter.
    let _ = rest.write_fmt(message);
    CStr::from_bytes_until_nul(buffer).unwrap_or(c"")
}

/// Calls `function`, and `report`s what went wrong.
///
/// # Safety
/// Called by Csound with a block of `O`.
unsafe fn run<O: Opcode<N>, const N: usize>(
    cs: *mut CSOUND,
    block: *mut c_void,
    function: impl FnOnce(&mut Call<'_, O::State, N>) -> Outcome,
    report: impl FnOnce(Layout, &CStr) -> c_int,
) -> c_int {
    // SAFETY: the caller says so.
    let Some(mut call) = (unsafe { Call::<O::State, N>::new(cs, block, end_of::<O, N>) }) else { return -1 };
    let layout = call.layout;
    let fault = match catch_unwind(AssertUnwindSafe(|| function(&mut call))) {
        Ok(Ok(())) => return 0,
        Ok(Err(fault)) => fault,
        Err(_) => Fault::Panicked,
    };
    let mut buffer = [0; MESSAGE_MAX];
    report(layout, c_message(&mut buffer, format_args!("{fault}")))
}

/// # Safety
/// Called by Csound with a block of `O` when its note starts.
pub(crate) unsafe extern "C" fn init<O: Opcode<N>, const N: usize>(
    cs: *mut CSOUND,
    block: *mut c_void,
) -> c_int {
    // SAFETY: the caller says so; the format takes one C string.
    unsafe {
        run::<O, N>(cs, block, O::init, |layout, text| {
            layout.init_error(cs)(cs, c"%s".as_ptr(), text.as_ptr())
        })
    }
}

/// # Safety
/// Called by Csound with a block of `O` in each cycle.
pub(crate) unsafe extern "C" fn perform<O: Opcode<N>, const N: usize>(
    cs: *mut CSOUND,
    block: *mut c_void,
) -> c_int {
    // SAFETY: the caller says so; the format takes one C string.
    unsafe {
        run::<O, N>(cs, block, O::perform, |layout, text| {
            layout.perf_error(cs)(cs, block, c"%s".as_ptr(), text.as_ptr())
        })
    }
}

/// # Safety
/// Called by Csound with a block of `O` when its note has ended.
pub(crate) unsafe extern "C" fn end_of<O: Opcode<N>, const N: usize>(
    cs: *mut CSOUND,
    block: *mut c_void,
) -> c_int {
    let end = |call: &mut Call<'_, O::State, N>| {
        call.block.end_wanted = false;
        O::end(call);
        Ok(())
    };
    // SAFETY: the caller says so.
    unsafe { run::<O, N>(cs, block, end, |_, _| 0) }
}
