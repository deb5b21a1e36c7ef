//! Controls of parameters: knobs, switches, menus, their context menus.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use ksmps_editor::model::{Command, News, View};

use super::{Used, base, done, playing, type_into};

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
