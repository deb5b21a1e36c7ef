//! An oscilloscope of the two outputs.

use egui::{Color32, Pos2, Rect, Shape, Stroke, Ui, Vec2, pos2};

use super::picture;
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
    let (rect, response, painter) = picture::well(ui, theme, "Oscilloscope", size);
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
fn points(seen: &[[f32; 2]], side: usize, rect: Rect, middle: f32) -> Vec<Pos2> {
    let inner = rect.shrink(2.0);
    let y = |value: f64| middle - (value as f32).clamp(-1.0, 1.0) * inner.height() / 2.0;
    let x = |at: usize| inner.left() + inner.width() * at as f32 / (seen.len() - 1) as f32;
    let chunk = (seen.len() as f32 / inner.width()).ceil() as usize;
    let ends = picture::extremes(seen, chunk, |frame| frame[side].into());
    ends.into_iter().map(|(at, value)| pos2(x(at), y(value))).collect()
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
