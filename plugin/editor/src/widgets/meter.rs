//! A level meter with peak hold.

use egui::{Align2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::paint;
use crate::model::Level;
use crate::theme::{Theme, medium, size};

/// The quietest level that is shown, dB.
pub const FLOOR_DB: f32 = -60.0;
/// The loudest, dB.
pub const TOP_DB: f32 = 6.0;
/// How long a peak is held.
const HOLD_SECONDS: f64 = 1.5;
/// How fast a held peak falls then, dB a second.
const FALL_DB: f64 = 24.0;
/// The marks of the scale, dB.
const MARKS: [f32; 6] = [0.0, -6.0, -12.0, -24.0, -36.0, -48.0];

/// What a meter keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeakHold {
    db: f32,
    since: f64,
    /// Whether a sample went over full scale since a click on the meter.
    pub is_over: bool,
}

impl Default for PeakHold {
    fn default() -> Self {
        Self { db: f32::NEG_INFINITY, since: 0.0, is_over: false }
    }
}

impl PeakHold {
    /// Takes a peak at a time in seconds; what the held peak is then, dB. `[any]`
    pub fn take(&mut self, peak: f32, now: f64) -> f32 {
        self.is_over |= peak > 1.0;
        let new = decibels(peak);
        let held = self.held(now);
        if new >= held {
            (self.db, self.since) = (new, now);
            return new;
        }
        held
    }

    fn held(&self, now: f64) -> f32 {
        let falling = (now - self.since - HOLD_SECONDS).max(0.0);
        self.db - (falling * FALL_DB) as f32
    }
}

/// An amplitude in dB. `[any]`
pub fn decibels(amplitude: f32) -> f32 {
    20.0 * amplitude.max(1e-9).log10()
}

/// Where a level stands, 0 at the floor and 1 at the top. `[any]`
pub fn position(db: f32) -> f32 {
    ((db - FLOOR_DB) / (TOP_DB - FLOOR_DB)).clamp(0.0, 1.0)
}

/// Draws a standing meter of one output. `[control]`
pub fn meter(
    ui: &mut Ui,
    theme: &Theme,
    name: &str,
    level: Level,
    hold: &mut PeakHold,
    size: egui::Vec2,
) -> Response {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let now = ui.input(|input| input.time);
    let held = hold.take(level.peak, now);
    if held > decibels(level.peak) + 0.1 && held > FLOOR_DB {
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(34));
    }
    if response.clicked() {
        *hold = PeakHold::default();
    }
    let text = if held <= FLOOR_DB { "silent".to_owned() } else { format!("{held:.1} dB") };
    response.widget_info(|| {
        let mut info =
            WidgetInfo::labeled(Role::ProgressIndicator, response.enabled(), format!("Level of {name}"));
        info.current_text_value = Some(text.clone());
        info
    });
    if ui.is_rect_visible(rect) {
        draw(ui, theme, rect, level, held, hold.is_over);
        paint::focus_ring(ui, theme, rect, &response);
    }
    response.on_hover_text(format!("{name}: peak {text}\nClick: forget the peak"))
}

fn draw(ui: &Ui, theme: &Theme, rect: Rect, level: Level, held: f32, is_over: bool) {
    let painter = ui.painter();
    painter.rect(
        rect,
        f32::from(size::RADIUS_MARK),
        theme.well,
        Stroke::new(size::LINE, theme.line),
        StrokeKind::Inside,
    );
    let over = Rect::from_min_size(rect.min + vec2(2.0, 2.0), vec2(rect.width() - 4.0, 5.0));
    painter.rect_filled(over, 1.0, if is_over { theme.error } else { theme.line });
    let lane = Rect::from_min_max(rect.min + vec2(2.0, 9.0), rect.max - vec2(2.0, 2.0));
    let y = |db: f32| lane.bottom() - lane.height() * position(db);
    let bar = |from: f32, to: f32, colour| {
        let bar = Rect::from_min_max(pos2(lane.left(), y(to)), pos2(lane.right(), y(from)));
        painter.rect_filled(bar, 0.0, colour);
    };
    let peak = decibels(level.peak);
    let dim = theme.accent.gamma_multiply(0.45);
    bar(FLOOR_DB, peak.min(0.0), dim);
    bar(FLOOR_DB, decibels(level.rms).min(0.0), theme.accent);
    if peak > 0.0 {
        bar(0.0, peak, theme.error);
    }
    if held > FLOOR_DB {
        let colour = if held > 0.0 {
            theme.error
        } else if held > -3.0 {
            theme.warning
        } else {
            theme.text
        };
        painter.hline(lane.x_range(), y(held), Stroke::new(size::RING, colour));
    }
}

/// The scale beside a meter of the same height. `[control]`
pub fn scale(ui: &mut Ui, theme: &Theme, height: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(24.0, height), Sense::hover());
    let lane = Rect::from_min_max(rect.min + vec2(0.0, 9.0), rect.max - vec2(0.0, 2.0));
    let mut free = f32::NEG_INFINITY;
    for db in MARKS {
        let y = lane.bottom() - lane.height() * position(db);
        if y < free {
            continue;
        }
        free = y + 14.0;
        let at = pos2(rect.right() - 2.0, y);
        paint::text(
            ui,
            at,
            Align2::RIGHT_CENTER,
            &format!("{db:.0}"),
            medium(size::TEXT_AXIS),
            theme.faint,
            24.0,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_is_held_and_falls_then() {
        let mut hold = PeakHold::default();
        assert!((hold.take(0.5, 10.0) + 6.02).abs() < 0.01);
        assert!((hold.take(0.1, 11.0) + 6.02).abs() < 0.01);
        assert!((hold.take(0.1, 12.0) + 18.02).abs() < 0.01);
        assert!((hold.take(0.2, 13.0) + 13.98).abs() < 0.01);
        assert!(!hold.is_over);
        hold.take(1.01, 13.0);
        hold.take(0.0, 30.0);
        assert!(hold.is_over);
    }

    #[test]
    fn levels_have_places_between_the_ends() {
        assert_eq!(
            [position(-99.0), position(FLOOR_DB), position(TOP_DB), position(20.0)],
            [0.0, 0.0, 1.0, 1.0]
        );
    }
}
