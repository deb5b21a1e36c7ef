//! Any block in, whole cycles through the engine, any block out.
//!
//! One cursor does it: Csound's own input and output buffers are the queue. A frame that goes in at cursor position
//! c of one cycle comes out at position c of the next, and a note at that frame starts there as well: the latency
//! of audio and notes alike is one cycle. How the host cuts its blocks changes nothing.

use crate::route::{OutputRoute, Route};
use crate::{Command, CycleReport, Engine, Held, Returned};
use ksmps_csound::{MidiOut, Performed};
use ksmps_data::event::{Event, EventKind, NoteName};
use ksmps_data::transport::Transport;
use ksmps_data::verbs::When;

/// What the renderer needs of an engine. Tests have one that only writes down what it is asked.
pub trait Cycles {
    /// Frames in a cycle. `[audio]`
    fn ksmps(&self) -> usize;
    /// Input channels. `[audio]`
    fn inputs(&self) -> usize;
    /// Output channels. `[audio]`
    fn outputs(&self) -> usize;
    /// The amplitude that is full scale. `[audio]`
    fn zero_dbfs(&self) -> f64;
    /// The coming cycle's input, interleaved. `[audio]`
    fn spin_mut(&mut self) -> &mut [f64];
    /// The last cycle's output, interleaved. `[audio]`
    fn spout(&self) -> &[f64];
    /// Something happens `offset` frames into the coming cycle. `[audio]`
    fn event(&mut self, offset: u32, kind: EventKind);
    /// The host's transport, `offset` frames into the coming cycle. `[audio]`
    fn transport(&mut self, offset: u32, transport: Transport);
    /// One cycle. `[audio]`
    fn perform(&mut self, report: &mut impl CycleReport) -> Performed;
}

impl Cycles for Engine {
    fn ksmps(&self) -> usize {
        Engine::ksmps(self)
    }
    fn inputs(&self) -> usize {
        self.info().inputs
    }
    fn outputs(&self) -> usize {
        self.info().outputs
    }
    fn zero_dbfs(&self) -> f64 {
        Engine::zero_dbfs(self)
    }
    fn spin_mut(&mut self) -> &mut [f64] {
        Engine::spin_mut(self)
    }
    fn spout(&self) -> &[f64] {
        Engine::spout(self)
    }
    fn event(&mut self, offset: u32, kind: EventKind) {
        Engine::event(self, offset, kind);
    }
    fn transport(&mut self, offset: u32, transport: Transport) {
        Engine::transport(self, offset, transport);
    }
    fn perform(&mut self, report: &mut impl CycleReport) -> Performed {
        Engine::perform(self, report)
    }
}

/// Notes that can end, and messages that can be sent, in one block before some go unreported.
pub const REPORTS_MAX: usize = 1024;

/// What a block has to tell the host. Its room is made once.
#[derive(Debug)]
pub struct Reports {
    /// Voices that ended, with the frame of the block.
    pub ended: Vec<(u32, NoteName)>,
    /// MIDI that the orchestra sent, with the frame of the block.
    pub midi_out: Vec<(u32, MidiOut)>,
    /// Events that found no room.
    pub dropped_events: u32,
    /// Samples that were not numbers and were silenced.
    pub silenced_samples: u32,
    /// Another engine plays from the block's first frame on: what the one before had begun elsewhere, such as notes that
    /// it sent by MIDI, it will not end.
    pub has_other_engine: bool,
    /// Parameters with `send` that the orchestra wrote: the frame of the block, the slot, the normalized value.
    pub params: Vec<(u32, u16, f64)>,
    /// Whether a note arrived that the engine does not play ([`crate::EngineInfo::refused_note`]).
    pub note_refused: bool,
    frame: u32,
}

impl Default for Reports {
    fn default() -> Self {
        Self {
            ended: Vec::with_capacity(REPORTS_MAX),
            midi_out: Vec::with_capacity(REPORTS_MAX),
            dropped_events: 0,
            silenced_samples: 0,
            has_other_engine: false,
            params: Vec::with_capacity(REPORTS_MAX),
            note_refused: false,
            frame: 0,
        }
    }
}

impl Reports {
    /// Forgets the last block. `[audio]`
    pub fn clear(&mut self) {
        self.ended.clear();
        self.midi_out.clear();
        self.dropped_events = 0;
        self.silenced_samples = 0;
        self.has_other_engine = false;
        self.params.clear();
        self.note_refused = false;
    }

    /// A note ended at a frame of the block; without room it goes unreported. `[audio]`
    pub fn note_ended_at(&mut self, frame: u32, note: NoteName) {
        if self.ended.len() < REPORTS_MAX {
            self.ended.push((frame, note));
        }
    }

    /// The orchestra sent a message at a frame of the block; one without room counts as dropped. `[audio]`
    pub fn midi_out_at(&mut self, frame: u32, message: MidiOut) {
        if self.midi_out.len() < REPORTS_MAX {
            self.midi_out.push((frame, message));
        } else {
            self.dropped_events += 1;
        }
    }
}

impl CycleReport for Reports {
    fn note_ended(&mut self, note: NoteName) {
        self.note_ended_at(self.frame, note);
    }

    fn midi_out(&mut self, message: MidiOut) {
        self.midi_out_at(self.frame, message);
    }

    fn dropped(&mut self, count: u32) {
        self.dropped_events += count;
    }

    fn note_refused(&mut self) {
        self.note_refused = true;
    }

    fn param_written(&mut self, slot: u16, normalized: f64) {
        if self.params.len() < REPORTS_MAX {
            self.params.push((self.frame, slot, normalized));
        }
    }
}

/// A block's audio and events. Inputs and outputs are one slice per host channel, each `frames` long.
pub struct Block<'a, 'b> {
    /// Input channels in the host's row; may be fewer than the plugin has.
    pub inputs: &'a [&'b [f32]],
    /// Output channels in the host's row; every sample is written.
    pub outputs: &'a mut [&'b mut [f32]],
    /// Frames in the block.
    pub frames: usize,
    /// Events in the order of their frames.
    pub events: &'a [Event],
}

/// An engine behind a cursor.
pub struct Renderer<E = Engine> {
    engine: E,
    route: Route,
    cursor: usize,
    /// Whether anything has reached the engine: then it is no longer as new.
    touched: bool,
}

impl Renderer<Engine> {
    /// A command at the frame that is processed next; what of it owns memory and is done with comes back. `[audio]`
    ///
    /// # Errors
    /// The command itself, untouched, where there is no room for it.
    pub fn command_now(&mut self, when: When, command: Command) -> Result<Option<Returned>, Command> {
        self.touched = true;
        self.engine.command(self.cursor as u32, when, command)
    }

    /// Goes on where another engine was: its controllers and the keys that are down. `[audio]`
    pub fn take_over(&mut self, held: &Held) {
        self.touched = true;
        self.engine.take_over(held);
    }
}

impl<E: Cycles> Renderer<E> {
    /// An engine at its first frame. `[control]`
    pub fn new(engine: E, route: Route) -> Self {
        Self { engine, route, cursor: 0, touched: false }
    }

    /// The engine. `[any]`
    pub fn engine(&self) -> &E {
        &self.engine
    }

    /// The engine. `[any]`
    pub fn engine_mut(&mut self) -> &mut E {
        &mut self.engine
    }

    /// How it is connected. `[any]`
    pub fn route(&self) -> &Route {
        &self.route
    }

    /// Takes the engine out. `[control]`
    pub fn into_engine(self) -> E {
        self.engine
    }

    /// Whether anything has reached the engine since it was built. `[any]`
    pub fn is_touched(&self) -> bool {
        self.touched
    }

    /// An event at the frame that is processed next. `[audio]`
    pub fn event_now(&mut self, kind: EventKind) {
        self.touched = true;
        self.engine.event(self.cursor as u32, kind);
    }

    /// The host's transport at the frame that is processed next. `[audio]`
    pub fn transport_now(&mut self, transport: Transport) {
        self.engine.transport(self.cursor as u32, transport);
    }

    /// Processes a block of any length. `[audio]`
    pub fn process(&mut self, block: &mut Block<'_, '_>, reports: &mut Reports) {
        self.touched = true;
        let mut at = 0;
        for event in block.events {
            let frame = (event.frame as usize).min(block.frames.saturating_sub(1));
            self.run(block, &mut at, frame, reports);
            self.engine.event(self.cursor as u32, event.kind);
        }
        self.run(block, &mut at, block.frames, reports);
    }

    /// Moves frames through the engine up to frame `end` of the block.
    fn run(&mut self, block: &mut Block<'_, '_>, at: &mut usize, end: usize, reports: &mut Reports) {
        while *at < end {
            let frames = (self.engine.ksmps() - self.cursor).min(end - *at);
            self.take_in(block.inputs, *at, frames);
            reports.silenced_samples += self.give_out(block.outputs, *at, frames);
            *at += frames;
            self.cursor += frames;
            if self.cursor == self.engine.ksmps() {
                self.cursor = 0;
                reports.frame = (*at - 1) as u32;
                if self.engine.perform(reports) == Performed::Left {
                    // What Csound left in its output is not sound.
                    self.route.outputs.clear();
                }
            }
        }
    }

    fn take_in(&mut self, inputs: &[&[f32]], at: usize, frames: usize) {
        let (channels, scale) = (self.engine.inputs(), self.engine.zero_dbfs());
        let cursor = self.cursor;
        let spin = self.engine.spin_mut();
        for &(to, from) in &self.route.inputs {
            let places = spin.iter_mut().skip(cursor * channels + to).step_by(channels);
            let Some(source) = inputs.get(from) else {
                places.take(frames).for_each(|place| *place = 0.0);
                continue;
            };
            for (place, &sample) in places.zip(&source[at..at + frames]) {
                *place = if sample.is_finite() { f64::from(sample) * scale } else { 0.0 };
            }
        }
    }

    /// Returns how many samples were not numbers.
    fn give_out(&self, outputs: &mut [&mut [f32]], at: usize, frames: usize) -> u32 {
        let (channels, scale) = (self.engine.outputs(), 1.0 / self.engine.zero_dbfs());
        let spout = self.engine.spout();
        let mut silenced = 0;
        for output in outputs.iter_mut() {
            output[at..at + frames].fill(0.0);
        }
        for &OutputRoute { to, from, mixed } in &self.route.outputs {
            let Some(output) = outputs.get_mut(to) else { continue };
            let samples = spout.iter().skip(self.cursor * channels + from).step_by(channels);
            for (place, &sample) in output[at..at + frames].iter_mut().zip(samples) {
                // The command line multiplies as a double and rounds once: so do we, to the bit.
                let sample = (sample * scale) as f32;
                // Its thread flushes what is too small for a float while it converts; ours does not here.
                let sample = if sample.is_subnormal() { 0.0_f32.copysign(sample) } else { sample };
                if !sample.is_finite() {
                    silenced += 1;
                } else if mixed {
                    *place += sample;
                } else {
                    *place = sample;
                }
            }
        }
        silenced
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes down the events it gets, and delays its input by a cycle.
    struct Fake {
        ksmps: usize,
        spin: Vec<f64>,
        spout: Vec<f64>,
        cycle: u64,
        log: Vec<(u64, u32)>,
    }

    impl Fake {
        fn new(ksmps: usize) -> Self {
            Self { ksmps, spin: vec![0.0; ksmps], spout: vec![0.0; ksmps], cycle: 0, log: Vec::new() }
        }
    }

    impl Cycles for Fake {
        fn ksmps(&self) -> usize {
            self.ksmps
        }
        fn inputs(&self) -> usize {
            1
        }
        fn outputs(&self) -> usize {
            1
        }
        fn zero_dbfs(&self) -> f64 {
            32768.0
        }
        fn spin_mut(&mut self) -> &mut [f64] {
            &mut self.spin
        }
        fn spout(&self) -> &[f64] {
            &self.spout
        }
        fn event(&mut self, offset: u32, _: EventKind) {
            self.log.push((self.cycle, offset));
        }
        fn transport(&mut self, _: u32, _: Transport) {}
        fn perform(&mut self, _: &mut impl CycleReport) -> Performed {
            self.spout.copy_from_slice(&self.spin);
            self.cycle += 1;
            Performed::Cycle
        }
    }

    /// Runs 1,000 frames of a rising line with events at some frames, cut into blocks.
    fn run(cuts: &[usize]) -> (Vec<f32>, Vec<(u64, u32)>) {
        const EVENTS: [u32; 7] = [0, 1, 15, 16, 17, 500, 999];
        let straight = OutputRoute { to: 0, from: 0, mixed: false };
        let route = Route { inputs: vec![(0, 0)], outputs: vec![straight], ..Route::default() };
        let mut renderer = Renderer::new(Fake::new(16), route);
        let input: Vec<f32> = (0..1000).map(|n| n as f32 / 1000.0).collect();
        let mut output = vec![9.0f32; 1000];
        let mut reports = Reports::default();
        let mut at = 0;
        for &frames in cuts.iter().cycle() {
            let frames = frames.min(1000 - at);
            let inside = EVENTS.iter().filter(|&&frame| (at..at + frames).contains(&(frame as usize)));
            let kind = EventKind::Param { slot: 0, normalized: 0.0 };
            let events: Vec<Event> = inside.map(|&frame| Event { frame: frame - at as u32, kind }).collect();
            let mut block = Block {
                inputs: &[&input[at..at + frames]],
                outputs: &mut [&mut output[at..at + frames]],
                frames,
                events: &events,
            };
            renderer.process(&mut block, &mut reports);
            at += frames;
            if at == 1000 {
                break;
            }
        }
        (output, renderer.engine.log)
    }

    #[test]
    fn any_cut_gives_the_same_samples_and_events() {
        let whole = run(&[1000]);
        assert_eq!(whole.1, [(0, 0), (0, 1), (0, 15), (1, 0), (1, 1), (31, 4), (62, 7)]);
        for cuts in [&[1][..], &[17], &[64], &[16], &[3, 50, 1, 200]] {
            assert_eq!(run(cuts), whole, "cut by {cuts:?}");
        }
    }

    #[test]
    fn audio_is_late_by_one_cycle() {
        let (output, _) = run(&[100]);
        assert_eq!(output[..16], [0.0; 16]);
        assert_eq!(output[16..20], [0.0, 0.001, 0.002, 0.003]);
    }
}
