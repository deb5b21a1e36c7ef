//! No Csound: the plugins are there, silent, and say what is missing.

use std::path::Path;

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::Format;
use ksmps_harness::script::Script;

use super::{CHOICE, RATE, child, open, passes};

const MISSING: &str = "/nonexistent/csound";
const DOCUMENT: &str = "nchnls = 2\n0dbfs = 1\n;@param level 0..1=0.5\ninstr tone ;@notes\n  pset 0, 0, 0, 60\n  ikey = p4\n\
    a1 = poscil:a(0.2, 440)\n  outs a1, a1\nendin\nschedule \"tone\", 0, -1, 60\n";

#[test]
fn without_csound_the_plugins_are_there_and_say_what_is_missing() {
    passes(child("missing::plugins_without_csound", Path::new(MISSING)));
}

#[test]
#[ignore = "a child"]
fn plugins_without_csound() {
    for format in Format::BUNDLES {
        let library = bundle::library(format).unwrap_or_else(|error| panic!("{error}"));
        let plugins = format.scan(&library).expect("it can be scanned");
        let names: Vec<_> = plugins.iter().map(|plugin| plugin.name.as_str()).collect();
        assert_eq!(names, Kind::ALL.map(Kind::name), "{format:?}");
        for kind in Kind::ALL {
            an_instance_keeps_its_project_and_is_silent(format, kind);
        }
    }
    // Nothing links them either.
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux says what is mapped");
    assert!(maps.contains("Ksmps"), "the plugins are mapped");
    for library in ["libcsound", "libsndfile"] {
        assert!(!maps.contains(library), "{library} is mapped");
    }
}

fn an_instance_keeps_its_project_and_is_silent(format: Format, kind: Kind) {
    let what = format!("{format:?} {kind:?}");
    let mut instance = open(format, kind);
    instance.load(DOCUMENT, Some(Path::new("/home/me/tone.csd"))).expect("the document goes in");
    let loaded = instance.state().expect("it saves");
    instance.activate(RATE, 512).expect("it activates");

    let script = Script::parse("0.01 note 60 100 0.2", RATE).expect("reads");
    let input = vec![vec![0.25; 24_000]; 2];
    let sound = instance.play(&Plan::new(script, 24_000).inputs(input)).expect("it processes");
    assert!(!sound.channels.is_empty());
    assert!(sound.channels.iter().flatten().all(|&sample| sample == 0.0), "{what}: not silent");

    let state = instance.state().expect("it saves");
    let report = state.report().expect("it says how it is");
    assert_eq!(report["plays"], false, "{what}: {report:#}");
    let said = report["diagnostics"].to_string();
    for part in [MISSING, CHOICE, "Install Csound 6.18"] {
        assert!(said.contains(part), "{what}: `{part}` is not said: {said}");
    }

    assert_eq!(state.document(), DOCUMENT, "{what}");
    assert_eq!(state.core, loaded.core, "{what}: the project changed");
    let mut again = open(format, kind);
    again.set_state(&state).expect("it loads");
    again.activate(RATE, 512).expect("it activates");
    assert_eq!(again.state().expect("it saves").core, loaded.core, "{what}: the project changed on its way");
}
