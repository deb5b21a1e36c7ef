//! Commands that take memory.

use serde::{Deserialize, Serialize};

use ksmps_data::verbs::{BusToken, ChannelValue};

/// What takes memory, or is answered with an error of its own, and so is for an engine whose owner may wait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Making {
    /// Compiles orchestra.
    Compile {
        /// The code.
        code: String,
        /// Whether it may define instruments in the engine's own range.
        own_numbers: bool,
    },
    /// Evaluates code; the answer is its value.
    Evaluate(String),
    /// Makes a table of these values; the answer is its number.
    Table {
        /// Its number; 0 leaves the choice to Csound.
        number: u32,
        /// Its values, interleaved.
        values: Box<[f64]>,
        /// Frames per second of the sound in it, 0 where it is none.
        rate: u32,
        /// Channels of the sound.
        channels: usize,
    },
    /// Reads a sound file into a table; the answer is its number.
    ReadSoundfile {
        /// The table's number; 0 leaves the choice to Csound.
        number: u32,
        /// The file.
        path: String,
        /// Seconds to skip at its beginning.
        skip: f64,
        /// The channel to read, from 1; 0 for all.
        channel: usize,
    },
    /// Frees a table.
    FreeTable(u32),
    /// Writes a place of a table; one that is not there is an error.
    WriteTable(u32, usize, f64),
    /// Says what sound is in a table: frames per second and channels; one that is not there is an error.
    DescribeTable(u32, u32, usize),
    /// Gives a bus back; one that is gone is an error.
    ReleaseBus(BusToken),
    /// Gives a text of any length a number.
    GiveText {
        /// The number.
        number: u32,
        /// The text.
        text: String,
    },
    /// Declares a channel as `chn_k` and its kin do.
    DeclareChannel {
        /// Its name.
        name: String,
        /// Its first value, which says what it carries.
        value: ChannelValue,
        /// Its mode, as `chn_k` numbers them.
        mode: u32,
    },
    /// Writes a text or audio channel by its name.
    SetChannel {
        /// Its name.
        name: String,
        /// What it gets.
        value: ChannelValue,
    },
}
