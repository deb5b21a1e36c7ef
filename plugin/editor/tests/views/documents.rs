//! Documents: opened, saved, followed, replaced from outside.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use ksmps_editor::Editor;
use ksmps_editor::model::{Command, DocumentNow, LinkedFile, News, View, ViewState};

use super::{done, open, playing, view};

#[test]
fn a_file_is_looked_at_and_opened() {
    let mut harness = playing(View::Documents);
    harness.state_mut().editor.feed(News::Places(vec![("Home".to_owned(), "/home/you".into())]));
    harness.get_by_label("Open").click();
    // The document's own folder comes first.
    assert_eq!(done(&mut harness), [Command::BrowseFolder { path: "/home/you/music".into() }]);
    let entry = |name: &str| ksmps_editor::model::FolderEntry {
        name: name.to_owned(),
        is_folder: false,
        bytes: 10,
        changed: String::new(),
    };
    let news =
        News::Folder { path: "/home/you/music".into(), entries: Ok(vec![entry("a.csd"), entry("b.txt")]) };
    harness.state_mut().editor.feed(news);
    harness.run_ok();
    assert!(harness.query_by_label("b.txt").is_none(), "it is no document");
    harness.get_by_label("a.csd").click();
    assert_eq!(done(&mut harness), [Command::Preview { path: "/home/you/music/a.csd".into() }]);
    harness.get_all_by_label("Open").last().unwrap().click();
    assert_eq!(done(&mut harness), [Command::Open { path: "/home/you/music/a.csd".into() }]);
}

#[test]
fn a_conflict_stands_side_by_side_and_is_decided() {
    let mut harness = playing(View::Play);
    let text = harness.state().editor.model().document.text.to_string();
    let linked = |conflict: Option<&str>| LinkedFile {
        path: "/music/a.csd".into(),
        conflict: conflict.map(Into::into),
        problem: None,
    };
    let other = text.replace("nchnls = 2", "nchnls = 1");
    harness.state_mut().editor.feed(News::Linked(Some(linked(Some(&other)))));
    harness.run_ok();
    harness.get_by_label("The linked file and the document have both changed").click();
    harness.run_ok();
    assert_eq!(view(&harness), View::Documents);
    harness.get_by_label("Take the file").click();
    assert_eq!(done(&mut harness), [Command::ResolveConflict { take_file: true }]);
    harness.get_by_label("Keep the document").click();
    assert_eq!(done(&mut harness), [Command::ResolveConflict { take_file: false }]);
    harness.state_mut().editor.feed(News::Linked(Some(linked(None))));
    harness.run_ok();
    assert!(harness.query_by_label("Nothing has changed").is_some());
}

#[test]
fn a_document_follows_its_own_file_and_no_longer() {
    let mut harness = playing(View::Documents);
    harness.get_by_label("Information").click();
    harness.run_ok();
    harness.get_by_label("Follow its file").click();
    let path = std::path::PathBuf::from("/home/you/music/glass-keys.csd");
    assert_eq!(done(&mut harness), [Command::Link { path: Some(path.clone()) }]);
    let problem = Some("changes of the file are not seen: too many watches".to_owned());
    let linked = LinkedFile { path, conflict: None, problem };
    harness.state_mut().editor.feed(News::Linked(Some(linked)));
    harness.run_ok();
    assert!(harness.query_by_label("changes of the file are not seen: too many watches").is_some());
    harness.get_by_label("Follow it no longer").click();
    assert_eq!(done(&mut harness), [Command::Link { path: None }]);
}

#[test]
fn the_systems_dialog_is_beside_the_browser() {
    let mut harness = playing(View::Documents);
    let text = harness.state().editor.model().document.text.to_string();
    for (page, command) in [("Open", Command::SystemOpen), ("Save", Command::SystemSave { text })] {
        harness.get_all_by_label(page).next().unwrap().click();
        done(&mut harness);
        harness.get_by_label("System dialog…").click();
        assert_eq!(done(&mut harness), [command]);
    }
}

#[test]
fn an_empty_editor_says_how_to_begin() {
    let mut harness = open(Editor::new(ViewState::default()));
    harness.get_by_label("Choose a document").click();
    harness.run_ok();
    assert_eq!(view(&harness), View::Documents);
    harness.get_by_label("New document").click();
    assert_eq!(done(&mut harness), [Command::NewEmpty]);
}

#[test]
fn ctrl_s_saves_what_is_typed_and_ctrl_o_opens() {
    let mut harness = playing(View::Play);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    let text = harness.state().editor.model().document.text.to_string();
    assert_eq!(done(&mut harness), [Command::Save { text }]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    harness.run_ok();
    assert_eq!(view(&harness), View::Documents);
    assert!(harness.query_by_label("System dialog…").is_some());
}

#[test]
fn another_text_from_outside_replaces_the_draft_and_an_own_build_does_not() {
    let mut harness = playing(View::Edit);
    let document =
        |text: &str| DocumentNow { text: text.into(), name: "New".to_owned(), ..DocumentNow::default() };
    harness.state_mut().editor.feed(News::Document(document("instr 1\nendin\n")));
    harness.run_ok();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    let commands = done(&mut harness);
    assert_eq!(commands, [Command::Build { text: "instr 1\nendin\n".to_owned() }]);
}
