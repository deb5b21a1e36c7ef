//! Buttons: plain ones, the one that a view is about, and small round choices.

use egui::{Button, Color32, Response, RichText, Ui};

use crate::theme::{Theme, body, bold, medium, size};

/// A plain button. `[control]`
pub fn plain(ui: &mut Ui, text: &str) -> Response {
    ui.add(Button::new(text).min_size(egui::vec2(0.0, size::CONTROL)))
}

/// The button that a view is about; a view has one. `[control]`
pub fn primary(ui: &mut Ui, theme: &Theme, text: &str) -> Response {
    let text = RichText::new(text).font(bold(size::TEXT_BODY)).color(theme.on_accent);
    ui.add(Button::new(text).fill(theme.accent).min_size(egui::vec2(0.0, size::CONTROL)))
}

/// A button that is on or off. `[control]`
pub fn toggle(ui: &mut Ui, theme: &Theme, is_on: bool, text: &str) -> Response {
    let response = if is_on {
        let text = RichText::new(text).font(body()).color(theme.on_accent);
        ui.add(Button::new(text).fill(theme.accent).min_size(egui::vec2(0.0, size::COMPACT)))
    } else {
        ui.add(Button::new(RichText::new(text).font(body())).min_size(egui::vec2(0.0, size::COMPACT)))
    };
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, ui.is_enabled(), is_on, text));
    response
}

/// A small button in a dense row. `[control]`
pub fn compact(ui: &mut Ui, text: &str) -> Response {
    let text = RichText::new(text).font(medium(size::TEXT_LABEL));
    let button = Button::new(text).min_size(egui::vec2(size::COMPACT, size::COMPACT));
    ui.scope(|ui| {
        ui.spacing_mut().button_padding = egui::vec2(size::NEAR, 2.0);
        ui.add(button)
    })
    .inner
}

/// How wide plain buttons with these words are in a row. `[control]`
pub fn row_width(ui: &Ui, texts: &[&str]) -> f32 {
    let text = |text: &&str| ui.painter().layout_no_wrap((*text).to_owned(), body(), Color32::WHITE).size().x;
    let spacing = ui.spacing();
    let gaps = spacing.item_spacing.x * texts.len().saturating_sub(1) as f32;
    texts.iter().map(text).sum::<f32>() + 2.0 * spacing.button_padding.x * texts.len() as f32 + gaps
}
