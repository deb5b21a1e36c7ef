//! Seam: notes of a host in the player, what moves them while they sound: expressions, pedals, ranges of the bend, zones of an
//! MPE keyboard.

mod common;

use common::{Bench, midi, peak, pitch};
use ksmps_core::event::{EventKind, Expression, NoteName, NoteSelector};

const HALF: usize = 24_000;
const CUT: &[usize] = &[480];

/// Each sound holds one p-field, as a constant, until its note has ended.
fn constant(source: &str) -> String {
    format!(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\ninstr constant ;@notes p4={source}\n pset 0, 0, 0, 0\n kvalue = p4\n \
         alive linsegr 1, 0.1, 1, 0.05, 1\n asig = alive * kvalue\n outs asig, asig\nendin\n"
    )
}

fn tones() -> &'static str {
    "ksmps = 16\nnchnls = 2\n0dbfs = 1\ninstr tone ;@notes voices=32\n pset 0, 0, 0, 440, 0.1\n kfreq = p4\n iamp = p5\n \
     asig = oscili:a(0.1, kfreq) * linsegr:a(0, 0.002, 1, 0.02, 0)\n outs asig, asig\nendin\n"
}

fn note(channel: u8, key: u8) -> NoteName {
    NoteName { id: None, channel, key }
}

fn on(channel: u8, key: u8) -> EventKind {
    EventKind::NoteOn { note: note(channel, key), velocity: 1.0 }
}

fn off(channel: u8, key: u8) -> EventKind {
    EventKind::NoteOff { notes: NoteSelector::from(note(channel, key)), velocity: 0.0 }
}

/// Registered parameter `parameter` = `value` on a channel.
fn say(channel: u8, parameter: u8, value: u8) -> Vec<(usize, EventKind)> {
    [(101, 0), (100, parameter), (6, value)]
        .map(|(number, value)| (0, midi([0xb0 | channel, number, value])))
        .to_vec()
}

#[test]
fn every_expression_reaches_the_p_field_that_asks_for_it() {
    let table = [
        ("volume", Expression::Volume, 1.0, 0.25),
        ("vibrato", Expression::Vibrato, 0.0, 0.5),
        ("expression", Expression::Expression, 1.0, 0.75),
        ("press", Expression::Pressure, 0.0, 0.5),
        ("timbre", Expression::Brightness, 0.0, 0.5),
        ("pan", Expression::Pan, 0.0, -0.5),
    ];
    for (source, expression, before, value) in table {
        let mut bench = Bench::new(&constant(source));
        let moves = EventKind::Expression { notes: NoteSelector::ALL, expression, value };
        let sound = bench.play(4800, &[(0, on(0, 60)), (2400, moves)], CUT);
        let heard = [sound[2300], sound[4799]].map(f64::from);
        assert!((heard[0] - before).abs() < 1e-6 && (heard[1] - value).abs() < 1e-6, "{source}: {heard:?}");
    }
    // Their controllers.
    for (source, controller, value) in [("vibrato", 1, 127), ("expression", 11, 0), ("timbre", 74, 127)] {
        let mut bench = Bench::new(&constant(source));
        let sound = bench.play(4800, &[(0, on(0, 60)), (2400, midi([0xb0, controller, value]))], CUT);
        assert!((f64::from(sound[4799]) - f64::from(value) / 127.0).abs() < 1e-6, "{source}");
    }
}

#[test]
fn a_name_of_a_p_field_that_is_no_source_keeps_the_documents_value() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\ninstr 1 ;@notes\n pset 0, 0, 0, 0.25\n kvibrato = p4\n \
        outs a(kvibrato), a(kvibrato)\nendin\n";
    let sound = Bench::new(text).play(480, &[(0, on(0, 60))], CUT);
    assert!((sound[479] - 0.25).abs() < 1e-6, "{}", sound[479]);
}

#[test]
fn the_velocity_of_a_note_off_is_there_in_the_release() {
    let mut bench = Bench::new(&constant("offvel"));
    let up = EventKind::NoteOff { notes: NoteSelector::from(note(0, 60)), velocity: 0.5 };
    let sound = bench.play(4800, &[(0, on(0, 60)), (2400, up)], CUT);
    assert_eq!((sound[2300], sound[3000]), (0.0, 63.5));
}

#[test]
fn sostenuto_keeps_what_was_down_and_nothing_else() {
    let (down, up) = (midi([0xb0, 66, 127]), midi([0xb0, 66, 0]));
    let voices = |bench: &Bench| bench.player.voice_count();
    let mut bench = Bench::new(tones());
    let begun = [(0, on(0, 60)), (10, down), (20, on(0, 64)), (30, off(0, 60)), (40, off(0, 64))];
    let sound = bench.play(HALF, &begun, CUT);
    assert!((pitch(&sound[HALF / 2..]) - 261.626).abs() < 0.1, "{}", pitch(&sound[HALF / 2..]));
    assert_eq!(voices(&bench), 1);
    // An edit changes nothing of that.
    let ticket = bench.control.edit(format!("{};\n", tones()));
    assert!(!bench.control.wait_for(ticket).failed);
    bench.play(HALF, &[(100, on(0, 67)), (200, off(0, 67))], CUT);
    assert_eq!(voices(&bench), 1);
    // The sustain pedal keeps it beyond the other one.
    bench.play(HALF, &[(0, midi([0xb0, 64, 127])), (10, up)], CUT);
    assert_eq!(voices(&bench), 1);
    let after = bench.play(HALF, &[(0, midi([0xb0, 64, 0]))], CUT);
    assert_eq!((voices(&bench), peak(&after[HALF / 2..])), (0, 0.0));
}

#[test]
fn the_keyboard_says_the_range_of_its_bend() {
    let mut bench = Bench::new(tones());
    let mut events = say(0, 0, 12);
    events.extend([(1, on(0, 69)), (2, midi([0xe0, 127, 127]))]);
    let heard = pitch(&bench.play(HALF, &events, CUT)[2000..]);
    assert!((heard - 880.0).abs() < 0.2, "{heard}");
}

#[test]
fn a_zone_bends_each_of_its_notes_and_all_of_them() {
    let mut bench = Bench::new(tones());
    let mut events = say(0, 6, 15);
    // A quarter of 48 semitones up, and a master of 2 semitones down.
    events.extend([(1, on(3, 69)), (2, midi([0xe3, 0, 80])), (3, midi([0xe0, 0, 0]))]);
    let heard = pitch(&bench.play(HALF, &events, CUT)[2000..]);
    assert!((heard - 440.0 * 10_f64.exp2().powf(1.0 / 12.0)).abs() < 0.2, "{heard}");
    // The pedal of the master keeps notes of the members.
    bench.play(HALF, &[(0, midi([0xb0, 64, 127])), (10, off(3, 69))], CUT);
    assert_eq!(bench.player.voice_count(), 1);
    bench.play(HALF, &[(0, midi([0xb0, 123, 0]))], CUT);
    assert_eq!(bench.player.voice_count(), 0, "all notes off counts for the zone");
}
