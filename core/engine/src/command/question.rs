//! What an engine can be asked, and what it answers.

use serde::{Deserialize, Serialize};

use ksmps_data::verbs::{BusKind, BusToken, Instances};

use super::{ChannelIndex, TextChannelIndex};

/// How many values of a table are read by one question.
pub const TABLE_READ_MAX: usize = 1 << 16;
/// How many bytes of a text channel are read by one question.
pub const TEXT_READ_MAX: usize = 4096;

/// How many buses are read by one question.
pub const BUSES_READ_MAX: usize = 1024;
/// Numbers for a bus: its token, 1 for an audio bus or 0, and its value.
pub const BUS_NUMBERS: usize = 3;

/// What can be asked. Answered when it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// The value of a control channel.
    Channel(ChannelIndex),
    /// What a text channel holds: its first [`TEXT_READ_MAX`] bytes.
    Text(TextChannelIndex),
    /// The value of a control bus.
    Bus(BusToken),
    /// What every bus carries: [`BUS_NUMBERS`] numbers for each, at most [`BUSES_READ_MAX`] of them, in no order.
    Buses,
    /// A p-field of a sounding instance; of several the first in order of evaluation answers.
    Pfield(Instances, usize),
    /// A new bus; the answer is its token's number.
    NewBus {
        /// What it carries; without a kind a control bus where it has a value.
        kind: Option<BusKind>,
        /// Its first value.
        value: Option<f64>,
        /// Whether it stays until it is released.
        persists: bool,
    },
    /// Whether there is a table: 1 or 0.
    IsTable(u32),
    /// What is known of a table.
    Table(u32),
    /// Values of a table.
    ReadTable {
        /// The table.
        table: u32,
        /// The first place, from 0.
        start: usize,
        /// How many, [`TABLE_READ_MAX`] at most.
        count: usize,
    },
}

impl Question {
    /// Room for the answer. `[control]`
    pub fn room(&self) -> Value {
        match self {
            Self::ReadTable { count, .. } => Value::Numbers(Vec::with_capacity((*count).min(TABLE_READ_MAX))),
            Self::Buses => Value::Numbers(Vec::with_capacity(BUSES_READ_MAX * BUS_NUMBERS)),
            Self::Text(_) => Value::Text(Vec::with_capacity(TEXT_READ_MAX)),
            _ => Value::Nothing,
        }
    }
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum Value {
    /// There was nothing to read, no room, or the engine is gone.
    #[default]
    Nothing,
    /// A number.
    Number(f64),
    /// Several numbers.
    Numbers(Vec<f64>),
    /// The bytes of a text.
    Text(Vec<u8>),
    /// What is known of a table.
    Table(TableReading),
}

/// What an engine sees of a table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TableReading {
    /// Its number.
    pub number: u32,
    /// Values, and the guard point of one that was read from a file.
    pub length: usize,
    /// Frames per second of the sound in it, 0 where nobody said.
    pub rate: f64,
    /// Channels of the sound.
    pub channels: usize,
    /// Whether somebody said what sound is in it, or a file was read.
    pub is_sound: bool,
    /// The amplitude that is 0 dB.
    pub full_scale: f64,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The question's number.
    pub id: u64,
    /// The answer.
    pub value: Value,
}
