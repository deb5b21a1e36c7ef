//! A score that follows the host's song, through jumps, tempi and stops, in every host and however its blocks are cut.

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::{Block, HostTransport};
use ksmps_harness::hosts::Host;
use ksmps_harness::script::{Cut, Script};
use ksmps_harness::song::Song;

use super::{BLOCK_MAX, RATE, assert_same, playing, sounding};

/// Notes of one sample at odd places of a bar, which repeats, and one that lasts.
const FOLLOWING: &str = "<CsoundSynthesizer>\n<CsInstruments>\n;@score follow=beats loop late=enter\n;@notes off\n\
    ksmps = 32\nnchnls = 2\n0dbfs = 1\n\
    instr 1\n asig = linseg:a(p4, 1/sr, 0, 1, 0)\n outch 1, asig\nendin\n\
    instr 2\n asig = linsegr:a(0.25, 1, 0.25, 0.01, 0)\n outch 2, asig\nendin\n</CsInstruments>\n<CsScore>\n\
    i 1 0 0.002 0.5\ni 1 0.3333333 0.002 0.25\ni 1 1.77 0.002 0.125\ni 2 1 0.9\ne 2\n</CsScore>\n</CsoundSynthesizer>\n";
/// Where the song jumps, is played at another tempo, and stands: frame, position, tempo (0: it stands).
const LEGS: [(usize, f64, f64); 6] = [
    (0, 0.0, 0.0),
    (1003, 0.0, 120.0),
    (30_001, 1.25, 120.0),
    (50_007, 0.0, 97.0),
    (70_000, 0.0, 0.0),
    (72_000, 5.5, 180.0),
];
const FRAMES: usize = 96_000;

fn transport(frame: usize) -> HostTransport {
    let (from, position, tempo) = *LEGS.iter().rfind(|(from, ..)| *from <= frame).expect("the first is at 0");
    let beats = position + (frame - from) as f64 * tempo / 60.0 / RATE;
    HostTransport {
        playing: tempo > 0.0,
        tempo: Some(if tempo > 0.0 { tempo } else { 120.0 }),
        signature: Some((4, 4)),
        frames: Some(frame as i64),
        beats: Some(beats),
        ..HostTransport::default()
    }
}

/// The sound with the song of `LEGS`, in blocks that end where the song jumps.
fn sound(host: Host, cut: &Cut) -> Vec<Vec<f32>> {
    let mut instance = playing(host, Kind::Instrument, FOLLOWING);
    let mut sound = vec![vec![0.0; FRAMES]; 2];
    for range in cut.blocks(FRAMES as u64) {
        let (mut at, end) = (range.start as usize, range.end as usize);
        while at < end {
            let jump = LEGS.iter().map(|(from, ..)| *from).find(|from| *from > at).unwrap_or(FRAMES);
            let to = end.min(jump).min(at + BLOCK_MAX);
            let mut outputs: Vec<&mut [f32]> = sound.iter_mut().map(|channel| &mut channel[at..to]).collect();
            let transport = Some(transport(at));
            let mut block =
                Block { inputs: &[], outputs: &mut outputs, frames: to - at, events: &[], transport };
            instance.processing().process(&mut block).expect("it plays");
            at = to;
        }
    }
    sound
}

/// The frames at which the notes of one sample are due.
fn due() -> Vec<u64> {
    let mut due = Vec::new();
    for (index, &(from, position, tempo)) in LEGS.iter().enumerate().filter(|(_, (.., tempo))| *tempo > 0.0) {
        let end = LEGS.get(index + 1).map_or(FRAMES - 32, |(next, ..)| *next);
        for round in 0..20 {
            for start in [0.0, 0.3333333, 1.77] {
                let beats = start + 2.0 * f64::from(round) - position;
                let frame = (beats / (tempo / 60.0 / RATE) - 1e-3).ceil() + from as f64;
                if (from as f64..end as f64).contains(&frame) {
                    due.push(frame as u64 + 32);
                }
            }
        }
    }
    due
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
