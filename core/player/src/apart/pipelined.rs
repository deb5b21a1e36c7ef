//! Each block one block later: the audio thread hands it over and gives out what was handed over before, so that it waits
//! only where the engine is behind.
//!
//! Everything is heard later by the longest block of the activation, whatever lengths the blocks have: samples, ends of
//! notes, MIDI and parameters that the orchestra writes. What does not come in time is silence, and what comes after it is
//! heard in its own time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use ksmps_process::exchange::{Limits, Patience, Pipeline, Waited};

use ksmps_csound::MidiOut;
use ksmps_data::event::NoteName;
use ksmps_engine::renderer::{Block, REPORTS_MAX, Reports};

use super::messages::read_all;
use super::performer::{Apart, CHANNELS_MAX};

/// Reports of a kind that can wait to be heard.
const WAITING_MAX: usize = 4 * REPORTS_MAX;

/// What waits to be heard, and what is on its way there. `[audio]`
pub(super) struct Pipelined {
    pipeline: Pipeline,
    /// The frame that is given out next, counted from the first of all.
    position: u64,
    /// Where the blocks that are out begin, oldest first.
    out: VecDeque<u64>,
    /// How many of the blocks that are out come too late to be heard.
    given_up: usize,
    /// What one answer has told.
    told: Reports,
    /// What was told and counted besides, and not reported yet.
    dropped_events: u32,
    silenced_samples: u32,
    note_refused: bool,
    ended: VecDeque<(u64, NoteName)>,
    midi_out: VecDeque<(u64, MidiOut)>,
    params: VecDeque<(u64, (u16, f64))>,
}

impl Pipelined {
    /// For blocks up to so many frames. `[control]`
    pub fn new(longest: usize, limits: &Limits) -> Self {
        Self {
            pipeline: Pipeline::new(CHANNELS_MAX, longest),
            position: 0,
            out: VecDeque::with_capacity(limits.places as usize),
            given_up: 0,
            told: Reports::default(),
            dropped_events: 0,
            silenced_samples: 0,
            note_refused: false,
            ended: VecDeque::with_capacity(WAITING_MAX),
            midi_out: VecDeque::with_capacity(WAITING_MAX),
            params: VecDeque::with_capacity(WAITING_MAX),
        }
    }

    /// A block of so many frames was handed over. `[audio]`
    pub fn is_out(&mut self, frames: usize) {
        self.out.push_back(self.position);
        self.position += frames as u64;
    }

    /// The oldest answer was taken. `[audio]`
    pub fn was_taken(&mut self) -> u64 {
        self.out.pop_front().unwrap_or(self.position)
    }

    /// Frames `at..at + frames` of a block: in, and what is heard now out. `[audio]`
    pub fn exchange(
        &mut self,
        engine: &mut Apart,
        block: &mut Block<'_, '_>,
        at: usize,
        frames: usize,
        reports: &mut Reports,
    ) {
        if engine.end.is_dead() {
            engine.die(reports);
        }
        let (begin, outputs) = (self.position, block.outputs.len());
        let mut patience = self.patience(engine, frames);
        while self.take(engine, outputs) {}
        if !engine.is_dead && !engine.end.has_place() {
            self.wait(engine, outputs, &mut patience);
        }
        if engine.hand_over(block, at, frames) {
            self.is_out(frames);
            while self.pipeline.frames() < frames && self.wait(engine, outputs, &mut patience) {}
            let missing = self.pipeline.pop(block.outputs, at, frames);
            engine.is_late(missing);
        } else {
            self.miss(engine, block, at, frames);
        }
        self.report(begin, at, frames, reports);
    }

    /// Waits a while for all blocks that are out, and takes their answers. `[audio]`
    pub fn take_all(&mut self, engine: &mut Apart) {
        let mut patience = engine.deadlines.for_held();
        while self.wait(engine, CHANNELS_MAX, &mut patience) {}
    }

    /// An engine that is overdue is not waited for again: its answers are taken when they are there.
    fn patience(&self, engine: &Apart, frames: usize) -> Patience {
        match engine.is_overdue() {
            true => Patience { at_most: Some(Duration::ZERO), awake: Duration::ZERO },
            false => engine.deadlines.for_block(frames, &engine.handle),
        }
    }

    /// Waits for the oldest answer with what is left of the patience, and takes it; `false` where none comes.
    fn wait(&mut self, engine: &mut Apart, outputs: usize, patience: &mut Patience) -> bool {
        if engine.end.out() == 0 {
            return false;
        }
        let started = Instant::now();
        let is_answered = engine.end.wait(*patience) == Waited::Answered;
        let took = started.elapsed();
        patience.at_most = patience.at_most.map(|at_most| at_most.saturating_sub(took));
        patience.awake = patience.awake.saturating_sub(took);
        is_answered && self.take(engine, outputs)
    }

    /// Nothing can be handed over: the engine is dead, or behind by all the blocks that there is place for. What it still
    /// answers is not heard any more, and what is handed over after that is heard in its time.
    fn miss(&mut self, engine: &mut Apart, block: &mut Block<'_, '_>, at: usize, frames: usize) {
        block.outputs.iter_mut().for_each(|output| output[at..at + frames].fill(0.0));
        self.position += frames as u64;
        self.given_up = engine.end.out();
        self.pipeline.restart();
        engine.is_late(frames);
    }

    /// Takes the oldest answer; `false` where there is none.
    fn take(&mut self, engine: &mut Apart, outputs: usize) -> bool {
        let Some(frames) = engine.end.answered_frames() else { return false };
        let is_heard = self.given_up == 0;
        let channels = if is_heard { outputs } else { 0 };
        let pipeline = &mut self.pipeline;
        let answer = engine.end.take(channels, |channel, samples| pipeline.push(channel, samples));
        let Some(answer) = answer else { return false };
        if is_heard {
            pipeline.pushed(frames);
        } else {
            self.given_up -= 1;
        }
        self.told.clear();
        let (heard, told) = (&mut engine.heard, &mut self.told);
        read_all(answer.messages, |said| heard.hear(said, 0, told));
        told.silenced_samples = told.silenced_samples.saturating_add(answer.silenced_samples);
        engine.has_answered(is_heard);
        self.keep();
        true
    }

    /// Keeps what an answer has told until it is heard. What has no room goes unreported.
    fn keep(&mut self) {
        let begin = self.was_taken() + self.pipeline.latency_frames() as u64;
        let Self { told, ended, midi_out, params, .. } = self;
        let due = |frame: u32| begin + u64::from(frame);
        let room = WAITING_MAX - ended.len();
        ended.extend(told.ended.iter().take(room).map(|&(frame, note)| (due(frame), note)));
        let room = WAITING_MAX - midi_out.len();
        midi_out.extend(told.midi_out.iter().take(room).map(|&(frame, message)| (due(frame), message)));
        let room = WAITING_MAX - params.len();
        params.extend(told.params.iter().take(room).map(|&(frame, slot, value)| (due(frame), (slot, value))));
        self.dropped_events = self.dropped_events.saturating_add(told.dropped_events);
        self.silenced_samples = self.silenced_samples.saturating_add(told.silenced_samples);
        self.note_refused |= told.note_refused;
    }

    /// Reports what is heard in frames `at..at + frames` of the block, of which the first is frame `begin` of all.
    fn report(&mut self, begin: u64, at: usize, frames: usize, reports: &mut Reports) {
        let end = begin + frames as u64;
        let frame = |due: u64| at as u32 + due.saturating_sub(begin) as u32;
        while let Some((due, note)) = self.ended.pop_front_if(|(due, _)| *due < end) {
            reports.note_ended_at(frame(due), note);
        }
        while let Some((due, message)) = self.midi_out.pop_front_if(|(due, _)| *due < end) {
            reports.midi_out_at(frame(due), message);
        }
        while let Some((due, (slot, normalized))) = self.params.pop_front_if(|(due, _)| *due < end) {
            if reports.params.len() < REPORTS_MAX {
                reports.params.push((frame(due), slot, normalized));
            }
        }
        let dropped = std::mem::take(&mut self.dropped_events);
        reports.dropped_events = reports.dropped_events.saturating_add(dropped);
        let silenced = std::mem::take(&mut self.silenced_samples);
        reports.silenced_samples = reports.silenced_samples.saturating_add(silenced);
        reports.note_refused |= std::mem::take(&mut self.note_refused);
    }
}
