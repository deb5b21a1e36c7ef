//! Text and audio channels: what the API names by name alone.

use std::ffi::{CStr, CString, c_int};

use csound_sys as sys;

use super::running::Running;

impl Running {
    /// Writes a text channel; it is made where it does not exist. `false` where the name belongs to a channel of
    /// another kind. [control]
    pub fn set_text_channel(&mut self, name: &str, text: &str) -> bool {
        let (Ok(name), Ok(text)) = (CString::new(name), CString::new(text)) else { return false };
        if self.place(&name, sys::CSOUND_STRING_CHANNEL).is_none() {
            return false;
        }
        // SAFETY: live instance owned by this thread; Csound copies the text.
        unsafe { sys::csoundSetStringChannel(self.raw.cs.as_ptr(), name.as_ptr(), text.as_ptr().cast_mut()) };
        true
    }

    /// What a text channel holds; it is made where it does not exist. [control]
    pub fn text_channel(&mut self, name: &str) -> Option<String> {
        let name = CString::new(name).ok()?;
        self.place(&name, sys::CSOUND_STRING_CHANNEL)?;
        // SAFETY: live instance owned by this thread; Csound says how large the text can be and writes no more.
        unsafe {
            let size = sys::csoundGetChannelDatasize(self.raw.cs.as_ptr(), name.as_ptr());
            let mut text = vec![0u8; usize::try_from(size).unwrap_or(0) + 1];
            sys::csoundGetStringChannel(self.raw.cs.as_ptr(), name.as_ptr(), text.as_mut_ptr().cast());
            CStr::from_bytes_until_nul(&text).ok().map(|text| text.to_string_lossy().into_owned())
        }
    }

    /// A cycle of an audio channel, to read or write between cycles; it is made where it does not exist. `None`
    /// where the name belongs to a channel of another kind. [control]
    pub fn audio_channel(&mut self, name: &str) -> Option<&mut [f64]> {
        let name = CString::new(name).ok()?;
        let place = self.place(&name, sys::CSOUND_AUDIO_CHANNEL)?;
        // SAFETY: an audio channel has ksmps values and lives as long as the instance.
        Some(unsafe { std::slice::from_raw_parts_mut(place, self.ksmps()) })
    }

    fn place(&mut self, name: &CStr, kind: u32) -> Option<*mut f64> {
        let kind = kind | sys::CSOUND_INPUT_CHANNEL | sys::CSOUND_OUTPUT_CHANNEL;
        let mut place = std::ptr::null_mut();
        // SAFETY: live instance owned by this thread; Csound writes the place.
        let answer = unsafe {
            sys::csoundGetChannelPtr(self.raw.cs.as_ptr(), &mut place, name.as_ptr(), kind as c_int)
        };
        (answer == 0 && !place.is_null()).then_some(place)
    }
}
