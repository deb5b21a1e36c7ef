//! One history of what the user did, but for typing in the code, which has its own.

use super::command::Command;

/// Changes that are kept.
const CHANGES_MAX: usize = 500;

/// One step back and forth.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What was done, such as `Cutoff`.
    pub what: String,
    /// What makes it undone.
    pub undo: Vec<Command>,
    /// What does it again.
    pub redo: Vec<Command>,
}

/// What can be undone and done again.
#[derive(Debug, Default)]
pub struct History {
    changes: Vec<Change>,
    /// How many of them are done; those behind it were undone.
    done: usize,
}

impl History {
    /// Something was done; what was undone before cannot be done again. `[any]`
    pub fn push(&mut self, change: Change) {
        self.changes.truncate(self.done);
        self.changes.push(change);
        if self.changes.len() > CHANGES_MAX {
            self.changes.remove(0);
        }
        self.done = self.changes.len();
    }

    /// The last change is undone by these commands. `[any]`
    pub fn undo(&mut self) -> Option<&Change> {
        self.done = self.done.checked_sub(1)?;
        self.changes.get(self.done)
    }

    /// What was undone last is done again by these commands. `[any]`
    pub fn redo(&mut self) -> Option<&Change> {
        let change = self.changes.get(self.done)?;
        self.done += 1;
        Some(change)
    }

    /// Another document: nothing of before can be undone. `[any]`
    pub fn clear(&mut self) {
        self.changes.clear();
        self.done = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(what: &str) -> Change {
        Change { what: what.to_owned(), undo: Vec::new(), redo: vec![Command::AllNotesOff] }
    }

    #[test]
    fn what_was_undone_is_done_again_until_something_else_is_done() {
        let mut history = History::default();
        assert_eq!(history.undo(), None);
        history.push(change("a"));
        history.push(change("b"));
        assert_eq!(history.undo().map(|change| change.what.clone()), Some("b".to_owned()));
        assert_eq!(history.redo().map(|change| change.what.clone()), Some("b".to_owned()));
        assert_eq!(history.redo(), None);
        history.undo();
        history.push(change("c"));
        assert_eq!(history.redo(), None);
        assert_eq!(history.undo().map(|change| change.what.clone()), Some("c".to_owned()));
        history.clear();
        assert_eq!(history.undo(), None);
    }

    #[test]
    fn the_oldest_changes_go() {
        let mut history = History::default();
        (0..CHANGES_MAX + 10).for_each(|at| history.push(change(&at.to_string())));
        let mut undone = 0;
        while history.undo().is_some() {
            undone += 1;
        }
        assert_eq!(undone, CHANGES_MAX);
    }
}
