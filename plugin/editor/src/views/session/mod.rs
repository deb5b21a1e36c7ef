//! The session: instruments and notes, the project's own templates and events, slots and controllers, place and permissions, and how the
//! window looks.

mod instruments;
mod place;
mod project;
mod slots;
mod window;

use egui::Ui;

use crate::state::State;
use crate::theme::Theme;
use crate::widgets::tabs;

/// What the view keeps.
#[derive(Default)]
pub(super) struct SessionView {
    instruments: instruments::InstrumentsPage,
    project: project::ProjectPage,
    slots: slots::SlotsPage,
}

impl SessionView {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let pages = ["Instruments", "Project's session", "Parameters", "Place and permissions", "Window"];
        tabs::tabs(ui, theme, &pages, &mut state.view_state.session_page);
        match state.view_state.session_page {
            0 => self.instruments.show(state, theme, ui),
            1 => self.project.show(state, theme, ui),
            2 => self.slots.show(state, theme, ui),
            3 => place::show(state, theme, ui),
            _ => window::show(state, theme, ui),
        }
    }
}
