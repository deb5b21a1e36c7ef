//! Seam: `player`, a session whose events follow the host's song, in the project and in the document: positions, jumps, tempo,
//! stops, loops, values that change, edits.

mod common;

use common::song::{CUTS, KSMPS, Leg, clicks, due, heard, moves, play, stands, wandering};
use common::{Bench, RATE, peak};
use ksmps_core::document::Tail;
use ksmps_core::offline::sound_file::{self, Encoding};
use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::player::Status;
use ksmps_core::random::Random;
use ksmps_core::session::{
    Automate, BusKind, EventId, Sched, Session, SessionConfig, SessionError, SessionFile, Template,
};
use ksmps_core::verbs::Curve;

/// A document that makes no sound of its own.
const SILENT: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n";
/// Notes of one sample, steady ones that are released, and what a value is.
const TEMPLATES: [(&str, &str); 3] = [
    ("click", "|ilevel=0.5|\nasig = linseg:a(ilevel, 1/sr, 0, 1, 0)\nouts asig, asig"),
    ("steady", "|klevel=0.25|\nasig = upsamp(klevel)*linsegr:a(1, 1, 1, 0.005, 0)\nouts asig, asig"),
    ("value", "|klevel=0|\nouts upsamp(klevel), upsamp(klevel)"),
];

fn session(play: &str) -> Session {
    let config = SessionConfig { sr: RATE as u32, ksmps: KSMPS as u32, ..SessionConfig::default() };
    let mut session = Session::new(config).unwrap();
    for (name, body) in TEMPLATES {
        session.define(Template::new(name, body)).unwrap();
    }
    session.set_play(play.parse().unwrap());
    session
}

fn sched(session: &mut Session, template: &str, start: f64, dur: f64, level: f64) -> EventId {
    let name = if template == "click" { "ilevel" } else { "klevel" };
    session.sched(Sched::new(template).at(start).dur(dur).with(name, level)).unwrap()
}

/// An instance whose project has this session.
fn open(document: &str, session: &Session) -> (Bench, Status) {
    let mut bench = Bench::open(document).0;
    bench.control.set_session(session.to_file()).unwrap();
    let status = bench.control.activate(RATE);
    bench.player.adopt();
    (bench, status)
}

fn playing(session: &Session) -> Bench {
    let (bench, status) = open(SILENT, session);
    assert!(!status.failed && status.diagnostics.is_empty(), "{:?}", status.diagnostics);
    bench
}

/// A document with the templates, and events of its session section: template, start, length, level.
fn document(play: &str, events: &[(&str, f64, f64, f64)]) -> String {
    let templates: String =
        TEMPLATES.iter().map(|(name, body)| format!("template {name}\n{body}\nendtemplate\n")).collect();
    let sched = |&(name, start, dur, level): &(&str, f64, f64, f64)| {
        let argument = if name == "click" { "ilevel" } else { "klevel" };
        format!("sched {name} at={start} dur={dur} {argument}={level}\n")
    };
    let events: String = events.iter().map(sched).collect();
    format!(
        "<CsoundSynthesizer>\n<CsInstruments>\n{SILENT}</CsInstruments>\n<KsmpsSession>\n;@session {play}\n{templates}{events}\
         </KsmpsSession>\n</CsoundSynthesizer>\n"
    )
}

/// The same events in the project's session and in the document's section.
fn both(play: &str, events: &[(&str, f64, f64, f64)]) -> [Bench; 2] {
    let mut session = session(play);
    for &(template, start, dur, level) in events {
        sched(&mut session, template, start, dur, level);
    }
    [playing(&session), Bench::new(&document(play, events))]
}

fn as_events(clicks: &[(f64, f32)]) -> Vec<(&'static str, f64, f64, f64)> {
    clicks.iter().map(|(start, level)| ("click", *start, 0.002, f64::from(*level))).collect()
}

#[test]
fn events_begin_at_their_frames_through_jumps_tempi_and_stops() {
    let legs = wandering();
    let frames = 160_000;
    let expected = due(&clicks(), &legs, frames - KSMPS);
    assert!(expected.len() >= 20, "{}", expected.len());
    for cuts in CUTS {
        for mut bench in both("follow=beats", &as_events(&clicks())) {
            assert_eq!(heard(&play(&mut bench, &legs, frames, cuts)), expected, "blocks of {cuts:?}");
        }
    }
}

#[test]
fn seconds_do_not_go_with_the_tempo() {
    // Of the host's quarter notes, at 120.
    let in_seconds: Vec<(f64, f32)> =
        clicks().iter().map(|(position, level)| (position / 2.0, *level)).collect();
    let legs =
        [moves(0, 0.2, 120.0), moves(20_011, 0.0, 120.0), stands(50_000, 1.0), moves(50_500, 1.0, 120.0)];
    let expected = due(&clicks(), &legs, 80_000 - KSMPS);
    for mut bench in both("follow=seconds", &as_events(&in_seconds)) {
        assert_eq!(heard(&play(&mut bench, &legs, 80_000, &[512])), expected);
    }
}

#[test]
fn what_lasts_over_the_place_of_the_start_is_left_out_or_enters_and_ends_when_the_host_stops() {
    let events = [("steady", 0.1, 3.9, 0.25), ("steady", 0.5, 0.5, 0.125), ("steady", 0.6, -1.0, 0.5)];
    let legs =
        [moves(0, 1.5, 120.0), moves(96_000, 0.75, 60.0), stands(150_000, 2.0), moves(151_000, 0.55, 120.0)];
    for (late, levels) in
        [("", [0.0; 4]), (" late=skip", [0.0; 4]), (" late=enter", [0.75, 0.5, 0.875, 0.75])]
    {
        for mut bench in both(&format!("follow=beats{late}"), &events) {
            let sound = play(&mut bench, &legs, 160_000, &[512]);
            let at = [59_900, 60_500, 96_000 + 11_000, 96_000 + 12_500].map(|frame| sound[frame]);
            assert_eq!(at, levels, "{late}");
            assert_eq!(sound[KSMPS], levels[0], "{late}: it enters in its frame");
            assert_eq!(peak(&sound[150_400..151_000]), 0.0, "{late}");
            let last = if late == " late=enter" { 0.25 + 0.125 + 0.5 } else { 0.5 };
            assert_eq!(sound[151_000 + 2400], last, "{late}");
        }
    }
}

#[test]
fn a_stop_releases_its_event_and_what_stands_sounds_whatever_the_song_does() {
    let mut session = session("follow=beats late=enter");
    let stopped = sched(&mut session, "steady", 1.0, -1.0, 0.25);
    session.stop(stopped, 2.0).unwrap();
    // It ends in the cycle in which it begins.
    let short = sched(&mut session, "steady", 1.5, 8.0, 0.5);
    session.stop(short, 1.501).unwrap();
    sched(&mut session, "steady", 0.0, -1.0, 0.0625);
    let legs = [stands(0, 0.0), moves(1000, 1.2, 120.0), moves(50_000, 1.2, 120.0), stands(60_000, 0.0)];
    let sound = play(&mut playing(&session), &legs, 70_000, &[512]);
    let at =
        [900, 1000 + KSMPS, 1000 + 19_100, 1000 + 19_700, 50_000 + 2000, 61_000].map(|frame| sound[frame]);
    assert_eq!(at, [0.0625, 0.3125, 0.3125, 0.0625, 0.3125, 0.0625]);
    assert!(peak(&sound) < 0.5 + 0.3125 + 0.01);
    assert_eq!(peak(&sound[1000 + 7200 + 400..1000 + 19_000]), 0.3125);
}

/// Checks what is heard where a leg has played two cycles, but near these positions: a value of the song's position, at each
/// cycle's end or at its beginning.
fn check_values(sound: &[f32], legs: &[Leg], at_end: bool, steps: &[f64], value: impl Fn(f64) -> f64) {
    for (index, leg) in legs.iter().enumerate().filter(|(_, leg)| leg.playing) {
        let end = legs.get(index + 1).map_or(sound.len(), |next| next.from);
        let first = leg.from.next_multiple_of(KSMPS) + KSMPS;
        for cycle in (first..end - 2 * KSMPS).step_by(KSMPS) {
            let at = cycle + if at_end { KSMPS } else { 0 };
            let position = leg.beats + (at - leg.from) as f64 * leg.beats_per_frame();
            // What is set is there from the cycle in which its place lies.
            if steps.iter().any(|step| (position - step).abs() < 0.01) {
                continue;
            }
            let (sample, expected) = (f64::from(sound[cycle + KSMPS]), value(position));
            let off = (sample - expected).abs();
            assert!(off < 1e-4, "frame {cycle}, beat {position}: {sample} for {expected}");
        }
    }
}

const WAYS: [Leg; 6] = [
    Leg { from: 0, playing: true, beats: 0.0, tempo: 120.0 },
    Leg { from: 60_001, playing: true, beats: 2.0, tempo: 240.0 },
    // Another tempo, without a jump.
    Leg { from: 72_001, playing: true, beats: 3.0, tempo: 90.0 },
    Leg { from: 100_000, playing: false, beats: 4.0, tempo: 90.0 },
    Leg { from: 101_111, playing: true, beats: 7.3, tempo: 120.0 },
    Leg { from: 120_000, playing: true, beats: 0.5, tempo: 120.0 },
];

#[test]
fn values_of_an_event_are_those_of_the_songs_position() {
    let set_and_moved = |curve: Curve| {
        let mut session = session("follow=beats late=enter");
        let event = sched(&mut session, "value", 1.0, 7.0, 0.125);
        session.set(event, "klevel", 0.5, 2.5).unwrap();
        let line = Automate::new([(0.0, 0.0), (2.0, 1.0), (3.0, 0.25)]).curve(curve).at(3.5);
        session.automate(event, "klevel", line).unwrap();
        session
    };
    let curve = |curve: Curve, position: f64| match position {
        ..2.5 => 0.125,
        ..3.5 => 0.5,
        ..5.5 => curve.at((position - 3.5) / 2.0),
        ..6.5 => 1.0 - 0.75 * curve.at(position - 5.5),
        _ => 0.25,
    };
    for one in [Curve::Linear, Curve::Cos] {
        let session = set_and_moved(one);
        for cuts in [&[512][..], &[17], &[1000]] {
            let sound = play(&mut playing(&session), &WAYS, 140_000, cuts);
            check_values(&sound, &WAYS, true, &[1.0, 2.5, 3.5, 8.0], |position| {
                if (1.0..8.0).contains(&position) { curve(one, position) } else { 0.0 }
            });
        }
    }
}

#[test]
fn a_straight_line_of_an_event_begins_with_its_first_value() {
    let mut session = session("follow=beats late=enter");
    let event = sched(&mut session, "value", 0.0, 8.0, 0.0);
    session.automate(event, "klevel", Automate::new([(0.0, 0.0), (8.0, 8.0)])).unwrap();
    let sound = play(&mut playing(&session), &WAYS, 140_000, &[512]);
    check_values(&sound, &WAYS, false, &[8.0], |position| if position < 8.0 { position } else { 0.0 });
}

#[test]
fn buses_channels_controls_and_what_stands_have_the_values_of_the_songs_position() {
    let mut session = session("follow=beats");
    session.define(Template::new("bus", "|ibus|\nouts upsamp(busin:k(ibus)), a(k(0))")).unwrap();
    session.define(Template::new("channel", "outs upsamp(chnget:k(\"level\")), a(k(0))")).unwrap();
    session
        .define(Template::new("control", "{kgain=4}\nouts upsamp(kgain), a(k(0))").controls_in_table())
        .unwrap();
    let bus = session.assign_bus(Some(BusKind::Control), Some(16.0), false).unwrap();
    session.set_bus(bus, 32.0, 1.0).unwrap();
    session.automate_bus(bus, Automate::new([(0.0, 32.0), (2.0, 64.0)]).at(2.0)).unwrap();
    session.init_channel("level", Some(128.0.into()), None).unwrap();
    session.set_channel("level", 256.0, 3.0).unwrap();
    session.set_channel("level", 512.0, 5.0).unwrap();
    session.sched(Sched::new("bus").with("ibus", bus)).unwrap();
    session.sched(Sched::new("channel")).unwrap();
    let control = session.sched(Sched::new("control")).unwrap();
    session.automate(control, "kgain", Automate::new([(0.0, 4.0), (8.0, 8.0)]).at(1.0)).unwrap();
    let stands = sched(&mut session, "value", 0.0, -1.0, 1.0);
    session.set(stands, "klevel", 2.0, 4.0).unwrap();
    let mut bench = playing(&session);
    let sound = play(&mut bench, &WAYS, 140_000, &[512]);
    let by = |position: f64, value: f64, steps: &[(f64, f64)]| {
        steps.iter().rfind(|(at, _)| position >= *at).map_or(value, |(_, value)| *value)
    };
    let expected = |position: f64| {
        let bus = match position {
            ..1.0 => 16.0,
            ..2.0 => 32.0,
            _ => 32.0 + 16.0 * (position - 2.0).min(2.0),
        };
        let level = by(position, 128.0, &[(3.0, 256.0), (5.0, 512.0)]);
        let control = 4.0 + (position - 1.0).clamp(0.0, 8.0) / 2.0;
        bus + level + control + by(position, 1.0, &[(4.0, 2.0)])
    };
    let steps: Vec<f64> = (0..9).map(f64::from).collect();
    check_values(&sound, &WAYS, true, &steps, expected);
}

#[test]
fn a_text_is_that_of_the_songs_position() {
    let mut session = session("follow=beats");
    let body = "Sword chnget \"word\"\nilevel = strcmp(Sword, \"loud\") == 0 ? 0.5 : 0.25\n\
        asig = linseg:a(ilevel, 1/sr, 0, 1, 0)\nouts asig, asig";
    session.define(Template::new("said", body)).unwrap();
    session.init_channel("word", Some("soft".into()), None).unwrap();
    session.set_channel("word", "loud", 1.0).unwrap();
    session.set_channel("word", "soft again", 2.0).unwrap();
    for at in [0.5, 1.5, 2.5] {
        session.sched(Sched::new("said").at(at).dur(0.002)).unwrap();
    }
    let legs = [
        moves(0, 0.0, 120.0),
        moves(60_000, 0.4, 120.0),
        moves(65_000, 1.4, 120.0),
        moves(70_000, 2.4, 120.0),
    ];
    let expected = due(&[(0.5, 0.25), (1.5, 0.5), (2.5, 0.25)], &legs, 80_000);
    assert_eq!(heard(&play(&mut playing(&session), &legs, 80_000, &[512])), expected);
}

#[test]
fn a_note_that_comes_again_has_its_values_while_the_one_before_is_in_its_release() {
    let mut session = session("follow=beats");
    let body = "|klevel=0.25|\nasig = upsamp(klevel)*linsegr:a(1, 1, 1, 0.5, 1)\nouts asig, asig";
    session.define(Template::new("ringing", body)).unwrap();
    let event = session.sched(Sched::new("ringing").at(0.1).dur(4.0).with("klevel", 0.25)).unwrap();
    session.set(event, "klevel", 0.5, 0.2).unwrap();
    // The third and fourth bring it back while two notes ring.
    let legs =
        [moves(0, 0.0, 120.0), moves(9600, 0.0, 120.0), moves(19_200, 0.0, 120.0), moves(28_800, 0.0, 120.0)];
    let sound = play(&mut playing(&session), &legs, 38_400, &[512]);
    let at = [3000, 6000, 9600 + 3000, 9600 + 6000, 19_200 + 3000, 19_200 + 6000].map(|frame| sound[frame]);
    // What was released keeps what it had.
    assert_eq!(at, [0.25, 0.5, 0.75, 1.0, 1.25, 1.5]);
}

#[test]
fn a_session_that_repeats_has_its_values_in_each_round() {
    let mut session = session("follow=beats loop");
    let bus = session.assign_bus(Some(BusKind::Control), Some(0.0), true).unwrap();
    session.define(Template::new("bus", "|ibus|\nouts upsamp(busin:k(ibus)), a(k(0))")).unwrap();
    session.sched(Sched::new("bus").with("ibus", bus)).unwrap();
    session.automate_bus(bus, Automate::new([(0.0, 0.0), (1.0, 8.0)]).at(1.0)).unwrap();
    sched(&mut session, "click", 0.5, 0.002, 0.5);
    session.set_end_marker(3.0).unwrap();
    let legs = [moves(0, 0.0, 240.0), moves(96_001, 7.7, 120.0)];
    let sound = play(&mut playing(&session), &legs, 150_000, &[512]);
    // The clicks, and the first cycle of each round.
    let steps: Vec<f64> =
        (0..10).flat_map(|round| [0.0, 0.5].map(|at| f64::from(round) * 3.0 + at)).collect();
    let level = |position: f64| ((position.rem_euclid(3.0) - 1.0) * 8.0).clamp(0.0, 8.0);
    check_values(&sound, &legs, true, &steps, level);
    let clicks: Vec<(f64, f32)> = (0..10).map(|round| (0.5 + 3.0 * f64::from(round), 0.5)).collect();
    let heard: Vec<usize> =
        due(&clicks, &legs, 150_000 - KSMPS).into_iter().map(|(frame, _)| frame).collect();
    let rises: Vec<usize> = heard.iter().copied().filter(|frame| sound[frame + KSMPS] == 0.5).collect();
    assert_eq!((rises.len(), rises), (heard.len(), heard));
    // A free one repeats by itself.
    for mut bench in both("free loop", &[("click", 0.1, 0.15, 0.5)]) {
        let sound = bench.play(60_000, &[], &[480]);
        assert_eq!(heard_at(&sound), [4800, 16_800, 28_800, 40_800, 52_800]);
    }
}

/// A session of two clicks that is four quarter notes long, and where they are heard in its rounds.
fn two_clicks(play: &str, last: f64) -> (Session, Vec<(f64, f32)>) {
    let mut session = session(play);
    sched(&mut session, "click", 0.0, 0.002, 0.5);
    sched(&mut session, "click", last, 4.0 - last, 0.25);
    let rounds = (0..6).map(|round| 4.0 * f64::from(round));
    (session, rounds.flat_map(|round| [(round, 0.5), (round + last, 0.25)]).collect())
}

#[test]
fn what_lies_behind_the_end_of_a_session_that_repeats_holds_nothing_up() {
    let legs = [moves(0, 0.0, 240.0), moves(100_001, 7.7, 240.0)];
    let line = |until: f64| Automate::new([(0.0, 0.0), (until, 1.0)]);
    let (free, clicks) = two_clicks("follow=beats loop", 3.0);
    let expected = due(&clicks, &legs, 150_000 - KSMPS);
    // The end of a line is a change. It lies far behind the end of the last event, or a little.
    let [mut far, mut near, mut set, mut held] = [(); 4].map(|()| free.clone());
    for (session, until) in [(&mut far, 8.0), (&mut near, 4.1)] {
        let bus = session.assign_bus(Some(BusKind::Control), Some(0.0), true).unwrap();
        session.automate_bus(bus, line(until)).unwrap();
    }
    set.set_channel("level", 0.5, 6.0).unwrap();
    sched(&mut held, "steady", 5.0, -1.0, 1.0);
    for (name, session) in [("none", free), ("far", far), ("near", near), ("set", set), ("held", held)] {
        for cuts in [&[512][..], &[17]] {
            assert_eq!(heard(&play(&mut playing(&session), &legs, 150_000, cuts)), expected, "{name}");
        }
    }
}

#[test]
fn a_line_over_the_end_of_a_session_that_repeats_begins_anew_with_it() {
    let (mut session, _) = two_clicks("follow=beats loop", 3.0);
    session.define(Template::new("bus", "|ibus|\nouts upsamp(busin:k(ibus)), a(k(0))")).unwrap();
    let bus = session.assign_bus(Some(BusKind::Control), Some(0.0), true).unwrap();
    session.sched(Sched::new("bus").with("ibus", bus)).unwrap();
    session.automate_bus(bus, Automate::new([(0.0, 0.0), (8.0, 8.0)])).unwrap();
    let legs = [moves(0, 0.0, 240.0), moves(96_001, 7.7, 120.0)];
    let sound = play(&mut playing(&session), &legs, 150_000, &[512]);
    let steps: Vec<f64> =
        (0..10).flat_map(|round| [0.0, 3.0].map(|at| 4.0 * f64::from(round) + at)).collect();
    check_values(&sound, &legs, true, &steps, |position| position.rem_euclid(4.0));
}

#[test]
fn a_session_that_repeats_and_has_nothing_before_its_end_is_silent() {
    let mut session = session("follow=beats loop");
    sched(&mut session, "steady", 2.0, -1.0, 0.5);
    session.set_end_marker(1.0).unwrap();
    assert_eq!(peak(&play(&mut playing(&session), &[moves(0, 0.0, 240.0)], 96_000, &[512])), 0.0);
}

#[test]
fn an_event_without_an_end_begins_in_each_round_and_ends_when_the_host_stops() {
    let mut session = session("follow=beats loop");
    let held = sched(&mut session, "steady", 1.0, -1.0, 0.25);
    session.set(held, "klevel", 0.5, 2.0).unwrap();
    session.set_end_marker(4.0).unwrap();
    let legs = [moves(0, 0.0, 240.0), stands(200_000, 0.0), moves(210_000, 0.0, 240.0), stands(230_000, 0.0)];
    let sound = play(&mut playing(&session), &legs, 240_000, &[512]);
    // A round is 48,000 frames long.
    let at = |round: usize, position: f64| sound[round * 48_000 + (position * 12_000.0) as usize];
    assert_eq!([at(0, 0.9), at(0, 1.9), at(0, 2.9)], [0.0, 0.25, 0.5]);
    for round in 1..4 {
        // It goes on with its value until it begins again.
        let levels = [0.9, 1.9, 2.9].map(|position| at(round, position));
        assert_eq!(levels, [0.5, 0.25, 0.5], "round {round}");
    }
    assert!(peak(&sound) <= 0.5 + 0.25);
    assert_eq!([peak(&sound[201_000..221_900]), peak(&sound[231_000..])], [0.0; 2]);
    assert_eq!(sound[229_000], 0.25);
}

#[test]
fn all_notes_of_an_event_end_when_the_host_stops() {
    let mut session = session("follow=beats loop");
    // It begins at 60 beats a minute, and is four seconds long: at 240 its round comes again after one.
    let long = sched(&mut session, "steady", 0.0, 4.0, 0.25);
    session.set(long, "klevel", 0.5, 0.25).unwrap();
    let legs = [moves(0, 0.0, 60.0), moves(24_000, 0.5, 240.0), stands(90_000, 0.0)];
    let sound = play(&mut playing(&session), &legs, 120_000, &[512]);
    let at = [6000, 20_000, 60_000, 67_000, 70_000].map(|frame| sound[frame]);
    assert_eq!(at, [0.25, 0.5, 0.5, 0.5 + 0.25, 0.5 + 0.5]);
    assert_eq!(peak(&sound[91_000..]), 0.0);
}

#[test]
fn a_line_in_a_release_leaves_the_note_of_the_next_round_alone() {
    let mut session = session("follow=beats loop");
    let body = "|klevel=0.25|\nasig = upsamp(klevel)*linsegr:a(1, 1, 1, 0.4, 1)\nouts asig, asig";
    session.define(Template::new("ringing", body)).unwrap();
    let ringing = session.sched(Sched::new("ringing").at(0.0).dur(4.0).with("klevel", 0.25)).unwrap();
    // Its line goes on over two quarter notes of the next round, and its release is a little shorter.
    session.automate(ringing, "klevel", Automate::new([(0.0, 0.0), (4.0, 8.0)]).at(2.0)).unwrap();
    let legs = [moves(0, 0.0, 240.0)];
    let sound = play(&mut playing(&session), &legs, 96_000, &[512]);
    assert_eq!([sound[20_000], sound[36_000 + KSMPS]], [0.25, 2.0]);
    // The one that rings keeps what it had at the round's end, and the one that began has its own value.
    assert!(sound[49_000..67_000].iter().all(|sample| (sample - 4.25).abs() < 0.02));
    // Its line begins in its third quarter note, when the one before is silent.
    assert_eq!([sound[70_000], sound[84_000 + KSMPS]], [0.25, 2.0]);
}

/// Says with an impulse that comes in how many cycles it has been performed, and whether the channel `level` is 1: 65,536 more.
const COUNTING: &str = "<CsoundSynthesizer>\n<CsInstruments>\nksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n\
    ;@tail 0.1 rest\ninstr 1\n ain inch 1\n kcycles init 0\n kcycles += 1\n\
    asound = ain*(kcycles + 65536*chnget:k(\"level\"))\n outs asound, asound\nendin\nschedule 1, 0, -1\n</CsInstruments>\n";

#[test]
fn a_document_rests_behind_a_session_that_is_too_short_to_repeat() {
    let second = RATE as usize;
    let mut input = vec![0.0; 20 * second];
    input[20 * second - 3 * KSMPS] = 1.0;
    let of_document = |play: &str| {
        let click = TEMPLATES[0].1;
        format!(
            "{COUNTING}<KsmpsSession>\n;@session {play}\ntemplate click\n{click}\nendtemplate\n\
             sched click at=0 dur=0.002 ilevel=0\n</KsmpsSession>\n</CsoundSynthesizer>\n"
        )
    };
    let mut session = session("free loop");
    sched(&mut session, "click", 0.0, 0.002, 0.0);
    session.set_channel("level", 1.0, 5.0).unwrap();
    let plain = format!("{COUNTING}</CsoundSynthesizer>\n");
    let (own, status) = open(&plain, &session);
    assert!(!status.failed, "{:?}", status.diagnostics);
    // A free one is Csound's. The value of the project's comes five seconds later.
    for (mut bench, level, seconds) in [
        (Bench::new(&of_document("free")), 0.0, 0..2),
        (Bench::new(&of_document("free loop")), 0.0, 0..2),
        (own, 65_536.0, 5..7),
    ] {
        let said = peak(&bench.play_with(&input, &[], &[480])) - level;
        let cycles = seconds.start * second / KSMPS..seconds.end * second / KSMPS;
        assert!(cycles.contains(&(said as usize)), "{said} cycles for {cycles:?}");
    }
}

#[test]
fn a_free_session_that_repeats_begins_anew_after_an_edit() {
    let events = [("click", 0.1, 0.15, 0.5)];
    let text = document("free loop", &events);
    let edited = |text: &str| format!("{text}; edited\n");
    let [own, of_document] = both("free loop", &events);
    for (mut bench, text) in [(own, edited(SILENT)), (of_document, text.replace("0.5|", "0.25|"))] {
        let before = heard_at(&bench.play(20_000, &[], &[480]));
        let ticket = bench.control.edit(text);
        assert!(!bench.control.wait_for(ticket).failed);
        let after = heard_at(&bench.play(30_000, &[], &[480]));
        assert_eq!((before, after), (vec![4800, 16_800], vec![4800, 16_800, 28_800]));
    }
}

fn heard_at(sound: &[f32]) -> Vec<usize> {
    heard(sound).into_iter().map(|(frame, _)| frame).collect()
}

/// Notes with lines and sets that end within their bars, over a bus with a line through all bars, in an effect that stands.
fn piece(play: &str) -> Session {
    let mut session = session(play);
    let tone = "|ibus, kfreq=220, kamp=0.1|\n\
        busmix ibus, (poscil:a(kamp, kfreq) + poscil:a(kamp, kfreq*1.5))*linsegr:a(0, 0.01, 1, 0.1, 0)";
    session.define(Template::new("tone", tone)).unwrap();
    let gain =
        "|ifrom, icontrol, kpan=0.5|\nasig = busin:a(ifrom)*busin:k(icontrol)\nouts asig*kpan, asig*(1-kpan)";
    session.define(Template::new("gain", gain)).unwrap();
    let bus = session.assign_bus(Some(BusKind::Audio), None, false).unwrap();
    let control = session.assign_bus(Some(BusKind::Control), Some(0.5), false).unwrap();
    let effect = Sched::new("gain").priority(-1).with("ifrom", bus).with("icontrol", control);
    let effect = session.sched(effect).unwrap();
    session
        .automate(effect, "kpan", Automate::new([(0.0, 0.1), (19.0, 0.9)]).curve(Curve::Cos).at(2.1))
        .unwrap();
    session.automate_bus(control, Automate::new([(0.0, 0.2), (7.7, 1.0), (15.1, 0.3)]).at(3.3)).unwrap();
    for bar in 0..6 {
        for note in 0..4 {
            let at = f64::from(bar) * 4.0 + f64::from(note) * 0.87;
            let freq = 220.0 + 30.0 * f64::from(note);
            let tone = Sched::new("tone").at(at).dur(0.3).with("ibus", bus).with("kfreq", freq);
            let tone = session.sched(tone).unwrap();
            session.automate(tone, "kfreq", Automate::new([(0.0, freq), (0.2, freq * 1.5)])).unwrap();
            session.set(tone, "kamp", 0.05, at + 0.1).unwrap();
            if note == 2 {
                session.stop(tone, at + 0.2).unwrap();
            }
        }
    }
    session
}

#[test]
fn a_song_from_its_beginning_sounds_as_the_session_does_alone() {
    // All its times are whole cycles, in seconds.
    let session = piece("follow=seconds");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("render.wav");
    let encoding = Some(Encoding::Float64);
    let options = RenderOptions { endtime: Some(24.0), encoding, ..RenderOptions::default() };
    session.render(&path, &options).unwrap();
    let rendered = sound_file::read(&path).unwrap().samples;
    let sound = play(&mut playing(&session), &[moves(0, 0.0, 120.0)], 24 * 48_000, &[500]);
    assert!(peak(&sound) > 0.01);
    // The last digits of a position are other ones than those of a time.
    let far = |(sound, rendered): (&f32, &[f64])| (f64::from(*sound) - rendered[0]).abs() > 1e-6;
    let first = sound[KSMPS..].iter().zip(rendered.chunks(2)).position(far);
    assert_eq!(first, None);
}

#[test]
fn a_bounce_from_any_bar_is_the_sound_of_the_whole_from_there() {
    // Nothing lasts over a bar, which is 24,000 frames here: whole cycles.
    for play_as in ["follow=beats", "follow=beats loop"] {
        let session = piece(play_as);
        let whole = play(&mut playing(&session), &[moves(0, 0.0, 480.0)], 6 * 24_000, &[512]);
        assert!(peak(&whole) > 0.01);
        for bar in 0..6_usize {
            for cuts in [&[512][..], &[100]] {
                let legs = [moves(0, 4.0 * bar as f64, 480.0)];
                let part = play(&mut playing(&session), &legs, (6 - bar) * 24_000, cuts);
                let first = part.iter().zip(&whole[bar * 24_000..]).position(|(part, whole)| part != whole);
                assert_eq!(first, None, "{play_as}, bar {bar}, blocks of {cuts:?}");
            }
        }
    }
}

#[test]
fn whatever_the_song_does_the_sound_is_that_of_any_cut() {
    let mut heard = 0;
    for seed in 0..16 {
        let mut random = Random::new(seed);
        let modes =
            ["follow=beats", "follow=beats loop", "follow=beats late=enter", "follow=beats loop late=enter"];
        let mut session = piece(modes[random.below(4) as usize]);
        let value = sched(&mut session, "steady", 1.5, 6.0, 0.03125);
        session
            .automate(value, "klevel", Automate::new([(0.0, 0.0), (1.0, 0.1), (5.0, 0.02)]).at(2.0))
            .unwrap();
        let held = sched(&mut session, "steady", 3.0, -1.0, 0.0625);
        session.stop(held, 5.0).unwrap();
        let document = SILENT.replace("32", &[1, 10, 32, 500][random.below(4) as usize].to_string());
        let mut legs = vec![stands(0, 0.0)];
        for _ in 0..10 {
            let from = legs.last().map_or(0, |leg| leg.from) + 1 + random.below(5000) as usize;
            let come =
                legs.last().and_then(|leg| leg.at(from).position).map_or(0.0, |position| position.beats);
            let beats = std::iter::repeat_with(|| (random.unit() * 9.0 - 1.0).max(-0.5))
                .find(|beats| (beats - come).abs() > 0.75)
                .unwrap();
            legs.push(match random.below(4) {
                0 => stands(from, beats),
                _ => moves(from, beats, 60.0 + random.unit() * 300.0),
            });
        }
        let frames = legs.last().map_or(0, |leg| leg.from) + 5000;
        let whole = play(&mut open(&document, &session).0, &legs, frames, &[frames]);
        heard += usize::from(peak(&whole) > 0.01);
        for cuts in [&[1][..], &[17], &[64], &[3, 700, 1, 45]] {
            let cut = play(&mut open(&document, &session).0, &legs, frames, cuts);
            let first = cut.iter().zip(&whole).position(|(cut, whole)| cut != whole);
            assert_eq!(first, None, "seed {seed}, blocks of {cuts:?}");
        }
    }
    assert!(heard >= 12, "{heard} of 16");
}

#[test]
fn the_project_and_the_document_each_say_how_their_events_go() {
    // The document's begin with the engine, the session's with the song, and the other way round.
    let clicks = |start: f64| [("click", start, 0.002, 0.5)];
    let legs = [stands(0, 0.0), moves(48_000, 0.0, 120.0)];
    for (of_document, of_session, expected) in [
        ("free", "follow=beats", [12_000, 48_000 + 4_800]),
        ("follow=seconds", "", [9_600, 48_000 + 12_000]),
        ("off", "follow=seconds", [0, 48_000 + 9_600]),
        ("follow=beats", "off", [0, 48_000 + 6_000]),
    ] {
        let text = document(of_document, &clicks(0.25));
        let mut own = Session::default();
        own.define(Template::new("tick", TEMPLATES[0].1)).unwrap();
        own.set_play(of_session.parse().unwrap());
        own.sched(Sched::new("tick").at(0.2).dur(0.002).with("ilevel", 0.25)).unwrap();
        let (mut bench, status) = open(&text, &own);
        assert!(!status.failed && status.diagnostics.is_empty(), "{:?}", status.diagnostics);
        let sound = play(&mut bench, &legs, 70_000, &[512]);
        let expected: Vec<usize> = expected.into_iter().filter(|frame| *frame > 0).collect();
        // Csound starts what is free on a cycle.
        let heard: Vec<usize> = heard_at(&sound);
        assert_eq!(heard, expected, "{of_document}, {of_session}");
    }
}

#[test]
fn what_follows_goes_on_after_an_edit_with_what_lasts() {
    let events = [("steady", 0.1, 64.0, 0.25), ("click", 2.0, 0.002, 0.125)];
    let text = document("follow=beats", &events);
    let mut bench = Bench::new(&format!(";@tail 2\n{text}"));
    let mut sound = play(&mut bench, &[moves(0, 0.0, 120.0)], 30_000, &[480]);
    let ticket = bench.control.edit(text.replace("0.005", "0.006"));
    assert!(!bench.control.wait_for(ticket).failed);
    let beat = 30_000.0 / 24_000.0;
    sound.extend(play(&mut bench, &[moves(0, beat, 120.0), stands(30_000, 3.0)], 40_000, &[480]));
    assert!(sound[2500..60_000].iter().all(|sample| (sample.min(0.25) - 0.25).abs() < 0.01));
    assert_eq!(sound[48_000 + KSMPS], 0.375);
    assert_eq!(peak(&sound[61_000..]), 0.0);
}

#[test]
fn how_it_goes_with_the_song_is_kept_in_the_project_and_none_is_free() {
    let mut session = session("follow=beats loop late=enter");
    sched(&mut session, "click", 0.5, 0.002, 0.5);
    let (bench, status) = open(&format!(";@tail 2\n{SILENT}"), &session);
    assert!(!status.failed);
    // It may sound at any time.
    assert_eq!((bench.control.declared_tail(), bench.player.tail()), (None, None));
    let state = bench.control.save();
    assert_eq!(state["session"]["play"], "follow=beats loop late=enter");
    let (again, status) = Bench::restored(&state);
    assert!(!status.failed);
    assert_eq!(again.control.session().unwrap().play(), session.play());
    let edit = |session: &mut Session| -> Result<(), SessionError> {
        session.set_play("free".parse().unwrap());
        Ok(())
    };
    again.control.edit_session(edit).unwrap();
    assert!(again.control.save()["session"].get("play").is_none());
    assert_eq!(again.control.declared_tail(), Some(Tail::Seconds(2.0)));
    let without = r#"{"ksmps_session": 1, "play": "follow=bars"}"#;
    let refused = SessionFile::from_json(without).and_then(|file| Session::from_file(&file));
    assert!(matches!(&refused, Err(SessionError::Json(what)) if what.contains("`follow=`")), "{refused:?}");
}

#[test]
fn what_cannot_follow_is_named() {
    let mut session = session("follow=beats");
    let bus = session.assign_bus(Some(BusKind::Control), Some(0.5), true).unwrap();
    session.release_bus(bus, 4.0).unwrap();
    sched(&mut session, "click", 0.5, 0.002, 0.5);
    let (_, status) = open(SILENT, &session);
    let said: Vec<String> = status.diagnostics.iter().map(ToString::to_string).collect();
    assert!(!status.failed && said.len() == 1 && said[0].contains("bus 1"), "{said:?}");
    session.set_channel("word", "x".repeat(600).as_str(), 2.0).unwrap();
    let (_, status) = open(SILENT, &session);
    assert!(status.failed && status.diagnostics.iter().any(|one| one.text.contains("word")), "{status:?}");
}
