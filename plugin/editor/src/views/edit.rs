//! The edit view: the code, an outline beside it, what is wrong below it, and a line that takes score.

use egui::{Rect, RichText, ScrollArea, TextEdit, Ui, WidgetInfo, pos2, vec2};

use ksmps_data::diagnostic::{Diagnostic, Severity};

use crate::model::{Command, ViewState};
use crate::state::State;
use crate::theme::{Theme, code, medium, size};
use crate::widgets::list::{self, ListState, Row};
use crate::widgets::splitter::{self, Moved};
use crate::widgets::{button, field, panel};

/// What the view keeps.
#[derive(Default)]
pub(super) struct EditView {
    score: String,
    outline: ListState,
}

impl EditView {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let all = ui.max_rect();
        let prompt = Rect::from_min_max(pos2(all.left(), all.bottom() - size::CONTROL), all.max);
        let mut bottom = prompt.top() - size::NEAR;
        super::within(ui, prompt, |ui| self.prompt(state, theme, ui));
        if !state.model.diagnostics.is_empty() && state.view_state.errors_height > 0.0 {
            let height = state.view_state.errors_height.clamp(56.0, (all.height() * 0.5).max(56.0));
            let rect = Rect::from_min_max(pos2(all.left(), bottom - height), pos2(all.right(), bottom));
            super::within(ui, rect, |ui| diagnostics(state, theme, ui));
            bottom -= height + size::NEAR;
            let line = Rect::from_min_max(pos2(all.left(), bottom), pos2(all.right(), bottom + size::NEAR));
            match splitter::splitter(ui, theme, line, "Height of the list of errors") {
                Some(Moved::By(points)) => state.view_state.errors_height = (height - points).max(56.0),
                Some(Moved::ToDefault) => state.view_state.errors_height = ViewState::default().errors_height,
                None => {}
            }
        }
        let mut left = all.left();
        // Beside the play surface there is no room for it.
        if all.width() > 560.0 && state.view_state.outline_width > 0.0 {
            let width = state.view_state.outline_width.clamp(120.0, all.width() * 0.4);
            let rect = Rect::from_min_max(all.min, pos2(left + width, bottom));
            super::within(ui, rect, |ui| self.outline(state, theme, ui));
            left += width;
            let line = Rect::from_min_max(pos2(left, all.top()), pos2(left + size::NEAR, bottom));
            match splitter::splitter(ui, theme, line, "Width of the outline") {
                Some(Moved::By(points)) => {
                    state.view_state.outline_width = (width + points).clamp(120.0, 600.0)
                }
                Some(Moved::ToDefault) => state.view_state.outline_width = ViewState::default().outline_width,
                None => {}
            }
            left += size::NEAR;
        }
        let rect = Rect::from_min_max(pos2(left, all.top()), pos2(all.right(), bottom));
        super::within(ui, rect, |ui| code_area(state, theme, ui));
    }

    /// One line of score for now.
    fn prompt(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let width = ui.available_width() - 62.0;
            let what =
                field::Field { name: "Score", hint: "Score now: i \"synth\" 0 2 60", width, is_code: true };
            let response = field::text(ui, theme, &mut self.score, what);
            let is_entered = field::entered(ui, &response);
            let play = ui
                .add_enabled_ui(!self.score.trim().is_empty(), |ui| button::plain(ui, "Play").clicked())
                .inner;
            if (play || is_entered) && !self.score.trim().is_empty() {
                state.act(Command::Score { lines: self.score.trim().to_owned() });
                response.request_focus();
            }
        });
    }

    fn outline(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        panel::filling(ui, theme, |ui| {
            let entries: Vec<(String, u32)> = state.model.read.as_ref().map_or_else(Vec::new, |read| {
                let one =
                    |instrument: &ksmps_document::Instrument| (instrument.names.join(", "), instrument.line);
                read.instruments.iter().map(one).collect()
            });
            if entries.is_empty() {
                panel::note(ui, theme, "Instruments stand here.");
                return;
            }
            let lines: Vec<String> = entries.iter().map(|(_, line)| line.to_string()).collect();
            let rows: Vec<Row<'_>> = entries
                .iter()
                .zip(&lines)
                .map(|((text, _), detail)| Row { text, detail, is_folder: false })
                .collect();
            self.outline.hides_search = rows.len() <= 12;
            let height = ui.available_height();
            let act = list::list(ui, theme, &mut self.outline, "outline", &rows, None, height);
            if let Some(at) = act.chosen.or(act.opened) {
                state.go_to(entries[at].1);
            }
        });
    }
}

fn code_area(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::frame(theme).fill(theme.well).inner_margin(4.0).show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| {
            let edit = TextEdit::multiline(&mut state.draft)
                .font(code(size::TEXT_CODE))
                .frame(egui::Frame::NONE)
                .desired_width(f32::INFINITY)
                .code_editor();
            let response = ui.add(edit);
            response.widget_info(|| WidgetInfo::text_edit(true, "", "", "Code"));
        });
    });
}

/// What is wrong; a click goes to the line.
fn diagnostics(state: &mut State, theme: &Theme, ui: &mut Ui) {
    let frame =
        panel::frame(theme).inner_margin(egui::Margin::symmetric(size::INSET as i8, size::NEAR as i8));
    frame.show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        let mut chosen = None;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = size::TIGHT;
            for one in &state.model.diagnostics {
                if diagnostic(one, theme, ui) {
                    chosen = one.line;
                }
            }
        });
        if let Some(line) = chosen {
            state.go_to(line);
        }
    });
}

fn diagnostic(one: &Diagnostic, theme: &Theme, ui: &mut Ui) -> bool {
    let (colour, word) = match one.severity {
        Severity::Error => (theme.error, "error"),
        Severity::Warning => (theme.warning, "warning"),
        Severity::Note => (theme.muted, "note"),
    };
    let place = match (&one.file, one.line) {
        (Some(file), Some(line)) => format!("{file} {line}"),
        (None, Some(line)) => format!("line {line}"),
        (Some(file), None) => file.clone(),
        (None, None) => word.to_owned(),
    };
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = size::NEAR;
        ui.spacing_mut().interact_size.y = 18.0;
        let link = RichText::new(place).font(medium(size::TEXT_LABEL)).color(colour);
        let response = ui
            .add_sized(vec2(72.0, 18.0), egui::Button::new(link).frame(false).right_text(""))
            .on_hover_text("Go to the line (F8: the next one)");
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add(egui::Label::new(RichText::new(&one.text).color(theme.text)).wrap());
            if let Some(remedy) = &one.remedy {
                ui.add(
                    egui::Label::new(RichText::new(remedy).font(medium(size::TEXT_LABEL)).color(theme.muted))
                        .wrap(),
                );
            }
        });
        response.clicked()
    })
    .inner
}
