//! A switch with its label: on or off.

use egui::{Id, Key, Modifiers, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::paint;
use super::value::{self, Shown, ValueAct};
use crate::theme::{Theme, size};

/// Draws a switch in a cell of [`size::KNOB_CELL`] and takes what the user does to it. `[control]`
pub fn switch(ui: &mut Ui, theme: &Theme, shown: Shown<'_>, acts: &mut Vec<ValueAct>) -> Response {
    let (rect, _) = ui.allocate_exact_size(size::KNOB_CELL.into(), Sense::hover());
    let body = Rect::from_center_size(pos2(rect.center().x, rect.top() + 26.0), vec2(40.0, 24.0));
    let id = Id::unique(("switch", shown.parameter.slot));
    let response = ui.interact(body, id, Sense::click());
    let is_on = shown.parameter.base >= 0.5;
    let by_key = response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    if response.clicked() || by_key {
        value::jump(acts, if is_on { 0.0 } else { 1.0 });
    }
    value::reset_and_clipboard(ui, &response, shown, acts);
    value::menu(&response, shown, acts);
    response.widget_info(|| {
        WidgetInfo::selected(Role::CheckBox, response.enabled(), is_on, &shown.parameter.param.label)
    });
    if ui.is_rect_visible(rect) {
        draw(ui, theme, is_on, body, &response);
        paint::label_and_value(ui, theme, shown, rect, &response, acts);
    }
    value::hover(response, shown).on_hover_cursor(egui::CursorIcon::PointingHand)
}

fn draw(ui: &Ui, theme: &Theme, is_on: bool, body: Rect, response: &Response) {
    let painter = ui.painter();
    let track = body.shrink2(vec2(1.0, 2.0));
    let radius = track.height() / 2.0;
    let rest = if response.hovered() { theme.hover } else { theme.well };
    let fill = if is_on { theme.accent } else { rest };
    let edge = if is_on { fill } else { theme.border };
    painter.rect(track, radius, fill, Stroke::new(size::LINE, edge), StrokeKind::Inside);
    let x = if is_on { track.right() - radius } else { track.left() + radius };
    let knob = if is_on { theme.on_accent } else { theme.muted };
    painter.circle_filled(pos2(x, track.center().y), radius - 4.0, knob);
    paint::focus_ring(ui, theme, body, response);
}
