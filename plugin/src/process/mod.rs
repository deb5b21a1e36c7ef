//! The audio side of an instance: gathers a block's events, lets the player play it, sends what the player reports.
//!
//! The framework hands over parts of a host's block, cut at parameter points, down to a single frame. Nothing here
//! allocates once `prepare` has run; what does not fit is counted, and the end of a note always fits.
//!
//! What comes in is in `input`, what goes out besides sound in `output`, what is heard while the plugin is bypassed in
//! `dry`.

mod dry;
mod input;
mod output;

use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ksmps_core::document::Tail;
use ksmps_core::player::Player;
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use nice_plug::prelude::{
    AudioIOLayout, AuxiliaryBuffers, Buffer, NoteEvent, Plugin, ProcessContext, ProcessStatus, nice_error,
};

use crate::guard::guarded;
use crate::host_block::Part;
use crate::instance::Instance;
use crate::problems::{PANICKED, RENDER_LOST};
use dry::Dry;
pub use input::EVENTS_MAX;
use input::{InputEvents, InputSamples};
use output::{EventSink, OutputEvents};

/// Host channels in one direction at most.
pub const CHANNELS_MAX: usize = 32;
/// Channels of a further input at most; the framework may think that it has more.
const SIDECHAIN_CHANNELS_MAX: usize = 2;

/// The buses of a layout as the core wants them: main bus first, then the others. `[any]`
pub fn channels(layout: &AudioIOLayout) -> HostChannels {
    let width = |channels: &NonZeroU32| channels.get() as usize;
    let sidechains =
        layout.aux_input_ports.iter().map(|channels| width(channels).min(SIDECHAIN_CHANNELS_MAX));
    let outputs = layout.main_output_channels.iter().chain(layout.aux_output_ports);
    HostChannels {
        inputs: layout.main_input_channels.iter().map(width).chain(sidechains).collect(),
        outputs: outputs.map(width).collect(),
    }
}

/// What the audio thread owns.
pub struct Audio {
    player: Player,
    events: InputEvents,
    samples: InputSamples,
    dry: Dry,
    /// Channels of the main input.
    main_inputs: usize,
    output: OutputEvents,
    reports: Reports,
    rate: f64,
    frames_max: usize,
    /// The part at hand.
    part: Part,
    /// A panic was caught; silence until the next activation.
    panicked: bool,
}

impl Audio {
    /// The audio side around a player, not yet ready to process. `[control]`
    pub fn new(player: Player) -> Self {
        Self {
            player,
            events: InputEvents::default(),
            samples: InputSamples::default(),
            dry: Dry::default(),
            main_inputs: 0,
            output: OutputEvents::default(),
            reports: Reports::default(),
            rate: 0.0,
            frames_max: 0,
            part: Part::default(),
            panicked: false,
        }
    }

    /// Lets the engine go: while the next one is built, none is to run at an old rate. `[control]`
    pub fn release(&mut self) {
        self.player.release();
        self.output.end_all();
    }

    /// Takes the engine that was built and makes room for everything that `process` will need; returns the latency
    /// in frames. `[control]`
    pub fn prepare(
        &mut self,
        layout: &AudioIOLayout,
        rate: f64,
        frames_max: usize,
        is_bypassed: bool,
    ) -> u32 {
        self.player.adopt();
        self.main_inputs = layout.main_input_channels.map_or(0, |channels| channels.get() as usize);
        let latency_frames = self.player.latency_frames();
        self.dry.prepare(self.main_inputs, latency_frames, frames_max.max(1), rate, is_bypassed);
        self.frames_max = frames_max.max(1);
        self.rate = rate;
        self.samples = InputSamples::new(layout, self.frames_max);
        self.events.prepare();
        self.panicked = false;
        self.player.latency_frames()
    }

    /// Gives silence until the next activation. `[control]`
    pub fn stay_silent(&mut self) {
        self.panicked = true;
    }

    /// Forgets all that sounds. `[audio]`
    pub fn reset(&mut self, instance: &Instance) {
        self.events.clear();
        self.dry.reset(instance.bypass().is_on());
        self.output.end_all();
        let reset = catch_unwind(AssertUnwindSafe(|| {
            self.player.set_offline(instance.host().is_offline());
            self.player.reset();
        }));
        if reset.is_err() {
            self.give_up(instance);
        }
    }

    /// Plays one part of a host's block. Every sample of every output is written, whatever happens. `[audio]`
    pub fn process<P: Plugin<SysExMessage = ()>>(
        &mut self,
        instance: &Instance,
        main: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<P>,
    ) -> ProcessStatus {
        if !self.panicked
            && catch_unwind(AssertUnwindSafe(|| self.play(instance, main, aux, context))).is_err()
        {
            self.give_up(instance);
        }
        if self.panicked {
            silence(main);
            aux.outputs.iter_mut().for_each(silence);
            self.reports.clear();
            // Ends of notes that the engine has begun.
            guarded((), || self.send_events(instance, 0, main.samples(), context));
            return ProcessStatus::Normal;
        }
        self.status(instance)
    }

    fn play<P: Plugin<SysExMessage = ()>>(
        &mut self,
        instance: &Instance,
        main: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<P>,
    ) {
        let frames = main.samples();
        self.player.set_offline(instance.host().is_offline());
        self.part = instance.begin_part(frames as u32);
        let part = self.part;
        let lost = instance.take_expressions(part, |event| self.events.express(event));
        let dropped = lost + self.events.gather(instance.params(), frames, context);
        self.player.count_dropped_events(dropped);
        if let Some(transport) = self.part.transport {
            self.player.transport(transport);
        }
        // A host may exceed the block length it announced; the room made for it then serves several times.
        let mut from = 0;
        while from < frames {
            let until = frames.min(from + self.frames_max);
            let events = self.events.piece(from..until);
            self.play_piece(main, aux, from..until, events, instance.bypass().is_on());
            self.follow_engine(instance, context);
            self.send_events(instance, from, frames, context);
            from = until;
        }
    }

    fn play_piece(
        &mut self,
        main: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        frames: Range<usize>,
        events: Range<usize>,
        is_bypassed: bool,
    ) {
        self.samples.copy(main, aux, frames.clone());
        let mut inputs: [&[f32]; CHANNELS_MAX] = [&[]; CHANNELS_MAX];
        let mut outputs: [&mut [f32]; CHANNELS_MAX] = Default::default();
        let input_count = fill(&mut inputs, self.samples.channels(frames.len()));
        let others =
            aux.outputs.iter_mut().flat_map(|bus| bus.as_slice().iter_mut().map(|channel| &mut **channel));
        let channels = main.as_slice().iter_mut().map(|channel| &mut **channel).chain(others);
        let output_count = fill(&mut outputs, channels.map(|channel| &mut channel[frames.clone()]));
        let mut block = Block {
            inputs: &inputs[..input_count],
            outputs: &mut outputs[..output_count],
            frames: frames.len(),
            events: self.events.of(events),
        };
        self.player.process(&mut block, &mut self.reports);
        let (latency_frames, dry) =
            (self.player.latency_frames(), &inputs[..self.main_inputs.min(input_count)]);
        self.dry.mix(dry, &mut outputs[..output_count], frames.len(), latency_frames, is_bypassed);
    }

    /// Sends what was reported of a piece that began at frame `from` of `frames`.
    fn send_events<P: Plugin<SysExMessage = ()>>(
        &mut self,
        instance: &Instance,
        from: usize,
        frames: usize,
        context: &mut impl ProcessContext<P>,
    ) {
        let mut host = Host { instance, context, part: self.part, plugin: PhantomData };
        self.output.send(&self.reports, from as u32, frames as u32, &mut host);
    }

    /// How long what plays sounds on after its input and notes have ended; `None`: nobody knows. `[any]`
    pub fn tail(&self) -> Option<Tail> {
        self.player.tail()
    }

    /// Notes that an engine has sent end when another one plays, and the host compensates for another latency and waits for
    /// another tail.
    fn follow_engine<P: Plugin>(&mut self, instance: &Instance, context: &mut impl ProcessContext<P>) {
        instance.set_tail(self.player.tail());
        if self.reports.has_other_engine {
            self.output.end_all();
        }
        let latency_frames = self.player.latency_frames();
        if latency_frames != instance.latency_frames() {
            instance.set_latency_frames(latency_frames);
            instance.host().latency_changed(&mut || context.set_latency_samples(latency_frames));
        }
    }

    /// A render that has lost its engine has failed: silence would not say so. A document that does not say how long it rings may sound at any time (a score, a feedback): keep it awake.
    fn status(&self, instance: &Instance) -> ProcessStatus {
        if self.player.has_lost_render() {
            return ProcessStatus::Error(RENDER_LOST);
        }
        match self.player.tail() {
            Some(Tail::Seconds(_)) if self.player.voice_count() == 0 => {
                ProcessStatus::Tail(instance.tail_frames(self.rate))
            }
            _ => ProcessStatus::KeepAlive,
        }
    }

    fn give_up(&mut self, instance: &Instance) {
        self.panicked = true;
        self.output.end_all();
        instance.problems().set_panicked(true);
        nice_error!("{PANICKED}");
    }
}

/// The host, as events of a part go to it.
struct Host<'a, P, C> {
    instance: &'a Instance,
    context: &'a mut C,
    part: Part,
    plugin: PhantomData<fn(P)>,
}

impl<P: Plugin<SysExMessage = ()>, C: ProcessContext<P>> EventSink for Host<'_, P, C> {
    fn send(&mut self, event: NoteEvent<()>) -> bool {
        self.context.try_send_event(event).is_ok()
    }

    fn send_param(&mut self, frame: u32, slot: usize, normalized: f64) {
        self.instance.params().was_written(slot, normalized);
        self.instance.host().send_param(self.part.frame + frame, slot, normalized);
    }
}

fn silence(bus: &mut Buffer) {
    bus.as_slice().iter_mut().for_each(|channel| channel.fill(0.0));
}

/// Puts what comes into the places, in order; how many came.
fn fill<T>(places: &mut [T], items: impl Iterator<Item = T>) -> usize {
    places.iter_mut().zip(items).map(|(place, item)| *place = item).count()
}
