//! Any block in, whole cycles through the engine, any block out.
//!
//! One cursor does it: Csound's own input and output buffers are the queue. A frame that goes in at cursor position
//! c of one cycle comes out at position c of the next, and a note at that frame starts there as well: the latency
//! of audio and notes alike is one cycle. How the host cuts its blocks changes nothing.

mod reports;
mod samples;

use std::ops::Range;

use ksmps_csound::Performed;
use ksmps_data::event::{Event, EventKind};
use ksmps_data::transport::Transport;
use ksmps_data::verbs::When;

use crate::route::{OutputRoute, Route};
use crate::{Command, CycleReport, Engine, Held, Returned};

pub use reports::{REPORTS_MAX, Reports};
use samples::Interleaved;

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
    /// Whether the last cycle's output is silence because nothing was performed. `[audio]`
    fn has_passed(&self) -> bool;
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
    fn has_passed(&self) -> bool {
        Engine::has_passed(self)
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
        self.touched |= !command.leaves_as_new();
        self.engine.command(self.cursor as u32, when, command)
    }

    /// Writes down what another engine is to go on with at the frame that is processed next. `[audio]`
    pub fn hold(&self, held: &mut Held) {
        self.engine.hold(self.cursor as u32, held);
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
        for output in block.outputs.iter_mut() {
            output[..block.frames].fill(0.0);
        }
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
            self.take_in(block.inputs, *at..*at + frames);
            // Silence is there already.
            if !self.engine.has_passed() {
                reports.silenced_samples += self.give_out(block.outputs, *at..*at + frames);
            }
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

    fn take_in(&mut self, inputs: &[&[f32]], frames: Range<usize>) {
        let (channels, scale) = (self.engine.inputs(), self.engine.zero_dbfs());
        let first = self.cursor * channels;
        let spin = &mut self.engine.spin_mut()[first..first + frames.len() * channels];
        for &(to, from) in &self.route.inputs {
            let source = inputs.get(from).map(|input| &input[frames.clone()]);
            samples::take_in(source, spin, Interleaved { channels, channel: to }, scale);
        }
    }

    /// Returns how many samples were not numbers.
    fn give_out(&self, outputs: &mut [&mut [f32]], frames: Range<usize>) -> u32 {
        let (channels, scale) = (self.engine.outputs(), 1.0 / self.engine.zero_dbfs());
        let first = self.cursor * channels;
        let spout = &self.engine.spout()[first..first + frames.len() * channels];
        let mut silenced = 0;
        for &OutputRoute { to, from, mixed } in &self.route.outputs {
            if let Some(output) = outputs.get_mut(to) {
                let place = Interleaved { channels, channel: from };
                silenced += samples::give_out(spout, place, scale, &mut output[frames.clone()], mixed);
            }
        }
        silenced
    }
}

#[cfg(test)]
mod tests;
