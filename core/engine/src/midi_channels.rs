//! What MIDI controllers have set for notes, channel by channel, and the zones of MPE keyboards.
//!
//! A zone is a master channel and its members: what the master says holds for all of them, what a member says for its own
//! notes. A keyboard announces its zones by RPN 6; without a word of it there is none, and each channel is its own.

use serde::{Deserialize, Serialize};

/// MIDI's channels.
pub(super) const CHANNELS: usize = 16;
/// Semitones of a full bend on a zone's member, until somebody says otherwise.
const MEMBER_BEND: f64 = 48.0;
/// Most members of both zones together.
const MEMBERS_MAX: u8 = 14;

const MODULATION: u8 = 1;
const DATA: u8 = 6;
const EXPRESSION: u8 = 11;
const DATA_LOW: u8 = 38;
const TIMBRE: u8 = 74;
const NRPN_LOW: u8 = 98;
const NRPN_HIGH: u8 = 99;
const RPN_LOW: u8 = 100;
const RPN_HIGH: u8 = 101;
/// The registered parameter with the range of the bend.
const RPN_BEND: u16 = 0;
/// The registered parameter with a zone's members.
const RPN_ZONE: u16 = 6;
/// No parameter is chosen.
const RPN_NONE: u16 = 0x3fff;

/// What MIDI controllers have set on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MidiChannel {
    /// -1..=1
    pub(super) bend: f64,
    /// Semitones of a full bend; `None`: what the document says.
    pub(super) bend_range: Option<f64>,
    /// 0..=1
    pub(super) pressure: f64,
    /// 0..=1
    pub(super) timbre: f64,
    /// 0..=1
    pub(super) vibrato: f64,
    /// 0..=1
    pub(super) expression: f64,
    /// Whether the sustain pedal is down.
    pub(super) pedal: bool,
    /// Whether the sostenuto pedal is down.
    pub(super) sostenuto: bool,
    /// The registered parameter that data entries mean.
    pub(super) parameter: u16,
}

impl MidiChannel {
    /// As if nothing had been said.
    pub const REST: Self = Self {
        bend: 0.0,
        bend_range: None,
        pressure: 0.0,
        timbre: 0.0,
        vibrato: 0.0,
        expression: 1.0,
        pedal: false,
        sostenuto: false,
        parameter: RPN_NONE,
    };
}

/// All channels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MidiChannels {
    channels: [MidiChannel; CHANNELS],
    /// Members of the lower zone, whose master is the first channel, and of the upper one, whose master is the last.
    members: [u8; 2],
}

impl MidiChannels {
    /// As if nothing had been said.
    pub const REST: Self = Self { channels: [MidiChannel::REST; CHANNELS], members: [0; 2] };

    /// A channel. `[audio]`
    pub fn channel(&self, channel: u8) -> &MidiChannel {
        &self.channels[usize::from(channel) % CHANNELS]
    }

    /// A channel. `[audio]`
    pub fn channel_mut(&mut self, channel: u8) -> &mut MidiChannel {
        &mut self.channels[usize::from(channel) % CHANNELS]
    }

    /// How many members the zones have, the lower one's first. `[audio]`
    pub fn members(&self) -> [u8; 2] {
        self.members
    }

    /// Makes the zones have so many members. `[audio]`
    pub fn set_members(&mut self, members: [u8; 2]) {
        let lower = members[0].min(CHANNELS as u8 - 1);
        let room = MEMBERS_MAX.saturating_sub(lower);
        self.members = [lower, members[1].min(if lower == 0 { CHANNELS as u8 - 1 } else { room })];
    }

    /// Whether what a channel says holds for the notes of another one. `[audio]`
    pub fn reaches(&self, channel: u8, other: u8) -> bool {
        channel == other || self.master_of(other) == Some(channel)
    }

    /// Semitones that a note on a channel is bent; the document has a range. `[audio]`
    pub fn bend(&self, channel: u8, semitones: f64) -> f64 {
        let bend = |channel: u8, range: f64| {
            let set = self.channel(channel);
            set.bend * set.bend_range.unwrap_or(range)
        };
        match self.master_of(channel) {
            Some(master) => bend(channel, MEMBER_BEND) + bend(master, semitones),
            None => bend(channel, semitones),
        }
    }

    /// The largest of what a channel and its master say. `[audio]`
    pub fn largest(&self, channel: u8, of: impl Fn(&MidiChannel) -> f64) -> f64 {
        let master = self.master_of(channel).map(|master| of(self.channel(master)));
        master.map_or_else(|| of(self.channel(channel)), |value| value.max(of(self.channel(channel))))
    }

    /// The smallest of the same. `[audio]`
    pub fn smallest(&self, channel: u8, of: impl Fn(&MidiChannel) -> f64) -> f64 {
        -self.largest(channel, |set| -of(set))
    }

    /// Whether one of the two says so. `[audio]`
    pub fn any(&self, channel: u8, says: impl Fn(&MidiChannel) -> bool) -> bool {
        says(self.channel(channel))
            || self.master_of(channel).is_some_and(|master| says(self.channel(master)))
    }

    /// A message that says something of notes, other than pedals and ends; whether it does. `[audio]`
    pub fn message(&mut self, [status, number, value]: [u8; 3]) -> bool {
        let channel = status & 15;
        let set = self.channel_mut(channel);
        let unit = |value: u8| f64::from(value) / 127.0;
        match (status & 0xf0, number) {
            (0xb0, MODULATION) => set.vibrato = unit(value),
            (0xb0, EXPRESSION) => set.expression = unit(value),
            (0xb0, TIMBRE) => set.timbre = unit(value),
            (0xb0, RPN_HIGH) => set.parameter = u16::from(value) << 7 | set.parameter & 127,
            (0xb0, RPN_LOW) => set.parameter = set.parameter & 0x3f80 | u16::from(value),
            (0xb0, NRPN_HIGH | NRPN_LOW) => set.parameter = RPN_NONE,
            (0xb0, DATA) if set.parameter == RPN_BEND => set.bend_range = Some(f64::from(value)),
            (0xb0, DATA_LOW) if set.parameter == RPN_BEND => {
                let semitones = set.bend_range.unwrap_or_default().trunc();
                set.bend_range = Some(semitones + f64::from(value) / 100.0);
            }
            (0xb0, DATA) if set.parameter == RPN_ZONE => self.zone(channel, value),
            (0xd0, pressure) => set.pressure = unit(pressure),
            (0xe0, low) => {
                let bend = i32::from(low) | i32::from(value) << 7;
                set.bend = f64::from(bend - 8192) / if bend < 8192 { 8192.0 } else { 8191.0 };
            }
            _ => return false,
        }
        true
    }

    /// All controllers of a channel are where they were; ranges stay. `[audio]`
    pub fn reset(&mut self, channel: u8) {
        let set = self.channel_mut(channel);
        *set = MidiChannel { bend_range: set.bend_range, parameter: set.parameter, ..MidiChannel::REST };
    }

    /// A zone's members are announced on its master channel; another zone makes room.
    fn zone(&mut self, master: u8, members: u8) {
        let is_upper = match master {
            0 => false,
            15 => true,
            _ => return,
        };
        let members = members.min(CHANNELS as u8 - 1);
        let (own, other) = if is_upper { (1, 0) } else { (0, 1) };
        self.members[own] = members;
        self.members[other] = self.members[other].min(MEMBERS_MAX.saturating_sub(members));
        for channel in 0..CHANNELS as u8 {
            if self.reaches(master, channel) {
                self.channel_mut(channel).bend_range = None;
            }
        }
    }

    fn master_of(&self, channel: u8) -> Option<u8> {
        let [lower, upper] = self.members;
        if (1..=lower).contains(&channel) {
            Some(0)
        } else {
            (channel < 15 && channel + upper >= 15).then_some(15)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says RPN `parameter` = `value` on a channel.
    fn say(channels: &mut MidiChannels, channel: u8, parameter: u8, value: u8) {
        for (number, value) in [(RPN_HIGH, 0), (RPN_LOW, parameter), (DATA, value)] {
            assert!(channels.message([0xb0 | channel, number, value]));
        }
    }

    #[test]
    fn a_bend_has_the_range_that_was_said() {
        let mut channels = MidiChannels::REST;
        channels.message([0xe3, 127, 127]);
        assert_eq!((channels.bend(3, 2.0), channels.bend(4, 2.0)), (2.0, 0.0));
        say(&mut channels, 3, 0, 12);
        assert_eq!(channels.bend(3, 2.0), 12.0);
        channels.message([0xb3, DATA_LOW, 50]);
        assert_eq!(channels.bend(3, 2.0), 12.5);
        // Another parameter, and none.
        channels.message([0xb3, RPN_LOW, 1]);
        assert!(!channels.message([0xb3, DATA, 99]));
        channels.message([0xb3, NRPN_HIGH, 0]);
        assert!(!channels.message([0xb3, DATA, 7]));
        channels.reset(3);
        channels.message([0xe3, 0, 0]);
        assert_eq!(channels.bend(3, 2.0), -12.5, "a reset leaves the range");
    }

    #[test]
    fn a_zone_has_its_members_and_makes_room() {
        let mut channels = MidiChannels::REST;
        assert!(!channels.reaches(0, 1) && channels.reaches(1, 1));
        say(&mut channels, 0, 6, 7);
        let reached = |channels: &MidiChannels, master| -> Vec<u8> {
            (0..16).filter(|channel| channels.reaches(master, *channel)).collect()
        };
        assert_eq!(reached(&channels, 0), (0..=7).collect::<Vec<u8>>());
        assert_eq!(reached(&channels, 15), [15]);
        say(&mut channels, 15, 6, 10);
        assert_eq!(reached(&channels, 0), (0..=4).collect::<Vec<u8>>());
        assert_eq!(reached(&channels, 15), (5..=15).collect::<Vec<u8>>());
        say(&mut channels, 0, 6, 15);
        assert_eq!(reached(&channels, 0), (0..=15).collect::<Vec<u8>>());
        say(&mut channels, 0, 6, 0);
        assert_eq!(reached(&channels, 0), [0]);
        // Elsewhere it announces nothing.
        say(&mut channels, 3, 6, 5);
        assert_eq!(channels.members(), [0, 0]);
    }

    #[test]
    fn members_and_their_master_bend_together() {
        let mut channels = MidiChannels::REST;
        say(&mut channels, 0, 6, 3);
        channels.message([0xe1, 127, 127]);
        channels.message([0xe0, 0, 0]);
        assert_eq!([0, 1, 2, 4].map(|channel| channels.bend(channel, 2.0)), [-2.0, 46.0, -2.0, 0.0]);
        channels.message([0xd0, 127, 0]);
        channels.message([0xd1, 50, 0]);
        let pressure = |channel| channels.largest(channel, |set| set.pressure);
        assert_eq!([1, 2, 4].map(pressure), [1.0, 1.0, 0.0]);
        channels.channel_mut(0).pedal = true;
        assert_eq!([1, 3, 4].map(|channel| channels.any(channel, |set| set.pedal)), [true, true, false]);
    }
}
