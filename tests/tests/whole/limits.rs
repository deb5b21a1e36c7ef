//! Rates, blocks and crowds of events at their ends.

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::{Cut, Script};

use super::{documents, open, playing, sounding};

#[test]
fn every_rate_from_one_kilohertz_to_one_megahertz() {
    for host in Host::BUNDLES {
        for rate in [1_000.0, 8_000.0, 22_050.0, 44_100.0, 96_000.0, 192_000.0, 1_000_000.0] {
            let mut instance = open(host, Kind::Instrument);
            instance.load(&documents::click(16, "outs a1, a1"), None).expect("the document goes in");
            instance.activate(rate, 512).expect("it activates");
            let mut script = Script::new();
            script.key(500, 60, 1.0, 100).key(777, 62, 1.0, 100);
            let sound = instance.play_aligned(&Plan::new(script, 2000)).expect("it plays");
            assert_eq!(sounding(&sound.channels[0]), [500, 777], "{host:?} at {rate} Hz");
        }
    }
}

#[test]
fn every_block_length_from_1_to_16384() {
    for host in Host::BUNDLES {
        let mut instance = open(host, Kind::Instrument);
        instance.load(&documents::click(16, "outs a1, a1"), None).expect("the document goes in");
        for length in [1, 2, 3, 31, 1023, 4096, 16_384] {
            instance.activate(48_000.0, length).expect("it activates");
            let mut script = Script::new();
            script.key(500, 60, 1.0, 100).key(20_001, 62, 1.0, 100);
            let plan = Plan::new(script, 33_000).cut(Cut::Fixed(length));
            let sound = instance.play_aligned(&plan).expect("it plays");
            assert_eq!(sounding(&sound.channels[0]), [500, 20_001], "{host:?}, blocks of {length}");
        }
    }
}

#[test]
fn ten_thousand_notes_in_a_block_leave_no_note_hanging() {
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::Instrument, &documents::tone(32, 0.001));
        let mut script = Script::new();
        for note in 0..10_000_u64 {
            script.key(note % 400, (note % 128) as u8, 1.0, 10);
        }
        script.key(96_000, 69, 1.0, 4800);
        let sound = instance.play(&Plan::new(script, 150_000)).expect("it plays");
        let between = &sound.channels[0][90_000..95_000];
        assert!(sound.peak().is_finite());
        assert!(between.iter().all(|sample| *sample == 0.0), "{host:?}: notes hang");
        let after = &sound.channels[0][96_500..100_000];
        assert!(after.iter().any(|sample| *sample != 0.0), "{host:?}: the next note does not sound");
    }
}

#[test]
fn two_notes_of_one_key_end_one_by_one() {
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::Instrument, &documents::tone(32, 0.2));
        let text = "@0 on 69 100 id=1\n@4800 on 69 100 id=2\n@9600 off 69 id=1\n@19200 off 69 id=2";
        let sound = instance
            .play(&Plan::new(Script::parse(text, 48_000.0).expect("reads"), 30_000))
            .expect("it plays");
        let sounds = |at: usize| sound.channels[0][at..at + 480].iter().any(|sample| sample.abs() > 0.01);
        assert!(sounds(18_000), "{host:?}: the second is still held");
        assert!(!sounds(24_000), "{host:?}: both have ended");
    }
}
