//! Writes `instruments/demo.mid`, the piece that `cargo xtask demo` plays.
//!
//! Eight seconds at 120 beats a minute in one track: a melody that begins alone, three chords under it, a swell
//! of the modulation wheel and the sustain pedal on the last one. Run it after changing the piece:
//!
//! ```text
//! cargo run --release -p ksmps-harness --example make_demo_midi
//! ```

use std::path::Path;

use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};

const TICKS_PER_BEAT: u16 = 480;
const MICROSECONDS_PER_BEAT: u32 = 500_000;

/// Beat, key, length in beats, velocity.
type Note = (f64, u8, f64, u8);

const MELODY: [Note; 15] = [
    (0.0, 74, 0.45, 96),
    (0.5, 77, 0.45, 84),
    (1.0, 81, 0.90, 104),
    (2.0, 79, 0.45, 88),
    (2.5, 77, 0.45, 80),
    (3.0, 76, 0.90, 92),
    (4.0, 74, 1.40, 100),
    (5.5, 72, 0.45, 82),
    (6.0, 74, 0.90, 90),
    (7.0, 77, 0.90, 94),
    (8.0, 76, 1.40, 98),
    (9.5, 74, 0.45, 80),
    (10.0, 72, 0.90, 90),
    (11.0, 69, 0.90, 86),
    (12.0, 74, 2.80, 100),
];

const CHORDS: [(f64, [u8; 4]); 3] =
    [(4.0, [46, 53, 57, 62]), (8.0, [48, 55, 60, 64]), (12.0, [50, 57, 60, 65])];
const CHORD_BEATS: f64 = 3.8;
const LAST_CHORD_BEATS: f64 = 2.8;
const CHORD_VELOCITY: u8 = 68;

const MODULATION: u8 = 1;
const PEDAL: u8 = 64;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../instruments/demo.mid");
    piece().save(&path)?;
    println!("wrote {}", path.display());
    Ok(())
}

fn piece() -> Smf<'static> {
    let mut messages = Vec::new();
    for (beat, key, beats, velocity) in MELODY {
        note(&mut messages, beat, key, beats, velocity);
    }
    for (beat, keys) in CHORDS {
        let beats = if beat == 12.0 { LAST_CHORD_BEATS } else { CHORD_BEATS };
        keys.iter().for_each(|key| note(&mut messages, beat, *key, beats, CHORD_VELOCITY));
    }
    // The wheel opens over the last chord and is back at rest in the end; the pedal holds what the hands let go.
    for step in 0..=8_u8 {
        messages.push((12.5 + 0.25 * f64::from(step), control(MODULATION, 8 * step)));
    }
    messages.push((15.5, control(MODULATION, 0)));
    messages.push((12.25, control(PEDAL, 127)));
    messages.push((15.5, control(PEDAL, 0)));
    // Releases come before starts on the same beat, so that a repeated key is a new note.
    messages.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| is_start(&a.1).cmp(&is_start(&b.1))));

    let tempo = MetaMessage::Tempo(u24::new(MICROSECONDS_PER_BEAT));
    let mut track = vec![event(0, TrackEventKind::Meta(tempo))];
    let mut now = 0;
    for (beat, message) in messages {
        let ticks = (beat * f64::from(TICKS_PER_BEAT)).round() as u32;
        track.push(event(ticks - now, TrackEventKind::Midi { channel: u4::new(0), message }));
        now = ticks;
    }
    let end = 16 * u32::from(TICKS_PER_BEAT);
    track.push(event(end - now, TrackEventKind::Meta(MetaMessage::EndOfTrack)));
    let timing = Timing::Metrical(u15::new(TICKS_PER_BEAT));
    Smf { header: Header::new(Format::SingleTrack, timing), tracks: vec![track] }
}

fn note(messages: &mut Vec<(f64, MidiMessage)>, beat: f64, key: u8, beats: f64, velocity: u8) {
    let (key, vel) = (u7::new(key), u7::new(velocity));
    messages.push((beat, MidiMessage::NoteOn { key, vel }));
    messages.push((beat + beats, MidiMessage::NoteOff { key, vel: u7::new(0) }));
}

fn control(controller: u8, value: u8) -> MidiMessage {
    MidiMessage::Controller { controller: u7::new(controller), value: u7::new(value) }
}

fn is_start(message: &MidiMessage) -> bool {
    matches!(message, MidiMessage::NoteOn { .. })
}

fn event(delta: u32, kind: TrackEventKind<'static>) -> TrackEvent<'static> {
    TrackEvent { delta: u28::new(delta), kind }
}
