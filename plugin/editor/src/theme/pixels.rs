//! Rounding to whole pixels: egui rounds text, but not what we paint beside it.

use egui::{Painter, Pos2, Rect, pos2};

/// The nearest edge between two pixels. `[any]`
pub fn snap(points: f32, pixels_per_point: f32) -> f32 {
    (points * pixels_per_point).round() / pixels_per_point
}

/// Both coordinates at edges between pixels. `[any]`
pub fn snap_pos(pos: Pos2, pixels_per_point: f32) -> Pos2 {
    pos2(snap(pos.x, pixels_per_point), snap(pos.y, pixels_per_point))
}

/// All four sides at edges between pixels. `[any]`
pub fn snap_rect(rect: Rect, pixels_per_point: f32) -> Rect {
    Rect::from_min_max(snap_pos(rect.min, pixels_per_point), snap_pos(rect.max, pixels_per_point))
}

/// A filled horizontal or vertical line of whole pixels, `width` points wide and at least one pixel. `[any]`
///
/// It lies to the right of or below the line from `from` to `to`.
pub fn hairline(painter: &Painter, from: Pos2, to: Pos2, width: f32, colour: egui::Color32) {
    let ppp = painter.pixels_per_point();
    let width = snap(width, ppp).max(1.0 / ppp);
    let (from, to) = (snap_pos(from, ppp), snap_pos(to, ppp));
    let size =
        if from.y == to.y { egui::vec2(to.x - from.x, width) } else { egui::vec2(width, to.y - from.y) };
    painter.rect_filled(Rect::from_min_size(from, size), 0.0, colour);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_snapped_lies_on_whole_pixels() {
        for ppp in [1.0, 1.25, 1.5, 2.0, 3.0] {
            for points in [0.0, 0.3, 1.1, 7.7, 100.49] {
                let pixels = snap(points, ppp) * ppp;
                assert!((pixels - pixels.round()).abs() < 1e-3, "{points} at {ppp}: {pixels}");
                assert!((pixels - points * ppp).abs() <= 0.5 + 1e-3);
            }
        }
    }
}
