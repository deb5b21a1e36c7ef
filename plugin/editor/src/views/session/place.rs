//! Where the document plays, what becomes of held notes when its text changes, and what it asks permission for.

use egui::{ScrollArea, Ui};

use crate::model::{Command, HeldNotes, Place};
use crate::state::State;
use crate::theme::{Theme, size};
use crate::widgets::{button, panel, tabs};

/// The places in the order of the tabs, with what they mean.
const PLACES: [(Place, &str, &str); 3] = [
    (
        Place::Automatic,
        "Automatic",
        "A new text plays in a process of its own until it has shown that it does no harm.",
    ),
    (
        Place::Together,
        "Together",
        "In the host's process: least load and latency. A text that crashes Csound takes the host with it.",
    ),
    (Place::Apart, "Apart", "In a process of its own: whatever the text does, the host goes on."),
];

/// The same of all instances on this machine.
const PLACES_OF_ALL: [(Place, &str, &str); 3] = [
    (Place::Automatic, "As projects wish", "Each instance plays where its project wishes."),
    (
        Place::Together,
        "All together",
        "Every instance plays in its host's process, whatever its project wishes, but for documents that ask for permissions.",
    ),
    (
        Place::Apart,
        "All apart",
        "Every instance has a process of its own, whatever its project wishes: no text ends a host.",
    ),
];

/// What becomes of held notes.
const HELD_NOTES: [(HeldNotes, &str, &str); 2] = [
    (HeldNotes::Restart, "Begin again", "Keys that are down begin again in the changed text."),
    (
        HeldNotes::Stay,
        "Stay until let go",
        "Keys that are down go on in the old text, beside the changed one, until they are let go.",
    ),
];

pub(super) fn show(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::filling(ui, theme, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            place(state, theme, ui);
            ui.add_space(size::SECTION);
            place_of_all(state, theme, ui);
            ui.add_space(size::SECTION);
            held_notes(state, theme, ui);
            ui.add_space(size::SECTION);
            requests(state, theme, ui);
        });
    });
}

fn place(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::title(ui, theme, "Where the document plays");
    let now = state.model.place.clone();
    let mut chosen = PLACES.iter().position(|(place, _, _)| *place == now.chosen).unwrap_or(0);
    if tabs::tabs(ui, theme, &PLACES.map(|(_, name, _)| name), &mut chosen) {
        state.act(Command::SetPlace(PLACES[chosen].0));
    }
    panel::note(ui, theme, PLACES[chosen].2);
    ui.add_space(size::TIGHT);
    let Some(placed) = &now.now else {
        panel::note(ui, theme, "Nothing plays yet.");
        return;
    };
    let place = if placed.is_apart { "in a process of its own" } else { "in the host's process" };
    ui.label(format!("Now it plays {place}: {}.", placed.reason));
    if !placed.missing.is_empty() {
        let what = "This system lacks protections for that process. A document could do here what they forbid elsewhere:";
        ui.colored_label(theme.warning, what);
        for one in &placed.missing {
            panel::note(ui, theme, one);
        }
    }
}

fn place_of_all(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::title(ui, theme, "All instances on this machine");
    let now = state.model.place.for_all;
    let mut chosen = PLACES_OF_ALL.iter().position(|(place, _, _)| *place == now).unwrap_or(0);
    if tabs::tabs(ui, theme, &PLACES_OF_ALL.map(|(_, name, _)| name), &mut chosen) {
        state.act(Command::SetPlaceForAll(PLACES_OF_ALL[chosen].0));
    }
    panel::note(ui, theme, PLACES_OF_ALL[chosen].2);
}

fn held_notes(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::title(ui, theme, "Held notes when the text changes");
    let now = state.model.held_notes;
    let mut chosen = HELD_NOTES.iter().position(|(held_notes, _, _)| *held_notes == now).unwrap_or(0);
    if tabs::tabs(ui, theme, &HELD_NOTES.map(|(_, name, _)| name), &mut chosen) {
        state.act(Command::SetHeldNotes(HELD_NOTES[chosen].0));
    }
    panel::note(ui, theme, HELD_NOTES[chosen].2);
}

fn requests(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::title(ui, theme, "Permissions");
    if state.model.requests.is_empty() {
        panel::note(ui, theme, "The document asks for none.");
        return;
    }
    panel::note(
        ui,
        theme,
        "Your answer holds on this machine, for this text at this place, and is not stored in the project.",
    );
    for request in state.model.requests.clone() {
        ui.add_space(size::NEAR);
        let what = super::super::strip::permission(request.permission);
        ui.horizontal(|ui| {
            let said = match request.answer {
                None => "not answered",
                Some(true) => "allowed",
                Some(false) => "refused",
            };
            ui.label(format!("The document asks to {what}:"));
            let colour = if request.answer.is_none() { theme.warning } else { theme.muted };
            ui.colored_label(colour, said);
        });
        ui.horizontal(|ui| {
            let answer = |state: &mut State, granted| {
                state.act(Command::Consent { permission: request.permission, granted });
            };
            if request.answer != Some(true) && button::plain(ui, &format!("Allow to {what}")).clicked() {
                answer(state, true);
            }
            let refuse = if request.answer == Some(true) { "Withdraw" } else { "Refuse" };
            if request.answer != Some(false) && button::plain(ui, refuse).clicked() {
                answer(state, false);
            }
            if let Some(line) = request.line
                && button::plain(ui, &format!("Line {line}")).clicked()
            {
                state.go_to(line);
            }
        });
    }
}
