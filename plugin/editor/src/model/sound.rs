//! What is known of the engine that sounds.

use ksmps_data::diagnostic::Severity;
use ksmps_data::watched::Seen;
pub use ksmps_data::watched::VariableOwner;
use serde::{Deserialize, Serialize};

/// The engine that sounds.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineFacts {
    /// Frames a second.
    pub rate: f64,
    /// Frames of a cycle.
    pub ksmps: u32,
    /// How many outputs it has.
    pub outputs: u16,
    /// Frames between what goes in and its sound.
    pub latency_frames: u32,
    /// Why notes are not played, where they are not, and what to write.
    pub notes_refused: Option<String>,
}

/// What has happened since the instance was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Engines that took over from another one.
    pub swaps: u64,
    /// Samples that were not numbers and were silenced.
    pub silenced: u64,
    /// Events that found no room.
    pub dropped: u64,
    /// Blocks that took longer than they last.
    pub late: u64,
    /// How often Csound took memory while it played.
    pub taken_pieces: u64,
    /// How much memory that was, in bytes.
    pub taken_bytes: u64,
}

/// A text that never comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hang {
    /// The instrument in which it hangs, where it is known.
    pub instrument: Option<String>,
    /// The line at which it hangs, where it is known.
    pub line: Option<u32>,
}

/// A line that was printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// How grave it is; most lines are notes.
    pub severity: Severity,
    /// What was printed, without the end of the line.
    pub text: String,
}

/// A table that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName {
    /// Its number.
    pub number: u32,
    /// The global variable that holds its number, where one does.
    pub name: Option<String>,
    /// How many values it has.
    pub length: usize,
}

/// A bus and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct BusValue {
    /// Its token.
    pub token: u32,
    /// The global variable that holds the token, where one does.
    pub name: Option<String>,
    /// Whether it carries sound; else it carries control values.
    pub is_audio: bool,
    /// Its value, or the peak of its sound.
    pub value: f64,
}

/// A channel and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelValue {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub content: ChannelContent,
}

/// What a channel holds.
#[derive(Debug, Clone, PartialEq)]
pub enum ChannelContent {
    /// A control value.
    Number(f64),
    /// A text.
    Text(String),
    /// Sound, by its peak.
    Audio(f64),
}

/// What can be watched.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WatchTarget {
    /// A k- or a-rate variable.
    Variable {
        /// Where it stands.
        owner: VariableOwner,
        /// As the text spells it.
        name: String,
        /// The line beside which it was watched first, from 1.
        line: u32,
    },
    /// A channel by its name.
    Channel(String),
    /// A bus by its token.
    Bus(u32),
    /// The first value of a table by its number.
    Table(u32),
}

/// What is watched, with its last seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// What it is.
    pub target: WatchTarget,
    /// What it holds now.
    pub now: WatchNow,
    /// What it held, oldest first, at most [`WATCH_VALUES`]: each time the least and the greatest value since the last one.
    pub history: Vec<[f32; 2]>,
}

/// What was seen of a watched value since the last time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WatchNow {
    /// What it is.
    pub seen: Seen,
    /// What it held last.
    pub value: f64,
    /// The least and the greatest that it held.
    pub range: [f32; 2],
}

impl WatchNow {
    /// Nothing sounds that has it. `[any]`
    pub const SILENT: Self = Self { seen: Seen::Silent, value: 0.0, range: [0.0; 2] };

    /// It is this number, and was no other one. `[any]`
    pub fn number(value: f64) -> Self {
        Self { seen: Seen::Number, value, range: [value as f32; 2] }
    }

    /// What there is to show: a number, or the peak of sound; `None` where there is neither. `[any]`
    pub fn shown(&self) -> Option<f64> {
        match self.seen {
            Seen::Number => Some(self.value),
            Seen::Sound => Some(f64::from(self.range[0].abs().max(self.range[1].abs()))),
            Seen::Silent | Seen::Unknown | Seen::Other => None,
        }
    }
}

/// How many values of a watch are kept: about four seconds at 30 a second.
pub const WATCH_VALUES: usize = 128;

/// Which voice a watched variable is read of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum WatchVoice {
    /// The one that began last.
    #[default]
    Newest,
    /// The so-many-th of those that sound, oldest first, from 0.
    Number(u32),
}

/// Where a document can play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// As the document and the project need it.
    #[default]
    Automatic,
    /// In the host's process.
    Together,
    /// In a process of its own.
    Apart,
}

/// Where the document plays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlaceNow {
    /// What the user chose for this project.
    pub chosen: Place,
    /// What the user has set for all instances on this machine; automatic: what their projects wish.
    pub for_all: Place,
    /// Where the newest engine plays; `None` before the first one.
    pub now: Option<Placed>,
}

/// What becomes of held notes when a changed text takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeldNotes {
    /// They begin again in the new text.
    #[default]
    Restart,
    /// They stay in the old text until they are let go.
    Stay,
}

/// Where an engine plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Whether it plays in a process of its own.
    pub is_apart: bool,
    /// Why it plays there.
    pub reason: String,
    /// Protections of its process that this system does not have.
    pub missing: Vec<String>,
}
