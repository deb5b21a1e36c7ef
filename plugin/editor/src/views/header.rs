//! The line above every view: what the document is called, which view is shown, and the button that builds.

use egui::{Align, Layout, Ui};

use crate::model::{Command, View};
use crate::state::State;

pub(super) fn show(state: &mut State, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.heading(&state.model.document.name);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Build").clicked() {
                let text = state.model.document.text.to_string();
                state.act(Command::Build { text });
            }
            for view in View::ALL.into_iter().rev() {
                ui.selectable_value(&mut state.view_state.view, view, view.name());
            }
        });
    });
}
