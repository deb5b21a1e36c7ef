//! The C functions that Csound calls for an opcode. A panic does not cross into C.

use std::any::Any;
use std::ffi::{CString, c_int, c_void};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Arguments, Opcode};
use crate::layout::{Active, Layout};
use crate::process;
use crate::raw::CSOUND;
use crate::raw::structures::OpcodeHead;

/// A call: its arguments, and where the pointer to its value is.
///
/// # Safety
/// `block` is a block of this opcode in the live instance `cs`.
unsafe fn call<'a, O: Opcode>(cs: *mut CSOUND, block: *mut c_void) -> Option<(Arguments<'a>, *mut *mut O)> {
    let api = process::api()?;
    // SAFETY: the caller says so: the head, then a pointer for each argument, outputs first, then ours.
    unsafe {
        let head = &*block.cast::<OpcodeHead>();
        let pointers = block.cast::<u8>().add(size_of::<OpcodeHead>()).cast::<*mut f64>();
        let outputs = std::slice::from_raw_parts(pointers, O::OUTPUTS.len());
        let inputs = std::slice::from_raw_parts(pointers.add(O::OUTPUTS.len()), O::INPUTS.len());
        let value = pointers.add(O::OUTPUTS.len() + O::INPUTS.len()).cast();
        let arguments = Arguments {
            outputs,
            inputs,
            output_rates: O::OUTPUTS,
            input_rates: O::INPUTS,
            instance: Active::at(head.instance)?,
            rate: (api.sr)(cs),
            call: PhantomData,
        };
        Some((arguments, value))
    }
}

/// What an opcode said went wrong, a panic among it.
fn outcome<T>(result: Result<Result<T, String>, Box<dyn Any + Send>>) -> Result<T, CString> {
    let text = match result {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(text)) => text,
        Err(_) => "the opcode panicked".to_owned(),
    };
    Err(CString::new(text.replace('\0', " ")).unwrap_or_default())
}

/// # Safety
/// Called by Csound with a block of `O` in a note's init pass.
pub(super) unsafe extern "C" fn init<O: Opcode>(cs: *mut CSOUND, block: *mut c_void) -> c_int {
    // SAFETY: the caller says so; appended only where the layout is known.
    unsafe {
        let (Some(layout), Some((mut arguments, value))) = (layout(cs), call::<O>(cs, block)) else {
            return -1;
        };
        match outcome(catch_unwind(AssertUnwindSafe(|| O::init(&mut arguments)))) {
            Ok(made) => {
                if (*value).is_null() {
                    *value = Box::into_raw(Box::new(made));
                    layout.register_deinit(cs, block, end::<O>);
                } else {
                    drop_value(std::mem::replace(&mut *value, Box::into_raw(Box::new(made))));
                }
                0
            }
            Err(text) => layout.init_error(cs)(cs, c"%s".as_ptr(), text.as_ptr()),
        }
    }
}

/// # Safety
/// Called by Csound with a block of `O` in each cycle.
pub(super) unsafe extern "C" fn perform<O: Opcode>(cs: *mut CSOUND, block: *mut c_void) -> c_int {
    // SAFETY: the caller says so.
    unsafe {
        let Some((mut arguments, value)) = call::<O>(cs, block) else { return -1 };
        let Some(opcode) = (*value).as_mut() else { return -1 };
        let result = outcome(catch_unwind(AssertUnwindSafe(|| opcode.perform(&mut arguments))));
        arguments.silence_outside();
        match (result, layout(cs)) {
            (Ok(()), _) => 0,
            (Err(text), Some(layout)) => layout.perf_error(cs)(cs, block, c"%s".as_ptr(), text.as_ptr()),
            (Err(_), None) => -1,
        }
    }
}

/// # Safety
/// Called by Csound with a block of `O` when its note has ended.
unsafe extern "C" fn end<O: Opcode>(cs: *mut CSOUND, block: *mut c_void) -> c_int {
    // SAFETY: the caller says so; the value was made by `init`.
    unsafe {
        if let Some((_, value)) = call::<O>(cs, block) {
            drop_value(std::mem::replace(&mut *value, std::ptr::null_mut()));
        }
    }
    0
}

/// # Safety
/// `value` is null or a box's, and nobody else has it.
unsafe fn drop_value<O: Opcode>(value: *mut O) {
    if !value.is_null() {
        // SAFETY: the caller says so. A value whose end panics is gone all the same.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(value) })));
    }
}

/// # Safety
/// `cs` is live and owned by this thread.
unsafe fn layout(cs: *mut CSOUND) -> Option<Layout> {
    // SAFETY: the caller says so.
    process::api().and_then(|api| unsafe { Layout::detect(api, cs) })
}
