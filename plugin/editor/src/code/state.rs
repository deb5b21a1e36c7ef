//! What the code widget keeps from frame to frame, and the edits that it makes.

use std::sync::Arc;

use super::buffer::{Buffer, Position, Selection};
use super::complete::Completion;
use super::find::Find;
use super::folds::Folds;
use super::history::EditKind;
use super::structure::Structure;
use super::{Region, moves};

/// The state of one code widget: the text, what is selected, folded and searched.
#[derive(Debug, Clone)]
pub struct CodeState {
    pub(super) buffer: Buffer,
    pub(super) selection: Selection,
    /// The column that moves up and down aim at.
    pub(super) goal: Option<usize>,
    /// Shared, so that a frame can hold it while the state changes.
    pub(super) structure: Arc<Structure>,
    pub(super) folds: Folds,
    pub(super) find: Find,
    pub(super) completion: Option<Completion>,
    /// Where the list of candidates was in the last frame.
    pub(super) popup: Option<egui::Rect>,
    /// Names accepted from the completion, the last one first.
    pub(super) recent: Vec<String>,
    /// Whether the caret is to be brought into view.
    pub(super) reveal: Option<Reveal>,
    /// Whether the keyboard is to come here in the next frame.
    pub(super) wants_focus: bool,
    /// Text that an input method is composing.
    pub(super) preedit: String,
    /// Seconds, of the frame.
    pub(super) now: f64,
    /// Where the text was scrolled to in the last frame, and how much of it was shown.
    pub(super) offset: egui::Vec2,
    pub(super) shown: egui::Vec2,
    /// Whether the text is to be scrolled to `offset`.
    pub(super) scrolled: bool,
    /// The height of a row, in points.
    pub(super) row: f32,
    seen: u64,
}

/// How the caret is brought into view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reveal {
    /// By scrolling as little as is needed.
    Near,
    /// In the middle.
    Middle,
}

impl CodeState {
    /// A state with a text. `[control]`
    pub fn new(text: &str) -> Self {
        let buffer = Buffer::new(text);
        Self {
            structure: Arc::new(Structure::of(&buffer)),
            seen: buffer.revision(),
            buffer,
            selection: Selection::default(),
            goal: None,
            folds: Folds::default(),
            find: Find::default(),
            completion: None,
            popup: None,
            recent: Vec::new(),
            reveal: None,
            wants_focus: false,
            preedit: String::new(),
            now: 0.0,
            offset: egui::Vec2::ZERO,
            shown: egui::Vec2::ZERO,
            scrolled: false,
            row: 0.0,
        }
    }

    /// The text. `[any]`
    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// What is selected. `[any]`
    pub fn selection(&self) -> Selection {
        self.selection
    }

    /// Where the caret is. `[any]`
    pub fn caret(&self) -> Position {
        self.buffer.position(self.selection.caret)
    }

    /// The outline and the regions. `[any]`
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// What is folded. `[any]`
    pub fn folds(&self) -> &Folds {
        &self.folds
    }

    /// Folds or unfolds the region that begins in a line. `[control]`
    pub fn toggle_fold(&mut self, line: usize) {
        self.folds.toggle(line, &self.structure);
        let caret = self.caret().line;
        if self.folds.is_hidden(caret) {
            self.selection = Selection::at(self.buffer.line_end(line));
        }
    }

    /// Folds every instrument and opcode, or unfolds everything. `[control]`
    pub fn fold_all(&mut self, folded: bool) {
        self.folds.set_all(folded, &self.structure);
        let line = self.caret().line;
        if self.folds.is_hidden(line) {
            let shown = self.folds.line_of(self.folds.row_of(line));
            self.selection = Selection::at(self.buffer.line_end(shown));
        }
    }

    /// Puts the caret into a line and shows it in the middle; takes the keyboard. `[control]`
    pub fn go_to(&mut self, position: Position) {
        self.select(Selection::at(self.buffer.offset(position)));
        self.reveal = Some(Reveal::Middle);
        self.wants_focus = true;
    }

    /// Selects text and shows it. `[control]`
    pub fn select(&mut self, selection: Selection) {
        let end = self.buffer.len();
        self.selection = Selection { anchor: selection.anchor.min(end), caret: selection.caret.min(end) };
        self.goal = None;
        self.reveal = Some(Reveal::Near);
        self.follow_edits();
        self.folds.reveal(self.caret().line, &self.structure);
    }

    /// Opens the search. `[control]`
    pub fn open_find(&mut self, replace: bool) {
        let range = self.selection.range();
        let chosen = if range.is_empty() { String::new() } else { self.buffer.slice(range) };
        self.find.open(&chosen, replace);
    }

    /// Replaces the whole text as one step that can be undone; the caret stays in its line. `[control]`
    ///
    /// Only what differs is replaced, so that folds and the view stay.
    pub fn set_text(&mut self, text: &str) {
        let old = self.buffer.text();
        let same = |(a, b): &(char, char)| a == b;
        let front = old.chars().zip(text.chars()).take_while(same).count();
        let (old_len, new_len) = (old.chars().count(), text.chars().count());
        let back_max = old_len.min(new_len) - front;
        let back = old.chars().rev().zip(text.chars().rev()).take(back_max).take_while(same).count();
        let new: String = text.chars().skip(front).take(new_len - back - front).collect();
        let caret = self.caret();
        self.step(EditKind::Whole, |buffer, selection| {
            buffer.replace(front..old_len - back, &new);
            selection
        });
        self.select(Selection::at(self.buffer.offset(caret)));
    }

    /// Replaces what is selected, as if it were pasted. `[control]`
    pub fn insert(&mut self, text: &str) {
        self.insert_as(EditKind::Whole, text);
    }

    /// Takes the last step back. `[control]`
    pub fn undo(&mut self) {
        if let Some(selection) = self.buffer.undo() {
            self.select(selection);
        }
    }

    /// Makes the last undone step again. `[control]`
    pub fn redo(&mut self) {
        if let Some(selection) = self.buffer.redo() {
            self.select(selection);
        }
    }

    /// The instrument or opcode under the caret. `[any]`
    pub fn body(&self) -> Option<&Region> {
        self.structure.body_of(self.caret().line)
    }

    /// What is to be evaluated: what is selected, else the instrument or opcode under the caret, else its line; with
    /// its first line. `[any]`
    pub fn to_evaluate(&self) -> (String, usize) {
        let range = self.selection.range();
        if !range.is_empty() {
            return (self.buffer.slice(range.clone()), self.buffer.line_of(range.start));
        }
        let line = self.caret().line;
        let (first, last) = self.body().map_or((line, line), |region| (region.first, region.last));
        (self.buffer.slice(self.buffer.line_start(first)..self.buffer.line_end(last)), first)
    }

    /// One step of undo: `edit` gets the text and the selection, and gives the selection that it leaves.
    pub(super) fn step(&mut self, kind: EditKind, edit: impl FnOnce(&mut Buffer, Selection) -> Selection) {
        let before = self.selection;
        let after = self.buffer.step(kind, before, self.now, |buffer| edit(buffer, before));
        self.select(after);
    }

    /// Replaces what is selected.
    pub(super) fn insert_as(&mut self, kind: EditKind, text: &str) {
        self.step(kind, |buffer, selection| {
            let range = selection.range();
            buffer.replace(range.clone(), text);
            Selection::at(range.start + text.chars().count())
        });
    }

    /// Moves the caret, with or without what is selected.
    pub(super) fn move_to(&mut self, caret: usize, extend: bool) {
        let anchor = if extend { self.selection.anchor } else { caret };
        self.select(Selection { anchor, caret });
    }

    /// Moves the caret by rows.
    pub(super) fn move_rows(&mut self, rows: isize, extend: bool) {
        let position = self.caret();
        let goal = self.goal.unwrap_or(position.column);
        let last = self.folds.row_count(self.buffer.line_count()) - 1;
        let row = self.folds.row_of(position.line) as isize + rows;
        let caret = if row < 0 {
            0
        } else if row as usize > last {
            self.buffer.line_end(self.folds.line_of(last))
        } else {
            self.buffer.offset(Position { line: self.folds.line_of(row as usize), column: goal })
        };
        self.move_to(caret, extend);
        self.goal = Some(goal);
    }

    /// Brings structure and folds up to the text.
    pub(super) fn follow_edits(&mut self) {
        if self.seen != self.buffer.revision() {
            self.seen = self.buffer.revision();
            for change in self.buffer.take_changes() {
                self.folds.follow(change);
            }
            self.structure = Arc::new(Structure::of(&self.buffer));
            self.folds.refresh(&self.structure);
        }
    }

    /// The word at a place, in characters.
    pub(super) fn word_at(&self, at: usize) -> std::ops::Range<usize> {
        moves::word_at(&self.buffer, at)
    }
}
