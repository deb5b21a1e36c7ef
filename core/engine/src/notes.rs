//! The host's notes on the sched path: from a note-on to an instance with its p-fields, and back to silence.
//!
//! Events only change what is known of voices and channels. Once per cycle, before Csound runs, new voices are sent
//! with everything known of them by then, and voices whose p-fields are behind are written in one walk.

mod midi;

use ksmps_csound::Running;
use ksmps_data::event::{Expression, NoteName, NoteSelector};

use super::control::Controls;
use super::filling::{BoundRule, Filling};
use super::held::{Held, HeldNote};
use super::voices::{Phase, Voice, Voices};

/// Names of ended notes that wait for the cycle's report.
const ENDED_MAX: usize = 1024;

/// A note that starts.
#[derive(Clone, Copy)]
struct Start {
    note: NoteName,
    velocity: f32,
    /// The number of its note-on.
    serial: u64,
    /// The first frame of the coming cycle.
    frame: u64,
    /// Its own frame in that cycle.
    offset: u32,
}

/// Starts and stops the instances of the host's notes.
pub(super) struct NotePlayer {
    filling: Filling,
    voices: Voices,
    /// Notes that ended without Csound, until the cycle's report.
    ended: Vec<NoteName>,
    rate: f64,
    /// Notes that found no room.
    pub dropped: u32,
}

impl NotePlayer {
    /// A player of these rules. `[control]`
    pub fn new(rules: Vec<BoundRule>, zero_dbfs: f64, a4: f64, rate: f64) -> Self {
        Self {
            filling: Filling::new(rules, zero_dbfs, a4),
            voices: Voices::new(),
            ended: Vec::with_capacity(ENDED_MAX),
            rate,
            dropped: 0,
        }
    }

    /// How many voices sound. `[any]`
    pub fn voice_count(&self) -> usize {
        self.voices.len()
    }

    /// Writes down what controllers have set, the notes that are held, and those that end with this engine because
    /// they are in their release. `[audio]`
    pub fn hold(&self, held: &mut Held) {
        held.channels = self.filling.channels;
        let mut last = 0;
        for voice in self.voices.iter() {
            if !voice.is_playing() || voice.finite {
                let is_held_elsewhere =
                    self.voices.iter().any(|other| other.serial == voice.serial && other.is_playing());
                if !is_held_elsewhere {
                    held.ended.push(voice.note);
                }
            } else if voice.serial != last {
                last = voice.serial;
                held.notes.push(HeldNote {
                    note: voice.note,
                    velocity: voice.velocity,
                    is_sustained: voice.phase == Phase::Sustained,
                    is_caught: voice.is_caught,
                });
            }
        }
        for (mono, bound) in
            self.filling.monos.iter().zip(&self.filling.rules).filter(|(_, bound)| bound.is_mono())
        {
            held.keep_keys(&bound.rule.instrument, mono);
        }
    }

    /// Takes over what another document's player has written down. `[audio]`
    pub fn take_over(&mut self, running: &mut Running, held: &Held, frame: u64) {
        self.filling.channels = held.channels;
        held.ended.iter().for_each(|&note| self.say_ended(note));
        for held in &held.notes {
            self.note_on(running, held.note, held.velocity, frame, 0);
            if held.is_caught {
                self.voices.newest_mut().for_each(|voice| voice.is_caught = true);
            }
            if held.is_sustained {
                self.note_off(running, NoteSelector::from(held.note), 0.0, frame, 0);
            }
        }
        for (mono, bound) in
            self.filling.monos.iter_mut().zip(&self.filling.rules).filter(|(_, bound)| bound.is_mono())
        {
            let keys = held.keys(&bound.rule.instrument);
            if let (Some(sounding), false) = (mono.last(), keys.is_empty()) {
                mono.lift(&NoteSelector::ALL);
                let others = keys.iter().filter(|(note, _)| *note != sounding.0);
                others.for_each(|&(note, velocity)| mono.press(note, velocity));
                mono.press(sounding.0, sounding.1);
            }
        }
    }

    /// A note starts, `offset` frames into the coming cycle, which begins at `frame`. `[audio]`
    pub fn note_on(&mut self, running: &mut Running, note: NoteName, velocity: f32, frame: u64, offset: u32) {
        let serial = self.voices.next_serial();
        let midi_velocity = (velocity * 127.0).round().clamp(0.0, 127.0) as u8;
        for rule in 0..self.filling.rules.len() {
            if self.filling.rules[rule].takes(note, midi_velocity) {
                if self.filling.rules[rule].is_mono() {
                    self.filling.monos[rule].press(note, velocity);
                }
                self.play(running, rule, Start { note, velocity, serial, frame, offset });
            }
        }
        if !self.voices.has_serial(serial) {
            self.say_ended(note);
        }
    }

    /// Notes are released; their keys go up with a velocity of 0..=1. `[audio]`
    pub fn note_off(
        &mut self,
        running: &mut Running,
        notes: NoteSelector,
        velocity: f32,
        frame: u64,
        offset: u32,
    ) {
        let Self { filling, voices, .. } = self;
        let poly = |rule: usize| !filling.rules[rule].is_mono();
        let meant = voices.meant_by(&notes, poly);
        for voice in voices.iter_mut().filter(|voice| poly(voice.rule) && voice.phase == Phase::Held) {
            if meant.map_or_else(|| notes.matches(&voice.note), |serial| voice.serial == serial) {
                let pedal = filling.is_sustained(voice);
                key_up(running, voice, pedal, velocity);
            }
        }
        let serial = self.voices.next_serial();
        for rule in 0..self.filling.rules.len() {
            if !self.filling.rules[rule].is_mono() {
                continue;
            }
            self.filling.monos[rule].lift(&notes);
            let last = self.filling.monos[rule].last();
            let sounding = |voice: &&mut Voice| {
                voice.rule == rule && voice.phase == Phase::Held && notes.matches(&voice.note)
            };
            let Some(voice) = self.voices.iter_mut().find(sounding) else { continue };
            match last {
                // The same key was pressed twice: it is still down.
                Some((back, _)) if back == voice.note => {}
                Some((note, velocity)) => {
                    self.play(running, rule, Start { note, velocity, serial, frame, offset });
                }
                None => {
                    let pedal = self.filling.is_sustained(voice);
                    key_up(running, voice, pedal, velocity);
                }
            }
        }
    }

    /// Notes are cut off without their release. `[audio]`
    pub fn choke(&mut self, running: &mut Running, notes: NoteSelector) {
        self.filling.monos.iter_mut().for_each(|mono| mono.lift(&notes));
        while let Some(voice) =
            self.voices.remove_first(|voice| voice.starts_at.is_some() && notes.matches(&voice.note))
        {
            self.say_ended(voice.note);
        }
        for voice in self.voices.iter_mut().filter(|voice| notes.matches(&voice.note)) {
            voice.end(running, Phase::Killed);
        }
    }

    /// A note's expression moves. Values that are no numbers are ignored. `[audio]`
    pub fn expression(&mut self, notes: NoteSelector, expression: Expression, value: f64) {
        if !value.is_finite() {
            return;
        }
        for voice in self.voices.iter_mut().filter(|voice| notes.matches(&voice.note)) {
            match expression {
                Expression::Tuning => voice.expressions.tuning = value,
                Expression::Pressure => voice.expressions.pressure = Some(value),
                Expression::Brightness => voice.expressions.timbre = Some(value),
                Expression::Pan => voice.expressions.pan = value,
                Expression::Volume => voice.expressions.volume = value,
                Expression::Vibrato => voice.expressions.vibrato = Some(value),
                Expression::Expression => voice.expressions.expression = Some(value),
            }
            voice.changed = true;
        }
    }

    /// A slot is modulated for some notes, by a normalized offset. `[audio]`
    pub fn modulate(&mut self, notes: NoteSelector, slot: u16, offset: f64) {
        if !offset.is_finite() {
            return;
        }
        for voice in self.voices.iter_mut().filter(|voice| notes.matches(&voice.note)) {
            voice.expressions.modulate(slot, offset);
            voice.changed = true;
        }
    }

    /// Brings Csound up to date for the cycle that starts at `frame`: new voices, and p-fields that moved. `[audio]`
    pub fn advance(&mut self, running: &mut Running, controls: &Controls, frame: u64) {
        let Self { filling, voices, .. } = self;
        for (rule, mono) in filling.monos.iter_mut().enumerate() {
            if mono.moves(frame) {
                let of_rule = voices.iter_mut().filter(|voice| voice.rule == rule && voice.is_playing());
                of_rule.for_each(|voice| voice.changed = true);
            }
        }
        if controls.moved_pfields() {
            let modulated = |voice: &&mut Voice| voice.expressions.modulations().next().is_some();
            voices.iter_mut().filter(modulated).for_each(|voice| voice.changed = true);
        }
        voices.send_new(|voice, offset| filling.send(running, controls, voice, frame, offset));
        voices.write_changed(running, |voice, write| filling.moving_pfields(controls, voice, frame, write));
    }

    /// After a cycle: notes whose last voice is gone have ended. `[audio]`
    pub fn collect(&mut self, running: &mut Running, mut ended: impl FnMut(NoteName)) {
        self.ended.drain(..).for_each(&mut ended);
        if self.voices.len() > 0 {
            self.voices.collect(running, ended);
        }
    }

    fn say_ended(&mut self, note: NoteName) {
        if self.ended.len() < ENDED_MAX {
            self.ended.push(note);
        }
    }

    /// One rule plays a note: in the voice that sounds, where it is mono and legato, else in a new one.
    fn play(&mut self, running: &mut Running, rule: usize, start: Start) {
        if self.filling.rules[rule].is_mono() && self.continue_mono(running, rule, start) {
            return;
        }
        let Start { note, velocity, serial, offset, .. } = start;
        self.choke_group(running, rule, serial);
        let finite = self.filling.rules[rule].rule.duration_s.is_some();
        let voice = Voice::starting(note, rule, velocity, serial, finite, offset);
        if self.make_room(running, rule) && self.voices.push(voice, self.filling.rules[rule].instrument) {
            self.filling.monos[rule].jump_to(note.key);
        } else {
            self.dropped += 1;
        }
    }

    /// In a mono rule, what a new note does to the one that sounds: `true` where it goes on in that voice.
    fn continue_mono(&mut self, running: &mut Running, rule: usize, start: Start) -> bool {
        let Start { note, velocity, serial, frame, .. } = start;
        let bound = &self.filling.rules[rule].rule;
        let (legato, glide_frames) = (bound.legato, (bound.glide_s * self.rate).round() as u64);
        let mut continued: Option<(u64, NoteName)> = None;
        for voice in self.voices.iter_mut().filter(|voice| voice.rule == rule && voice.is_playing()) {
            if legato && !voice.finite && continued.is_none() {
                continued = Some((voice.serial, voice.note));
                (voice.note, voice.velocity, voice.serial, voice.phase) =
                    (note, velocity, serial, Phase::Held);
                voice.changed = true;
            } else {
                voice.end(running, Phase::Released);
            }
        }
        if let Some((serial, note_before)) = continued {
            self.filling.monos[rule].glide_to(note.key, frame, glide_frames);
            if !self.voices.has_serial(serial) {
                self.say_ended(note_before);
            }
        }
        continued.is_some()
    }

    /// Releases the other voices of the rule's choke group; those that have not started yet never do.
    fn choke_group(&mut self, running: &mut Running, rule: usize, serial: u64) {
        if self.filling.rules[rule].rule.choke.is_none() {
            return;
        }
        let rules = &self.filling.rules;
        let other =
            |voice: &Voice| voice.serial != serial && rules[voice.rule].rule.choke == rules[rule].rule.choke;
        while let Some(never) = self.voices.remove_first(|voice| voice.starts_at.is_some() && other(voice)) {
            if self.ended.len() < ENDED_MAX {
                self.ended.push(never.note);
            }
        }
        let chosen = self.voices.iter_mut().filter(|voice| voice.phase != Phase::Killed && other(voice));
        chosen.for_each(|voice| voice.end(running, Phase::Released));
    }

    /// Makes room for one more voice of a rule: releases its oldest beyond `voices`; where even twice as many sound
    /// because of long releases, ends the one that was released first. `false` where there is none to be had.
    fn make_room(&mut self, running: &mut Running, rule: usize) -> bool {
        let limit = self.filling.rules[rule].rule.voices.max(1);
        let of_rule = |voice: &&Voice| voice.rule == rule;
        let playing = self.voices.iter().filter(of_rule).filter(|voice| voice.is_playing()).count();
        if playing >= limit {
            let oldest = self.voices.iter_mut().find(|voice| voice.rule == rule && voice.is_playing());
            if let Some(voice) = oldest {
                voice.end(running, Phase::Released);
            }
        }
        let sounding =
            self.voices.iter().filter(of_rule).filter(|voice| voice.phase != Phase::Killed).count();
        if sounding < 2 * limit {
            return true;
        }
        let released = |voice: &Voice| voice.rule == rule && voice.phase == Phase::Released;
        if let Some(never) = self.voices.remove_first(|voice| released(voice) && voice.starts_at.is_some()) {
            self.say_ended(never.note);
            return true;
        }
        let first = self.voices.iter_mut().find(|voice| released(voice));
        first.map(|voice| voice.end(running, Phase::Killed)).is_some()
    }
}

/// A key goes up with a velocity.
fn key_up(running: &mut Running, voice: &mut Voice, pedal: bool, velocity: f32) {
    voice.expressions.off_velocity = f64::from(velocity);
    voice.changed = true;
    let_go(running, voice, pedal);
}

/// A key goes up: the pedal keeps its voice, or it is released. One with a length of its own only counts as released.
fn let_go(running: &mut Running, voice: &mut Voice, pedal: bool) {
    if voice.finite {
        voice.phase = Phase::Released;
    } else if pedal {
        voice.phase = Phase::Sustained;
    } else {
        voice.end(running, Phase::Released);
    }
}
