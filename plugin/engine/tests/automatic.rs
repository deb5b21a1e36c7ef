//! Who plays where, on a machine of its own for each test: what the user, the project and the text's past say.

mod common;

use std::process::Command;
use std::time::{Duration, Instant};

use common::{GOOD, Instance};
use ksmps_core::player::{Machine, Place, Reason};
use ksmps_core::settings::{AlwaysPlace, Settings, Trusted, UserFiles};

/// A machine on which nobody has played anything yet.
struct Fresh {
    folder: tempfile::TempDir,
}

impl Fresh {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn user(&self) -> UserFiles {
        UserFiles::in_folder(self.folder.path())
    }

    fn machine(&self) -> Machine {
        Machine { user: Some(self.user()), factory: &[FACTORY] }
    }

    fn open(&self, wish: Place, text: &str) -> Instance {
        let (instance, status) = Instance::open_on(self.machine(), wish, text, None);
        assert!(!status.failed, "{:?}", status.diagnostics);
        instance
    }

    /// Where an instance that says nothing plays a text, and why.
    fn place(&self, text: &str) -> (Place, Reason) {
        let placing = self.open(Place::Automatic, text).placing();
        (placing.place, placing.reason)
    }

    fn has_trusted(&self) -> bool {
        self.folder.path().join("trusted.json").exists()
    }
}

const FACTORY: &str =
    "nchnls = 2\n0dbfs = 1\ninstr 1\n a1 oscili 0.25, 330\n outs a1, a1\nendin\nschedule 1, 0, -1\n";

const NEW: (Place, Reason) = (Place::Apart, Reason::New);
const TRUSTED: (Place, Reason) = (Place::Together, Reason::Trusted);

/// Waits until what was heard has reached the builder.
fn settle(instance: &Instance) {
    instance.control.status_with_messages();
}

#[test]
fn a_text_plays_together_once_it_has_been_heard_for_a_minute() {
    let fresh = Fresh::new();
    let mut instance = fresh.open(Place::Automatic, GOOD);
    assert_eq!((instance.placing().place, instance.placing().reason), NEW);
    for _ in 0..5 {
        assert!(instance.render(11.0) > 0.2);
        settle(&instance);
    }
    assert_eq!(fresh.place(GOOD), NEW, "it was not heard for a minute yet");
    assert!(instance.render(11.0) > 0.2);
    let until = Instant::now() + Duration::from_secs(20);
    while !fresh.has_trusted() {
        instance.render(0.1);
        assert!(Instant::now() < until, "it is not trusted; {:?}", instance.problems());
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(instance.placing().place, Place::Apart, "what plays goes on where it plays");
    assert_eq!(fresh.place(GOOD), TRUSTED);
    assert_eq!(fresh.place(&GOOD.replace("440", "441")), NEW, "another text is new");
    // Edited it is new, and as it was before it is trusted.
    instance.edit(&format!("{GOOD};"));
    assert_eq!((instance.placing().place, instance.placing().reason), NEW);
    instance.edit(GOOD);
    assert_eq!((instance.placing().place, instance.placing().reason), TRUSTED);
    instance.play_until_good("together");
}

#[test]
fn silence_proves_nothing() {
    let fresh = Fresh::new();
    let mut instance = fresh.open(Place::Automatic, "nchnls = 2\n0dbfs = 1\ninstr 1\nendin\n");
    assert_eq!(instance.render(70.0), 0.0);
    settle(&instance);
    assert!(!fresh.has_trusted());
}

#[test]
fn a_text_that_was_refused_something_is_not_trusted() {
    let fresh = Fresh::new();
    let reads = format!(
        "{GOOD}instr 2\n Sline, i1 readfi strcat(\"/etc/pass\", \"wd\")\nendin\nschedule 2, 0.1, 0\n"
    );
    let mut instance = fresh.open(Place::Automatic, &reads);
    instance.play_until("the refusal is said", |instance, _| instance.said("failed to open file"));
    assert!(instance.said(";@needs files"), "{:?}", instance.problems());
    assert!(instance.render(70.0) > 0.2);
    settle(&instance);
    assert!(!fresh.has_trusted());
    assert_eq!(fresh.place(&reads), NEW);
}

#[test]
fn a_trusted_text_that_has_trouble_apart_is_not_trusted_any_more() {
    let fresh = Fresh::new();
    let dies = format!("{GOOD}instr 2\n while 1 == 1 do\n i1 = 1\n od\nendin\nschedule 2, 0.3, 1\n");
    let wish = fresh.open(Place::Apart, GOOD);
    let content = wish.control.project().content();
    drop(wish);
    Trusted::add(&fresh.user(), &content).unwrap();
    assert_eq!(fresh.place(GOOD), TRUSTED);
    let mut instance = fresh.open(Place::Apart, &dies);
    Trusted::add(&fresh.user(), &instance.control.project().content()).unwrap();
    instance.play_until("it has died", |instance, _| instance.said("did not answer"));
    let content = instance.control.project().content();
    instance.play_until("it is forgotten", |_, _| !Trusted::read(&fresh.user()).has(&content));
}

#[test]
fn factory_documents_play_together_at_once_and_edited_ones_do_not() {
    let fresh = Fresh::new();
    assert_eq!(fresh.place(FACTORY), (Place::Together, Reason::Factory));
    assert_eq!(fresh.place(&format!("{FACTORY}\n")), NEW);
    assert!(!fresh.has_trusted());
}

#[test]
fn a_project_has_a_wish_and_the_user_the_last_word() {
    let fresh = Fresh::new();
    let place = |wish| {
        let placing = fresh.open(wish, GOOD).placing();
        (placing.place, placing.reason)
    };
    assert_eq!(place(Place::Together), (Place::Together, Reason::Wish));
    assert_eq!(place(Place::Apart), (Place::Apart, Reason::Wish));
    Settings::change(&fresh.user(), |settings| settings.automatic = Some(AlwaysPlace::Together)).unwrap();
    assert_eq!(place(Place::Automatic), (Place::Together, Reason::Setting));
    assert_eq!(place(Place::Apart), (Place::Apart, Reason::Wish));
    Settings::change(&fresh.user(), |settings| settings.place = Some(AlwaysPlace::Apart)).unwrap();
    for wish in [Place::Automatic, Place::Together, Place::Apart] {
        assert_eq!(place(wish), (Place::Apart, Reason::Setting));
    }
}

#[test]
fn every_instance_follows_the_users_setting_while_it_plays() {
    let fresh = Fresh::new();
    let mut instance = fresh.open(Place::Automatic, GOOD);
    instance.play_until_good("apart");
    instance.control.set_place_for_all(Place::Together).unwrap();
    instance.play_until("it has moved", |instance, _| instance.placing().place == Place::Together);
    instance.play_until_good("together");
    instance.control.set_place_for_all(Place::Automatic).unwrap();
    instance.play_until("it is back", |instance, _| instance.placing().place == Place::Apart);
    instance.play_until_good("apart again");
}

#[test]
fn a_move_is_a_fade_without_a_gap() {
    let fresh = Fresh::new();
    // A line: what fades out and what fades in add up, whatever their phases.
    let text =
        "nchnls = 2\n0dbfs = 1\nksmps = 16\ninstr 1\n a1 = a(0.25)\n outs a1, a1\nendin\nschedule 1, 0, -1\n";
    let mut instance = fresh.open(Place::Automatic, text);
    assert!(instance.render(0.1) > 0.2);
    for place in [Place::Together, Place::Apart] {
        let ticket = instance.control.set_place(place);
        assert!(instance.render(0.1) > 0.2);
        assert!(!instance.control.wait_for(ticket).failed);
        assert_eq!(instance.placing().place, place);
        for _ in 0..20 {
            let loudest = instance.render(0.01);
            assert!(loudest > 0.2, "there was a gap: {loudest}");
        }
    }
}

#[test]
fn damaged_and_missing_files_of_the_user_are_no_harm() {
    let fresh = Fresh::new();
    for name in ["settings.json", "trusted.json", "consents.json"] {
        std::fs::write(fresh.folder.path().join(name), "{ \"texts\": [").unwrap();
    }
    assert_eq!(fresh.place(GOOD), NEW);
    let nowhere = Machine { user: Some(UserFiles::in_folder("/proc/ksmps".as_ref())), factory: &[] };
    let (mut instance, status) = Instance::open_on(nowhere, Place::Automatic, GOOD, None);
    assert!(!status.failed, "{:?}", status.diagnostics);
    assert!(instance.render(70.0) > 0.2);
    instance.play_until_good("whatever cannot be written");
}

/// This program in a folder of its own, beside which there is no engine's executable, runs one of its tests.
#[test]
fn without_the_engines_executable_a_new_text_plays_together_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let alone = folder.path().join("deep/alone");
    std::fs::create_dir(alone.parent().unwrap()).unwrap();
    std::fs::copy(std::env::current_exe().unwrap(), &alone).unwrap();
    let mut command = Command::new(alone);
    command.args(["--exact", "no_process_is_to_be_had", "--ignored"]).env_remove("KSMPS_ENGINE");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[ignore = "it is run where there is no executable beside this program"]
fn no_process_is_to_be_had() {
    let fresh = Fresh::new();
    let mut instance = fresh.open(Place::Automatic, GOOD);
    let placing = instance.placing();
    assert_eq!(placing.place, Place::Together);
    assert!(matches!(&placing.reason, Reason::NoProcess(why) if why.contains("was not found")), "{placing}");
    assert!(instance.said("without protection"), "{:?}", instance.problems());
    instance.play_until_good("together");
    let (instance, status) = Instance::open_on(fresh.machine(), Place::Apart, GOOD, None);
    assert!(
        status.failed && instance.said("was not found"),
        "who says apart means it: {:?}",
        instance.problems()
    );
}
