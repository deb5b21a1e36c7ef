//! Standard MIDI files as scripts: all tracks together, at the frames that their tempo changes give.

use crate::script::Script;
use crate::song::Song;
use ksmps_core::event::{EventKind, NoteName};
use midly::{Format, MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};

/// Microseconds of a beat before a file says otherwise: 120 beats a minute.
const BEAT_US_DEFAULT: u32 = 500_000;

/// Why a MIDI file is no script.
#[derive(Debug, thiserror::Error)]
pub enum MidiFileError {
    /// It cannot be read.
    #[error("this is no MIDI file: {0}")]
    Unreadable(#[from] midly::Error),
    /// Its tracks are pieces that follow each other, which nothing says how to play.
    #[error("the file holds several pieces (format 2); export them one by one")]
    Sequential,
}

/// Reads a MIDI file as a script at `rate` frames a second. `[control]`
///
/// # Errors
/// Where it is no MIDI file, or one of format 2.
pub fn script(bytes: &[u8], rate: f64) -> Result<Script, MidiFileError> {
    let mut script = Script::new();
    walk(bytes, |seconds, kind| {
        if let TrackEventKind::Midi { channel, message } = kind {
            script.push((seconds * rate).round() as u64, event(channel.as_int(), message));
        }
    })?;
    Ok(script)
}

/// The song that a MIDI file is: its tempi, 120 where it has none. `[control]`
///
/// # Errors
/// As [`script`].
pub fn song(bytes: &[u8]) -> Result<Song, MidiFileError> {
    let mut song = Song::default();
    walk(bytes, |seconds, kind| {
        if let TrackEventKind::Meta(MetaMessage::Tempo(beat_us)) = kind {
            song.change(seconds, 60e6 / f64::from(beat_us.as_int().max(1)));
        }
    })?;
    Ok(song)
}

/// Gives all events with their seconds, in their order.
fn walk(bytes: &[u8], mut each: impl FnMut(f64, TrackEventKind<'_>)) -> Result<(), MidiFileError> {
    let file = Smf::parse(bytes)?;
    if file.header.format == Format::Sequential {
        return Err(MidiFileError::Sequential);
    }
    let mut events = Vec::new();
    for track in &file.tracks {
        let mut tick = 0_u64;
        for event in track {
            tick += u64::from(event.delta.as_int());
            events.push((tick, event.kind));
        }
    }
    // Stable: what stands at one tick keeps the order of the tracks.
    events.sort_by_key(|(tick, _)| *tick);
    let mut clock = Clock::new(file.header.timing);
    for (tick, kind) in events {
        each(clock.seconds(tick), kind);
        if let TrackEventKind::Meta(MetaMessage::Tempo(beat_us)) = kind {
            clock.set_tempo(tick, beat_us.as_int());
        }
    }
    Ok(())
}

/// Seconds of a tick, through tempo changes.
struct Clock {
    timing: Timing,
    beat_us: u32,
    /// Where the present tempo began.
    since_tick: u64,
    since_seconds: f64,
}

impl Clock {
    fn new(timing: Timing) -> Self {
        Self { timing, beat_us: BEAT_US_DEFAULT, since_tick: 0, since_seconds: 0.0 }
    }

    fn seconds(&self, tick: u64) -> f64 {
        let ticks = (tick - self.since_tick) as f64;
        let tick_seconds = match self.timing {
            Timing::Metrical(per_beat) => f64::from(self.beat_us) / 1e6 / f64::from(per_beat.as_int().max(1)),
            // Time code counts frames of film, whatever the tempo.
            Timing::Timecode(film, per_frame) => 1.0 / f64::from(film.as_f32()) / f64::from(per_frame.max(1)),
        };
        self.since_seconds + ticks * tick_seconds
    }

    fn set_tempo(&mut self, tick: u64, beat_us: u32) {
        self.since_seconds = self.seconds(tick);
        self.since_tick = tick;
        self.beat_us = beat_us;
    }
}

fn event(channel: u8, message: MidiMessage) -> EventKind {
    let midi = |status: u8, first: u8, second: u8, len| EventKind::Midi {
        bytes: [status | channel, first, second],
        len,
    };
    let note = |key: midly::num::u7| NoteName { id: None, channel, key: key.as_int() };
    let unit = |value: midly::num::u7| f32::from(value.as_int()) / 127.0;
    match message {
        // A start without velocity is an end, by MIDI's running status habit.
        MidiMessage::NoteOn { key, vel } if vel > 0 => {
            EventKind::NoteOn { note: note(key), velocity: unit(vel) }
        }
        MidiMessage::NoteOn { key, vel } | MidiMessage::NoteOff { key, vel } => {
            EventKind::NoteOff { notes: note(key).into(), velocity: unit(vel) }
        }
        MidiMessage::Aftertouch { key, vel } => midi(0xa0, key.as_int(), vel.as_int(), 3),
        MidiMessage::Controller { controller, value } => midi(0xb0, controller.as_int(), value.as_int(), 3),
        MidiMessage::ProgramChange { program } => midi(0xc0, program.as_int(), 0, 2),
        MidiMessage::ChannelAftertouch { vel } => midi(0xd0, vel.as_int(), 0, 2),
        MidiMessage::PitchBend { bend } => {
            let bend = bend.0.as_int();
            midi(0xe0, (bend & 0x7f) as u8, (bend >> 7) as u8, 3)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of format 1 at 96 ticks a beat.
    fn file(tracks: &[&[u8]]) -> Vec<u8> {
        let mut bytes = b"MThd\0\0\0\x06\0\x01".to_vec();
        bytes.extend([0, tracks.len() as u8, 0, 96]);
        for track in tracks {
            bytes.extend(b"MTrk");
            bytes.extend((track.len() as u32 + 4).to_be_bytes());
            bytes.extend(*track);
            bytes.extend([0, 0xff, 0x2f, 0]);
        }
        bytes
    }

    #[test]
    fn tempo_changes_of_one_track_move_the_notes_of_another() {
        // 60 beats a minute from the start, 240 from the second beat.
        let tempo = [0, 0xff, 0x51, 3, 0x0f, 0x42, 0x40, 96, 0xff, 0x51, 3, 0x03, 0xd0, 0x90];
        let notes = [96, 0x90, 60, 127, 96, 0x90, 60, 0];
        let bytes = file(&[&tempo, &notes]);
        let song = song(&bytes).expect("reads");
        let beats =
            [500, 1000, 1250].map(|frame| (song.at(frame, 1000.0).beats, song.at(frame, 1000.0).tempo));
        assert_eq!(beats, [(Some(0.5), Some(60.0)), (Some(1.0), Some(240.0)), (Some(2.0), Some(240.0))]);
        let script = script(&bytes, 1000.0).expect("reads");
        let note = NoteName { id: None, channel: 0, key: 60 };
        let expected = [
            (1000, EventKind::NoteOn { note, velocity: 1.0 }),
            (1250, EventKind::NoteOff { notes: note.into(), velocity: 0.0 }),
        ];
        assert_eq!(script.events(), expected);
    }

    #[test]
    fn channel_messages_come_through_as_bytes() {
        let track = [0, 0xb1, 7, 100, 0, 0xc2, 5, 0, 0xe3, 0x01, 0x41, 0, 0xd4, 9];
        let script = script(&file(&[&track]), 48_000.0).expect("reads");
        let bytes: Vec<_> = script.events().iter().map(|(_, kind)| *kind).collect();
        let midi = |bytes, len| EventKind::Midi { bytes, len };
        let expected = [
            midi([0xb1, 7, 100], 3),
            midi([0xc2, 5, 0], 2),
            midi([0xe3, 0x01, 0x41], 3),
            midi([0xd4, 9, 0], 2),
        ];
        assert_eq!(bytes, expected);
    }

    #[test]
    fn nonsense_is_an_error() {
        assert!(matches!(script(b"RIFF", 48_000.0), Err(MidiFileError::Unreadable(_))));
    }
}
