//! What goes on when another engine takes over, as plain data: notes that are held, and what controllers said.
//!
//! The engine that goes writes it down, the one that comes reads it. It holds nothing of either engine, so that the two
//! need not be in one process. Its room is made once.

use ksmps_data::event::NoteName;
use ksmps_data::params::SLOTS;

use super::midi_channels::MidiChannels;
use super::midi_keys;
use super::mono::{HELD_MAX, Mono};
use super::voices::VOICES_MAX;

/// Rules in mono mode whose keys are written down; the keys of further ones are forgotten.
const MONO_RULES_MAX: usize = 32;

/// What one engine leaves to the next. `[audio]`
pub struct Held {
    /// Notes that are held, each once, in the order in which they began.
    pub(super) notes: Vec<HeldNote>,
    /// Notes that end with the engine.
    pub(super) ended: Vec<NoteName>,
    /// What controllers have set for notes.
    pub(super) channels: MidiChannels,
    /// The keys of mono rules, by a number for the instrument's name.
    monos: Vec<HeldKeys>,
    monos_used: usize,
    /// Where controllers have moved parameters, normalized, by slot.
    pub(super) by_controller: [Option<f64>; SLOTS],
    /// What modulation adds to parameters, by slot; `None` where there is no parameter.
    pub(super) modulation: [Option<f64>; SLOTS],
    /// Where the score is.
    pub(super) score: HeldScore,
    /// What Csound's own MIDI opcodes were told.
    pub(super) midi: Box<[midi_keys::Channel; midi_keys::CHANNELS]>,
}

/// Where an engine's score is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct HeldScore {
    /// The frame of a score that goes by the engine's time.
    pub frame: Option<u64>,
    /// It has something to play still, as far as it is known: it is not over, or its song moves, or a session's song does.
    pub plays: bool,
}

/// A note that is held.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeldNote {
    pub note: NoteName,
    pub velocity: f32,
    /// Its key is up, the pedal is down.
    pub is_sustained: bool,
    /// Its key was down when the sostenuto pedal went down.
    pub is_caught: bool,
}

/// The keys of one mono rule that are down, oldest first.
struct HeldKeys {
    instrument: u64,
    keys: Vec<(NoteName, f32)>,
}

impl Held {
    /// Nothing, with room for everything. `[control]`
    pub fn new() -> Self {
        let no_keys = || HeldKeys { instrument: 0, keys: Vec::with_capacity(HELD_MAX) };
        Self {
            notes: Vec::with_capacity(VOICES_MAX),
            ended: Vec::with_capacity(VOICES_MAX),
            channels: MidiChannels::REST,
            monos: (0..MONO_RULES_MAX).map(|_| no_keys()).collect(),
            monos_used: 0,
            by_controller: [None; SLOTS],
            modulation: [None; SLOTS],
            score: HeldScore::default(),
            midi: Box::new([midi_keys::Channel::SILENT; midi_keys::CHANNELS]),
        }
    }

    /// Forgets everything. `[audio]`
    pub fn clear(&mut self) {
        self.notes.clear();
        self.ended.clear();
        self.channels = MidiChannels::REST;
        self.monos_used = 0;
        self.by_controller = [None; SLOTS];
        self.modulation = [None; SLOTS];
        self.score = HeldScore::default();
        self.midi.fill(midi_keys::Channel::SILENT);
    }

    /// Whether a score, or a session that follows the song, plays, so that the engine that goes would play it beside the next
    /// one. `[audio]`
    pub fn plays_score(&self) -> bool {
        self.score.plays
    }

    /// Whether a key or a pedal holds anything. `[audio]`
    pub fn is_holding(&self) -> bool {
        !self.notes.is_empty() || self.midi.iter().any(midi_keys::Channel::is_down)
    }

    /// The notes that are held. `[audio]`
    pub fn held(&self) -> impl Iterator<Item = NoteName> {
        self.notes.iter().map(|held| held.note)
    }

    /// The notes that end with the engine. `[audio]`
    pub fn ended(&self) -> impl Iterator<Item = NoteName> {
        self.ended.iter().copied()
    }

    /// Leaves notes that are in their release to the engine that goes: it will say when they have ended. `[audio]`
    pub fn leave_ended(&mut self) {
        self.ended.clear();
    }

    /// Leaves all notes to the engine that goes, those that are held as well. `[audio]`
    pub fn leave_notes(&mut self) {
        self.notes.clear();
        self.ended.clear();
        self.monos_used = 0;
        self.midi.iter_mut().for_each(midi_keys::Channel::lift);
    }

    /// Writes down the keys of a mono rule. `[audio]`
    pub(super) fn keep_keys(&mut self, instrument: &str, mono: &Mono) {
        if let Some(held) = self.monos.get_mut(self.monos_used) {
            held.instrument = number_of(instrument);
            held.keys.clear();
            held.keys.extend(mono.held());
            self.monos_used += 1;
        }
    }

    /// The mono rules whose keys are written down: the number for the instrument's name, and the keys. `[audio]`
    pub(super) fn monos(&self) -> impl Iterator<Item = (u64, &[(NoteName, f32)])> {
        self.monos[..self.monos_used].iter().map(|held| (held.instrument, held.keys.as_slice()))
    }

    /// One more mono rule without keys, where there is room. `[audio]`
    pub(super) fn add_mono(&mut self, instrument: u64) {
        if let Some(held) = self.monos.get_mut(self.monos_used) {
            held.instrument = instrument;
            held.keys.clear();
            self.monos_used += 1;
        }
    }

    /// One more key of the last mono rule, where there is room. `[audio]`
    pub(super) fn add_mono_key(&mut self, note: NoteName, velocity: f32) {
        let last = self.monos[..self.monos_used].last_mut();
        if let Some(held) = last.filter(|held| held.keys.len() < HELD_MAX) {
            held.keys.push((note, velocity));
        }
    }

    /// The keys of the first mono rule with an instrument of this name; none where there is no such rule. `[audio]`
    pub(super) fn keys(&self, instrument: &str) -> &[(NoteName, f32)] {
        let number = number_of(instrument);
        let mut known = self.monos[..self.monos_used].iter();
        known.find(|held| held.instrument == number).map_or(&[], |held| &held.keys)
    }
}

impl Default for Held {
    fn default() -> Self {
        Self::new()
    }
}

/// A number for a name, the same wherever it is made (FNV-1a).
fn number_of(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
