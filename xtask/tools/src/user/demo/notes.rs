//! Hears single notes in a piece: what a note adds to the sound is the difference between the piece up to it and
//! the piece up to the one before. So notes are heard alone, chords too, to the frame.

use ksmps_core::event::{EventKind, NoteName};
use ksmps_harness::bounce::Plan;
use ksmps_harness::instance::Instance;
use ksmps_harness::measure::{cents, first_above, mixdown, pitch_hz};
use ksmps_harness::script::Script;

use super::RATE;
use crate::error::Error;

/// Frames for which a note is listened to.
const LISTEN: usize = RATE as usize / 2;
/// Bounces of the same notes agree to the bit. What a difference of two sounds loses by rounding is far below.
const AUDIBLE: f32 = 1e-6;
/// Frames after which an attack of the factory instruments is above [`AUDIBLE`].
const ATTACK_FRAMES_MAX: i64 = 16;
/// A note that is further from its key than this is out of tune.
const CENTS_MAX: f64 = 35.0;

/// A note of the piece.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Note {
    /// Where it starts.
    pub frame: u64,
    /// Its name.
    pub name: NoteName,
    /// Its place among the script's events.
    at: usize,
}

/// A note as it was heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// Its MIDI key.
    pub key: u8,
    /// Frames from where it should begin to where it does, measured against the same note on the first frame of
    /// the cycle; `None`: it is not in the sound.
    pub late_frames: Option<i64>,
    /// Its pitch, where it has a clear one.
    pub hz: Option<f64>,
}

/// The notes of a script, in order.
pub fn notes(script: &Script) -> Vec<Note> {
    let events = script.events().iter().enumerate();
    events
        .filter_map(|(at, (frame, kind))| match kind {
            EventKind::NoteOn { note, .. } => Some(Note { frame: *frame, name: *note, at }),
            _ => None,
        })
        .collect()
}

/// Listens to every note; `done` is called after each.
pub fn listen(
    instance: &mut Instance,
    script: &Script,
    notes: &[Note],
    done: impl Fn(),
) -> Result<Vec<Heard>, Error> {
    // Without a latency of the document's own, which factory documents do not have, this is one cycle.
    let cycle = u64::from(instance.hosted().latency_frames()).max(1);
    let mut heard = Vec::with_capacity(notes.len());
    let mut without = bounce(instance, &up_to(script, notes, 0), until(notes, 0))?;
    for (index, note) in notes.iter().enumerate() {
        let part = up_to(script, notes, index + 1);
        let with = bounce(instance, &part, until(notes, index).max(until(notes, index + 1)))?;
        // Its twin is the same with everything later by the frames that bring the note onto a cycle's first one.
        let delay = (cycle - note.frame % cycle) % cycle;
        let mut twin =
            |script: Script| bounce(instance, &delayed(&script, delay), until(notes, index) + delay);
        let twin = difference(&twin(part)?, &twin(up_to(script, notes, index))?);
        let alone = difference(&with, &without);
        let onset = first_above(&alone, AUDIBLE).map(|frame| frame as i64 - note.frame as i64);
        let attack =
            first_above(&twin, AUDIBLE).map_or(0, |frame| frame as i64 - (note.frame + delay) as i64);
        // What is longer is no attack, but a note that comes late.
        let attack = if (0..ATTACK_FRAMES_MAX).contains(&attack) { attack } else { 0 };
        let tone = mixdown(&alone);
        let from = note.frame as usize;
        heard.push(Heard {
            key: note.name.key,
            late_frames: onset.map(|onset| onset - attack),
            hz: onset.and_then(|_| pitch_hz(&tone[from..tone.len().min(from + LISTEN)], f64::from(RATE))),
        });
        without = with;
        done();
    }
    Ok(heard)
}

/// Where listening to a note ends.
fn until(notes: &[Note], index: usize) -> u64 {
    notes.get(index).map_or(0, |note| note.frame + LISTEN as u64)
}

/// What one sound has beyond another, as long as the shorter.
fn difference(with: &[Vec<f32>], without: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let channels = with.iter().zip(without);
    channels.map(|(with, without)| with.iter().zip(without).map(|(a, b)| a - b).collect()).collect()
}

/// The script, all of it later.
fn delayed(script: &Script, frames: u64) -> Script {
    let mut delayed = Script::new();
    for (frame, kind) in script.events() {
        delayed.push(frame + frames, *kind);
    }
    delayed
}

/// The script with its first `count` notes only; what is no note stays.
fn up_to(script: &Script, notes: &[Note], count: usize) -> Script {
    let end = notes.get(count).map_or(usize::MAX, |note| note.at);
    let mut part = Script::new();
    for (at, (frame, kind)) in script.events().iter().enumerate() {
        // Without the note, its end may still come: nobody listens to it.
        if at < end || !matches!(kind, EventKind::NoteOn { .. }) {
            part.push(*frame, *kind);
        }
    }
    part
}

fn bounce(instance: &mut Instance, script: &Script, frames: u64) -> Result<Vec<Vec<f32>>, Error> {
    instance.reset();
    Ok(instance.play_aligned(&Plan::new(script.clone(), frames))?.channels)
}

/// What was heard, for the line of a sound.
pub fn words(heard: &[Heard]) -> String {
    let there = || heard.iter().filter(|note| note.late_frames.is_some());
    let notes: Vec<String> = there()
        .map(|note| match note.hz {
            Some(hz) => format!("{} {hz:.1} Hz", name(note.key)),
            None => format!("{} (no clear pitch)", name(note.key)),
        })
        .collect();
    let worst = there().filter_map(|note| note.late_frames).max_by_key(|late| late.abs()).unwrap_or(0);
    format!(
        ", {} of {} notes heard ({}), onset error at most {worst} frames",
        notes.len(),
        heard.len(),
        notes.join(", ")
    )
}

/// What is not as it should be, if anything.
pub fn complaint(heard: &[Heard]) -> Option<String> {
    let missing = heard.iter().filter(|note| note.late_frames.is_none()).count();
    let late = heard.iter().filter(|note| note.late_frames.is_some_and(|late| late != 0)).count();
    let is_off = |note: &&Heard| note.hz.is_some_and(|hz| cents(hz, key_hz(note.key)).abs() > CENTS_MAX);
    let off = heard.iter().filter(is_off).count();
    let is_well = missing == 0 && late == 0 && off == 0;
    (!is_well)
        .then(|| format!("{missing} notes are missing, {late} are not on their frame, {off} are out of tune"))
}

fn key_hz(key: u8) -> f64 {
    440.0 * ((f64::from(key) - 69.0) / 12.0).exp2()
}

/// A key as musicians write it; 60 is C4.
fn name(key: u8) -> String {
    const NAMES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
    format!("{}{}", NAMES[usize::from(key % 12)], i32::from(key / 12) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_script_end_with_a_note_but_keep_what_is_no_note() {
        let mut script = Script::new();
        let wheel = EventKind::Midi { bytes: [0xb0, 1, 64], len: 3 };
        script.key(0, 60, 1.0, 10).key(0, 64, 1.0, 10).key(20, 67, 1.0, 10).push(30, wheel);
        let notes = notes(&script);
        assert_eq!(
            notes.iter().map(|note| (note.frame, note.name.key)).collect::<Vec<_>>(),
            [(0, 60), (0, 64), (20, 67)]
        );
        for (count, left) in [(0, 4), (1, 5), (2, 6), (3, 7)] {
            assert_eq!(up_to(&script, &notes, count).events().len(), left, "{count} notes");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let good = Heard { key: 69, late_frames: Some(0), hz: Some(440.5) };
        assert_eq!(complaint(&[good]), None);
        for bad in [
            Heard { late_frames: None, ..good },
            Heard { late_frames: Some(-1), ..good },
            Heard { hz: Some(220.0), ..good },
        ] {
            assert!(complaint(&[good, bad]).is_some(), "{bad:?}");
        }
        assert_eq!(words(&[good]), ", 1 of 1 notes heard (A4 440.5 Hz), onset error at most 0 frames");
    }
}
