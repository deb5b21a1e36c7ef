//! What a table holds, drawn.

use egui::{Align2, Pos2, Rect, Shape, Stroke, Ui, Vec2, pos2, vec2};

use super::{paint, picture};
use crate::theme::{Theme, medium, size};

/// Draws a table's values over its whole length, between their least and greatest, with zero where it lies between
/// them. `[control]`
pub fn table_plot(ui: &mut Ui, theme: &Theme, name: &str, values: &[f64], size: Vec2) {
    let (rect, response, painter) = picture::well(ui, theme, name, size);
    let Some((low, high)) = range(values) else { return };
    let inner = rect.shrink2(vec2(4.0, 10.0));
    let y = |value: f64| {
        let part = if high > low { ((value - low) / (high - low)) as f32 } else { 0.5 };
        inner.bottom() - inner.height() * part
    };
    if low < 0.0 && high > 0.0 {
        painter.hline(rect.x_range().shrink(1.0), y(0.0), Stroke::new(size::LINE, theme.line));
    }
    let line = points(values, inner, &y);
    let floor = if low <= 0.0 && high >= 0.0 { y(0.0) } else { inner.bottom() };
    painter.add(picture::area(&line, floor, theme.accent.gamma_multiply(0.18)));
    painter.add(Shape::line(line, Stroke::new(1.5, theme.accent)));
    let axis = |at, align, value: f64| {
        paint::text(ui, at, align, &short(value), medium(size::TEXT_AXIS), theme.faint, 80.0);
    };
    axis(rect.min + vec2(5.0, 1.0), Align2::LEFT_TOP, high);
    axis(pos2(rect.left() + 5.0, rect.bottom() - 1.0), Align2::LEFT_BOTTOM, low);
    if let Some(at) = response.hover_pos() {
        let part = ((at.x - inner.left()) / inner.width()).clamp(0.0, 1.0);
        let index = ((values.len() - 1) as f32 * part).round() as usize;
        response.on_hover_text(format!("{index}: {}", short(values[index])));
    }
}

/// The least and the greatest finite value.
fn range(values: &[f64]) -> Option<(f64, f64)> {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(f64::MAX, f64::min), finite().fold(f64::MIN, f64::max));
    (low <= high).then_some((low, high))
}

/// A point for each value, or for more than two a point of width the least and the greatest of what lies there.
fn points(values: &[f64], inner: Rect, y: &dyn Fn(f64) -> f32) -> Vec<Pos2> {
    let step = inner.width() / (values.len().max(2) - 1) as f32;
    let chunk = (1.0 / step).ceil() as usize;
    let ends = picture::extremes(values, if chunk <= 2 { 1 } else { chunk }, |value| *value);
    ends.into_iter().map(|(at, value)| pos2(inner.left() + step * at as f32, y(value))).collect()
}

/// A number in a few digits. `[any]`
pub fn short(value: f64) -> String {
    let size = value.abs();
    match () {
        () if value == 0.0 => "0".to_owned(),
        () if !value.is_finite() || !(1e-4..1e6).contains(&size) => format!("{value:.2e}"),
        () if size >= 1000.0 => format!("{value:.0}"),
        () => {
            let digits = if size >= 100.0 {
                1
            } else if size >= 10.0 {
                2
            } else {
                3
            };
            let text = format!("{value:.digits$}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let shown = [0.0, 0.5, -12.345, 440.0, 12_345.6, 1e9, 0.00001].map(short);
        assert_eq!(shown, ["0", "0.5", "-12.35", "440", "12346", "1.00e9", "1.00e-5"]);
    }

    #[test]
    fn a_long_table_is_drawn_with_two_points_for_each_point_of_width() {
        let values: Vec<f64> = (0..100_000).map(|at| f64::from(at % 7)).collect();
        let inner = Rect::from_min_size(pos2(0.0, 0.0), vec2(200.0, 50.0));
        let line = points(&values, inner, &|value| value as f32);
        assert!(line.len() <= 402, "{}", line.len());
        assert_eq!(range(&[f64::NAN]), None);
        assert_eq!(range(&[1.0, f64::INFINITY, -2.0]), Some((-2.0, 1.0)));
    }
}
