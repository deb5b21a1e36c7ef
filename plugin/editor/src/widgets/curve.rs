//! A small curve of the last values.

use egui::{Color32, Painter, Rect, Shape, Stroke, Ui, pos2};

use crate::theme::{Theme, size};

/// Draws values in a well of their own. `[control]`
pub fn curve(ui: &Ui, theme: &Theme, rect: Rect, values: &[[f32; 2]]) {
    let painter = ui.painter();
    painter.rect_filled(rect, f32::from(size::RADIUS_MARK), theme.well);
    line(painter, rect.shrink(3.0), values, theme.accent);
}

/// Draws values, oldest first, each the least and the greatest of its time, into `rect`: all their least and greatest are
/// its edges. A value that does not move lies in the middle. `[control]`
pub fn line(painter: &Painter, rect: Rect, values: &[[f32; 2]], colour: Color32) {
    let finite = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(f32::MAX, f32::min), finite().fold(f32::MIN, f32::max));
    if values.len() < 2 || low > high {
        return;
    }
    let span = high - low;
    let y = |value: f32| {
        let part = if span < 1e-9 { 0.5 } else { (value - low) / span };
        rect.bottom() - rect.height() * part
    };
    let step = rect.width() / (values.len() - 1) as f32;
    let mut points = Vec::with_capacity(values.len() * 2);
    for (at, range) in values.iter().enumerate().filter(|(_, range)| range.iter().all(|one| one.is_finite()))
    {
        let x = rect.left() + step * at as f32;
        // From one time to the next the line goes on where it is nearer.
        let turned = at % 2 == 1;
        let [first, second] = if turned { [range[1], range[0]] } else { *range };
        points.push(pos2(x, y(first)));
        if first != second {
            points.push(pos2(x, y(second)));
        }
    }
    painter.add(Shape::line(points, Stroke::new(1.5, colour)));
}
