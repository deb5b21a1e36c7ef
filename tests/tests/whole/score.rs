//! A score that follows the host's song, through jumps, tempi and stops, in every host and however its blocks are cut.

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::{Cut, Script};
use ksmps_harness::song::Song;

use super::legs::{self, Leg};
use super::{assert_same, playing, sounding};

/// Notes of one sample at odd places of a bar, which repeats, and one that lasts.
const FOLLOWING: &str = "<CsoundSynthesizer>\n<CsInstruments>\n;@score follow=beats loop late=enter\n;@notes off\n\
    ksmps = 32\nnchnls = 2\n0dbfs = 1\n\
    instr 1\n asig = linseg:a(p4, 1/sr, 0, 1, 0)\n outch 1, asig\nendin\n\
    instr 2\n asig = linsegr:a(0.25, 1, 0.25, 0.01, 0)\n outch 2, asig\nendin\n</CsInstruments>\n<CsScore>\n\
    i 1 0 0.002 0.5\ni 1 0.3333333 0.002 0.25\ni 1 1.77 0.002 0.125\ni 2 1 0.9\ne 2\n</CsScore>\n</CsoundSynthesizer>\n";
/// Where the song jumps, is played at another tempo, and stands.
const LEGS: [Leg; 6] = [
    (0, 0.0, 0.0),
    (1003, 0.0, 120.0),
    (30_001, 1.25, 120.0),
    (50_007, 0.0, 97.0),
    (70_000, 0.0, 0.0),
    (72_000, 5.5, 180.0),
];
const FRAMES: usize = 96_000;

/// The sound with the song of `LEGS`.
fn sound(host: Host, cut: &Cut) -> Vec<Vec<f32>> {
    legs::sound(&mut playing(host, Kind::Instrument, FOLLOWING), &LEGS, FRAMES, cut)
}

/// The frames at which the notes of one sample are due, which repeat after two quarter notes.
fn due() -> Vec<u64> {
    let rounds = (0..20).map(|round| 2.0 * f64::from(round));
    let starts: Vec<f64> =
        rounds.flat_map(|round| [0.0, 0.3333333, 1.77].map(|start| round + start)).collect();
    legs::due(&LEGS, FRAMES, &starts)
}

#[test]
fn its_events_begin_on_their_frames_however_the_blocks_are_cut() {
    let first = sound(Host::CORE, &Cut::Fixed(512));
    assert_eq!(sounding(&first[0]), due());
    // The second instrument: in the midst of its note after jumps, and silent where the song stands.
    let lasting = |frame: usize| first[1][frame + 32];
    assert_eq!([29_000, 30_600, 71_000, 74_000].map(lasting), [0.25, 0.25, 0.0, 0.25]);
    for host in Host::ALL {
        for cut in [Cut::Fixed(512), Cut::Fixed(17), Cut::Fixed(1000), Cut::Random { seed: 5, max: 400 }] {
            assert!(sound(host, &cut) == first, "{host:?} in blocks of {cut}");
        }
    }
}

#[test]
fn a_bounce_of_the_song_is_the_same_each_time() {
    for host in Host::ALL {
        let mut plan = Plan::new(Script::default(), 48_000);
        plan.song = Some(Song::steady(133.0));
        let mut instance = playing(host, Kind::Instrument, FOLLOWING);
        let first = instance.play_aligned(&plan).expect("it plays");
        assert!(first.peak() > 0.4, "{host:?}");
        instance.reset();
        assert_same(
            &first,
            &instance.play_aligned(&plan).expect("it plays"),
            &format!("{host:?} after a reset"),
        );
    }
}
