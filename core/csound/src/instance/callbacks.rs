//! The functions that Csound calls: messages, MIDI in and out, the point between score and realtime events.

use std::ffi::{c_char, c_int, c_uchar, c_void};
use std::ptr::NonNull;

use super::{HostData, host_of, values};
use crate::library::Api;
use crate::messages;
use crate::raw::CSOUND;

/// How many MIDI messages an orchestra can send in a cycle; more are dropped.
pub(super) const MIDI_OUT_PER_CYCLE_MAX: usize = 256;

/// A MIDI message that the orchestra sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MidiOut {
    /// The message.
    pub bytes: [u8; 3],
    /// How many of them count.
    pub len: u8,
}

/// Gives an instance its callbacks. `[control]`
///
/// # Safety
/// `cs` is live, owned by this thread, and was created with `host`, which outlives it.
pub(super) unsafe fn install(api: &Api, cs: NonNull<CSOUND>, host: NonNull<HostData>) {
    let cs = cs.as_ptr();
    // SAFETY: the caller says so; the callbacks have the signatures Csound documents for them.
    unsafe {
        (api.set_message_string_callback)(cs, on_message);
        (api.set_host_implemented_audio)(cs, 1, 0);
        (api.set_host_implemented_midi)(cs, 1);
        (api.set_midi_in_open)(cs, Some(on_midi_open));
        (api.set_midi_read)(cs, Some(on_midi_read));
        (api.set_midi_in_close)(cs, Some(on_midi_close));
        (api.set_midi_out_open)(cs, Some(on_midi_open));
        (api.set_midi_write)(cs, Some(on_midi_write));
        (api.set_midi_out_close)(cs, Some(on_midi_close));
        (api.set_input_channel_callback)(cs, Some(values::on_input));
        (api.set_output_channel_callback)(cs, Some(values::on_output));
        (api.register_sense_event_callback)(cs, Some(on_sense_event), host.as_ptr().cast());
    }
}

extern "C" fn on_message(cs: *mut CSOUND, attribute: c_int, text: *const c_char) {
    // SAFETY: the host data was given at create and outlives the instance; messages come on the owner's thread.
    unsafe {
        if let Some(host) = host_of(cs) {
            (*host).messages.push(attribute, messages::bytes(text));
        }
    }
}

extern "C" fn on_sense_event(cs: *mut CSOUND, host: *mut c_void) {
    // SAFETY: `host` is the HostData registered with this callback; Csound calls it on the performing thread.
    unsafe { (*host.cast::<HostData>()).opcodes.starts.before_insertions(cs) };
}

extern "C" fn on_midi_read(cs: *mut CSOUND, _: *mut c_void, buffer: *mut c_uchar, bytes: c_int) -> c_int {
    // SAFETY: Csound gives a buffer of `bytes` bytes and calls on the performing thread.
    unsafe {
        let Some(host) = host_of(cs) else { return 0 };
        let buffer = std::slice::from_raw_parts_mut(buffer, usize::try_from(bytes).unwrap_or(0));
        let written = (*host).opcodes.starts.next_midi(cs, buffer);
        if written == 0 {
            let HostData { after_init, control_channels, .. } = &mut *host;
            after_init.carry_out(cs, control_channels);
        }
        written as c_int
    }
}

extern "C" fn on_midi_write(cs: *mut CSOUND, _: *mut c_void, bytes: *const c_uchar, len: c_int) -> c_int {
    // SAFETY: Csound gives `len` readable bytes and calls on the performing thread.
    unsafe {
        let Some(host) = host_of(cs) else { return 0 };
        let bytes = std::slice::from_raw_parts(bytes, usize::try_from(len).unwrap_or(0));
        let midi_out = &mut (*host).midi_out;
        if let (1..=3, true) = (bytes.len(), midi_out.len() < MIDI_OUT_PER_CYCLE_MAX) {
            let mut message = MidiOut { bytes: [0; 3], len: bytes.len() as u8 };
            message.bytes[..bytes.len()].copy_from_slice(bytes);
            midi_out.push(message);
        }
        len
    }
}

extern "C" fn on_midi_open(_: *mut CSOUND, _: *mut *mut c_void, _: *const c_char) -> c_int {
    0
}

extern "C" fn on_midi_close(_: *mut CSOUND, _: *mut c_void) -> c_int {
    0
}
