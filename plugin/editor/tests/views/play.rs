//! The play surface and what surrounds it: keyboard, presets, choice of views, console, lists.

use egui::accesskit::{Action, Role};
use egui::{Key, Modifiers, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use ksmps_data::diagnostic::Severity;
use ksmps_editor::gallery;
use ksmps_editor::model::{Appearance, Command, ConsoleLine, LibraryEntry, News, View};

use super::{done, playing, type_into, view};

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
fn a_line_of_score_is_typed_and_played() {
    let mut harness = playing(View::Edit);
    type_into(&mut harness, "Score", "i \"glass\" 0 2 60");
    harness.key_press(Key::Enter);
    assert_eq!(done(&mut harness), [Command::Score { lines: "i \"glass\" 0 2 60".to_owned() }]);
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
