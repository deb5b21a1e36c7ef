//! Values that are watched while they sound: of which voice, and what was seen of them. Plain data.

use std::ffi::CStr;

use serde::{Deserialize, Serialize};

use super::verbs::BusToken;

/// How many values are watched at most.
pub const WATCHED_MAX: usize = 64;

/// What can be watched, by the names that a text has for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WatchTarget {
    /// A variable.
    Variable {
        /// Where it stands.
        owner: VariableOwner,
        /// As the text spells it.
        name: String,
    },
    /// A control channel.
    Channel(String),
    /// A bus.
    Bus(BusToken),
    /// A place of a table.
    Table {
        /// The table's number.
        number: u32,
        /// The place, from 0.
        index: usize,
    },
}

/// Where a variable stands, by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum VariableOwner {
    /// In the header, for all.
    Global,
    /// In an instrument, by its name or number.
    Instrument(String),
    /// In a user-defined opcode.
    Opcode(String),
}

/// Where a variable stands, as an engine knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum VariableScope {
    /// In the header, for all.
    Global,
    /// In the instrument of this number.
    Instrument(i32),
    /// In the user-defined opcode of this name.
    Opcode(Box<CStr>),
}

/// Which of an instrument's sounding instances a variable is read of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum WhichVoice {
    /// The one that began last.
    #[default]
    Newest,
    /// The so-many-th in order of evaluation, from 0; notes of the host are evaluated in the order in which they began.
    Number(u32),
}

/// What a watched value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seen {
    /// A number.
    Number,
    /// Sound: a number for each frame.
    Sound,
    /// Nothing sounds that has it.
    Silent,
    /// There is none of its name in what sounds.
    Unknown,
    /// It is neither a number nor sound: a text, an array, a spectrum.
    Other,
}

/// What was seen of a watched value over some cycles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WatchReading {
    /// The number of the list in which it is watched.
    pub list: u32,
    /// Its place in that list, from 0.
    pub watch: u16,
    /// What it was after the last cycle.
    pub seen: Seen,
    /// The number that it was after the last cycle; of sound the last frame's. 0 where there was none.
    pub value: f64,
    /// The least number since the last reading, of sound the least sample.
    pub low: f32,
    /// The greatest one.
    pub high: f32,
}

impl Seen {
    /// Whether there is a value. `[any]`
    pub fn has_value(self) -> bool {
        matches!(self, Self::Number | Self::Sound)
    }
}
