//! The audio side of an instance: gathers a block's events, lets the player play it, reports what happened.
//!
//! The framework hands over parts of a host's block, cut at parameter points, down to a single frame. An event
//! that it delivers at or behind a part's end belongs to the part that follows; it is kept until then. Nothing
//! here allocates once `prepare` has run; what does not fit is counted, and the end of a note always fits.

use std::num::NonZeroU32;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ksmps_core::document::Tail;
use ksmps_core::event::{Event, EventKind};
use ksmps_core::params::SLOTS;
use ksmps_core::player::Player;
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use nice_plug::prelude::{
    AudioIOLayout, AuxiliaryBuffers, Buffer, Plugin, ProcessContext, ProcessStatus, nice_error,
};

use crate::health::STUMBLED;
use crate::slots::Bank;
use crate::translate;

/// Events that one part of a block may bring: ten thousand notes with their ends, and some.
pub const EVENTS_MAX: usize = 32_768;
/// Of these, the last are for what ends notes, so that none hangs.
const EVENTS_FOR_ENDS: usize = EVENTS_MAX / 2;
/// Host channels in one direction at most.
pub const CHANNELS_MAX: usize = 16;

/// The buses of a layout as the core wants them: main bus first, then the others. [any]
pub fn channels(layout: &AudioIOLayout) -> HostChannels {
    let buses = |main: Option<NonZeroU32>, others: &[NonZeroU32]| {
        main.iter().chain(others).map(|channels| channels.get() as usize).collect()
    };
    HostChannels {
        inputs: buses(layout.main_input_channels, layout.aux_input_ports),
        outputs: buses(layout.main_output_channels, layout.aux_output_ports),
    }
}

/// What the audio thread owns.
pub struct Audio {
    player: Player,
    /// Events of the part at hand.
    events: Vec<Event>,
    /// Events for the part that follows, all at its frame 0.
    held: Vec<Event>,
    /// Slots that the part at hand modulates, and where they stood without.
    modulated: Vec<(usize, Option<f64>)>,
    inputs: Inputs,
    reports: Reports,
    rate: f64,
    frames_max: usize,
    /// Which engine plays, as the address of what is known of it; only compared.
    engine: Option<usize>,
    /// A panic was caught; silence until the next activation.
    stumbled: bool,
}

impl Audio {
    /// The audio side around a player, not yet ready to process. [control]
    pub fn new(player: Player) -> Self {
        Self {
            player,
            events: Vec::new(),
            held: Vec::new(),
            modulated: Vec::new(),
            inputs: Inputs::default(),
            reports: Reports::default(),
            rate: 0.0,
            frames_max: 0,
            engine: None,
            stumbled: false,
        }
    }

    /// Lets the engine go: while the next one is built, none is to run at an old rate. [control]
    pub fn release(&mut self) {
        self.player.release();
        self.engine = None;
    }

    /// Takes the engine that was built and makes room for everything that `process` will need; returns the latency
    /// in frames. [control]
    pub fn prepare(&mut self, layout: &AudioIOLayout, rate: f64, frames_max: usize) -> u32 {
        self.player.adopt();
        self.engine = self.present_engine();
        self.frames_max = frames_max.max(1);
        self.rate = rate;
        self.inputs = Inputs::new(layout, self.frames_max);
        for list in [&mut self.events, &mut self.held] {
            list.clear();
            list.reserve_exact(EVENTS_MAX);
        }
        self.modulated.reserve_exact(SLOTS);
        self.stumbled = false;
        self.player.latency_frames()
    }

    /// Gives silence until the next activation. [control]
    pub fn stay_silent(&mut self) {
        self.stumbled = true;
    }

    /// Forgets all that sounds. [audio]
    pub fn reset(&mut self, bank: &Bank) {
        self.held.clear();
        if catch_unwind(AssertUnwindSafe(|| self.player.reset())).is_err() {
            self.stumble(bank);
        }
    }

    /// Plays one part of a host's block. Every sample of every output is written, whatever happens. [audio]
    pub fn process<P: Plugin<SysExMessage = ()>>(
        &mut self,
        bank: &Bank,
        main: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<P>,
    ) -> ProcessStatus {
        if !self.stumbled && catch_unwind(AssertUnwindSafe(|| self.play(bank, main, aux, context))).is_err() {
            self.stumble(bank);
        }
        if self.stumbled {
            silence(main);
            aux.outputs.iter_mut().for_each(silence);
            return ProcessStatus::Normal;
        }
        self.watch_engine(bank, context);
        self.status()
    }

    fn play<P: Plugin<SysExMessage = ()>>(
        &mut self,
        bank: &Bank,
        main: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<P>,
    ) {
        let frames = main.samples();
        let dropped = self.gather(bank, frames, context);
        self.player.count_dropped_events(dropped);
        if let Some(transport) = translate::transport(context.transport()) {
            self.player.transport(transport);
        }
        // A host may exceed the block length it announced; the room made for it then serves several times.
        let (mut from, mut first_event) = (0, 0);
        while from < frames {
            let until = frames.min(from + self.frames_max);
            let count = self.events[first_event..].partition_point(|event| (event.frame as usize) < until);
            let events = first_event..first_event + count;
            for event in &mut self.events[events.clone()] {
                event.frame -= from as u32;
            }
            self.play_piece(main, aux, from..until, events);
            self.report(from, frames, context);
            (from, first_event) = (until, first_event + count);
        }
        // The player keeps the values it hears; what is kept in a project is the value without modulation.
        for (slot, value) in self.modulated.drain(..) {
            bank.put_back(slot, value);
        }
    }

    /// Collects the part's events; how many found no room.
    fn gather<P: Plugin<SysExMessage = ()>>(
        &mut self,
        bank: &Bank,
        frames: usize,
        context: &mut impl ProcessContext<P>,
    ) -> u32 {
        self.events.clear();
        self.events.append(&mut self.held);
        let api = context.plugin_api();
        let mut dropped = 0;
        self.modulated.clear();
        bank.take_moves(|slot, normalized, kept| {
            if kept != Some(normalized) {
                self.modulated.push((slot, kept));
            }
            let kind = EventKind::Param { slot: slot as u16, normalized };
            dropped += u32::from(!push(&mut self.events, Event { frame: 0, kind }));
        });
        while let Some(event) = context.next_event() {
            let Some(event) = translate::event(&event, api) else { continue };
            let fits = if event.frame as usize >= frames {
                push(&mut self.held, Event { frame: 0, ..event })
            } else {
                // The player wants events in order; from a host that has none, the late ones count as now.
                let frame = self.events.last().map_or(0, |last| last.frame).max(event.frame);
                push(&mut self.events, Event { frame, ..event })
            };
            dropped += u32::from(!fits);
        }
        dropped
    }

    fn play_piece(
        &mut self,
        main: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        frames: Range<usize>,
        events: Range<usize>,
    ) {
        self.inputs.copy(main, aux, frames.clone());
        let mut inputs: [&[f32]; CHANNELS_MAX] = [&[]; CHANNELS_MAX];
        let mut outputs: [&mut [f32]; CHANNELS_MAX] = Default::default();
        let input_count = fill(&mut inputs, self.inputs.channels(frames.len()));
        let others =
            aux.outputs.iter_mut().flat_map(|bus| bus.as_slice().iter_mut().map(|channel| &mut **channel));
        let channels = main.as_slice().iter_mut().map(|channel| &mut **channel).chain(others);
        let output_count = fill(&mut outputs, channels.map(|channel| &mut channel[frames.clone()]));
        let mut block = Block {
            inputs: &inputs[..input_count],
            outputs: &mut outputs[..output_count],
            frames: frames.len(),
            events: &self.events[events],
        };
        self.player.process(&mut block, &mut self.reports);
    }

    /// Passes on what the player reported of a piece that began at frame `from` of `frames`.
    fn report<P: Plugin<SysExMessage = ()>>(
        &self,
        from: usize,
        frames: usize,
        context: &mut impl ProcessContext<P>,
    ) {
        let at = |frame: u32| (from as u32 + frame).min(frames as u32 - 1);
        let ends = self.reports.ended.iter().map(|&(frame, note)| translate::voice_end(at(frame), note));
        let messages = self.reports.midi_out.iter().filter_map(|&(frame, message)| {
            translate::midi_out(at(frame), message.bytes.get(..usize::from(message.len))?)
        });
        for event in ends.chain(messages) {
            // A host without room for it, or without a note output, does without.
            let _ = context.try_send_event(event);
        }
    }

    fn present_engine(&self) -> Option<usize> {
        self.player.info().map(|info| Arc::as_ptr(info).addr())
    }

    /// Another engine plays: its values hold from now on, whatever was shown while it waited.
    fn watch_engine<P: Plugin>(&mut self, bank: &Bank, context: &mut impl ProcessContext<P>) {
        let engine = self.present_engine();
        if engine == self.engine {
            return;
        }
        self.engine = engine;
        for (slot, param) in self.player.info().iter().flat_map(|info| &info.params) {
            bank.show_current(*slot, Some(param));
        }
        let latency_frames = self.player.latency_frames();
        if latency_frames != bank.latency_frames() {
            bank.set_latency_frames(latency_frames);
            match bank.host() {
                Some(host) => host.restart(),
                None => context.set_latency_samples(latency_frames),
            }
        }
    }

    /// A document that does not say how long it rings may sound at any time (a score, a feedback): keep it awake.
    fn status(&self) -> ProcessStatus {
        match self.player.tail() {
            Some(Tail::Seconds(seconds)) if self.player.voice_count() == 0 => {
                ProcessStatus::Tail((seconds * self.rate) as u32)
            }
            _ => ProcessStatus::KeepAlive,
        }
    }

    fn stumble(&mut self, bank: &Bank) {
        self.stumbled = true;
        bank.health().set_stumbled(true);
        nice_error!("{STUMBLED}");
    }
}

/// Adds an event where there is room for its kind.
fn push(events: &mut Vec<Event>, event: Event) -> bool {
    let room = match event.kind {
        EventKind::NoteOff { .. } | EventKind::Choke { .. } | EventKind::Midi { .. } => EVENTS_MAX,
        _ => EVENTS_MAX - EVENTS_FOR_ENDS,
    };
    let fits = events.len() < room;
    if fits {
        events.push(event);
    }
    fits
}

fn silence(bus: &mut Buffer) {
    bus.as_slice().iter_mut().for_each(|channel| channel.fill(0.0));
}

/// Puts what comes into the places, in order; how many came.
fn fill<T>(places: &mut [T], items: impl Iterator<Item = T>) -> usize {
    places.iter_mut().zip(items).map(|(place, item)| *place = item).count()
}

/// A copy of the input channels: the host's main input is in the very buffers that the output goes to.
#[derive(Default)]
struct Inputs {
    samples: Vec<f32>,
    frames_max: usize,
    has_main: bool,
}

impl Inputs {
    fn new(layout: &AudioIOLayout, frames_max: usize) -> Self {
        let has_main = layout.main_input_channels.is_some();
        Self { samples: vec![0.0; channels(layout).input_count() * frames_max], frames_max, has_main }
    }

    fn copy(&mut self, main: &Buffer, aux: &AuxiliaryBuffers, frames: Range<usize>) {
        let main = self.has_main.then_some(main).into_iter();
        let sources = main.chain(aux.inputs.iter()).flat_map(|bus| bus.as_slice_immutable().iter());
        for (copy, source) in self.samples.chunks_exact_mut(self.frames_max).zip(sources) {
            copy[..frames.len()].copy_from_slice(&source[frames.clone()]);
        }
    }

    fn channels(&self, frames: usize) -> impl Iterator<Item = &[f32]> {
        self.samples.chunks_exact(self.frames_max.max(1)).map(move |channel| &channel[..frames])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use ksmps_core::event::{NoteName, NoteSelector};
    use ksmps_core::player::{self, Shape};
    use nice_plug::context::process::SendEventError;
    use nice_plug::midi::{Channel, Key, VoiceID};
    use nice_plug::prelude::{NoteEvent, PluginApi, Transport};

    use super::*;
    use crate::kinds::Instrument;

    /// A host that gives some events and takes none.
    struct Host {
        events: VecDeque<NoteEvent<()>>,
        transport: Transport,
    }

    impl ProcessContext<Instrument> for Host {
        fn plugin_api(&self) -> PluginApi {
            PluginApi::Clap
        }
        fn execute_background(&self, (): ()) {}
        fn execute_gui(&self, (): ()) {}
        fn transport(&self) -> &Transport {
            &self.transport
        }
        fn next_event(&mut self) -> Option<NoteEvent<()>> {
            self.events.pop_front()
        }
        fn try_send_event(&mut self, event: NoteEvent<()>) -> Result<(), (NoteEvent<()>, SendEventError)> {
            Err((event, SendEventError::NoOutputBuffer))
        }
        fn set_latency_samples(&self, _samples: u32) {}
        fn request_restart(&self) {}
        fn set_current_voice_capacity(&self, _capacity: u32) {}
    }

    fn instance() -> (std::sync::Arc<Bank>, Audio) {
        let layout = AudioIOLayout::const_default();
        let (control, player) = player::pair(Shape { channels: channels(&layout), default_document: "" });
        let mut audio = Audio::new(player);
        audio.prepare(&layout, 48000.0, 64);
        (Bank::new(control, None, None), audio)
    }

    /// What is gathered, and how many found no room.
    fn gather_all(
        audio: &mut Audio,
        bank: &Bank,
        frames: usize,
        keys_at: &[(u8, u32)],
    ) -> (Vec<(u8, u32)>, u32) {
        let note = |&(key, timing): &(u8, u32)| NoteEvent::NoteOn {
            timing,
            voice_id: VoiceID::Wildcard,
            channel: Channel::Number(0),
            key: Key::Number(key),
            velocity: 1.0,
        };
        let events = keys_at.iter().map(note).collect();
        let dropped = audio.gather(bank, frames, &mut Host { events, transport: Transport::new(48000.0) });
        let heard = |event: &Event| match event.kind {
            EventKind::NoteOn { note, .. } => (note.key, event.frame),
            _ => (u8::MAX, event.frame),
        };
        (audio.events.iter().map(heard).collect(), dropped)
    }

    fn gather(audio: &mut Audio, bank: &Bank, frames: usize, keys_at: &[(u8, u32)]) -> Vec<(u8, u32)> {
        gather_all(audio, bank, frames, keys_at).0
    }

    #[test]
    fn an_event_at_the_end_of_a_part_belongs_to_the_next() {
        let (bank, mut audio) = instance();
        assert_eq!(gather(&mut audio, &bank, 10, &[(60, 9), (61, 10), (62, 40)]), [(60, 9)]);
        assert_eq!(gather(&mut audio, &bank, 1, &[(63, 0)]), [(61, 0), (62, 0), (63, 0)]);
        assert_eq!(gather(&mut audio, &bank, 1, &[]), []);
    }

    #[test]
    fn events_out_of_order_are_put_into_order() {
        let (bank, mut audio) = instance();
        assert_eq!(gather(&mut audio, &bank, 10, &[(60, 5), (61, 2), (62, 7)]), [(60, 5), (61, 5), (62, 7)]);
    }

    #[test]
    fn a_reset_forgets_what_was_still_to_come() {
        let (bank, mut audio) = instance();
        gather(&mut audio, &bank, 10, &[(61, 10)]);
        audio.reset(&bank);
        assert_eq!(gather(&mut audio, &bank, 10, &[]), []);
    }

    #[test]
    fn the_end_of_a_note_finds_room_when_starts_do_not() {
        let (bank, mut audio) = instance();
        let starts = vec![(60, 0); EVENTS_MAX];
        let (heard, dropped) = gather_all(&mut audio, &bank, 10, &starts);
        assert_eq!((heard.len(), dropped as usize), (EVENTS_MAX - EVENTS_FOR_ENDS, EVENTS_FOR_ENDS));
        let note = NoteName { id: None, channel: 0, key: 60 };
        let end =
            Event { frame: 0, kind: EventKind::NoteOff { notes: NoteSelector::from(note), velocity: 0.0 } };
        assert!(push(&mut audio.events, end));
        assert_eq!(audio.events.capacity(), EVENTS_MAX);
    }
}
