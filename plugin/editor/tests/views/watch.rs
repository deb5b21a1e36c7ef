//! Watched values.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use ksmps_data::diagnostic::Diagnostic;
use ksmps_editor::gallery;
use ksmps_editor::model::{
    Appearance, Command, News, VariableOwner, View, WatchNow, WatchTarget, WatchVoice,
};

use super::{done, gallery_line, open, playing};

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
