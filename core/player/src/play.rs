//! The audio half: one block through the engines that it has.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ksmps_data::event::{EventKind, NoteSelector};
use ksmps_data::transport::Transport;
use ksmps_document::Tail;
use ksmps_engine::EngineInfo;
use ksmps_engine::command::{Returned, Timed};
use ksmps_engine::renderer::{Block, Reports};

use super::adoption::Engines;
use super::ends::{AudioEnd, BuiltEngine, ToAudio, ToControl};
use super::fading::Room;
use super::meter::{Meter, Pace, Slowness};
use super::reports::{EngineState, Report};

/// The status byte of a MIDI controller, without its channel.
const CONTROL_CHANGE: u8 = 0xb0;
/// Commands that are taken at the beginning of one block; the others wait for the next.
pub const COMMANDS_PER_BLOCK_MAX: usize = 64;
/// How long a reset of an offline render waits for an engine as new. Far above any build that was measured.
const OFFLINE_PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks.
const OFFLINE_LOOK: Duration = Duration::from_millis(1);

/// The audio half of a plugin instance. `[audio]`
pub struct Player {
    end: AudioEnd,
    engines: Engines,
    /// The host's transport, for the block that comes next.
    transport: Option<Transport>,
    is_offline: bool,
    /// An engine has died in an offline render.
    has_lost_render: bool,
    latency_frames: u32,
    tail: Option<Tail>,
    /// The last engine of which a spare was asked for.
    spare_asked: u64,
    /// The last engine of which was reported that Csound has left it.
    left_reported: u64,
    meter: Meter,
    slowness: Slowness,
    room: Room,
    #[cfg(test)]
    pub(super) waits: usize,
}

impl Player {
    pub(super) fn new(end: AudioEnd) -> Self {
        Self {
            end,
            engines: Engines::new(),
            transport: None,
            is_offline: false,
            has_lost_render: false,
            latency_frames: 0,
            tail: None,
            spare_asked: 0,
            left_reported: 0,
            meter: Meter::new(),
            slowness: Slowness::default(),
            room: Room::new(),
            #[cfg(test)]
            waits: 0,
        }
    }

    /// Takes the newest engine that waits, at once and without a fade, and lets go what is of another rate. Before the
    /// first block. `[control]`
    pub fn adopt(&mut self) {
        self.has_lost_render = false;
        self.engines.adopt_at_once(&mut self.end);
        self.engine_changed();
    }

    /// Lets every engine go; silence until the next one comes. `[control]`
    pub fn release(&mut self) {
        self.engines.release(&mut self.end);
        self.engine_changed();
    }

    /// Says whether the host renders offline, as far as it is certain: then, and only then, a reset may wait. `[any]`
    pub fn set_offline(&mut self, is_offline: bool) {
        self.is_offline = is_offline;
        self.has_lost_render &= is_offline;
    }

    /// Whether an engine has died in an offline render since the last reset or activation: what is rendered from then on is
    /// not what the document says. `[audio]`
    pub fn has_lost_render(&self) -> bool {
        self.has_lost_render
    }

    /// Silences everything that sounds and makes the engine as new, so that the same events give the same samples again.
    ///
    /// In real time it never waits. The spare that was made ready beforehand plays; where there is none yet, the engine
    /// is stopped, and one as new plays as soon as it is there, with the notes that were begun in between and are down
    /// still. In an offline render it waits for that engine, at most five seconds. `[audio]`
    pub fn reset(&mut self) {
        self.has_lost_render = false;
        self.engines.receive(&mut self.end);
        self.engines.restart(&mut self.end);
        if self.is_offline {
            self.wait_for_engine();
        }
        self.engine_changed();
    }

    fn wait_for_engine(&mut self) {
        let started = Instant::now();
        while self.engines.is_awaited() && started.elapsed() < OFFLINE_PATIENCE {
            #[cfg(test)]
            {
                self.waits += 1;
            }
            std::thread::sleep(OFFLINE_LOOK);
            self.engines.receive(&mut self.end);
            self.engines.adopt(&mut self.end);
        }
    }

    /// The host's transport at the first frame of the block that comes next. `[audio]`
    pub fn transport(&mut self, transport: Transport) {
        self.transport = Some(transport);
    }

    /// Processes a block: adopts a new engine if one waits, then plays. Every output sample is written. `[audio]`
    pub fn process(&mut self, block: &mut Block<'_, '_>, reports: &mut Reports) {
        // Reading this clock is no system call where the machine offers it to programs directly, as all that are
        // supported do; it is the dearest part of measuring.
        let started = (self.end.reports.is_measuring() || !self.is_offline).then(Instant::now);
        reports.clear();
        self.engines.receive(&mut self.end);
        if self.engines.adopt(&mut self.end) {
            reports.has_other_engine = true;
            self.engine_changed();
        }
        if let (Some(engine), Some(transport)) = (self.engines.playing_mut(), self.transport.take()) {
            engine.performer.transport(transport);
        }
        self.take_messages(reports);
        block.events.iter().for_each(|event| self.note(event.kind));
        let (mut is_shared, mut input_fade) = (false, None);
        if let Some((fading, ringing)) = self.engines.fading_mut() {
            is_shared = fading.share(block.events, &mut self.room, ringing);
            input_fade = fading.input_fade();
        }
        if let Some(engine) = self.engines.playing_mut() {
            engine.performer.set_offline(self.is_offline);
            let (inputs, frames) = (block.inputs, block.frames);
            // Its events lie in the room itself.
            let for_new = is_shared.then(|| self.room.take_for_new());
            let events = for_new.as_deref().unwrap_or(block.events);
            let mut block = Block { inputs, outputs: &mut *block.outputs, frames, events };
            match input_fade.filter(|_| !inputs.is_empty()) {
                Some(fade) => fade.play(&mut *engine.performer, &mut block, &mut self.room, reports),
                None => engine.performer.process(&mut block, reports),
            }
            if let Some(events) = for_new {
                self.room.give_back(events);
            }
            engine.show_kept();
            self.has_lost_render |= self.is_offline && engine.performer.is_dead();
        } else {
            self.play_nothing(block, reports);
        }
        self.return_memory();
        self.end.publish(self.engines.playing());
        self.fade(block, reports);
        self.end.scope.write(block.outputs, block.frames);
        self.report(block, reports, started);
    }

    /// No engine plays: silence, and the events wait for one if one comes.
    fn play_nothing(&mut self, block: &mut Block<'_, '_>, reports: &mut Reports) {
        block.outputs.iter_mut().for_each(|output| output[..block.frames].fill(0.0));
        block.events.iter().for_each(|event| self.miss(event.frame, event.kind, reports));
    }

    /// An event while no engine plays: it waits for the one that is to come, where one is.
    fn miss(&mut self, frame: u32, kind: EventKind, reports: &mut Reports) {
        if self.engines.is_awaited() {
            let has_room = self.engines.missed_mut().take(kind, |note| reports.note_ended_at(frame, note));
            reports.dropped_events += u32::from(!has_room);
        }
    }

    /// Takes what was sent. A command that was meant for another engine than the one that plays is not carried out: with
    /// its engine, what it was about is gone.
    fn take_messages(&mut self, reports: &mut Reports) {
        for _ in 0..COMMANDS_PER_BLOCK_MAX {
            match self.end.receive() {
                Some(ToAudio::Command(command, number)) => self.carry_out(command, number),
                Some(ToAudio::Event(kind)) => self.play_event(kind, reports),
                Some(ToAudio::LetGo(engine)) => self.engines.ask_to_leave(engine),
                // Engines come a way of their own.
                Some(ToAudio::Engine(_)) | None => return,
            }
        }
    }

    /// Notes of an event what others are to know: where a slot stands, which keys are down.
    fn note(&mut self, kind: EventKind) {
        match kind {
            EventKind::Param { slot, normalized } => self.end.values().set(usize::from(slot), normalized),
            EventKind::NoteOn { note, .. } => {
                self.end.reports.write(Report::Key { key: note.key, is_down: true });
            }
            EventKind::NoteOff { notes: NoteSelector { key: Some(key), .. }, .. }
            | EventKind::Choke { notes: NoteSelector { key: Some(key), .. } } => {
                self.end.reports.write(Report::Key { key, is_down: false });
            }
            EventKind::Midi { bytes: [status, controller, _], .. } if status & 0xf0 == CONTROL_CHANGE => {
                self.end.reports.write(Report::Controller { controller: controller & 127 });
            }
            _ => {}
        }
    }

    /// An event at the block's first frame; where an engine is to come, it waits for that.
    fn play_event(&mut self, kind: EventKind, reports: &mut Reports) {
        self.note(kind);
        if let Some((fading, ringing)) = self.engines.fading_mut()
            && !fading.event(kind, ringing)
        {
            return;
        }
        if let Some(engine) = self.engines.playing_mut() {
            engine.performer.event(kind);
        } else {
            self.miss(0, kind, reports);
        }
    }

    fn carry_out(&mut self, timed: Timed, number: u32) {
        let Timed { engine, when, command } = timed;
        let done = match self.engines.playing_mut() {
            Some(playing) if playing.number == engine => {
                playing.performer.command(when, command, number).unwrap_or_else(|refused| {
                    self.end.reports.write(Report::Dropped { events: 1 });
                    Some(Returned::Command(refused))
                })
            }
            _ => Some(Returned::Command(command)),
        };
        if let Some(done) = done {
            self.end.give_back(done);
        }
    }

    /// Sends back what the playing engine is done with, and says that it is no longer as new.
    fn return_memory(&mut self) {
        let Some(engine) = self.engines.playing_mut() else { return };
        if engine.number != self.spare_asked && self.end.has_room() {
            self.spare_asked = engine.number;
            self.end.send(ToControl::Played(engine.number));
        }
        while self.end.has_room()
            && let Some(memory) = engine.performer.give_back()
        {
            self.end.give_back(memory);
        }
        while let Some(change) = engine.performer.next_change() {
            self.end.reports.write(Report::Channel { listener: change.watch, value: change.value });
            self.end.tell_change(change);
        }
        while let Some(reading) = engine.performer.next_reading() {
            self.end.reports.write(Report::Watched(reading));
        }
        self.end.count_lost_changes(engine.performer.take_lost_changes());
    }

    /// Counts events that found no room before they came here, among those that are reported as dropped. `[audio]`
    pub fn count_dropped_events(&mut self, events: u32) {
        if events > 0 {
            self.end.reports.write(Report::Dropped { events });
        }
    }

    /// What the playing engine is; `None` where none plays now. `[any]`
    pub fn info(&self) -> Option<&Arc<EngineInfo>> {
        self.engines.playing().map(|engine| engine.performer.info())
    }

    /// Frames between what goes in and its sound; while an engine is made as new, those of the one before. `[audio]`
    pub fn latency_frames(&self) -> u32 {
        self.latency_frames
    }

    /// How long the document sounds on, as far as it says. `[audio]`
    pub fn tail(&self) -> Option<Tail> {
        self.tail
    }

    /// How many voices sound, or wait for an engine. `[audio]`
    pub fn voice_count(&self) -> usize {
        let sounding = self.engines.playing().map(|engine| engine.performer.voice_count());
        sounding.unwrap_or_else(|| self.engines.missed_notes()) + self.engines.ringing_voices()
    }

    /// Another engine plays, or none.
    fn engine_changed(&mut self) {
        self.end.publish(self.engines.playing());
        let (latency_frames, tail) = match self.engines.playing() {
            Some(engine) => {
                let info = engine.performer.info();
                (info.latency_frames, info.tail)
            }
            // One as new comes, and nobody needs to hear of it.
            None if self.engines.is_awaited() => return,
            None => (0, None),
        };
        if latency_frames != self.latency_frames {
            self.end.reports.write(Report::Latency { frames: latency_frames });
        }
        (self.latency_frames, self.tail) = (latency_frames, tail);
    }

    /// Mixes the engine that goes into the block.
    fn fade(&mut self, block: &mut Block<'_, '_>, reports: &mut Reports) {
        let Some((fading, ringing)) = self.engines.fading_mut() else { return };
        fading.engine.performer.set_offline(self.is_offline);
        let (mut at, told) = (0, reports.ended.len());
        while at < block.frames && !fading.is_over() {
            at += fading.play(block, at, &mut self.room, ringing, reports);
        }
        if fading.is_over() {
            // What has not ended by now has ended with it.
            let frame = at.saturating_sub(1) as u32;
            ringing.end_all(|note| reports.note_ended_at(frame, note));
            self.engines.end_fade(&mut self.end);
        }
        if reports.ended.len() > told {
            // Whoever hands them on goes by their frames.
            reports.ended.sort_unstable_by_key(|(frame, _)| *frame);
        }
    }

    /// Tells everybody what the block was like.
    fn report(&mut self, block: &Block<'_, '_>, reports: &Reports, started: Option<Instant>) {
        let to = &mut self.end.reports;
        if reports.silenced_samples > 0 {
            to.write(Report::Silenced { samples: reports.silenced_samples });
        }
        if reports.dropped_events > 0 {
            to.write(Report::Dropped { events: reports.dropped_events });
        }
        if !reports.taken.is_none() {
            let pieces = u32::try_from(reports.taken.pieces).unwrap_or(u32::MAX);
            to.write(Report::MemoryTaken { pieces, bytes: reports.taken.bytes });
        }
        for &(_, note) in &reports.ended {
            to.write(Report::NoteEnded { note });
        }
        if reports.note_refused {
            to.write(Report::NoteRefused);
        }
        for &(_, slot, normalized) in &reports.params {
            to.write(Report::ParamWritten { slot, normalized });
        }
        let Some(BuiltEngine { number, performer, .. }) = self.engines.playing() else { return };
        if performer.has_left() && self.left_reported != *number {
            self.left_reported = *number;
            to.write(Report::Engine { engine: *number, state: EngineState::Left });
        }
        let Some(started) = started else { return self.meter.forget() };
        let pace = Pace { rate: performer.info().rate, ksmps: performer.info().ksmps };
        let took = started.elapsed();
        if !self.is_offline
            && let Some(times) = self.slowness.add(block.frames as f64 / pace.rate, took)
        {
            to.write(Report::Slow { times });
        }
        if !to.is_measuring() {
            return self.meter.forget();
        }
        if self.meter.add(block.outputs, block.frames, took, pace) {
            self.meter.report(block.outputs.len(), performer.voice_count(), to);
        }
    }
}
