//! Where things lie inside Csound 6.18's structures, and the proof that they do.
//!
//! Exact note starts, p-fields of sounding notes and the guard need fields that Csound's API does not name.
//! Their places were taken from the 6.18.1 sources and hold for 64-bit little-endian builds with double samples.
//! Nothing here is believed because of a version number alone: [`Layout::detect`] compares what it can see through
//! the offsets with what the API says, and an engine's own self-test (`engine::self_test`) starts a note before
//! anything relies on it. Where the proof fails, exact starts are refused with a message and notes start on cycles.

mod active;
mod ends;
mod for_opcodes;
mod instances;
mod memory;
mod offsets;
mod passing;
mod reserves;
mod score;
mod tables;
mod variables;

pub(crate) use active::Active;
pub(crate) use for_opcodes::AppendOpcodesFn;
pub(crate) use memory::MemoryFunctions;
pub(crate) use offsets::seen;
pub use score::{TextEvent, text_number};
pub use tables::TableSound;
pub(crate) use variables::{Pool, Value, VariableEntry};

use super::library::Api;
use super::raw::{CSOUND, Internals};
use offsets::csound;

/// Proof that the offsets of this module hold for an instance of Csound.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    api: &'static Api,
    internals: &'static Internals,
}

/// Reads a field of type `T` at a byte offset.
///
/// # Safety
/// `base + offset` must point at a live, aligned `T`.
#[inline]
unsafe fn read<T: Copy>(base: *const u8, offset: usize) -> T {
    // SAFETY: the caller says so.
    unsafe { base.add(offset).cast::<T>().read() }
}

/// Writes a field of type `T` at a byte offset.
///
/// # Safety
/// `base + offset` must point at a live, aligned `T` that nobody else is using.
unsafe fn write<T: Copy>(base: *mut u8, offset: usize, value: T) {
    // SAFETY: the caller says so.
    unsafe { base.add(offset).cast::<T>().write(value) }
}

impl Layout {
    /// The layout, if this build of Csound is one whose fields are known and whose visible fields agree. `[control]`
    ///
    /// # Safety
    /// `cs` must be a live instance, used by no other thread.
    pub unsafe fn detect(api: &'static Api, cs: *mut CSOUND) -> Option<Self> {
        let known_build =
            cfg!(all(target_pointer_width = "64", target_endian = "little", target_os = "linux"))
                && api.version == 6181;
        let internals = api.internals.as_ref().filter(|_| known_build)?;
        let base = cs.cast::<u8>();
        // SAFETY: the build is the one whose CSOUND has these fields (81,760 bytes), and `cs` is live.
        let agrees = unsafe {
            read::<u32>(base, csound::KSMPS) == (api.ksmps)(cs)
                && read::<f64>(base, csound::DBFS_TO_FLOAT) == 1.0 / (api.zero_dbfs)(cs)
                && read::<*mut u8>(base, csound::OPARMS) == base.wrapping_add(csound::OPARMS_)
        };
        agrees.then_some(Self { api, internals })
    }

    /// Whether the audio buffers are where the layout says; they exist once Csound has started. `[control]`
    ///
    /// # Safety
    /// `cs` must be a live, started instance, used by no other thread.
    pub unsafe fn buffers_agree(self, cs: *mut CSOUND) -> bool {
        // SAFETY: `cs` is live and of the known build.
        unsafe {
            read::<*mut f64>(cs.cast(), csound::SPIN) == (self.api.spin)(cs)
                && read::<*mut f64>(cs.cast(), csound::SPOUT) == (self.api.spout)(cs)
        }
    }

    /// Csound's functions. `[any]`
    pub fn api(self) -> &'static Api {
        self.api
    }

    /// The functions beside them. `[any]`
    pub fn internals(self) -> &'static Internals {
        self.internals
    }

    /// The instance's jump buffer. `[any]`
    pub fn exitjmp(self, cs: *mut CSOUND) -> *mut std::ffi::c_void {
        cs.cast::<u8>().wrapping_add(csound::EXITJMP).cast()
    }

    /// Where the instance keeps its lock. `[any]`
    pub fn api_lock(self, cs: *mut CSOUND) -> *mut std::ffi::c_void {
        cs.cast::<u8>().wrapping_add(csound::API_LOCK).cast()
    }

    /// The number of a named instrument, `None` where there is none. `[control]`
    ///
    /// # Safety
    /// `cs` must be a live instance whose orchestra is compiled, used by no other thread.
    pub unsafe fn instrument_number(self, cs: *mut CSOUND, name: &std::ffi::CStr) -> Option<i32> {
        type StrArg2Insno = unsafe extern "C" fn(*mut CSOUND, *const std::ffi::c_char, i32) -> i32;
        // SAFETY: the field holds this function in the known build; Csound only reads the name.
        let number = unsafe { read::<StrArg2Insno>(cs.cast(), csound::STRARG2INSNO)(cs, name.as_ptr(), 1) };
        // Csound answers with the highest number where there is none.
        (number > 0 && number < i32::MAX).then_some(number)
    }

    /// Whether an instrument with this number is compiled. `[any]`
    ///
    /// # Safety
    /// As [`Layout::instrument_number`].
    pub unsafe fn has_instrument(self, cs: *mut CSOUND, number: u32) -> bool {
        // SAFETY: part of CSOUND in the known build; the list has an entry for each number up to the highest.
        unsafe {
            let highest = u32::try_from(read::<i32>(cs.cast(), csound::MAXINSNO)).unwrap_or(0);
            let instruments = read::<*const *const u8>(cs.cast(), csound::INSTRTXTP);
            (1..=highest).contains(&number)
                && !instruments.is_null()
                && !(*instruments.add(number as usize)).is_null()
        }
    }

    /// What an instrument's instances are made of from now on, which is only compared. `[audio]`
    ///
    /// # Safety
    /// As [`Layout::instrument_number`].
    pub unsafe fn instrument_text(self, cs: *mut CSOUND, number: u32) -> *const u8 {
        // SAFETY: the list has an entry for each instrument that is compiled.
        unsafe {
            match self.has_instrument(cs, number) {
                true => *read::<*const *const u8>(cs.cast(), csound::INSTRTXTP).add(number as usize),
                false => std::ptr::null(),
            }
        }
    }

    /// The numbers of all instruments. `[control]`
    ///
    /// # Safety
    /// As [`Layout::instrument_number`].
    pub unsafe fn instrument_numbers(self, cs: *mut CSOUND) -> Vec<u32> {
        // SAFETY: part of CSOUND in the known build; the caller says the rest.
        unsafe {
            let highest = u32::try_from(read::<i32>(cs.cast(), csound::MAXINSNO)).unwrap_or(0);
            (1..=highest).filter(|number| self.has_instrument(cs, *number)).collect()
        }
    }

    /// Tells Csound that something was already written in this cycle, so that nothing is copied over it. The output
    /// was cleared at the cycle's start. `[audio]`
    ///
    /// # Safety
    /// `cs` must be a live instance that is performing on this thread.
    pub unsafe fn claim_spout(self, cs: *mut CSOUND) {
        // SAFETY: part of CSOUND in the known build.
        unsafe { write(cs.cast::<u8>(), csound::SPOUTACTIVE, 1i32) }
    }

    /// Where the cycle's raw output starts: the base that `INSDS.spout` is measured from. `[audio]`
    ///
    /// # Safety
    /// `cs` must be a live, started instance.
    pub unsafe fn spraw(self, cs: *mut CSOUND) -> *mut f64 {
        // SAFETY: part of CSOUND in the known build.
        unsafe { read::<*mut f64>(cs.cast(), csound::SPRAW) }
    }
}
