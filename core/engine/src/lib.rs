//! One document, playing: a started Csound with its notes and parameters.
//!
//! An engine is built on a thread that may take its time (`build`), then owned by one thread that performs it. It
//! advances by cycles; cutting the host's blocks into cycles is the renderer's work. It knows documents and Csound,
//! not hosts.

mod agenda;
mod build;
pub mod command;
mod control;
mod direct;
mod executor;
mod files;
mod filling;
mod first_notes;
mod held;
mod held_parts;
pub mod history;
mod host_channels;
mod kept;
mod midi_channels;
mod midi_keys;
mod mono;
mod named;
mod note_rules;
mod notes;
mod params;
mod places;
pub(crate) mod players;
mod project_session;
mod proofs;
mod ramp;
pub mod renderer;
pub mod report;
mod rest;
pub mod route;
mod score;
mod seen;
mod self_test;
pub mod session_setup;
mod symbols;
mod templates;
pub mod verbs;
mod voices;

use std::sync::Arc;

pub use agenda::{AGENDA_ROOM, Agenda};
pub use build::{BuildError, BuildRequest, build, give_python};
pub use command::{Command, Question, Reply, Returned, TABLE_READ_MAX, Timed, Value};
pub use direct::{Direct, FileVerbs, MakingVerbs};
pub use executor::{
    AWAITED_MAX, CHANGES_MAX, ChannelChange, Executor, READINGS_MAX, WAITING_MAX, WATCHES_MAX,
};
pub use filling::{BoundRule, NOTE_PFIELDS_MAX};
pub use first_notes::MadeInstances;
pub use held::Held;
pub use held_parts::HeldPart;
pub use kept::{KEPT_CHUNK_WORDS, KEPT_TURN_WORDS, KeptBoard, KeptItem, KeptLayout};
pub use ksmps_data::transport::TRANSPORT_CHANNELS;
pub use places::ChannelPlaces;
pub use proofs::{ProvenFile, prove_layouts, proven_file, take_as_proven};
pub use ramp::Ramp;
pub use symbols::{ChannelHandle, Counters, Growing, LIVE_TEXTS_MAX, Symbols, TextNumbers};
pub use voices::VOICES_MAX;

pub use ksmps_csound::MemoryTaken;
use ksmps_csound::{MessageQueue, MidiOut, Performed, Running};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::event::{EventKind, Expression, NoteName};
use ksmps_data::named_number::NamedNumber;
use ksmps_data::params::{Param, SlotValues};
use ksmps_data::transport::Transport;
use ksmps_data::verbs::When;
use ksmps_data::watched::WatchReading;
use ksmps_document::{About, ChannelRange, Tail};

use control::Controls;
use host_channels::HostSong;
use kept::KeptPlaces;
use midi_keys::MidiKeys;
use notes::NotePlayer;
use rest::Rest;
use score::{Play, Score};

/// What an engine is, for everyone who does not own it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EngineInfo {
    /// Who and what the document says it is.
    pub about: About,
    /// Frames per second.
    pub rate: f64,
    /// Frames in a cycle.
    pub ksmps: usize,
    /// Input channels of the orchestra.
    pub inputs: usize,
    /// Output channels of the orchestra.
    pub outputs: usize,
    /// Named input buses; empty where the document names none.
    pub input_buses: Vec<ChannelRange>,
    /// Named output buses; empty where the document names none.
    pub output_buses: Vec<ChannelRange>,
    /// Tables and buses that the header has made, with the names of their variables; empty where variables cannot be seen.
    pub named_numbers: Vec<NamedNumber>,
    /// Its parameters, each with the slot that moves it.
    pub params: Vec<(usize, Param)>,
    /// How notes reach it.
    pub note_input: NoteInput,
    /// What is to be said when a note arrives; `None` where notes are heard.
    pub refused_note: Option<Diagnostic>,
    /// Frames between an input or a note and its sound: one cycle, and what the document adds itself.
    pub latency_frames: u32,
    /// How long it sounds after its notes and input have ended, as far as it says.
    pub tail: Option<Tail>,
    /// Whether notes start on their frame rather than on their cycle.
    pub exact_starts: bool,
    /// Instances that were made before the first cycle for the notes of each instrument.
    pub made: Vec<MadeInstances>,
    /// What of its tables and channels the project keeps.
    pub kept: KeptLayout,
    /// Warnings and notes of the build.
    pub diagnostics: Vec<Diagnostic>,
}

/// How notes reach an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
    /// A note's last voice has ended. `[audio]`
    fn note_ended(&mut self, note: NoteName);
    /// The orchestra sent a MIDI message. `[audio]`
    fn midi_out(&mut self, message: MidiOut);
    /// Events found no room. `[audio]`
    fn dropped(&mut self, count: u32);
    /// A note arrived that nothing takes, or that reaches no p-field: [`EngineInfo::refused_note`]. Told once for
    /// each engine. `[audio]`
    fn note_refused(&mut self);
    /// The orchestra wrote the channel of a parameter with `send`: its slot and its normalized value. `[audio]`
    fn param_written(&mut self, slot: u16, normalized: f64);
    /// Csound took memory while it performed, such as a note's init pass does for a delay line. `[audio]`
    fn memory_taken(&mut self, taken: MemoryTaken);
}

/// A document that plays.
pub struct Engine {
    running: Running,
    info: Arc<EngineInfo>,
    symbols: Arc<Symbols>,
    /// What it is asked for by commands.
    executor: Executor,
    messages: MessageQueue,
    controls: Controls,
    notes: NotePlayer,
    host_song: HostSong,
    kept: KeptPlaces,
    score: Score,
    /// What of its session follows the host's song.
    plays: Vec<Play>,
    /// What was sent to Csound's own MIDI opcodes.
    midi_keys: MidiKeys,
    rest: Rest,
    /// Something was written or asked for since the last cycle of which the cycle itself shows nothing.
    is_touched: bool,
    /// Cycles that went by without being performed, and whether the last one did.
    passed: u64,
    has_passed: bool,
    /// The first frame of the coming cycle, counted from the start.
    frame: u64,
    /// Csound has left for good; silence from here on.
    left: bool,
    /// A note arrived that is not heard; told once.
    note_was_refused: bool,
    note_refusal_told: bool,
    /// Files of the document and sounds of the session; they live as long as the engine.
    _files: (Option<files::UnpackedFiles>, Option<tempfile::TempDir>),
}

impl Engine {
    /// What it is. `[any]`
    pub fn info(&self) -> &Arc<EngineInfo> {
        &self.info
    }

    /// Its instruments and channels by name. `[any]`
    pub fn symbols(&self) -> &Arc<Symbols> {
        &self.symbols
    }

    /// What Csound prints while it plays. `[any]`
    pub fn messages(&self) -> &MessageQueue {
        &self.messages
    }

    /// Frames in a cycle. `[any]`
    pub fn ksmps(&self) -> usize {
        self.info.ksmps
    }

    /// Whether it has performed a cycle: then it is no longer as new. `[any]`
    pub fn has_performed(&self) -> bool {
        self.frame > 0
    }

    /// Whether Csound has left for good (`exitnow`): only silence comes. `[any]`
    pub fn has_left(&self) -> bool {
        self.left
    }

    /// How many voices sound. `[any]`
    pub fn voice_count(&self) -> usize {
        self.notes.voice_count() + self.midi_keys.down_count()
    }

    /// The coming cycle's input, interleaved, in units of the document's 0dbfs. `[audio]`
    pub fn spin_mut(&mut self) -> &mut [f64] {
        self.running.spin_mut()
    }

    /// The last cycle's output, interleaved, in units of the document's 0dbfs. `[audio]`
    pub fn spout(&self) -> &[f64] {
        self.running.spout()
    }

    /// The amplitude that is full scale. `[any]`
    pub fn zero_dbfs(&self) -> f64 {
        self.running.zero_dbfs()
    }

    /// The running instance, for verbs. `[control]`
    pub fn running_mut(&mut self) -> &mut Running {
        self.is_touched = true;
        &mut self.running
    }

    /// Takes in what happens `offset` frames into the coming cycle. Events come in the order of their frames. `[audio]`
    pub fn event(&mut self, offset: u32, kind: EventKind) {
        self.note_was_refused |= matches!(kind, EventKind::NoteOn { .. }) && self.info.refused_note.is_some();
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
            EventKind::ParamModulation { slot, offset } => {
                self.controls.modulate(usize::from(slot), offset, frame);
            }
            EventKind::Midi { bytes, len: 3 } if bytes[0] & 0xf0 == 0xb0 => {
                self.controls.controller(bytes[1], bytes[2], frame);
            }
            _ => {}
        }
    }

    /// Brings every parameter to where its slot stands, at once. For an engine that was built a while ago and has
    /// not performed. `[audio]`
    pub fn settle(&mut self, values: &SlotValues) {
        self.is_touched = true;
        self.controls.settle(&mut self.running, values, self.frame);
    }

    /// The host's transport `offset` frames into the coming cycle. `[audio]`
    pub fn transport(&mut self, offset: u32, transport: Transport) {
        let frame = self.frame + u64::from(offset);
        self.host_song.update(transport, self.frame, frame);
        self.score.transport(&mut self.running, transport, frame);
        self.plays.iter_mut().for_each(|play| play.transport(&mut self.running, transport, frame));
    }

    /// Performs one cycle: writes what moves, runs Csound, and says what happened. Where nothing sounds and nothing begins,
    /// and where a document rests that asks for it, the cycle is counted and not run. `[audio]`
    pub fn perform(&mut self, report: &mut impl CycleReport) -> Performed {
        if self.left {
            return Performed::Left;
        }
        let ksmps = self.info.ksmps as u64;
        let taken_before = self.running.memory_taken();
        self.controls.advance(&mut self.running, self.frame, ksmps);
        let mut dropped = self.score.advance(&mut self.running, self.frame, ksmps);
        // What follows the song writes values, too, in the cycle in which the last of them comes as well.
        let events_moved = self.plays.iter().any(Play::moves);
        for play in &mut self.plays {
            dropped += play.advance(&mut self.running, self.frame, ksmps);
        }
        self.notes.advance(&mut self.running, &self.controls, self.frame);
        self.midi_keys.pay(&mut self.running);
        let song_moved = self.host_song.advance(&mut self.running, self.frame);
        let acted = self.executor.advance(&mut self.running);
        let is_disturbed = std::mem::take(&mut self.is_touched) || acted || song_moved || events_moved;
        let performed = self.run_cycle(is_disturbed);
        self.executor.performed(&mut self.running);
        self.frame += ksmps;
        self.left = performed == Performed::Left;
        self.notes.collect(&mut self.running, |note| report.note_ended(note));
        for &message in self.running.midi_out() {
            report.midi_out(message);
        }
        if self.note_was_refused && !self.note_refusal_told {
            self.note_refusal_told = true;
            report.note_refused();
        }
        self.controls.tell_written(&self.running, |slot, value| {
            self.rest.disturb();
            report.param_written(slot, value);
        });
        dropped += std::mem::take(&mut self.notes.dropped) + std::mem::take(&mut self.midi_keys.dropped);
        if dropped > 0 {
            report.dropped(dropped);
        }
        let taken = self.running.memory_taken().since(taken_before);
        if !taken.is_none() {
            report.memory_taken(taken);
        }
        performed
    }

    /// Writes down what another engine is to go on with `offset` frames into the coming cycle: controllers, modulation,
    /// keys that are down, the pedal, the place in a free score. `[audio]`
    pub fn hold(&self, offset: u32, held: &mut Held) {
        held.clear();
        held.score = self.score.hold(self.frame + u64::from(offset));
        held.score.plays |= self.plays.iter().any(Play::moves);
        self.controls.hold(held);
        self.notes.hold(held);
        self.midi_keys.hold(held);
    }

    /// Goes on where another engine was. Notes in their release ended with it, and their ends are reported here.
    /// `[audio]`
    pub fn take_over(&mut self, held: &Held) {
        self.is_touched = true;
        self.score.take_over(&mut self.running, held.score.frame, self.frame);
        self.plays.iter_mut().for_each(Play::take_over);
        self.controls.take_over(&mut self.running, held, self.frame);
        match self.info.note_input {
            NoteInput::Sched => self.notes.take_over(&mut self.running, held, self.frame),
            NoteInput::Midi => self.midi_keys.take_over(&mut self.running, held),
            NoteInput::None => {}
        }
    }

    /// A board with what the document keeps, as it is now; `None` where it keeps nothing. `[control]`
    pub fn kept_board(&self) -> Option<KeptBoard> {
        self.kept.board(&self.running)
    }

    /// Reads words of what the document keeps, from `first` on ([`KeptLayout`]). `[audio]`
    pub fn read_kept(&self, first: usize, words: &mut [u64]) {
        self.kept.read(&self.running, first, words);
    }

    /// Writes words of what the document keeps, from `first` on. `[audio]`
    pub fn write_kept(&mut self, first: usize, words: &[u64]) {
        self.is_touched = true;
        self.kept.write(&mut self.running, first, words);
    }

    /// Takes a command `offset` frames into the coming cycle. What is done with and owns memory comes back, to be freed
    /// elsewhere. `[audio]`
    ///
    /// # Errors
    /// The command itself where there is no room for it, and what takes memory ([`Command::Make`]).
    pub fn command(
        &mut self,
        offset: u32,
        when: When,
        command: Command,
    ) -> Result<Option<Returned>, Command> {
        // What is only watched sounds as it would anyway.
        self.is_touched |= !command.leaves_as_new();
        let now = (self.frame + u64::from(offset)) as f64 / self.info.rate;
        let seconds = match when {
            When::In(delay) => now + delay,
            When::At(time) => time.max(now),
        };
        self.executor.take(&mut self.running, seconds, command)
    }

    /// The newest box that is done with, or an answer. `[audio]`
    pub fn give_back(&mut self) -> Option<Returned> {
        self.executor.give_back()
    }

    /// The oldest reading of a watched value that was not fetched yet. `[audio]`
    pub fn next_reading(&mut self) -> Option<WatchReading> {
        self.executor.next_reading()
    }

    /// The oldest change of a watched channel that was not fetched yet. `[audio]`
    pub fn next_change(&mut self) -> Option<ChannelChange> {
        self.executor.next_change()
    }

    /// How many changes of watched channels were lost since the last call. `[audio]`
    pub fn take_lost_changes(&mut self) -> u32 {
        self.executor.take_lost_changes()
    }

    /// How many cycles went by without being performed, because nothing sounded in them or the document rested. `[any]`
    pub fn passed_cycles(&self) -> u64 {
        self.passed
    }

    /// Whether the last cycle was one of them: its output is silence. `[audio]`
    pub fn has_passed(&self) -> bool {
        self.has_passed
    }

    /// How many frames have gone by since the start. `[any]`
    pub fn frames(&self) -> u64 {
        self.frame
    }

    fn event_as_note(&mut self, offset: u32, kind: EventKind) {
        let Self { running, notes, frame, .. } = self;
        match kind {
            EventKind::NoteOn { note, velocity } => notes.note_on(running, note, velocity, *frame, offset),
            EventKind::NoteOff { notes: which, velocity } => {
                notes.note_off(running, which, velocity, *frame, offset);
            }
            EventKind::Choke { notes: which } => notes.choke(running, which),
            EventKind::Expression { notes: which, expression, value } => {
                notes.expression(which, expression, value)
            }
            EventKind::Modulation { notes: which, slot, offset } => notes.modulate(which, slot, offset),
            EventKind::Midi { bytes, .. } => notes.midi(running, bytes),
            EventKind::Param { .. } | EventKind::ParamModulation { .. } => {}
        }
    }

    fn event_as_midi(&mut self, offset: u32, kind: EventKind) {
        const POLY_PRESSURE: u8 = 0xa0;
        let seven_bits = |unit: f64| (unit * 127.0).round().clamp(0.0, 127.0) as u8;
        let Self { running, midi_keys, .. } = self;
        match kind {
            // Velocity 0 would be a note-off.
            EventKind::NoteOn { note, velocity } => {
                midi_keys.note_on(running, note, seven_bits(f64::from(velocity)).max(1), offset);
            }
            EventKind::NoteOff { notes, velocity } => {
                midi_keys.note_off(running, notes, seven_bits(f64::from(velocity)), offset);
            }
            EventKind::Choke { notes } => midi_keys.note_off(running, notes, 0, offset),
            EventKind::Expression { notes, expression: Expression::Pressure, value } => {
                midi_keys.send_for_keys(running, notes, POLY_PRESSURE, seven_bits(value), offset);
            }
            EventKind::Midi { bytes, len } => midi_keys.message(running, bytes, len, offset),
            EventKind::Expression { .. }
            | EventKind::Modulation { .. }
            | EventKind::Param { .. }
            | EventKind::ParamModulation { .. } => {}
        }
    }
}
