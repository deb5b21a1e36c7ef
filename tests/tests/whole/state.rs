//! What a project keeps: saved, changed, loaded, in any order; and states that are broken.

use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Script;

use super::{BLOCK_MAX, RATE, assert_same, documents, open, playing};

/// A note and, where the document has it, nothing else.
fn plan() -> Plan {
    Plan::new(Script::parse("0.01 note 69 127 0.1", RATE).expect("reads"), 9600)
}

fn sound(instance: &mut Instance) -> Sound {
    instance.reset();
    instance.play(&plan()).expect("it plays")
}

/// Plays silence until the plugin has taken over what was loaded last, ten seconds at most.
#[track_caller]
fn wait_for(instance: &mut Instance, latency: u32) {
    for _ in 0..1000 {
        instance.play(&Plan::new(Script::new(), 480)).expect("it plays");
        let report = instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is");
        if report["latency_frames"] == latency {
            // Half a second more, for the change from the one to the other.
            instance.play(&Plan::new(Script::new(), 24_000)).expect("it plays");
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("the document was not taken over within ten seconds");
}

#[test]
fn a_saved_state_brings_back_document_parameters_and_sound() {
    for host in Host::BUNDLES {
        let document = documents::level(16, "level 0..1=0.25");
        let mut instance = playing(host, Kind::Effect, &document);
        let set = Plan::new(Script::parse("0 set level=0.75", RATE).expect("reads"), 4800);
        instance.play(&set).expect("it plays");
        let before = sound(&mut instance);
        assert!((before.channels[0][9000] - 0.75).abs() < 1e-6, "{host:?}: reset keeps what the host set");
        let saved = instance.hosted().save().expect("it saves");

        instance
            .load(&documents::level(16, "other 0..1\n;@param level 0..1=0.1"), None)
            .expect("another goes in");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        assert!(
            sound(&mut instance).first_difference(&before).is_some(),
            "{host:?}: the other sounds different"
        );

        instance.hosted().load(&saved).expect("it loads");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        assert_same(&before, &sound(&mut instance), &format!("{host:?} loaded again"));
        assert_eq!(instance.state().expect("it saves").document(), document);

        let mut fresh = open(host, Kind::Effect);
        fresh.hosted().load(&saved).expect("it loads");
        fresh.activate(RATE, BLOCK_MAX).expect("it activates");
        assert_same(&before, &sound(&mut fresh), &format!("{host:?} in a fresh instance"));
    }
}

#[test]
fn a_state_may_come_before_during_and_after_activation() {
    for host in Host::BUNDLES {
        let (first, second) = (documents::tone(32, 0.1), documents::tone(64, 0.3));
        let expected = sound(&mut playing(host, Kind::Instrument, &second));

        let mut during = playing(host, Kind::Instrument, &first);
        let mut state = during.state().expect("it saves");
        state.set_document(&second, None);
        let bytes = state.write(host.format);
        let (_, loaded) = during
            .play_while(&plan(), |hosted| hosted.load(&bytes))
            .expect("it plays on while a state is loaded");
        loaded.expect("it loads while it plays");
        wait_for(&mut during, 64);
        assert_same(&expected, &sound(&mut during), &format!("{host:?} loaded while playing"));

        let mut after = playing(host, Kind::Instrument, &first);
        after.deactivate().expect("it deactivates");
        after.hosted().load(&bytes).expect("it loads");
        after.activate(RATE, BLOCK_MAX).expect("it activates");
        assert_same(&expected, &sound(&mut after), &format!("{host:?} loaded after deactivation"));
    }
}

#[test]
fn a_broken_state_leaves_the_instance_as_it_was() {
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::Instrument, &documents::tone(32, 0.2));
        let before = sound(&mut instance);
        let good = instance.hosted().save().expect("it saves");
        let text = instance.state().expect("it saves");
        let mut no_core = text.clone();
        no_core.core = serde_json::Value::Null;
        let mut wrong = text.clone();
        wrong.core = serde_json::json!([1, "two"]);
        let broken = [
            Vec::new(),
            b"nonsense".to_vec(),
            vec![0xff; 4096],
            good[..good.len() / 2].to_vec(),
            no_core.write(host.format),
            wrong.write(host.format),
        ];
        for (index, bytes) in broken.iter().enumerate() {
            // A host hears of some and not of others; what counts is what remains.
            let _ = instance.hosted().load(bytes);
            assert_same(&before, &sound(&mut instance), &format!("{host:?} after broken state {index}"));
            assert_eq!(instance.state().expect("it saves").core, text.core, "{host:?}, broken state {index}");
        }
    }
}

#[test]
fn what_a_newer_version_added_is_ignored_and_the_text_is_not_lost() {
    for host in Host::BUNDLES {
        // It does not compile, and has every kind of character in it.
        let text = "instr 1\n  nosuchopcode \"\u{e9}\u{1f3b9}\\n\"\t\r\nendin\n";
        let mut instance = open(host, Kind::Instrument);
        let mut state = instance.state().expect("it saves");
        state.set_document(text, None);
        state.core["from the future"] = serde_json::json!({ "a": [1, 2, 3] });
        instance.set_state(&state).expect("it loads");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        instance.play(&plan()).expect("it plays");
        let state = instance.state().expect("it saves");
        assert_eq!(state.document(), text, "{host:?}");
        assert_eq!(state.core["from the future"]["a"][1], 2, "{host:?}");
    }
}

#[test]
fn both_formats_read_each_others_state() {
    for host in Host::CLAP {
        let mut clap = playing(host, Kind::Instrument, &documents::tone(32, 0.2));
        let state = clap.state().expect("it saves");
        let mut other = open(Host::VST3[0], Kind::Instrument);
        other.set_state(&state).expect("it loads");
        other.activate(RATE, BLOCK_MAX).expect("it activates");
        assert_same(&sound(&mut clap), &sound(&mut other), &format!("the state of {host:?} in VST3"));
    }
}
