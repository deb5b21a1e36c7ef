//! What moves single notes: each expression reaches the p-field of its name, and nothing else, in both formats.

use ksmps_core::event::{EventKind, Expression, NoteName, NoteSelector};
use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::Format;
use ksmps_harness::host::vst3::Vst3;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::Script;

use super::playing;

/// Timbre and bend of the note on key 60 on one output, its pressure and its place on the other.
const DOCUMENT: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n\
    instr keys ;@notes voices=64\n  pset 0, 0, 0, 60, 0, 0, 0, 0\n  ikey = p4\n  ktimbre = p5\n  kpress = p6\n  kbend = p7\n  kpan = p8\n\
    if ikey == 60 then\n    outs upsamp(ktimbre + 16 * kbend), upsamp(kpress + 16 * kpan)\n  endif\nendin\n";

const AT: usize = 4000;

fn named(id: i32, key: u8) -> NoteName {
    NoteName { id: Some(id), channel: 0, key }
}

/// What the two outputs are long before and long after an expression of a note moves.
fn heard(host: Host, others: u8, note: NoteName, expression: Expression, value: f64) -> [[f32; 2]; 2] {
    let mut script = Script::new();
    script.push(100, EventKind::NoteOn { note, velocity: 1.0 });
    // Later than the one that is meant.
    for other in 0..others {
        let note = named(1000 + i32::from(other), 61 + other);
        script.push(200, EventKind::NoteOn { note, velocity: 1.0 });
    }
    let notes = NoteSelector { id: note.id, ..NoteSelector::ALL };
    script.push(AT as u64, EventKind::Expression { notes, expression, value });
    let mut instance = playing(host, Kind::Instrument, DOCUMENT);
    let sound: Sound = instance.play_aligned(&Plan::new(script, 8000)).expect("it plays");
    [AT - 100, AT + 2000].map(|frame| [0, 1].map(|channel| sound.channels[channel][frame]))
}

#[test]
fn each_expression_moves_its_own_p_field() {
    let table = [
        (Expression::Brightness, 0.75, Some((0, 0.75))),
        (Expression::Pressure, 0.625, Some((1, 0.625))),
        (Expression::Tuning, 2.0, Some((0, 32.0))),
        (Expression::Pan, -0.5, Some((1, -8.0))),
        // The framework's VST3 side takes these for others.
        (Expression::Expression, 0.25, None),
        (Expression::Vibrato, 0.25, None),
        (Expression::Volume, 2.0, None),
    ];
    for host in Host::BUNDLES {
        for (expression, value, moved) in table {
            let [before, after] = heard(host, 0, named(7, 60), expression, value);
            for channel in 0..2 {
                let say = format!("{host:?}, {expression:?}: {before:?}, {after:?}");
                match moved {
                    Some((own, _)) if own != channel => assert_eq!(after[channel], before[channel], "{say}"),
                    None => assert_eq!(after[channel], before[channel], "{say}"),
                    // Timbre and pressure are where they go; bend and place come on top of what was there.
                    Some((_, meant)) if value > 0.0 && value < 1.0 => {
                        assert!((after[channel] - meant).abs() < 1e-5, "{say}");
                    }
                    Some((_, meant)) => {
                        assert!((after[channel] - before[channel] - meant).abs() < 1e-3, "{say}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_note_is_found_behind_forty_others() {
    for host in Host::BUNDLES {
        for expression in [Expression::Brightness, Expression::Pressure] {
            let [_, after] = heard(host, 40, named(7, 60), expression, 0.875);
            let channel = usize::from(expression == Expression::Pressure);
            assert!((after[channel] - 0.875).abs() < 1e-5, "{host:?}, {expression:?}: {after:?}");
        }
    }
}

#[test]
fn the_first_frame_of_a_note_has_what_comes_with_it() {
    // An expression at its note's own frame, and cuts of the block there and behind.
    for host in Host::BUNDLES {
        let note = named(7, 60);
        let mut script = Script::new();
        script.push(1000, EventKind::NoteOn { note, velocity: 1.0 });
        let notes = NoteSelector { id: note.id, ..NoteSelector::ALL };
        let expression = EventKind::Expression { notes, expression: Expression::Brightness, value: 0.75 };
        script.push(1000, expression);
        let mut instance = playing(host, Kind::Instrument, DOCUMENT);
        for cut in ["512", "1000", "1"] {
            // PANIC: the texts above are cuts.
            let plan = Plan::new(script.clone(), 2000).cut(cut.parse().unwrap());
            let sound = instance.play_aligned(&plan).expect("it plays");
            instance.reset();
            assert_eq!(sound.channels[0][1000 - 1], 0.0, "{host:?} in blocks of {cut}");
            assert_eq!(sound.channels[0][1000], 0.75, "{host:?} in blocks of {cut}");
        }
    }
}

fn vst3() -> Vst3 {
    let library = bundle::library(Format::Vst3).unwrap_or_else(|error| panic!("{error}"));
    Vst3::open(&library, Kind::Instrument.name()).expect("it opens")
}

#[test]
fn a_vst3_host_reads_and_writes_values_as_texts() {
    let vst3 = vst3();
    let kinds = vst3.note_expressions();
    let titles: Vec<&str> = kinds.iter().map(|(_, title, _)| title.as_str()).collect();
    assert_eq!(titles, ["Volume", "Pan", "Tuning", "Vibrato", "Expression", "Brightness", "Pressure"]);
    let defaults: Vec<String> =
        kinds.iter().filter_map(|(id, _, default)| vst3.expression_text(*id, *default)).collect();
    let expected = ["0.0 dB", "center", "+0.00 semitones", "0.0 %", "100.0 %", "50.0 %", "0.0 %"];
    assert_eq!(defaults, expected);
    for (id, title, _) in &kinds {
        for step in 0..=20 {
            let value = f64::from(step) / 20.0;
            let text = vst3.expression_text(*id, value).expect("it has a text");
            let read = vst3.expression_value(*id, &text).expect("its own text is read");
            assert_eq!(vst3.expression_text(*id, read), Some(text.clone()), "{title}: {value}");
            assert!((read - value).abs() < 0.006, "{title}: {value}, {text}, {read}");
        }
        assert_eq!(vst3.expression_value(*id, "loud"), None, "{title}");
    }
    assert_eq!((vst3.expression_text(99, 0.5), vst3.expression_value(99, "1")), (None, None));
}

#[test]
fn an_mpe_keyboard_bends_changes_timbre_and_presses() {
    let vst3 = vst3();
    let mapping = vst3.physical_mapping().expect("it has one");
    let kinds = vst3.note_expressions();
    let title = |id: u32| kinds.iter().find(|(known, ..)| *known == id).map(|(_, title, _)| title.as_str());
    assert_eq!(mapping.map(title), [Some("Tuning"), Some("Brightness"), Some("Pressure")]);
}

#[test]
fn volume_vibrato_and_expression_reach_the_p_fields_that_ask_for_them() {
    let document = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n\
        instr keys ;@notes p4=key p5=volume p6=vibrato p7=expression p8=offvel\n  kvolume = p5\n  kvibrato = p6\n  \
        kexpression = p7\n  koff = p8\n  alive linsegr 1, 0.1, 1, 0.1, 1\n  \
        outs alive * (kvolume + 16 * kvibrato), alive * (kexpression + 16 * koff)\nendin\n";
    let table = [
        (Expression::Volume, 2.0, [2.0, 1.0]),
        (Expression::Vibrato, 0.5, [9.0, 1.0]),
        (Expression::Expression, 0.25, [1.0, 0.25]),
    ];
    for host in Host::BUNDLES {
        for (expression, value, expected) in table {
            let mut instance = playing(host, Kind::Instrument, document);
            let note = named(7, 60);
            let notes = NoteSelector::from(note);
            let mut script = Script::new();
            script.push(100, EventKind::NoteOn { note, velocity: 1.0 });
            script.push(2000, EventKind::Expression { notes, expression, value });
            script.push(6000, EventKind::NoteOff { notes, velocity: 1.0 });
            let sound = instance.play_aligned(&Plan::new(script, 8000)).expect("it plays");
            let heard = |frame: usize| [0, 1].map(|channel| sound.channels[channel][frame]);
            let near = |heard: [f32; 2], expected: [f32; 2]| {
                heard.iter().zip(expected).all(|(heard, expected)| (heard - expected).abs() < 1e-4)
            };
            assert!(near(heard(1900), [1.0, 1.0]), "{host:?}, {expression:?}: {:?}", heard(1900));
            assert!(near(heard(5000), expected), "{host:?}, {expression:?}: {:?}", heard(5000));
            let released = [expected[0], expected[1] + 16.0 * 127.0];
            assert!(
                (heard(7000)[1] - released[1]).abs() < 0.1,
                "{host:?}, {expression:?}: {:?}",
                heard(7000)
            );
        }
    }
}
