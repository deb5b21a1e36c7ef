//! The instruments and templates of the document, which of them notes start and how, and its standing events. What is changed
//! here is changed in the document's text, in one step.

use std::collections::BTreeMap;

use egui::{Align2, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use ksmps_document::{Document, Instrument, Item, NoteRule, Notes};

use crate::state::{State, lines};
use crate::theme::{Theme, bold, medium, size};
use crate::widgets::{button, field, paint, panel};

/// The directive that routes notes.
const NOTES: &str = ";@notes";
/// Room for the buttons behind a row.
const BUTTONS: f32 = 150.0;

/// What the page keeps: lines of the document that are being typed, with what they were.
#[derive(Default)]
pub(super) struct InstrumentsPage {
    typed: BTreeMap<u32, Typed>,
}

/// A part of a line.
struct Typed {
    was: String,
    text: String,
}

impl InstrumentsPage {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let Some(read) = state.model.read.clone() else {
            panel::filling(ui, theme, |ui| {
                let why = "Instruments of the document, and how notes start them, stand here once its text can be read.";
                panel::empty(ui, theme, "No instruments", why, None);
            });
            return;
        };
        // Where the text has been typed on, its lines are others than those that are known.
        let is_editable = state.read_as_shown().is_some();
        panel::filling(ui, theme, |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                if !is_editable {
                    ui.colored_label(theme.warning, "Build the text (Ctrl+Enter) to change it here.");
                }
                ui.add_enabled_ui(is_editable, |ui| {
                    instruments(state, theme, &read, ui);
                    ui.add_space(size::GROUP);
                    self.notes(state, theme, &read, ui);
                    ui.add_space(size::GROUP);
                    self.standing_events(state, theme, &read, ui);
                });
            });
        });
    }

    /// How notes are taken: in words, and each directive as it can be changed.
    fn notes(&mut self, state: &mut State, theme: &Theme, read: &Document, ui: &mut Ui) {
        panel::title(ui, theme, "Notes");
        for line in notes(&read.notes) {
            ui.label(line);
        }
        if let Some(refused) = state.model.engine.as_ref().and_then(|engine| engine.notes_refused.as_ref()) {
            ui.colored_label(theme.warning, refused);
        }
        for directive in read.directives.iter().filter(|one| one.word == "notes") {
            let Some(line) = lines::line(&read.text, directive.line) else { continue };
            let Some(items) = lines::behind_directive(line, NOTES) else { continue };
            let what = directive.instrument.as_deref().unwrap_or("Notes");
            let place =
                (directive.line, format!("{what}: {NOTES}"), format!("Rule of line {}", directive.line));
            let Some(items) = self.line(state, theme, place, items, ui) else { continue };
            let line =
                lines::with_directive(line, NOTES, items.as_deref()).filter(|line| !line.trim().is_empty());
            put(state, &read.text, directive.line, line.as_deref(), "Routing of notes");
        }
    }

    fn standing_events(&mut self, state: &mut State, theme: &Theme, read: &Document, ui: &mut Ui) {
        panel::title(ui, theme, "Standing events of the document");
        if read.standing_events.is_empty() {
            let how =
                "None. A line such as sched room priority=-1 in <KsmpsSession> starts one with the engine.";
            panel::note(ui, theme, how);
        }
        for event in &read.standing_events {
            let Some(line) = lines::line(&read.text, event.line) else { continue };
            let what = format!("from {} s", event.sched.start);
            let place = (event.line, what, format!("Event of line {}", event.line));
            let Some(changed) = self.line(state, theme, place, line.trim(), ui) else { continue };
            put(state, &read.text, event.line, changed.as_deref(), "Standing event");
        }
    }

    /// A row that changes a part of a line: what is to stand there instead, `None` in it for nothing at all.
    fn line(
        &mut self,
        state: &mut State,
        theme: &Theme,
        (line, what, name): (u32, String, String),
        now: &str,
        ui: &mut Ui,
    ) -> Option<Option<String>> {
        let fresh = || Typed { was: now.to_owned(), text: now.to_owned() };
        let typed = self.typed.entry(line).or_insert_with(fresh);
        if typed.was != now {
            *typed = fresh();
        }
        let mut changed = None;
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(150.0, size::CONTROL), Sense::hover());
            let at = pos2(rect.left(), rect.center().y);
            let font = medium(size::TEXT_LABEL);
            paint::text(ui, at, Align2::LEFT_CENTER, &what, font, theme.muted, rect.width());
            let width = (ui.available_width() - BUTTONS).max(120.0);
            let shown = field::Field { name: &name, hint: "as by default", width, is_code: true };
            let response = field::text(ui, theme, &mut typed.text, shown)
                .on_hover_text("Enter writes it into the document and builds it");
            if field::entered(ui, &response) && typed.text.trim() != now {
                changed = Some(Some(typed.text.trim().to_owned()));
            }
            if button::compact(ui, "Remove").on_hover_text("Ctrl+Z brings it back").clicked() {
                changed = Some(None);
            }
            if button::compact(ui, &format!("Line {line}")).on_hover_text("Show it in the code").clicked() {
                state.go_to(line);
            }
        });
        changed
    }
}

/// Puts a line into the document in place of another one, or takes that away.
fn put(state: &mut State, text: &str, line: u32, new: Option<&str>, what: &str) {
    if let Some(text) = lines::with_line(text, line, new) {
        state.replace_text(what, text);
    }
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
            let room = ui.available_width() - BUTTONS;
            let (rect, _) = ui.allocate_exact_size(vec2(room, size::COMPACT), Sense::hover());
            let y = rect.center().y;
            let small = medium(size::TEXT_LABEL);
            let at = pos2(rect.left(), y);
            paint::text(ui, at, Align2::LEFT_CENTER, kind, small.clone(), theme.muted, 60.0);
            let name = one.names.join(", ");
            let at = pos2(rect.left() + 66.0, y);
            let font = bold(size::TEXT_BODY);
            let taken = paint::text(ui, at, Align2::LEFT_CENTER, &name, font, theme.text, room * 0.4);
            let fields: Vec<String> =
                one.pfields.iter().map(|field| format!("p{} {}", field.index, field.name)).collect();
            let at = pos2(at.x + taken.max(100.0) + size::GROUP, y);
            let rest = rect.right() - at.x;
            paint::text(ui, at, Align2::LEFT_CENTER, &fields.join("   "), small, theme.muted, rest);
            if button::plain(ui, &format!("Line {}", one.line)).on_hover_text("Show it in the code").clicked()
            {
                state.go_to(one.line);
            }
            let line =
                lines::line(&read.text, one.line).filter(|line| line.trim_start().starts_with("instr"));
            if let Some(line) = line {
                takes_notes(state, theme, read, (one, line), ui);
            }
        });
    }
}

/// Whether notes start an instrument, as a button that changes it.
fn takes_notes(
    state: &mut State,
    theme: &Theme,
    read: &Document,
    (one, line): (&Instrument, &str),
    ui: &mut Ui,
) {
    let is_started = match &read.notes {
        Notes::Sched(rules) => rules.iter().any(|rule| one.is_called(&rule.instrument)),
        Notes::Midi | Notes::Off | Notes::Undeclared => false,
    };
    let text = format!("Notes start {}", one.names.first().map_or("it", String::as_str));
    let response = button::toggle(ui, theme, is_started, "Notes");
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), is_started, &text));
    let response = response.on_hover_text(format!(
        "{text}: a directive {NOTES} in the document says so. Without one, notes start the first instrument whose p-fields \
         are named for pitch and level."
    ));
    if !response.clicked() {
        return;
    }
    let is_of = |directive: &&ksmps_document::Directive| {
        let named = matches!(directive.items.first(), Some(Item::Word(name)) if one.is_called(name));
        directive.word == "notes"
            && (named || directive.instrument.as_deref().is_some_and(|name| one.is_called(name)))
    };
    match read.directives.iter().find(is_of).filter(|_| is_started) {
        Some(directive) => {
            let old = lines::line(&read.text, directive.line).unwrap_or_default();
            let line = lines::with_directive(old, NOTES, None).filter(|line| !line.trim().is_empty());
            put(state, &read.text, directive.line, line.as_deref(), "Routing of notes");
        }
        None => {
            let line = format!("{} {NOTES}", line.trim_end());
            put(state, &read.text, one.line, Some(&line), "Routing of notes");
        }
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
