//! Where the channels of an engine are in its Csound, by the indices that commands have.

use ksmps_csound::{ChannelId, TextChannelId};

use super::command::{ChannelIndex, TextChannelIndex};

/// The places of one engine's channels. An index of no channel has no place.
#[derive(Debug, Default)]
pub struct ChannelPlaces {
    numbers: Vec<ChannelId>,
    texts: Vec<TextChannelId>,
}

impl ChannelPlaces {
    /// The place of a control channel. `[audio]`
    pub fn number(&self, channel: ChannelIndex) -> Option<ChannelId> {
        self.numbers.get(channel.0 as usize).copied()
    }

    /// The place of a text channel. `[audio]`
    pub fn text(&self, channel: TextChannelIndex) -> Option<TextChannelId> {
        self.texts.get(channel.0 as usize).copied()
    }

    /// One more control channel. `[control]`
    pub fn add_number(&mut self, place: ChannelId) -> ChannelIndex {
        self.numbers.push(place);
        ChannelIndex(self.numbers.len() as u32 - 1)
    }

    /// One more text channel. `[control]`
    pub fn add_text(&mut self, place: TextChannelId) -> TextChannelIndex {
        self.texts.push(place);
        TextChannelIndex(self.texts.len() as u32 - 1)
    }
}
