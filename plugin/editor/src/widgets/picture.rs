//! What pictures of numbers have in common: the well that they stand in, many values on few points of width, and the area
//! below a line.

use egui::{
    Color32, Mesh, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2,
};

use crate::theme::{Theme, size};

/// Room for a picture with this name, in its well: where it is, what the pointer does there, and what draws inside.
/// `[control]`
pub(super) fn well(ui: &mut Ui, theme: &Theme, name: &str, room: Vec2) -> (Rect, Response, Painter) {
    let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    let painter = ui.painter_at(rect);
    let edge = Stroke::new(size::LINE, theme.line);
    painter.rect(rect, f32::from(size::RADIUS_CONTROL), theme.well, edge, StrokeKind::Inside);
    (rect, response, painter)
}

/// The finite values with their places: all of them, or where a point of width has `chunk` of them, the least and the
/// greatest of each chunk. They come in their order, so that a smooth line stays one. `[any]`
pub(super) fn extremes<V>(values: &[V], chunk: usize, number: impl Fn(&V) -> f64) -> Vec<(usize, f64)> {
    let finite = |first: usize, values: &[V]| -> Vec<(usize, f64)> {
        let numbers = values.iter().enumerate().map(|(at, value)| (first + at, number(value)));
        numbers.filter(|(_, number)| number.is_finite()).collect()
    };
    if chunk <= 1 {
        return finite(0, values);
    }
    let mut points = Vec::with_capacity(2 * values.len() / chunk + 2);
    for (at, values) in values.chunks(chunk).enumerate() {
        let finite = finite(at * chunk, values);
        let low = finite.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = finite.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
        let mut ends: Vec<(usize, f64)> = low.into_iter().chain(high).collect();
        ends.sort_by_key(|(at, _)| *at);
        points.extend(ends);
    }
    points
}

/// What lies between a line and a height. `[any]`
pub(super) fn area(line: &[Pos2], bottom: f32, colour: Color32) -> Shape {
    let mut mesh = Mesh::default();
    for (at, point) in line.iter().enumerate() {
        mesh.colored_vertex(*point, colour);
        mesh.colored_vertex(pos2(point.x, bottom), colour);
        if at > 0 {
            let first = (at as u32 - 1) * 2;
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first + 1, first + 2, first + 3);
        }
    }
    Shape::mesh(mesh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_chunk_has_its_ends_in_their_order() {
        let values = [0.0, 3.0, -1.0, f64::NAN, 2.0, 5.0, 5.0];
        let of = |chunk| extremes(&values, chunk, |value| *value);
        assert_eq!(of(1).len(), 6, "what is not a number is left out");
        assert_eq!(of(3), [(1, 3.0), (2, -1.0), (4, 2.0), (5, 5.0), (6, 5.0), (6, 5.0)]);
    }
}
