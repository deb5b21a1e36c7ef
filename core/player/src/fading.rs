//! The engine that goes: the next one takes its place within a short fade, or what was released in it rings out beside the
//! next one.
//!
//! It rings out where its document says how long that takes (`;@tail`) and nothing is held in it, or where the project lets
//! held notes stay ([`HeldNotes::Stay`]). First the next one's sound comes in beside it, then its input goes over to the next
//! one, each within 20 ms: so every part of an input is heard once, in one of the two or shared between them. What is played
//! goes to the next one at once. Its own sound stays as it is until its notes have ended and the tail is over or nothing is
//! heard any more.

use ksmps_data::event::{Event, EventKind, NoteName, NoteSelector};
use ksmps_data::sample;
use ksmps_document::Tail;
use ksmps_engine::renderer::{Block, Reports};
use ksmps_engine::{Held, VOICES_MAX};

use super::crossfade::{Crossfade, fade_frames};
use super::ends::BuiltEngine;
use super::held_notes::HeldNotes;
use super::performer::Performer;

/// Frames that are worked on at a time.
const CHUNK: usize = 256;
/// Most host channels on one side.
const CHANNELS_MAX: usize = 32;
/// Events that a chunk can have for the engine that goes; more are left out.
const EVENTS_MAX: usize = 1024;
/// Less is silence: -100 dBFS.
const QUIET_PEAK: f32 = 1e-5;
/// Seconds of silence behind its last note after which an engine has rung out.
const QUIET_S: f64 = 0.1;

/// Room in which an engine that goes is played. It is made once. `[audio]`
pub(super) struct Room {
    inputs: Box<[[f32; CHUNK]; CHANNELS_MAX]>,
    new_inputs: Box<[[f32; CHUNK]; CHANNELS_MAX]>,
    outputs: Box<[[f32; CHUNK]; CHANNELS_MAX]>,
    /// Those of a chunk.
    events: Vec<Event>,
    /// Those of a block that count for the engine that goes.
    for_old: Vec<Event>,
    /// Those of a block that count for the one that comes.
    for_new: Vec<Event>,
    reports: Reports,
}

/// Notes that ring out, until the host has heard that they have ended. Its room is made once. `[audio]`
pub(super) struct RingingNotes(Vec<RingingNote>);

/// One of them.
#[derive(Debug, Clone, Copy)]
struct RingingNote {
    note: NoteName,
    /// Its key is down.
    is_held: bool,
}

/// The engine that goes.
pub(super) struct Fading {
    pub engine: BuiltEngine,
    /// Frames in which it is heard alone: so much later the next one is heard.
    alone: usize,
    way: Way,
}

/// How it goes.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one of them, and the audio thread makes no box for it"
)]
enum Way {
    /// The next one takes its place.
    Over(Crossfade),
    /// It is heard beside the next one.
    Ring(Ring),
}

/// An engine that rings out.
struct Ring {
    /// Frames in which the next one comes in, and in which this one goes at the end.
    fade: usize,
    /// Frames of the next one's coming that are done.
    come: usize,
    /// Frames of the input's way to the next one that are done.
    handed: usize,
    /// Frames that it sounds on after its last note.
    tail: Option<u64>,
    /// Frames since its last note has ended.
    rest: u64,
    /// Frames since it was heard last.
    quiet: u64,
    /// Frames of silence that are enough.
    quiet_enough: u64,
    /// Frames of its going that are done, once it has begun.
    gone: Option<usize>,
    /// Notes that are held stay in it, and hear what the host says of them.
    holds: bool,
}

impl Room {
    /// Takes out the events of the block that [`Fading::share`] gave to the engine that comes; [`Room::give_back`] has their
    /// memory again. `[audio]`
    pub fn take_for_new(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.for_new)
    }

    /// Takes back what was taken out. `[audio]`
    pub fn give_back(&mut self, events: Vec<Event>) {
        self.for_new = events;
    }

    /// Room for everything. `[control]`
    pub fn new() -> Self {
        Self {
            inputs: Box::new([[0.0; CHUNK]; CHANNELS_MAX]),
            new_inputs: Box::new([[0.0; CHUNK]; CHANNELS_MAX]),
            outputs: Box::new([[0.0; CHUNK]; CHANNELS_MAX]),
            events: Vec::with_capacity(EVENTS_MAX),
            for_old: Vec::with_capacity(EVENTS_MAX),
            for_new: Vec::with_capacity(EVENTS_MAX),
            reports: Reports::default(),
        }
    }
}

impl RingingNotes {
    /// None. `[control]`
    pub fn new() -> Self {
        Self(Vec::with_capacity(2 * VOICES_MAX))
    }

    /// Those that sound in an engine that rings out, with their keys down or not. `[audio]`
    pub fn begin(&mut self, sounding: impl Iterator<Item = NoteName>, is_held: bool) {
        let room = self.0.capacity() - self.0.len();
        self.0.extend(sounding.take(room).map(|note| RingingNote { note, is_held }));
    }

    /// Whether a note-off means a note whose key is down here, and none that began since: of a key that is down twice the
    /// oldest goes first. It is up then. `[audio]`
    fn lift(&mut self, notes: &NoteSelector) -> bool {
        let is_one = notes.id.is_some() || notes.channel.is_some() && notes.key.is_some();
        let held = |one: &&mut RingingNote| one.is_held && notes.matches(&one.note);
        let exactly =
            self.0.iter().position(|one| one.is_held && notes.matches(&one.note) && one.note.id == notes.id);
        let found = match exactly {
            _ if !is_one => None,
            Some(at) => self.0.get_mut(at),
            None => self.0.iter_mut().find(held),
        };
        found.map(|one| one.is_held = false).is_some()
    }

    /// Whether this one is among them; it has ended then. `[audio]`
    fn end(&mut self, note: NoteName) -> bool {
        let exactly = self.0.iter().position(|one| one.note == note);
        let at =
            exactly.or_else(|| self.0.iter().position(|one| NoteSelector::from(note).matches(&one.note)));
        at.map(|at| self.0.swap_remove(at)).is_some()
    }

    /// All of them have ended. `[audio]`
    pub fn end_all(&mut self, ended: impl FnMut(NoteName)) {
        self.0.drain(..).map(|one| one.note).for_each(ended);
    }

    /// Forgets them. `[audio]`
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl Fading {
    /// An engine whose place the next one takes, once it was heard alone for so many frames. `[audio]`
    pub fn over(engine: BuiltEngine, alone: usize) -> Self {
        let frames = fade_frames(engine.performer.info().rate);
        Self { engine, alone, way: Way::Over(Crossfade::new(frames)) }
    }

    /// An engine that may ring out: what it leaves to the next one is written down in `held`, and what stays in it is taken out of
    /// that. `[audio]`
    pub fn beside(
        engine: BuiltEngine,
        alone: usize,
        held_notes: HeldNotes,
        held: &mut Held,
        ringing: &mut RingingNotes,
    ) -> Self {
        let stay = held_notes == HeldNotes::Stay && held.is_holding();
        let info = engine.performer.info();
        let says_how_long = !matches!(info.tail, None | Some(Tail::Seconds(0.0)));
        // What plays a score would go on with it beside the next one.
        let may_ring = !engine.performer.is_dead() && !held.plays_score();
        if !(may_ring && (stay || says_how_long && !held.is_holding())) {
            return Self::over(engine, alone);
        }
        ringing.begin(held.ended(), false);
        if stay {
            ringing.begin(held.held(), true);
            held.leave_notes();
        } else {
            held.leave_ended();
        }
        let frames = |seconds: f64| (seconds * info.rate).round() as u64;
        let tail = match info.tail {
            Some(Tail::Infinite) => None,
            Some(Tail::Seconds(seconds)) => Some(frames(seconds)),
            None => Some(0),
        };
        let ring = Ring {
            fade: fade_frames(info.rate),
            come: 0,
            handed: 0,
            tail,
            rest: 0,
            quiet: 0,
            quiet_enough: frames(QUIET_S),
            gone: None,
            holds: stay,
        };
        Self { engine, alone, way: Way::Ring(ring) }
    }

    /// Another engine waits: one that rings out goes now. `[audio]`
    pub fn hurry(&mut self) {
        if let Way::Ring(ring) = &mut self.way {
            ring.gone.get_or_insert(0);
        }
    }

    /// How the next engine gets its input in the block that comes; `None` where it has all of it. `[audio]`
    pub fn input_fade(&self) -> Option<InputFade> {
        match &self.way {
            Way::Ring(ring) if ring.handed < ring.fade => Some(InputFade {
                silent: self.alone + (ring.fade - ring.come),
                done: ring.handed,
                frames: ring.fade,
            }),
            _ => None,
        }
    }

    /// Whether nothing of it is heard any more. `[audio]`
    pub fn is_over(&self) -> bool {
        let has_gone = match &self.way {
            Way::Over(fade) => fade.frames_left() == 0,
            Way::Ring(ring) => ring.gone.is_some_and(|gone| gone >= ring.fade),
        };
        has_gone && self.alone == 0
    }

    /// How many voices ring out. `[audio]`
    pub fn ringing_voices(&self) -> usize {
        if let Way::Ring(_) = self.way { self.engine.performer.voice_count() } else { 0 }
    }

    /// An event of the window, at the frame that is played next: it counts for notes that stay here; whether it does for the
    /// next engine, too. `[audio]`
    pub fn event(&mut self, kind: EventKind, ringing: &mut RingingNotes) -> bool {
        let Way::Ring(Ring { holds: true, .. }) = self.way else { return true };
        let meant = Meant::of(kind, ringing);
        if meant.is_for_old() {
            self.engine.performer.event(kind);
        }
        meant.is_for_new()
    }

    /// Where notes stay here, gives each event of a block to those for whom it counts; whether it did. `[audio]`
    pub fn share(&self, events: &[Event], room: &mut Room, ringing: &mut RingingNotes) -> bool {
        room.for_old.clear();
        room.for_new.clear();
        if !matches!(self.way, Way::Ring(Ring { holds: true, .. })) {
            return false;
        }
        for event in events.iter().take(EVENTS_MAX) {
            let meant = Meant::of(event.kind, ringing);
            room.for_old.extend(meant.is_for_old().then_some(*event));
            room.for_new.extend(meant.is_for_new().then_some(*event));
        }
        // More than there is room for all count for the next engine.
        events.len() <= EVENTS_MAX
    }

    /// Plays the next frames of a block, which begin at frame `at`, and mixes them with those of the next engine that are there;
    /// how many. `[audio]`
    pub fn play(
        &mut self,
        block: &mut Block<'_, '_>,
        at: usize,
        room: &mut Room,
        ringing: &mut RingingNotes,
        reports: &mut Reports,
    ) -> usize {
        let frames = CHUNK.min(block.frames - at).min(self.frames_alike());
        let Room { inputs: input_room, outputs: output_room, events, for_old, reports: own_reports, .. } =
            room;
        let mut inputs: [&[f32]; CHANNELS_MAX] = [&[]; CHANNELS_MAX];
        let places = inputs.iter_mut().zip(block.inputs).zip(input_room.iter_mut());
        for ((place, input), room) in places {
            let input = &input[at..at + frames];
            *place = match &self.way {
                Way::Ring(ring) if self.alone == 0 && ring.come == ring.fade => ring.fade_input(input, room),
                _ => input,
            };
        }
        events.clear();
        if let Way::Ring(ring) = &mut self.way
            && block.inputs.is_empty()
        {
            ring.handed = ring.fade;
        }
        let here = for_old.iter().filter(|event| (at..at + frames).contains(&(event.frame as usize)));
        events.extend(here.map(|event| Event { frame: event.frame - at as u32, ..*event }));
        let mut outputs = output_room.each_mut().map(|channel| &mut channel[..frames]);
        let count = block.outputs.len().min(CHANNELS_MAX);
        let mut old = Block {
            inputs: &inputs[..block.inputs.len().min(CHANNELS_MAX)],
            outputs: &mut outputs[..count],
            frames,
            events,
        };
        own_reports.clear();
        self.engine.performer.process(&mut old, own_reports);
        self.mix(block.outputs, at, &outputs[..count], frames);
        if let Way::Ring(_) = self.way {
            for &(frame, note) in &own_reports.ended {
                if ringing.end(note) {
                    reports.note_ended_at(at as u32 + frame, note);
                }
            }
        }
        frames
    }

    /// Frames that are mixed in the same way as the next one.
    fn frames_alike(&self) -> usize {
        match (&self.way, self.alone) {
            (Way::Over(fade), 0) => fade.frames_left(),
            (Way::Ring(ring), 0) => ring.frames_alike(),
            (_, alone) => alone,
        }
    }

    fn mix(&mut self, new: &mut [&mut [f32]], at: usize, old: &[&mut [f32]], frames: usize) {
        if self.alone > 0 {
            self.alone -= frames;
            for (new, old) in new.iter_mut().zip(old) {
                new[at..at + frames].copy_from_slice(old);
            }
            return;
        }
        match &mut self.way {
            Way::Over(fade) => fade.mix(new, at, old, frames),
            Way::Ring(ring) => {
                ring.mix(new, at, old, frames);
                let (voices, is_dead) =
                    (self.engine.performer.voice_count(), self.engine.performer.is_dead());
                ring.look(old, frames, voices, is_dead);
            }
        }
    }
}

/// How an engine gets its input: nothing at first, then more and more of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct InputFade {
    /// Frames without any.
    silent: usize,
    /// Frames of the way that are done.
    done: usize,
    /// Frames of the whole way.
    frames: usize,
}

impl InputFade {
    /// The gain at a frame from now on.
    fn gain(self, frame: usize) -> f32 {
        let done = (self.done + frame).saturating_sub(self.silent);
        done.min(self.frames) as f32 / self.frames as f32
    }

    /// Plays a block of the engine that comes, with its input at this gain. `[audio]`
    pub fn play(
        self,
        performer: &mut dyn Performer,
        block: &mut Block<'_, '_>,
        room: &mut Room,
        reports: &mut Reports,
    ) {
        let (inputs_count, outputs_count) = (block.inputs.len(), block.outputs.len());
        // More channels than there is room for have all of their input at once.
        if inputs_count > CHANNELS_MAX || outputs_count > CHANNELS_MAX {
            return performer.process(block, reports);
        }
        for at in (0..block.frames).step_by(CHUNK) {
            let frames = CHUNK.min(block.frames - at);
            let mut inputs: [&[f32]; CHANNELS_MAX] = [&[]; CHANNELS_MAX];
            for ((place, input), faded) in inputs.iter_mut().zip(block.inputs).zip(room.new_inputs.iter_mut())
            {
                for (frame, (faded, sample)) in faded.iter_mut().zip(&input[at..at + frames]).enumerate() {
                    *faded = sample * self.gain(at + frame);
                }
                *place = &faded[..frames];
            }
            let mut outputs: [&mut [f32]; CHANNELS_MAX] = Default::default();
            for (place, output) in outputs.iter_mut().zip(block.outputs.iter_mut()) {
                *place = &mut output[at..at + frames];
            }
            // What is beyond the block's end counts as its last frame.
            let last = block.frames - 1;
            let here = |event: &&Event| (at..at + frames).contains(&(event.frame as usize).min(last));
            let moved = |event: &Event| Event { frame: event.frame.min(last as u32) - at as u32, ..*event };
            room.events.clear();
            room.events.extend(block.events.iter().filter(here).map(moved).take(EVENTS_MAX));
            let told = (reports.ended.len(), reports.midi_out.len(), reports.params.len());
            let mut piece = Block {
                inputs: &inputs[..inputs_count],
                outputs: &mut outputs[..outputs_count],
                frames,
                events: &room.events,
            };
            performer.process(&mut piece, reports);
            reports.ended[told.0..].iter_mut().for_each(|(frame, _)| *frame += at as u32);
            reports.midi_out[told.1..].iter_mut().for_each(|(frame, _)| *frame += at as u32);
            reports.params[told.2..].iter_mut().for_each(|(frame, ..)| *frame += at as u32);
        }
    }
}

impl Ring {
    fn frames_alike(&self) -> usize {
        match self.gone {
            _ if self.come < self.fade => self.fade - self.come,
            _ if self.handed < self.fade => self.fade - self.handed,
            Some(gone) => self.fade - gone,
            None => CHUNK,
        }
    }

    /// The gain of the next engine at a frame from now on.
    fn come_gain(&self, frame: usize) -> f32 {
        (self.come + frame).min(self.fade) as f32 / self.fade as f32
    }

    fn fade_input<'a>(&self, input: &[f32], room: &'a mut [f32; CHUNK]) -> &'a [f32] {
        let fade = InputFade { silent: 0, done: self.handed, frames: self.fade };
        for (frame, (place, sample)) in room.iter_mut().zip(input).enumerate() {
            *place = sample * (1.0 - fade.gain(frame));
        }
        &room[..input.len()]
    }

    fn mix(&mut self, new: &mut [&mut [f32]], at: usize, old: &[&mut [f32]], frames: usize) {
        let (is_coming, is_handing) = (self.come < self.fade, self.handed < self.fade);
        for (new, old) in new.iter_mut().zip(old) {
            for (frame, (new, old)) in new[at..at + frames].iter_mut().zip(old.iter()).enumerate() {
                let gone = match self.gone {
                    Some(gone) if !is_coming && !is_handing => (gone + frame) as f32 / self.fade as f32,
                    _ => 0.0,
                };
                *new = sample::for_host(*new * self.come_gain(frame) + old * (1.0 - gone));
            }
        }
        if is_coming {
            self.come += frames;
        } else if is_handing {
            self.handed += frames;
        } else if let Some(gone) = &mut self.gone {
            *gone += frames;
        }
    }

    /// Sees whether it has rung out.
    fn look(&mut self, old: &[&mut [f32]], frames: usize, voices: usize, is_dead: bool) {
        let is_quiet = old.iter().all(|channel| channel.iter().all(|sample| sample.abs() < QUIET_PEAK));
        self.quiet = if is_quiet { self.quiet + frames as u64 } else { 0 };
        self.rest = if voices == 0 { self.rest + frames as u64 } else { 0 };
        let has_rung = self.tail.is_some_and(|tail| self.rest >= tail) || self.quiet >= self.quiet_enough;
        if is_dead {
            (self.come, self.handed, self.gone) = (self.fade, self.fade, Some(self.fade));
        } else if voices == 0 && has_rung {
            self.gone.get_or_insert(0);
        }
    }
}

/// For whom an event counts while notes stay in one engine and another one plays what begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    Old,
    New,
    Both,
}

impl Meant {
    fn of(kind: EventKind, ringing: &mut RingingNotes) -> Self {
        match kind {
            EventKind::NoteOn { .. } => Self::New,
            EventKind::NoteOff { notes, .. } if ringing.lift(&notes) => Self::Old,
            _ => Self::Both,
        }
    }

    fn is_for_old(self) -> bool {
        self != Self::New
    }

    fn is_for_new(self) -> bool {
        self != Self::Old
    }
}
