//! What Csound asks of its host for `invalue`, and tells it for `outvalue`.
//!
//! `outvalue` goes to the host, which finds it in the channel of that name; `invalue` comes from it: it reads what was
//! written into the channel of that name from elsewhere. So an orchestra does not hear its own `outvalue`, as in the csound
//! command line. Without a host that answers, `invalue` is always 0 (6.18.1), and `outvalue` writes nothing.

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
pub(crate) const TEXT_VARIABLE_BYTES: usize = 256;

/// Channels that can be told apart by `outvalue`; what is said in others, `invalue` hears.
const OUTVALUES_MAX: usize = 1024;

/// A channel in which the orchestra has said something.
#[derive(Debug, Clone, Copy)]
struct Said {
    /// Its address.
    place: usize,
    /// What it said, as bits or as a text's hash.
    said: u64,
    /// What the channel held before, as bits: what `invalue` reads.
    heard: u64,
}

/// What the orchestra has said with `outvalue`, so that its `invalue` does not hear it.
#[derive(Debug)]
pub(crate) struct Outvalues(Vec<Said>);

impl Outvalues {
    /// Room for all that will be told apart. `[control]`
    pub fn new() -> Self {
        Self(Vec::with_capacity(OUTVALUES_MAX))
    }

    /// The orchestra says `said` in a channel that holds `held`. `[audio]`
    fn say(&mut self, place: usize, held: u64, said: u64) {
        let has_room = self.0.len() < OUTVALUES_MAX;
        match self.0.iter_mut().find(|known| known.place == place) {
            Some(known) => {
                if held != known.said {
                    known.heard = held;
                }
                known.said = said;
            }
            None if has_room => self.0.push(Said { place, said, heard: held }),
            None => {}
        }
    }

    /// What is heard of a channel that holds `held`: what somebody else wrote last. `[audio]`
    fn hear(&mut self, place: usize, held: u64) -> u64 {
        match self.0.iter_mut().find(|known| known.place == place) {
            Some(known) => {
                if held != known.said {
                    known.heard = held;
                    // Whoever wrote it is heard until the orchestra speaks again.
                    known.said = held.wrapping_add(1);
                }
                known.heard
            }
            None => held,
        }
    }
}

/// FNV-1a of a text.
fn hash(text: &[u8]) -> u64 {
    text.iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// Gives `invalue` what was written into the channel by somebody else; texts up to 255 bytes.
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
            // Of a text that it said itself, the one before is not kept: then there is none.
            let held = hash(bytes);
            let heard = host_of(cs).map_or(held, |host| {
                let outvalues = &mut (*host).outvalues;
                outvalues.hear(data.addr(), held)
            });
            let bytes = if heard == held { bytes } else { &[][..] };
            let count = bytes.len().min(TEXT_VARIABLE_BYTES - 1);
            let variable = value.cast::<u8>();
            bytes.as_ptr().copy_to_nonoverlapping(variable, count);
            variable.add(count).write(0);
        } else {
            let number = place(api, cs, name, CSOUND_CONTROL_CHANNEL).map_or(0.0, |place| {
                let held = place.read().to_bits();
                let heard = host_of(cs).map_or(held, |host| {
                    let outvalues = &mut (*host).outvalues;
                    outvalues.hear(place.addr(), held)
                });
                f64::from_bits(heard)
            });
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
            if let (Some(data), Some(host)) = (place(api, cs, name, CSOUND_STRING_CHANNEL), host_of(cs)) {
                let text = data.cast::<*const c_char>().read();
                let held = if text.is_null() { &[][..] } else { CStr::from_ptr(text).to_bytes() };
                let said = CStr::from_ptr(value.cast::<c_char>()).to_bytes();
                let outvalues = &mut (*host).outvalues;
                outvalues.say(data.addr(), hash(held), hash(said));
            }
            // Room is only asked for where the text is longer than any that the channel has held.
            (api.set_string_channel)(cs, name, value.cast());
        } else if CStr::from_ptr(name) == SYNC_CHANNEL {
            let Some(host) = host_of(cs) else { return };
            let synced = &mut (*host).synced;
            if synced.len() < SYNCED_PER_CYCLE_MAX {
                synced.push(value.cast::<f64>().read());
            }
        } else if let (Some(place), Some(host)) = (place(api, cs, name, CSOUND_CONTROL_CHANNEL), host_of(cs))
        {
            let said = value.cast::<f64>().read().to_bits();
            let outvalues = &mut (*host).outvalues;
            outvalues.say(place.addr(), place.read().to_bits(), said);
        }
    }
}

/// Whether a variable of this type is a text. `[audio]`
///
/// # Safety
/// `kind` is null or Csound's `CS_TYPE`, which begins with its name.
pub(crate) unsafe fn is_text(kind: *const c_void) -> bool {
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
