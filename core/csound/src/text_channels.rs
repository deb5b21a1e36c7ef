//! Text and audio channels: what the API names by name alone.

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr::NonNull;

use super::raw::{CSOUND_AUDIO_CHANNEL, CSOUND_INPUT_CHANNEL, CSOUND_OUTPUT_CHANNEL, CSOUND_STRING_CHANNEL};
use super::running::Running;
use ksmps_data::verbs::LIVE_TEXT_BYTES_MAX;

/// Csound's `STRINGDAT`: what a text channel's place holds.
#[repr(C)]
#[derive(Debug)]
struct TextPlace {
    data: *mut c_char,
    size: c_int,
}

/// A text channel's place, found once by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextChannelId(NonNull<TextPlace>);

// SAFETY: the pointer is only followed by the Running it came from, which has one owner.
unsafe impl Send for TextChannelId {}
// SAFETY: as above; sharing the id shares a number, not the place.
unsafe impl Sync for TextChannelId {}

impl Running {
    /// The place of a text channel, with room for texts of [`LIVE_TEXT_BYTES_MAX`] bytes; it is made where it does
    /// not exist. `None` where the name belongs to a channel of another kind. [control]
    pub fn text_channel_place(&mut self, name: &str) -> Option<TextChannelId> {
        let present = self.text_channel(name)?;
        // Csound keeps the room of the longest text that a channel has held.
        if !self.set_text_channel(name, &" ".repeat(LIVE_TEXT_BYTES_MAX))
            || !self.set_text_channel(name, &present)
        {
            return None;
        }
        let name = CString::new(name).ok()?;
        self.place(&name, CSOUND_STRING_CHANNEL)
            .and_then(|place| NonNull::new(place.cast()))
            .map(TextChannelId)
    }

    /// Writes a text channel; `false` where the text has no room, which takes memory that only the control side may
    /// ask for. [audio]
    pub fn set_text_at(&mut self, channel: TextChannelId, text: &CStr) -> bool {
        let bytes = text.to_bytes_with_nul();
        // SAFETY: the place is of this instance (ids are kept beside it) and nobody performs it now; Csound says how
        // many bytes its data has.
        unsafe {
            let TextPlace { data, size } = channel.0.read();
            let fits = !data.is_null() && usize::try_from(size).is_ok_and(|size| bytes.len() <= size);
            if fits {
                bytes.as_ptr().cast::<c_char>().copy_to_nonoverlapping(data, bytes.len());
            }
            fits
        }
    }

    /// What a text channel holds. [audio]
    pub fn text_at(&self, channel: TextChannelId) -> &CStr {
        // SAFETY: as in `set_text_at`; a channel's data is a C string, and nothing changes it while `self` is borrowed.
        unsafe {
            let data = channel.0.read().data;
            if data.is_null() { c"" } else { CStr::from_ptr(data) }
        }
    }

    /// Writes a text channel; it is made where it does not exist. `false` where the name belongs to a channel of
    /// another kind. [control]
    pub fn set_text_channel(&mut self, name: &str, text: &str) -> bool {
        let (Ok(name), Ok(text)) = (CString::new(name), CString::new(text)) else { return false };
        if self.place(&name, CSOUND_STRING_CHANNEL).is_none() {
            return false;
        }
        // SAFETY: live instance owned by this thread; Csound copies the text.
        unsafe {
            (self.raw.api.set_string_channel)(self.raw.cs.as_ptr(), name.as_ptr(), text.as_ptr().cast_mut())
        };
        true
    }

    /// What a text channel holds; it is made where it does not exist. [control]
    pub fn text_channel(&mut self, name: &str) -> Option<String> {
        let name = CString::new(name).ok()?;
        self.place(&name, CSOUND_STRING_CHANNEL)?;
        // SAFETY: live instance owned by this thread; Csound says how large the text can be and writes no more.
        unsafe {
            let size = (self.raw.api.channel_datasize)(self.raw.cs.as_ptr(), name.as_ptr());
            let mut text = vec![0u8; usize::try_from(size).unwrap_or(0) + 1];
            (self.raw.api.string_channel)(self.raw.cs.as_ptr(), name.as_ptr(), text.as_mut_ptr().cast());
            CStr::from_bytes_until_nul(&text).ok().map(|text| text.to_string_lossy().into_owned())
        }
    }

    /// A cycle of an audio channel, to read or write between cycles; it is made where it does not exist. `None`
    /// where the name belongs to a channel of another kind. [control]
    pub fn audio_channel(&mut self, name: &str) -> Option<&mut [f64]> {
        let name = CString::new(name).ok()?;
        let place = self.place(&name, CSOUND_AUDIO_CHANNEL)?;
        // SAFETY: an audio channel has ksmps values and lives as long as the instance.
        Some(unsafe { std::slice::from_raw_parts_mut(place, self.ksmps()) })
    }

    fn place(&mut self, name: &CStr, kind: u32) -> Option<*mut f64> {
        let kind = kind | CSOUND_INPUT_CHANNEL | CSOUND_OUTPUT_CHANNEL;
        let mut place = std::ptr::null_mut();
        // SAFETY: live instance owned by this thread; Csound writes the place.
        let answer = unsafe {
            (self.raw.api.channel_ptr)(self.raw.cs.as_ptr(), &mut place, name.as_ptr(), kind as c_int)
        };
        (answer == 0 && !place.is_null()).then_some(place)
    }
}
