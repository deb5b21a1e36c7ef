//! Every document in `instruments/` through the built plugins, sample for sample as the core alone plays it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ksmps_core::document::Document;
use ksmps_core::library::python::candidates;
use ksmps_core::player;
use ksmps_core::python::PythonSearch;
use ksmps_core::settings::UserFiles;
use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::{Cut, Script};

use super::{BLOCK_MAX, RATE, assert_same, open};

/// A chord, held and released, a bend, a pedal, and a controller.
const MUSIC: &str = "0.01 note 60 100 0.4\n0.011 note 64 90 0.4\n0.2 note 67 80 0.1\n0.25 bend 0.5\n0.3 cc 1 90\n\
    0.35 cc 64 127\n0.5 note 36 110 0.1\n0.6 cc 64 0\n0.7 note 42 70 0.05";

/// The documents in `instruments/`, or in a folder of it.
fn documents(of: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../instruments").join(of);
    let folder = folder.canonicalize().expect("the folder of instruments");
    let entries =
        fs::read_dir(folder).expect("the folder of instruments").flatten().map(|entry| entry.path());
    let mut documents: Vec<_> = entries
        .filter_map(|folder| Some(folder.join(folder.file_name()?).with_extension("csd")))
        .filter(|document| document.is_file())
        .collect();
    documents.sort();
    documents
}

/// The plugin that a document is for, by the category that it gives itself.
fn kind(document: &Document) -> Kind {
    match document.about.category.as_deref() {
        Some(category) if category.starts_with("Effect") => Kind::Effect,
        _ if document.outputs.len() > 1 => Kind::MultiOut,
        _ => Kind::Instrument,
    }
}

fn sound(host: Host, kind: Kind, path: &Path, text: &str, cut: &Cut) -> Sound {
    let mut instance = open(host, kind);
    instance.load(text, Some(path)).expect("the document goes in");
    instance.activate(RATE, BLOCK_MAX).expect("it activates");
    let plucked = (0..RATE as usize).map(|frame| if frame % 9000 < 20 { 0.3 } else { 0.0 }).collect();
    let script = Script::parse(MUSIC, RATE).expect("reads");
    let plan = Plan::new(script, RATE as u64).cut(cut.clone()).inputs(vec![plucked]);
    instance.play(&plan).expect("it plays")
}

#[test]
fn every_document_sounds_the_same_in_both_plugins_and_in_the_core_for_any_cut() {
    let documents = documents("");
    assert!(documents.len() >= 8, "only {documents:?}");
    assert_same_everywhere(&documents);
}

#[test]
fn every_document_with_python_sounds_the_same_in_both_plugins_and_in_the_core_for_any_cut() {
    let documents = documents("python");
    assert_eq!(documents.len(), 2);
    let (found, refused) = candidates(&PythonSearch::of_environment());
    if found.is_empty() {
        // Past what keeps the words of tests that pass to itself.
        let _ = writeln!(std::io::stderr(), "SKIPPED, A TEST OF PYTHON: there is none here {refused:?}");
        return;
    }
    // The tests' own user allows it.
    for path in &documents {
        player::give_consent(&UserFiles::of_this_user(), path, None)
            .expect("the user's files can be written");
    }
    assert_same_everywhere(&documents);
    for path in &documents {
        player::withdraw_consent(&UserFiles::of_this_user(), path).expect("the user's files can be written");
    }
}

fn assert_same_everywhere(documents: &[PathBuf]) {
    for path in documents {
        let text = fs::read_to_string(path).expect("it can be read");
        let document = Document::parse(&text, Some(path)).expect("it can be parsed");
        let kind = kind(&document);
        let core = sound(Host::CORE, kind, path, &text, &Cut::Fixed(512));
        assert!(core.peak() > 0.01, "{}: its peak is {}", path.display(), core.peak());
        for host in Host::ALL {
            for cut in [Cut::Fixed(64), Cut::Random { seed: 9, max: 700 }] {
                let other = sound(host, kind, path, &text, &cut);
                assert_same(&core, &other, &format!("{}: {host:?} in blocks of {cut}", path.display()));
            }
        }
    }
}
