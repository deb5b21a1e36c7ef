//! What comes into a block: its events in the order of their frames, and a copy of its samples.

use std::ops::Range;

use ksmps_core::event::{Event, EventKind};
use ksmps_core::params::SLOTS;
use nice_plug::prelude::{AudioIOLayout, AuxiliaryBuffers, Buffer, Plugin, ProcessContext};

use super::{SIDECHAIN_CHANNELS_MAX, channels};
use crate::host_block::EXPRESSIONS_MAX;
use crate::param_bank::{Move, ParamBank};
use crate::translate;

/// Events that one part of a block may bring: ten thousand notes with their ends, and some.
pub const EVENTS_MAX: usize = 32_768;
/// Of these, the last are for what ends notes, so that none hangs.
const EVENTS_FOR_ENDS: usize = EVENTS_MAX / 2;

/// The events of the part at hand. One that the framework delivers at or behind a part's end belongs to the part that
/// follows; it is kept until then.
pub(super) struct InputEvents {
    events: Vec<Event>,
    /// Events for the part that follows, all at its frame 0.
    late: Vec<Event>,
    /// Note expressions of the part that did not come with the framework's events, in the order of their frames.
    expressions: Vec<Event>,
    /// How many events earlier pieces of the part have taken.
    taken: usize,
    /// What modulation adds to each slot.
    modulation: [f64; SLOTS],
}

impl Default for InputEvents {
    fn default() -> Self {
        Self {
            events: Vec::new(),
            late: Vec::new(),
            expressions: Vec::new(),
            taken: 0,
            modulation: [0.0; SLOTS],
        }
    }
}

impl InputEvents {
    /// Makes room and forgets everything. `[control]`
    pub fn prepare(&mut self) {
        for list in [&mut self.events, &mut self.late] {
            list.clear();
            list.reserve_exact(EVENTS_MAX);
        }
        self.expressions.reserve_exact(EXPRESSIONS_MAX);
        self.clear();
    }

    /// Forgets what was still to come, and what modulated the engine that goes. `[audio]`
    pub fn clear(&mut self) {
        self.late.clear();
        self.expressions.clear();
        self.modulation = [0.0; SLOTS];
    }

    /// A note expression of the part that is gathered next. `[audio]`
    pub fn express(&mut self, event: Event) {
        // There is as much room as for a whole block's events.
        if self.expressions.len() < self.expressions.capacity() {
            self.expressions.push(event);
        }
    }

    /// Collects the events of a part of so many frames; how many found no room. `[audio]`
    pub fn gather<P: Plugin<SysExMessage = ()>>(
        &mut self,
        params: &ParamBank,
        frames: usize,
        context: &mut impl ProcessContext<P>,
    ) -> u32 {
        self.taken = 0;
        self.events.clear();
        self.events.append(&mut self.late);
        let api = context.plugin_api();
        let mut dropped = 0;
        params.take_moves(|Move { slot, base, modulation }| {
            let slot_number = slot as u16;
            if let Some(normalized) = base {
                let kind = EventKind::Param { slot: slot_number, normalized };
                dropped += u32::from(!push(&mut self.events, Event { frame: 0, kind }));
            }
            if std::mem::replace(&mut self.modulation[slot], modulation) != modulation {
                let kind = EventKind::ParamModulation { slot: slot_number, offset: modulation };
                dropped += u32::from(!push(&mut self.events, Event { frame: 0, kind }));
            }
        });
        let mut expressions = 0;
        while let Some(event) = context.next_event() {
            let Some(event) = translate::event(&event, api) else { continue };
            // An expression comes behind the notes of its frame: one of them may be its own.
            while let Some(earlier) = self.expressions.get(expressions).filter(|one| one.frame < event.frame)
            {
                dropped += u32::from(!push(&mut self.events, *earlier));
                expressions += 1;
            }
            let fits = if event.frame as usize >= frames {
                push(&mut self.late, Event { frame: 0, ..event })
            } else {
                // The player wants events in order; from a host that has none, the late ones count as now.
                let frame = self.events.last().map_or(0, |last| last.frame).max(event.frame);
                push(&mut self.events, Event { frame, ..event })
            };
            dropped += u32::from(!fits);
        }
        for event in self.expressions.drain(..).skip(expressions) {
            dropped += u32::from(!push(&mut self.events, event));
        }
        dropped
    }

    /// Takes the events of the next piece of the part: where they stand, their frames counted from its first. `[audio]`
    pub fn piece(&mut self, frames: Range<usize>) -> Range<usize> {
        let first = self.taken;
        let count = self.events[first..].partition_point(|event| (event.frame as usize) < frames.end);
        self.taken += count;
        for event in &mut self.events[first..self.taken] {
            event.frame -= frames.start as u32;
        }
        first..self.taken
    }

    /// The events that stand there. `[audio]`
    pub fn of(&self, piece: Range<usize>) -> &[Event] {
        &self.events[piece]
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

/// A copy of the input channels: the host's main input is in the very buffers that the output goes to.
#[derive(Default)]
pub(super) struct InputSamples {
    samples: Vec<f32>,
    frames_max: usize,
    has_main: bool,
}

impl InputSamples {
    /// Room for a layout's inputs. `[control]`
    pub fn new(layout: &AudioIOLayout, frames_max: usize) -> Self {
        let has_main = layout.main_input_channels.is_some();
        Self { samples: vec![0.0; channels(layout).input_count() * frames_max], frames_max, has_main }
    }

    /// Copies these frames of every input channel. `[audio]`
    pub fn copy(&mut self, main: &Buffer, aux: &AuxiliaryBuffers, frames: Range<usize>) {
        let main = self.has_main.then_some(main).into_iter();
        let main = main.flat_map(|bus| bus.as_slice_immutable().iter());
        let others =
            aux.inputs.iter().flat_map(|bus| bus.as_slice_immutable().iter().take(SIDECHAIN_CHANNELS_MAX));
        let sources = main.chain(others);
        for (copy, source) in self.samples.chunks_exact_mut(self.frames_max).zip(sources) {
            copy[..frames.len()].copy_from_slice(&source[frames.clone()]);
        }
    }

    /// The channels that were copied. `[audio]`
    pub fn channels(&self, frames: usize) -> impl Iterator<Item = &[f32]> {
        self.samples.chunks_exact(self.frames_max.max(1)).map(move |channel| &channel[..frames])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use ksmps_core::event::{Expression, NoteName, NoteSelector};
    use ksmps_core::player::{self, InstanceConfig};
    use nice_plug::context::process::SendEventError;
    use nice_plug::midi::{Channel, Key, VoiceID};
    use nice_plug::prelude::{NoteEvent, PluginApi, Transport};

    use super::*;
    use crate::host_link::NoHost;
    use crate::plugin::Ksmps;

    /// A host that gives some events and takes none.
    struct Host {
        events: VecDeque<NoteEvent<()>>,
        transport: Transport,
    }

    impl ProcessContext<Ksmps> for Host {
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

    fn events() -> (std::sync::Arc<ParamBank>, InputEvents) {
        let channels = channels(&AudioIOLayout::const_default());
        let (control, _) = player::pair(InstanceConfig { channels, default_document: "" });
        let mut events = InputEvents::default();
        events.prepare();
        (ParamBank::new(control, std::sync::Arc::new(NoHost)), events)
    }

    /// What is gathered, and how many found no room.
    fn gather_all(
        events: &mut InputEvents,
        params: &ParamBank,
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
        let from_host = keys_at.iter().map(note).collect();
        let transport = Transport::new(48000.0);
        let dropped = events.gather(params, frames, &mut Host { events: from_host, transport });
        let heard = |event: &Event| match event.kind {
            EventKind::NoteOn { note, .. } => (note.key, event.frame),
            _ => (u8::MAX, event.frame),
        };
        (events.events.iter().map(heard).collect(), dropped)
    }

    fn gather(
        events: &mut InputEvents,
        params: &ParamBank,
        frames: usize,
        keys_at: &[(u8, u32)],
    ) -> Vec<(u8, u32)> {
        gather_all(events, params, frames, keys_at).0
    }

    #[test]
    fn an_event_at_the_end_of_a_part_belongs_to_the_next() {
        let (params, mut events) = events();
        assert_eq!(gather(&mut events, &params, 10, &[(60, 9), (61, 10), (62, 40)]), [(60, 9)]);
        assert_eq!(gather(&mut events, &params, 1, &[(63, 0)]), [(61, 0), (62, 0), (63, 0)]);
        assert_eq!(gather(&mut events, &params, 1, &[]), []);
    }

    #[test]
    fn events_out_of_order_are_put_into_order() {
        let (params, mut events) = events();
        assert_eq!(
            gather(&mut events, &params, 10, &[(60, 5), (61, 2), (62, 7)]),
            [(60, 5), (61, 5), (62, 7)]
        );
    }

    #[test]
    fn an_expression_comes_behind_the_notes_of_its_frame() {
        let (params, mut events) = events();
        for frame in [2, 5, 7] {
            let notes = NoteSelector { id: Some(1), ..NoteSelector::ALL };
            let kind = EventKind::Expression { notes, expression: Expression::Pan, value: 0.0 };
            events.express(Event { frame, kind });
        }
        let heard = gather(&mut events, &params, 10, &[(60, 2), (61, 5), (62, 6)]);
        let other = u8::MAX;
        assert_eq!(heard, [(60, 2), (other, 2), (61, 5), (other, 5), (62, 6), (other, 7)]);
        assert_eq!(gather(&mut events, &params, 10, &[]), []);
    }

    #[test]
    fn a_reset_forgets_what_was_still_to_come() {
        let (params, mut events) = events();
        gather(&mut events, &params, 10, &[(61, 10)]);
        events.clear();
        assert_eq!(gather(&mut events, &params, 10, &[]), []);
    }

    #[test]
    fn the_end_of_a_note_finds_room_when_starts_do_not() {
        let (params, mut events) = events();
        let starts = vec![(60, 0); EVENTS_MAX];
        let (heard, dropped) = gather_all(&mut events, &params, 10, &starts);
        assert_eq!((heard.len(), dropped as usize), (EVENTS_MAX - EVENTS_FOR_ENDS, EVENTS_FOR_ENDS));
        let note = NoteName { id: None, channel: 0, key: 60 };
        let end =
            Event { frame: 0, kind: EventKind::NoteOff { notes: NoteSelector::from(note), velocity: 0.0 } };
        assert!(push(&mut events.events, end));
        assert_eq!(events.events.capacity(), EVENTS_MAX);
    }
}
