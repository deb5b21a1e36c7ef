//! A MIDI device that the host implements.

use std::ffi::{CStr, c_char, c_int, c_uchar, c_void};

use super::{Slot, callbacks_of};
use crate::host::devices::{MidiDevice, fill_list};
use crate::host::instance::Instance;
use crate::host::state::{BeforeStart, Csound};
use crate::library::Api;
use crate::raw::structures::MidiDeviceEntry;
use crate::raw::{CSOUND, HostFunctions};

type Open = dyn FnMut(&str) -> bool + Send;
type Read = dyn FnMut(&mut [u8]) -> usize + Send;
type Write = dyn FnMut(&[u8]) + Send;
type Close = dyn FnMut() + Send;
type Devices = dyn FnMut(bool) -> Vec<MidiDevice> + Send;

#[derive(Default)]
pub(in crate::host) struct MidiCallbacks {
    in_open: Slot<Open>,
    read: Slot<Read>,
    in_close: Slot<Close>,
    out_open: Slot<Open>,
    write: Slot<Write>,
    out_close: Slot<Close>,
    devices: Slot<Devices>,
    /// A C function that turns an error's number into a text.
    error_text: Slot<ErrorTextFn>,
}

type ErrorTextFn = dyn Fn(&HostFunctions, *mut CSOUND) + Send;

/// What the numbers of errors mean that a host's MIDI device says. Csound asks without saying for which instance, so it is
/// a type rather than a closure.
pub trait MidiErrorTexts: 'static {
    /// The text of an error. `[any]`
    fn text(number: i32) -> &'static CStr;
}

pub(super) unsafe fn install(api: &Api, more: &HostFunctions, cs: *mut CSOUND, callbacks: &MidiCallbacks) {
    // SAFETY: a live instance; the functions have the signatures that Csound documents for them.
    unsafe {
        if callbacks.in_open.is_set() {
            (api.set_midi_in_open)(cs, Some(on_in_open));
        }
        if callbacks.read.is_set() {
            (api.set_midi_read)(cs, Some(on_read));
        }
        if callbacks.in_close.is_set() {
            (api.set_midi_in_close)(cs, Some(on_in_close));
        }
        if callbacks.out_open.is_set() {
            (api.set_midi_out_open)(cs, Some(on_out_open));
        }
        if callbacks.write.is_set() {
            (api.set_midi_write)(cs, Some(on_write));
        }
        if callbacks.out_close.is_set() {
            (api.set_midi_out_close)(cs, Some(on_out_close));
        }
        if callbacks.devices.is_set() {
            (more.set_midi_devices_callback)(cs, on_devices);
        }
    }
    if let Some(set) = callbacks.error_text.lock().as_deref() {
        set(more, cs);
    }
}

/// The MIDI device of a host: after [`Csound::set_host_implemented_midi_io`], where the options ask for MIDI (`-M0`,
/// `-Q0`).
impl<S: BeforeStart> Csound<S> {
    /// What opens the input, which is given its name; `false`: it cannot be opened. `[control]`
    pub fn set_external_midi_in_open_callback(&mut self, open: impl FnMut(&str) -> bool + Send + 'static) {
        self.instance.callbacks().midi.in_open.set(Box::new(open));
        self.install_midi();
    }

    /// What writes the bytes of MIDI messages that have come, and says how many; it is asked in each cycle until it has
    /// none. Called by the thread that performs. `[control]`
    pub fn set_external_midi_read_callback(&mut self, read: impl FnMut(&mut [u8]) -> usize + Send + 'static) {
        self.instance.callbacks().midi.read.set(Box::new(read));
        self.install_midi();
    }

    /// What closes the input. `[control]`
    pub fn set_external_midi_in_close_callback(&mut self, close: impl FnMut() + Send + 'static) {
        self.instance.callbacks().midi.in_close.set(Box::new(close));
        self.install_midi();
    }

    /// What opens the output, which is given its name; `false`: it cannot be opened. `[control]`
    pub fn set_external_midi_out_open_callback(&mut self, open: impl FnMut(&str) -> bool + Send + 'static) {
        self.instance.callbacks().midi.out_open.set(Box::new(open));
        self.install_midi();
    }

    /// What takes a MIDI message that the orchestra sends. Called by the thread that performs. `[control]`
    pub fn set_external_midi_write_callback(&mut self, write: impl FnMut(&[u8]) + Send + 'static) {
        self.instance.callbacks().midi.write.set(Box::new(write));
        self.install_midi();
    }

    /// What closes the output. `[control]`
    pub fn set_external_midi_out_close_callback(&mut self, close: impl FnMut() + Send + 'static) {
        self.instance.callbacks().midi.out_close.set(Box::new(close));
        self.install_midi();
    }

    /// What the numbers of the device's errors mean. `[control]`
    pub fn set_external_midi_error_string_callback<T: MidiErrorTexts>(&mut self) {
        self.instance.callbacks().midi.error_text.set(Box::new(|more, cs| {
            // SAFETY: `install` gives a live instance.
            unsafe { (more.set_midi_error_string_callback)(cs, Some(on_error::<T>)) };
        }));
        self.install_midi();
    }

    /// What lists the devices, of the outputs (`true`) or of the inputs. `[control]`
    pub fn set_midi_dev_list_callback(
        &mut self,
        devices: impl FnMut(bool) -> Vec<MidiDevice> + Send + 'static,
    ) {
        self.instance.callbacks().midi.devices.set(Box::new(devices));
        self.install_midi();
    }

    fn install_midi(&mut self) {
        let instance = &self.instance;
        // SAFETY: live instance owned by this thread.
        unsafe { install(instance.api, instance.more, instance.cs(), &instance.callbacks().midi) };
    }
}

extern "C" fn on_in_open(cs: *mut CSOUND, _: *mut *mut c_void, name: *const c_char) -> c_int {
    open(cs, name, |midi| &midi.in_open)
}

extern "C" fn on_out_open(cs: *mut CSOUND, _: *mut *mut c_void, name: *const c_char) -> c_int {
    open(cs, name, |midi| &midi.out_open)
}

fn open(cs: *mut CSOUND, name: *const c_char, slot: fn(&MidiCallbacks) -> &Slot<Open>) -> c_int {
    // SAFETY: called by Csound; the name is null or a C string.
    let (callbacks, name) = unsafe { (callbacks_of(cs), Instance::text(name).unwrap_or_default()) };
    let Some(callbacks) = callbacks else { return -1 };
    if slot(&callbacks.midi).call(callbacks, false, |open| open(&name)) { 0 } else { -1 }
}

extern "C" fn on_read(cs: *mut CSOUND, _: *mut c_void, buffer: *mut c_uchar, bytes: c_int) -> c_int {
    // SAFETY: Csound gives a buffer of `bytes` bytes.
    unsafe {
        let Some(callbacks) = callbacks_of(cs) else { return 0 };
        let buffer = std::slice::from_raw_parts_mut(buffer, usize::try_from(bytes).unwrap_or(0));
        let room = buffer.len();
        callbacks.midi.read.call(callbacks, 0, |read| read(buffer).min(room)) as c_int
    }
}

extern "C" fn on_write(cs: *mut CSOUND, _: *mut c_void, bytes: *const c_uchar, count: c_int) -> c_int {
    // SAFETY: Csound gives `count` readable bytes.
    unsafe {
        let Some(callbacks) = callbacks_of(cs) else { return 0 };
        let bytes = std::slice::from_raw_parts(bytes, usize::try_from(count).unwrap_or(0));
        callbacks.midi.write.call(callbacks, (), |write| write(bytes));
        count
    }
}

extern "C" fn on_in_close(cs: *mut CSOUND, _: *mut c_void) -> c_int {
    // SAFETY: called by Csound.
    if let Some(callbacks) = unsafe { callbacks_of(cs) } {
        callbacks.midi.in_close.call(callbacks, (), |close| close());
    }
    0
}

extern "C" fn on_out_close(cs: *mut CSOUND, _: *mut c_void) -> c_int {
    // SAFETY: called by Csound.
    if let Some(callbacks) = unsafe { callbacks_of(cs) } {
        callbacks.midi.out_close.call(callbacks, (), |close| close());
    }
    0
}

extern "C" fn on_error<T: MidiErrorTexts>(number: c_int) -> *const c_char {
    std::panic::catch_unwind(|| T::text(number)).unwrap_or(c"unknown MIDI error").as_ptr()
}

unsafe extern "C" fn on_devices(cs: *mut CSOUND, list: *mut MidiDeviceEntry, is_output: c_int) -> c_int {
    // SAFETY: called by Csound, with room for as many entries as it was told, or with null to be told.
    unsafe {
        let Some(callbacks) = callbacks_of(cs) else { return 0 };
        let devices = callbacks.midi.devices.call(callbacks, Vec::new(), |list| list(is_output != 0));
        fill_list(list, &devices)
    }
}
