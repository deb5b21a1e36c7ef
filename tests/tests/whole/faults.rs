//! Small documents that once failed, in both formats: included files, notes that reach nothing, reading of .csd files.

use std::path::{Path, PathBuf};

use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::Format;
use ksmps_harness::script::Script;
use ksmps_harness::stage::Stage;

use super::{BLOCK_MAX, RATE, open};

const FRAMES: u64 = 24_000;

fn fault(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/faults")).join(name)
}

/// An active instance that was given a file with its folder.
fn playing_file(format: Format, path: &Path) -> Stage {
    let mut stage = open(format, Kind::Instrument);
    let text = std::fs::read_to_string(path).expect("it can be read");
    stage.load(&text, Some(path)).expect("the document goes in");
    stage.activate(RATE, BLOCK_MAX).expect("it activates");
    let report = report(&mut stage);
    assert_eq!(report["plays"], true, "{format:?} {}: {report:#}", path.display());
    stage
}

fn report(stage: &mut Stage) -> serde_json::Value {
    stage.state().and_then(|state| Ok(state.report()?)).expect("it says how it is")
}

/// Half a second with a note on key 69.
fn with_a_note(stage: &mut Stage) -> Sound {
    let mut script = Script::new();
    script.key(0, 69, 1.0, FRAMES);
    stage.play_aligned(&Plan::new(script, FRAMES)).expect("it plays")
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
    for format in Format::BUNDLES {
        for (name, hertz) in [
            ("include/notes-in-include.orc", 440.0),
            ("include/notes-directive.orc", 440.0),
            ("include/midi-in-include.orc", 440.0),
            ("notes/pfield-by-macro.orc", 440.0),
            ("notes/a4-432.orc", 432.0),
        ] {
            let sound = with_a_note(&mut playing_file(format, &fault(name)));
            let heard = pitch(&sound.channels[0][4800..]);
            assert!((heard - hertz).abs() < 0.05, "{format:?} {name}: {heard} Hz");
        }
    }
}

#[test]
fn parameters_of_an_included_file_are_the_hosts() {
    for format in Format::BUNDLES {
        let mut stage = playing_file(format, &fault("include/param-in-include.orc"));
        for name in ["lev", "dep"] {
            assert!(stage.param(name).expect("the host can ask").is_some(), "{format:?} {name}");
        }
        let sound = stage.play_aligned(&Plan::new(Script::new(), 4800)).expect("it plays");
        let last = [sound.channels[0][4799], sound.channels[1][4799]];
        assert!((last[0] - 0.5).abs() < 1e-6 && (last[1] - 0.3).abs() < 1e-6, "{format:?}: {last:?}");
    }
}

#[test]
fn a_note_that_nothing_takes_is_explained() {
    for format in Format::BUNDLES {
        let mut stage = playing_file(format, &fault("notes/no-named-pfields.orc"));
        assert_eq!(with_a_note(&mut stage).peak(), 0.0);
        // The builder looks every few milliseconds.
        std::thread::sleep(std::time::Duration::from_millis(100));
        let report = report(&mut stage);
        let said = report["problems"].to_string();
        assert!(said.contains("nothing takes notes") && said.contains(";@notes 1"), "{format:?}: {report:#}");
    }
}

#[test]
fn csd_files_sound_as_in_the_command_line() {
    for format in Format::BUNDLES {
        for (name, level) in [
            ("text/chn_k-then-chnset.csd", 0.45),
            ("text/text-before-the-first-tag.csd", 0.2),
            ("text/string-over-two-lines-in-score.csd", 0.2),
            ("text/comment-glued-to-an-option.csd", 0.7698),
            ("text/only-sr-48000.csd", 0.2),
            ("text/only-sr-96000.csd", 0.2),
        ] {
            let mut stage = playing_file(format, &fault(name));
            let sound = stage.play_aligned(&Plan::new(Script::new(), FRAMES)).expect("it plays");
            assert!((sound.peak() - level).abs() < 2e-3, "{format:?} {name}: {}", sound.peak());
        }
    }
}

#[test]
fn a_project_plays_without_the_folder_of_its_document() {
    for format in Format::BUNDLES {
        let folder = tempfile::tempdir().expect("there is room");
        for name in ["notes-in-include.orc", "inst.inc"] {
            std::fs::copy(fault("include").join(name), folder.path().join(name)).expect("it can be copied");
        }
        let mut stage = playing_file(format, &folder.path().join("notes-in-include.orc"));
        let as_loaded = with_a_note(&mut stage);
        let saved = stage.state().expect("it has a state");
        drop(folder);
        let mut stage = open(format, Kind::Instrument);
        stage.set_state(&saved).expect("the state goes in");
        stage.activate(RATE, BLOCK_MAX).expect("it activates");
        super::assert_same(&with_a_note(&mut stage), &as_loaded, "a project without its folder");
    }
}
