//! An oscilloscope of the two outputs.

use egui::{Color32, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2};

use crate::theme::{Theme, size};

/// The frame at which a picture begins so that it stands still: where the left output rises through zero, at least
/// `shown` frames before the end. `[any]`
pub fn trigger(frames: &[[f32; 2]], shown: usize) -> usize {
    let last = frames.len().saturating_sub(shown);
    let rises = |at: &usize| frames[*at - 1][0] < 0.0 && frames[*at][0] >= 0.0;
    (1..=last.min(frames.len().saturating_sub(1))).rev().find(rises).unwrap_or(last)
}

/// Draws `shown` frames of what went out last; 1 is full scale. `[control]`
pub fn scope(ui: &mut Ui, theme: &Theme, frames: &[[f32; 2]], shown: usize, size: Vec2) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Oscilloscope"));
    let painter = ui.painter_at(rect);
    painter.rect(
        rect,
        f32::from(size::RADIUS_CONTROL),
        theme.well,
        Stroke::new(size::LINE, theme.line),
        StrokeKind::Inside,
    );
    let middle = rect.center().y;
    for part in [0.25, 0.5, 0.75] {
        let y = rect.top() + rect.height() * part;
        painter.hline(rect.x_range().shrink(1.0), y, Stroke::new(size::LINE, theme.line));
    }
    let begin = trigger(frames, shown);
    let seen = &frames[begin..(begin + shown).min(frames.len())];
    if seen.len() < 2 {
        return;
    }
    let wave = |side: usize, colour: Color32| {
        painter.add(Shape::line(points(seen, side, rect, middle), Stroke::new(1.5, colour)));
    };
    wave(1, theme.modulation.gamma_multiply(0.8));
    wave(0, theme.accent);
    response.on_hover_text("The last frames of outputs 1 (front) and 2 (behind)");
}

/// A line of at most two points for each point of width: the least and the greatest of what lies there.
fn points(seen: &[[f32; 2]], side: usize, rect: Rect, middle: f32) -> Vec<egui::Pos2> {
    let inner = rect.shrink(2.0);
    let y = |value: f32| middle - value.clamp(-1.0, 1.0) * inner.height() / 2.0;
    let x = |at: usize| inner.left() + inner.width() * at as f32 / (seen.len() - 1) as f32;
    let chunk = (seen.len() as f32 / inner.width()).ceil().max(1.0) as usize;
    if chunk == 1 {
        return seen.iter().enumerate().map(|(at, frame)| pos2(x(at), y(frame[side]))).collect();
    }
    let mut points = Vec::with_capacity(2 * seen.len() / chunk + 2);
    for (first, frames) in seen.chunks(chunk).enumerate().map(|(at, frames)| (at * chunk, frames)) {
        let values = || frames.iter().map(|frame| frame[side]).enumerate();
        let low = values().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = values().max_by(|a, b| a.1.total_cmp(&b.1));
        let mut ends: Vec<(usize, f32)> = low.into_iter().chain(high).collect();
        // In the order in which they come: a smooth wave stays one.
        ends.sort_by_key(|(at, _)| *at);
        points.extend(ends.into_iter().map(|(at, value)| pos2(x(first + at), y(value))));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_begins_where_the_wave_rises() {
        let frames: Vec<[f32; 2]> = (0..400).map(|at| [(at as f32 * 0.1 + 0.05).sin(), 0.0]).collect();
        let begin = trigger(&frames, 200);
        assert!(begin <= 200 && frames[begin - 1][0] < 0.0 && frames[begin][0] >= 0.0);
        assert_eq!(trigger(&[[0.0; 2]; 10], 4), 6);
        assert_eq!(trigger(&[], 4), 0);
        assert_eq!(trigger(&[[1.0; 2]], 4), 0);
    }
}
