//! A row of words of which one is chosen.

use egui::{Align2, Key, Modifiers, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::paint;
use crate::theme::{Theme, body, size};

/// What a tab is wider than its word.
const PADDING: f32 = 24.0;

/// Draws tabs; whether another one was chosen. Arrow keys go from one to the next. `[control]`
pub fn tabs(ui: &mut Ui, theme: &Theme, names: &[&str], chosen: &mut usize) -> bool {
    let before = *chosen;
    *chosen = (*chosen).min(names.len().saturating_sub(1));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::TIGHT;
        for (at, name) in names.iter().enumerate() {
            tab(ui, theme, name, at, names.len(), chosen);
        }
    });
    *chosen != before
}

/// How wide a row of tabs is. `[control]`
pub fn width(ui: &Ui, names: &[&str]) -> f32 {
    let one =
        |name: &&str| ui.painter().layout_no_wrap((*name).to_owned(), body(), egui::Color32::WHITE).size().x;
    names.iter().map(|name| one(name) + PADDING + size::TIGHT).sum::<f32>() - size::TIGHT
}

fn tab(ui: &mut Ui, theme: &Theme, name: &str, at: usize, count: usize, chosen: &mut usize) {
    let is_chosen = *chosen == at;
    let colour = if is_chosen { theme.on_accent } else { theme.text };
    let galley = ui.painter().layout_no_wrap(name.to_owned(), body(), colour);
    let (rect, response) =
        ui.allocate_exact_size(vec2(galley.size().x + PADDING, size::CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, response.enabled(), is_chosen, name));
    if response.clicked() {
        *chosen = at;
    }
    if response.has_focus() {
        let filter = egui::EventFilter { horizontal_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowRight) {
            *chosen = (at + 1) % count;
        } else if pressed(Key::ArrowLeft) {
            *chosen = (at + count - 1) % count;
        }
    }
    let fill = match (is_chosen, response.hovered()) {
        (true, _) => theme.accent,
        (false, true) => theme.hover,
        (false, false) => theme.raised,
    };
    let edge = Stroke::new(size::LINE, if is_chosen { theme.accent } else { theme.border });
    ui.painter().rect(rect, f32::from(size::RADIUS_CONTROL), fill, edge, StrokeKind::Inside);
    paint::text(ui, rect.center(), Align2::CENTER_CENTER, name, body(), colour, rect.width());
    paint::focus_ring(ui, theme, rect, &response);
    response.on_hover_cursor(egui::CursorIcon::PointingHand);
}
