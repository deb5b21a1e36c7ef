//! A note begins at its frame: to the frame, once the latency is taken off.

use ksmps_core::event::EventKind;
use ksmps_core::random::Random;
use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::{Cut, Script};

use super::{documents, playing, sounding};

const NOTES: usize = 1000;
const CYCLES: [usize; 5] = [8, 16, 32, 64, 128];

/// Frames at random distances of 1..400, so that notes share cycles and blocks now and then.
fn onsets(seed: u64) -> Vec<u64> {
    let mut random = Random::new(seed);
    let mut frame = 0;
    (0..NOTES)
        .map(|_| {
            frame += 1 + random.below(400);
            frame
        })
        .collect()
}

/// Plays clicks at random frames and compares where they come out, in every channel of `channels`.
#[track_caller]
fn check(document: &str, channels: usize, seed: u64) {
    let expected = onsets(seed);
    let mut script = Script::new();
    for (index, frame) in expected.iter().enumerate() {
        script.key(*frame, 36 + (index % 60) as u8, 1.0, 200);
    }
    let plan = Plan::new(script, expected[NOTES - 1] + 1000).cut(Cut::Random { seed, max: 1024 });
    for host in Host::BUNDLES {
        let sound = playing(host, Kind::Instrument, document).play_aligned(&plan).expect("it plays");
        for channel in &sound.channels[..channels] {
            let heard = sounding(channel);
            let wrong = expected.iter().filter(|frame| !heard.contains(frame)).count();
            let first = expected.iter().zip(&heard).find(|(expected, heard)| expected != heard);
            assert_eq!(
                heard, expected,
                "{host:?}, seed {seed}: {wrong} of {NOTES} are wrong, the first (meant, heard) {first:?}\n{document}"
            );
        }
    }
}

#[test]
fn of_every_way_to_send_a_signal_out() {
    let ways = [
        ("out a1", 1),
        ("outs a1, a1", 2),
        ("outall a1", 2),
        ("outch 1, a1, 2, a1", 2),
        ("outch 2, a1, 1, a1", 2),
    ];
    for (seed, ksmps) in (1..).zip(CYCLES) {
        for (send, channels) in ways {
            check(&documents::click(ksmps, send), channels, seed);
        }
    }
}

#[test]
fn of_notes_through_csounds_midi() {
    for (seed, ksmps) in (10..).zip(CYCLES) {
        check(&documents::midi_click(ksmps), 2, seed);
    }
}

#[test]
fn of_an_instrument_that_calls_an_opcode_of_its_own() {
    let opcode = "opcode Click, a, 0\n  a1 mpulse 0.5, 0\n  xout a1\nendop";
    for (seed, ksmps) in (20..).zip(CYCLES) {
        check(&documents::click_by(ksmps, opcode, "a1 Click\n  outs a1, a1"), 2, seed);
    }
}

#[test]
fn of_an_instrument_that_schedules_another() {
    let inner = "instr inner\n  a1 mpulse 0.5, 0\n  outs a1, a1\nendin";
    for (seed, ksmps) in (30..).zip(CYCLES) {
        check(&documents::click_by(ksmps, inner, "schedule \"inner\", 0, 0.01"), 2, seed);
    }
}

#[test]
fn the_latency_is_one_cycle() {
    for host in Host::BUNDLES {
        for ksmps in [1, 10, 64, 500] {
            let mut instance = playing(host, Kind::Instrument, &documents::click(ksmps, "outs a1, a1"));
            assert_eq!(instance.hosted().latency_frames(), ksmps as u32, "{host:?}");
        }
    }
}

#[test]
fn sound_that_goes_through_comes_out_one_cycle_later() {
    for host in Host::BUNDLES {
        for ksmps in [1, 16, 100] {
            let mut instance = playing(host, Kind::Effect, &documents::sidechain(ksmps));
            let mut impulses = vec![0.0; 5000];
            let frames = [0, 1, 999, 1000, 4321];
            frames.iter().for_each(|frame| impulses[*frame as usize] = 0.5);
            let plan = Plan::new(Script::new(), 5000).cut(Cut::Fixed(77)).inputs(vec![impulses]);
            let sound = instance.play_aligned(&plan).expect("it plays");
            assert_eq!(sounding(&sound.channels[0]), frames, "{host:?}, ksmps {ksmps}");
        }
    }
}

#[test]
fn of_a_note_that_stands_before_a_parameter_point_of_its_frame() {
    // The framework delivers it with the part of the block that ends there, behind its last frame.
    for host in Host::BUNDLES {
        let mut script = Script::new();
        let point = |normalized| EventKind::Param { slot: 5, normalized };
        script.key(1000, 60, 1.0, 300).push(1000, point(0.5)).push(1300, point(0.25));
        script.key(1300, 60, 1.0, 300).push(1300, point(0.75)).push(1600, point(0.5));
        let mut instance = playing(host, Kind::Instrument, &documents::click(16, "outs a1, a1"));
        let sound = instance.play_aligned(&Plan::new(script, 4000)).expect("it plays");
        assert_eq!(sounding(&sound.channels[0]), [1000, 1300], "{host:?}");
    }
}
