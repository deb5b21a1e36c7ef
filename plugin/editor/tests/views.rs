//! Views and controls, used as a person uses them: found by their accessible names, clicked, dragged, typed into.

use egui::accesskit::{Action, Role};
use egui::{Key, Modifiers, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_editor::Editor;
use ksmps_editor::gallery;
use ksmps_editor::model::{
    Appearance, BusValue, Command, ConsoleLine, DocumentNow, Hang, LibraryEntry, LinkedFile, News,
    Permission, Place, PlaceNow, Placed, Request, VariableOwner, View, ViewState, WatchNow, WatchTarget,
    WatchVoice,
};

/// An editor and what was done in it.
struct Used {
    editor: Editor,
    commands: Vec<Command>,
}

fn open(editor: Editor) -> Harness<'static, Used> {
    let used = Used { editor, commands: Vec::new() };
    let mut harness = Harness::builder().with_size(egui::vec2(1000.0, 700.0)).build_ui_state(
        |ui, used: &mut Used| {
            let done = used.editor.show(ui);
            used.commands.extend(done);
        },
        used,
    );
    harness.run_ok();
    harness.state_mut().commands.clear();
    harness
}

fn playing(view: View) -> Harness<'static, Used> {
    open(gallery::editor(view, Appearance::Dark, 8))
}

/// What was done, without what a project remembers of the view and whether there is a draft.
fn done(harness: &mut Harness<'static, Used>) -> Vec<Command> {
    harness.run_ok();
    let commands = std::mem::take(&mut harness.state_mut().commands);
    let is_told_always = |one: &Command| matches!(one, Command::KeepViewState | Command::KeepDraft(_));
    commands.into_iter().filter(|command| !is_told_always(command)).collect()
}

fn type_into(harness: &mut Harness<'static, Used>, label: &str, text: &str) {
    harness.get_by_label(label).focus();
    harness.run_ok();
    harness.get_by_label(label).type_text(text);
    harness.run_ok();
}

fn base(harness: &Harness<'static, Used>, slot: u16) -> f64 {
    harness.state().editor.model().parameter(slot).unwrap().base
}

fn view(harness: &Harness<'static, Used>) -> View {
    harness.state().editor.view_state().view
}

#[test]
fn a_knob_is_dragged_in_one_gesture_and_undone_in_one_step() {
    let mut harness = playing(View::Play);
    let before = base(&harness, 0);
    let at = harness.get_by_label("Cutoff").rect().center();
    harness.drag_at(at);
    harness.run_ok();
    for step in 1..5 {
        harness.hover_at(at - egui::vec2(0.0, 10.0 * step as f32));
        harness.run_ok();
    }
    harness.drop_at(at - egui::vec2(0.0, 40.0));
    let commands = done(&mut harness);
    assert_eq!(commands.first(), Some(&Command::BeginGesture { slot: 0 }));
    assert_eq!(commands.last(), Some(&Command::EndGesture { slot: 0 }));
    assert_eq!(commands.iter().filter(|one| matches!(one, Command::BeginGesture { .. })).count(), 1);
    let moved = base(&harness, 0) - before;
    // egui takes the first few points as a click that trembles.
    assert!((0.13..=0.24).contains(&moved), "40 of 175 points moved it by {moved}");
    // The knob has the keyboard now: undo is the editor's, space and the host's own shortcuts are not.
    let uses = |harness: &Harness<'static, Used>, key, modifiers| {
        harness.state().editor.uses_key(&harness.ctx, key, modifiers)
    };
    assert!(uses(&harness, Key::Z, Modifiers::COMMAND) && uses(&harness, Key::ArrowUp, Modifiers::NONE));
    assert!(!uses(&harness, Key::Space, Modifiers::NONE) && !uses(&harness, Key::R, Modifiers::SHIFT));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    done(&mut harness);
    assert!((base(&harness, 0) - before).abs() < 1e-12);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    done(&mut harness);
    assert!((base(&harness, 0) - before - moved).abs() < 1e-12);
}

#[test]
fn shift_makes_a_drag_ten_times_finer() {
    let mut harness = playing(View::Play);
    let before = base(&harness, 1);
    let at = harness.get_by_label("Resonance").rect().center();
    harness.drag_at(at);
    harness.run_ok();
    harness.hover_at(at - egui::vec2(0.0, 10.0));
    harness.run_ok();
    let coarse = base(&harness, 1) - before;
    harness.event(egui::Event::ModifiersChanged(Modifiers::SHIFT));
    harness.hover_at(at - egui::vec2(0.0, 20.0));
    harness.run_ok();
    let fine = base(&harness, 1) - before - coarse;
    assert!(coarse > 0.03 && fine > 0.0 && fine < coarse / 5.0, "{coarse} then {fine}");
}

#[test]
fn arrow_keys_move_a_knob_and_delete_sets_its_default() {
    let mut harness = playing(View::Play);
    let before = base(&harness, 1);
    harness.get_by_label("Resonance").focus();
    harness.run_ok();
    harness.key_press(Key::ArrowUp);
    done(&mut harness);
    assert!((base(&harness, 1) - before - 0.01).abs() < 1e-9);
    harness.key_press(Key::PageDown);
    done(&mut harness);
    assert!((base(&harness, 1) - before + 0.09).abs() < 1e-9);
    harness.key_press(Key::Delete);
    done(&mut harness);
    let parameter = harness.state().editor.model().parameter(1).unwrap();
    assert_eq!(parameter.base, parameter.default_normalized());
}

#[test]
fn a_screen_reader_reads_and_sets_a_knob() {
    let mut harness = playing(View::Play);
    harness.get_by_label("Resonance").set_value_accesskit(0.475);
    done(&mut harness);
    assert!((base(&harness, 1) - 0.5).abs() < 1e-9);
    let value = harness.get_by_label("Resonance").accesskit_node().numeric_value();
    assert!(value.is_some_and(|value| (value - 0.475).abs() < 1e-9), "{value:?}");
}

#[test]
fn a_value_is_typed_with_its_unit() {
    let mut harness = playing(View::Play);
    harness.get_by_label("Cutoff").focus();
    harness.run_ok();
    harness.key_press(Key::Enter);
    harness.run_ok();
    type_into(&mut harness, "Value of Cutoff", "1k2");
    harness.key_press(Key::Enter);
    done(&mut harness);
    let parameter = harness.state().editor.model().parameter(0).unwrap();
    assert!((parameter.param.plain(parameter.base) - 1200.0).abs() < 1e-6);
    assert!(harness.query_by_label("Value of Cutoff").is_none());
}

#[test]
fn escape_leaves_a_typed_value_as_it_was() {
    let mut harness = playing(View::Play);
    let before = base(&harness, 0);
    harness.get_by_label("Cutoff").focus();
    harness.run_ok();
    harness.key_press(Key::Enter);
    harness.run_ok();
    type_into(&mut harness, "Value of Cutoff", "50");
    harness.key_press(Key::Escape);
    assert_eq!(done(&mut harness), []);
    assert_eq!(base(&harness, 0), before);
    assert!(harness.query_by_label("Value of Cutoff").is_none());
}

#[test]
fn a_switch_switches_and_a_menu_chooses() {
    let mut harness = playing(View::Play);
    let was_on = base(&harness, 5) >= 0.5;
    harness.get_by_label("Mute").click();
    done(&mut harness);
    assert_eq!(base(&harness, 5) >= 0.5, !was_on);
    harness.get_by_label("Shape").click();
    harness.run_ok();
    harness.get_by_label("Noise").click();
    done(&mut harness);
    assert_eq!(base(&harness, 3), 1.0);
    assert!(harness.query_by_label("Triangle").is_none(), "the list is closed");
}

#[test]
fn the_context_menu_learns_copies_and_resets() {
    let mut harness = playing(View::Play);
    harness.get_by_label("Drive").click_secondary();
    harness.run_ok();
    harness.get_by_label("Learn controller").click();
    assert_eq!(done(&mut harness), [Command::Learn { slot: Some(2) }]);
    harness.state_mut().editor.feed(News::Learning(None));
    harness.state_mut().editor.feed(News::Controller { slot: 2, controller: Some(7) });
    harness.get_by_label("Drive").click_secondary();
    harness.run_ok();
    harness.get_by_label("Forget controller 7").click();
    assert_eq!(done(&mut harness), [Command::SetController { slot: 2, controller: None }]);
    harness.get_by_label("Drive").click_secondary();
    harness.run_ok();
    harness.get_by_label_contains("Set to default").click();
    done(&mut harness);
    let parameter = harness.state().editor.model().parameter(2).unwrap();
    assert_eq!(parameter.base, parameter.default_normalized());
}

#[test]
fn the_hosts_menu_opens_at_the_pointer_where_there_is_one() {
    let mut harness = playing(View::Play);
    harness.get_by_label("Drive").click_secondary();
    harness.run_ok();
    assert!(harness.query_by_label("Host's menu…").is_none());
    harness.key_press(Key::Escape);
    harness.state_mut().editor.feed(News::HostMenu(true));
    harness.run_ok();
    harness.get_by_label("Drive").click_secondary();
    harness.run_ok();
    let at = harness.get_by_label("Host's menu…").rect().center();
    harness.get_by_label("Host's menu…").click();
    let (x, y) = (at.x.round() as i32, at.y.round() as i32);
    assert_eq!(done(&mut harness), [Command::HostMenu { slot: 2, x, y }]);
}

#[test]
fn a_controller_that_was_learned_is_undone() {
    let mut harness = playing(View::Play);
    harness.state_mut().editor.feed(News::Learned { slot: 2, controller: 74 });
    assert_eq!(done(&mut harness), [Command::SetController { slot: 2, controller: Some(74) }]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    assert_eq!(done(&mut harness), [Command::SetController { slot: 2, controller: None }]);
}

#[test]
fn what_the_mouse_holds_is_not_moved_by_the_host() {
    let mut harness = playing(View::Play);
    let at = harness.get_by_label("Resonance").rect().center();
    harness.drag_at(at);
    harness.run_ok();
    harness.hover_at(at - egui::vec2(0.0, 30.0));
    harness.run_ok();
    let held = base(&harness, 1);
    assert!(!harness.state_mut().editor.feed(News::Value { slot: 1, base: 0.0 }));
    assert_eq!(base(&harness, 1), held);
    harness.drop_at(at);
    harness.run_ok();
    assert!(harness.state_mut().editor.feed(News::Value { slot: 1, base: 0.0 }));
}

#[test]
fn the_keyboard_plays_by_mouse_and_by_the_computers_keys() {
    let mut harness = playing(View::Play);
    let keys = harness.get_by_label("Piano keyboard").rect();
    // A white key's front: the lowest C.
    let at = pos2(keys.left() + 5.0, keys.bottom() - 3.0);
    harness.drag_at(at);
    let pressed = done(&mut harness);
    let [Command::NoteOn { key: 48, velocity }] = pressed[..] else { panic!("{pressed:?}") };
    assert!(velocity > 0.9);
    harness.drop_at(at);
    assert_eq!(done(&mut harness), [Command::NoteOff { key: 48 }]);
    harness.key_down(Key::X);
    assert_eq!(done(&mut harness), [Command::NoteOn { key: 50, velocity: 0.8 }]);
    harness.key_up(Key::X);
    assert_eq!(done(&mut harness), [Command::NoteOff { key: 50 }]);
    harness.key_down(Key::Z);
    done(&mut harness);
    harness.get_by_label("Cutoff").focus();
    assert_eq!(done(&mut harness), [Command::NoteOff { key: 48 }], "what is held ends with the focus");
}

#[test]
fn all_notes_off_is_a_button_and_a_key() {
    let mut harness = playing(View::Play);
    harness.get_by_label("All notes off").click();
    assert_eq!(done(&mut harness), [Command::AllNotesOff]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Period);
    assert_eq!(done(&mut harness), [Command::AllNotesOff]);
}

#[test]
fn presets_are_chosen_saved_and_undone() {
    let mut harness = playing(View::Play);
    harness.get_by_label("▸").click();
    assert_eq!(done(&mut harness), [Command::ChoosePreset { preset: 2 }]);
    harness.key_press(Key::Escape);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    let undone = done(&mut harness);
    assert_eq!(undone.len(), 3 * 8, "each parameter goes back in a gesture of its own");
    harness.get_by_label("Bright ▾").click();
    harness.run_ok();
    harness.get_by_label("Evening").click();
    assert_eq!(done(&mut harness), [Command::ChoosePreset { preset: 2 }]);
    harness.get_by_label("Save preset").click();
    harness.run_ok();
    type_into(&mut harness, "Name of the preset", "Morning");
    harness.key_press(Key::Enter);
    assert_eq!(done(&mut harness), [Command::SavePreset { name: "Morning".to_owned() }]);
    harness.get_by_label("Save preset").click();
    harness.run_ok();
    harness.key_press(Key::Escape);
    assert_eq!(done(&mut harness), []);
    assert!(harness.query_by_label("Save preset").is_some(), "Escape leaves the name");
}

#[test]
fn views_are_chosen_by_the_mouse_and_by_keys_and_remembered() {
    let mut harness = playing(View::Play);
    harness.get_by_label("See").click();
    harness.run_ok();
    assert_eq!(view(&harness), View::See);
    assert!(harness.state().commands.contains(&Command::KeepViewState));
    assert!(harness.state().commands.contains(&Command::LookAtScope(true)));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num5);
    assert_eq!(done(&mut harness).last(), Some(&Command::LookAtScope(false)));
    assert_eq!(view(&harness), View::Console);
}

#[test]
fn an_error_stands_in_the_strip_and_leads_to_its_line() {
    let mut harness = playing(View::Play);
    let error = Diagnostic::error(24, "no such opcode");
    harness.state_mut().editor.feed(News::Diagnostics(vec![Diagnostic::note(3, "fine"), error]));
    harness.run_ok();
    harness.get_by_label("Line 24: no such opcode").click();
    harness.run_ok();
    assert_eq!(view(&harness), View::Edit);
}

#[test]
fn a_line_of_score_is_typed_and_played() {
    let mut harness = playing(View::Edit);
    type_into(&mut harness, "Score", "i \"glass\" 0 2 60");
    harness.key_press(Key::Enter);
    assert_eq!(done(&mut harness), [Command::Score { lines: "i \"glass\" 0 2 60".to_owned() }]);
}

#[test]
fn ctrl_enter_builds_the_text_from_everywhere() {
    for place in [View::Play, View::Edit, View::Session] {
        let mut harness = playing(place);
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
        let commands = done(&mut harness);
        let text = harness.state().editor.model().document.text.to_string();
        assert!(commands.contains(&Command::Build { text }), "{place:?}: {commands:?}");
    }
}

#[test]
fn the_console_filters_and_finds() {
    let mut harness = playing(View::Console);
    let line = |severity, text: &str| ConsoleLine { severity, text: text.to_owned() };
    harness.state_mut().editor.feed(News::Console(vec![
        line(Severity::Note, "instr 1 allocated"),
        line(Severity::Error, "no such table"),
    ]));
    harness.run_ok();
    assert!(harness.query_by_label("instr 1 allocated").is_some());
    harness.get_by_label("Errors").click();
    harness.run_ok();
    assert!(harness.query_by_label("instr 1 allocated").is_none());
    assert!(harness.query_by_label("1 of 2 lines").is_some());
    type_into(&mut harness, "Search the console", "horn");
    harness.get_by_label("Show all lines").click();
    harness.run_ok();
    assert!(harness.query_by_label("instr 1 allocated").is_some());
}

#[test]
fn a_list_is_searched_by_typing_and_opened_with_enter() {
    let mut harness = playing(View::Documents);
    let entry = |name: &str| LibraryEntry {
        name: name.to_owned(),
        category: "Synth".to_owned(),
        author: String::new(),
        text: "What it is.".to_owned(),
        is_template: false,
    };
    harness.state_mut().editor.feed(News::Library(vec![entry("Bell"), entry("Drift")]));
    harness.run_ok();
    type_into(&mut harness, "Search library", "dri");
    assert!(harness.query_by_label("Bell").is_none());
    harness.key_press(Key::Enter);
    assert_eq!(done(&mut harness), [Command::OpenLibrary { entry: 1 }]);
    type_into(&mut harness, "Search library", "zzz");
    harness.get_all_by_label("Clear the search").last().unwrap().click();
    harness.run_ok();
    assert!(harness.query_by_label("Bell").is_some());
}

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
fn a_channel_is_watched_and_its_value_shown() {
    let mut editor = gallery::editor(View::See, Appearance::Dark, 3);
    let target = WatchTarget::Channel("cutoff".to_owned());
    editor.feed(News::Watches(vec![target.clone()]));
    editor.feed(News::Watched { watch: 0, now: WatchNow::number(853.5) });
    let mut harness = open(editor);
    harness.get_by_label("Buses and channels").click();
    assert_eq!(
        done(&mut harness).last(),
        Some(&Command::LookAtScope(false)).filter(|_| false).or(Some(&Command::LookAtValues(true)))
    );
    assert!(harness.query_by_label("853.5").is_some());
    harness.get_by_label("Remove channel cutoff").click();
    assert_eq!(done(&mut harness), [Command::Unwatch(target)]);
}

#[test]
fn a_session_is_begun_changed_and_undone() {
    let mut harness = playing(View::Session);
    harness.get_by_label("Project's session").click();
    harness.run_ok();
    harness.get_by_label("Begin a session").click();
    done(&mut harness);
    harness.get_by_label("Add").click();
    let commands = done(&mut harness);
    let [Command::SetSession { json: Some(json) }] = &commands[..] else { panic!("{commands:?}") };
    assert!(json.contains("\"templates\"") && json.contains("oscili"), "{json}");
    assert!(harness.query_all_by_label("new").next().is_some());
    harness.key_press(Key::Escape);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    assert_eq!(done(&mut harness).last(), Some(&Command::SetSession { json: None }));
    assert!(harness.query_by_label("Begin a session").is_some());
}

#[test]
fn consent_is_asked_for_and_given() {
    let mut harness = playing(View::Play);
    let request = Request { permission: Permission::Network, line: Some(4), answer: None };
    harness.state_mut().editor.feed(News::Requests(vec![request]));
    harness.run_ok();
    harness.get_by_label("The document asks to use the network").click();
    harness.run_ok();
    assert_eq!(view(&harness), View::Session);
    harness.get_by_label("Allow to use the network").click();
    assert_eq!(done(&mut harness), [Command::Consent { permission: Permission::Network, granted: true }]);
    harness.get_by_label("Apart").click();
    assert_eq!(done(&mut harness), [Command::SetPlace(Place::Apart)]);
}

#[test]
fn consent_is_taken_back_and_what_protects_is_told() {
    let mut harness = playing(View::Session);
    let granted = Request { permission: Permission::Files, line: Some(9), answer: Some(true) };
    harness.state_mut().editor.feed(News::Requests(vec![granted]));
    let missing = vec!["rules for files (Landlock)".to_owned()];
    let now = Placed { is_apart: true, reason: "this text is new on this machine".to_owned(), missing };
    harness.state_mut().editor.feed(News::Place(PlaceNow { chosen: Place::Automatic, now: Some(now) }));
    harness.get_by_label("Place and permissions").click();
    harness.run_ok();
    let why = "Now it plays in a process of its own: this text is new on this machine.";
    assert!(harness.query_by_label(why).is_some());
    assert!(harness.query_by_label("rules for files (Landlock)").is_some());
    harness.get_by_label("Withdraw").click();
    assert_eq!(done(&mut harness), [Command::Consent { permission: Permission::Files, granted: false }]);
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
fn a_slot_is_typed_and_changes_places() {
    let mut harness = playing(View::Session);
    harness.get_by_label("Parameters").click();
    harness.run_ok();
    type_over(&mut harness, "Slot of Cutoff", "12");
    harness.key_press(Key::Enter);
    assert_eq!(done(&mut harness), [Command::SwapSlots { one: 0, other: 11 }]);
    type_over(&mut harness, "Slot of Cutoff", "999");
    harness.key_press(Key::Enter);
    assert_eq!(done(&mut harness), [], "there is no such slot");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    assert_eq!(done(&mut harness), [Command::SwapSlots { one: 0, other: 11 }]);
}

/// The one text that was built.
fn built(harness: &mut Harness<'static, Used>) -> String {
    let commands = done(harness);
    let [Command::Build { text }] = &commands[..] else { panic!("{commands:?}") };
    // It comes back as the document's.
    let read = ksmps_document::Document::read(text, None, &ksmps_document::Assets::default()).unwrap();
    let document =
        DocumentNow { text: text.as_str().into(), ..harness.state().editor.model().document.clone() };
    harness.state_mut().editor.feed(News::Document(document));
    harness.state_mut().editor.feed(News::Read(Some(std::sync::Arc::new(read))));
    harness.run_ok();
    text.clone()
}

#[test]
fn the_routing_of_notes_is_changed_in_the_text_and_undone() {
    let mut harness = playing(View::Session);
    let before = harness.state().editor.model().document.text.to_string();
    let line = gallery_line(&harness, "instr glass");
    type_over(&mut harness, &format!("Rule of line {line}"), "mono key=36..60");
    harness.key_press(Key::Enter);
    let changed = built(&mut harness);
    assert_eq!(changed, before.replace(";@notes voices=8", ";@notes mono key=36..60"));
    assert!(harness.query_by_label_contains("keys 36 to 60").is_some());
    // The second instrument is `room`, which notes do not start.
    harness.get_by_label("Notes start room").click();
    let both = built(&mut harness);
    assert_eq!(both, changed.replace("instr room", "instr room ;@notes"));
    harness.key_press(Key::Escape);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    assert_eq!(built(&mut harness), changed);
    harness.get_by_label("Remove").click();
    assert_eq!(built(&mut harness), before.replace(" ;@notes voices=8", ""));
}

#[test]
fn nothing_is_changed_beside_a_draft() {
    let mut harness = playing(View::Edit);
    harness.get_by_label("Code").focus();
    harness.run_ok();
    harness.get_by_label("Code").type_text("; more");
    harness.run_ok();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num7);
    done(&mut harness);
    assert!(harness.query_by_label("Build the text (Ctrl+Enter) to change it here.").is_some());
    harness.get_by_label("Remove").click();
    assert_eq!(done(&mut harness), []);
}

#[test]
fn a_standing_event_is_changed_in_the_text() {
    let text = "<CsoundSynthesizer>\n<CsInstruments>\n</CsInstruments>\n<KsmpsSession>\ntemplate room\n  out 0\n\
                endtemplate\nsched room priority=-1\n</KsmpsSession>\n</CsoundSynthesizer>\n";
    let read = ksmps_document::Document::read(text, None, &ksmps_document::Assets::default());
    let Ok(read) = read else { panic!("{read:?}") };
    let event = read.standing_events.first().expect("it has one").line;
    let mut harness = playing(View::Session);
    let document = DocumentNow { text: text.into(), ..DocumentNow::default() };
    harness.state_mut().editor.feed(News::Document(document));
    harness.state_mut().editor.feed(News::Read(Some(std::sync::Arc::new(read))));
    harness.run_ok();
    type_over(&mut harness, &format!("Event of line {event}"), "sched room priority=-2");
    harness.key_press(Key::Enter);
    let commands = done(&mut harness);
    assert_eq!(commands, [Command::Build { text: text.replace("priority=-1", "priority=-2") }]);
}

#[test]
fn a_bus_of_the_session_stands_with_what_it_holds() {
    let mut harness = playing(View::Session);
    let session = r#"{"ksmps_session": 1, "buses": [{"kind": "control"}]}"#;
    harness.state_mut().editor.feed(News::Session(Some(session.to_owned())));
    let bus = BusValue { token: 1, name: None, is_audio: false, value: 0.25 };
    harness.state_mut().editor.feed(News::Buses(vec![bus]));
    harness.get_by_label("Project's session").click();
    harness.run_ok();
    harness.get_by_label("Buses").click();
    assert!(done(&mut harness).contains(&Command::LookAtValues(true)));
    let value = harness.get_by_label("bus 1").accesskit_node().value();
    assert_eq!(value.as_deref(), Some("control, 0.25"));
}

fn type_over(harness: &mut Harness<'static, Used>, label: &str, text: &str) {
    harness.get_by_label(label).focus();
    harness.run_ok();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    type_into(harness, label, text);
}

#[test]
fn undeclared_channels_become_parameters_of_the_text() {
    let mut harness = playing(View::Session);
    harness.state_mut().editor.feed(News::Undeclared(vec!["wet".to_owned()]));
    harness.get_by_label("Parameters").click();
    harness.run_ok();
    harness.get_by_label("Make parameters").click();
    let commands = done(&mut harness);
    let [Command::Build { text }] = &commands[..] else { panic!("{commands:?}") };
    assert!(text.contains("<CsInstruments>\n;@param wet 0..1\n"), "{text}");
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
fn colours_and_size_are_chosen_and_remembered() {
    let mut harness = playing(View::Session);
    harness.get_by_label("Window").click();
    harness.run_ok();
    harness.get_by_label("Light").click();
    harness.get_by_label("Larger").click();
    harness.run_ok();
    let state = harness.state().editor.view_state();
    assert_eq!((state.appearance, state.zoom), (Appearance::Light, 1.1));
    assert!(harness.state().commands.contains(&Command::KeepViewState));
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
fn an_idle_editor_asks_for_no_frame() {
    for place in View::ALL {
        let mut harness = playing(place);
        harness.run_ok();
        // Peaks fall for a while; then nothing moves.
        harness.state_mut().editor.feed(News::Level { output: 0, peak: 0.0, rms: 0.0 });
        harness.state_mut().editor.feed(News::Level { output: 1, peak: 0.0, rms: 0.0 });
        harness.run_steps(400);
        let delay =
            harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap();
        assert!(delay > std::time::Duration::from_secs(1), "{place:?} asks for a frame after {delay:?}");
    }
}

#[test]
fn what_is_typed_is_built_and_what_comes_back_leaves_the_code_alone() {
    let mut harness = playing(View::Edit);
    harness.get_by_label("Code").focus();
    harness.run_ok();
    harness.get_by_label("Code").type_text("; mine");
    harness.run_ok();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    let commands = done(&mut harness);
    let [Command::Build { text }] = &commands[..] else { panic!("{commands:?}") };
    assert!(text.starts_with("; mine"), "{text}");
    harness.get_by_label("Code").type_text(" and more");
    harness.run_ok();
    let mut document = harness.state().editor.model().document.clone();
    document.text = text.as_str().into();
    harness.state_mut().editor.feed(News::Document(document));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    let commands = done(&mut harness);
    let [Command::Build { text }] = &commands[..] else { panic!("{commands:?}") };
    assert!(text.starts_with("; mine and more"), "{text}");
}

#[test]
fn what_is_typed_in_the_frame_of_the_key_that_builds_is_built() {
    let mut editor = gallery::editor(View::Edit, Appearance::Dark, 3);
    let ctx = egui::Context::default();
    let mut frame = |events: Vec<egui::Event>| {
        let screen_rect = Some(egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1000.0, 700.0)));
        let input = egui::RawInput { screen_rect, events, ..egui::RawInput::default() };
        let mut commands = Vec::new();
        let mut output = ctx.run_ui(input, |ui| commands.extend(editor.show(ui)));
        output.textures_delta.clear();
        commands
    };
    let button = |pressed| egui::Event::PointerButton {
        pos: pos2(600.0, 300.0),
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    frame(Vec::new());
    frame(Vec::new());
    frame(vec![egui::Event::PointerMoved(pos2(600.0, 300.0))]);
    frame(vec![button(true)]);
    frame(vec![button(false)]);
    let enter = egui::Event::Key {
        key: Key::Enter,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::COMMAND,
    };
    let commands = frame(vec![egui::Event::Text("; mine".to_owned()), enter]);
    let built = commands.iter().find_map(|command| match command {
        Command::Build { text } => Some(text),
        _ => None,
    });
    assert!(built.is_some_and(|text| text.contains("; mine")), "{built:?}");
}

#[test]
fn an_instrument_is_evaluated_and_its_variable_watched() {
    let mut harness = playing(View::Edit);
    let line = gallery_line(&harness, "kcut = port");
    harness.state_mut().editor.feed(News::Diagnostics(vec![Diagnostic::error(line, "here")]));
    harness.run_ok();
    harness.get_by_label(&format!("Line {line}: here")).click();
    harness.run_ok();
    harness.key_press(Key::Home);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    let watched = WatchTarget::Variable {
        owner: VariableOwner::Instrument("glass".to_owned()),
        name: "kcut".to_owned(),
        line,
    };
    assert_eq!(done(&mut harness), [Command::Watch(watched)]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    let commands = done(&mut harness);
    let [Command::Evaluate { code }] = &commands[..] else { panic!("{commands:?}") };
    assert!(code.starts_with("instr glass") && code.trim_end().ends_with("endin"), "{code}");
}

/// A variable of an instrument of the sample document.
fn variable(name: &str, line: u32) -> WatchTarget {
    WatchTarget::Variable {
        owner: VariableOwner::Instrument("glass".to_owned()),
        name: name.to_owned(),
        line,
    }
}

#[test]
fn what_is_watched_stands_in_a_list_that_leads_to_its_line_though_lines_moved() {
    let mut harness = playing(View::Edit);
    let line = gallery_line(&harness, "kcut = port");
    let editor = &mut harness.state_mut().editor;
    editor.feed(News::Watches(vec![variable("kcut", line), variable("ksilent", line)]));
    editor.feed(News::Watched { watch: 0, now: WatchNow::number(1240.5) });
    harness.run_ok();
    assert!(harness.query_by_label(&format!("kcut of glass, line {line}")).is_some());
    assert!(harness.query_by_label("1240").is_some() && harness.query_by_label("–").is_some());
    harness.get_by_label("Code").focus();
    harness.run_ok();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Home);
    harness.key_press(Key::Enter);
    harness.key_press(Key::Enter);
    harness.run_steps(4);
    // The list follows the text, and leads to where the variable stands now. There the key ends the watch.
    harness.get_by_label(&format!("kcut of glass, line {}", line + 2)).click();
    done(&mut harness);
    harness.key_press(Key::Home);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    assert_eq!(done(&mut harness), [Command::Unwatch(variable("kcut", line))]);
}

#[test]
fn the_voice_that_is_watched_is_chosen() {
    let mut harness = playing(View::Edit);
    harness.state_mut().editor.feed(News::Watches(vec![variable("kcut", 1)]));
    harness.run_ok();
    harness.get_by_label("Voice that is watched").click();
    harness.run_steps(10);
    harness.get_by_label("voice 2").click();
    assert_eq!(done(&mut harness), [Command::WatchVoice(WatchVoice::Number(1))]);
    harness.state_mut().editor.feed(News::WatchVoice(WatchVoice::Number(1)));
    harness.run_ok();
    let voice = harness.get_by_label("Voice that is watched");
    assert_eq!(voice.value().as_deref(), Some("voice 2"));
}

#[test]
fn a_text_that_hangs_is_said_with_its_instrument_and_its_line() {
    let mut harness = playing(View::Edit);
    let hang = Hang { instrument: Some("glass".to_owned()), line: Some(21) };
    harness.state_mut().editor.feed(News::Hang(Some(hang)));
    harness.run_ok();
    assert!(harness.query_by_label_contains("never comes back in instr glass at line 21").is_some());
    harness.state_mut().editor.feed(News::Hang(None));
    harness.run_ok();
    assert!(harness.query_by_label_contains("never comes back").is_none());
}

/// The line of the sample document in which something stands.
fn gallery_line(harness: &Harness<'static, Used>, part: &str) -> u32 {
    let text = &harness.state().editor.model().document.text;
    text.lines().position(|line| line.contains(part)).unwrap() as u32 + 1
}

#[test]
fn the_text_is_built_after_a_pause_where_the_user_wants_it() {
    let mut harness = playing(View::Edit);
    harness.get_by_label("Build as I type").click();
    harness.run_ok();
    harness.get_by_label("Code").focus();
    harness.run_ok();
    harness.get_by_label("Code").type_text("; x");
    harness.run_steps(2);
    assert!(!done(&mut harness).iter().any(|one| matches!(one, Command::Build { .. })), "no pause yet");
    harness.run_steps(60);
    assert!(done(&mut harness).iter().any(|one| matches!(one, Command::Build { .. })));
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

/// Everything that can be clicked or has the keyboard has a name, and everything that can be clicked can have it.
#[test]
fn every_control_has_a_name_and_a_way_by_the_keyboard() {
    let mut faults = Vec::new();
    let mut count = 0;
    for mut scene in gallery::scenes(Appearance::Dark) {
        let name = scene.name;
        let mut harness =
            Harness::builder().with_size(egui::vec2(1000.0, 1400.0)).build_ui(move |ui| _ = scene.show(ui));
        harness.run_ok();
        for node in harness.root().children_recursive() {
            let node = node.accesskit_node();
            let supports = |action| node.data().supports_action(action);
            let is_clicked = supports(Action::Click);
            // Text that the mouse can select is read as it stands, and egui scrolls to what has the keyboard.
            let is_passive = matches!(node.role(), Role::Label | Role::ScrollBar);
            if is_passive || !is_clicked && !supports(Action::Focus) {
                continue;
            }
            count += 1;
            let label = node.label().unwrap_or_default();
            let place = node.raw_bounds();
            if label.trim().is_empty() {
                faults.push(format!("{name}: a {:?} at {place:?} has no name", node.role()));
            }
            if is_clicked && !supports(Action::Focus) {
                faults.push(format!("{name}: {label:?} at {place:?} is for the mouse alone"));
            }
        }
    }
    assert!(count > 500, "{count} controls");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
