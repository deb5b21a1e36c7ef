//! Undo and redo: groups of edits, each with the selection before and after it.

use super::Selection;

/// One replacement of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// Where, in characters.
    pub(super) at: usize,
    /// What was there.
    pub(super) removed: String,
    /// What is there now.
    pub(super) inserted: String,
}

/// Why a text is edited; typing is gathered into one step of undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditKind {
    /// Letters are typed.
    Typing,
    /// Letters are deleted one by one.
    Deleting,
    /// Anything else: a step of its own.
    Whole,
}

/// What one undo takes back.
#[derive(Debug, Clone)]
struct Group {
    kind: EditKind,
    edits: Vec<Edit>,
    before: Selection,
    after: Selection,
    /// Seconds; when it was last added to.
    time: f64,
}

/// A rest in typing after which a new step begins, in seconds.
const REST: f64 = 1.0;

/// All steps that can be undone or redone.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    undo: Vec<Group>,
    redo: Vec<Group>,
}

impl History {
    /// Begins a step, or goes on with the last one when both are typing, close in time and place.
    pub(super) fn begin(&mut self, kind: EditKind, before: Selection, time: f64) {
        self.redo.clear();
        let goes_on = self.undo.last().is_some_and(|group| {
            kind != EditKind::Whole && group.kind == kind && group.after == before && time - group.time < REST
        });
        match self.undo.last_mut() {
            Some(group) if goes_on => group.time = time,
            _ => self.undo.push(Group { kind, edits: Vec::new(), before, after: before, time }),
        }
    }

    /// Adds an edit to the step.
    pub(super) fn add(&mut self, edit: Edit) {
        if let Some(group) = self.undo.last_mut() {
            group.edits.push(edit);
        }
    }

    /// Ends a step with the selection it leaves; one without edits is forgotten.
    pub(super) fn end(&mut self, after: Selection) {
        if let Some(group) = self.undo.last_mut() {
            group.after = after;
            if group.edits.is_empty() {
                self.undo.pop();
            }
        }
    }

    /// The edits to take back, newest first, and the selection before them.
    pub(super) fn undo(&mut self) -> Option<(Vec<Edit>, Selection)> {
        let group = self.undo.pop()?;
        let edits = group.edits.iter().rev().cloned().collect();
        let before = group.before;
        self.redo.push(group);
        Some((edits, before))
    }

    /// The edits to make again, oldest first, and the selection after them.
    pub(super) fn redo(&mut self) -> Option<(Vec<Edit>, Selection)> {
        let mut group = self.redo.pop()?;
        // What is typed after a redo is a step of its own.
        group.time = f64::NEG_INFINITY;
        let edits = group.edits.clone();
        let after = group.after;
        self.undo.push(group);
        Some((edits, after))
    }

    /// Whether there is something to undo.
    pub(super) fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Whether there is something to redo.
    pub(super) fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }
}
