//! Axes: the lines behind a curve, the numbers beside it, names, the title.

use super::canvas::Canvas;
use super::colours::{FAINT_INK, FRAME, GRID, INK, Rgb, WARNING, ZERO};
use super::layout::{Area, TICK_GAP};
use super::scale::Scale;
use super::text::{self, Style};
use super::ticks::Ticks;

/// The length of a mark at a number, in pixels.
const MARK: f32 = 4.0;

/// A scale and its numbers.
#[derive(Debug)]
pub(super) struct Axis {
    pub scale: Scale,
    pub ticks: Ticks,
}

impl Axis {
    /// Each number: its left or upper pixel, its label, and whether it is zero.
    fn marks(&self) -> impl Iterator<Item = (f32, &str, bool)> {
        let at = |value: f64| self.scale.px(value).floor();
        let marks = self.ticks.values.iter().zip(&self.ticks.labels);
        marks.map(move |(&value, label)| (at(value), label.as_str(), value == 0.0))
    }
}

/// A time axis: seconds, from one pixel to another.
pub(super) fn seconds(duration: f64, area: &Area) -> Axis {
    along(0.0, duration, 0.0, area)
}

/// An axis from left to right.
pub(super) fn along(low: f64, high: f64, step_min: f64, area: &Area) -> Axis {
    let scale = Scale { low, high, from: area.left as f32, to: area.right as f32 };
    Axis { scale, ticks: Ticks::between(low, high, area.width() / 110, step_min) }
}

/// An axis from the bottom to the top, with a number each so many pixels.
pub(super) fn upwards(low: f64, high: f64, spacing: usize, area: &Area) -> Axis {
    let scale = Scale { low, high, from: area.bottom as f32, to: area.top as f32 };
    Axis { scale, ticks: Ticks::between(low, high, area.height() / spacing, 0.0) }
}

/// The lines behind a curve; zero is a little darker.
pub(super) fn grid(canvas: &mut Canvas, area: &Area, along: &Axis, upwards: &Axis) {
    let (left, top, right, bottom) = area.edges();
    for (x, _, _) in along.marks().filter(|&(x, _, _)| x > left && x < right) {
        canvas.fill((x, top, x + 1.0, bottom), GRID);
    }
    for (y, _, is_zero) in upwards.marks() {
        canvas.fill((left, y, right, y + 1.0), if is_zero { ZERO } else { GRID });
    }
}

/// The lines round an area, just outside it.
pub(super) fn frame(canvas: &mut Canvas, area: &Area) {
    let (left, top, right, bottom) = area.edges();
    canvas.fill((left - 1.0, top - 1.0, right + 1.0, top), FRAME);
    canvas.fill((left - 1.0, bottom, right + 1.0, bottom + 1.0), FRAME);
    canvas.fill((left - 1.0, top, left, bottom), FRAME);
    canvas.fill((right, top, right + 1.0, bottom), FRAME);
}

/// The numbers below an area, and the axis's name below them.
pub(super) fn below(canvas: &mut Canvas, area: &Area, axis: &Axis, name: &str) {
    let bottom = area.bottom as f32 + 1.0;
    for (x, label, _) in axis.marks() {
        canvas.fill((x, bottom, x + 1.0, bottom + MARK), FRAME);
        let left = x as i32 - text::width(label) as i32 / 2;
        text::write(canvas, label, (left, area.bottom as i32 + 7), Style::regular(INK));
    }
    let left = (area.left + area.right) / 2 - text::width(name) / 2;
    text::write(canvas, name, (left as i32, area.bottom as i32 + 29), Style::regular(FAINT_INK));
}

/// The numbers on an area's left.
pub(super) fn left_of(canvas: &mut Canvas, area: &Area, axis: &Axis) {
    let edge = area.left as f32 - 1.0;
    for (y, label, _) in axis.marks() {
        canvas.fill((edge - MARK, y, edge, y + 1.0), FRAME);
        let left = area.left as i32 - (TICK_GAP + text::width(label)) as i32;
        number(canvas, label, left, y);
    }
}

/// The numbers on an area's right.
pub(super) fn right_of(canvas: &mut Canvas, area: &Area, axis: &Axis) {
    let edge = area.right as f32 + 1.0;
    for (y, label, _) in axis.marks() {
        canvas.fill((edge, y, edge + MARK, y + 1.0), FRAME);
        number(canvas, label, (area.right + TICK_GAP) as i32, y);
    }
}

fn number(canvas: &mut Canvas, label: &str, left: i32, y: f32) {
    text::write(canvas, label, (left, y as i32 - text::HEIGHT as i32 / 2), Style::regular(INK));
}

/// The name of an upward axis, from bottom to top beside the middle of an area.
pub(super) fn name_upwards(canvas: &mut Canvas, area: &Area, x: usize, name: &str) {
    let bottom = (area.top + area.bottom) / 2 + text::width(name) / 2;
    text::write_upwards(canvas, name, (x as i32, bottom as i32), Style::regular(FAINT_INK));
}

/// What the picture is, above it: its name, what is wrong, and what else is known, as far as there is room.
pub(super) fn title(canvas: &mut Canvas, area: &Area, name: &str, wrong: &str, known: &str) {
    let y = 14;
    text::write(canvas, name, (area.left as i32, y), Style::bold(INK));
    let mut left = area.left + text::width(name);
    let mut also = |said: &str, colour: Rgb| {
        let start = left + 2 * text::ADVANCE;
        if !said.is_empty() && start + text::width(said) <= area.right {
            text::write(canvas, said, (start as i32, y), Style::regular(colour));
            left = start + text::width(said);
        }
    };
    also(known, FAINT_INK);
    also(wrong, WARNING);
}
