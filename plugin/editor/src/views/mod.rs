//! The views: plain functions of the model. What a view keeps from frame to frame, such as the text of a search, is its own
//! and is forgotten with the window.

mod console;
mod documents;
mod edit;
mod header;
mod play;
mod see;
mod session;
mod strip;
mod watched;

use egui::{Align, Id, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use crate::model::{Appearance, View};
use crate::state::State;
use crate::theme::{self, Theme, size};
use crate::widgets::panel;
use crate::widgets::splitter::{self, Moved};

const HEADER: f32 = 44.0;
const STRIP: f32 = 36.0;

/// All views, with what they keep while the window is open.
#[derive(Default)]
pub(crate) struct Views {
    play: play::PlayView,
    edit: edit::EditView,
    see: see::SeeView,
    console: console::ConsoleView,
    documents: documents::DocumentsView,
    session: session::SessionView,
}

impl Views {
    /// One frame: header, the chosen view, strip.
    pub fn show(&mut self, state: &mut State, ui: &mut Ui) {
        let theme = state.theme();
        if !apply(state.view_state.appearance, &theme, ui) {
            return;
        }
        // egui has the keys that change it, and the window its first value.
        state.view_state.zoom = ui.ctx().zoom_factor();
        ui.painter().rect_filled(ui.ctx().content_rect(), 0.0, theme.window);
        let all = ui.max_rect().shrink(size::NEAR);
        let header = Rect::from_min_size(all.min, vec2(all.width(), HEADER));
        let strip = Rect::from_min_max(pos2(all.left(), all.bottom() - STRIP), all.max);
        let middle = Rect::from_min_max(
            pos2(all.left(), header.bottom() + size::NEAR),
            pos2(all.right(), strip.top() - size::NEAR),
        );
        within(ui, header, |ui| header::show(state, &theme, ui));
        within(ui, middle, |ui| self.middle(state, &theme, ui));
        within(ui, strip, |ui| strip::show(state, &theme, ui));
        header::finish(state);
    }

    fn middle(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        match state.view_state.view {
            View::Play => self.play.show(state, theme, ui),
            View::Edit => self.edit.show(state, theme, ui),
            View::Both => self.both(state, theme, ui),
            View::See => self.see.show(state, theme, ui),
            View::Console => self.console.show(state, theme, ui),
            View::Documents => self.documents.show(state, theme, ui),
            View::Session => self.session.show(state, theme, ui),
        }
    }

    /// The play surface on the left, the code on the right, a splitter between them.
    fn both(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let all = ui.max_rect();
        let left = (all.width() * state.view_state.play_part).clamp(280.0, (all.width() - 280.0).max(280.0));
        let play = Rect::from_min_size(all.min, vec2(left, all.height()));
        let line = Rect::from_min_size(pos2(play.right(), all.top()), vec2(size::NEAR, all.height()));
        let edit = Rect::from_min_max(pos2(line.right(), all.top()), all.max);
        within(ui, play, |ui| self.play.show(state, theme, ui));
        within(ui, edit, |ui| self.edit.show(state, theme, ui));
        match splitter::splitter(ui, theme, line, "Width of the play surface") {
            Some(Moved::By(points)) => {
                state.view_state.play_part = ((left + points) / all.width()).clamp(0.15, 0.85);
            }
            Some(Moved::ToDefault) => {
                state.view_state.play_part = crate::model::ViewState::default().play_part;
            }
            None => {}
        }
    }
}

/// Contents in a rectangle of their own, which leave the rest as it is.
fn within<R>(ui: &mut Ui, rect: Rect, content: impl FnOnce(&mut Ui) -> R) -> R {
    // Whatever row it stands in, its contents go from top to bottom.
    let builder = UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min));
    let mut child = ui.new_child(builder);
    child.set_clip_rect(rect.expand(3.0).intersect(ui.clip_rect()));
    content(&mut child)
}

/// A panel of a size in a row of panels.
fn sized(ui: &mut Ui, theme: &Theme, size: egui::Vec2, content: impl FnOnce(&mut Ui)) {
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    within(ui, rect, |ui| panel::filling(ui, theme, content));
}

/// Puts the theme into egui once, and when it is another one; whether the fonts are there to draw with.
fn apply(appearance: Appearance, theme: &Theme, ui: &mut Ui) -> bool {
    let id = Id::unique("applied theme");
    let applied: Option<Appearance> = ui.data(|data| data.get_temp(id));
    if applied != Some(appearance) {
        theme::apply(ui.ctx(), theme);
        ui.data_mut(|data| data.insert_temp(id, appearance));
    }
    // egui takes fonts at the beginning of a frame.
    if applied.is_none() {
        ui.ctx().request_repaint();
        return false;
    }
    // The root was made before the theme was there.
    let style = ui.ctx().global_style();
    ui.set_style(style);
    true
}
