//! Fills one triangle: which pixels are inside, and what colour each becomes.
//!
//! Corners are rounded to 1/256 pixel and inside is decided in whole numbers with the top-left rule, as graphics cards
//! do: two triangles that share an edge cover each pixel once.

use egui::{Pos2, pos2};

use crate::Picture;
use crate::texture::Texture;

/// The rectangle that may be drawn into, in pixels; right and bottom are outside.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clip {
    pub(crate) left: i32,
    pub(crate) right: i32,
    pub(crate) top: i32,
    pub(crate) bottom: i32,
}

/// How many values change linearly over a triangle.
const VALUES: usize = 6;

/// A corner: where it is in pixels, and the values there: red, green, blue, alpha (0 to 255, premultiplied), and the
/// place in the texture in texels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Corner {
    pub(crate) at: Pos2,
    pub(crate) values: [f32; VALUES],
}

/// Parts of a pixel in which corners are placed.
const SUB: i64 = 256;

/// An edge: `a * x + b * y + c` is positive inside, for x and y in 1/256 pixel.
struct Edge {
    a: i64,
    b: i64,
    c: i64,
}

impl Edge {
    /// The edge from one corner to the next, of a triangle that turns to the right on the screen.
    fn between([x0, y0]: [i64; 2], [x1, y1]: [i64; 2]) -> Self {
        let (a, b) = (y0 - y1, x1 - x0);
        let is_top_left = a > 0 || (a == 0 && b > 0);
        Self { a, b, c: -(a * x0 + b * y0) - i64::from(!is_top_left) }
    }

    /// Narrows the columns of a row to those whose centres are inside; `y` in 1/256 pixel.
    fn narrow(&self, y: i64, from: &mut i64, to: &mut i64) {
        // The value at the centre of column 0, and how much it grows with each column.
        let start = self.a * (SUB / 2) + self.b * y + self.c;
        let step = self.a * SUB;
        match step {
            0 if start < 0 => *to = *from,
            0 => {}
            1.. => *from = (*from).max(-start.div_euclid(step)),
            _ => *to = (*to).min(start.div_euclid(-step) + 1),
        }
    }
}

/// Draws a triangle with a texture, inside a clip rectangle.
pub(crate) fn fill(picture: &mut Picture, texture: &Texture, clip: Clip, mut corners: [Corner; 3]) {
    let mut placed =
        corners.map(|corner| [corner.at.x, corner.at.y].map(|v| (v * SUB as f32).round() as i64));
    let area = area(placed);
    if area == 0 {
        return;
    }
    if area < 0 {
        corners.swap(1, 2);
        placed.swap(1, 2);
    }
    let edges = [0, 1, 2].map(|n| Edge::between(placed[n], placed[(n + 1) % 3]));
    let lines = placed.map(|[_, y]| y);
    let top = (lines.iter().min().unwrap_or(&0) / SUB).max(i64::from(clip.top));
    let bottom = (lines.iter().max().unwrap_or(&0) / SUB + 1).min(i64::from(clip.bottom));
    let planes = Planes::new(&corners);
    let flat = planes.flat(texture);
    for row in top..bottom {
        let (mut from, mut to) = (i64::from(clip.left), i64::from(clip.right));
        for edge in &edges {
            edge.narrow(row * SUB + SUB / 2, &mut from, &mut to);
        }
        if from >= to {
            continue;
        }
        let pixels = picture.row_mut(row as usize, from as usize, to as usize);
        match flat {
            Some(colour) => pixels.as_chunks_mut().0.iter_mut().for_each(|pixel| blend(pixel, colour)),
            None => planes.fill_row(pixels, texture, from as f32 + 0.5, row as f32 + 0.5),
        }
    }
}

/// Twice the area, in 1/256 pixel; positive for a triangle that turns to the right on the screen.
fn area([[x0, y0], [x1, y1], [x2, y2]]: [[i64; 2]; 3]) -> i64 {
    (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
}

/// The values as functions of the place: `at_origin + across * x + down * y`, with the place counted from a corner.
struct Planes {
    origin: Pos2,
    at_origin: [f32; VALUES],
    across: [f32; VALUES],
    down: [f32; VALUES],
}

impl Planes {
    fn new(corners: &[Corner; 3]) -> Self {
        let [a, b, c] = corners;
        let (ab, ac) = (b.at - a.at, c.at - a.at);
        let area = ab.x * ac.y - ac.x * ab.y;
        let slope = |n: usize, of: fn(f32, f32, egui::Vec2, egui::Vec2) -> f32| {
            of(b.values[n] - a.values[n], c.values[n] - a.values[n], ab, ac) / area
        };
        Self {
            origin: a.at,
            at_origin: a.values,
            across: std::array::from_fn(|n| slope(n, |vb, vc, ab, ac| vb * ac.y - vc * ab.y)),
            down: std::array::from_fn(|n| slope(n, |vb, vc, ab, ac| vc * ab.x - vb * ac.x)),
        }
    }

    /// The one colour of a triangle whose values do not change.
    fn flat(&self, texture: &Texture) -> Option<[f32; 4]> {
        let is_flat = self.across.iter().chain(&self.down).all(|slope| *slope == 0.0);
        is_flat.then(|| shade(self.at_origin, texture))
    }

    /// Draws pixels of a row from the centre of the first.
    fn fill_row(&self, pixels: &mut [u8], texture: &Texture, x: f32, y: f32) {
        let from = pos2(x, y) - self.origin;
        let mut values: [f32; VALUES] =
            std::array::from_fn(|n| self.at_origin[n] + self.across[n] * from.x + self.down[n] * from.y);
        for pixel in pixels.as_chunks_mut().0 {
            blend(pixel, shade(values, texture));
            for (value, across) in values.iter_mut().zip(self.across) {
                *value += across;
            }
        }
    }
}

/// The vertex colour times the texture's, each part 0 to 255.
fn shade([r, g, b, a, x, y]: [f32; VALUES], texture: &Texture) -> [f32; 4] {
    let texel = texture.sample(x, y);
    let colour = [r, g, b, a];
    std::array::from_fn(|part| colour[part] * texel[part] * (1.0 / 255.0))
}

/// Lays a premultiplied colour over a pixel.
fn blend(pixel: &mut [u8; 4], colour: [f32; 4]) {
    let through = 1.0 - colour[3] * (1.0 / 255.0);
    for (under, over) in pixel.iter_mut().zip(colour) {
        *under = (over + f32::from(*under) * through + 0.5) as u8;
    }
}
