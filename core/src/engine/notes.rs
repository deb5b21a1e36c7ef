//! The host's notes on the sched path: from a note-on to an instance with its p-fields, and back to silence.

use crate::csound::Running;
use crate::document::{NoteRule, PfieldSource, Source, VoiceMode};
use crate::event::{Expression, NoteName, NoteSelector};

use super::control::Controls;
use super::ramp::Ramp;
use super::voices::{Stage, Voice, Voices};

/// p-fields a note's event can have.
pub const NOTE_PFIELDS_MAX: usize = 64;
/// Fractions of p1 that tell the notes of an instrument apart: .0001 to .9999.
const INSTANCES: u32 = 9999;
const CHANNELS: usize = 16;

/// A rule of the document, ready to play: its instrument is a number of the running engine.
#[derive(Debug, Clone)]
pub struct BoundRule {
    /// The document's rule.
    pub rule: NoteRule,
    /// The instrument's number in this engine.
    pub instrument: i32,
    /// p-fields every note of it starts with: the values of `pset`, else zeros. Index 0 is p1.
    pub pfields: Vec<f64>,
}

/// What MIDI controllers have set on a channel.
#[derive(Debug, Clone, Copy)]
struct Channel {
    /// -1..=1
    bend: f64,
    /// 0..=1
    pressure: f64,
    /// 0..=1
    timbre: f64,
    pedal: bool,
}

impl Channel {
    const REST: Self = Self { bend: 0.0, pressure: 0.0, timbre: 0.0, pedal: false };
}

/// The pitch of a mono rule on its way to the next note.
#[derive(Debug, Clone, Copy)]
struct Glide {
    key: Ramp,
    moving: bool,
}

/// Starts and stops the instances of the host's notes.
pub(super) struct NotePlayer {
    rules: Vec<BoundRule>,
    glides: Vec<Glide>,
    voices: Voices,
    channels: [Channel; CHANNELS],
    /// Held keys in the order they were pressed, for mono rules: the last one sounds.
    held: Vec<(NoteName, f32)>,
    instance: u32,
    zero_dbfs: f64,
    rate: f64,
    /// Notes that found no room.
    pub dropped: u32,
}

/// How many keys can be down at once for mono rules to come back to.
const HELD_MAX: usize = 128;

impl NotePlayer {
    /// A player of these rules. [control]
    pub fn new(rules: Vec<BoundRule>, zero_dbfs: f64, rate: f64) -> Self {
        let glides = rules.iter().map(|_| Glide { key: Ramp::fixed(60.0), moving: false }).collect();
        Self {
            rules,
            glides,
            voices: Voices::new(),
            channels: [Channel::REST; CHANNELS],
            held: Vec::with_capacity(HELD_MAX),
            instance: 0,
            zero_dbfs,
            rate,
            dropped: 0,
        }
    }

    /// How many voices sound. [any]
    pub fn voice_count(&self) -> usize {
        self.voices.len()
    }

    /// Notes whose keys are down, oldest first, with their velocities: what a new engine starts again. [audio]
    pub fn held_notes(&self) -> impl Iterator<Item = (NoteName, f32)> + '_ {
        let mut last = 0;
        self.voices.iter().filter(|voice| voice.stage != Stage::Released && !voice.finite).filter_map(
            move |voice| {
                let first = voice.serial != last;
                last = voice.serial;
                first.then_some((voice.note, voice.velocity))
            },
        )
    }

    /// A note starts, `offset` frames into the coming cycle, which begins at `frame`. [audio]
    pub fn note_on(
        &mut self,
        running: &mut Running,
        controls: &Controls,
        note: NoteName,
        velocity: f32,
        frame: u64,
        offset: u32,
    ) {
        let serial = self.voices.next_serial();
        let midi_velocity = (velocity * 127.0).round().clamp(0.0, 127.0) as u8;
        for index in 0..self.rules.len() {
            let rule = &self.rules[index].rule;
            if !takes(rule, note, midi_velocity) {
                continue;
            }
            if rule.mode == VoiceMode::Mono
                && self.continue_mono(running, index, note, velocity, serial, frame)
            {
                continue;
            }
            self.choke_group(running, index, serial);
            if self.make_room(running, index) {
                self.start(running, controls, index, note, velocity, serial, frame, offset);
            } else {
                self.dropped += 1;
            }
        }
        if self.held.len() < HELD_MAX && self.rules.iter().any(|bound| bound.rule.mode == VoiceMode::Mono) {
            self.held.push((note, velocity));
        }
    }

    /// Notes are released. [audio]
    pub fn note_off(
        &mut self,
        running: &mut Running,
        controls: &Controls,
        notes: NoteSelector,
        frame: u64,
        offset: u32,
    ) {
        self.held.retain(|(note, _)| !notes.matches(note));
        let meant = self.voices.meant_by(&notes);
        for at in 0..self.voices.len() {
            let Some(voice) = self.voices.iter_mut().nth(at) else { break };
            let chosen = meant.map_or_else(|| notes.matches(&voice.note), |serial| voice.serial == serial);
            if !chosen || voice.stage != Stage::Held {
                continue;
            }
            let rule = voice.rule;
            let channel = usize::from(voice.note.channel) % CHANNELS;
            if let (VoiceMode::Mono, Some(&(back, velocity))) = (self.rules[rule].rule.mode, self.held.last())
            {
                let serial = self.voices.next_serial();
                if !self.continue_mono(running, rule, back, velocity, serial, frame) {
                    self.start(running, controls, rule, back, velocity, serial, frame, offset);
                }
                continue;
            }
            if self.rules[rule].rule.sustain && self.channels[channel].pedal {
                voice.stage = Stage::Sustained;
            } else {
                release(running, voice);
            }
        }
    }

    /// Notes are cut off without their release. [audio]
    pub fn choke(&mut self, running: &mut Running, notes: NoteSelector) {
        self.held.retain(|(note, _)| !notes.matches(note));
        for voice in self.voices.iter_mut().filter(|voice| notes.matches(&voice.note)) {
            voice.stage = Stage::Released;
            if voice.pending {
                voice.release_due = true;
            } else {
                running.kill(voice.p1);
            }
        }
    }

    /// A channel message that is not a note. [audio]
    pub fn midi(&mut self, running: &mut Running, bytes: [u8; 3]) {
        const SUSTAIN: u8 = 64;
        const TIMBRE: u8 = 74;
        const ALL_SOUND_OFF: u8 = 120;
        const RESET_CONTROLLERS: u8 = 121;
        const ALL_NOTES_OFF: u8 = 123;
        let channel = bytes[0] & 0x0f;
        let at = usize::from(channel);
        let on_channel = NoteSelector { channel: Some(channel), ..NoteSelector::ALL };
        let unit = f64::from(bytes[2]) / 127.0;
        match (bytes[0] & 0xf0, bytes[1]) {
            (0xb0, SUSTAIN) => self.pedal(running, channel, bytes[2] >= 64),
            (0xb0, TIMBRE) => {
                self.channels[at].timbre = unit;
                self.write(running, on_channel, |source| matches!(source, Source::Timbre));
            }
            (0xb0, ALL_SOUND_OFF) => self.choke(running, on_channel),
            (0xb0, RESET_CONTROLLERS) => {
                self.pedal(running, channel, false);
                self.channels[at] = Channel::REST;
                self.write(running, on_channel, moves);
            }
            (0xb0, ALL_NOTES_OFF..=127) => self.all_off(running, on_channel),
            (0xd0, pressure) => {
                self.channels[at].pressure = f64::from(pressure) / 127.0;
                self.write(running, on_channel, |source| matches!(source, Source::Pressure));
            }
            (0xe0, low) => {
                let bend = i32::from(low) | i32::from(bytes[2]) << 7;
                self.channels[at].bend = f64::from(bend - 8192) / if bend < 8192 { 8192.0 } else { 8191.0 };
                self.write(running, on_channel, is_pitch);
            }
            _ => {}
        }
    }

    /// A note's expression moves. [audio]
    pub fn expression(
        &mut self,
        running: &mut Running,
        notes: NoteSelector,
        expression: Expression,
        value: f64,
    ) {
        let field = match expression {
            Expression::Tuning => {
                self.voices
                    .iter_mut()
                    .filter(|voice| notes.matches(&voice.note))
                    .for_each(|voice| voice.tuning = value);
                return self.write(running, notes, is_pitch);
            }
            Expression::Pressure => Source::Pressure,
            Expression::Brightness => Source::Timbre,
            Expression::Pan => Source::Pan,
            Expression::Volume | Expression::Vibrato | Expression::Expression => return,
        };
        for voice in self.voices.iter().filter(|voice| notes.matches(&voice.note)) {
            for target in self.rules[voice.rule].rule.fields.iter().filter(|target| target.source == field) {
                running.set_pfield(voice.p1, target.index, value);
            }
        }
    }

    /// Writes a p-field of the voices of an instrument that are meant. [audio]
    pub fn set_pfield(
        &mut self,
        running: &mut Running,
        notes: NoteSelector,
        instrument: i32,
        index: usize,
        value: f64,
    ) {
        for voice in self.voices.iter().filter(|voice| notes.matches(&voice.note)) {
            if self.rules[voice.rule].instrument == instrument {
                running.set_pfield(voice.p1, index, value);
            }
        }
    }

    /// Moves what glides, for the cycle that starts at `frame`. [audio]
    pub fn advance(&mut self, running: &mut Running, frame: u64) {
        for rule in 0..self.glides.len() {
            if self.glides[rule].moving {
                self.glides[rule].moving = self.glides[rule].key.is_moving(frame);
                self.write_pitch_of(running, rule, frame);
            }
        }
    }

    /// After a cycle: voices whose instances are gone have ended, releases that were due are made. [audio]
    pub fn collect(&mut self, running: &mut Running, mut ended: impl FnMut(NoteName)) {
        if self.voices.len() == 0 {
            return;
        }
        if running.can_see_instances() {
            self.voices.retain_sounding(running.sounding(), |voice| ended(voice.note));
        }
        for voice in self.voices.iter_mut().filter(|voice| voice.release_due) {
            voice.release_due = false;
            running.release(voice.p1);
        }
    }

    fn all_off(&mut self, running: &mut Running, notes: NoteSelector) {
        self.held.retain(|(note, _)| !notes.matches(note));
        for voice in self.voices.iter_mut().filter(|voice| notes.matches(&voice.note)) {
            if voice.stage != Stage::Released {
                release(running, voice);
            }
        }
    }

    fn pedal(&mut self, running: &mut Running, channel: u8, down: bool) {
        self.channels[usize::from(channel)].pedal = down;
        if !down {
            let lifted =
                |voice: &&mut Voice| voice.note.channel == channel && voice.stage == Stage::Sustained;
            self.voices.iter_mut().filter(lifted).for_each(|voice| release(running, voice));
        }
    }

    /// Sends the event of a new voice.
    #[expect(clippy::too_many_arguments, reason = "a note is all of these, and they come from three owners")]
    fn start(
        &mut self,
        running: &mut Running,
        controls: &Controls,
        index: usize,
        note: NoteName,
        velocity: f32,
        serial: u64,
        frame: u64,
        offset: u32,
    ) {
        let Some(p1) = self.free_p1(self.rules[index].instrument) else {
            self.dropped += 1;
            return;
        };
        self.glides[index] = Glide { key: Ramp::fixed(f64::from(note.key)), moving: false };
        let bound = &self.rules[index];
        let count = bound.pfields.len().min(NOTE_PFIELDS_MAX);
        let mut pfields = [0.0; NOTE_PFIELDS_MAX];
        pfields[..count].copy_from_slice(&bound.pfields[..count]);
        pfields[0] = p1;
        pfields[1] = 0.0;
        pfields[2] = bound.rule.duration_s.unwrap_or(-1.0);
        let voice = Voice::starting(note, index, p1, velocity, serial, bound.rule.duration_s.is_some());
        for (at, value) in controls.pfields_of(bound.instrument, frame) {
            put(&mut pfields[..count], at, value);
        }
        for field in &bound.rule.fields {
            put(&mut pfields[..count], field.index, self.value(&voice, field, f64::from(note.key)));
        }
        running.start(&pfields[..count], offset);
        self.voices.push(voice);
    }

    /// In a mono rule, what a new note does to the one that sounds: `true` where it goes on in that voice.
    fn continue_mono(
        &mut self,
        running: &mut Running,
        rule: usize,
        note: NoteName,
        velocity: f32,
        serial: u64,
        frame: u64,
    ) -> bool {
        let bound = &self.rules[rule].rule;
        let (legato, glide_frames) = (bound.legato, (bound.glide_s * self.rate).round() as u64);
        let mut continued = false;
        for voice in
            self.voices.iter_mut().filter(|voice| voice.rule == rule && voice.stage != Stage::Released)
        {
            if legato && !continued {
                (voice.note, voice.velocity, voice.serial, voice.stage) =
                    (note, velocity, serial, Stage::Held);
                continued = true;
            } else {
                release(running, voice);
            }
        }
        if continued {
            self.glides[rule].key.move_to(f64::from(note.key), frame, glide_frames);
            self.glides[rule].moving = true;
            self.write_pitch_of(running, rule, frame);
        }
        continued
    }

    /// Releases the other voices of the rule's choke group.
    fn choke_group(&mut self, running: &mut Running, rule: usize, serial: u64) {
        let Some(group) = &self.rules[rule].rule.choke else { return };
        for voice in self.voices.iter_mut() {
            if voice.serial != serial && self.rules[voice.rule].rule.choke.as_ref() == Some(group) {
                release(running, voice);
                if voice.finite && !voice.pending {
                    running.release(voice.p1);
                }
            }
        }
    }

    /// Makes room for one more voice of a rule: releases its oldest beyond `voices`; where even twice as many sound
    /// because of long releases, ends the one that was released first. `false` where there is none to be had.
    fn make_room(&mut self, running: &mut Running, rule: usize) -> bool {
        let limit = self.rules[rule].rule.voices.max(1);
        let of_rule = |voice: &&Voice| voice.rule == rule;
        let playing =
            self.voices.iter().filter(of_rule).filter(|voice| voice.stage != Stage::Released).count();
        if playing >= limit {
            let oldest =
                self.voices.iter_mut().find(|voice| voice.rule == rule && voice.stage != Stage::Released);
            if let Some(voice) = oldest {
                release(running, voice);
            }
        }
        let all = self.voices.iter().filter(of_rule).count();
        if all >= 2 * limit {
            let first = self
                .voices
                .iter()
                .find(|voice| voice.rule == rule && voice.stage == Stage::Released && !voice.pending);
            let Some(p1) = first.map(|voice| voice.p1) else { return false };
            running.kill(p1);
        }
        !self.voices.is_full()
    }

    /// A p1 of an instrument that no sounding voice has.
    fn free_p1(&mut self, instrument: i32) -> Option<f64> {
        for _ in 0..=self.voices.len() {
            self.instance = self.instance % INSTANCES + 1;
            let p1 = f64::from(instrument) + f64::from(self.instance) / 10_000.0;
            if !self.voices.uses(p1) {
                return Some(p1);
            }
        }
        None
    }

    /// Writes the p-fields of the meant voices whose source `moved`.
    fn write(&self, running: &mut Running, notes: NoteSelector, moved: impl Fn(Source) -> bool) {
        for voice in self.voices.iter().filter(|voice| notes.matches(&voice.note)) {
            for field in self.rules[voice.rule].rule.fields.iter().filter(|field| moved(field.source)) {
                running.set_pfield(
                    voice.p1,
                    field.index,
                    self.value(voice, field, f64::from(voice.note.key)),
                );
            }
        }
    }

    fn write_pitch_of(&self, running: &mut Running, rule: usize, frame: u64) {
        let key = self.glides[rule].key.at(frame);
        for voice in self.voices.iter().filter(|voice| voice.rule == rule && voice.stage != Stage::Released) {
            for field in self.rules[rule].rule.fields.iter().filter(|field| is_pitch(field.source)) {
                running.set_pfield(voice.p1, field.index, self.value(voice, field, key));
            }
        }
    }

    /// What fills a p-field of a voice at this moment.
    fn value(&self, voice: &Voice, field: &PfieldSource, key: f64) -> f64 {
        let channel = &self.channels[usize::from(voice.note.channel) % CHANNELS];
        let level = f64::from(voice.velocity);
        let semitones = channel.bend * self.rules[voice.rule].rule.bend_semitones + voice.tuning;
        // Where a p-field of its own takes the bend, the pitch stays the key's: else it would bend twice.
        let bends_apart = self.rules[voice.rule].rule.fields.iter().any(|other| other.source == Source::Bend);
        let bent_key = if bends_apart { key } else { key + semitones };
        match field.source {
            Source::Hertz => 440.0 * ((bent_key - 69.0) / 12.0).exp2(),
            Source::Key => bent_key,
            Source::Velocity => level * 127.0,
            Source::Amplitude => level * level * self.zero_dbfs,
            Source::Level => level,
            Source::Decibel => 40.0 * level.max(1e-3).log10(),
            Source::Channel => f64::from(voice.note.channel) + 1.0,
            Source::Bend => semitones,
            Source::Pressure => channel.pressure,
            Source::Timbre => channel.timbre,
            Source::Pan => 0.0,
            Source::Id => voice.note.id.map_or(-1.0, f64::from),
            Source::Constant(value) => value,
        }
    }
}

/// Whether a rule starts something for this note.
fn takes(rule: &NoteRule, note: NoteName, velocity: u8) -> bool {
    let key = rule.keys.is_empty() || rule.keys.iter().any(|&(low, high)| (low..=high).contains(&note.key));
    let (softest, loudest) = rule.velocities;
    key && (softest..=loudest).contains(&velocity)
        && rule.channel.is_none_or(|channel| channel == note.channel)
}

/// Releases a voice now, or as soon as Csound has started it. One with a length of its own only counts as released.
fn release(running: &mut Running, voice: &mut Voice) {
    voice.stage = Stage::Released;
    if voice.finite {
        return;
    }
    if voice.pending {
        voice.release_due = true;
    } else {
        running.release(voice.p1);
    }
}

/// Writes p-field `index` (1 is p1) if it is among these.
fn put(pfields: &mut [f64], index: usize, value: f64) {
    if let Some(place) = index.checked_sub(1).and_then(|at| pfields.get_mut(at)) {
        *place = value;
    }
}

/// Sources that pitch bend and tuning move.
fn is_pitch(source: Source) -> bool {
    matches!(source, Source::Bend | Source::Key | Source::Hertz)
}

/// Sources that move while a note sounds.
fn moves(source: Source) -> bool {
    is_pitch(source) || matches!(source, Source::Pressure | Source::Timbre)
}
