//! The views: plain functions of the model. What a view keeps from frame to frame, such as the text of a search, is its own
//! and is forgotten with the window.

mod header;
mod strip;

use egui::{CentralPanel, Panel, Ui};

use crate::state::State;

/// All views, with what they keep while the window is open.
#[derive(Default)]
pub(crate) struct Views {}

impl Views {
    /// One frame: header, the chosen view, strip.
    pub fn show(&mut self, state: &mut State, ui: &mut Ui) {
        Panel::top("header").show(ui, |ui| header::show(state, ui));
        Panel::bottom("strip").show(ui, |ui| strip::show(&state.model, ui));
        CentralPanel::default().show(ui, |_| {});
    }
}
