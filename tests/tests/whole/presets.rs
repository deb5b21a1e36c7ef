//! Presets from the host: CLAP's preset discovery and VST3's list of programs.

use ksmps_core::event::EventKind;
use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::{BYPASS_SLOT, Format};
use ksmps_harness::hosts::Host;
use ksmps_harness::script::Script;
use ksmps_harness::stage::Stage;

use super::{RATE, documents, open};

fn names(stage: &mut Stage) -> Vec<String> {
    stage.hosted().presets().into_iter().map(|preset| preset.name).collect()
}

#[test]
fn the_factory_library_is_listed_for_the_plugins_that_play_it() {
    for host in Host::BUNDLES {
        for (kind, there, elsewhere) in [
            (Kind::Instrument, ["Drift", "Drift: Warm Pad", "Tine: Barking"], "Hall: Cathedral"),
            (Kind::MultiOut, ["Bell", "Two-pad Kit and Piece", "Glass Keys: Dark"], "Echo"),
            (Kind::Effect, ["Echo", "Hall: Cathedral", "Ducking Smear"], "Drift"),
        ] {
            let names = names(&mut open(host, kind));
            for name in there {
                assert!(names.iter().any(|known| known == name), "{host:?} {kind:?}: {names:?}");
            }
            assert!(!names.iter().any(|known| known == elsewhere), "{host:?} {kind:?}: {names:?}");
        }
    }
    let clap = open(Host::CLAP[0], Kind::Instrument).hosted().presets();
    let tine = clap.iter().find(|preset| preset.name == "Tine").expect("it is listed");
    assert_eq!(
        (tine.words.as_slice(), tine.is_users),
        (["synth".to_owned(), "keys".to_owned()].as_slice(), false)
    );
}

#[test]
fn a_preset_of_the_library_brings_its_document_and_its_values() {
    for host in Host::BUNDLES {
        let mut stage = open(host, Kind::Instrument);
        // A host that writes back what it has read loads nothing by it.
        let before = stage.state().expect("it saves").core;
        stage.hosted().load_preset("Tine: Barking").expect("it loads");
        stage.hosted().idle();
        let core = stage.state().expect("it saves").core;
        assert_ne!(core, before, "{host:?}");
        assert_eq!(
            core["document"]["text"].as_str().map(|text| text.contains("Tine")),
            Some(true),
            "{host:?}"
        );
        let text = |stage: &mut Stage, name: &str| {
            let (_, param) = stage.param(name).expect("it saves").expect("it has a slot");
            param.text
        };
        assert!(text(&mut stage, "bark").contains("0.9"), "{host:?}: {}", text(&mut stage, "bark"));
        let notices = stage.hosted().notices();
        assert!(notices.dirty > 0 && notices.values > 0 && notices.infos > 0, "{host:?}: {notices:?}");
        assert_eq!(notices.misuses, Vec::<String>::new());
        if host.format == Format::Clap {
            assert_eq!(notices.presets, ["Some(\"Tine/Barking\") loaded"]);
        }
        stage.activate(RATE, 512).expect("it activates");
        let mut script = Script::new();
        script.key(100, 50, 1.0, 20_000);
        let plan = Plan::new(script, 24_000);
        let barking = stage.play_aligned(&plan).expect("it plays");
        assert!(barking.channels[0].iter().any(|sample| sample.abs() > 0.01), "{host:?}");
        // What was moved before does not matter: the next preset is as in a fresh instance.
        stage.hosted().load_preset("Tine: Ballad").expect("it loads");
        stage.deactivate().expect("it deactivates");
        stage.activate(RATE, 512).expect("it activates");
        let ballad = stage.play_aligned(&plan).expect("it plays");
        assert!(barking.first_difference(&ballad).is_some(), "{host:?}");
        let mut other = open(host, Kind::Instrument);
        other.hosted().load_preset("Tine: Ballad").expect("it loads");
        let values = |stage: &mut Stage| -> Vec<f64> {
            ["bark", "tine", "ring", "tremolo", "rate", "level"]
                .map(|name| stage.param(name).expect("it saves").expect("it has a slot").1.value)
                .to_vec()
        };
        for (one, two) in values(&mut stage).into_iter().zip(values(&mut other)) {
            assert!((one - two).abs() < 1e-6, "{host:?}: {one} and {two}");
        }
    }
}

#[test]
fn a_preset_is_loaded_while_it_plays() {
    for host in Host::BUNDLES {
        let mut stage = open(host, Kind::Effect);
        stage.load(&documents::level(16, "level 0..1=0.25"), None).expect("the document goes in");
        stage.activate(RATE, 512).expect("it activates");
        stage.play(&Plan::new(Script::new(), 2048)).expect("it plays");
        stage.hosted().load_preset("Hall: Send").expect("it loads");
        stage.hosted().idle();
        // The new engine takes over when it is built: then nothing of the constant is left.
        let mut last = 0.25;
        for _ in 0..2000 {
            let sound = stage.play(&Plan::new(Script::new(), 2048)).expect("it plays");
            last = sound.channels[0][2047];
            if last == 0.0 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert_eq!(last, 0.0, "{host:?}");
        let (_, dry) = stage.param("dry").expect("it saves").expect("it has a slot");
        assert_eq!(dry.value, 0.0, "{host:?}");
    }
}

#[test]
fn a_vst3_host_lists_the_documents_own_behind_the_librarys() {
    let document = documents::level(16, "level 0..4=1\n;@param other 0..1=0.5\n;@preset \"Loud\" level=3");
    for host in Host::VST3 {
        let mut stage = open(host, Kind::Effect);
        stage.load(&document, None).expect("the document goes in");
        let names = names(&mut stage);
        assert_eq!((names[0].as_str(), names[names.len() - 1].as_str()), ("As it is", "Loud"), "{host:?}");
        let (slot, _) = stage.param("other").expect("it saves").expect("it has a slot");
        stage.hosted().load_preset("Loud").expect("it loads");
        let value = |stage: &mut Stage, name| stage.param(name).expect("it saves").expect("a slot").1.value;
        assert_eq!((value(&mut stage, "level"), value(&mut stage, "other")), (0.75, 0.5), "{host:?}, {slot}");
        let program = stage.hosted().params().into_iter().find(|param| param.name == "Program");
        let program = program.expect("there is a parameter for it");
        assert_eq!((program.value, program.text.as_str()), (1.0, "Loud"), "{host:?}");
        assert_eq!(stage.hosted().param_value(program.id, "Loud"), Some(1.0), "{host:?}");
        // A project that is opened has chosen nothing.
        let state = stage.state().expect("it saves");
        stage.set_state(&state).expect("it loads");
        assert_eq!(
            stage.hosted().params().into_iter().find(|param| param.name == "Program").map(|one| one.value),
            Some(0.0)
        );
        assert_eq!(value(&mut stage, "level"), 0.75, "{host:?}");
    }
}

#[test]
fn a_program_that_comes_with_a_block_is_loaded_once_on_the_hosts_own_thread() {
    for host in Host::VST3 {
        let mut stage = open(host, Kind::Instrument);
        stage.activate(RATE, 512).expect("it activates");
        let names = names(&mut stage);
        let program = names.iter().position(|name| name == "Tine: Barking").expect("it is listed");
        let normalized = program as f64 / (names.len() - 1) as f64;
        let mut script = Script::new();
        script.push(10, EventKind::Param { slot: BYPASS_SLOT + 1, normalized });
        let is_tine = |stage: &mut Stage| stage.state().expect("it saves").document().contains("Tine");
        stage.play(&Plan::new(script.clone(), 512)).expect("it plays");
        assert!(!is_tine(&mut stage), "{host:?}: not on the audio thread");
        // Hosts ask for values all the time.
        stage.hosted().params();
        assert!(is_tine(&mut stage), "{host:?}");
        // The same value again, when it means something else in another list, is no choice.
        stage.load(&documents::tone(16, 0.5), None).expect("the document goes in");
        let before = stage.state().expect("it saves").core["document"].clone();
        let mut script = Script::new();
        script.push(10, EventKind::Param { slot: BYPASS_SLOT + 1, normalized: 0.0 });
        stage.play(&Plan::new(script, 512)).expect("it plays");
        stage.hosted().params();
        assert_eq!(stage.state().expect("it saves").core["document"], before, "{host:?}");
    }
}
