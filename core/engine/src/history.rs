//! What was asked of an engine, in order: what an exported .csd is made of.
//!
//! Nothing is kept unless somebody wants it: a live engine would only grow.

use std::path::PathBuf;

use ksmps_data::verbs::EventId;

/// One thing that was asked for. Times are seconds since the engine's start.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// Orchestra.
    Code(String),
    /// A text and its number.
    Text(u32, String),
    /// An event.
    Event {
        /// What it was scheduled as.
        id: EventId,
        /// When it starts.
        start: f64,
        /// Its p-fields from p1 on, p2 included.
        pfields: Vec<f64>,
        /// A comment.
        comment: String,
    },
    /// A table of values.
    Table {
        /// Its number.
        number: u32,
        /// When it is made.
        start: f64,
        /// Its values.
        data: Vec<f64>,
    },
    /// A sound file read into a table.
    Sound {
        /// The table.
        number: u32,
        /// When it is read.
        start: f64,
        /// The file.
        path: PathBuf,
        /// Seconds skipped at its beginning.
        skip: f64,
        /// The channel, from 1; 0 for all.
        channel: usize,
    },
    /// A table freed.
    FreeTable {
        /// The table.
        number: u32,
        /// When.
        start: f64,
    },
    /// A p-field changed.
    SetPfield {
        /// Whose.
        id: EventId,
        /// When.
        start: f64,
        /// Its number.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A p-field moved.
    Line {
        /// Whose.
        id: EventId,
        /// From when on.
        start: f64,
        /// Its number.
        index: usize,
        /// Its value in every cycle.
        values: Vec<f64>,
    },
    /// Instances stopped.
    Stop {
        /// Which.
        id: EventId,
        /// When.
        start: f64,
    },
    /// Something that a score cannot say.
    Unexportable(&'static str),
}

/// The list, while it is wanted.
#[derive(Debug, Default)]
pub struct History {
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
