//! The instruments and templates of the document, which of them notes start, and its standing events.

use egui::{Align2, ScrollArea, Sense, Ui, pos2, vec2};

use ksmps_document::{Document, NoteRule, Notes};

use crate::state::State;
use crate::theme::{Theme, bold, medium, size};
use crate::widgets::{button, paint, panel};

pub(super) fn show(state: &mut State, theme: &Theme, ui: &mut Ui) {
    let Some(read) = state.model.read.clone() else {
        panel::filling(ui, theme, |ui| {
            let why = "Instruments of the document, and how notes start them, stand here once its text can be read.";
            panel::empty(ui, theme, "No instruments", why, None);
        });
        return;
    };
    panel::filling(ui, theme, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            instruments(state, theme, &read, ui);
            ui.add_space(size::GROUP);
            panel::title(ui, theme, "Notes");
            for line in notes(&read.notes) {
                ui.label(line);
            }
            if let Some(refused) = state.model.engine.as_ref().and_then(|engine| engine.notes_refused.as_ref()) {
                ui.colored_label(theme.warning, refused);
            }
            ui.add_space(size::GROUP);
            panel::title(ui, theme, "Standing events of the document");
            if read.standing_events.is_empty() {
                panel::note(ui, theme, "None. A line such as sched room priority=-1 in <KsmpsSession> starts one with the engine.");
            }
            for event in &read.standing_events {
                let line = event.line;
                ui.horizontal(|ui| {
                    ui.label(format!("{} from {} s", event.sched.template, event.sched.start));
                    if button::compact(ui, &format!("Line {line}")).clicked() {
                        state.go_to(line);
                    }
                });
            }
        });
    });
}

fn instruments(state: &mut State, theme: &Theme, read: &Document, ui: &mut Ui) {
    panel::title(ui, theme, "Instruments");
    let templates = read.templates.iter().map(|template| (&template.instrument, "template"));
    let all: Vec<_> = read.instruments.iter().map(|one| (one, "instr")).chain(templates).collect();
    if all.is_empty() {
        panel::note(ui, theme, "None yet.");
    }
    for (one, kind) in all {
        ui.horizontal(|ui| {
            let room = ui.available_width() - 90.0;
            let (rect, _) = ui.allocate_exact_size(vec2(room, size::COMPACT), Sense::hover());
            let y = rect.center().y;
            let small = medium(size::TEXT_LABEL);
            paint::text(
                ui,
                pos2(rect.left(), y),
                Align2::LEFT_CENTER,
                kind,
                small.clone(),
                theme.muted,
                60.0,
            );
            let name = one.names.join(", ");
            let at = pos2(rect.left() + 66.0, y);
            let taken = paint::text(
                ui,
                at,
                Align2::LEFT_CENTER,
                &name,
                bold(size::TEXT_BODY),
                theme.text,
                room * 0.4,
            );
            let fields: Vec<String> =
                one.pfields.iter().map(|field| format!("p{} {}", field.index, field.name)).collect();
            let at = pos2(at.x + taken.max(100.0) + size::GROUP, y);
            let rest = rect.right() - at.x;
            paint::text(ui, at, Align2::LEFT_CENTER, &fields.join("   "), small, theme.muted, rest);
            if button::compact(ui, &format!("Line {}", one.line))
                .on_hover_text("Show it in the code")
                .clicked()
            {
                state.go_to(one.line);
            }
        });
    }
}

/// How notes are taken, in words.
fn notes(notes: &Notes) -> Vec<String> {
    match notes {
        Notes::Sched(rules) => rules.iter().map(rule).collect(),
        Notes::Midi => vec!["Notes go to Csound's own MIDI opcodes.".to_owned()],
        Notes::Off => vec!["The document takes no notes.".to_owned()],
        Notes::Undeclared => {
            vec!["No notes are taken. A line ;@notes inside an instrument has notes start it.".to_owned()]
        }
    }
}

fn rule(rule: &NoteRule) -> String {
    let ranges: Vec<String> = rule.keys.iter().map(|(low, high)| format!("{low} to {high}")).collect();
    let keys = if ranges.is_empty() { "all keys".to_owned() } else { format!("keys {}", ranges.join(", ")) };
    let voices = match rule.voices {
        1 => "one voice".to_owned(),
        count => format!("up to {count} voices"),
    };
    let (low, high) = rule.velocities;
    let name = rule.name.as_ref().unwrap_or(&rule.instrument);
    format!("{name}: {keys}, velocities {low} to {high}, {voices}")
}
