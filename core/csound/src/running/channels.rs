//! Control channels: what the orchestra declares, and their values.

use std::ffi::{CStr, c_char, c_int};
use std::ptr::NonNull;

use ksmps_data::encoding::text_of;

use super::Running;
use crate::library::Api;
use crate::places::Handle;
use crate::raw::{
    CSOUND, CSOUND_AUDIO_CHANNEL, CSOUND_CHANNEL_TYPE_MASK, CSOUND_CONTROL_CHANNEL, CSOUND_INPUT_CHANNEL,
    CSOUND_OUTPUT_CHANNEL, CSOUND_STRING_CHANNEL, controlChannelInfo_t,
};

/// A control channel of one engine, found once by name. Another engine, also one that takes over, does not know it: what
/// is written there is dropped, and what is read is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelId(pub(crate) Handle);

/// What a channel carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// A number.
    Control,
    /// A cycle of audio.
    Audio,
    /// A text.
    Text,
    /// Something else (pvs, arrays).
    Other,
}

/// The hints of a control channel (`chn_k` with a type).
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelRange {
    /// 1 whole numbers, 2 linear, 3 exponential.
    pub behaviour: i32,
    /// Default value. Csound does not write it to the channel.
    pub default: f64,
    /// Lowest value.
    pub min: f64,
    /// Highest value.
    pub max: f64,
    /// The attribute string, empty where there is none.
    pub attributes: String,
}

/// A channel as Csound lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelInfo {
    /// Its name.
    pub name: String,
    /// What it carries.
    pub kind: ChannelKind,
    /// Declared as read by the orchestra.
    pub input: bool,
    /// Declared as written by the orchestra.
    pub output: bool,
    /// Its hints, for control channels that have some.
    pub range: Option<ChannelRange>,
}

impl Running {
    /// The orchestra's channels. `[control]`
    pub fn channels(&mut self) -> Vec<ChannelInfo> {
        // SAFETY: live instance owned by this thread.
        unsafe { channels_of(self.raw.api, self.raw.cs.as_ptr()) }
    }

    /// The handle of a control channel; the channel is made where it does not exist. `None` where the name belongs to a
    /// channel of another kind. `[control]`
    pub fn control_channel(&mut self, name: &str) -> Option<ChannelId> {
        let name = self.raw.c_text(name).ok()?;
        let place = self.channel_place(&name, CSOUND_CONTROL_CHANNEL)?;
        Some(ChannelId(self.raw.host().control_channels.handle(place)))
    }

    /// Writes a control channel; nothing happens where it is another engine's. `[audio]`
    pub fn set_channel(&mut self, channel: ChannelId, value: f64) {
        if let Some(place) = self.raw.host().control_channels.get(channel.0) {
            // SAFETY: a place of this instance, which lives as long as it does, and nobody performs it now.
            unsafe { place.write(value) }
        }
    }

    /// Reads a control channel; 0 where it is another engine's. `[audio]`
    pub fn channel(&self, channel: ChannelId) -> f64 {
        let place = self.raw.host_ref().control_channels.get(channel.0);
        // SAFETY: as in `set_channel`.
        place.map_or(0.0, |place| unsafe { place.read() })
    }

    /// Where a channel's value is; it is made where it does not exist. `None` where the name belongs to a channel of
    /// another kind. `[control]`
    pub(crate) fn channel_place(&mut self, name: &CStr, kind: u32) -> Option<NonNull<f64>> {
        let kind = kind | CSOUND_INPUT_CHANNEL | CSOUND_OUTPUT_CHANNEL;
        let mut place = std::ptr::null_mut();
        // SAFETY: live instance owned by this thread; Csound writes the place, which lives as long as the instance.
        let answer = unsafe {
            (self.raw.api.channel_ptr)(self.raw.cs.as_ptr(), &mut place, name.as_ptr(), kind as c_int)
        };
        if answer == 0 { NonNull::new(place) } else { None }
    }
}

/// An instance's channels. `[control]`
///
/// # Safety
/// `cs` is live and owned by this thread.
pub(crate) unsafe fn channels_of(api: &Api, cs: *mut CSOUND) -> Vec<ChannelInfo> {
    let mut list = std::ptr::null_mut();
    // SAFETY: the caller says so; Csound fills `list` with as many entries as it returns, to be given back.
    unsafe {
        let count = (api.list_channels)(cs, &mut list);
        if list.is_null() {
            return Vec::new();
        }
        let entries = std::slice::from_raw_parts(list, usize::try_from(count).unwrap_or(0));
        let channels = entries.iter().map(|entry| channel_info(entry)).collect();
        (api.delete_channel_list)(cs, list);
        channels
    }
}

/// A channel as Csound lists it.
///
/// # Safety
/// `entry` is one of `csoundListChannels`' entries.
unsafe fn channel_info(entry: &controlChannelInfo_t) -> ChannelInfo {
    let text = |pointer: *const c_char| {
        if pointer.is_null() {
            return String::new();
        }
        // SAFETY: names and attributes are C strings or null.
        text_of(unsafe { CStr::from_ptr(pointer) }.to_bytes())
    };
    let bits = entry.type_ as u32;
    let kind = match bits & CSOUND_CHANNEL_TYPE_MASK {
        CSOUND_CONTROL_CHANNEL => ChannelKind::Control,
        CSOUND_AUDIO_CHANNEL => ChannelKind::Audio,
        CSOUND_STRING_CHANNEL => ChannelKind::Text,
        _ => ChannelKind::Other,
    };
    let hints = &entry.hints;
    let has_range = kind == ChannelKind::Control && hints.behav as i32 != 0;
    ChannelInfo {
        name: text(entry.name),
        kind,
        input: bits & CSOUND_INPUT_CHANNEL != 0,
        output: bits & CSOUND_OUTPUT_CHANNEL != 0,
        range: has_range.then(|| ChannelRange {
            behaviour: hints.behav as i32,
            default: hints.dflt,
            min: hints.min,
            max: hints.max,
            attributes: text(hints.attributes),
        }),
    }
}
