//! The text that is edited, with what is known of its lines and its undo.
//!
//! Places are counted in characters from the begin of the text. A line ends before its `\n` or `\r\n`.

use std::ops::Range;

use ropey::Rope;

use super::heads::Head;
use super::history::{Edit, EditKind, History};
use super::lexer::{LineState, Token, lex_line};
use super::lines::{Line, Lines, line_text};

/// A line and a column, both from 0, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// The line, from 0.
    pub line: usize,
    /// Characters before it in the line.
    pub column: usize,
}

/// What is selected: the text between the two places. Without an extent it is the caret alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection {
    /// Where it began.
    pub anchor: usize,
    /// Where it moves, and text is typed.
    pub caret: usize,
}

impl Selection {
    /// A caret that selects nothing. `[any]`
    pub fn at(caret: usize) -> Self {
        Self { anchor: caret, caret }
    }

    /// What is selected, in order. `[any]`
    pub fn range(self) -> Range<usize> {
        self.anchor.min(self.caret)..self.anchor.max(self.caret)
    }

    /// Whether nothing is selected. `[any]`
    pub fn is_empty(self) -> bool {
        self.anchor == self.caret
    }
}

/// An edit as whoever keeps line numbers must know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineChange {
    /// The line in which the edit begins.
    pub line: usize,
    /// Whether it begins at the begin of that line.
    pub at_start: bool,
    /// Line ends that went.
    pub removed: usize,
    /// Line ends that came.
    pub inserted: usize,
}

/// A text that is edited.
#[derive(Debug, Clone)]
pub struct Buffer {
    rope: Rope,
    lines: Lines,
    history: History,
    revision: u64,
    changes: Vec<LineChange>,
}

impl Buffer {
    /// A text, with nothing to undo. `[control]`
    pub fn new(text: &str) -> Self {
        let rope = Rope::from_str(text);
        let lines = Lines::new(&rope);
        Self { rope, lines, history: History::default(), revision: 0, changes: Vec::new() }
    }

    /// The whole text. `[control]`
    pub fn text(&self) -> String {
        self.rope.to_string()
    }

    /// Part of the text. `[any]`
    pub fn slice(&self, range: Range<usize>) -> String {
        self.rope.slice(range).to_string()
    }

    /// A number that changes with each edit. `[any]`
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Its length in characters. `[any]`
    pub fn len(&self) -> usize {
        self.rope.len_chars()
    }

    /// Whether it has no character. `[any]`
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many lines there are; at least one. `[any]`
    pub fn line_count(&self) -> usize {
        self.rope.len_lines()
    }

    /// The length of the longest line in characters. `[any]`
    pub fn columns_max(&self) -> usize {
        self.lines.all().iter().map(|line| line.chars).max().unwrap_or(0) as usize
    }

    /// A line without its end. `[any]`
    pub fn line(&self, line: usize) -> String {
        line_text(&self.rope, line)
    }

    /// Where a line begins. `[any]`
    pub fn line_start(&self, line: usize) -> usize {
        self.rope.line_to_char(line)
    }

    /// Where a line ends, before its line end. `[any]`
    pub fn line_end(&self, line: usize) -> usize {
        self.line_start(line) + self.lines.all()[line].chars as usize
    }

    /// The line that a place is in. `[any]`
    pub fn line_of(&self, at: usize) -> usize {
        self.rope.char_to_line(at.min(self.len()))
    }

    /// A place as line and column. `[any]`
    pub fn position(&self, at: usize) -> Position {
        let line = self.line_of(at);
        Position { line, column: at.min(self.len()) - self.line_start(line) }
    }

    /// Line and column as a place; what is outside is moved to the nearest one. `[any]`
    pub fn offset(&self, position: Position) -> usize {
        let line = position.line.min(self.line_count() - 1);
        (self.line_start(line) + position.column).min(self.line_end(line))
    }

    /// The character at a place. `[any]`
    pub fn char_at(&self, at: usize) -> Option<char> {
        self.rope.get_char(at)
    }

    /// The tokens of a line. `[any]`
    pub fn tokens(&self, line: usize) -> Vec<Token> {
        let mut tokens = Vec::new();
        lex_line(&self.line(line), self.state(line), &mut tokens);
        tokens
    }

    /// What a line begins in. `[any]`
    pub fn state(&self, line: usize) -> LineState {
        self.lines.all()[line].state
    }

    /// What each line begins, ends or names; for all lines that do. `[any]`
    pub fn heads(&self) -> impl Iterator<Item = (usize, &Head)> {
        self.lines.all().iter().enumerate().filter_map(|(n, line)| line.head.as_deref().map(|head| (n, head)))
    }

    /// What is known of all lines.
    pub(super) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// What is known of one line.
    pub(super) fn line_info(&self, line: usize) -> &Line {
        &self.lines.all()[line]
    }

    /// Makes several edits one step of undo: `edit` makes them and gives the selection that they leave.
    pub(super) fn step(
        &mut self,
        kind: EditKind,
        before: Selection,
        time: f64,
        edit: impl FnOnce(&mut Self) -> Selection,
    ) -> Selection {
        self.history.begin(kind, before, time);
        let after = edit(self);
        self.history.end(after);
        after
    }

    /// Replaces text; only inside [`Buffer::step`].
    pub(super) fn replace(&mut self, range: Range<usize>, text: &str) {
        let range = range.start.min(self.len())..range.end.min(self.len());
        let edit = Edit { at: range.start, removed: self.slice(range), inserted: text.to_owned() };
        if edit.removed != edit.inserted {
            self.carry_out(edit.at, &edit.removed, &edit.inserted);
            self.history.add(edit);
        }
    }

    /// Takes the last step back; gives the selection before it. `[any]`
    pub fn undo(&mut self) -> Option<Selection> {
        let (edits, selection) = self.history.undo()?;
        edits.iter().for_each(|edit| self.carry_out(edit.at, &edit.inserted, &edit.removed));
        Some(selection)
    }

    /// Makes the last undone step again; gives the selection after it. `[any]`
    pub fn redo(&mut self) -> Option<Selection> {
        let (edits, selection) = self.history.redo()?;
        edits.iter().for_each(|edit| self.carry_out(edit.at, &edit.removed, &edit.inserted));
        Some(selection)
    }

    /// Whether a step can be taken back. `[any]`
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Whether an undone step can be made again. `[any]`
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// How lines have moved since this was last asked.
    pub(super) fn take_changes(&mut self) -> Vec<LineChange> {
        std::mem::take(&mut self.changes)
    }

    /// The edit itself, without the history.
    fn carry_out(&mut self, at: usize, removed: &str, inserted: &str) {
        let line = self.rope.char_to_line(at);
        let at_start = self.rope.line_to_char(line) == at;
        self.rope.remove(at..at + removed.chars().count());
        self.rope.insert(at, inserted);
        let count = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
        let change = LineChange { line, at_start, removed: count(removed), inserted: count(inserted) };
        self.lines.update(&self.rope, line, change.removed, change.inserted);
        self.changes.push(change);
        self.revision += 1;
    }
}
