//! The edit view: the code, an outline beside it, what is wrong below it, and a line that takes score.

mod area;
mod outline;
mod problems;

use egui::{Key, Modifiers, Rect, Ui, pos2};

use crate::model::{Command, ViewState};
use crate::state::State;
use crate::theme::{Theme, size};
use crate::views::watched;
use crate::widgets::splitter::{self, Moved};
use crate::widgets::{button, field, panel};

/// What the view keeps.
#[derive(Default)]
pub(super) struct EditView {
    score: String,
    outline: outline::Outline,
    code: area::CodeArea,
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
            super::within(ui, rect, |ui| problems::show(state, theme, ui));
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
            self.beside(state, theme, ui, rect);
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
        super::within(ui, rect, |ui| self.code.show(state, theme, ui));
    }

    /// The outline, and below it what is watched.
    fn beside(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui, rect: Rect) {
        let mut outline = rect;
        if !state.model.watches.is_empty() {
            let height = watched::height(state.model.watches.len()).min(rect.height() * 0.5);
            outline.max.y -= height + size::NEAR;
            let below = Rect::from_min_max(pos2(rect.left(), rect.bottom() - height), rect.max);
            super::within(ui, below, |ui| {
                panel::filling(ui, theme, |ui| watched::list(state, theme, ui));
            });
        }
        super::within(ui, outline, |ui| self.outline.show(state, theme, ui));
    }

    /// One line of score for now, and what concerns the code.
    fn prompt(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        ui.horizontal(|ui| {
            let is_wide = ui.available_width() > 620.0;
            let target = self.code.under_caret(state);
            let buttons: &[&str] = if is_wide { &["Play", "Watch", "Build as I type"] } else { &["Play"] };
            let room = button::row_width(ui, buttons) + size::NEAR;
            let width = ui.available_width() - room;
            let what =
                field::Field { name: "Score", hint: "Score now: i \"synth\" 0 2 60", width, is_code: true };
            let response = field::text(ui, theme, &mut self.score, what);
            let is_entered = field::entered(ui, &response);
            let is_empty = self.score.trim().is_empty();
            let play = ui.add_enabled_ui(!is_empty, |ui| button::plain(ui, "Play").clicked()).inner;
            if (play || is_entered) && !is_empty {
                state.act(Command::Score { lines: self.score.trim().to_owned() });
                response.request_focus();
            }
            if is_wide {
                let hint = "Watches the variable at the caret while it sounds (Ctrl+Shift+E)";
                let watch = ui.add_enabled_ui(target.is_some(), |ui| button::plain(ui, "Watch")).inner;
                if watch.on_hover_text(hint).clicked()
                    && let Some(target) = target.clone()
                {
                    watched::toggle(state, target);
                }
                let is_on = state.view_state.builds_after_pause;
                let hint =
                    "Builds the text after a pause in typing; what sounds goes on where it has an error";
                if button::toggle(ui, theme, is_on, "Build as I type").on_hover_text(hint).clicked() {
                    state.view_state.builds_after_pause = !is_on;
                }
            }
            if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND | Modifiers::SHIFT, Key::E))
                && let Some(target) = target
            {
                watched::toggle(state, target);
            }
        });
    }
}
