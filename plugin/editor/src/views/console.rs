//! The console: what was printed, filtered, searched, copied.

use egui::{Color32, RichText, ScrollArea, Ui};

use ksmps_data::diagnostic::Severity;

use crate::model::{ConsoleLine, Model};
use crate::state::State;
use crate::theme::{Theme, code, size};
use crate::widgets::{button, field, panel, tabs};

/// Between two lines.
const GAP: f32 = 3.0;

/// What the view keeps.
#[derive(Default)]
pub(super) struct ConsoleView {
    query: String,
    /// 0: all lines, 1: warnings and errors, 2: errors.
    least: usize,
}

impl ConsoleView {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let found = self.found(&state.model);
        ui.horizontal(|ui| {
            tabs::tabs(ui, theme, &["All", "Warnings", "Errors"], &mut self.least);
            ui.add_space(size::NEAR);
            field::search(ui, theme, &mut self.query, "Search the console", 240.0);
            let copy = ui.add_enabled_ui(!found.is_empty(), |ui| button::plain(ui, "Copy")).inner;
            if copy.on_hover_text("Copies the lines that are shown").clicked() {
                let lines: Vec<&str> =
                    found.iter().map(|at| state.model.console[*at].text.as_str()).collect();
                ui.ctx().copy_text(lines.join("\n"));
            }
            let count = format!("{} of {} lines", found.len(), state.model.console.len());
            ui.colored_label(theme.muted, count);
        });
        ui.add_space(size::NEAR - ui.spacing().item_spacing.y);
        panel::frame(theme).fill(theme.well).show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            if state.model.console.is_empty() {
                panel::empty(
                    ui,
                    theme,
                    "Nothing was printed",
                    "What Csound and the orchestra print stands here.",
                    None,
                );
            } else if found.is_empty() {
                let why = format!("No line has “{}” at this severity.", self.query);
                if panel::empty(ui, theme, "Nothing found", &why, Some("Show all lines")) {
                    *self = Self::default();
                }
            } else {
                lines(&state.model, &found, theme, ui);
            }
        });
    }

    /// The lines that are shown, by their places.
    fn found(&self, model: &Model) -> Vec<usize> {
        let query = self.query.trim().to_lowercase();
        let least = [Severity::Note, Severity::Warning, Severity::Error][self.least.min(2)];
        let matches = |line: &ConsoleLine| {
            line.severity >= least && (query.is_empty() || line.text.to_lowercase().contains(&query))
        };
        model.console.iter().enumerate().filter(|(_, line)| matches(line)).map(|(at, _)| at).collect()
    }
}

fn lines(model: &Model, found: &[usize], theme: &Theme, ui: &mut Ui) {
    ui.spacing_mut().item_spacing.y = GAP;
    let line = ui.fonts_mut(|fonts| fonts.row_height(&code(size::TEXT_LABEL)));
    ScrollArea::both().auto_shrink([false, false]).stick_to_bottom(true).show_rows(
        ui,
        line,
        found.len(),
        |ui, range| {
            for at in &found[range] {
                let line = &model.console[*at];
                let text = RichText::new(&line.text)
                    .font(code(size::TEXT_LABEL))
                    .color(colour(theme, line.severity));
                ui.add(egui::Label::new(text).selectable(true).extend());
            }
        },
    );
}

fn colour(theme: &Theme, severity: Severity) -> Color32 {
    match severity {
        Severity::Note => theme.text,
        Severity::Warning => theme.warning,
        Severity::Error => theme.error,
    }
}
