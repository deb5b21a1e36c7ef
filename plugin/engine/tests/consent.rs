//! What documents ask for with `;@needs`, what a user lets them do on this machine, and what they can do then: exactly
//! that, in a process of their own.

mod common;

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::Instance;
use ksmps_core::needs::Needs;
use ksmps_core::player::{self, ConsentError, Machine, Place, Reason};
use ksmps_core::settings::UserFiles;

/// A machine, a folder with a document, and a file elsewhere.
struct Stage {
    folder: tempfile::TempDir,
}

fn needs(words: &str) -> Needs {
    Needs::from(words.split(' ').map(str::to_owned).collect::<Vec<_>>())
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["user", "document", "home"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("home/numbers"), "0.25 0.25 0.25\n").unwrap();
        Self { folder }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn user(&self) -> UserFiles {
        UserFiles::in_folder(&self.at("user"))
    }

    fn document(&self) -> PathBuf {
        self.at("document/piece.csd")
    }

    /// An instance with a document that asks for this, and one instance of its instrument 1.
    fn open(&self, asked: &str, instrument: &str) -> Instance {
        let text = text(asked, instrument);
        std::fs::write(self.document(), &text).unwrap();
        let machine = Machine { user: Some(self.user()), factory: &[] };
        Instance::open_on(machine, Place::Automatic, &text, Some(self.document())).0
    }

    /// Code that is heard at 0.25 where it can read a file outside its folder.
    fn reads(&self) -> String {
        format!(
            "{} Sline, i1 readfi Spath\n i2 strtod strsub(Sline, 0, 4)\n a1 oscili i2, 440\n outs a1, a1",
            put_together(&self.at("home/numbers"))
        )
    }
}

fn text(asked: &str, instrument: &str) -> String {
    format!(";@needs {asked}\nnchnls = 2\n0dbfs = 1\ninstr 1\n{instrument}\nendin\nschedule 1, 0, -1\n")
}

/// Code that puts a path together while it plays: what a text names as a whole is carried by the project.
fn put_together(path: &Path) -> String {
    let (folder, name) = (path.parent().unwrap().display(), path.file_name().unwrap().to_string_lossy());
    format!(" Spath strcat \"{folder}/\", \"{name}\"\n")
}

#[test]
fn files_can_be_read_while_they_are_consented_to() {
    let stage = Stage::new();
    let mut instance = stage.open("files", &stage.reads());
    let placing = instance.placing();
    assert_eq!((placing.place, &placing.reason), (Place::Apart, &Reason::Needs));
    assert_eq!((placing.given, placing.unanswered), (Needs::default(), needs("files")));
    instance.play_until("it is refused", |instance, _| instance.said("failed to open file"));
    assert!(
        instance.said("line 1: warning: the document asks to be let use files"),
        "{:?}",
        instance.problems()
    );
    assert!(instance.said("consent give"), "{:?}", instance.problems());

    let ticket = instance.control.consent(needs("files network")).unwrap();
    assert!(!instance.control.wait_for(ticket).failed);
    assert_eq!(instance.placing().given, needs("files"), "what it did not ask for is not given");
    instance.play_until_good("it reads what it may");
    assert!(!instance.said("consent give"), "{:?}", instance.problems());
    assert_eq!(instance.control.consents().len(), 1);

    let saved = instance.control.save().to_string();
    assert!(!saved.contains("consent") && !saved.contains("given"), "no project has a consent: {saved}");
    let ticket = instance.control.withdraw_consent().unwrap();
    assert!(!instance.control.wait_for(ticket).failed);
    assert_eq!(instance.control.consented(), Needs::default());
    instance.play_until("it is refused again", |instance, _| instance.said("failed to open file"));
}

#[test]
fn an_answer_holds_for_this_text_at_this_place_alone() {
    let stage = Stage::new();
    let instance = stage.open("files", &stage.reads());
    instance.control.consent(needs("files")).unwrap();
    let given = |text: &str, origin: PathBuf| {
        let machine = Machine { user: Some(stage.user()), factory: &[] };
        let (instance, status) = Instance::open_on(machine, Place::Automatic, text, Some(origin));
        assert!(!status.failed, "{:?}", status.diagnostics);
        instance.placing().given
    };
    let text = text("files", &stage.reads());
    assert_eq!(given(&text, stage.document()), needs("files"));
    assert_eq!(given(&format!("{text};"), stage.document()), Needs::default());
    assert_eq!(given(&text, stage.at("document/other.csd")), Needs::default());
}

#[test]
fn a_consent_for_a_file_reaches_what_plays_and_can_be_taken_back() {
    let stage = Stage::new();
    let mut instance = stage.open("files", &stage.reads());
    instance.play_until("it is refused", |instance, _| instance.said("failed to open file"));
    assert_eq!(player::give_consent(&stage.user(), &stage.document(), None).unwrap(), needs("files"));
    instance.play_until_good("the instance was built anew");
    assert_eq!(player::withdraw_consent(&stage.user(), &stage.document()).unwrap(), 1);
    instance.play_until("and once more", |instance, _| instance.placing().given.is_empty());
    assert_eq!(player::withdraw_consent(&stage.user(), &stage.document()).unwrap(), 0);

    let wanted = player::give_consent(&stage.user(), &stage.document(), Some(needs("network")));
    assert!(matches!(wanted, Err(ConsentError::AsksNothing)));
    assert!(matches!(
        player::give_consent(&stage.user(), &stage.at("none"), None),
        Err(ConsentError::File(_))
    ));
}

#[test]
fn files_are_written_beside_the_document_where_it_may_and_nowhere_else() {
    let writes = " fprints \"beside\", \"hello\"\n a1 oscili 0.25, 440\n outs a1, a1";
    for (consent, is_written) in [(Needs::default(), false), (needs("files"), true)] {
        let stage = Stage::new();
        let mut instance = stage.open("files", writes);
        let ticket = instance.control.consent(consent).unwrap();
        assert!(!instance.control.wait_for(ticket).failed);
        instance.play_until_good("it has played");
        drop(instance);
        assert_eq!(stage.at("document/beside").exists(), is_written);
    }
}

#[test]
fn the_network_can_be_used_where_it_is_consented_to() {
    let stage = Stage::new();
    let listener = UdpSocket::bind("127.0.0.1:0").unwrap();
    listener.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    let (there, spare) = (listener.local_addr().unwrap().port(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let here = spare.local_addr().unwrap().port();
    drop(spare);
    // It answers what it hears with sound.
    let code = format!(
        " k1 init 0\n k2 OSClisten gihandle, \"/level\", \"f\", k1\n OSCsend metro:k(100), \"127.0.0.1\", {there}, \
         \"/hello\", \"i\", 1\n a1 oscili k1, 440\n outs a1, a1"
    );
    let mut instance = stage.open(&format!("network\ngihandle OSCinit {here}"), &code);
    let ticket = instance.control.consent(needs("network")).unwrap();
    let status = instance.control.wait_for(ticket);
    assert!(!status.failed, "{:?}", status.diagnostics);
    let mut bytes = [0; 256];
    instance.play_until("it sends", |_, _| listener.recv(&mut [0; 256]).is_ok());
    let read = listener.recv(&mut bytes);
    assert!(read.is_err() || bytes.starts_with(b"/hello"));
    let message = [&b"/level\0\0,f\0\0"[..], &0.25_f32.to_be_bytes()].concat();
    instance.play_until("it hears", |_, loudest| {
        listener.send_to(&message, ("127.0.0.1", here)).unwrap();
        (loudest - 0.25).abs() < 0.01
    });
    // Files are as far away as before.
    let mut other = stage.open("network", &stage.reads());
    other.control.consent(needs("network")).unwrap();
    other.play_until("no file", |instance, _| instance.said("failed to open file"));
}

#[test]
fn programs_run_where_they_are_consented_to() {
    let stage = Stage::new();
    let touched = stage.at("document/touched");
    let runs = format!(
        " i1 system_i 1, \"touch {}\"\n a1 oscili i1 == 0 ? 0.25 : 0.1, 440\n outs a1, a1",
        touched.display()
    );
    // Without a word, and without an answer, it is refused with its line.
    let instance = stage.open("files", &runs);
    assert!(instance.said("line 5: error: system_i runs a program"), "{:?}", instance.problems());
    assert!(instance.said("write ;@needs programs"), "{:?}", instance.problems());
    let mut instance = stage.open("files programs", &runs);
    assert!(instance.control.status().failed && instance.said("line 5: error: system_i"));

    let ticket = instance.control.consent(needs("programs")).unwrap();
    let status = instance.control.wait_for(ticket);
    assert!(!status.failed, "{:?}", status.diagnostics);
    instance.play_until("the program cannot write", |_, loudest| (loudest - 0.1).abs() < 0.01);
    assert!(!touched.exists(), "programs have the document's file rules");

    let ticket = instance.control.consent(needs("programs files")).unwrap();
    assert!(!instance.control.wait_for(ticket).failed);
    instance.play_until_good("the program has run");
    assert!(touched.exists());
}

#[test]
fn a_consent_for_a_text_that_did_not_build_builds_it() {
    let stage = Stage::new();
    let runs = " i1 system_i 1, \"true\"\n a1 oscili i1 == 0 ? 0.25 : 0, 440\n outs a1, a1";
    let mut instance = stage.open("programs", runs);
    assert!(instance.control.status().failed);
    instance.play(&[]);
    player::give_consent(&stage.user(), &stage.document(), None).unwrap();
    instance.play_until_good("it was built");
}

#[test]
fn in_the_hosts_process_nothing_is_given() {
    let stage = Stage::new();
    let runs = " i1 system_i 1, \"true\"\n a1 oscili 0.25, 440\n outs a1, a1";
    let mut instance = stage.open("programs", runs);
    instance.control.consent(needs("programs")).unwrap();
    instance.play_until_good("apart");
    instance.control.set_place_for_all(Place::Together).unwrap();
    instance.play_until("it is refused there", |instance, _| instance.control.status().failed);
    assert!(instance.said("system_i runs a program"), "{:?}", instance.problems());
}
