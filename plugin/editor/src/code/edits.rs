//! The edits that keys make, besides typing: indentation, comments, whole lines.

use std::ops::RangeInclusive;

use super::buffer::{Buffer, Selection};
use super::history::EditKind;
use super::lexer::Kind;
use super::moves::{self, indentation};
use super::state::CodeState;

/// One step of indentation.
const INDENT: &str = "  ";

impl CodeState {
    /// A new line with the indentation of this one, and one step more where something is opened.
    pub(super) fn new_line(&mut self) {
        let range = self.selection.range();
        let line = self.buffer.line_of(range.start);
        let text = self.buffer.line(line);
        let column = range.start - self.buffer.line_start(line);
        let mut indent: String = indentation(&text).chars().take(column).collect();
        let before: String = text.chars().take(column).collect();
        if opens_block(&before) {
            indent.push_str(INDENT);
        }
        let end = line_end(&self.buffer);
        self.insert_as(EditKind::Whole, &format!("{end}{indent}"));
    }

    /// Takes one step of indentation away when a word that ends a block has just been typed alone in its line.
    pub(super) fn outdent_ends(&mut self) {
        let line = self.caret().line;
        let text = self.buffer.line(line);
        let word = text.trim();
        let indent = indentation(&text).len();
        if !matches!(word, "endif" | "endin" | "endop" | "od" | "else" | "fi" | "endsw")
            || indent < INDENT.len()
        {
            return;
        }
        // Only where the line is as deep as the one above, which it would close.
        let above = (0..line).rev().map(|n| self.buffer.line(n)).find(|text| !text.trim().is_empty());
        let Some(above) = above else { return };
        let expected = indentation(&above).len() + if opens_block(&above) { INDENT.len() } else { 0 };
        if indent == expected {
            let start = self.buffer.line_start(line);
            self.step(EditKind::Typing, |buffer, selection| {
                buffer.replace(start..start + INDENT.len(), "");
                Selection::at(selection.caret - INDENT.len())
            });
        }
    }

    /// Deletes what is selected, else one letter or, in the indentation, one step, to the left.
    pub(super) fn delete_left(&mut self, word: bool) {
        let caret = self.selection.caret;
        let line = self.buffer.line_of(caret);
        let column = caret - self.buffer.line_start(line);
        let spaces_only = self.buffer.line(line).chars().take(column).all(|c| c == ' ');
        let from = match () {
            () if word => moves::word_left(&self.buffer, caret),
            () if spaces_only && column > 0 => caret - ((column - 1) % INDENT.len() + 1),
            () => moves::left(&self.buffer, caret),
        };
        self.delete(from..caret);
    }

    /// Deletes what is selected, else the line.
    pub(super) fn cut(&mut self) {
        if self.selection.is_empty() { self.delete_lines() } else { self.delete_left(false) }
    }

    /// Deletes what is selected, else one letter or word to the right.
    pub(super) fn delete_right(&mut self, word: bool) {
        let caret = self.selection.caret;
        let to =
            if word { moves::word_right(&self.buffer, caret) } else { moves::right(&self.buffer, caret) };
        self.delete(caret..to);
    }

    fn delete(&mut self, or_else: std::ops::Range<usize>) {
        let selected = self.selection.range();
        let (kind, range) =
            if selected.is_empty() { (EditKind::Deleting, or_else) } else { (EditKind::Whole, selected) };
        self.step(kind, |buffer, _| {
            buffer.replace(range.clone(), "");
            Selection::at(range.start)
        });
    }

    /// The lines that are touched by what is selected.
    fn selected_lines(&self) -> RangeInclusive<usize> {
        let range = self.selection.range();
        let (first, mut last) = (self.buffer.line_of(range.start), self.buffer.line_of(range.end));
        if last > first && self.buffer.line_start(last) == range.end {
            last -= 1;
        }
        first..=last
    }

    /// Tab: indents the selected lines, or goes on to the next column of indentation.
    pub(super) fn indent(&mut self) {
        let lines = self.selected_lines();
        if self.selection.is_empty() {
            let column = self.caret().column;
            return self.insert_as(EditKind::Typing, &INDENT[column % INDENT.len()..]);
        }
        self.edit_lines(
            lines,
            |text| if text.trim().is_empty() { None } else { Some((0, 0, INDENT.to_owned())) },
        );
    }

    /// Shift+Tab: takes one step of indentation from the selected lines.
    pub(super) fn outdent(&mut self) {
        self.edit_lines(self.selected_lines(), |text| {
            let spaces = text.chars().take(INDENT.len()).take_while(|c| *c == ' ').count();
            let count = if text.starts_with('\t') { 1 } else { spaces };
            (count > 0).then(|| (0, count, String::new()))
        });
    }

    /// Makes the selected lines comments, or code again when all are comments.
    pub(super) fn toggle_comment(&mut self) {
        let lines = self.selected_lines();
        let texts: Vec<String> = lines.clone().map(|line| self.buffer.line(line)).collect();
        let written: Vec<&String> = texts.iter().filter(|text| !text.trim().is_empty()).collect();
        let all = !written.is_empty() && written.iter().all(|text| text.trim_start().starts_with(';'));
        let column = written.iter().map(|text| indentation(text).chars().count()).min().unwrap_or(0);
        self.edit_lines(lines, |text| match () {
            () if text.trim().is_empty() => None,
            () if all => {
                let at = indentation(text).chars().count();
                let sign = if text.trim_start().starts_with("; ") { 2 } else { 1 };
                Some((at, sign, String::new()))
            }
            () => Some((column, 0, "; ".to_owned())),
        });
    }

    /// Edits lines one by one: `edit` gives the column, the count of letters that go, and what comes. What is
    /// selected stays selected.
    fn edit_lines(
        &mut self,
        lines: RangeInclusive<usize>,
        edit: impl Fn(&str) -> Option<(usize, usize, String)>,
    ) {
        self.step(EditKind::Whole, |buffer, mut selection| {
            for line in lines {
                let Some((column, removed, inserted)) = edit(&buffer.line(line)) else { continue };
                let at = buffer.line_start(line) + column;
                buffer.replace(at..at + removed, &inserted);
                let is_caret = selection.is_empty();
                let start = selection.range().start;
                for end in [&mut selection.anchor, &mut selection.caret] {
                    let stays = *end < at || *end == at && !is_caret && *end == start && removed == 0;
                    if !stays {
                        *end = (*end).max(at + removed) - removed + inserted.chars().count();
                    }
                }
            }
            selection
        });
    }

    /// Writes the selected lines once more below, and selects the copy.
    pub(super) fn duplicate_lines(&mut self) {
        let lines = self.selected_lines();
        self.step(EditKind::Whole, |buffer, selection| {
            let (start, end) = (buffer.line_start(*lines.start()), buffer.line_end(*lines.end()));
            let text = format!("{}{}", line_end(buffer), buffer.slice(start..end));
            buffer.replace(end..end, &text);
            let down = text.chars().count();
            Selection { anchor: selection.anchor + down, caret: selection.caret + down }
        });
    }

    /// Deletes the selected lines.
    pub(super) fn delete_lines(&mut self) {
        let lines = self.selected_lines();
        let column = self.caret().column;
        self.step(EditKind::Whole, |buffer, _| {
            let (first, last) = (*lines.start(), *lines.end());
            let range = if last + 1 < buffer.line_count() {
                buffer.line_start(first)..buffer.line_start(last + 1)
            } else if first > 0 {
                buffer.line_end(first - 1)..buffer.line_end(last)
            } else {
                0..buffer.len()
            };
            buffer.replace(range, "");
            Selection::at(buffer.offset(super::Position { line: first, column }))
        });
    }

    /// Moves the selected lines up or down by one.
    pub(super) fn move_lines(&mut self, down: bool) {
        let lines = self.selected_lines();
        let (first, last) = (*lines.start(), *lines.end());
        if down && last + 1 >= self.buffer.line_count() || !down && first == 0 {
            return;
        }
        self.step(EditKind::Whole, |buffer, selection| {
            let (upper, lower) = if down { (first, last + 1) } else { (first - 1, last) };
            let split = if down { last } else { first - 1 };
            let gap = buffer.slice(buffer.line_end(split)..buffer.line_start(split + 1));
            let a = buffer.slice(buffer.line_start(upper)..buffer.line_end(split));
            let b = buffer.slice(buffer.line_start(split + 1)..buffer.line_end(lower));
            let (start, end) = (buffer.line_start(upper), buffer.line_end(lower));
            buffer.replace(start..end, &format!("{b}{gap}{a}"));
            let over = gap.chars().count() + if down { b.chars().count() } else { a.chars().count() };
            let shift = |at: usize| if down { at + over } else { at - over };
            Selection { anchor: shift(selection.anchor), caret: shift(selection.caret) }
        });
    }
}

/// The line end that a text uses.
fn line_end(buffer: &Buffer) -> &'static str {
    let first = buffer.line_end(0);
    if buffer.char_at(first) == Some('\r') { "\r\n" } else { "\n" }
}

/// Whether a line opens a block, so that the next one is deeper.
fn opens_block(line: &str) -> bool {
    let mut tokens = Vec::new();
    super::lexer::lex_line(line, super::LineState::default(), &mut tokens);
    let mut words =
        tokens.iter().filter(|token| token.kind == Kind::Keyword).map(|token| &line[token.range.clone()]);
    let Some(first) = words.next() else { return false };
    match first {
        "instr" | "opcode" | "else" | "switch" | "case" | "default" => true,
        "if" | "elseif" | "while" | "until" | "for" => {
            words.any(|word| matches!(word, "then" | "ithen" | "kthen" | "do"))
        }
        _ => false,
    }
}
