//! Texts with numbers (`strset`), given while it plays.
//!
//! `strset` allocates, so room is made beforehand: memory of Csound's own, put at a number's place in Csound's list
//! when its text is known. Until then the place is empty, as opcodes that take the number of a file want it.

use std::ffi::{CStr, c_char};

use ksmps_data::encoding::text_of;
use ksmps_data::verbs::LIVE_TEXT_BYTES_MAX;

use super::Running;

impl Running {
    /// Makes room for `count` more texts, with the lowest free numbers from `first` on, and gives the numbers; none
    /// where the layout is unknown. `[control]`
    pub fn make_text_room(&mut self, first: u32, count: usize) -> Vec<u32> {
        let Some(layout) = self.raw.layout else { return Vec::new() };
        let cs = self.raw.cs.as_ptr();
        // SAFETY: live instance owned by this thread.
        let texts = unsafe { layout.numbered_texts(cs) };
        let is_free = |number: &u32| texts.get(*number as usize).is_none_or(|text| text.is_null());
        let numbers: Vec<u32> = (first..).filter(is_free).take(count).collect();
        let Some(&last) = numbers.last() else { return numbers };
        // Csound lengthens its list itself.
        if texts.len() <= last as usize && self.compile(&format!("strset {last}, \"\"\n")).is_err() {
            return Vec::new();
        }
        // SAFETY: as above.
        let texts = unsafe { layout.numbered_texts(cs) };
        let Some(place) = texts.get_mut(last as usize) else { return Vec::new() };
        // What was put there to lengthen the list stays Csound's and is freed with the instance.
        *place = std::ptr::null_mut();
        for &number in &numbers {
            // SAFETY: live instance owned by this thread; the memory is Csound's and goes with it.
            let room = unsafe { layout.allocate(cs, std::ptr::null_mut(), LIVE_TEXT_BYTES_MAX + 1) };
            if !room.is_null() {
                self.raw.host().text_room.push((number, room.cast()));
            }
        }
        numbers
    }

    /// Gives a number that has room its text; `false` where it has none, has a text already, or the text is too long.
    /// What starts from now on reads it with `strget`. `[audio]`
    pub fn give_text(&mut self, number: u32, text: &CStr) -> bool {
        let Some(layout) = self.raw.layout else { return false };
        let bytes = text.to_bytes_with_nul();
        let rooms = &mut self.raw.host().text_room;
        let Some(at) = rooms.iter().position(|(own, _)| *own == number) else { return false };
        // SAFETY: live instance owned by this thread, not performing now.
        let texts = unsafe { layout.numbered_texts(self.raw.cs.as_ptr()) };
        // A place that is no longer empty is the orchestra's: it has numbered a text of its own.
        let Some(place) = texts.get_mut(number as usize).filter(|place| place.is_null()) else {
            return false;
        };
        if bytes.len() > LIVE_TEXT_BYTES_MAX + 1 {
            return false;
        }
        let (_, room) = self.raw.host().text_room.swap_remove(at);
        // SAFETY: the room has LIVE_TEXT_BYTES_MAX + 1 bytes, and Csound does not know of it yet.
        unsafe { bytes.as_ptr().cast::<c_char>().copy_to_nonoverlapping(room, bytes.len()) };
        *place = room;
        true
    }

    /// The texts that have numbers. `[control]`
    pub fn numbered_texts(&mut self) -> Vec<(u32, String)> {
        let Some(layout) = self.raw.layout else { return Vec::new() };
        // SAFETY: live instance owned by this thread.
        let texts = unsafe { layout.numbered_texts(self.raw.cs.as_ptr()) };
        let there = (0..).zip(texts.iter()).filter(|(_, text)| !text.is_null());
        // SAFETY: what is there is a C string of Csound's.
        there.map(|(number, text)| (number, unsafe { read(*text) })).collect()
    }
}

/// # Safety
/// `text` is a C string.
unsafe fn read(text: *const c_char) -> String {
    // SAFETY: the caller says so.
    text_of(unsafe { CStr::from_ptr(text) }.to_bytes())
}
