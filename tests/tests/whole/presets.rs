//! Presets from the host: CLAP's preset discovery and VST3's list of programs.

use ksmps_core::event::EventKind;
use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::{BYPASS_SLOT, Format};
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Script;

use super::{RATE, documents, open};

fn names(instance: &mut Instance) -> Vec<String> {
    instance.hosted().presets().into_iter().map(|preset| preset.name).collect()
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
        let mut instance = open(host, Kind::Instrument);
        // A host that writes back what it has read loads nothing by it.
        let before = instance.state().expect("it saves").core;
        instance.hosted().load_preset("Tine: Barking").expect("it loads");
        instance.hosted().idle();
        let core = instance.state().expect("it saves").core;
        assert_ne!(core, before, "{host:?}");
        assert_eq!(
            core["document"]["text"].as_str().map(|text| text.contains("Tine")),
            Some(true),
            "{host:?}"
        );
        let text = |instance: &mut Instance, name: &str| {
            let (_, param) = instance.param(name).expect("it saves").expect("it has a slot");
            param.text
        };
        assert!(text(&mut instance, "bark").contains("0.9"), "{host:?}: {}", text(&mut instance, "bark"));
        let notices = instance.hosted().notices();
        assert!(notices.dirty > 0 && notices.values > 0 && notices.infos > 0, "{host:?}: {notices:?}");
        assert_eq!(notices.misuses, Vec::<String>::new());
        if host.format == Format::Clap {
            let [loaded] = notices.presets.as_slice() else { panic!("{:?}", notices.presets) };
            assert!(loaded.contains("presets/Tine/Barking.json") && loaded.contains("loaded"), "{loaded}");
        }
        instance.activate(RATE, 512).expect("it activates");
        let mut script = Script::new();
        script.key(100, 50, 1.0, 20_000);
        let plan = Plan::new(script, 24_000);
        let barking = instance.play_aligned(&plan).expect("it plays");
        assert!(barking.channels[0].iter().any(|sample| sample.abs() > 0.01), "{host:?}");
        // What was moved before does not matter: the next preset is as in a fresh instance.
        instance.hosted().load_preset("Tine: Ballad").expect("it loads");
        instance.deactivate().expect("it deactivates");
        instance.activate(RATE, 512).expect("it activates");
        let ballad = instance.play_aligned(&plan).expect("it plays");
        assert!(barking.first_difference(&ballad).is_some(), "{host:?}");
        let mut other = open(host, Kind::Instrument);
        other.hosted().load_preset("Tine: Ballad").expect("it loads");
        let values = |instance: &mut Instance| -> Vec<f64> {
            ["bark", "tine", "ring", "tremolo", "rate", "level"]
                .map(|name| instance.param(name).expect("it saves").expect("it has a slot").1.value)
                .to_vec()
        };
        for (one, two) in values(&mut instance).into_iter().zip(values(&mut other)) {
            assert!((one - two).abs() < 1e-6, "{host:?}: {one} and {two}");
        }
    }
}

#[test]
fn a_preset_is_loaded_while_it_plays() {
    for host in Host::BUNDLES {
        let mut instance = open(host, Kind::Effect);
        instance.load(&documents::level(16, "level 0..1=0.25"), None).expect("the document goes in");
        instance.activate(RATE, 512).expect("it activates");
        instance.play(&Plan::new(Script::new(), 2048)).expect("it plays");
        instance.hosted().load_preset("Hall: Send").expect("it loads");
        instance.hosted().idle();
        // The new engine takes over when it is built: then nothing of the constant is left.
        let mut last = 0.25;
        for _ in 0..2000 {
            let sound = instance.play(&Plan::new(Script::new(), 2048)).expect("it plays");
            last = sound.channels[0][2047];
            if last == 0.0 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert_eq!(last, 0.0, "{host:?}");
        let (_, dry) = instance.param("dry").expect("it saves").expect("it has a slot");
        assert_eq!(dry.value, 0.0, "{host:?}");
    }
}

#[test]
fn a_vst3_host_lists_the_documents_own_behind_the_librarys() {
    let document = documents::level(16, "level 0..4=1\n;@param other 0..1=0.5\n;@preset \"Loud\" level=3");
    for host in Host::VST3 {
        let mut instance = open(host, Kind::Effect);
        instance.load(&document, None).expect("the document goes in");
        let names = names(&mut instance);
        assert_eq!((names[0].as_str(), names[names.len() - 1].as_str()), ("As it is", "Loud"), "{host:?}");
        let (slot, _) = instance.param("other").expect("it saves").expect("it has a slot");
        instance.hosted().load_preset("Loud").expect("it loads");
        let value =
            |instance: &mut Instance, name| instance.param(name).expect("it saves").expect("a slot").1.value;
        assert_eq!(
            (value(&mut instance, "level"), value(&mut instance, "other")),
            (0.75, 0.5),
            "{host:?}, {slot}"
        );
        let program = instance.hosted().params().into_iter().find(|param| param.name == "Program");
        let program = program.expect("there is a parameter for it");
        assert_eq!((program.value, program.text.as_str()), (1.0, "Loud"), "{host:?}");
        assert_eq!(instance.hosted().param_value(program.id, "Loud"), Some(1.0), "{host:?}");
        // A project that is opened has chosen nothing.
        let state = instance.state().expect("it saves");
        instance.set_state(&state).expect("it loads");
        assert_eq!(
            instance.hosted().params().into_iter().find(|param| param.name == "Program").map(|one| one.value),
            Some(0.0)
        );
        assert_eq!(value(&mut instance, "level"), 0.75, "{host:?}");
    }
}

#[test]
fn a_program_that_comes_with_a_block_is_loaded_once_on_the_hosts_own_thread() {
    for host in Host::VST3 {
        let mut instance = open(host, Kind::Instrument);
        instance.activate(RATE, 512).expect("it activates");
        let names = names(&mut instance);
        let program = names.iter().position(|name| name == "Tine: Barking").expect("it is listed");
        let normalized = program as f64 / (names.len() - 1) as f64;
        let mut script = Script::new();
        script.push(10, EventKind::Param { slot: BYPASS_SLOT + 1, normalized });
        let is_tine =
            |instance: &mut Instance| instance.state().expect("it saves").document().contains("Tine");
        instance.play(&Plan::new(script.clone(), 512)).expect("it plays");
        assert!(!is_tine(&mut instance), "{host:?}: not on the audio thread");
        // Hosts ask for values all the time.
        instance.hosted().params();
        assert!(is_tine(&mut instance), "{host:?}");
        // The same value again, when it means something else in another list, is no choice.
        instance.load(&documents::tone(16, 0.5), None).expect("the document goes in");
        let before = instance.state().expect("it saves").core["document"].clone();
        let mut script = Script::new();
        script.push(10, EventKind::Param { slot: BYPASS_SLOT + 1, normalized: 0.0 });
        instance.play(&Plan::new(script, 512)).expect("it plays");
        instance.hosted().params();
        assert_eq!(instance.state().expect("it saves").core["document"], before, "{host:?}");
    }
}
