//! Tables as they are asked for, and what is known of one.

use super::When;

/// Which number a new table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TableNumber {
    /// The engine's next.
    #[default]
    Next,
    /// The one that Csound chooses. Only for tables that are made at once.
    Csound,
    /// This one; a table that has it is replaced.
    Exactly(u32),
}

/// A new table, beside its values.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TableSpec {
    /// Its number.
    pub number: TableNumber,
    /// Frames per second of the sound in it; 0 where it is none, or nobody knows.
    pub rate: u32,
    /// Channels of the sound, interleaved; 0 counts as 1.
    pub channels: usize,
    /// When it is made.
    pub when: When,
}

/// A sound file to be read into a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoundRead {
    /// The table's number.
    pub number: TableNumber,
    /// The channel to read, from 1; 0 for all.
    pub channel: usize,
    /// Seconds to skip at the file's beginning.
    pub skip: f64,
    /// When it is read.
    pub when: When,
    /// Whether a table of its own is wanted, even if the same was read before.
    pub unique: bool,
}

impl Default for SoundRead {
    fn default() -> Self {
        Self { number: TableNumber::Next, channel: 0, skip: 0.0, when: When::default(), unique: true }
    }
}

/// What is known of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TableInfo {
    /// Its number.
    pub number: u32,
    /// Frames per second of the sound in it, 0 where nobody said.
    pub rate: f64,
    /// Channels of the sound.
    pub channels: usize,
    /// Frames.
    pub frames: usize,
    /// Values: frames times channels, and the guard point of one that was read from a file.
    pub length: usize,
}
