//! One document, playing: a started Csound with its notes and parameters.
//!
//! An engine is built on a thread that may take its time (`build`), then owned by one thread that performs it. It
//! advances by cycles; cutting the host's blocks into cycles is the renderer's work. It knows documents and Csound,
//! not hosts.

mod build;
mod control;
mod host_channels;
mod notes;
mod ramp;
pub(crate) mod report;
mod self_test;
mod voices;

use std::sync::Arc;

pub use build::{BuildError, BuildRequest, build};
pub use host_channels::NAMES as TRANSPORT_CHANNELS;
pub use notes::{BoundRule, NOTE_PFIELDS_MAX};
pub use ramp::Ramp;
pub use voices::VOICES_MAX;

use crate::csound::{MessageQueue, MidiOut, Performed, Running};
use crate::diagnostic::Diagnostic;
use crate::document::{Port, Tail};
use crate::event::{EventKind, NoteName, NoteSelector};
use crate::params::{Param, SlotValues};
use crate::transport::Transport;

use control::Controls;
use host_channels::HostSong;
use notes::NotePlayer;

/// What an engine is, for everyone who does not own it.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineInfo {
    /// The document's name, empty where it gives none.
    pub name: String,
    /// Frames per second.
    pub rate: f64,
    /// Frames in a cycle.
    pub ksmps: usize,
    /// Input channels of the orchestra.
    pub inputs: usize,
    /// Output channels of the orchestra.
    pub outputs: usize,
    /// Named input buses; empty where the document names none.
    pub input_ports: Vec<Port>,
    /// Named output buses; empty where the document names none.
    pub output_ports: Vec<Port>,
    /// Its parameters, each with the slot that moves it.
    pub params: Vec<(usize, Param)>,
    /// How notes reach it.
    pub note_input: NoteInput,
    /// Frames between an input or a note and its sound: one cycle, and what the document adds itself.
    pub latency_frames: u32,
    /// How long it sounds after its notes and input have ended, as far as it says.
    pub tail: Option<Tail>,
    /// Whether notes start on their frame rather than on their cycle.
    pub exact_starts: bool,
    /// Warnings and notes of the build.
    pub diagnostics: Vec<Diagnostic>,
}

/// How notes reach an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteInput {
    /// They start instruments through the document's rules.
    Sched,
    /// They go to Csound's own MIDI opcodes.
    Midi,
    /// Nothing takes them.
    None,
}

/// What the engine has to say after a cycle.
pub trait CycleReport {
    /// A note's last voice has ended. [audio]
    fn note_ended(&mut self, note: NoteName);
    /// The orchestra sent a MIDI message. [audio]
    fn midi_out(&mut self, message: MidiOut);
    /// Events found no room. [audio]
    fn dropped(&mut self, count: u32);
}

/// A document that plays.
pub struct Engine {
    running: Running,
    info: Arc<EngineInfo>,
    messages: MessageQueue,
    controls: Controls,
    notes: NotePlayer,
    host_song: HostSong,
    /// Keys that are down on the native MIDI path, by channel and key, so that they can be let go.
    midi_keys: [u128; 16],
    /// The first frame of the coming cycle, counted from the start.
    frame: u64,
    /// Csound has left for good; silence from here on.
    left: bool,
    /// Files that the document carried; they live as long as the engine.
    _files: Option<tempfile::TempDir>,
}

impl Engine {
    /// What it is. [any]
    pub fn info(&self) -> &Arc<EngineInfo> {
        &self.info
    }

    /// What Csound prints while it plays. [any]
    pub fn messages(&self) -> &MessageQueue {
        &self.messages
    }

    /// Frames in a cycle. [any]
    pub fn ksmps(&self) -> usize {
        self.info.ksmps
    }

    /// Whether it has performed a cycle: then it is no longer as new. [any]
    pub fn has_performed(&self) -> bool {
        self.frame > 0
    }

    /// Whether Csound has left for good (`exitnow`): only silence comes. [any]
    pub fn has_left(&self) -> bool {
        self.left
    }

    /// How many voices sound. [any]
    pub fn voice_count(&self) -> usize {
        self.notes.voice_count() + self.midi_keys.iter().map(|keys| keys.count_ones() as usize).sum::<usize>()
    }

    /// The coming cycle's input, interleaved, in units of the document's 0dbfs. [audio]
    pub fn spin_mut(&mut self) -> &mut [f64] {
        self.running.spin_mut()
    }

    /// The last cycle's output, interleaved, in units of the document's 0dbfs. [audio]
    pub fn spout(&self) -> &[f64] {
        self.running.spout()
    }

    /// The amplitude that is full scale. [any]
    pub fn zero_dbfs(&self) -> f64 {
        self.running.zero_dbfs()
    }

    /// The running instance, for verbs. [control]
    pub fn running_mut(&mut self) -> &mut Running {
        &mut self.running
    }

    /// Takes in what happens `offset` frames into the coming cycle. Events come in the order of their frames. [audio]
    pub fn event(&mut self, offset: u32, kind: EventKind) {
        match self.info.note_input {
            NoteInput::Midi => self.event_as_midi(offset, kind),
            NoteInput::Sched => self.event_as_note(offset, kind),
            NoteInput::None => {}
        }
        let frame = self.frame + u64::from(offset);
        match kind {
            EventKind::Param { slot, normalized } => {
                self.controls.point(usize::from(slot), normalized, frame)
            }
            EventKind::Midi { bytes, len: 3 } if bytes[0] & 0xf0 == 0xb0 => {
                self.controls.controller(bytes[1], bytes[2], frame);
            }
            _ => {}
        }
    }

    /// Brings every parameter to where its slot stands, at once. For an engine that was built a while ago and has
    /// not performed. [audio]
    pub fn settle(&mut self, values: &SlotValues) {
        self.controls.settle(&mut self.running, values, self.frame);
    }

    /// The host's transport `offset` frames into the coming cycle. [audio]
    pub fn transport(&mut self, offset: u32, transport: Transport) {
        self.host_song.update(transport, self.frame + u64::from(offset));
    }

    /// Performs one cycle: writes what moves, runs Csound, and says what happened. [audio]
    pub fn perform(&mut self, report: &mut impl CycleReport) -> Performed {
        if self.left {
            return Performed::Left;
        }
        self.controls.advance(&mut self.running, self.frame, self.info.ksmps as u64);
        self.notes.advance(&mut self.running, self.frame);
        self.host_song.advance(&mut self.running, self.frame);
        let performed = self.running.perform();
        self.frame += self.info.ksmps as u64;
        self.left = performed == Performed::Left;
        self.notes.collect(&mut self.running, |note| report.note_ended(note));
        for &message in self.running.midi_out() {
            report.midi_out(message);
        }
        let dropped = std::mem::take(&mut self.notes.dropped);
        if dropped > 0 {
            report.dropped(dropped);
        }
        performed
    }

    /// Notes whose keys are down: what another engine starts again when it takes over. [audio]
    pub fn for_each_held(&self, mut each: impl FnMut(NoteName, f32)) {
        self.notes.held_notes().for_each(|(note, velocity)| each(note, velocity));
        for (channel, keys) in (0u8..).zip(&self.midi_keys) {
            for key in (0u8..128).filter(|key| keys >> key & 1 == 1) {
                each(NoteName { id: None, channel, key }, 0.8);
            }
        }
    }

    fn event_as_note(&mut self, offset: u32, kind: EventKind) {
        let Self { running, controls, notes, frame, .. } = self;
        match kind {
            EventKind::NoteOn { note, velocity } => {
                notes.note_on(running, controls, note, velocity, *frame, offset);
            }
            EventKind::NoteOff { notes: which, .. } => {
                notes.note_off(running, controls, which, *frame, offset)
            }
            EventKind::Choke { notes: which } => notes.choke(running, which),
            EventKind::Expression { notes: which, expression, value } => {
                notes.expression(running, which, expression, value);
            }
            EventKind::Modulation { notes: which, slot, offset } => {
                if let Some((instrument, index, value)) = controls.modulated(usize::from(slot), offset) {
                    notes.set_pfield(running, which, instrument, index, value);
                }
            }
            EventKind::Midi { bytes, .. } => notes.midi(running, bytes),
            EventKind::Param { .. } => {}
        }
    }

    fn event_as_midi(&mut self, offset: u32, kind: EventKind) {
        const NOTE_ON: u8 = 0x90;
        const NOTE_OFF: u8 = 0x80;
        const POLY_PRESSURE: u8 = 0xa0;
        let seven_bits = |unit: f64| (unit * 127.0).round().clamp(0.0, 127.0) as u8;
        match kind {
            EventKind::NoteOn { note, velocity } => {
                // Velocity 0 would be a note-off.
                let velocity = seven_bits(f64::from(velocity)).max(1);
                let bytes = [NOTE_ON | note.channel & 0x0f, note.key & 0x7f, velocity];
                if self.running.midi_in(bytes, 3, offset) {
                    self.midi_keys[usize::from(note.channel & 0x0f)] |= 1 << (note.key & 0x7f);
                }
            }
            EventKind::NoteOff { notes, velocity } => {
                self.midi_for_each_key(
                    notes,
                    |channel, key| [NOTE_OFF | channel, key, seven_bits(f64::from(velocity))],
                    true,
                    offset,
                );
            }
            EventKind::Choke { notes } => {
                self.midi_for_each_key(notes, |channel, key| [NOTE_OFF | channel, key, 0], true, offset);
            }
            EventKind::Expression { notes, expression: crate::event::Expression::Pressure, value } => {
                self.midi_for_each_key(
                    notes,
                    |channel, key| [POLY_PRESSURE | channel, key, seven_bits(value)],
                    false,
                    offset,
                );
            }
            EventKind::Midi { bytes, len } => {
                self.running.midi_in(bytes, len, offset);
                if bytes[0] & 0xf0 == 0xb0 && matches!(bytes[1], 120 | 123..=127) {
                    self.midi_keys[usize::from(bytes[0] & 0x0f)] = 0;
                }
            }
            EventKind::Expression { .. } | EventKind::Modulation { .. } | EventKind::Param { .. } => {}
        }
    }

    /// Sends a message for every key that is down and meant; a key that was let go is no longer down.
    fn midi_for_each_key(
        &mut self,
        notes: NoteSelector,
        message: impl Fn(u8, u8) -> [u8; 3],
        let_go: bool,
        offset: u32,
    ) {
        for channel in 0..16u8 {
            let mut keys = self.midi_keys[usize::from(channel)];
            while keys != 0 {
                let key = keys.trailing_zeros() as u8;
                keys &= keys - 1;
                // The host's ids mean nothing here: a selector with an id has channel and key as well.
                if !notes.matches(&NoteName { id: None, channel, key }) {
                    continue;
                }
                self.running.midi_in(message(channel, key), 3, offset);
                if let_go {
                    self.midi_keys[usize::from(channel)] &= !(1 << key);
                }
            }
        }
    }
}
