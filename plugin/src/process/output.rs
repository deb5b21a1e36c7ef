//! What leaves a block besides sound: voices that ended, MIDI, and parameters that the orchestra moved, in the order of
//! their frames.
//!
//! The notes that an orchestra has begun at the host are known here. When its engine goes (an edit, a reset, a
//! deactivation), nobody else could end them: so they get their ends at the first frame that comes after.

use ksmps_core::renderer::Reports;
use nice_plug::prelude::NoteEvent;

use crate::translate;

const CHANNELS: usize = 16;
/// Notes of one key at once that are ended one by one.
const OVERLAPS_MAX: u8 = 16;
const KEYS: usize = 128;

const NOTE_OFF: u8 = 0x80;
const NOTE_ON: u8 = 0x90;
const CONTROLLER: u8 = 0xb0;
/// Controllers.
const SUSTAIN: u8 = 64;
const ALL_SOUND_OFF: u8 = 120;
const ALL_NOTES_OFF: u8 = 123;

/// Where events go. Frames count from the first of the framework's part of a block.
pub(super) trait EventSink {
    /// Sends an event; says whether the host took it. `[audio]`
    fn send(&mut self, event: NoteEvent<()>) -> bool;

    /// Tells the host that the orchestra moved a parameter. `[audio]`
    fn send_param(&mut self, frame: u32, slot: usize, normalized: f64);
}

/// Sends events to the host, and remembers the notes they began.
#[derive(Default)]
pub(super) struct OutputEvents {
    notes: SoundingNotes,
    /// The engine that began the notes is gone.
    is_ending: bool,
}

impl OutputEvents {
    /// All notes that were begun end with the next events that are sent, before them. `[any]`
    pub fn end_all(&mut self) {
        self.is_ending = !self.notes.is_empty();
    }

    /// Sends what was reported of a piece that began at frame `from` of a part of `frames`. A host without room for an
    /// event, or without a note output, does without. `[audio]`
    pub fn send(&mut self, reports: &Reports, from: u32, frames: u32, host: &mut impl EventSink) {
        if self.is_ending {
            self.is_ending = !self.notes.end(|bytes| send_midi(from, &bytes, host));
        }
        let at = |frame: u32| (from + frame).min(frames.saturating_sub(1));
        let Reports { ended, midi_out, params, .. } = reports;
        let (mut ended, mut messages, mut params) =
            (ended.iter().peekable(), midi_out.iter().peekable(), params.iter().peekable());
        loop {
            let next_message = messages.peek().map_or(u32::MAX, |(frame, _)| *frame);
            let next_param = params.peek().map_or(u32::MAX, |(frame, ..)| *frame);
            let first = next_message.min(next_param);
            if let Some((frame, note)) = ended.next_if(|(frame, _)| *frame <= first) {
                host.send(translate::voice_end(at(*frame), *note));
            } else if let Some((frame, message)) = messages.next_if(|(frame, _)| *frame <= next_param) {
                let bytes = message.bytes.get(..usize::from(message.len)).unwrap_or_default();
                if send_midi(at(*frame), bytes, host) {
                    self.notes.note(bytes);
                }
            } else if let Some((frame, slot, normalized)) = params.next() {
                host.send_param(at(*frame), usize::from(*slot), *normalized);
            } else {
                return;
            }
        }
    }
}

fn send_midi(frame: u32, bytes: &[u8], host: &mut impl EventSink) -> bool {
    translate::midi_out(frame, bytes).is_some_and(|event| host.send(event))
}

/// How often each key of each channel was begun and not ended, and which pedals are down.
struct SoundingNotes {
    counts: Box<[[u8; KEYS]; CHANNELS]>,
    /// Keys of a channel that sound.
    keys: [u8; CHANNELS],
    pedals: [bool; CHANNELS],
}

impl Default for SoundingNotes {
    fn default() -> Self {
        Self { counts: Box::new([[0; KEYS]; CHANNELS]), keys: [0; CHANNELS], pedals: [false; CHANNELS] }
    }
}

impl SoundingNotes {
    fn is_empty(&self) -> bool {
        self.keys == [0; CHANNELS] && self.pedals == [false; CHANNELS]
    }

    /// A message was sent.
    fn note(&mut self, message: &[u8]) {
        let &[status, number, value] = message else { return };
        let channel = usize::from(status & 0x0f);
        let Some(count) = self.counts[channel].get_mut(usize::from(number)) else { return };
        match (status & 0xf0, number) {
            (NOTE_ON, _) if value > 0 => {
                self.keys[channel] += u8::from(*count == 0);
                *count = (*count + 1).min(OVERLAPS_MAX);
            }
            (NOTE_ON | NOTE_OFF, _) => {
                self.keys[channel] -= u8::from(*count == 1);
                *count = count.saturating_sub(1);
            }
            (CONTROLLER, SUSTAIN) => self.pedals[channel] = value >= 64,
            (CONTROLLER, ALL_SOUND_OFF | ALL_NOTES_OFF) => {
                self.counts[channel] = [0; KEYS];
                self.keys[channel] = 0;
            }
            _ => {}
        }
    }

    /// Sends an end for each note; `send` says whether the host took it. Whether nothing sounds then.
    fn end(&mut self, mut send: impl FnMut([u8; 3]) -> bool) -> bool {
        for channel in 0..CHANNELS {
            let status = |kind: u8| kind | channel as u8;
            if self.pedals[channel] && send([status(CONTROLLER), SUSTAIN, 0]) {
                self.pedals[channel] = false;
            }
            if self.keys[channel] == 0 {
                continue;
            }
            for key in 0..KEYS {
                while self.counts[channel][key] > 0 {
                    let off = [status(NOTE_OFF), key as u8, 0];
                    if !send(off) {
                        return false;
                    }
                    self.note(&off);
                }
            }
        }
        self.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use ksmps_core::csound::MidiOut;
    use ksmps_core::event::NoteName;

    use super::*;

    /// Reports of one piece.
    fn reports(ended: &[u32], messages: &[(u32, [u8; 3])]) -> Reports {
        let mut reports = Reports::default();
        reports.ended.extend(ended.iter().map(|frame| (*frame, NoteName { id: None, channel: 0, key: 60 })));
        reports
            .midi_out
            .extend(messages.iter().map(|(frame, bytes)| (*frame, MidiOut { bytes: *bytes, len: 3 })));
        reports
    }

    /// A host with so much room.
    struct Host {
        events: Vec<NoteEvent<()>>,
        params: Vec<(usize, f64)>,
        /// The frames of all, in the order in which they came.
        frames: Vec<u32>,
        room: usize,
    }

    impl EventSink for Host {
        fn send(&mut self, event: NoteEvent<()>) -> bool {
            let fits = self.room > 0;
            if fits {
                self.room -= 1;
                self.frames.push(event.timing());
                self.events.push(event);
            }
            fits
        }

        fn send_param(&mut self, frame: u32, slot: usize, normalized: f64) {
            self.frames.push(frame);
            self.params.push((slot, normalized));
        }
    }

    /// What a host hears of pieces, each with its first frame and its part's length.
    fn heard(output: &mut OutputEvents, pieces: &[(&Reports, u32, u32)], room: usize) -> Host {
        let mut host = Host { events: Vec::new(), params: Vec::new(), frames: Vec::new(), room };
        for (reports, from, frames) in pieces {
            output.send(reports, *from, *frames, &mut host);
        }
        host
    }

    fn sent(output: &mut OutputEvents, pieces: &[(&Reports, u32, u32)], room: usize) -> Vec<NoteEvent<()>> {
        heard(output, pieces, room).events
    }

    fn offs(events: &[NoteEvent<()>]) -> Vec<(u32, u8)> {
        let off = |event: &NoteEvent<()>| match event {
            NoteEvent::NoteOff { timing, key, .. } => Some((*timing, key.number()?)),
            _ => None,
        };
        events.iter().filter_map(off).collect()
    }

    #[test]
    fn ends_and_messages_leave_in_the_order_of_their_frames() {
        let mut random = 1_u32;
        let mut below = |limit: u32| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) % limit
        };
        for _ in 0..500 {
            let mut output = OutputEvents::default();
            let frames = 1 + below(300);
            let mut last = 0;
            let mut from = 0;
            while from < frames {
                let piece = 1 + below(frames - from);
                // A cycle may be complete just behind the piece.
                let mut frames_of = |count| {
                    let mut frames: Vec<u32> = (0..count).map(|_| below(piece + 1)).collect();
                    frames.sort_unstable();
                    frames
                };
                let (ended, at, moved) = (frames_of(7), frames_of(9), frames_of(5));
                let messages: Vec<_> = at.iter().map(|at| (*at, [0x90, (*at % 128) as u8, 100])).collect();
                let mut reports = reports(&ended, &messages);
                reports.params.extend(moved.iter().map(|frame| (*frame, 3, 0.5)));
                let host = heard(&mut output, &[(&reports, from, frames)], usize::MAX);
                assert!(host.events.len() >= 16 && host.params == [(3, 0.5); 5]);
                for frame in host.frames {
                    assert!(frame >= last && frame < frames, "{last}, {frame}");
                    last = frame;
                }
                if below(4) == 0 {
                    output.end_all();
                }
                from += piece;
            }
        }
    }

    #[test]
    fn what_an_engine_began_ends_when_it_goes() {
        let mut output = OutputEvents::default();
        let begun = [
            (0, [0x90, 60, 100]),
            (0, [0x90, 61, 100]),
            (1, [0x90, 60, 90]),
            (2, [0x80, 61, 0]),
            (3, [0x93, 62, 1]),
            (3, [0x93, 63, 1]),
            (4, [0x93, 63, 0]),
            (5, [0xb5, 64, 127]),
        ];
        sent(&mut output, &[(&reports(&[], &begun), 0, 64)], usize::MAX);
        let nothing = reports(&[], &[]);
        assert_eq!(sent(&mut output, &[(&nothing, 0, 64)], usize::MAX), [], "they sound on");
        output.end_all();
        let after = reports(&[], &[(7, [0x90, 60, 100])]);
        let ends = sent(&mut output, &[(&after, 16, 64)], usize::MAX);
        assert_eq!(offs(&ends), [(16, 60), (16, 60), (16, 62)]);
        let pedal = NoteEvent::MidiCC { timing: 16, channel: 5, cc: 64, value: 0.0 };
        assert!(ends[..4].contains(&pedal), "{ends:?}");
        assert!(matches!(ends[4], NoteEvent::NoteOn { timing: 23, .. }) && ends.len() == 5, "{ends:?}");
        output.end_all();
        assert_eq!(offs(&sent(&mut output, &[(&nothing, 0, 64)], usize::MAX)), [(0, 60)]);
        output.end_all();
        assert_eq!(sent(&mut output, &[(&nothing, 0, 64)], usize::MAX), []);
    }

    #[test]
    fn an_end_for_which_there_is_no_room_comes_later() {
        let mut output = OutputEvents::default();
        let begun: Vec<_> = (60..65).map(|key| (0, [0x90, key, 100])).collect();
        sent(&mut output, &[(&reports(&[], &begun), 0, 64)], usize::MAX);
        output.end_all();
        let nothing = reports(&[], &[]);
        assert_eq!(offs(&sent(&mut output, &[(&nothing, 0, 64)], 2)), [(0, 60), (0, 61)]);
        assert_eq!(offs(&sent(&mut output, &[(&nothing, 0, 64)], usize::MAX)), [(0, 62), (0, 63), (0, 64)]);
    }
}
