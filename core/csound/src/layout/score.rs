//! The score that an instance has read, sorted, and events with texts among their p-fields.

use std::ffi::{CStr, c_char, c_int};

use super::offsets::{corfil, csound, evtblk, evtnode};
use super::{Layout, read, write};
use crate::raw::CSOUND;

/// Puts an event into the queue of those that are to come; times count from a frame.
type InsertAtSample = unsafe extern "C" fn(*mut CSOUND, *mut u8, i64) -> c_int;

/// What stands for text number `index` of an event among its p-fields.
pub fn text_number(index: u16) -> f64 {
    // Csound's is the quiet NaN of C, with the number in its last bits.
    f64::from_bits(0x7ff8_0000_0000_0000 | u64::from(index))
}

/// Room for an event with texts among its p-fields, in the form in which Csound takes it. Used again for each.
pub struct TextEvent(Box<[u64]>);

impl TextEvent {
    /// Room for one. `[control]`
    pub fn new() -> Self {
        Self(vec![0; evtblk::SIZE / size_of::<u64>()].into())
    }
}

impl Default for TextEvent {
    fn default() -> Self {
        Self::new()
    }
}

impl Layout {
    /// The sorted score as text; `None` where the instance has read none. `[control]`
    ///
    /// # Safety
    /// `cs` must be a live instance that has not performed, used by no other thread.
    pub unsafe fn sorted_score(self, cs: *mut CSOUND) -> Option<Vec<u8>> {
        // SAFETY: the caller says so; Csound ends the text with a zero.
        unsafe { body(cs) }.map(|text| unsafe { CStr::from_ptr(text) }.to_bytes().to_vec())
    }

    /// Puts another sorted score in the place of the one that was read; `false`, and nothing is written, where there is none
    /// or it is shorter. `[audio]`
    ///
    /// # Safety
    /// As [`Layout::sorted_score`].
    pub unsafe fn replace_sorted_score(self, cs: *mut CSOUND, text: &[u8]) -> bool {
        // SAFETY: the caller says so; nobody reads the score now. What is written is not longer than what was there.
        unsafe {
            let Some(place) = body(cs).filter(|place| CStr::from_ptr(*place).count_bytes() >= text.len())
            else {
                return false;
            };
            place.cast::<u8>().copy_from_nonoverlapping(text.as_ptr(), text.len());
            place.add(text.len()).write(0);
            write(read::<*mut u8>(cs.cast(), csound::SCSTR), corfil::PLACE, 0_u32);
        }
        true
    }

    /// Has the instance's time begin at a cycle other than its first; what waits already comes as much later. `[audio]`
    ///
    /// # Safety
    /// As [`Layout::sorted_score`], and the instance has started.
    pub unsafe fn begin_at_cycle(self, cs: *mut CSOUND, cycle: u32) {
        let base = cs.cast::<u8>();
        // SAFETY: parts of CSOUND in the known build; the list's links are null or events of Csound's.
        unsafe {
            let frames = i64::from(cycle) * i64::from((self.api.ksmps)(cs));
            for counter in [csound::KCOUNTER, csound::GLOBAL_KCOUNTER] {
                write(base, counter, read::<u64>(base, counter) + u64::from(cycle));
            }
            write(base, csound::TIME, read::<i64>(base, csound::TIME) + frames);
            let seconds = frames as f64 / (self.api.sr)(cs);
            let mut waiting = read::<*mut u8>(base, csound::WAITING);
            while !waiting.is_null() {
                let start = read::<u32>(waiting, evtnode::START);
                write(waiting, evtnode::START, start.saturating_add(cycle));
                const P2: usize = evtnode::EVENT + evtblk::PFIELDS + 2 * size_of::<f64>();
                write(waiting, P2, read::<f64>(waiting, P2) + seconds);
                waiting = read::<*mut u8>(waiting, evtnode::NEXT);
            }
        }
    }

    /// Sends an event of these p-fields for the coming cycle, as `csoundScoreEvent` sends one without texts: `texts` are
    /// so many, each with its zero, and one zero more. `[audio]`
    ///
    /// # Safety
    /// `cs` must be a live, started instance on its performing thread, between cycles; there are fewer p-fields than
    /// Csound has room for, and `texts` is as it is said above.
    pub unsafe fn insert(
        self,
        cs: *mut CSOUND,
        event: &mut TextEvent,
        pfields: &[f64],
        texts: &[u8],
        count: u16,
    ) {
        let block = event.0.as_mut_ptr().cast::<u8>();
        // SAFETY: the block is one of Csound's events in the known build, which copies it and its texts.
        unsafe {
            write(block, evtblk::STRING_COUNT, i32::from(count));
            write(block, evtblk::STRINGS, texts.as_ptr());
            write(block, evtblk::INSTANCE, std::ptr::null::<u8>());
            write(block, evtblk::OPCODE, b'i');
            write(block, evtblk::PFIELD_COUNT, pfields.len() as i16);
            for (index, value) in (1..).zip(pfields) {
                write(block, evtblk::PFIELDS + size_of::<f64>() * index, *value);
            }
            let now = (self.api.current_time_samples)(cs);
            read::<InsertAtSample>(cs.cast(), csound::INSERT_SCORE_EVENT_AT_SAMPLE)(cs, block, now);
        }
    }
}

/// Where the text of the sorted score begins.
///
/// # Safety
/// As [`Layout::sorted_score`].
unsafe fn body(cs: *mut CSOUND) -> Option<*mut c_char> {
    // SAFETY: the field is null or a CORFIL of Csound's, whose body is a C string.
    unsafe {
        let file = read::<*mut u8>(cs.cast(), csound::SCSTR);
        let text = (!file.is_null()).then(|| read::<*mut c_char>(file, corfil::BODY))?;
        (!text.is_null()).then_some(text)
    }
}
