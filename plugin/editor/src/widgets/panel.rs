//! Panels, their titles, and what stands in an empty one.

use egui::{Align, CornerRadius, Frame, InnerResponse, Layout, Margin, RichText, Stroke, Ui};

use super::button;
use crate::theme::{Theme, bold, medium, size};

/// A frame of a panel with the inset of all panels. `[any]`
pub fn frame(theme: &Theme) -> Frame {
    Frame::new()
        .fill(theme.panel)
        .stroke(Stroke::new(size::LINE, theme.line))
        .corner_radius(CornerRadius::same(size::RADIUS_PANEL))
        .inner_margin(Margin::same(size::INSET as i8))
}

/// A panel that fills the room that there is. `[control]`
pub fn filling<R>(ui: &mut Ui, theme: &Theme, content: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    frame(theme).show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        content(ui)
    })
}

/// A title inside a panel. `[control]`
pub fn title(ui: &mut Ui, theme: &Theme, text: &str) {
    ui.label(RichText::new(text).font(bold(size::TEXT_BODY)).color(theme.text));
}

/// Small words below or beside something. `[control]`
pub fn note(ui: &mut Ui, theme: &Theme, text: &str) {
    ui.label(RichText::new(text).font(medium(size::TEXT_LABEL)).color(theme.muted));
}

/// What goes here, and the one button to begin; whether it was clicked. `[control]`
pub fn empty(ui: &mut Ui, theme: &Theme, what: &str, why: &str, begin: Option<&str>) -> bool {
    let height = ui.available_height();
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.add_space((height * 0.5 - 60.0).max(size::GROUP));
        ui.label(RichText::new(what).font(bold(size::TEXT_TITLE)).color(theme.text));
        ui.add_space(size::TIGHT);
        ui.set_max_width(ui.available_width().min(520.0));
        ui.label(RichText::new(why).color(theme.muted));
        ui.add_space(size::GROUP);
        begin.is_some_and(|begin| button::primary(ui, theme, begin).clicked())
    })
    .inner
}
