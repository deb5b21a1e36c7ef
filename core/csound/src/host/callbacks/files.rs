//! What Csound opens.

use std::ffi::{c_char, c_int};

use super::{Slot, callbacks_of};
use crate::host::instance::Instance;
use crate::host::state::{Csound, State};
use crate::raw::{CSOUND, HostFunctions};

/// A file that Csound has opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOpened {
    /// Its path, whole or from the current folder on.
    pub path: String,
    /// What it is: a number of Csound's list of types (1 a .csd, 13 a WAVE file, 37 a MIDI file, …).
    pub kind: i32,
    /// It is written, not read.
    pub is_written: bool,
    /// Csound will delete it.
    pub is_temporary: bool,
}

pub(super) type Told = dyn FnMut(&FileOpened) + Send;

pub(super) unsafe fn install(more: &HostFunctions, cs: *mut CSOUND, slot: &Slot<Told>) {
    if slot.is_set() {
        // SAFETY: a live instance; the function has the signature that Csound documents for it.
        unsafe { (more.set_file_open_callback)(cs, Some(on_open)) };
    }
}

impl<S: State> Csound<S> {
    /// What is told of each file that Csound opens. It stays over resets. `[control]`
    pub fn set_file_open_callback(&mut self, told: impl FnMut(&FileOpened) + Send + 'static) {
        let instance = &self.instance;
        instance.callbacks().files.set(Box::new(told));
        // SAFETY: live instance owned by this thread.
        unsafe { install(instance.more, instance.cs(), &instance.callbacks().files) };
    }
}

extern "C" fn on_open(cs: *mut CSOUND, path: *const c_char, kind: c_int, written: c_int, temporary: c_int) {
    // SAFETY: called by Csound with a C string.
    unsafe {
        let Some(callbacks) = callbacks_of(cs) else { return };
        let path = Instance::text(path).unwrap_or_default();
        let file = FileOpened { path, kind, is_written: written != 0, is_temporary: temporary != 0 };
        callbacks.files.call(callbacks, (), |told| told(&file));
    }
}
