//! Small documents that once failed, in both formats: included files, notes that reach nothing, reading of .csd files.

use std::path::{Path, PathBuf};

use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Script;

use super::{BLOCK_MAX, RATE, open};

const FRAMES: u64 = 24_000;

fn fault(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/faults")).join(name)
}

/// An active instance that was given a file with its folder.
fn playing_file(host: Host, path: &Path) -> Instance {
    let mut instance = open(host, Kind::Instrument);
    let (text, _) = ksmps_core::document::decode(&std::fs::read(path).expect("it can be read"));
    instance.load(&text, Some(path)).expect("the document goes in");
    instance.activate(RATE, BLOCK_MAX).expect("it activates");
    let report = report(&mut instance);
    assert_eq!(report["plays"], true, "{host:?} {}: {report:#}", path.display());
    instance
}

fn report(instance: &mut Instance) -> serde_json::Value {
    instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is")
}

/// Half a second with a note on key 69.
fn with_a_note(instance: &mut Instance) -> Sound {
    let mut script = Script::new();
    script.key(0, 69, 1.0, FRAMES);
    instance.play_aligned(&Plan::new(script, FRAMES)).expect("it plays")
}

/// The pitch of a steady tone, from its upward zero crossings.
fn pitch(samples: &[f32]) -> f64 {
    let crossings: Vec<f64> = samples
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0] <= 0.0 && pair[1] > 0.0)
        .map(|(at, pair)| at as f64 + f64::from(-pair[0] / (pair[1] - pair[0])))
        .collect();
    let (first, last) = (crossings.first().copied().unwrap_or(0.0), crossings.last().copied().unwrap_or(1.0));
    RATE * (crossings.len() as f64 - 1.0) / (last - first)
}

#[test]
fn included_files_and_named_p_fields_take_notes() {
    for host in Host::BUNDLES {
        for (name, hertz) in [
            ("include/notes-in-include.orc", 440.0),
            ("include/notes-directive.orc", 440.0),
            ("include/midi-in-include.orc", 440.0),
            ("notes/pfield-by-macro.orc", 440.0),
            ("notes/a4-432.orc", 432.0),
        ] {
            let sound = with_a_note(&mut playing_file(host, &fault(name)));
            let heard = pitch(&sound.channels[0][4800..]);
            assert!((heard - hertz).abs() < 0.05, "{host:?} {name}: {heard} Hz");
        }
    }
}

#[test]
fn parameters_of_an_included_file_are_the_hosts() {
    for host in Host::BUNDLES {
        let mut instance = playing_file(host, &fault("include/param-in-include.orc"));
        for name in ["lev", "dep"] {
            assert!(instance.param(name).expect("the host can ask").is_some(), "{host:?} {name}");
        }
        let sound = instance.play_aligned(&Plan::new(Script::new(), 4800)).expect("it plays");
        let last = [sound.channels[0][4799], sound.channels[1][4799]];
        assert!((last[0] - 0.5).abs() < 1e-6 && (last[1] - 0.3).abs() < 1e-6, "{host:?}: {last:?}");
    }
}

#[test]
fn a_note_that_nothing_takes_is_explained() {
    for host in Host::BUNDLES {
        let mut instance = playing_file(host, &fault("notes/no-named-pfields.orc"));
        assert_eq!(with_a_note(&mut instance).peak(), 0.0);
        // The builder looks every few milliseconds.
        std::thread::sleep(std::time::Duration::from_millis(100));
        let report = report(&mut instance);
        let said = report["problems"].to_string();
        assert!(said.contains("nothing takes notes") && said.contains(";@notes 1"), "{host:?}: {report:#}");
    }
}

#[test]
fn csd_files_sound_as_in_the_command_line() {
    for host in Host::BUNDLES {
        for (name, level) in [
            ("text/chn_k-then-chnset.csd", 0.45),
            ("text/text-before-the-first-tag.csd", 0.2),
            ("text/string-over-two-lines-in-score.csd", 0.2),
            ("text/comment-glued-to-an-option.csd", 0.7698),
            ("text/only-sr-48000.csd", 0.2),
            ("text/only-sr-96000.csd", 0.2),
        ] {
            let mut instance = playing_file(host, &fault(name));
            let sound = instance.play_aligned(&Plan::new(Script::new(), FRAMES)).expect("it plays");
            assert!((sound.peak() - level).abs() < 2e-3, "{host:?} {name}: {}", sound.peak());
        }
    }
}

#[test]
fn a_project_plays_without_the_folder_of_its_document() {
    for host in Host::BUNDLES {
        let folder = tempfile::tempdir().expect("there is room");
        for name in ["notes-in-include.orc", "inst.inc"] {
            std::fs::copy(fault("include").join(name), folder.path().join(name)).expect("it can be copied");
        }
        let mut instance = playing_file(host, &folder.path().join("notes-in-include.orc"));
        let as_loaded = with_a_note(&mut instance);
        let saved = instance.state().expect("it has a state");
        drop(folder);
        let mut instance = open(host, Kind::Instrument);
        instance.set_state(&saved).expect("the state goes in");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        super::assert_same(&with_a_note(&mut instance), &as_loaded, "a project without its folder");
    }
}

#[test]
fn a_latin_1_file_has_texts_as_long_as_in_the_command_line_also_out_of_a_state() {
    for host in Host::BUNDLES {
        let folder = tempfile::tempdir().expect("there is room");
        let path = folder.path().join("latin-1.csd");
        std::fs::copy(fault("text/latin-1.csd"), &path).expect("it can be copied");
        let mut instance = playing_file(host, &path);
        let sound = instance.play_aligned(&Plan::new(Script::new(), 4800)).expect("it plays");
        assert_eq!(sound.channels[0][2400], 54.0 / 128.0, "{host:?}");
        let saved = instance.state().expect("it has a state");
        drop(folder);
        let mut instance = open(host, Kind::Instrument);
        instance.set_state(&saved).expect("the state goes in");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        let sound = instance.play_aligned(&Plan::new(Script::new(), 4800)).expect("it plays");
        assert_eq!(sound.channels[0][2400], 54.0 / 128.0, "{host:?}: the state");
    }
}

#[test]
fn session_code_of_macros_alone_plays() {
    for host in Host::BUNDLES {
        let mut instance = open(host, Kind::Instrument);
        instance
            .load("ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n", None)
            .expect("the document goes in");
        let mut state = instance.state().expect("it has a state");
        let session = std::fs::read_to_string(fault("session/body-macro.json")).expect("it can be read");
        state.set_session(serde_json::from_str(&session).expect("it is JSON"));
        instance.set_state(&state).expect("the state goes in");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        let sound = instance.play_aligned(&Plan::new(Script::new(), FRAMES)).expect("it plays");
        assert!((sound.peak() - 0.1).abs() < 1e-3, "{host:?}: {}", sound.peak());
        let heard = pitch(&sound.channels[0][4800..]);
        assert!((heard - 300.0).abs() < 0.1, "{host:?}: {heard} Hz");
    }
}

#[test]
fn an_orchestra_does_not_hear_its_own_outvalue() {
    for host in Host::BUNDLES {
        let mut instance = playing_file(host, &fault("text/outvalue-heard-by-invalue.csd"));
        let sound = instance.play_aligned(&Plan::new(Script::new(), FRAMES)).expect("it plays");
        assert_eq!(sound.peak(), 0.0, "{host:?}");
    }
}

#[test]
fn what_csound_gives_up_on_is_said_with_its_reason_and_line() {
    for host in Host::BUNDLES {
        let mut instance = open(host, Kind::Instrument);
        let file = fault("text/score-loop-unclosed.csd");
        let text = std::fs::read_to_string(&file).expect("it can be read");
        instance.load(&text, Some(&file)).expect("the state is fine, whatever the document is");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        let report = report(&mut instance);
        let said = report["diagnostics"].to_string();
        assert_ne!(report["plays"], true, "{host:?}: {report:#}");
        assert!(said.contains("{ is never closed") && said.contains("line 16"), "{host:?}: {report:#}");
    }
}

#[test]
fn an_error_while_it_plays_is_said_with_its_line() {
    for host in Host::BUNDLES {
        let mut instance = playing_file(host, &fault("text/missing-file-while-playing.csd"));
        instance.play_aligned(&Plan::new(Script::new(), FRAMES)).expect("it plays");
        // The builder looks every few milliseconds.
        std::thread::sleep(std::time::Duration::from_millis(100));
        let report = report(&mut instance);
        let said = report["problems"].to_string();
        assert!(said.contains("line 11") && said.contains("nofile.wav"), "{host:?}: {report:#}");
    }
}
