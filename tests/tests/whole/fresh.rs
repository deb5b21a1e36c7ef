//! A fresh instance makes music without any set-up.

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::measure;
use ksmps_harness::script::Script;

use super::{BLOCK_MAX, RATE, open};

#[test]
fn the_first_note_sounds_and_ends() {
    for host in Host::BUNDLES {
        for kind in [Kind::Instrument, Kind::MultiOut] {
            let mut instance = open(host, kind);
            instance.activate(RATE, BLOCK_MAX).expect("it activates");
            let script = Script::parse("0 note 60 100 0.5", RATE).expect("reads");
            let sound = instance.play(&Plan::new(script, 10 * RATE as u64)).expect("it plays");
            let peak = sound.peak();
            assert!((0.01..=1.0).contains(&peak), "{host:?} {kind:?}: the peak is {peak}");
            let ends = sound.channels.iter().map(|channel| &channel[9 * RATE as usize..]);
            let rest = ends.map(measure::peak).fold(0.0, f32::max);
            assert!(rest < 1e-3, "{host:?} {kind:?}: {rest} still sounds after nine seconds");
        }
    }
}

#[test]
fn an_effect_lets_its_input_through() {
    for host in Host::BUNDLES {
        let mut instance = open(host, Kind::Effect);
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        let tone: Vec<f32> = (0..4800).map(|frame| (frame as f32 * 0.05).sin() * 0.25).collect();
        let plan = Plan::new(Script::new(), 4800).inputs(vec![tone.clone(), tone]);
        let level = measure::rms(&instance.play_aligned(&plan).expect("it plays").channels[0]);
        assert!((0.1..0.4).contains(&level), "{host:?}: {level}");
    }
}

#[test]
fn an_instance_without_notes_is_silent() {
    for host in Host::BUNDLES {
        let mut instance = open(host, Kind::Instrument);
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        let sound = instance.play(&Plan::new(Script::new(), 48_000)).expect("it plays");
        assert_eq!(sound.peak(), 0.0, "{host:?}");
    }
}

#[test]
fn nothing_is_done_on_the_wrong_thread_or_left_unsaid() {
    for host in Host::CLAP {
        let mut instance = open(host, Kind::Instrument);
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        let script = Script::parse("0 note 60 100 0.1 id=1\n0.05 move tuning 1 id=1", RATE).expect("reads");
        let sound = instance.play(&Plan::new(script, 5 * RATE as u64)).expect("it plays");
        let notices = instance.hosted().notices();
        assert_eq!((notices.misuses.as_slice(), notices.unsent), (&[][..], 0), "{host:?}");
        let ended: Vec<_> = sound.ended.iter().map(|(_, note)| (note.id, note.key)).collect();
        assert_eq!(ended, [(Some(1), 60)], "{host:?}: a CLAP host is told when a voice has ended, once");
    }
}
