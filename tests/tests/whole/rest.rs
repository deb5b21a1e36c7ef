//! An effect that rests is what it would be without: its echoes, its bypass, its state, and what a reset leaves of it.

use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::BYPASS_SLOT;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::Script;

use ksmps_core::event::EventKind;

use super::{BLOCK_MAX, RATE, assert_same, open, playing};

const FRAMES: usize = 320_000;
/// Where something comes in: at once, behind a rest while it is bypassed, and behind another rest.
const BURSTS: [usize; 3] = [100, 130_001, 270_007];

/// One echo, in the last moment of the tail.
fn echo(rest: &str) -> String {
    format!(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n;@tail 1{rest}\n;@param gain 0..1=0.5\ninstr 1\n ain inch 1\n \
         alate delay ain, 0.95\n asound = ain * chnget:k(\"gain\") + alate * 0.5\n outs asound, asound\nendin\n\
         schedule 1, 0, -1\n"
    )
}

fn plan(cut: &str) -> Plan {
    let mut script = Script::new();
    for (frame, is_on) in [(110_000, 1.0), (140_000, 0.0)] {
        script.push(frame, EventKind::Param { slot: BYPASS_SLOT, normalized: is_on });
    }
    script.set(250_003, "gain", "0.75");
    let mut input = vec![0.0; FRAMES];
    for burst in BURSTS {
        (0..100).for_each(|frame| input[burst + frame] = 0.5 / (1.0 + frame as f32));
    }
    // PANIC: the texts below are cuts.
    Plan::new(script, FRAMES as u64).cut(cut.parse().unwrap()).inputs(vec![input; 4])
}

/// The same again behind each of what can happen at rest.
fn sounds(host: Host, document: &str, cut: &str) -> Vec<Sound> {
    let plan = plan(cut);
    let mut instance = playing(host, Kind::Effect, document);
    let mut sounds = vec![instance.play(&plan).expect("it plays")];
    let silence = Plan::new(Script::new(), 96_000);
    instance.play(&silence).expect("it plays");
    let saved = instance.hosted().save().expect("it saves");
    instance.reset();
    sounds.push(instance.play(&plan).expect("it plays"));
    instance.play(&silence).expect("it plays");
    instance.deactivate().expect("it stops");
    instance.activate(RATE, BLOCK_MAX).expect("it activates");
    sounds.push(instance.play(&plan).expect("it plays"));
    let mut fresh = open(host, Kind::Effect);
    fresh.hosted().load(&saved).expect("it loads");
    fresh.activate(RATE, BLOCK_MAX).expect("it activates");
    sounds.push(fresh.play(&plan).expect("it plays"));
    sounds
}

#[test]
fn an_effect_that_rests_sounds_as_one_that_does_not() {
    for host in Host::BUNDLES {
        let expected = sounds(host, &echo(""), "480");
        for burst in BURSTS {
            let late = &expected[0].channels[0][burst + 45_600..burst + 45_700];
            assert!(late.iter().any(|sample| sample.abs() > 0.2), "{host:?}: its echo is heard");
        }
        for cut in ["480", "random:3"] {
            let heard = sounds(host, &echo(" rest"), cut);
            for (at, (expected, heard)) in expected.iter().zip(&heard).enumerate() {
                assert_same(expected, heard, &format!("{host:?}, {cut}, take {at}"));
            }
        }
    }
}
