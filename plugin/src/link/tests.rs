//! An instance and its editor without a window: commands go in, news come out.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use ksmps_core::player::{InstanceConfig, Machine, Player, pair_on};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_core::settings::UserFiles;
use ksmps_editor::model::{
    BusValue, HeldNotes, LinkedFile, Permission, Place, PlaceNow, Placed, Request, TableName,
};

use super::*;
use crate::host_link::NoHost;

const RATE: f64 = 48_000.0;
/// Frames in a block.
const BLOCK: usize = 64;
/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

struct Stage {
    instance: Arc<Instance>,
    link: Link,
    /// What was told and not asked for yet.
    told: Vec<News>,
    folder: tempfile::TempDir,
    /// What plays while news are awaited.
    player: Player,
}

impl Stage {
    fn new(document: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let user = Some(UserFiles::in_folder(&folder.path().join("user")));
        let channels = HostChannels { inputs: vec![], outputs: vec![2] };
        let config = InstanceConfig { channels, default_document: document };
        let (control, player) = pair_on(Machine { user, factory: &[] }, config);
        let instance = Instance::new(control, Arc::new(NoHost));
        crate::refresh::subscribe(&instance);
        let link = Link::new(&instance);
        Self { instance, link, told: Vec::new(), folder, player }
    }

    /// Builds the engine, which plays from now on.
    fn activate(&mut self) {
        let status = self.instance.control().activate(RATE);
        assert!(!status.failed, "{:?}", status.diagnostics);
        self.player.adopt();
        crate::refresh::refresh(&self.instance);
    }

    fn play_block(&mut self) {
        let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
        let outputs = &mut [&mut left[..], &mut right[..]];
        let mut block = Block { inputs: &[], outputs, frames: BLOCK, events: &[] };
        self.player.process(&mut block, &mut Reports::default());
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn act(&mut self, command: Command) {
        self.link.carry_out(command, &ViewState::default());
    }

    /// The first of the news that is meant, as soon as it is told; those before it are gone.
    fn hear<T>(&mut self, what: &str, mut meant: impl FnMut(&News) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            self.told.extend(self.link.news());
            if let Some((at, found)) =
                self.told.iter().enumerate().find_map(|(at, news)| Some((at, meant(news)?)))
            {
                self.told.drain(..=at);
                return found;
            }
            assert!(Instant::now() < until, "{what} was not told: {:?}", self.told);
            self.play_block();
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn hear_requests(&mut self) -> Vec<Request> {
        self.hear("requests", |news| match news {
            News::Requests(requests) => Some(requests.clone()),
            _ => None,
        })
    }

    fn hear_answer(&mut self) -> (bool, String) {
        self.hear("an answer", |news| match news {
            News::Answer { is_error, text } => Some((*is_error, text.clone())),
            _ => None,
        })
    }

    fn hear_linked(&mut self) -> Option<LinkedFile> {
        self.hear("the linked file", |news| match news {
            News::Linked(linked) => Some(linked.clone()),
            _ => None,
        })
    }
}

#[test]
fn a_request_is_told_with_its_line_and_answered_on_this_machine() {
    let mut stage = Stage::new("; a comment\n;@needs network files\ninstr 1\nendin\n");
    let request = |permission, answer| Request { permission, line: Some(2), answer };
    let both =
        |files, network| vec![request(Permission::Files, files), request(Permission::Network, network)];
    assert_eq!(stage.hear_requests(), both(None, None));
    stage.act(Command::Consent { permission: Permission::Network, granted: true });
    assert_eq!(stage.hear_requests(), both(None, Some(true)));
    stage.act(Command::Consent { permission: Permission::Files, granted: false });
    assert_eq!(stage.hear_requests(), both(Some(false), Some(true)));
    stage.act(Command::Consent { permission: Permission::Network, granted: false });
    assert_eq!(stage.hear_requests(), both(Some(false), Some(false)));
    assert!(stage.instance.control().consented().is_empty());
    stage.act(Command::Consent { permission: Permission::Files, granted: true });
    assert_eq!(stage.hear_requests(), both(Some(true), Some(false)));
    assert_eq!(stage.instance.control().consented().words(), ["files"]);
    // It is this text at this place that was answered.
    stage.act(Command::Build { text: ";@needs network\ninstr 1\nendin\n".to_owned() });
    let asked = vec![Request { permission: Permission::Network, line: Some(1), answer: None }];
    assert_eq!(stage.hear_requests(), asked);
    // Nothing of it is in the project.
    assert!(!stage.instance.control().save().to_string().contains("consent"));
}

#[test]
fn where_a_document_plays_is_told_with_the_reason() {
    let mut stage = Stage::new("instr 1\nendin\n");
    let place = |news: &News| match news {
        News::Place(place) => Some(place.clone()),
        _ => None,
    };
    let chosen = |chosen, now| PlaceNow { chosen, for_all: Place::Automatic, now };
    assert_eq!(stage.hear("the place", place), chosen(Place::Automatic, None));
    stage.act(Command::SetPlace(Place::Together));
    assert_eq!(stage.hear("the choice", place), chosen(Place::Together, None));
    stage.activate();
    let together = |reason: &str| Placed { is_apart: false, reason: reason.to_owned(), missing: vec![] };
    let now = together("the project wishes it");
    assert_eq!(stage.hear("where it plays", place), chosen(Place::Together, Some(now)));
    // What holds for all instances is the stronger word, and is in no project.
    stage.act(Command::SetPlaceForAll(Place::Together));
    let for_all = stage.hear("what holds for all", place);
    assert_eq!((for_all.chosen, for_all.for_all), (Place::Together, Place::Together));
    let settings = std::fs::read_to_string(stage.file("user/settings.json")).unwrap();
    assert!(settings.contains(r#""place""#), "{settings}");
    stage.act(Command::SetPlaceForAll(Place::Automatic));
    assert_eq!(stage.hear("that nothing holds for all", place).for_all, Place::Automatic);
}

#[test]
fn what_becomes_of_held_notes_is_told_and_kept_in_the_project() {
    let mut stage = Stage::new("instr 1\nendin\n");
    let held_notes = |news: &News| match news {
        News::HeldNotes(held_notes) => Some(*held_notes),
        _ => None,
    };
    assert_eq!(stage.hear("what holds", held_notes), HeldNotes::Restart);
    stage.act(Command::SetHeldNotes(HeldNotes::Stay));
    assert_eq!(stage.hear("the choice", held_notes), HeldNotes::Stay);
    assert_eq!(stage.instance.control().save()["held_notes"], "stay");
}

#[test]
fn undeclared_channels_are_offered_until_they_are_declared() {
    let mut stage = Stage::new("instr 1\nk1 chnget \"wet\"\nk2 invalue \"size\"\nendin\n");
    let undeclared = |news: &News| match news {
        News::Undeclared(names) => Some(names.clone()),
        _ => None,
    };
    assert_eq!(stage.hear("channels", undeclared), ["wet", "size"]);
    let text =
        ";@param wet 0..1\n;@param size 0..1\ninstr 1\nk1 chnget \"wet\"\nk2 invalue \"size\"\nendin\n";
    stage.act(Command::Build { text: text.to_owned() });
    assert_eq!(stage.hear("channels", undeclared), Vec::<String>::new());
}

#[test]
fn memory_that_is_taken_while_it_plays_is_counted_until_the_counts_are_cleared() {
    let mut stage = Stage::new(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\ninstr 1\na1 delay a(0.5), 0.1\nendin\nschedule 1, 0, -1\n",
    );
    stage.activate();
    stage.play_block();
    let taken = |news: &News| match news {
        News::Counts(counts) if counts.taken_pieces > 0 => Some((counts.taken_pieces, counts.taken_bytes)),
        _ => None,
    };
    // 0.1 s of 48,000 numbers of 8 bytes.
    assert_eq!(stage.hear("what was taken", taken), (1, 38_400));
    stage.act(Command::ClearCounts);
    let cleared = |news: &News| matches!(news, News::Counts(counts) if counts.taken_bytes == 0).then_some(());
    stage.hear("counts from 0", cleared);
}

#[test]
fn a_followed_file_is_opened_taken_and_left() {
    let mut stage = Stage::new("");
    let file = stage.file("a.csd");
    std::fs::write(&file, "instr 1\nendin\n").unwrap();
    stage.act(Command::Link { path: Some(file.clone()) });
    let linked = |conflict: Option<&str>| {
        Some(LinkedFile { path: file.clone(), conflict: conflict.map(Into::into), problem: None })
    };
    assert_eq!(stage.hear_linked(), linked(None));
    assert_eq!(stage.instance.control().text(), "instr 1\nendin\n");
    stage.act(Command::KeepDraft(Some("; typed".to_owned())));
    std::fs::write(&file, "instr 2\nendin\n").unwrap();
    assert_eq!(stage.hear_linked(), linked(Some("instr 2\nendin\n")));
    assert_eq!(stage.instance.control().text(), "instr 1\nendin\n");
    stage.act(Command::ResolveConflict { take_file: true });
    assert_eq!(stage.hear_linked(), linked(None));
    assert_eq!(stage.instance.control().text(), "instr 2\nendin\n");
    stage.act(Command::ResolveConflict { take_file: true });
    assert!(
        stage.hear("an error", |news| matches!(news, News::Answer { is_error: true, .. }).then_some(true))
    );
    stage.act(Command::Link { path: None });
    assert_eq!(stage.hear_linked(), None);
    stage.act(Command::Link { path: Some(stage.file("none.csd")) });
    let (is_error, why) = stage.hear("an error", |news| match news {
        News::Answer { is_error: true, text } => Some((true, text.clone())),
        _ => None,
    });
    assert!(is_error && why.contains("none.csd"), "{why}");
    assert_eq!(stage.instance.control().text(), "instr 2\nendin\n");
}

#[test]
fn a_draft_is_there_again_with_the_window_and_a_followed_file_waits_for_it() {
    let mut stage = Stage::new("");
    let file = stage.file("a.csd");
    std::fs::write(&file, "instr 1\nendin\n").unwrap();
    stage.act(Command::Link { path: Some(file.clone()) });
    stage.hear_linked();
    stage.act(Command::KeepDraft(Some("; typed".to_owned())));
    stage.link = Link::new(&stage.instance);
    stage.told.clear();
    let drafts = |news: &News| match news {
        News::Draft(text) => Some(text.clone()),
        _ => None,
    };
    assert_eq!(stage.hear("the draft", drafts), "; typed");
    std::fs::write(&file, "instr 2\nendin\n").unwrap();
    let conflict = stage.hear("a conflict", |news| match news {
        News::Linked(linked) => linked.as_ref()?.conflict.clone(),
        _ => None,
    });
    assert_eq!(&*conflict, "instr 2\nendin\n");
    stage.act(Command::ResolveConflict { take_file: true });
    stage.act(Command::KeepDraft(None));
    stage.link = Link::new(&stage.instance);
    // Without a window the file is followed on.
    std::fs::write(&file, "instr 3\nendin\n").unwrap();
    let until = Instant::now() + PATIENCE;
    while stage.instance.control().text() != "instr 3\nendin\n" {
        assert!(Instant::now() < until, "{:?}", stage.instance.follow().now());
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(!stage.link.news().iter().any(|news| drafts(news).is_some()));
}

#[test]
fn a_document_is_saved_over_a_conflict() {
    let mut stage = Stage::new("");
    let file = stage.file("a.csd");
    std::fs::write(&file, "instr 1\nendin\n").unwrap();
    stage.act(Command::Link { path: Some(file.clone()) });
    stage.hear_linked();
    stage.act(Command::Build { text: "instr 3\nendin\n".to_owned() });
    std::fs::write(&file, "instr 2\nendin\n").unwrap();
    assert!(stage.hear_linked().is_some_and(|linked| linked.conflict.is_some()));
    stage.act(Command::Save { text: "instr 3\nendin\n".to_owned() });
    assert!(stage.hear_linked().is_some_and(|linked| linked.conflict.is_none()));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "instr 3\nendin\n");
}

#[test]
fn slots_change_their_parameters_with_their_values() {
    let mut stage = Stage::new(";@param a 0..1=0.25\n;@param b 0..1\ninstr 1\nendin\n");
    stage.activate();
    let control = stage.instance.control();
    assert_eq!((control.slot("a"), control.slot("b")), (Some(0), Some(1)));
    control.values().set(0, 0.75);
    stage.act(Command::SwapSlots { one: 0, other: 9 });
    let slots = stage.hear("the new slots", |news| match news {
        News::Parameters(params) if params.iter().any(|(slot, _)| *slot == 9) => {
            Some(params.iter().map(|(slot, param)| (*slot, param.name.clone())).collect::<Vec<_>>())
        }
        _ => None,
    });
    assert_eq!(slots, [(9, "a".to_owned()), (1, "b".to_owned())]);
    let values = stage.instance.control().values();
    assert_eq!((values.get(0), values.get(9)), (None, Some(0.75)));
    // A project keeps it, and a text that is built later as well.
    assert_eq!(stage.instance.control().save()["slots"]["a"]["slot"], 9);
    stage.act(Command::SwapSlots { one: 9, other: 1 });
    assert_eq!(stage.instance.control().slot("b"), Some(9));
}

#[test]
fn a_controller_is_learned_given_and_taken_away() {
    let mut stage = Stage::new(";@param a 0..1\ninstr 1\nendin\n");
    stage.activate();
    stage.hear("the parameter", |news| {
        matches!(news, News::Parameters(list) if !list.is_empty()).then_some(())
    });
    stage.act(Command::SetController { slot: 0, controller: Some(74) });
    assert_eq!(stage.hear_answer(), (false, "controller 74 moves a".to_owned()));
    assert_eq!(stage.instance.control().text(), ";@param a 0..1 cc=74\ninstr 1\nendin\n");
    stage.hear("the controller", |news| {
        matches!(news, News::Controller { slot: 0, controller: Some(74) }).then_some(())
    });
    stage.act(Command::SetController { slot: 0, controller: None });
    assert_eq!(stage.hear_answer(), (false, "no controller moves a".to_owned()));
    assert_eq!(stage.instance.control().text(), ";@param a 0..1\ninstr 1\nendin\n");
}

#[test]
fn what_the_host_moves_while_its_song_moves_is_automated() {
    let mut stage = Stage::new(";@param a 0..1\n;@param b 0..1\ninstr 1\nendin\n");
    crate::refresh::show_declared(&stage.instance);
    let heard = |stage: &mut Stage| {
        let automated = |news: News| match news {
            News::Automated { slot, automated } => Some((slot, automated)),
            _ => None,
        };
        stage.link.news().into_iter().filter_map(automated).collect::<Vec<_>>()
    };
    let moves = |stage: &Stage, playing: bool| {
        let transport = ksmps_core::transport::HostTransport { playing, ..Default::default() };
        stage.instance.begin_block(|block| block.begin(transport, 48_000.0));
        stage.instance.begin_part(64);
    };
    moves(&stage, false);
    stage.instance.params().host_moves(0, 0.5);
    assert_eq!(heard(&mut stage), [], "a hand on the host's own knob");
    moves(&stage, true);
    stage.act(Command::SetParameter { slot: 1, normalized: 0.5 });
    assert_eq!(heard(&mut stage), [], "a hand on the editor's");
    stage.instance.params().host_moves(0, 0.75);
    assert_eq!(heard(&mut stage), [(0, true)]);
    stage.instance.params().host_moves(0, 0.25);
    assert_eq!(heard(&mut stage), [], "it is known");
    moves(&stage, false);
    assert_eq!(heard(&mut stage), [(0, false)]);
    // A host that says so itself.
    stage.instance.params().set_automated(1, true);
    assert_eq!(heard(&mut stage), [(1, true)]);
    stage.instance.params().set_automated(1, false);
    assert_eq!(heard(&mut stage), [(1, false)]);
}

#[test]
fn buses_are_told_with_what_they_hold_while_somebody_looks() {
    let mut stage = Stage::new(
        "nchnls = 2\n0dbfs = 1\ngiwet busassign \"control\", 1\ngidry busassign \"audio\", 1\ninstr 1\n\
         busout giwet, k(0.25)\n busout gidry, a(0.5)\nendin\nschedule 1, 0, -1\n",
    );
    let held = |news: &News| match news {
        News::Buses(buses) if buses.iter().any(|bus| bus.value == 0.5) => Some(buses.clone()),
        _ => None,
    };
    stage.activate();
    stage.act(Command::LookAtValues(true));
    let bus =
        |token, name: &str, is_audio, value| BusValue { token, name: Some(name.to_owned()), is_audio, value };
    assert_eq!(stage.hear("buses", held), [bus(0, "giwet", false, 0.25), bus(1, "gidry", true, 0.5)]);
    stage.act(Command::LookAtValues(false));
    stage.link.news();
    assert!(!stage.link.news().iter().any(|news| matches!(news, News::Buses(_))));
}

#[test]
fn tables_are_told_with_the_names_of_their_variables() {
    let mut stage = Stage::new(
        "giwave ftgen 0, 0, 8, 10, 1\ngiform = ftgen(7, 0, 16, -2, 1)\ngiseven = 7\n\
         instr 1\n inothing ftgen 9, 0, 32, -2, 0\nendin\nschedule 1, 0, -1\n",
    );
    let tables = |news: &News| match news {
        News::Tables(tables) if tables.len() > 2 => Some(tables.clone()),
        _ => None,
    };
    stage.activate();
    stage.act(Command::LookAtValues(true));
    let mut found = stage.hear("tables", tables);
    found.retain(|table| [7, 9].contains(&table.number) || table.name.as_deref() == Some("giwave"));
    let table =
        |number, name: Option<&str>, length| TableName { number, name: name.map(str::to_owned), length };
    let wave = found.iter().find(|table| table.length == 8).unwrap().number;
    assert_eq!(found, [table(7, Some("giform"), 16), table(9, None, 32), table(wave, Some("giwave"), 8)]);
}
