//! What Csound asks of its host for `invalue`, and tells it for `outvalue`: both mean the channel of that name.
//!
//! Without a host that answers, `invalue` is always 0 (6.18.1), and `outvalue` writes nothing.

use std::ffi::{CStr, c_char, c_int, c_void};

use super::host_of;
use crate::library::Api;
use crate::process;
use crate::raw::{
    CSOUND, CSOUND_CONTROL_CHANNEL, CSOUND_INPUT_CHANNEL, CSOUND_OUTPUT_CHANNEL, CSOUND_STRING_CHANNEL,
};

/// The channel in which an event says that its answer is there.
const SYNC_CHANNEL: &CStr = c"__sync__";
/// How many events can say so in one cycle; more are not seen.
pub(crate) const SYNCED_PER_CYCLE_MAX: usize = 64;
/// The room that a text variable of `invalue` has at least.
const TEXT_VARIABLE_BYTES: usize = 256;

/// Gives `invalue` what the channel holds; texts up to 255 bytes.
///
/// # Safety
/// Called by Csound with a channel's name, its variable's place and type; on the thread that owns the instance.
pub(crate) extern "C" fn on_input(
    cs: *mut CSOUND,
    name: *const c_char,
    value: *mut c_void,
    kind: *const c_void,
) {
    let Some(api) = process::api() else { return };
    // SAFETY: Csound gives a name, a type and a place of that type: a number's, or a text's bytes.
    unsafe {
        if is_text(kind) {
            let Some(data) = place(api, cs, name, CSOUND_STRING_CHANNEL) else { return };
            // A text channel's place is a STRINGDAT, which begins with the text.
            let text = data.cast::<*const c_char>().read();
            let bytes = if text.is_null() { &[][..] } else { CStr::from_ptr(text).to_bytes() };
            let count = bytes.len().min(TEXT_VARIABLE_BYTES - 1);
            let variable = value.cast::<u8>();
            bytes.as_ptr().copy_to_nonoverlapping(variable, count);
            variable.add(count).write(0);
        } else {
            let number = place(api, cs, name, CSOUND_CONTROL_CHANNEL).map_or(0.0, |place| place.read());
            value.cast::<f64>().write(number);
        }
    }
}

/// Takes what `outvalue` says. A number is in its channel already: Csound writes it where somebody listens. What is said
/// to [`SYNC_CHANNEL`] is kept, each time.
///
/// # Safety
/// As [`on_input`].
pub(crate) extern "C" fn on_output(
    cs: *mut CSOUND,
    name: *const c_char,
    value: *mut c_void,
    kind: *const c_void,
) {
    let Some(api) = process::api() else { return };
    // SAFETY: as in `on_input`.
    unsafe {
        if is_text(kind) {
            // Room is only asked for where the text is longer than any that the channel has held.
            (api.set_string_channel)(cs, name, value.cast());
        } else if CStr::from_ptr(name) == SYNC_CHANNEL {
            let Some(host) = host_of(cs) else { return };
            let synced = &mut (*host).synced;
            if synced.len() < SYNCED_PER_CYCLE_MAX {
                synced.push(value.cast::<f64>().read());
            }
        }
    }
}

/// # Safety
/// `kind` is null or Csound's `CS_TYPE`, which begins with its name.
unsafe fn is_text(kind: *const c_void) -> bool {
    // SAFETY: the caller says so.
    unsafe {
        let kind = kind.cast::<*const c_char>();
        !kind.is_null() && !(*kind).is_null() && **kind == b'S' as c_char
    }
}

/// # Safety
/// `cs` is live, and `name` is a C string.
unsafe fn place(api: &Api, cs: *mut CSOUND, name: *const c_char, kind: u32) -> Option<*mut f64> {
    let kind = kind | CSOUND_INPUT_CHANNEL | CSOUND_OUTPUT_CHANNEL;
    let mut place = std::ptr::null_mut();
    // SAFETY: the caller says so; Csound writes the place.
    let answer = unsafe { (api.channel_ptr)(cs, &mut place, name, kind as c_int) };
    (answer == 0 && !place.is_null()).then_some(place)
}
