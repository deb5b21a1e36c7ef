//! A small curve of the last values.

use egui::{Rect, Shape, Stroke, Ui, pos2};

use crate::theme::{Theme, size};

/// Draws values, oldest first, into `rect`; their own least and greatest are its edges. `[control]`
pub fn curve(ui: &Ui, theme: &Theme, rect: Rect, values: &[f32]) {
    let painter = ui.painter();
    painter.rect_filled(rect, f32::from(size::RADIUS_MARK), theme.well);
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(f32::MAX, f32::min), finite().fold(f32::MIN, f32::max));
    if values.len() < 2 || low > high {
        return;
    }
    let inner = rect.shrink(3.0);
    let span = (high - low).max(1e-9);
    let y = |value: f32| {
        let part = if high - low < 1e-9 { 0.5 } else { (value - low) / span };
        inner.bottom() - inner.height() * part
    };
    let step = inner.width() / (values.len() - 1) as f32;
    let points = values
        .iter()
        .enumerate()
        .filter(|(_, value)| value.is_finite())
        .map(|(at, value)| pos2(inner.left() + step * at as f32, y(*value)));
    painter.add(Shape::line(points.collect(), Stroke::new(1.5, theme.accent)));
}
