//! The code widget as a user has it: keys and the mouse in, text and commands out, without a window.

use egui::{Event, Key, Modifiers, OutputCommand, Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use ksmps_data::opcode::Opcode;
use ksmps_editor::code::{
    CodeCommand, CodeInputs, CodeOptions, CodeState, Mark, OpcodeBook, Position, Selection, Severity, show,
};
use ksmps_editor::theme::{Theme, apply};

/// The widget with what it needs and what it gave.
struct Shown {
    state: CodeState,
    book: OpcodeBook,
    marks: Vec<Mark>,
    commands: Vec<CodeCommand>,
    changes: usize,
    themed: bool,
}

type Driver = Harness<'static, Shown>;

/// A widget with a text and the keyboard.
fn driver(text: &str) -> Driver {
    let form = |(name, flags): (&str, u32)| Opcode {
        name: name.to_owned(),
        out_types: "a".to_owned(),
        in_types: "kk".to_owned(),
        flags,
    };
    let opcodes = [
        ("oscil", 0),
        ("oscili", 0),
        ("poscil", 0),
        ("oscilx", Opcode::DEPRECATED),
        ("outs", 0),
        ("chnget", 0),
    ];
    let shown = Shown {
        state: CodeState::new(text),
        book: OpcodeBook::new(&opcodes.map(form)),
        marks: Vec::new(),
        commands: Vec::new(),
        changes: 0,
        themed: false,
    };
    let mut driver =
        Harness::builder().with_size(vec2(700.0, 400.0)).with_step_dt(1.0 / 60.0).build_ui_state(
            |ui, shown: &mut Shown| {
                if !std::mem::replace(&mut shown.themed, true) {
                    apply(ui.ctx(), &Theme::DARK);
                }
                let inputs = CodeInputs {
                    name: "Code",
                    theme: &Theme::DARK,
                    opcodes: &shown.book,
                    marks: &shown.marks,
                    notes: &[],
                    channels: &["cutoff".to_owned()],
                    watch: Some("Watch kcut"),
                    options: CodeOptions::default(),
                };
                let output = show(ui, &mut shown.state, &inputs);
                shown.commands.extend(output.commands);
                shown.changes += usize::from(output.changed);
            },
            shown,
        );
    driver.run();
    driver.get_by_label("Code").focus();
    driver.run();
    driver
}

/// Types letters one by one.
fn type_letters(driver: &mut Driver, text: &str) {
    for letter in text.chars() {
        driver.event(Event::Text(letter.to_string()));
        driver.run();
    }
}

fn press(driver: &mut Driver, modifiers: Modifiers, keys: &[Key]) {
    for key in keys {
        driver.key_press_modifiers(modifiers, *key);
        driver.run();
    }
}

fn text(driver: &Driver) -> String {
    driver.state().state.buffer().text()
}

/// Puts the caret, or selects from the first `|` to the second, and checks the text with marks afterwards.
fn check(before: &str, modifiers: Modifiers, keys: &[Key], after: &str) {
    let mut driver = driver(&before.replace('|', ""));
    let places: Vec<usize> = before.char_indices().filter(|(_, c)| *c == '|').map(|(at, _)| at).collect();
    let anchor = places[0];
    let caret = places.get(1).map_or(anchor, |at| at - 1);
    driver.state_mut().state.select(Selection { anchor, caret });
    driver.run();
    press(&mut driver, modifiers, keys);
    let mut found = text(&driver);
    let selection = driver.state().state.selection();
    found.insert(selection.range().end, '|');
    if !selection.is_empty() {
        found.insert(selection.range().start, '|');
    }
    assert_eq!(found, after, "{keys:?} in {before:?}");
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..NONE };
const SHIFT: Modifiers = Modifiers { shift: true, ..NONE };
const ALT: Modifiers = Modifiers { alt: true, ..NONE };
const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..CTRL };

#[test]
fn typing_is_one_step_of_undo_and_has_a_name_and_a_value() {
    let mut driver = driver("");
    type_letters(&mut driver, "a1 = 2");
    assert_eq!(text(&driver), "a1 = 2");
    assert_eq!(driver.get_by_label("Code").value().as_deref(), Some("a1 = 2"));
    assert_eq!(driver.state().changes, 6);
    press(&mut driver, CTRL, &[Key::Z]);
    assert_eq!(text(&driver), "");
    press(&mut driver, CTRL_SHIFT, &[Key::Z]);
    assert_eq!(text(&driver), "a1 = 2");
    press(&mut driver, CTRL, &[Key::Z, Key::Y]);
    assert_eq!(text(&driver), "a1 = 2");
}

#[test]
fn keys_edit_lines() {
    check("a|b", NONE, &[Key::Enter], "a\n|b");
    check("  if k1 == 2 then|", NONE, &[Key::Enter], "  if k1 == 2 then\n    |");
    check("instr 1 ; note|", NONE, &[Key::Enter], "instr 1 ; note\n  |");
    check("  if k1 goto out|", NONE, &[Key::Enter], "  if k1 goto out\n  |");
    check("a\n  |b\n|c", NONE, &[Key::Tab], "a\n    |b\n|c");
    check("a\n  |b\nc|", SHIFT, &[Key::Tab], "a\n|b\nc|");
    check("a|", NONE, &[Key::Tab], "a |");
    check("    |x", NONE, &[Key::Backspace], "  |x");
    check("one two|", CTRL, &[Key::Backspace], "one |");
    check("|one two", CTRL, &[Key::Delete], "|two");
    check("  a|\n    b\n", CTRL, &[Key::Slash], "  ; a|\n    b\n");
    check("  |a\n    b|", CTRL, &[Key::Slash, Key::Slash], "  |a\n    b|");
    check("a|b\nc", CTRL, &[Key::D], "ab\na|b\nc");
    check("a\nb|\nc", ALT, &[Key::ArrowUp], "b|\na\nc");
    check("a\nb|\nc", ALT, &[Key::ArrowDown], "a\nc\nb|");
    check("a\nb|\nc", CTRL_SHIFT, &[Key::K], "a\nc|");
}

#[test]
fn keys_move_the_caret() {
    check("  ab|c", NONE, &[Key::Home], "  |abc");
    check("  ab|c", NONE, &[Key::Home, Key::Home], "|  abc");
    check("kone = ktw|o", CTRL, &[Key::ArrowLeft, Key::ArrowLeft], "kone |= ktwo");
    check("long|er\na\nlonger", NONE, &[Key::ArrowDown, Key::ArrowDown], "longer\na\nlong|er");
    check("ab|c", SHIFT, &[Key::End], "ab|c|");
    check("f(a, |(b))", CTRL, &[Key::M], "f(a, (b|))");
    check("a\n|b", CTRL, &[Key::A], "|a\nb|");
}

#[test]
fn the_clipboard_takes_what_is_selected_or_the_line() {
    let mut driver = driver("one\ntwo");
    driver.state_mut().state.select(Selection { anchor: 4, caret: 7 });
    driver.event(Event::Cut);
    driver.step();
    let copied = |driver: &Driver| {
        driver.output().platform_output.commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    };
    assert_eq!(copied(&driver).as_deref(), Some("two"));
    assert_eq!(text(&driver), "one\n");
    driver.event(Event::Paste("x\r\ny".to_owned()));
    driver.run();
    assert_eq!(text(&driver), "one\nx\ny");
    driver.state_mut().state.select(Selection::at(1));
    driver.event(Event::Copy);
    driver.step();
    assert_eq!(copied(&driver).as_deref(), Some("one\n"));
}

#[test]
fn find_selects_matches_and_replace_all_is_one_step() {
    let mut driver = driver("kcut one kcut two\nKCUT");
    press(&mut driver, CTRL, &[Key::H]);
    driver.get_by_role_and_label(Role::TextInput, "Find").type_text("kcut");
    driver.run();
    assert_eq!(driver.state().state.find().matches().len(), 3);
    assert_eq!(driver.state().state.selection().range(), 0..4);
    driver.get_by_label("Match case").click();
    driver.run();
    assert_eq!(driver.state().state.find().matches().len(), 2);
    driver.get_by_label("Next match").click();
    driver.run();
    assert_eq!(driver.state().state.selection().range(), 9..13);
    driver.get_by_role_and_label(Role::TextInput, "Replace with").focus();
    driver.run();
    driver.get_by_role_and_label(Role::TextInput, "Replace with").type_text("kres");
    driver.run();
    driver.get_by_label("Replace all").click();
    driver.run();
    assert_eq!(text(&driver), "kres one kres two\nKCUT");
    driver.get_by_label("Close find").click();
    driver.run();
    press(&mut driver, CTRL, &[Key::Z]);
    assert_eq!(text(&driver), "kcut one kcut two\nKCUT");
}

#[test]
fn completion_offers_the_recent_first_and_tab_accepts() {
    let mut driver = driver("");
    type_letters(&mut driver, "a1 os");
    let offered = |driver: &Driver| -> Vec<String> {
        let list = driver.state().state.completion();
        list.map(|list| list.candidates.iter().map(|c| c.text.clone()).collect()).unwrap_or_default()
    };
    assert_eq!(offered(&driver), ["oscil", "oscili", "oscilx", "poscil"]);
    press(&mut driver, NONE, &[Key::ArrowDown, Key::Tab]);
    assert_eq!(text(&driver), "a1 oscili");
    assert!(driver.state().state.completion().is_none());
    type_letters(&mut driver, " 1, os");
    assert_eq!(offered(&driver)[0], "oscili", "what was accepted last comes first");
    press(&mut driver, NONE, &[Key::Escape]);
    assert!(driver.state().state.completion().is_none());
    assert!(driver.get_by_label("Code").accesskit_node().is_focused(), "Escape closes the list alone");
    type_letters(&mut driver, "c");
    driver.get_by_label("oscil").click();
    driver.run();
    assert_eq!(text(&driver), "a1 oscili 1, oscil");
}

#[test]
fn variables_opcodes_of_the_document_and_channels_are_offered() {
    let mut driver = driver(
        "gkall init 0\nopcode Widen, a, a\nendop\ninstr 1\nkalpha = 1\n\nendin\ninstr 2\nkalien = 1\nendin",
    );
    let end = driver.state().state.buffer().line_start(5);
    let offered = |driver: &mut Driver, at: usize, typed: &str| -> Vec<String> {
        driver.state_mut().state.select(Selection::at(at));
        driver.run();
        type_letters(driver, typed);
        let list = driver.state().state.completion();
        let found =
            list.map(|list| list.candidates.iter().map(|c| c.text.clone()).collect()).unwrap_or_default();
        press(driver, NONE, &[Key::Escape]);
        press(driver, CTRL, &[Key::Z]);
        found
    };
    assert_eq!(offered(&mut driver, end, "kal"), ["kalpha", "gkall"]);
    assert_eq!(offered(&mut driver, end, "wid"), ["Widen"]);
    assert_eq!(offered(&mut driver, end, "k1 chnget \"cu"), ["cutoff"]);
    assert_eq!(offered(&mut driver, end, "; osc"), Vec::<String>::new());
}

#[test]
fn folds_hide_lines_and_the_caret_steps_over_them() {
    let mut driver = driver("x\ninstr 1\na\nb\nendin\ny");
    driver.state_mut().state.select(Selection::at(4));
    driver.run();
    press(&mut driver, CTRL_SHIFT, &[Key::OpenBracket]);
    assert!(driver.state().state.folds().is_folded(1));
    press(&mut driver, NONE, &[Key::ArrowDown]);
    assert_eq!(driver.state().state.caret().line, 5);
    driver.state_mut().state.go_to(Position { line: 3, column: 0 });
    driver.run();
    assert!(!driver.state().state.folds().is_folded(1), "what is gone to is shown");
}

#[test]
fn errors_are_gone_to_and_commands_come_out() {
    let mut driver = driver("a\ninstr 1\n  b\nendin\nc");
    let mark = |line| Mark { line, columns: None, severity: Severity::Error, text: "wrong".to_owned() };
    driver.state_mut().marks = vec![mark(4), mark(2)];
    press(&mut driver, NONE, &[Key::F8]);
    assert_eq!(driver.state().state.caret().line, 2);
    press(&mut driver, ALT, &[Key::Enter]);
    press(&mut driver, CTRL, &[Key::Enter]);
    assert_eq!(
        driver.state().commands,
        [CodeCommand::Evaluate { text: "instr 1\n  b\nendin".to_owned(), line: 1 }, CodeCommand::Build]
    );
    press(&mut driver, SHIFT, &[Key::F8]);
    assert_eq!(driver.state().state.caret().line, 4);
}

#[test]
fn the_mouse_places_the_caret_selects_words_and_drags() {
    let mut driver = driver("kcut = kres\nsecond");
    let corner = driver.get_by_label("Code").rect().min;
    // The gutter is about 62 points wide, a letter 8.4, a row 18.
    let at = move |column: f32, row: f32| corner + vec2(62.0 + column * 8.43, 9.0 + row * 18.0);
    driver.hover_at(at(8.2, 0.0));
    driver.drag_at(at(8.2, 0.0));
    driver.drop_at(at(8.2, 0.0));
    driver.run();
    let caret = driver.state().state.caret();
    assert!(caret.line == 0 && (7..=9).contains(&caret.column), "{caret:?}");
    // Long enough that the next click is the first of two.
    driver.run_steps(40);
    for _ in 0..2 {
        driver.drag_at(at(8.2, 0.0));
        driver.drop_at(at(8.2, 0.0));
    }
    driver.run();
    assert_eq!(driver.state().state.selection().range(), 7..11);
    driver.drag_at(at(0.0, 1.0));
    driver.step();
    driver.hover_at(at(3.0, 1.0));
    driver.step();
    driver.drop_at(at(3.0, 1.0));
    driver.run();
    let chosen = driver.state().state.selection().range();
    assert!(!chosen.is_empty() && driver.state().state.buffer().line_of(chosen.start) == 1, "{chosen:?}");
}

#[test]
fn the_menu_has_what_keys_do() {
    let mut driver = driver("instr 1\nendin");
    driver.get_by_label("Code").click_secondary();
    // A menu fades in.
    driver.run_steps(10);
    driver.get_by_label_contains("Evaluate").click();
    driver.run_steps(10);
    let evaluate = CodeCommand::Evaluate { text: "instr 1\nendin".to_owned(), line: 0 };
    assert_eq!(driver.state().commands, [evaluate]);
    driver.get_by_label("Code").click_secondary();
    driver.run_steps(10);
    driver.get_by_label_contains("Watch kcut").click();
    driver.run_steps(10);
    assert_eq!(driver.state().commands[1..], [CodeCommand::Watch]);
}

#[test]
fn the_menu_is_of_the_word_under_the_mouse() {
    let mut driver = driver("instr 1\nendin");
    assert_eq!(driver.state().state.caret().line, 0);
    driver.get_by_label("Code").click_secondary();
    driver.run_steps(10);
    assert_eq!(driver.state().state.caret().line, 1, "below the last line lies the last line");
    // What is selected there stays selected.
    driver.key_press(Key::Escape);
    driver.run_steps(10);
    let all = Selection { anchor: 0, caret: 13 };
    driver.state_mut().state.select(all);
    driver.run();
    driver.get_by_label("Code").click_secondary();
    driver.run_steps(10);
    assert_ne!(driver.state().state.selection(), all, "the mouse was beside it");
}

#[test]
fn an_input_method_composes_and_commits() {
    let mut driver = driver("");
    driver.event(Event::Ime(egui::ImeEvent::Preedit { text: "´".to_owned(), active_range_chars: None }));
    driver.run();
    assert_eq!(text(&driver), "");
    driver.event(Event::Ime(egui::ImeEvent::Commit("é".to_owned())));
    driver.run();
    assert_eq!(text(&driver), "é");
}

#[test]
fn keys_without_a_meaning_are_left_to_others() {
    let mut driver = driver("a");
    driver.event(Event::Key {
        key: Key::S,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: CTRL,
    });
    driver.step();
    assert!(driver.ctx.input(|input| input.key_pressed(Key::S) && !input.events.is_empty()));
    driver.event(Event::Key {
        key: Key::D,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: CTRL,
    });
    driver.step();
    let is_d = |event: &Event| matches!(event, Event::Key { key: Key::D, pressed: true, .. });
    assert!(!driver.ctx.input(|input| input.events.iter().any(is_d)), "Ctrl+D is used");
    press(&mut driver, NONE, &[Key::Escape]);
    assert!(!driver.get_by_label("Code").accesskit_node().is_focused(), "Escape gives the keyboard back");
}
