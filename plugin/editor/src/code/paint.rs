//! Paints the rows that are shown.

use std::ops::Range;

use egui::{
    Align2, Color32, CornerRadius, Galley, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2,
};

use super::geometry::Geometry;
use super::inputs::{CodeInputs, Mark, Severity};
use super::moves;
use super::state::CodeState;
use super::words::Colouring;
use crate::theme::{self, Theme, size};
use crate::widgets::curve;

/// The colour of a mark.
pub(super) fn mark_colour(theme: &Theme, severity: Severity) -> Color32 {
    match severity {
        Severity::Warning => theme.warning,
        Severity::Error => theme.error,
    }
}

/// All that painting a frame needs.
pub(super) struct Frame<'a> {
    pub(super) ui: &'a Ui,
    pub(super) state: &'a CodeState,
    pub(super) inputs: &'a CodeInputs<'a>,
    pub(super) geometry: &'a Geometry,
    pub(super) colouring: &'a Colouring<'a>,
    /// What is shown, gutter and all.
    pub(super) clip: Rect,
    pub(super) has_focus: bool,
}

impl Frame<'_> {
    /// Paints rows.
    pub(super) fn paint(&self, rows: Range<usize>) {
        let text_clip =
            Rect::from_min_max(pos2(self.clip.left() + self.geometry.gutter, self.clip.top()), self.clip.max);
        let text = self.ui.painter_at(text_clip.expand2(vec2(1.0, 0.0)));
        let gutter = self.ui.painter_at(self.clip);
        let caret = self.state.caret();
        let brackets = if self.has_focus {
            moves::brackets(&self.state.buffer, self.state.selection.caret)
        } else {
            None
        };
        for row in rows {
            let line = self.state.folds.line_of(row);
            let galley = self.geometry.galley(self.ui, self.state, self.colouring, line);
            if line == caret.line && self.state.selection.is_empty() {
                self.current_line(row);
            }
            self.number(&gutter, row, line, line == caret.line);
            self.selection(&text, row, line, &galley);
            self.matches(&text, row, line, &galley);
            if let Some((here, other)) = brackets {
                self.brackets(&text, row, line, &galley, here, other);
            }
            let at = self.geometry.text_pos(&galley, row, self.ui.pixels_per_point());
            text.galley(at, galley.clone(), self.inputs.theme.text);
            self.marks(&text, row, line, &galley);
            let end = self.fold_sign(&text, row, line, &galley);
            self.notes(&text, row, line, end);
            if line == caret.line {
                self.caret(&text, row, caret.column, &galley);
            }
        }
    }

    fn snap(&self, rect: Rect) -> Rect {
        theme::snap_rect(rect, self.ui.pixels_per_point())
    }

    /// The band of a row over the whole width.
    fn band(&self, row: usize) -> Rect {
        let top = self.geometry.top(row);
        self.snap(Rect::from_min_max(
            pos2(self.clip.left(), top),
            pos2(self.clip.right(), top + self.geometry.row),
        ))
    }

    fn current_line(&self, row: usize) {
        self.ui.painter_at(self.clip).rect_filled(self.band(row), 0.0, self.inputs.theme.current_line);
    }

    /// The line's number, its mark and the triangle of its fold.
    fn number(&self, painter: &Painter, row: usize, line: usize, current: bool) {
        let theme = self.inputs.theme;
        let worst = self.inputs.marks.iter().filter(|mark| mark.line == line).map(|mark| mark.severity).max();
        let colour = match worst {
            Some(severity) => mark_colour(theme, severity),
            None if current => theme.text,
            None => theme.faint,
        };
        let band = self.band(row);
        let right = self.clip.left() + self.geometry.gutter - self.geometry.fold;
        let font = theme::code(self.geometry.font_size);
        painter.text(pos2(right, band.center().y), Align2::RIGHT_CENTER, line + 1, font, colour);
        if worst.is_some() {
            let bar = Rect::from_min_size(pos2(self.clip.left(), band.top()), vec2(3.0, band.height()));
            painter.rect_filled(self.snap(bar), 0.0, colour);
        }
        let folded = self.state.folds.is_folded(line);
        let over_gutter = self.ui.rect_contains_pointer(Rect::from_min_max(
            self.clip.min,
            pos2(self.clip.left() + self.geometry.gutter, self.clip.bottom()),
        ));
        if self.state.structure.region_at(line).is_some() && (folded || over_gutter || current) {
            let colour = if folded { theme.accent } else { theme.faint };
            triangle(painter, pos2(right + self.geometry.fold / 2.0, band.center().y), folded, colour);
        }
    }

    /// The columns of a line that a range of the text covers, and whether it goes on over the line's end.
    fn columns_of(&self, line: usize, range: &Range<usize>) -> Option<(Range<usize>, bool)> {
        let (start, end) = (self.state.buffer.line_start(line), self.state.buffer.line_end(line));
        if range.is_empty()
            || range.end < start
            || range.start > end
            || range.end == start && range.start < start
        {
            return None;
        }
        Some((range.start.max(start) - start..range.end.min(end) - start, range.end > end))
    }

    fn selection(&self, painter: &Painter, row: usize, line: usize, galley: &Galley) {
        let Some((columns, over_end)) = self.columns_of(line, &self.state.selection.range()) else { return };
        let mut rect = self.geometry.columns(galley, row, columns);
        if over_end {
            rect.max.x += self.geometry.letter * 0.75;
        }
        painter.rect_filled(
            self.snap(rect),
            CornerRadius::same(size::RADIUS_MARK),
            self.inputs.theme.selection,
        );
    }

    fn matches(&self, painter: &Painter, row: usize, line: usize, galley: &Galley) {
        let matches = self.state.find.matches();
        let start = self.state.buffer.line_start(line);
        let first = matches.partition_point(|range| range.end <= start);
        let end = self.state.buffer.line_end(line);
        for range in matches[first..].iter().take_while(|range| range.start < end) {
            let Some((columns, _)) = self.columns_of(line, range) else { continue };
            let rect = self.snap(self.geometry.columns(galley, row, columns));
            let warning = self.inputs.theme.warning;
            let radius = CornerRadius::same(size::RADIUS_MARK);
            painter.rect(
                rect,
                radius,
                warning.gamma_multiply(0.16),
                Stroke::new(1.0, warning),
                StrokeKind::Inside,
            );
        }
    }

    fn brackets(
        &self,
        painter: &Painter,
        row: usize,
        line: usize,
        galley: &Galley,
        here: usize,
        other: Option<usize>,
    ) {
        let colour = if other.is_some() { self.inputs.theme.accent } else { self.inputs.theme.error };
        for at in [Some(here), other].into_iter().flatten() {
            if self.state.buffer.line_of(at) == line {
                let column = at - self.state.buffer.line_start(line);
                let rect = self.snap(self.geometry.columns(galley, row, column..column + 1));
                let radius = CornerRadius::same(size::RADIUS_MARK);
                painter.rect(
                    rect,
                    radius,
                    colour.gamma_multiply(0.15),
                    Stroke::new(1.0, colour),
                    StrokeKind::Inside,
                );
            }
        }
    }

    /// The wavy lines under what is wrong.
    fn marks(&self, painter: &Painter, row: usize, line: usize, galley: &Galley) {
        for mark in self.inputs.marks.iter().filter(|mark| mark.line == line) {
            let rect = self.geometry.columns(galley, row, self.marked(mark, line));
            let colour = mark_colour(self.inputs.theme, mark.severity);
            wave(
                painter,
                rect.left(),
                rect.right().max(rect.left() + self.geometry.letter),
                rect.bottom() - 2.0,
                colour,
            );
        }
    }

    /// The columns that a mark is about: its own, else the text of the line.
    fn marked(&self, mark: &Mark, line: usize) -> Range<usize> {
        let text = self.state.buffer.line(line);
        let end = text.trim_end().chars().count();
        match &mark.columns {
            Some(columns) => columns.start.min(end)..columns.end.min(end),
            None => text.chars().take_while(|c| c.is_whitespace()).count().min(end)..end,
        }
    }

    /// The sign behind the first line of a folded region; gives where the row ends.
    fn fold_sign(&self, painter: &Painter, row: usize, line: usize, galley: &Galley) -> f32 {
        let end = self.geometry.origin.x + galley.size().x;
        let region = self.state.structure.region_at(line).filter(|_| self.state.folds.is_folded(line));
        let Some(region) = region else { return end };
        let theme = self.inputs.theme;
        let hidden = region.last - region.first;
        let words = if hidden == 1 { "1 line".to_owned() } else { format!("{hidden} lines") };
        let galley = painter.layout_no_wrap(words, theme::medium(self.geometry.font_size - 2.0), theme.muted);
        let band = self.band(row);
        let box_size = galley.size() + vec2(2.0 * size::NEAR - 4.0, 2.0);
        let left = end + self.geometry.letter;
        let rect = self.snap(Rect::from_min_size(pos2(left, band.center().y - box_size.y / 2.0), box_size));
        let radius = CornerRadius::same(size::RADIUS_CONTROL);
        painter.rect(rect, radius, theme.raised, Stroke::new(1.0, theme.line), StrokeKind::Inside);
        let at = theme::snap_pos(rect.center() - galley.size() / 2.0, self.ui.pixels_per_point());
        painter.galley(at, galley, theme.muted);
        rect.right()
    }

    /// Values behind the line: a text and a curve each.
    fn notes(&self, painter: &Painter, row: usize, line: usize, end: f32) {
        let band = self.band(row);
        let mut left = end + 3.0 * self.geometry.letter;
        for note in self.inputs.notes.iter().filter(|note| note.line == line) {
            let font = theme::code(self.geometry.font_size - 1.0);
            let galley = painter.layout_no_wrap(note.text.clone(), font, note.colour);
            let width = galley.size().x;
            let at = pos2(left, band.center().y - galley.size().y / 2.0);
            painter.galley(theme::snap_pos(at, self.ui.pixels_per_point()), galley, note.colour);
            left += width + size::NEAR;
            if note.curve.len() > 1 {
                let rect = Rect::from_min_size(pos2(left, band.top() + 3.0), vec2(72.0, band.height() - 6.0));
                curve::line(painter, rect, &note.curve, note.colour);
                left = rect.right() + size::NEAR;
            }
            left += size::NEAR;
        }
    }

    fn caret(&self, painter: &Painter, row: usize, column: usize, galley: &Galley) {
        if !self.has_focus {
            return;
        }
        let theme = self.inputs.theme;
        let mut rect = self.geometry.columns(galley, row, column..column);
        if !self.state.preedit.is_empty() {
            let text = self.state.preedit.clone();
            let composed = painter.layout_no_wrap(text, theme::code(self.geometry.font_size), theme.text);
            let back = Rect::from_min_size(rect.min, vec2(composed.size().x, rect.height()));
            painter.rect_filled(self.snap(back), 0.0, theme.hover);
            theme::hairline(
                painter,
                back.left_bottom() - vec2(0.0, 2.0),
                back.right_bottom() - vec2(0.0, 2.0),
                1.0,
                theme.accent,
            );
            painter.galley(
                pos2(rect.min.x, rect.min.y + (rect.height() - composed.size().y) / 2.0),
                composed,
                theme.text,
            );
            rect = rect.translate(vec2(back.width(), 0.0));
        }
        let bar = Rect::from_min_size(rect.min - vec2(1.0, 0.0), vec2(2.0, rect.height()));
        painter.rect_filled(self.snap(bar), 0.0, theme.accent);
        self.ui.output_mut(|output| {
            output.ime = Some(egui::output::IMEOutput {
                purpose: egui::IMEPurpose::Normal,
                rect: self.clip,
                cursor_rect: bar,
                should_interrupt_composition: false,
            });
        });
    }
}

/// The triangle of a fold.
fn triangle(painter: &Painter, centre: Pos2, folded: bool, colour: Color32) {
    let corners = if folded {
        [vec2(-2.5, -4.5), vec2(-2.5, 4.5), vec2(3.5, 0.0)]
    } else {
        [vec2(-4.5, -2.5), vec2(4.5, -2.5), vec2(0.0, 3.5)]
    };
    painter.add(Shape::convex_polygon(corners.map(|corner| centre + corner).to_vec(), colour, Stroke::NONE));
}

/// A wavy line.
fn wave(painter: &Painter, left: f32, right: f32, y: f32, colour: Color32) {
    const HALF: f32 = 2.5;
    let points = (0..)
        .map(|n| pos2(left + n as f32 * HALF, if n % 2 == 0 { y } else { y + 2.0 }))
        .take_while(|point| point.x <= right.min(left + 4000.0))
        .collect();
    painter.add(Shape::line(points, Stroke::new(1.25, colour)));
}
