//! What opcodes of our own need: Csound's functions, its memory and texts, and the lists that opcodes stand in.

use super::offsets::csound;
use super::{Layout, read, write};
use crate::raw::{CSOUND, OpcodeFn};

/// Csound's way of adding opcodes: the instance, the first `OENTRY`, how many.
pub(crate) type AppendOpcodesFn = unsafe extern "C" fn(*mut CSOUND, *const std::ffi::c_void, i32) -> i32;

/// Csound's way of reporting an init error.
pub(crate) type ErrorFn = unsafe extern "C" fn(*mut CSOUND, *const std::ffi::c_char, ...) -> i32;

/// Csound's way of reporting a performance error.
pub(crate) type PerfErrorFn =
    unsafe extern "C" fn(*mut CSOUND, *mut std::ffi::c_void, *const std::ffi::c_char, ...) -> i32;

impl Layout {
    /// Whether the functions that opcodes call are where the layout says. `[control]`
    ///
    /// # Safety
    /// `cs` must be a live instance.
    pub unsafe fn functions_agree(self, cs: *mut CSOUND) -> bool {
        // SAFETY: part of CSOUND in the known build.
        unsafe {
            read::<usize>(cs.cast(), csound::APPEND_OPCODE) == self.api.append_opcode as *const () as usize
        }
    }

    /// `InitError(cs, format, …)` of this instance: what an opcode's init returns when it fails. `[audio]`
    ///
    /// # Safety
    /// `cs` must be a live instance.
    pub unsafe fn init_error(self, cs: *mut CSOUND) -> ErrorFn {
        // SAFETY: the field holds this function in the known build.
        unsafe { read::<ErrorFn>(cs.cast(), csound::INIT_ERROR) }
    }

    /// `PerfError(cs, opds, format, …)` of this instance. `[audio]`
    ///
    /// # Safety
    /// `cs` must be a live instance.
    pub unsafe fn perf_error(self, cs: *mut CSOUND) -> PerfErrorFn {
        // SAFETY: the field holds this function in the known build.
        unsafe { read::<PerfErrorFn>(cs.cast(), csound::PERF_ERROR) }
    }

    /// Has `function` called when the note ends in which `block` is an opcode. `[audio]`
    ///
    /// # Safety
    /// `block` is an opcode of the live instance `cs`, in its init pass.
    pub unsafe fn register_deinit(self, cs: *mut CSOUND, block: *mut std::ffi::c_void, function: OpcodeFn) {
        type Register = unsafe extern "C" fn(*mut CSOUND, *mut std::ffi::c_void, OpcodeFn) -> i32;
        // SAFETY: the field holds this function in the known build.
        unsafe { read::<Register>(cs.cast(), csound::REGISTER_DEINIT_CALLBACK)(cs, block, function) };
    }

    /// Memory that belongs to Csound, zeroed; `old` is enlarged where there is one. `[audio]`
    ///
    /// # Safety
    /// `cs` is live; `old` is null or Csound's.
    pub unsafe fn allocate(self, cs: *mut CSOUND, old: *mut u8, bytes: usize) -> *mut u8 {
        type Calloc = unsafe extern "C" fn(*mut CSOUND, usize) -> *mut u8;
        type ReAlloc = unsafe extern "C" fn(*mut CSOUND, *mut u8, usize) -> *mut u8;
        // SAFETY: the fields hold these functions in the known build.
        unsafe {
            match old.is_null() {
                true => read::<Calloc>(cs.cast(), csound::CALLOC)(cs, bytes),
                false => read::<ReAlloc>(cs.cast(), csound::REALLOC)(cs, old, bytes),
            }
        }
    }

    /// Gives an opcode memory of its own, zeroed, which Csound frees with the instance that runs. What it had of another
    /// size goes. `[audio]`
    ///
    /// # Safety
    /// `cs` is live and in the init pass of the opcode in whose block `memory` is: an `AUXCH`, zeroed at first.
    pub unsafe fn allocate_for_opcode(self, cs: *mut CSOUND, memory: *mut std::ffi::c_void, bytes: usize) {
        type AuxAlloc = unsafe extern "C" fn(*mut CSOUND, usize, *mut std::ffi::c_void);
        // SAFETY: the field holds this function in the known build.
        unsafe { read::<AuxAlloc>(cs.cast(), csound::AUX_ALLOC)(cs, bytes, memory) };
    }

    /// The texts that `strset` has numbered, one place for each number from 0 on; null where there is none. `[audio]`
    ///
    /// # Safety
    /// `cs` is live and used by no other thread.
    pub unsafe fn numbered_texts(self, cs: *mut CSOUND) -> &'static mut [*mut std::ffi::c_char] {
        // SAFETY: part of CSOUND in the known build: the list has one place more than its highest number. The caller
        // keeps nothing of it beyond its call.
        unsafe {
            let list = read::<*mut *mut std::ffi::c_char>(cs.cast(), csound::STRSETS);
            let highest = usize::try_from(read::<i32>(cs.cast(), csound::STRSMAX)).unwrap_or(0);
            match list.is_null() {
                true => &mut [],
                false => std::slice::from_raw_parts_mut(list, highest + 1),
            }
        }
    }

    /// Whether an opcode's argument is a text. `[audio]`
    ///
    /// # Safety
    /// `argument` is an argument of an opcode of the live instance `cs`.
    pub unsafe fn is_text(self, cs: *mut CSOUND, argument: *mut f64) -> bool {
        // SAFETY: the caller says so.
        unsafe { self.type_letter(cs, argument) == b'S' }
    }

    /// The first letter of the name of an argument's type; 0 where it has none. `[audio]`
    ///
    /// # Safety
    /// As [`Layout::is_text`].
    pub unsafe fn type_letter(self, cs: *mut CSOUND, argument: *mut f64) -> u8 {
        type GetTypeForArg = unsafe extern "C" fn(*mut f64) -> *const *const std::ffi::c_char;
        // SAFETY: the field holds this function in the known build; a type begins with its name.
        unsafe {
            let of = read::<GetTypeForArg>(cs.cast(), csound::GET_TYPE_FOR_ARG)(argument);
            if of.is_null() || (*of).is_null() { 0 } else { **of as u8 }
        }
    }

    /// Puts a function in front of the one that adds opcodes, and gives that. `[control]`
    ///
    /// # Safety
    /// `cs` is live and owned by this thread.
    pub unsafe fn wrap_append_opcodes(self, cs: *mut CSOUND, wrapper: AppendOpcodesFn) -> AppendOpcodesFn {
        // SAFETY: the field holds this function in the known build.
        unsafe {
            let original = read::<AppendOpcodesFn>(cs.cast(), csound::APPEND_OPCODES);
            write(cs.cast::<u8>(), csound::APPEND_OPCODES, wrapper);
            original
        }
    }

    /// The parser's table of words that are opcodes; null until something was compiled. `[control]`
    ///
    /// # Safety
    /// `cs` is live.
    pub unsafe fn parser_words(self, cs: *mut CSOUND) -> *mut std::ffi::c_void {
        // SAFETY: part of CSOUND in the known build.
        unsafe { read(cs.cast(), csound::SYMBTAB) }
    }

    /// The instance's table of opcodes by name. `[control]`
    ///
    /// # Safety
    /// `cs` is live.
    pub unsafe fn opcodes(self, cs: *mut CSOUND) -> *mut std::ffi::c_void {
        // SAFETY: part of CSOUND in the known build.
        unsafe { read(cs.cast(), csound::OPCODES) }
    }
}
