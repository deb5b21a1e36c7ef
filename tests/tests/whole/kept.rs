//! What a document keeps (`;@keep`) is in the host's project, and goes on through edits, resets and activations.

use std::thread;
use std::time::{Duration, Instant};

use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Script;

use super::{BLOCK_MAX, RATE, assert_same, open, playing};

/// A melody of which each note goes one step further, and writes what it played over the step; the step, the melody and a
/// text are kept.
const STEPS: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@keep table giMelody\n;@keep chan step string played\n\
    giMelody ftgen 0, 0, 4, -2, 220, 330, 440, 550\nchn_S \"played\", 3\n\
    instr melody ;@notes p4=key\n  ikey = p4\n  istep chnget \"step\"\n  ifreq table istep, giMelody\n  \
    tableiw ifreq * 1.5, istep, giMelody\n  chnset (istep + 1) % 4, \"step\"\n  Splayed chnget \"played\"\n  \
    Splayed strcat Splayed, \"*\"\n  chnset Splayed, \"played\"\n  ilength strlen Splayed\n  \
    a1 = poscil:a(0.2 + 0.01 * ilength, ifreq) * linsegr:a(1, 0.02, 0)\n  outs a1, a1\nendin\n";

/// Three notes.
fn play(instance: &mut Instance) -> Sound {
    let script = Script::parse("0.01 note 69 127 0.02\n0.1 note 69 127 0.02\n0.2 note 69 127 0.02", RATE);
    instance.play(&Plan::new(script.expect("reads"), 14_400)).expect("it plays")
}

#[test]
fn it_comes_back_with_the_project_in_every_host() {
    let mut all: Vec<(Host, Vec<Sound>, serde_json::Value)> = Vec::new();
    for host in Host::ALL {
        let mut instance = playing(host, Kind::Instrument, STEPS);
        let first = play(&mut instance);
        let saved = instance.hosted().save().expect("it saves");
        let kept = instance.state().expect("it saves").core["kept"].clone();
        assert_eq!(
            (&kept["channels"]["step"], &kept["strings"]["played"]),
            (&3.0.into(), &"***".into()),
            "{host:?}"
        );
        instance.reset();
        let second = play(&mut instance);
        assert!(second.first_difference(&first).is_some(), "{host:?}: it has gone on");

        let mut again = open(host, Kind::Instrument);
        again.hosted().load(&saved).expect("it loads");
        again.activate(RATE, BLOCK_MAX).expect("it activates");
        assert_same(&second, &play(&mut again), &format!("{host:?}: loaded before the activation"));
        again.hosted().load(&saved).expect("it loads");
        again.activate(RATE, BLOCK_MAX).expect("it activates");
        assert_same(
            &second,
            &play(&mut again),
            &format!("{host:?}: what was played since is not of that state"),
        );
        again.activate(44_100.0, BLOCK_MAX).expect("it activates");
        again.activate(RATE, BLOCK_MAX).expect("it activates");
        let third = play(&mut again);
        instance.reset();
        assert_same(
            &third,
            &play(&mut instance),
            &format!("{host:?}: an activation keeps it, as a reset does"),
        );
        all.push((host, vec![first, second, third], kept));
    }
    let (_, sounds, kept) = &all[0];
    for (host, other_sounds, other_kept) in &all[1..] {
        assert_eq!(other_kept, kept, "{host:?}");
        for (one, other) in sounds.iter().zip(other_sounds) {
            assert_same(one, other, &format!("{host:?} and the core"));
        }
    }
}

/// How often the host was told that the project is unsaved.
fn dirty(instance: &mut Instance) -> u32 {
    instance.hosted().idle();
    // A VST3 host without a run loop hears of it when it asks for something.
    instance.hosted().params();
    instance.hosted().notices().dirty
}

#[test]
fn what_changes_of_it_is_something_to_save() {
    /// Longer than from one look at the values to the next.
    const LOOKED: Duration = Duration::from_millis(1500);
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::Instrument, STEPS);
        instance.play(&Plan::new(Script::new(), 4800)).expect("it plays");
        thread::sleep(LOOKED);
        let before = dirty(&mut instance);
        thread::sleep(LOOKED);
        assert_eq!(dirty(&mut instance), before, "{host:?}: nothing has changed");
        for round in 1..=2 {
            play(&mut instance);
            let started = Instant::now();
            while dirty(&mut instance) < before + round {
                assert!(started.elapsed() < Duration::from_secs(20), "{host:?}: it is not told");
                thread::sleep(Duration::from_millis(20));
            }
            instance.hosted().save().expect("it saves");
            thread::sleep(LOOKED);
            assert_eq!(dirty(&mut instance), before + round, "{host:?}: it was saved");
        }
    }
}
