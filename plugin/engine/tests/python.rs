//! A document that runs Python plays in a process of its own, once the user has allowed it on this machine, and whatever else
//! plays where. Where this machine has no Python that can be loaded, each test says so and does nothing else.

mod common;

use std::io::Write;
use std::path::PathBuf;

use common::Instance;
use ksmps_core::event::{EventKind, NoteName, NoteSelector};
use ksmps_core::library::python::candidates;
use ksmps_core::needs::Needs;
use ksmps_core::player::{self, Machine, Place, Reason};
use ksmps_core::python::PythonSearch;
use ksmps_core::settings::{Settings, UserFiles};

/// Whether there is a Python here; if not, it is said.
fn is_there() -> bool {
    let (found, refused) = candidates(&PythonSearch::of_environment());
    if found.is_empty() {
        // Past what keeps the words of tests that pass to itself.
        let _ = writeln!(std::io::stderr(), "SKIPPED, A TEST OF PYTHON: there is none here {refused:?}");
    }
    !found.is_empty()
}

/// A user's files and a folder with a document.
struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["user", "document", "elsewhere", "empty"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn user(&self) -> UserFiles {
        UserFiles::in_folder(&self.at("user"))
    }

    /// An instance whose document runs this Python in its header, and is heard as loud as `level()` says.
    fn open(&self, asked: &str, code: &str) -> Instance {
        let text = format!(
            "{asked}\nnchnls = 2\n0dbfs = 1\npyruni {{{{\ndef level():\n    return 0.25\n{code}\n}}}}\ninstr 1\n k1 pycall1 \
             \"level\"\n a1 oscili k1, 440\n outs a1, a1\nendin\nschedule 1, 0, -1\n"
        );
        let document = self.at("document/piece.csd");
        std::fs::write(&document, &text).unwrap();
        let machine = Machine { user: Some(self.user()), factory: &[] };
        Instance::open_on(machine, Place::Automatic, &text, Some(document)).0
    }

    fn allow(&self) {
        player::give_consent(&self.user(), &self.at("document/piece.csd"), None).unwrap();
    }

    /// As [`Stage::open`], with the user's consent.
    fn open_allowed(&self, asked: &str, code: &str) -> Instance {
        drop(self.open(asked, code));
        self.allow();
        let instance = self.open(asked, code);
        assert!(!instance.control.status().failed, "{:?}", instance.problems());
        instance
    }
}

const ASKS: &str = ";@needs python";

#[test]
fn python_runs_once_it_is_allowed_and_apart_also_where_all_play_together() {
    if !is_there() {
        return;
    }
    let stage = Stage::new();
    let instance = stage.open("", "");
    assert!(instance.said("line 4: error: pyruni runs Python"), "{:?}", instance.problems());
    assert!(instance.said("write ;@needs python"), "{:?}", instance.problems());

    let mut instance = stage.open(ASKS, "");
    assert!(instance.control.status().failed && instance.said("line 4: error: pyruni runs Python"));
    instance.control.set_place_for_all(Place::Together).unwrap();
    stage.allow();
    instance.play_until_good("it is allowed");
    let placing = instance.placing();
    assert_eq!((placing.place, placing.reason), (Place::Apart, Reason::Needs));
    assert_eq!(placing.given, Needs { python: true, ..Needs::default() });

    player::withdraw_consent(&stage.user(), &stage.at("document/piece.csd")).unwrap();
    instance.play_until("it is taken back", |instance, _| instance.control.status().failed);
}

#[test]
fn what_it_prints_and_what_goes_wrong_is_said_with_the_documents_line() {
    if !is_there() {
        return;
    }
    let stage = Stage::new();
    let mut instance = stage.open_allowed(
        ASKS,
        "greetings = ['hello']\ndef level():\n    if greetings: print(greetings.pop())\n    return 1 / 0",
    );
    instance.play_until("the exception is told", |instance, _| {
        instance.said("ZeroDivisionError: division by zero")
    });
    instance.play_until("what it prints is told", |instance, _| instance.said("hello"));
    let status = instance.control.status();
    let problem = status.problems.iter().find(|one| one.text.contains("ZeroDivisionError")).unwrap();
    assert!(problem.text.contains("of its text)") || problem.text.contains("of pyruni"), "{}", problem.text);
    assert!(problem.source.as_deref().is_some_and(|line| line.contains("pycall1")), "{problem:?}");
    assert_eq!(problem.line, Some(13));
    let exceptions = |line: &&String| line.contains("ZeroDivisionError");
    instance.play(&[]);
    // Its own line, and the last one of the traceback.
    assert_eq!(instance.control.status().console.iter().filter(exceptions).count(), 2);
}

#[test]
fn it_imports_what_lies_beside_the_document_and_reads_no_other_files() {
    if !is_there() {
        return;
    }
    let stage = Stage::new();
    std::fs::write(stage.at("elsewhere/secret"), "x").unwrap();
    std::fs::write(stage.at("document/beside.py"), "factor = 0.5\n").unwrap();
    std::fs::write(stage.at("document/numbers.txt"), "0.5 naïve\n").unwrap();
    // What a header prints is gone before anybody listens.
    let code = format!(
        "import beside, json, math, random, threading, socket, subprocess\nheard = []\ndef attempt(name, what):\n    try:\n        \
         what()\n        heard.append(name + ' was possible')\n    except PermissionError:\n        heard.append('no ' + \
         name)\nattempt('other file', lambda: open('{}').read())\nattempt('socket', socket.socket)\nattempt('program', lambda: \
         subprocess.run(['/bin/true']))\nnumber, word = open('{}').read().split()\nassert len(word) == \
         5\nscale = float(number)\ndef level():\n    while heard:\n        \
         print(heard.pop())\n        if not heard: print('all of it')\n    return beside.factor * scale",
        stage.at("elsewhere/secret").display(),
        stage.at("document/numbers.txt").display(),
    );
    let mut instance = stage.open_allowed(ASKS, &code);
    instance.play_until_good("it plays");
    instance.play_until("it has said all", |instance, _| instance.said("all of it"));
    for words in ["no other file", "no socket", "no program"] {
        assert!(instance.said(words), "{words}: {:?}", instance.problems());
    }
}

#[test]
fn a_loop_without_end_ends_the_process_and_not_the_host() {
    if !is_there() {
        return;
    }
    let stage = Stage::new();
    let code = "count = 0\ndef level():\n    global count\n    count += 1\n    while count > 2000: pass\n    return 0.25";
    let mut instance = stage.open_allowed(ASKS, code);
    instance.play_until_good("it plays");
    instance.play_until("it is ended", |instance, _| instance.said("the engine's process ended"));
    assert!(instance.said("pycall1"), "{:?}", instance.problems());
}

#[test]
fn without_python_it_is_said_what_to_install_and_other_documents_play() {
    let stage = Stage::new();
    Settings::change(&stage.user(), |settings| settings.python = Some(stage.at("empty"))).unwrap();
    drop(stage.open(ASKS, ""));
    stage.allow();
    let mut instance = stage.open(ASKS, "");
    // The environment's choice is stronger, as where these tests are run with another Python.
    if std::env::var_os("KSMPS_PYTHON").is_none() {
        assert!(instance.control.status().failed);
        assert!(instance.said("line 4: error: the user's choice of Python is"), "{:?}", instance.problems());
        assert!(instance.said("apt-get install libpython3-dev"), "{:?}", instance.problems());
    }
    let status = instance.edit(common::GOOD);
    assert!(!status.failed, "{:?}", status.diagnostics);
    instance.play_until_good("another document plays");
}

/// A document of the factory, allowed, that was sent a note.
fn factory(name: &str) -> (Stage, Instance) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../instruments/python");
    let file = folder.join(name).join(format!("{name}.csd")).canonicalize().unwrap();
    let stage = Stage::new();
    player::give_consent(&stage.user(), &file, None).unwrap();
    let machine = Machine { user: Some(stage.user()), factory: &[] };
    let text = std::fs::read_to_string(&file).unwrap();
    let (mut instance, status) = Instance::open_on(machine, Place::Automatic, &text, Some(file));
    assert!(!status.failed, "{:?}", status.diagnostics);
    let note = NoteName { id: Some(1), channel: 0, key: 60 };
    instance.play(&[EventKind::NoteOn { note, velocity: 0.8 }]);
    (stage, instance)
}

#[test]
fn the_factorys_documents_analyse_a_table_and_make_patterns() {
    if !is_there() {
        return;
    }
    let (_stage, mut instance) = factory("overtones");
    // The note may have faded when its message arrives.
    let mut loudest = 0.0_f32;
    instance.play_until("it sounds and tells what it found", |instance, now| {
        loudest = loudest.max(now);
        loudest > 0.02 && instance.said("partials found by ")
    });
    let told = instance.problems().into_iter().find(|line| line.contains("partials found by")).unwrap();
    // With numpy and without it, the same.
    assert!(told.contains("numpy"), "{told}");
    assert!(told.ends_with(": 1.00, 2.25, 3.92, 5.92, 8.17, 10.75, 13.58, 16.75"), "{told}");
    println!("{told}");
    let (_stage, mut instance) = factory("walk");
    instance.play_until("strokes while a key is held", |_, loudest| loudest > 0.1);
    instance.play(&[EventKind::NoteOff { notes: NoteSelector::default(), velocity: 0.0 }]);
    instance.play_until("none when it is let go", |_, loudest| loudest < 0.0001);
}
