//! Channels by name: numbers, texts, audio, their hints, and their places under a lock.

mod guard;
mod hints;

use std::ffi::{CStr, CString, c_int};
use std::ptr::NonNull;

use ksmps_data::encoding::text_of;

use super::instance::{Instance, c_text};
use super::state::{Csound, Performing, State};
use crate::raw::{
    CSOUND_AUDIO_CHANNEL, CSOUND_CHANNEL_TYPE_MASK, CSOUND_CONTROL_CHANNEL, CSOUND_INPUT_CHANNEL,
    CSOUND_OUTPUT_CHANNEL, CSOUND_PVS_CHANNEL, CSOUND_STRING_CHANNEL,
};
pub use guard::ChannelGuard;
pub use hints::{ControlChannelHints, HintBehaviour};

use crate::running::{ChannelInfo, ChannelKind, channels_of};

/// Why a channel was not read, written or made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChannelFailure {
    /// There is none of this name.
    #[error("there is no channel of this name")]
    Missing,
    /// The name belongs to a channel of another kind.
    #[error("the channel carries something else: {0:?}")]
    Kind(ChannelKind),
    /// A name that no channel can have: empty, or with a NUL byte.
    #[error("no channel can have this name")]
    Name,
    /// Values that no channel can have: hints whose default is not between their least and greatest, a slice that is not a
    /// cycle long, a text with a NUL byte.
    #[error("the channel cannot have these values")]
    Values,
}

impl<S: State> Csound<S> {
    /// Which channels there are. `[control]`
    pub fn channels(&mut self) -> Vec<ChannelInfo> {
        // SAFETY: live instance owned by this thread.
        unsafe { channels_of(self.instance.api, self.instance.cs()) }
    }

    /// What a channel carries; `None` where there is none of this name. `[any]`
    pub fn channel_kind(&self, name: &str) -> Option<ChannelKind> {
        let name = channel_name(name).ok()?;
        self.instance.channel_bits(&name).map(kind_of)
    }

    /// Makes a control or text channel where there is none of this name. `[control]`
    ///
    /// # Errors
    /// See [`ChannelFailure`]; channels of audio are made by writing them while the instance plays.
    pub fn make_channel(&mut self, name: &str, kind: ChannelKind) -> Result<(), ChannelFailure> {
        let bits = match kind {
            ChannelKind::Control => CSOUND_CONTROL_CHANNEL,
            ChannelKind::Text => CSOUND_STRING_CHANNEL,
            kind => return Err(ChannelFailure::Kind(kind)),
        };
        self.instance.channel_place(&channel_name(name)?, bits).map(drop)
    }

    /// The value of a control channel. `[any]`
    ///
    /// # Errors
    /// [`ChannelFailure::Missing`] and [`ChannelFailure::Kind`]; no channel is made.
    pub fn control_channel(&self, name: &str) -> Result<f64, ChannelFailure> {
        match self.channel_kind(name) {
            Some(ChannelKind::Control) => {
                let name = channel_name(name)?;
                let mut error: c_int = 0;
                let (more, cs) = (self.instance.more, self.instance.cs());
                // SAFETY: live instance.
                Ok(unsafe { (more.control_channel)(cs, name.as_ptr(), &mut error) })
            }
            Some(kind) => Err(ChannelFailure::Kind(kind)),
            None => Err(ChannelFailure::Missing),
        }
    }

    /// Writes a control channel; it is made where it does not exist. `[audio]` where it does
    ///
    /// # Errors
    /// [`ChannelFailure::Kind`] and [`ChannelFailure::Name`].
    pub fn set_control_channel(&mut self, name: &str, value: f64) -> Result<(), ChannelFailure> {
        let name = channel_name(name)?;
        self.instance.channel_place(&name, CSOUND_CONTROL_CHANNEL)?;
        // SAFETY: live instance owned by this thread.
        unsafe { (self.instance.more.set_control_channel)(self.instance.cs(), name.as_ptr(), value) };
        Ok(())
    }

    /// What a text channel holds. `[control]`
    ///
    /// # Errors
    /// [`ChannelFailure::Missing`] and [`ChannelFailure::Kind`]; no channel is made.
    pub fn string_channel(&self, name: &str) -> Result<String, ChannelFailure> {
        let bytes = self.channel_datasize(name)?;
        match self.channel_kind(name) {
            Some(ChannelKind::Text) => {}
            Some(kind) => return Err(ChannelFailure::Kind(kind)),
            None => return Err(ChannelFailure::Missing),
        }
        let name = channel_name(name)?;
        let mut text = vec![0u8; bytes + 1];
        let (api, cs) = (self.instance.api, self.instance.cs());
        // SAFETY: live instance; Csound says how large the text can be and writes no more.
        unsafe { (api.string_channel)(cs, name.as_ptr(), text.as_mut_ptr().cast()) };
        let text = CStr::from_bytes_until_nul(&text).unwrap_or_default();
        Ok(text_of(text.to_bytes()))
    }

    /// Writes a text channel; it is made where it does not exist. `[control]`
    ///
    /// # Errors
    /// [`ChannelFailure::Kind`], [`ChannelFailure::Name`] and [`ChannelFailure::Values`].
    pub fn set_string_channel(&mut self, name: &str, text: &str) -> Result<(), ChannelFailure> {
        let name = channel_name(name)?;
        let text = c_text(text).map_err(|_| ChannelFailure::Values)?;
        self.instance.channel_place(&name, CSOUND_STRING_CHANNEL)?;
        let (api, cs) = (self.instance.api, self.instance.cs());
        // SAFETY: live instance owned by this thread; Csound copies the text.
        unsafe { (api.set_string_channel)(cs, name.as_ptr(), text.as_ptr().cast_mut()) };
        Ok(())
    }

    /// Bytes that a channel's value has room for. `[any]`
    ///
    /// # Errors
    /// [`ChannelFailure::Missing`].
    pub fn channel_datasize(&self, name: &str) -> Result<usize, ChannelFailure> {
        let name = channel_name(name)?;
        // SAFETY: live instance.
        let bytes = unsafe { (self.instance.api.channel_datasize)(self.instance.cs(), name.as_ptr()) };
        usize::try_from(bytes).ok().filter(|bytes| *bytes > 0).ok_or(ChannelFailure::Missing)
    }
}

impl Csound<Performing> {
    /// Copies a cycle of an audio channel. `[audio]`
    ///
    /// # Errors
    /// [`ChannelFailure::Missing`] and [`ChannelFailure::Kind`], and [`ChannelFailure::Values`] where the slice is not a
    /// cycle long.
    pub fn audio_channel(&self, name: &str, samples: &mut [f64]) -> Result<(), ChannelFailure> {
        match self.channel_kind(name) {
            Some(ChannelKind::Audio) => {}
            Some(kind) => return Err(ChannelFailure::Kind(kind)),
            None => return Err(ChannelFailure::Missing),
        }
        let name = channel_name(name)?;
        if samples.len() != self.ksmps() {
            return Err(ChannelFailure::Values);
        }
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live, started instance, whose audio channels have a cycle of samples.
        unsafe { (more.audio_channel)(cs, name.as_ptr(), samples.as_mut_ptr()) };
        Ok(())
    }

    /// Writes a cycle of an audio channel; it is made where it does not exist. `[audio]` where it does
    ///
    /// # Errors
    /// As [`Csound::audio_channel`], but for [`ChannelFailure::Missing`].
    pub fn set_audio_channel(&mut self, name: &str, samples: &[f64]) -> Result<(), ChannelFailure> {
        let name = channel_name(name)?;
        if samples.len() != self.ksmps() {
            return Err(ChannelFailure::Values);
        }
        self.instance.channel_place(&name, CSOUND_AUDIO_CHANNEL)?;
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: as in `audio_channel`; Csound only reads the samples.
        unsafe { (more.set_audio_channel)(cs, name.as_ptr(), samples.as_ptr().cast_mut()) };
        Ok(())
    }
}

impl Instance {
    /// The kind of a channel and whether it is read and written, as Csound has them; `None` where there is none of this
    /// name.
    pub(super) fn channel_bits(&self, name: &CStr) -> Option<c_int> {
        let mut place = std::ptr::null_mut();
        // SAFETY: live instance; without a kind Csound makes no channel and gives no place.
        let answer = unsafe { (self.api.channel_ptr)(self.cs(), &mut place, name.as_ptr(), 0) };
        (answer > 0).then_some(answer)
    }

    /// Where a channel's value is; it is made where it does not exist.
    pub(super) fn channel_place(&mut self, name: &CStr, kind: u32) -> Result<NonNull<f64>, ChannelFailure> {
        let kind = kind | CSOUND_INPUT_CHANNEL | CSOUND_OUTPUT_CHANNEL;
        let mut place = std::ptr::null_mut();
        // SAFETY: live instance owned by this thread; Csound writes the place, which lives as long as the instance.
        let answer = unsafe { (self.api.channel_ptr)(self.cs(), &mut place, name.as_ptr(), kind as c_int) };
        match (answer, NonNull::new(place)) {
            (0, Some(place)) => Ok(place),
            (1.., _) => Err(ChannelFailure::Kind(kind_of(answer))),
            _ => Err(ChannelFailure::Name),
        }
    }
}

/// A name as Csound is given it.
pub(super) fn channel_name(name: &str) -> Result<CString, ChannelFailure> {
    c_text(name).ok().filter(|_| !name.is_empty()).ok_or(ChannelFailure::Name)
}

pub(super) fn kind_of(bits: c_int) -> ChannelKind {
    match bits as u32 & CSOUND_CHANNEL_TYPE_MASK {
        CSOUND_CONTROL_CHANNEL => ChannelKind::Control,
        CSOUND_AUDIO_CHANNEL => ChannelKind::Audio,
        CSOUND_STRING_CHANNEL => ChannelKind::Text,
        _ => ChannelKind::Other,
    }
}

/// Pvs channels are told apart from all others by their own methods.
pub(super) const PVS: u32 = CSOUND_PVS_CHANNEL;
