//! A pad that moves two parameters at once.

use egui::{
    Align2, Id, Key, Modifiers, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};

use super::value::{self, Shown, ValueAct};
use super::{paint, units};
use crate::theme::{Theme, medium, size};

/// The width of a pad's cell.
pub const WIDTH: f32 = 148.0;
/// The height of a pad's cell: two rows of knobs.
pub const HEIGHT: f32 = 2.0 * size::KNOB_CELL[1];
/// One arrow key, as a part of the range.
const STEP: f64 = 0.01;

/// Draws a pad and takes what the user does to its two parameters. `[control]`
pub fn xy(
    ui: &mut Ui,
    theme: &Theme,
    [across, up]: [Shown<'_>; 2],
    acts: [&mut Vec<ValueAct>; 2],
) -> Response {
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, HEIGHT), Sense::hover());
    let pad = Rect::from_min_max(rect.min + vec2(4.0, 4.0), pos2(rect.right() - 4.0, rect.bottom() - 38.0));
    let id = Id::unique(("xy", across.parameter.slot, up.parameter.slot));
    let response = ui.interact(pad, id, Sense::click_and_drag());
    let [acts_across, acts_up] = acts;
    take(ui, &response, pad, [across, up], [acts_across, acts_up]);
    value::menu(&response, across, acts_across);
    let labels = [&across.parameter.param.label, &up.parameter.param.label];
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Group, response.enabled(), format!("{} and {}", labels[0], labels[1]))
    });
    if ui.is_rect_visible(rect) {
        draw(ui, theme, pad, [across, up], &response);
        let line = |y: f32, shown: Shown<'_>, sign: &str| {
            let text = format!(
                "{sign} {}  {}",
                shown.parameter.param.label,
                units::text(&shown.parameter.param, shown.parameter.base)
            );
            let at = pos2(rect.center().x, y);
            paint::text(
                ui,
                at,
                Align2::CENTER_TOP,
                &text,
                medium(size::TEXT_LABEL),
                theme.muted,
                WIDTH - 4.0,
            );
        };
        line(rect.bottom() - 34.0, across, "→");
        line(rect.bottom() - 18.0, up, "↑");
    }
    response
        .on_hover_cursor(egui::CursorIcon::Crosshair)
        .on_hover_text(format!("{} across, {} up\nDouble click: default", labels[0], labels[1]))
}

fn take(ui: &Ui, response: &Response, pad: Rect, shown: [Shown<'_>; 2], mut acts: [&mut Vec<ValueAct>; 2]) {
    if response.double_clicked() {
        for (shown, acts) in shown.iter().zip(&mut acts) {
            value::jump(acts, shown.parameter.default_normalized());
        }
        return;
    }
    if response.drag_started() {
        response.request_focus();
        acts.iter_mut().for_each(|acts| acts.push(ValueAct::Begin));
    }
    if response.dragged()
        && let Some(at) = response.interact_pointer_pos()
    {
        let to = normalized(pad, at);
        acts.iter_mut().zip(to).for_each(|(acts, to)| acts.push(ValueAct::Set(to)));
    }
    if response.drag_stopped() {
        acts.iter_mut().for_each(|acts| acts.push(ValueAct::End));
    }
    if !response.has_focus() {
        return;
    }
    let filter = egui::EventFilter { vertical_arrows: true, horizontal_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let keys = [
        (Key::ArrowRight, 0, STEP),
        (Key::ArrowLeft, 0, -STEP),
        (Key::ArrowUp, 1, STEP),
        (Key::ArrowDown, 1, -STEP),
    ];
    for (key, which, step) in keys {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            value::jump(acts[which], shown[which].parameter.base + step);
        }
    }
}

/// Right and up are more.
fn normalized(pad: Rect, at: Pos2) -> [f64; 2] {
    let x = (at.x - pad.left()) / pad.width();
    let y = (pad.bottom() - at.y) / pad.height();
    [x, y].map(|part| f64::from(part.clamp(0.0, 1.0)))
}

fn draw(ui: &Ui, theme: &Theme, pad: Rect, shown: [Shown<'_>; 2], response: &Response) {
    let painter = ui.painter();
    let edge = Stroke::new(size::LINE, theme.border);
    painter.rect(pad, f32::from(size::RADIUS_CONTROL), theme.well, edge, StrokeKind::Inside);
    let place = |x: f64, y: f64| {
        pos2(
            pad.left() + pad.width() * x.clamp(0.0, 1.0) as f32,
            pad.bottom() - pad.height() * y.clamp(0.0, 1.0) as f32,
        )
    };
    let [x, y] = shown.map(|shown| shown.parameter.base);
    let at = place(x, y);
    let cross = Stroke::new(size::LINE, theme.line);
    painter.hline(pad.x_range().shrink(1.0), at.y, cross);
    painter.vline(at.x, pad.y_range().shrink(1.0), cross);
    let moved = shown.map(|shown| shown.parameter.modulation);
    if moved != [0.0; 2] {
        let heard = place(x + moved[0], y + moved[1]);
        painter.line_segment([at, heard], Stroke::new(size::RING, theme.modulation));
        painter.circle_filled(heard, 3.0, theme.modulation);
    }
    let inner = pad.shrink(7.0);
    let at = pos2(at.x.clamp(inner.left(), inner.right()), at.y.clamp(inner.top(), inner.bottom()));
    painter.circle(at, 6.0, theme.accent, Stroke::new(size::RING, theme.well));
    paint::focus_ring(ui, theme, pad, response);
}
