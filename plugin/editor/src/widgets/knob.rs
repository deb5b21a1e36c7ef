//! A knob with its label and its value: the arc is the value, a second arc outside it what modulation adds.

use std::f32::consts::TAU;

use egui::{Id, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, pos2, vec2};

use super::paint;
use super::value::{self, Axis, Shown, ValueAct};
use crate::theme::{Theme, size};

/// Where the arc begins and how far it goes, in turns, clockwise from the right.
const ARC_FROM: f32 = 0.375;
const ARC_TURNS: f32 = 0.75;
/// From the ring to the arc of modulation.
const MODULATION_GAP: f32 = 3.5;

/// Draws a knob in a cell of [`size::KNOB_CELL`] and takes what the user does to it. `scale` is 1, or more for a larger
/// one. `[control]`
pub fn knob(ui: &mut Ui, theme: &Theme, shown: Shown<'_>, scale: f32, acts: &mut Vec<ValueAct>) -> Response {
    let [width, height] = size::KNOB_CELL;
    let diameter = size::KNOB_RING * scale;
    let cell = vec2(width.max(diameter + 16.0), height + diameter - size::KNOB_RING);
    let (rect, _) = ui.allocate_exact_size(cell, Sense::hover());
    let centre = pos2(rect.center().x, rect.top() + 6.0 + diameter / 2.0);
    let face = Rect::from_center_size(centre, egui::Vec2::splat(diameter + 8.0));
    let id = Id::unique(("knob", shown.parameter.slot));
    let response = ui.interact(face, id, Sense::click_and_drag());
    value::moves(ui, &response, shown, Axis::Vertical, acts);
    value::menu(&response, shown, acts);
    value::describe(ui, &response, shown);
    if ui.is_rect_visible(rect) {
        draw(ui, theme, shown, centre, diameter / 2.0, &response);
        paint::label_and_value(ui, theme, shown, rect, &response, acts);
    }
    value::hover(response, shown)
}

fn draw(ui: &Ui, theme: &Theme, shown: Shown<'_>, centre: Pos2, radius: f32, response: &Response) {
    let painter = ui.painter();
    let parameter = shown.parameter;
    let base = parameter.base as f32;
    let is_lit = response.hovered() || response.dragged();
    painter.add(arc(centre, radius, 0.0, 1.0, Stroke::new(size::ARC, theme.line)));
    painter.add(arc(centre, radius, origin(shown), base, Stroke::new(size::ARC, theme.accent)));
    if parameter.modulation != 0.0 {
        let heard = (base + parameter.modulation as f32).clamp(0.0, 1.0);
        let stroke = Stroke::new(size::RING, theme.modulation);
        painter.add(arc(centre, radius + MODULATION_GAP, base, heard, stroke));
    }
    let face = if is_lit { theme.hover } else { theme.raised };
    painter.circle(centre, radius - 5.0, face, Stroke::new(size::LINE, theme.border));
    let (sin, cos) = angle(base).sin_cos();
    let hand = vec2(cos, sin);
    painter.line_segment(
        [centre + hand * (radius * 0.3), centre + hand * (radius - 8.0)],
        Stroke::new(size::RING, theme.text),
    );
    if parameter.automated {
        painter.circle_filled(centre + vec2(radius, -radius), 3.0, theme.accent);
    }
    if response.has_focus() {
        painter.circle_stroke(centre, radius + 6.0, Stroke::new(size::RING, theme.focus));
    }
}

/// Where the value's arc begins: at zero for a range that goes to both sides of it.
fn origin(shown: Shown<'_>) -> f32 {
    let param = &shown.parameter.param;
    if param.min < 0.0 && param.max > 0.0 { param.normalized(0.0) as f32 } else { 0.0 }
}

fn angle(normalized: f32) -> f32 {
    (ARC_FROM + normalized * ARC_TURNS) * TAU
}

fn arc(centre: Pos2, radius: f32, from: f32, to: f32, stroke: Stroke) -> Shape {
    let (from, to) = if from < to { (from, to) } else { (to, from) };
    if to - from < 1e-4 {
        return Shape::Noop;
    }
    let count = ((to - from) * radius).ceil().max(3.0) as usize;
    let points = (0..=count).map(|at| {
        let (sin, cos) = angle(from + (to - from) * at as f32 / count as f32).sin_cos();
        centre + vec2(cos, sin) * radius
    });
    Shape::line(points.collect(), stroke)
}
