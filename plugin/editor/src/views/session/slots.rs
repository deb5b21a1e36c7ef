//! The parameters with their slots and controllers, and channels that could be parameters.

use egui::{Align2, ScrollArea, Sense, Ui, pos2, vec2};

use crate::model::Command;
use crate::state::State;
use crate::theme::{Theme, code, medium, size};
use crate::widgets::{button, field, paint, panel, units};

/// What the page keeps.
#[derive(Default)]
pub(super) struct SlotsPage {
    query: String,
}

impl SlotsPage {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        panel::filling(ui, theme, |ui| {
            undeclared(state, theme, ui);
            if state.model.parameters.is_empty() {
                let why = "Write a line such as ;@param cutoff 40..16000=1800 exp unit=Hz into the document.";
                panel::empty(ui, theme, "No parameters", why, None);
                return;
            }
            ui.horizontal(|ui| {
                panel::title(ui, theme, &format!("{} parameters", state.model.parameters.len()));
                field::search(ui, theme, &mut self.query, "Search parameters", 220.0);
            });
            let query = self.query.trim().to_lowercase();
            let parameters = state.model.parameters.iter().enumerate();
            let found: Vec<usize> = parameters
                .filter(|(_, one)| {
                    format!("{} {}", one.param.label, one.param.name).to_lowercase().contains(&query)
                })
                .map(|(at, _)| at)
                .collect();
            if found.is_empty() {
                panel::note(ui, theme, &format!("Nothing found for “{}”.", self.query));
            }
            ScrollArea::vertical().auto_shrink([false, false]).show_rows(
                ui,
                size::CONTROL,
                found.len(),
                |ui, range| {
                    for at in &found[range] {
                        row(state, theme, *at, ui);
                    }
                },
            );
        });
    }
}

/// `3 undeclared channels: make parameters`.
fn undeclared(state: &mut State, theme: &Theme, ui: &mut Ui) {
    let names = &state.model.undeclared;
    if names.is_empty() {
        return;
    }
    let count = names.len();
    let (word, list) = (if count == 1 { "channel" } else { "channels" }, names.join(", "));
    ui.horizontal(|ui| {
        ui.colored_label(theme.warning, format!("{count} undeclared {word}: {list}"));
        if button::plain(ui, "Make parameters")
            .on_hover_text("Writes a ;@param line for each into the document and builds it")
            .clicked()
        {
            state.declare_channels();
        }
    });
    ui.add_space(size::NEAR);
}

fn row(state: &mut State, theme: &Theme, at: usize, ui: &mut Ui) {
    let one = state.model.parameters[at].clone();
    let is_learning = state.model.learning == Some(one.slot);
    ui.horizontal(|ui| {
        ui.set_min_height(size::CONTROL);
        let room = (ui.available_width() - 310.0).max(160.0);
        let (rect, _) = ui.allocate_exact_size(vec2(room, size::COMPACT), Sense::hover());
        let y = rect.center().y;
        let slot = (one.slot + 1).to_string();
        paint::text(
            ui,
            pos2(rect.left() + 22.0, y),
            Align2::RIGHT_CENTER,
            &slot,
            code(size::TEXT_LABEL),
            theme.faint,
            28.0,
        );
        let half = (room - 34.0) / 2.0;
        paint::text(
            ui,
            pos2(rect.left() + 34.0, y),
            Align2::LEFT_CENTER,
            &one.param.label,
            medium(size::TEXT_BODY),
            theme.text,
            half - 8.0,
        );
        paint::text(
            ui,
            pos2(rect.left() + 34.0 + half, y),
            Align2::LEFT_CENTER,
            &one.param.name,
            code(size::TEXT_LABEL),
            theme.muted,
            half,
        );
        let (rect, _) = ui.allocate_exact_size(vec2(70.0, size::COMPACT), Sense::hover());
        let value = units::text(&one.param, one.base);
        paint::text(
            ui,
            pos2(rect.right(), rect.center().y),
            Align2::RIGHT_CENTER,
            &value,
            medium(size::TEXT_LABEL),
            theme.text,
            70.0,
        );
        let (rect, _) = ui.allocate_exact_size(vec2(64.0, size::COMPACT), Sense::hover());
        let controller = one.controller.map_or_else(|| "–".to_owned(), |number| format!("CC {number}"));
        paint::text(
            ui,
            rect.center(),
            Align2::CENTER_CENTER,
            &controller,
            medium(size::TEXT_LABEL),
            theme.muted,
            64.0,
        );
        if button::toggle(ui, theme, is_learning, if is_learning { "Move one…" } else { "Learn" }).clicked()
        {
            state.act(Command::Learn { slot: (!is_learning).then_some(one.slot) });
        }
        if one.controller.is_some() && button::compact(ui, "Forget").clicked() {
            state.act(Command::Forget { slot: one.slot });
        }
    });
}
