//! Text and audio channels: what the API names by name alone.

use std::ffi::{CStr, c_char};

use super::Running;
use crate::places::Handle;
use crate::raw::structures::Text;
use crate::raw::{CSOUND_AUDIO_CHANNEL, CSOUND_STRING_CHANNEL};
use ksmps_data::encoding::text_of;
use ksmps_data::verbs::LIVE_TEXT_BYTES_MAX;

/// A text channel of one engine, found once by name. Another engine does not know it: what is written there is dropped,
/// and what is read is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextChannelId(Handle);

impl Running {
    /// The handle of a text channel, with room for texts of [`LIVE_TEXT_BYTES_MAX`] bytes; it is made where it does
    /// not exist. `None` where the name belongs to a channel of another kind. `[control]`
    pub fn text_channel_place(&mut self, name: &str) -> Option<TextChannelId> {
        let present = self.text_channel(name)?;
        // Csound keeps the room of the longest text that a channel has held.
        if !self.set_text_channel(name, &" ".repeat(LIVE_TEXT_BYTES_MAX))
            || !self.set_text_channel(name, &present)
        {
            return None;
        }
        let name = self.raw.c_text(name).ok()?;
        let place = self.channel_place(&name, CSOUND_STRING_CHANNEL)?.cast();
        Some(TextChannelId(self.raw.host().text_channels.handle(place)))
    }

    /// Writes a text channel; `false` where it is another engine's, or the text has no room, which takes memory that only
    /// the control side may ask for. `[audio]`
    pub fn set_text_at(&mut self, channel: TextChannelId, text: &CStr) -> bool {
        let Some(place) = self.raw.host().text_channels.get(channel.0) else { return false };
        let bytes = text.to_bytes_with_nul();
        // SAFETY: a place of this instance, which lives as long as it does, and nobody performs it now; Csound says how
        // many bytes its data has.
        unsafe {
            let Text { data, size } = place.read();
            let fits = !data.is_null() && usize::try_from(size).is_ok_and(|size| bytes.len() <= size);
            if fits {
                bytes.as_ptr().cast::<c_char>().copy_to_nonoverlapping(data, bytes.len());
            }
            fits
        }
    }

    /// What a text channel holds; nothing where it is another engine's. `[audio]`
    pub fn text_at(&self, channel: TextChannelId) -> &CStr {
        let Some(place) = self.raw.host_ref().text_channels.get(channel.0) else { return c"" };
        // SAFETY: as in `set_text_at`; a channel's data is a C string, and nothing changes it while `self` is borrowed.
        unsafe {
            let data = place.read().data;
            if data.is_null() { c"" } else { CStr::from_ptr(data) }
        }
    }

    /// Writes a text channel; it is made where it does not exist. `false` where the name belongs to a channel of
    /// another kind. `[control]`
    pub fn set_text_channel(&mut self, name: &str, text: &str) -> bool {
        let (Ok(name), Ok(text)) = (self.raw.c_text(name), self.raw.c_text(text)) else { return false };
        if self.channel_place(&name, CSOUND_STRING_CHANNEL).is_none() {
            return false;
        }
        // SAFETY: live instance owned by this thread; Csound copies the text.
        unsafe {
            (self.raw.api.set_string_channel)(self.raw.cs.as_ptr(), name.as_ptr(), text.as_ptr().cast_mut())
        };
        true
    }

    /// What a text channel holds; it is made where it does not exist. `[control]`
    pub fn text_channel(&mut self, name: &str) -> Option<String> {
        let name = self.raw.c_text(name).ok()?;
        self.channel_place(&name, CSOUND_STRING_CHANNEL)?;
        // SAFETY: live instance owned by this thread; Csound says how large the text can be and writes no more.
        unsafe {
            let size = (self.raw.api.channel_datasize)(self.raw.cs.as_ptr(), name.as_ptr());
            let mut text = vec![0u8; usize::try_from(size).unwrap_or(0) + 1];
            (self.raw.api.string_channel)(self.raw.cs.as_ptr(), name.as_ptr(), text.as_mut_ptr().cast());
            CStr::from_bytes_until_nul(&text).ok().map(|text| text_of(text.to_bytes()))
        }
    }

    /// A cycle of an audio channel, to read or write between cycles; it is made where it does not exist. `None`
    /// where the name belongs to a channel of another kind. `[control]`
    pub fn audio_channel(&mut self, name: &str) -> Option<&mut [f64]> {
        let name = self.raw.c_text(name).ok()?;
        let place = self.channel_place(&name, CSOUND_AUDIO_CHANNEL)?;
        // SAFETY: an audio channel has ksmps values and lives as long as the instance.
        Some(unsafe { std::slice::from_raw_parts_mut(place.as_ptr(), self.ksmps()) })
    }
}
