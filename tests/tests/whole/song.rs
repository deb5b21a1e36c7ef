//! The host's song reaches the orchestra in channels.

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::{Cut, Script};
use ksmps_harness::song::Song;

use super::{RATE, playing};

/// The position in quarter notes on the left, the tempo and the seconds on the right.
const SONG: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\n  kbeats = chnget:k(\"HOST_PPQ_POS\")\n\
    krest = chnget:k(\"HOST_BPM\")/1000 + chnget:k(\"TIME_IN_SECONDS\") + chnget:k(\"IS_PLAYING\")\n\
    outs upsamp(kbeats), upsamp(krest)\nendin\nschedule 1, 0, -1\n";

#[test]
fn its_position_is_that_of_the_cycle_however_the_blocks_are_cut() {
    for host in Host::ALL {
        for cut in [Cut::Fixed(512), Cut::Fixed(17), Cut::Random { seed: 4, max: 300 }] {
            let mut plan = Plan::new(Script::default(), 48_000).cut(cut.clone());
            plan.song = Some(Song::steady(90.0));
            let sound = playing(host, Kind::Instrument, SONG).play_aligned(&plan).expect("it plays");
            for frame in [0_usize, 320, 4800, 47_968] {
                let seconds = frame as f64 / RATE;
                let (beats, rest) = (seconds * 1.5, 0.09 + seconds + 1.0);
                let heard = [0, 1].map(|channel| f64::from(sound.channels[channel][frame]));
                assert!(
                    (heard[0] - beats).abs() < 1e-6,
                    "{host:?}, {cut}, frame {frame}: {heard:?}, {beats}"
                );
                assert!((heard[1] - rest).abs() < 1e-6, "{host:?}, {cut}, frame {frame}: {heard:?}, {rest}");
            }
        }
    }
}
