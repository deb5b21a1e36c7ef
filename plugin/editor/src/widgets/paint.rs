//! Small things that several controls draw.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align2, Color32, FontId, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::units;
use super::value::{self, Shown, ValueAct};
use crate::theme::{Theme, bold, medium, size};

/// The ring round what has the keyboard. `[control]`
pub fn focus_ring(ui: &Ui, theme: &Theme, rect: Rect, response: &Response) {
    if response.has_focus() {
        let stroke = Stroke::new(size::RING, theme.focus);
        ui.painter().rect_stroke(
            rect.expand(1.0),
            f32::from(size::RADIUS_CONTROL) + 1.0,
            stroke,
            StrokeKind::Outside,
        );
    }
}

/// One line of text that is cut with `…` where it is wider than `width`; gives the width that it took. `[control]`
pub fn text(ui: &Ui, at: Pos2, align: Align2, text: &str, font: FontId, colour: Color32, width: f32) -> f32 {
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, colour));
    job.wrap = TextWrapping::truncate_at_width(width);
    let galley = ui.painter().layout_job(job);
    let rect = align.anchor_size(at, galley.size());
    let taken = galley.size().x;
    ui.painter().galley(rect.min, galley, colour);
    taken
}

/// The label and the value in the lower part of a control's cell; a click on the value types it. `[control]`
pub fn label_and_value(
    ui: &mut Ui,
    theme: &Theme,
    shown: Shown<'_>,
    cell: Rect,
    control: &Response,
    acts: &mut Vec<ValueAct>,
) {
    let param = &shown.parameter.param;
    let at = pos2(cell.center().x, cell.bottom() - 34.0);
    let label = if shown.is_learning { "move one…" } else { param.label.as_str() };
    let colour = if shown.is_learning { theme.modulation } else { theme.muted };
    text(ui, at, Align2::CENTER_TOP, label, medium(size::TEXT_LABEL), colour, cell.width() - 2.0);
    let value_rect = Rect::from_min_size(pos2(cell.left(), cell.bottom() - 20.0), vec2(cell.width(), 20.0));
    if value::typing(ui, control.id, value_rect, shown, acts) {
        return;
    }
    // Keys reach the value through Enter on the control, so that Tab goes from control to control.
    let sense = Sense::CLICK - Sense::FOCUSABLE;
    let response = ui.interact(value_rect, control.id.with("value"), sense);
    let colour = if response.hovered() { theme.accent } else { theme.text };
    let shown_text = units::text(param, shown.parameter.base);
    let at = pos2(cell.center().x, cell.bottom() - 18.0);
    text(ui, at, Align2::CENTER_TOP, &shown_text, bold(size::TEXT_LABEL), colour, cell.width() - 2.0);
    if response.clicked() {
        value::begin_typing(ui, control.id, shown);
    }
    response.on_hover_cursor(egui::CursorIcon::Text).on_hover_text("Click to type a value");
}
