//! The text: typed, built, evaluated; its errors, and where it hangs.

use egui::{Key, Modifiers, pos2};
use egui_kittest::kittest::Queryable;
use ksmps_data::diagnostic::Diagnostic;
use ksmps_editor::gallery;
use ksmps_editor::model::{Appearance, Command, Hang, News, View};

use super::{done, playing, view};

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
