//! A line between two parts of a view that is dragged.

use egui::{CursorIcon, Key, Modifiers, Rect, Role, Sense, Stroke, Ui, WidgetInfo};

use crate::theme::{Theme, size};

/// How far an arrow key moves it.
const STEP: f32 = 16.0;

/// Draws a splitter in `rect`, standing where it is higher than wide; how far the user moved it, points to the right or
/// down. A double click gives `None` inside: back to the default. `[control]`
pub fn splitter(ui: &Ui, theme: &Theme, rect: Rect, name: &str) -> Option<Moved> {
    let response = ui.interact(rect.expand(2.0), ui.scope_id().with(name), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Splitter, response.enabled(), name));
    let stands = rect.height() > rect.width();
    let cursor = if stands { CursorIcon::ResizeHorizontal } else { CursorIcon::ResizeVertical };
    let is_lit = response.hovered() || response.dragged() || response.has_focus();
    if is_lit {
        let colour = if response.has_focus() { theme.focus } else { theme.border };
        let stroke = Stroke::new(size::RING, colour);
        if stands {
            ui.painter().vline(rect.center().x, rect.y_range(), stroke);
        } else {
            ui.painter().hline(rect.x_range(), rect.center().y, stroke);
        }
    }
    let mut moved = if stands { response.drag_delta().x } else { response.drag_delta().y };
    if response.has_focus() {
        let (less, more) =
            if stands { (Key::ArrowLeft, Key::ArrowRight) } else { (Key::ArrowUp, Key::ArrowDown) };
        ui.memory_mut(|memory| {
            let filter =
                egui::EventFilter { vertical_arrows: true, horizontal_arrows: true, ..Default::default() };
            memory.set_focus_lock_filter(response.id, filter);
        });
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        moved += if pressed(more) {
            STEP
        } else if pressed(less) {
            -STEP
        } else {
            0.0
        };
    }
    let response = response.on_hover_and_drag_cursor(cursor);
    if response.double_clicked() {
        return Some(Moved::ToDefault);
    }
    (moved != 0.0).then_some(Moved::By(moved))
}

/// What the user did to a splitter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moved {
    /// So many points to the right or down.
    By(f32),
    /// Back to where it is by default.
    ToDefault,
}
