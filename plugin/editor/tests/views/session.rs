//! The session view: routing, standing events, slots, buses, permissions.

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use ksmps_editor::model::{
    BusValue, Command, DocumentNow, HeldNotes, News, Permission, Place, PlaceNow, Placed, Request, View,
};

use super::{built, done, gallery_line, playing, type_over, view};

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
    harness.get_by_label("All apart").click();
    assert_eq!(done(&mut harness), [Command::SetPlaceForAll(Place::Apart)]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    assert_eq!(done(&mut harness), [Command::SetPlaceForAll(Place::Automatic)]);
    harness.get_by_label("Stay until let go").click();
    assert_eq!(done(&mut harness), [Command::SetHeldNotes(HeldNotes::Stay)]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    assert_eq!(done(&mut harness), [Command::SetHeldNotes(HeldNotes::Restart)]);
}

#[test]
fn consent_is_taken_back_and_what_protects_is_told() {
    let mut harness = playing(View::Session);
    let granted = Request { permission: Permission::Files, line: Some(9), answer: Some(true) };
    harness.state_mut().editor.feed(News::Requests(vec![granted]));
    let missing = vec!["rules for files (Landlock)".to_owned()];
    let now = Placed { is_apart: true, reason: "this text is new on this machine".to_owned(), missing };
    harness.state_mut().editor.feed(News::Place(PlaceNow { now: Some(now), ..PlaceNow::default() }));
    harness.get_by_label("Place and permissions").click();
    harness.run_ok();
    let why = "Now it plays in a process of its own: this text is new on this machine.";
    assert!(harness.query_by_label(why).is_some());
    assert!(harness.query_by_label("rules for files (Landlock)").is_some());
    harness.get_by_label("Withdraw").click();
    assert_eq!(done(&mut harness), [Command::Consent { permission: Permission::Files, granted: false }]);
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
