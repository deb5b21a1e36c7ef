//! What was asked of an engine, in order: what an exported .csd is made of.
//!
//! Nothing is kept unless somebody wants it: a live engine would only grow.

use std::path::PathBuf;

use super::EventId;

/// One thing that was asked for. Times are seconds since the engine's start.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    /// Orchestra.
    Code(String),
    /// A text and its number.
    Text(u32, String),
    /// An event; p-fields from p1 on, p2 included.
    Event { id: EventId, start: f64, pfields: Vec<f64>, comment: String },
    /// A table of values.
    Table { number: u32, start: f64, data: Vec<f64> },
    /// A sound file read into a table.
    Sound { number: u32, start: f64, path: PathBuf, skip: f64, channel: usize },
    /// A table freed.
    FreeTable { number: u32, start: f64 },
    /// A p-field changed.
    SetPfield { id: EventId, start: f64, index: usize, value: f64 },
    /// A p-field moved: its value in every cycle from the start on.
    Line { id: EventId, start: f64, index: usize, values: Vec<f64> },
    /// InstanceCounter stopped.
    Stop { id: EventId, start: f64 },
    /// Something that a score cannot say.
    Unexportable(&'static str),
}

/// The list, while it is wanted.
#[derive(Debug, Default)]
pub(crate) struct History {
    items: Vec<Item>,
    kept: bool,
}

impl History {
    /// From now on everything is kept.
    pub fn keep(&mut self) {
        self.kept = true;
    }

    /// Keeps nothing until [`History::resume`], which wants what this returns.
    pub fn suspend(&mut self) -> bool {
        std::mem::replace(&mut self.kept, false)
    }

    /// As before [`History::suspend`].
    pub fn resume(&mut self, kept: bool) {
        self.kept = kept;
    }

    /// Keeps an item, made only where it is wanted.
    pub fn push(&mut self, item: impl FnOnce() -> Item) {
        if self.kept {
            self.items.push(item());
        }
    }

    /// Everything kept so far.
    pub fn items(&self) -> &[Item] {
        &self.items
    }
}
