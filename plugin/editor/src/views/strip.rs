//! The line below every view: what is wrong or waits for an answer, which text sounds, and what it takes.

use egui::{Align2, Color32, Key, Modifiers, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use ksmps_data::diagnostic::{Diagnostic, Severity};

use crate::model::{Model, Permission, View};
use crate::state::State;
use crate::theme::{Theme, medium, size};
use crate::widgets::{paint, panel};

/// What the strip says on its left, and where a click leads.
struct Said {
    text: String,
    colour: Color32,
    leads: Leads,
}

#[derive(Clone, Copy)]
enum Leads {
    Nowhere,
    Line(u32),
    /// A view, and its page where it has pages.
    View(View, usize),
}

pub(super) fn show(state: &mut State, theme: &Theme, ui: &mut Ui) {
    next_error(state, ui);
    let frame = panel::frame(theme).inner_margin(egui::Margin::symmetric(size::INSET as i8, 4));
    frame.show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        let all = ui.max_rect();
        let said = said(&state.model, theme);
        // What is wrong has the room where there is not enough for both.
        let is_short = all.width() < 1000.0 && !said.text.is_empty() && said.colour != theme.ok;
        let facts = facts(&state.model, is_short);
        let right = pos2(all.right(), all.center().y);
        let font = medium(size::TEXT_LABEL);
        let taken =
            paint::text(ui, right, Align2::RIGHT_CENTER, &facts, font, theme.muted, all.width() * 0.6);
        let room = Rect::from_min_max(all.min, pos2(all.right() - taken - size::GROUP, all.max.y));
        let response = ui.interact(room, ui.scope_id().with("said"), sense(said.leads));
        let dot = pos2(room.left() + 4.0, room.center().y);
        ui.painter().circle_filled(dot, 4.0, said.colour);
        let colour = if said.colour == theme.error { theme.error } else { theme.text };
        let at = dot + vec2(12.0, 0.0);
        paint::text(
            ui,
            at,
            Align2::LEFT_CENTER,
            &said.text,
            medium(size::TEXT_BODY),
            colour,
            room.width() - 16.0,
        );
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Status, true, &said.text));
        paint::focus_ring(ui, theme, room, &response);
        let is_clicked = response.clicked();
        response.on_hover_text(&said.text);
        if is_clicked {
            lead(state, said.leads);
        }
    });
}

fn sense(leads: Leads) -> Sense {
    if matches!(leads, Leads::Nowhere) { Sense::hover() } else { Sense::click() }
}

fn lead(state: &mut State, leads: Leads) {
    match leads {
        Leads::Nowhere => {}
        Leads::Line(line) => state.go_to(line),
        Leads::View(view, page) => {
            state.view_state.view = view;
            match view {
                View::Documents => state.view_state.documents_page = page,
                View::Session => state.view_state.session_page = page,
                _ => {}
            }
        }
    }
}

/// F8 goes to the next line with a diagnostic.
fn next_error(state: &mut State, ui: &Ui) {
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F8)) {
        let mut lines: Vec<u32> = state.model.diagnostics.iter().filter_map(|one| one.line).collect();
        lines.sort_unstable();
        let next = lines.iter().find(|line| Some(**line) > state.last_line).or(lines.first());
        if let Some(line) = next.copied() {
            state.go_to(line);
        }
    }
}

/// The gravest thing that there is to say.
fn said(model: &Model, theme: &Theme) -> Said {
    let say = |text: String, colour, leads| Said { text, colour, leads };
    if let Some(hang) = &model.hang {
        let place = [
            hang.instrument.as_ref().map(|name| format!(" in instr {name}")),
            hang.line.map(|line| format!(" at line {line}")),
        ];
        let place: String = place.into_iter().flatten().collect();
        return say(
            format!("The text never comes back{place}"),
            theme.error,
            hang.line.map_or(Leads::Nowhere, Leads::Line),
        );
    }
    if let Some(error) = model.diagnostics.first().filter(|one| one.severity == Severity::Error) {
        let more = match model.error_count() {
            1 => String::new(),
            count => format!("  (1 of {count})"),
        };
        return say(
            line_and_text(error) + &more,
            theme.error,
            error.line.map_or(Leads::Nowhere, Leads::Line),
        );
    }
    if model.linked.as_ref().is_some_and(|linked| linked.conflict.is_some()) {
        return say(
            "The linked file and the document have both changed".to_owned(),
            theme.warning,
            Leads::View(View::Documents, 4),
        );
    }
    if let Some(request) = model.requests.iter().find(|request| request.answer.is_none()) {
        let what = permission(request.permission);
        return say(format!("The document asks to {what}"), theme.warning, Leads::View(View::Session, 3));
    }
    match model.missing.len() {
        0 => {}
        1 => {
            return say(
                format!("A file is missing: {}", model.missing[0].name),
                theme.warning,
                Leads::View(View::Documents, 3),
            );
        }
        count => {
            return say(format!("{count} files are missing"), theme.warning, Leads::View(View::Documents, 3));
        }
    }
    if model.is_building {
        return say("Building…".to_owned(), theme.accent, Leads::Nowhere);
    }
    if let Some(refused) = model.engine.as_ref().and_then(|engine| engine.notes_refused.as_ref()) {
        return say(refused.clone(), theme.warning, Leads::View(View::Edit, 0));
    }
    if let Some((true, text)) = &model.answer {
        return say(text.clone(), theme.error, Leads::Nowhere);
    }
    if let Some(warning) = model.diagnostics.first().filter(|one| one.severity == Severity::Warning) {
        return say(line_and_text(warning), theme.warning, warning.line.map_or(Leads::Nowhere, Leads::Line));
    }
    if let Some((false, text)) = &model.answer {
        return say(text.clone(), theme.ok, Leads::Nowhere);
    }
    match model.engine {
        Some(_) => say("Plays".to_owned(), theme.ok, Leads::Nowhere),
        None => say("Nothing plays".to_owned(), theme.muted, Leads::Nowhere),
    }
}

/// What a document asks to do, behind `asks to`.
pub(super) fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::Files => "read and write files anywhere",
        Permission::Network => "use the network",
        Permission::Programs => "run programs",
        Permission::Python => "run Python",
    }
}

fn line_and_text(one: &Diagnostic) -> String {
    let text = one.text.lines().next().unwrap_or_default();
    match (&one.file, one.line) {
        (Some(file), Some(line)) => format!("{file}, line {line}: {text}"),
        (None, Some(line)) => format!("Line {line}: {text}"),
        (Some(file), None) => format!("{file}: {text}"),
        (None, None) => text.to_owned(),
    }
}

/// Which text sounds, and what it takes.
fn facts(model: &Model, is_short: bool) -> String {
    let Some(engine) = &model.engine else { return "no sound".to_owned() };
    let mut facts = Vec::new();
    if let Some((revision, since)) = &model.sounding {
        let is_older = *revision != model.document.revision;
        let which = if is_older { "the older text" } else { "the text" };
        facts.push(format!("{which} of {since} is sounding"));
    }
    if is_short {
        return facts.concat();
    }
    let voices = model.load.voices;
    facts.push(format!("{voices} {}", if voices == 1 { "voice" } else { "voices" }));
    facts.push(format!("{:.0} %", model.load.mean * 100.0));
    facts.push(format!("{} kHz", engine.rate / 1000.0));
    facts.push(format!("ksmps {}", engine.ksmps));
    facts.join(" · ")
}
