//! How the window looks and how the code behaves.

use egui::Ui;

use crate::model::{Appearance, ZOOM_MAX, ZOOM_MIN};
use crate::state::State;
use crate::theme::{Theme, size};
use crate::widgets::{button, panel, tabs};

const STEP: f32 = 0.1;

pub(super) fn show(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::filling(ui, theme, |ui| {
        panel::title(ui, theme, "Colours");
        let mut chosen = usize::from(state.view_state.appearance == Appearance::Light);
        if tabs::tabs(ui, theme, &["Dark", "Light"], &mut chosen) {
            state.view_state.appearance = [Appearance::Dark, Appearance::Light][chosen];
        }
        ui.add_space(size::GROUP);
        panel::title(ui, theme, "Size of letters and controls");
        zoom(state, ui);
        ui.add_space(size::GROUP);
        panel::title(ui, theme, "Code");
        ui.checkbox(&mut state.view_state.colours_rates, "Variables have the colour of their rate");
        ui.checkbox(&mut state.view_state.builds_after_pause, "Build after a pause in typing");
        ui.add_space(size::GROUP);
        panel::note(ui, theme, "The project remembers all of it, with the size of the window and the view.");
    });
}

fn zoom(state: &State, ui: &mut Ui) {
    let zoom = state.view_state.zoom;
    let to = |ui: &Ui, zoom: f32| {
        let rounded = (zoom * 10.0).round() / 10.0;
        ui.ctx().set_zoom_factor(rounded.clamp(ZOOM_MIN, ZOOM_MAX));
    };
    ui.horizontal(|ui| {
        if button::plain(ui, "Smaller").on_hover_text("Ctrl+-").clicked() {
            to(ui, zoom - STEP);
        }
        ui.label(format!("{:.0} %", zoom * 100.0));
        if button::plain(ui, "Larger").on_hover_text("Ctrl++").clicked() {
            to(ui, zoom + STEP);
        }
        if button::plain(ui, "100 %").on_hover_text("Ctrl+0").clicked() {
            to(ui, 1.0);
        }
    });
}
