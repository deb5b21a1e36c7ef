//! One note that is modulated or bent changes alone: thirty-one others sound as they do without it, to the bit.
//!
//! Each note is heard on frames of its own, one in each cycle of 32, where all others are silent. So the sum has every note's
//! samples as they are, and one that differs is seen.

use ksmps_core::event::{EventKind, Expression, NoteName, NoteSelector};
use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::Format;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::{Cut, Script};

use super::playing;

const NOTES: usize = 32;
const FIRST_KEY: u8 = 40;
/// The one that is moved.
const MOVED: usize = 13;
/// Where it begins to move.
const AT: usize = 9000;
const FRAMES: u64 = 24_000;

/// Oscillators and filters that go on from where they are: what reached one of them once is heard in it for ever.
const DOCUMENT: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@param keys.kdepth 0..1=0.25 per-note\n\
    instr keys ;@notes voices=64 bend=12 p4=key p5=hz p6=press p7=timbre\n  ikey = p4\n  kfreq = p5\n  kpress = p6\n  \
    ktimbre = p7\n  kdepth = p8\n  \
    afiltered = moogladder:a(vco2:a(0.4 + kpress / 4, kfreq) + oscili:a(kdepth, kfreq * 1.5), 800 + 3000 * ktimbre, 0.3)\n  \
    asound = afiltered * linsegr:a(0, 0.01, 1, 0.02, 0)\n  \
    ksample vaget ikey - 40, asound\n  alone init 0\n  vaset ksample, ikey - 40, alone\n  outs alone, alone\nendin\n";

fn name(note: usize) -> NoteName {
    NoteName { id: Some(500 + note as i32), channel: (note % 5) as u8, key: FIRST_KEY + note as u8 }
}

/// Notes that begin in the midst of cycles, some of them in one and each before its own frame of that, and end somewhere;
/// without some of them.
fn notes(is_there: impl Fn(usize) -> bool) -> Script {
    let mut script = Script::new();
    for note in (0..NOTES).filter(|note| is_there(*note)) {
        let begins = (4 + note / 3 * 2) * NOTES + note / 2;
        let begins = begins as u64;
        script.note(begins, name(note), 0.3 + note as f32 / 64.0, FRAMES - 3000 + 11 * note as u64 - begins);
    }
    script
}

/// The same, and something moves on the way, at frames that end no cycle.
fn moving(kind: impl Fn(f64) -> EventKind) -> Script {
    let mut script = notes(|_| true);
    for step in 0..40 {
        script.push((AT + 171 * step) as u64, kind(step as f64 / 40.0));
    }
    script
}

fn play(instance: &mut Instance, script: Script) -> Sound {
    let plan = Plan::new(script, FRAMES).cut(Cut::Random { seed: 11, max: 700 });
    let sound = instance.play_aligned(&plan).expect("it plays");
    instance.reset();
    sound
}

/// The samples of one note.
fn samples(sound: &Sound, note: usize) -> Vec<u32> {
    sound.channels[0].iter().skip(note).step_by(NOTES).map(|sample| sample.to_bits()).collect()
}

/// Fails where any note but the one differs, or the one does not.
fn assert_alone(before: &Sound, after: &Sound, what: &str) {
    for note in 0..NOTES {
        let (before, after) = (samples(before, note), samples(after, note));
        let heard = before.iter().filter(|bits| f32::from_bits(**bits) != 0.0).count();
        assert!(note == MOVED || heard > 500, "{what}: note {note} is heard in {heard} cycles");
        let differs = before.iter().zip(&after).position(|(before, after)| before != after);
        if note == MOVED {
            assert!(differs.is_some(), "{what}: it does not move");
        } else {
            assert_eq!(differs, None, "{what}: note {note} is another one");
        }
    }
}

#[test]
fn a_note_that_moves_changes_none_of_thirty_one_others() {
    for host in Host::ALL {
        let mut instance = playing(host, Kind::Instrument, DOCUMENT);
        let slot = instance.param("keys.kdepth").expect("it saves").expect("it has a slot").0;
        let still = play(&mut instance, notes(|_| true));
        let expressed = |expression, scale: f64| {
            moving(|part| EventKind::Expression {
                notes: NoteSelector { id: name(MOVED).id, ..NoteSelector::ALL },
                expression,
                value: part * scale,
            })
        };
        let modulated =
            |notes: NoteSelector| moving(|part| EventKind::Modulation { notes, slot, offset: part });
        let mut scripts = vec![
            ("bent", expressed(Expression::Tuning, 7.0)),
            ("pressed", expressed(Expression::Pressure, 1.0)),
            ("brighter", expressed(Expression::Brightness, 1.0)),
        ];
        // VST3 has no modulation.
        if host.format != Format::Vst3 {
            let (id, key) = (name(MOVED).id, Some(name(MOVED).key));
            scripts.push(("modulated", modulated(NoteSelector { id, ..NoteSelector::ALL })));
            scripts.push(("modulated by its key", modulated(NoteSelector { key, ..NoteSelector::ALL })));
        }
        for (what, script) in scripts {
            let what = format!("{host:?}, {what}");
            let moved = play(&mut instance, script);
            assert_alone(&still, &moved, &what);
            let (before, after) = (samples(&still, MOVED), samples(&moved, MOVED));
            assert!(before[..AT / NOTES] == after[..AT / NOTES], "{what}: it moves before it is told to");
        }
        assert_alone(&still, &play(&mut instance, notes(|note| note != MOVED)), &format!("{host:?}, absent"));
    }
}
