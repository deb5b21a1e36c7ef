//! Where things are in the widget: rows, the gutter, letters.

use std::sync::Arc;

use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{Galley, Pos2, Rect, Stroke, Ui, pos2, vec2};

use super::lexer::{Kind, lex_line};
use super::state::CodeState;
use super::words::Colouring;
use crate::theme::{self, size};

/// Where things are in one frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Geometry {
    /// The size of the letters, in points.
    pub(super) font_size: f32,
    /// The height of a row, in points; a whole number of pixels.
    pub(super) row: f32,
    /// The width of a letter.
    pub(super) letter: f32,
    /// The width of the gutter.
    pub(super) gutter: f32,
    /// The width of the column in the gutter with the triangles of folds.
    pub(super) fold: f32,
    /// Where row 0 would be, and the left edge of column 0, as scrolled.
    pub(super) origin: Pos2,
}

/// How much of the height of a letter a row is.
const ROW_PER_SIZE: f32 = size::CODE_LINE / size::TEXT_CODE;

impl Geometry {
    /// The sizes; the origin is set when it is known how far the text is scrolled.
    pub(super) fn new(ui: &Ui, font_size: f32, line_count: usize) -> Self {
        let letter = ui.fonts_mut(|fonts| fonts.glyph_width(&theme::code(font_size), '0'));
        let digits = line_count.to_string().len().max(3) as f32;
        let fold = font_size * 1.3;
        let ppp = ui.pixels_per_point();
        Self {
            font_size,
            row: theme::snap(font_size * ROW_PER_SIZE, ppp),
            letter,
            gutter: theme::snap(size::NEAR + size::TIGHT + digits * letter + fold, ppp),
            fold,
            origin: Pos2::ZERO,
        }
    }

    /// The top of a row.
    pub(super) fn top(&self, row: usize) -> f32 {
        self.origin.y + row as f32 * self.row
    }

    /// The row at a height.
    pub(super) fn row_at(&self, y: f32) -> usize {
        ((y - self.origin.y) / self.row).floor().max(0.0) as usize
    }

    /// The place of a caret column in a row.
    pub(super) fn x(&self, galley: &Galley, column: usize) -> f32 {
        self.origin.x + galley.pos_from_cursor(CCursor::new(column)).min.x
    }

    /// The rectangle of columns in a row.
    pub(super) fn columns(&self, galley: &Galley, row: usize, columns: std::ops::Range<usize>) -> Rect {
        let (left, right) = (self.x(galley, columns.start), self.x(galley, columns.end));
        Rect::from_min_max(pos2(left, self.top(row)), pos2(right, self.top(row) + self.row))
    }

    /// Where the text of a row is painted.
    pub(super) fn text_pos(&self, galley: &Galley, row: usize, ppp: f32) -> Pos2 {
        theme::snap_pos(pos2(self.origin.x, self.top(row) + (self.row - galley.size().y) / 2.0), ppp)
    }

    /// The place in the text at a point; outside of it the nearest one.
    pub(super) fn place(&self, ui: &Ui, state: &CodeState, colouring: &Colouring<'_>, at: Pos2) -> usize {
        let rows = state.folds.row_count(state.buffer.line_count());
        let row = self.row_at(at.y).min(rows - 1);
        let line = state.folds.line_of(row);
        let galley = self.galley(ui, state, colouring, line);
        let column = galley.cursor_from_pos(vec2(at.x - self.origin.x, 0.0)).index.0;
        let start = state.buffer.line_start(line);
        (start + column).min(state.buffer.line_end(line))
    }

    /// A line, laid out; egui keeps it while it does not change.
    pub(super) fn galley(
        &self,
        ui: &Ui,
        state: &CodeState,
        colouring: &Colouring<'_>,
        line: usize,
    ) -> Arc<Galley> {
        let text = state.buffer.line(line);
        let mut tokens = Vec::new();
        lex_line(&text, state.buffer.state(line), &mut tokens);
        let start = state.buffer.line_start(line);
        let selected = state.selection.range();
        let all_selected = !selected.is_empty()
            && selected.start <= start
            && selected.end >= start + state.buffer.line_info(line).chars as usize;
        let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
        job.wrap.max_width = f32::INFINITY;
        let mut at = 0;
        for token in &tokens {
            let piece = &text[token.range.clone()];
            let look = colouring.look(piece, token.kind, all_selected);
            self.append(&mut job, &text[at..token.range.start], colouring.theme.code.plain, false);
            self.append(&mut job, piece, look.colour, look.struck);
            at = token.range.end;
        }
        let rest = colouring.look("", Kind::Plain, false);
        self.append(&mut job, &text[at..], rest.colour, false);
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    }

    fn append(&self, job: &mut LayoutJob, text: &str, colour: egui::Color32, struck: bool) {
        if !text.is_empty() {
            let strikethrough = if struck { Stroke::new(size::LINE, colour) } else { Stroke::NONE };
            let format =
                TextFormat { strikethrough, ..TextFormat::simple(theme::code(self.font_size), colour) };
            job.append(text, 0.0, format);
        }
    }
}

impl CodeState {
    /// The height of a row in the last frame.
    pub(super) fn row_height(&self) -> f32 {
        self.row.max(1.0)
    }

    /// Scrolls by rows, without the caret.
    pub(super) fn scroll_rows(&mut self, rows: f32) {
        self.offset.y = (self.offset.y + rows * self.row_height()).max(0.0);
        self.scrolled = true;
    }
}
