//! The documents in tests/documents/python: what each of them says, and what it leaves in its channels.

use std::path::{Path, PathBuf};

use ksmps_core::csound::{MessageReader, Performed, Preparing, Python, Running};
use ksmps_core::document::Document;

use super::harness::python;

struct Played {
    running: Running,
    lines: Vec<String>,
}

impl Played {
    fn channel(&mut self, name: &str) -> f64 {
        let id = self.running.control_channel(name).unwrap();
        self.running.channel(id)
    }

    /// The lines that begin so.
    fn lines(&self, begin: &str) -> Vec<&str> {
        self.lines.iter().map(String::as_str).filter(|line| line.starts_with(begin)).collect()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/documents/python")
}

/// Plays a document and looks at it in each cycle.
fn play(python: Python, name: &str, cycles: usize, mut look: impl FnMut(&mut Played)) -> Played {
    let path = folder().join(name);
    let document = Document::parse(&std::fs::read_to_string(&path).unwrap(), Some(&path)).unwrap();
    assert!(document.runs_python() && document.needs.python, "{name}");
    let mut preparing = Preparing::create().unwrap();
    let (messages, mut reader) = (preparing.messages(), MessageReader::default());
    assert!(preparing.give_python(python));
    preparing.option(&format!("--env:INCDIR+={}", folder().display())).unwrap();
    preparing.compile(document.compilable().unwrap()).unwrap();
    preparing.read_score(&document.score.as_ref().unwrap().text).unwrap();
    let mut played = Played { running: preparing.start().unwrap(), lines: Vec::new() };
    for _ in 0..cycles {
        assert_eq!(played.running.perform(), Performed::Cycle);
        played.lines.extend(reader.read(&messages).into_iter().map(|line| line.text));
        look(&mut played);
    }
    let errors = played.lines.iter().filter(|line| line.contains("rror") && !line.contains("0 errors"));
    assert_eq!(errors.count(), 0, "{:?}", played.lines);
    played
}

#[test]
fn every_document_of_the_folder_is_played() {
    let files =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut documents: Vec<String> = files.filter(|name| name.ends_with(".csd")).collect();
    documents.sort();
    assert_eq!(documents, ["names.csd", "objects.csd", "pool.csd", "scripts.csd", "values.csd"]);
}

#[test]
fn a_number_is_drawn_from_a_pool_that_changes() {
    let Some(python) = python() else { return };
    let mut drawn = Vec::new();
    play(python, "pool.csd", 2000, |played| drawn.push(played.channel("drawn")));
    let first: Vec<f64> = (0..100).map(|i| (1.0 + f64::from(i) / 10.0).powf(1.2)).collect();
    let is_of_first = |number: &f64| first.iter().any(|one| (one - number).abs() < 1e-9);
    let (old, new): (Vec<f64>, Vec<f64>) = drawn.iter().partition(|number| is_of_first(number));
    // Those that came later lie between 1 and 3, and are more and more of them.
    assert!(old.len() > 100 && new.len() > 1000, "{} and {}", old.len(), new.len());
    assert!(new.iter().all(|number| (1.0..=3.0).contains(number)));
}

#[test]
fn two_objects_have_numbers_of_their_own() {
    let Some(python) = python() else { return };
    let (mut low, mut high) = (Vec::new(), Vec::new());
    play(python, "objects.csd", 800, |played| {
        low.push(played.channel("low"));
        high.push(played.channel("high"));
    });
    // The first takes in what lies between -1 and -2, the other one nothing.
    assert!(
        low.iter().any(|number| *number < 0.0) && low.iter().all(|number| (-2.0..=400.0).contains(number))
    );
    let of_high = |number: &f64| (50..250).step_by(2).any(|i| (f64::from(i).powf(1.5) - number).abs() < 1e-6);
    assert!(high.iter().all(of_high));
}

#[test]
fn notes_share_the_engines_names_and_have_names_of_their_own() {
    let Some(python) = python() else { return };
    let played = play(python, "names.csd", 10, |_| {});
    let (shared, own) = (played.lines("shared "), played.lines("own "));
    // Two notes of four or five cycles: pairs of both kinds.
    assert!(shared.len() >= 8 && shared.len() == own.len(), "{:?}", played.lines);
    assert!(shared.iter().all(|line| line == &shared[0]));
    assert_ne!(own[0], own[1]);
    assert!(own.chunks(2).all(|pair| pair == &own[..2]), "{own:?}");
}

#[test]
fn scripts_run_in_the_engines_names_and_in_each_notes() {
    let Some(python) = python() else { return };
    let played = play(python, "scripts.csd", 10, |_| {});
    let (answers, own) =
        (played.lines("the answer is \"a low note\""), played.lines("a note's own number: "));
    assert_eq!(played.lines("What is to be heard?").len(), 1);
    assert!(answers.len() >= 8 && answers.len() == own.len(), "{:?}", played.lines);
    assert_ne!(own[0], own[1]);
    assert!(own.chunks(2).all(|pair| pair == &own[..2]), "{own:?}");
}

#[test]
fn values_go_from_csound_to_python_and_back() {
    let Some(python) = python() else { return };
    let mut before = Vec::new();
    let mut played = play(python, "values.csd", 7, |played| before.push(played.channel("before")));
    assert_eq!(before, [0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!((played.channel("twice"), played.channel("half")), (42.0, 3.0));
}
