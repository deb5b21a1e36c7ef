//! The line above every view: what the document is called, which view is shown, and the button that builds.

use egui::{Align, Align2, Key, KeyboardShortcut, Layout, Modifiers, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::model::{Command, View};
use crate::state::State;
use crate::theme::{Theme, bold, medium, size};
use crate::widgets::{button, paint, panel, tabs};

const BUILD: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter);
/// A narrower window has no room for the shortcut and for who made the document.
const WIDE: f32 = 940.0;

pub(super) fn show(state: &mut State, theme: &Theme, ui: &mut Ui) {
    keys(state, ui);
    let is_wide = ui.available_width() >= WIDE;
    let frame =
        panel::frame(theme).inner_margin(egui::Margin::symmetric(size::INSET as i8, size::NEAR as i8));
    frame.show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            build_button(state, theme, is_wide, ui);
            ui.add_space(size::NEAR);
            let room = ui.available_size();
            ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
                names(state, theme, is_wide, ui);
            });
        });
    });
}

/// What holds in every view: its keys, and files that are dropped on the window.
fn keys(state: &mut State, ui: &Ui) {
    let numbers = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7];
    for (key, view) in numbers.into_iter().zip(View::ALL) {
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key)) {
            state.view_state.view = view;
        }
    }
    if ui.input_mut(|input| input.consume_shortcut(&BUILD)) {
        state.wants_build = true;
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Period)) {
        state.act(Command::AllNotesOff);
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key));
    if pressed(Key::S) {
        state.wants_save = true;
    }
    if pressed(Key::O) {
        state.view_state.view = View::Documents;
        state.view_state.documents_page = 1;
    }
    let dropped: Vec<_> =
        ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
    dropped.into_iter().for_each(|path| state.act(Command::Open { path }));
}

/// Builds and saves where the keys said so: with what was typed before them in the same frame.
pub(super) fn finish(state: &mut State) {
    if std::mem::take(&mut state.wants_build) {
        state.build();
    }
    if std::mem::take(&mut state.wants_save) {
        save(state);
    }
}

/// To the file that the document came from, else where the user chooses one.
fn save(state: &mut State) {
    if state.model.document.origin.is_some() {
        state.act(Command::Save { text: state.text() });
    } else {
        state.view_state.view = View::Documents;
        state.view_state.documents_page = 2;
    }
}

fn build_button(state: &mut State, theme: &Theme, is_wide: bool, ui: &mut Ui) {
    let text = if is_wide { "Build  Ctrl+↩" } else { "Build" };
    let hint = "Builds the text and swaps it in; the sound goes on meanwhile (Ctrl+Enter)";
    let response = if state.is_draft() { button::primary(ui, theme, text) } else { button::plain(ui, text) };
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, ui.is_enabled(), "Build"));
    if response.on_hover_text(hint).clicked() {
        state.build();
    }
}

/// The name on the left, the views on the right.
fn names(state: &mut State, theme: &Theme, is_wide: bool, ui: &mut Ui) {
    let all = ui.max_rect();
    let mut chosen = View::ALL.iter().position(|view| *view == state.view_state.view).unwrap_or(0);
    let views = View::ALL.map(View::name);
    let width = ui
        .scope_builder(
            egui::UiBuilder::new().max_rect(all).layout(Layout::right_to_left(Align::Center)),
            |ui| {
                // Laid out from the right, so that the name gets what is left.
                ui.allocate_ui_with_layout(
                    vec2(tabs::width(ui, &views), size::CONTROL),
                    Layout::left_to_right(Align::Center),
                    |ui| {
                        tabs::tabs(ui, theme, &views, &mut chosen);
                    },
                );
            },
        )
        .response
        .rect
        .width();
    state.view_state.view = View::ALL[chosen];
    let room = (all.width() - width.min(all.width()) - size::GROUP).max(0.0);
    let name = if state.model.document.name.is_empty() { "Untitled" } else { &state.model.document.name };
    let at = pos2(all.left(), all.center().y);
    let font = bold(if is_wide { size::TEXT_NAME } else { size::TEXT_TITLE });
    let taken = paint::text(ui, at, Align2::LEFT_CENTER, name, font, theme.text, room);
    let by = by(state);
    let left = room - taken - size::INSET;
    if left > 60.0 {
        let at = pos2(all.left() + taken + size::INSET, all.center().y + 1.0);
        paint::text(ui, at, Align2::LEFT_CENTER, &by, medium(size::TEXT_LABEL), theme.muted, left);
    }
    let rect = egui::Rect::from_min_size(all.min, vec2(room, all.height()));
    let response = ui.interact(rect, ui.scope_id().with("document's name"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, name));
    let origin = state.model.document.origin.as_ref().map(|path| path.display().to_string());
    response.on_hover_text(format!(
        "{name}\n{by}\n{}",
        origin.unwrap_or_else(|| "in the project only".to_owned())
    ));
}

/// Who made it, and whether it was changed.
fn by(state: &State) -> String {
    let author = state.model.read.as_ref().and_then(|read| read.about.author.clone());
    let changed = match (state.is_draft(), state.model.document.is_modified) {
        (true, _) => Some("not built yet"),
        (false, true) => Some("edited"),
        (false, false) => None,
    };
    let parts = [author.map(|author| format!("by {author}")), changed.map(str::to_owned)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
