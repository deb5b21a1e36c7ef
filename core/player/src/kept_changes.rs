//! Whether what a document keeps (`;@keep`) is something else than when the project was saved or opened: then the project has
//! something to save.
//!
//! The builder's thread looks a few times a second. A first look at an engine says what there is; from then on every other value
//! counts, until somebody saves.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::kept::Shown;

/// From one look to the next.
const LOOK: Duration = Duration::from_millis(500);

/// What was there when somebody looked, and whether it has changed since.
#[derive(Debug, Default)]
pub(super) struct KeptChanges {
    mark: Option<Mark>,
    looked: Option<Instant>,
    /// Something has changed since the project was saved or opened.
    has_changed: bool,
    /// How often something has.
    count: u64,
}

/// The values of one engine at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    opening: u64,
    /// The board's address; only compared.
    board: usize,
    sum: u64,
}

impl Mark {
    fn of((opening, board): &Shown) -> Self {
        let mut sum = DefaultHasher::new();
        board.words().hash(&mut sum);
        Self { opening: *opening, board: Arc::as_ptr(board).addr(), sum: sum.finish() }
    }

    fn is_of_the_same_engine(self, other: Self) -> bool {
        (self.opening, self.board) == (other.opening, other.board)
    }
}

impl KeptChanges {
    /// The project was saved with what stands there now. `[control]`
    pub fn saved(&mut self, shown: Option<&Shown>) {
        self.has_changed = false;
        self.mark = shown.map(Mark::of);
    }

    /// Another document or state is open. `[control]`
    pub fn opened(&mut self) {
        (self.has_changed, self.mark) = (false, None);
    }

    /// Whether there is something to save. `[control]`
    pub fn has_changed(&self) -> bool {
        self.has_changed
    }

    /// How often there was something to save. `[control]`
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Looks, where it is time to; whether something is to be saved that was not before. `[control]`
    pub fn look(&mut self, shown: impl FnOnce() -> Option<Shown>) -> bool {
        if self.has_changed || self.looked.is_some_and(|looked| looked.elapsed() < LOOK) {
            return false;
        }
        self.looked = Some(Instant::now());
        let Some(now) = shown().filter(|(_, board)| !board.is_empty()).map(|shown| Mark::of(&shown)) else {
            return false;
        };
        let before = self.mark.replace(now);
        self.has_changed =
            before.is_some_and(|before| before.is_of_the_same_engine(now) && before.sum != now.sum);
        self.count += u64::from(self.has_changed);
        self.has_changed
    }
}
