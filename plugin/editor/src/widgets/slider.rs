//! A slider that lies or stands, with its label and its value.

use egui::{Id, Rect, Response, Sense, Stroke, Ui, pos2, vec2};

use super::paint;
use super::value::{self, Axis, Shown, ValueAct};
use crate::theme::{Theme, size};

/// Width of the track.
const TRACK: f32 = 4.0;
/// Radius of the handle.
const HANDLE: f32 = 7.0;
/// The length of a slider.
pub const LENGTH: f32 = 148.0;

/// Draws a slider in a cell that is [`LENGTH`] wide and as high as a knob's. `[control]`
pub fn slider(ui: &mut Ui, theme: &Theme, shown: Shown<'_>, acts: &mut Vec<ValueAct>) -> Response {
    let (rect, _) = ui.allocate_exact_size(vec2(LENGTH, size::KNOB_CELL[1]), Sense::hover());
    let lane = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - 38.0));
    let response = ui.interact(lane, Id::unique(("slider", shown.parameter.slot)), Sense::click_and_drag());
    value::moves(ui, &response, shown, Axis::Horizontal, acts);
    value::menu(&response, shown, acts);
    value::describe(ui, &response, shown);
    if ui.is_rect_visible(rect) {
        draw(ui, theme, shown, lane, &response);
        paint::label_and_value(ui, theme, shown, rect, &response, acts);
    }
    value::hover(response, shown)
}

fn draw(ui: &Ui, theme: &Theme, shown: Shown<'_>, lane: Rect, response: &Response) {
    let painter = ui.painter();
    let parameter = shown.parameter;
    let (left, right) = (lane.left() + HANDLE + 2.0, lane.right() - HANDLE - 2.0);
    let x = |normalized: f64| left + (right - left) * normalized.clamp(0.0, 1.0) as f32;
    let track = |from: f32, to: f32, y: f32, height: f32| {
        Rect::from_min_max(pos2(from.min(to), y - height / 2.0), pos2(from.max(to), y + height / 2.0))
    };
    let y = lane.center().y;
    painter.rect_filled(track(left, right, y, TRACK), TRACK / 2.0, theme.line);
    let param = &parameter.param;
    let origin = if param.min < 0.0 && param.max > 0.0 { param.normalized(0.0) } else { 0.0 };
    painter.rect_filled(track(x(origin), x(parameter.base), y, TRACK), TRACK / 2.0, theme.accent);
    if parameter.modulation != 0.0 {
        let heard = x(parameter.base + parameter.modulation);
        let lane = track(x(parameter.base), heard, y - HANDLE - 4.0, size::RING);
        painter.rect_filled(lane, 1.0, theme.modulation);
    }
    let face = if response.hovered() || response.dragged() { theme.hover } else { theme.raised };
    let handle = pos2(x(parameter.base), y);
    painter.circle(handle, HANDLE, face, Stroke::new(size::LINE, theme.border));
    painter.circle_filled(handle, 2.0, theme.text);
    if parameter.automated {
        painter.circle_filled(pos2(right, lane.top() + 6.0), 3.0, theme.accent);
    }
    if response.has_focus() {
        painter.circle_stroke(handle, HANDLE + 3.0, Stroke::new(size::RING, theme.focus));
    }
}
