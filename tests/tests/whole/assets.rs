//! Files that a document plays with (`;@asset`): embedded ones travel in the project, linked ones are found after a move.

use std::path::{Path, PathBuf};

use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Script;
use ksmps_harness::wav;

use super::{BLOCK_MAX, RATE, assert_same, open};

fn document(directive: &str, name: &Path) -> String {
    let name = name.display();
    format!(
        "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n;@asset \"{name}\" {directive}\ninstr 1\n  a1 diskin2 \"{name}\"\n  \
         outs a1, a1\nendin\nschedule 1, 0, 1\n"
    )
}

/// A sound with samples of its own.
fn write_sound(path: &Path, seed: usize) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
    let samples = (0..2000).map(|at| ((at * (seed + 7)) % 97) as f32 / 200.0).collect();
    wav::write(path, RATE as u32, &[samples]).expect("it is written");
}

fn play(instance: &mut Instance) -> Sound {
    instance.play(&Plan::new(Script::new(), 4800)).expect("it plays")
}

/// What an instance says of its document.
fn said(instance: &mut Instance) -> Vec<String> {
    let report = instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is");
    let said = report["diagnostics"].as_array().cloned().unwrap_or_default();
    said.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

fn loaded(host: Host, state: &[u8]) -> Instance {
    let mut instance = open(host, Kind::Instrument);
    instance.hosted().load(state).expect("it loads");
    instance.activate(RATE, BLOCK_MAX).expect("it activates");
    instance
}

#[test]
fn a_linked_sound_is_found_after_a_move_and_told_where_it_is_nowhere() {
    for host in Host::ALL {
        let (folder, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("another"));
        let origin = folder.path().join("piece.csd");
        // Beside the document, and somewhere else.
        for name in [PathBuf::from("kit/kick.wav"), other.path().join("kick.wav")] {
            let what = format!("{host:?}, {}", name.display());
            let file = folder.path().join(&name);
            write_sound(&file, 1);
            let mut instance = open(host, Kind::Instrument);
            instance.load(&document("link", &name), Some(&origin)).expect("the document goes in");
            instance.activate(RATE, BLOCK_MAX).expect("it activates");
            let expected = play(&mut instance);
            assert!(expected.peak() > 0.1, "{what}: it is heard");
            assert_eq!(said(&mut instance), [""; 0], "{what}");
            let saved = instance.hosted().save().expect("it saves");
            let asset = &instance.state().expect("it saves").core["document"]["assets"][0];
            assert_eq!(
                (&asset["data"], asset["link"]["bytes"].is_u64()),
                (&serde_json::Value::Null, true),
                "{what}"
            );

            write_sound(&folder.path().join("others/kick.wav"), 2);
            let moved = folder.path().join("others/below/drum.wav");
            std::fs::create_dir_all(moved.parent().expect("a folder")).expect("the folder is made");
            std::fs::rename(&file, &moved)
                .or_else(|_| std::fs::copy(&file, &moved).and_then(|_| std::fs::remove_file(&file)))
                .expect("it moves");
            let mut instance = loaded(host, &saved);
            assert_same(&expected, &play(&mut instance), &format!("{what}: moved"));
            assert_eq!(said(&mut instance), [""; 0], "{what}: moved");

            std::fs::remove_file(&moved).expect("it goes");
            let mut instance = loaded(host, &saved);
            assert_eq!(play(&mut instance).peak(), 0.0, "{what}: gone");
            let gone = said(&mut instance);
            assert!(
                gone.iter().any(|one| one.contains("is not there") && one.contains("SHA-256")),
                "{what}: {gone:?}"
            );

            write_sound(&file, 3);
            let mut instance = loaded(host, &saved);
            assert!(play(&mut instance).first_difference(&expected).is_some(), "{what}: another one");
            let changed = said(&mut instance);
            assert!(
                changed.iter().any(|one| one.contains("not what the project was saved with")),
                "{what}: {changed:?}"
            );
        }
    }
}

#[test]
fn an_embedded_sound_travels_however_long_it_is() {
    // Long files take their time: once in each format.
    for host in [Host::CORE, Host::CLAP[1], Host::VST3[0]] {
        let folder = tempfile::tempdir().expect("a folder");
        let origin = folder.path().join("piece.csd");
        let file = folder.path().join("long.wav");
        let samples: Vec<f32> = (0..5_000_000).map(|at| (at % 97) as f32 / 200.0).collect();
        wav::write(&file, RATE as u32, &[samples]).expect("it is written");
        assert!(file.metadata().expect("it is there").len() > 16 << 20, "longer than what is carried anyway");
        let mut instance = open(host, Kind::Instrument);
        instance
            .load(&document("embed", Path::new("long.wav")), Some(&origin))
            .expect("the document goes in");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        let expected = play(&mut instance);
        assert!(expected.peak() > 0.1, "{host:?}: it is heard");
        let saved = instance.hosted().save().expect("it saves");
        drop(folder);
        assert_same(&expected, &play(&mut loaded(host, &saved)), &format!("{host:?}: its folder is gone"));
    }
}
