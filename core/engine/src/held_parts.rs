//! What one engine leaves to the next, piece by piece, for an engine in another process.

use serde::{Deserialize, Serialize};

use ksmps_data::event::NoteName;

use super::held::{Held, HeldNote, HeldScore};
use super::midi_channels::{CHANNELS, MidiChannel, MidiChannels};
use super::midi_keys;

/// A piece of [`Held`]. The pieces in their order are all of it, for one that was cleared.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum HeldPart<'a> {
    /// A note that is held.
    Note {
        /// Which.
        note: NoteName,
        /// 0..=1.
        velocity: f32,
        /// Its key is up, the pedal is down.
        is_sustained: bool,
        /// Its key was down when the sostenuto pedal went down.
        is_caught: bool,
    },
    /// A note that ends with the engine.
    Ended(NoteName),
    /// What controllers have set for the notes of a channel, 0..=15.
    Channel(u8, MidiChannel),
    /// Members of the zones of an MPE keyboard, the lower one's first.
    Zones([u8; 2]),
    /// A mono rule, by a number for the instrument's name; its keys follow.
    Mono(u64),
    /// A key of the mono rule before it.
    MonoKey(NoteName, f32),
    /// Where a controller has moved a parameter, normalized, by slot.
    Controller(u16, f64),
    /// What modulation adds to a parameter, by slot.
    Modulation(u16, f64),
    /// Where the score is.
    Score {
        /// The frame of one that goes by the engine's time.
        frame: Option<u64>,
        /// It plays.
        plays: bool,
    },
    /// What Csound's own MIDI opcodes were told on a channel.
    Midi(u8, &'a [u8]),
}

impl Held {
    /// Gives every piece that is not as if nothing had been said. `[audio]`
    pub fn write(&self, mut give: impl FnMut(HeldPart<'_>)) {
        for &HeldNote { note, velocity, is_sustained, is_caught } in &self.notes {
            give(HeldPart::Note { note, velocity, is_sustained, is_caught });
        }
        self.ended.iter().for_each(|&note| give(HeldPart::Ended(note)));
        for channel in 0..CHANNELS as u8 {
            let set = *self.channels.channel(channel);
            if set != MidiChannel::REST {
                give(HeldPart::Channel(channel, set));
            }
        }
        if self.channels.members() != MidiChannels::REST.members() {
            give(HeldPart::Zones(self.channels.members()));
        }
        for (instrument, keys) in self.monos() {
            give(HeldPart::Mono(instrument));
            keys.iter().for_each(|&(note, velocity)| give(HeldPart::MonoKey(note, velocity)));
        }
        for (slot, value) in (0u16..).zip(self.by_controller) {
            if let Some(value) = value {
                give(HeldPart::Controller(slot, value));
            }
        }
        for (slot, value) in (0u16..).zip(self.modulation) {
            if let Some(value) = value {
                give(HeldPart::Modulation(slot, value));
            }
        }
        let HeldScore { frame, plays } = self.score;
        if frame.is_some() || plays {
            give(HeldPart::Score { frame, plays });
        }
        let mut bytes = [0; midi_keys::CHANNEL_BYTES];
        for (number, channel) in (0u8..).zip(self.midi.iter()) {
            if channel.write(&mut bytes) {
                give(HeldPart::Midi(number, &bytes));
            }
        }
    }

    /// Takes the next piece; what has no room or cannot be is left out. `[audio]`
    pub fn read(&mut self, part: HeldPart<'_>) {
        match part {
            HeldPart::Note { note, velocity, is_sustained, is_caught } => {
                if self.notes.len() < self.notes.capacity() {
                    self.notes.push(HeldNote { note, velocity, is_sustained, is_caught });
                }
            }
            HeldPart::Ended(note) => {
                if self.ended.len() < self.ended.capacity() {
                    self.ended.push(note);
                }
            }
            HeldPart::Channel(channel, set) => *self.channels.channel_mut(channel) = set,
            HeldPart::Zones(members) => self.channels.set_members(members),
            HeldPart::Mono(instrument) => self.add_mono(instrument),
            HeldPart::MonoKey(note, velocity) => self.add_mono_key(note, velocity),
            HeldPart::Controller(slot, value) => {
                if let Some(place) = self.by_controller.get_mut(usize::from(slot)) {
                    *place = Some(value);
                }
            }
            HeldPart::Modulation(slot, value) => {
                if let Some(place) = self.modulation.get_mut(usize::from(slot)) {
                    *place = Some(value);
                }
            }
            HeldPart::Score { frame, plays } => self.score = HeldScore { frame, plays },
            HeldPart::Midi(channel, bytes) => {
                if let (Some(place), Ok(bytes)) = (self.midi.get_mut(usize::from(channel)), bytes.try_into())
                {
                    *place = midi_keys::Channel::read(bytes);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_comes_through_in_pieces() {
        let note = NoteName { id: Some(7), channel: 3, key: 60 };
        let mut midi = [0; midi_keys::CHANNEL_BYTES];
        midi.iter_mut().enumerate().for_each(|(at, byte)| *byte = (at % 100) as u8);
        // There is a bend.
        midi[midi_keys::CHANNEL_BYTES - 3] = 1;
        let parts = [
            HeldPart::Note { note, velocity: 0.5, is_sustained: true, is_caught: true },
            HeldPart::Ended(NoteName { id: None, ..note }),
            HeldPart::Channel(
                15,
                MidiChannel {
                    bend: -1.0,
                    bend_range: Some(12.0),
                    timbre: 0.5,
                    pedal: true,
                    ..MidiChannel::REST
                },
            ),
            HeldPart::Zones([3, 5]),
            HeldPart::Mono(99),
            HeldPart::MonoKey(note, 0.75),
            HeldPart::MonoKey(note, 0.5),
            HeldPart::Mono(100),
            HeldPart::Controller(5, 0.125),
            HeldPart::Modulation(6, -0.5),
            HeldPart::Score { frame: Some(48_000), plays: true },
            HeldPart::Midi(9, &midi),
        ];
        let pieces = |held: &Held| {
            let mut bytes = Vec::new();
            held.write(|part| bytes.push(postcard::to_stdvec(&part).expect("room")));
            bytes
        };
        let mut first = Held::new();
        parts.into_iter().for_each(|part| first.read(part));
        let mut second = Held::new();
        for piece in pieces(&first) {
            second.read(postcard::from_bytes(&piece).expect("a piece"));
        }
        assert_eq!(pieces(&second), pieces(&first));
        for part in parts {
            let part = postcard::to_stdvec(&part).expect("room");
            assert!(pieces(&second).contains(&part), "{part:?} is there");
        }
    }

    #[test]
    fn pieces_that_cannot_be_and_too_many_change_nothing() {
        let note = NoteName { id: None, channel: 0, key: 0 };
        let mut held = Held::new();
        let before = held.notes.capacity();
        for _ in 0..10_000 {
            held.read(HeldPart::MonoKey(note, 1.0));
            held.read(HeldPart::Mono(1));
            held.read(HeldPart::MonoKey(note, 1.0));
            held.read(HeldPart::Note { note, velocity: 1.0, is_sustained: false, is_caught: false });
            held.read(HeldPart::Controller(u16::MAX, 1.0));
            held.read(HeldPart::Midi(200, &[]));
            held.read(HeldPart::Midi(0, &[1, 2, 3]));
        }
        assert_eq!(held.notes.capacity(), before);
    }
}
