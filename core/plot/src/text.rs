//! Letters, from a raster that is part of the library: they look the same on every machine.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use super::canvas::Canvas;
use super::colours::Rgb;

const SIZE: RasterHeight = RasterHeight::Size16;
/// The height of a line of text, in pixels.
pub(super) const HEIGHT: usize = SIZE.val();
/// The width of a letter, in pixels.
pub(super) const ADVANCE: usize = get_raster_width(FontWeight::Regular, SIZE);

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub colour: Rgb,
    pub weight: FontWeight,
}

impl Style {
    pub const fn regular(colour: Rgb) -> Self {
        Self { colour, weight: FontWeight::Regular }
    }

    pub const fn bold(colour: Rgb) -> Self {
        Self { colour, weight: FontWeight::Bold }
    }
}

/// The width of a text, in pixels.
pub(super) fn width(text: &str) -> usize {
    text.chars().count() * ADVANCE
}

/// Writes from left to right; `x`, `y` is the upper left corner.
pub(super) fn write(canvas: &mut Canvas, text: &str, (x, y): (i32, i32), style: Style) {
    inked(text, style.weight, |along, down, ink| canvas.blend(x + along, y + down, style.colour, ink));
}

/// Writes from bottom to top; `x`, `y` is the lower left corner, where the text begins.
pub(super) fn write_upwards(canvas: &mut Canvas, text: &str, (x, y): (i32, i32), style: Style) {
    inked(text, style.weight, |along, down, ink| canvas.blend(x + down, y - 1 - along, style.colour, ink));
}

/// Calls `put` with each inked pixel: along the line, down from its top, and how much ink.
fn inked(text: &str, weight: FontWeight, mut put: impl FnMut(i32, i32, u8)) {
    for (place, letter) in text.chars().enumerate() {
        let Some(raster) = get_raster(letter, weight, SIZE).or_else(|| get_raster('?', weight, SIZE)) else {
            continue;
        };
        for (down, row) in raster.rows().enumerate() {
            for (along, &ink) in row.iter().enumerate().filter(|&(_, &ink)| ink > 0) {
                put((place * ADVANCE + along) as i32, down as i32, ink);
            }
        }
    }
}
