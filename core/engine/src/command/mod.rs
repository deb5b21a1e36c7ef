//! What an engine is asked for, and what it answers: plain data that could come from another process.
//!
//! Names are resolved before ([`super::Symbols`]): a command has numbers alone. What takes memory that only the
//! control side may ask for is a [`Making`]; an engine that plays live refuses it.

mod making;
mod question;
#[cfg(test)]
mod tests;
mod watched;

use std::ffi::CStr;

use serde::{Deserialize, Serialize};

use ksmps_data::verbs::{BusToken, Instances, Line, LineId, Pairs, When};

pub use making::Making;
pub use question::{
    BUS_NUMBERS, BUSES_READ_MAX, Question, Reply, TABLE_READ_MAX, TEXT_READ_MAX, TableReading, Value,
};
pub use watched::{WatchList, WatchPlace};

/// A command, when it is to be carried out, and the engine it was prepared for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timed {
    /// The engine's serial number ([`super::Symbols::engine`]).
    pub engine: u64,
    /// When it is to be carried out; `When::In` counts from the first frame of the block that takes it.
    pub when: When,
    /// What is to be done.
    pub command: Command,
}

/// What an engine can be asked to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Puts it on the agenda, for its cycle.
    Do(Action),
    /// Starts an event as [`Action::Start`] does, and answers with what the event writes to place `token` of `table`
    /// once it says so with `outvalue "__sync__"`.
    StartAndAnswer {
        /// The question's number.
        id: u64,
        /// The event's p-fields from p1 on.
        pfields: Box<[f64]>,
        /// Whether it starts on its frame.
        exact: bool,
        /// What the event was given in p4: the place of its answer.
        token: u32,
        /// The table of answers.
        table: u32,
    },
    /// Takes back events that have not started.
    ForgetEvents(Instances),
    /// Ends a line, or takes it back.
    ForgetLine(LineId),
    /// Takes back everything and cuts off what plays.
    StopAll,
    /// Gives a number that has room its text.
    GiveText {
        /// The number.
        number: u32,
        /// The text.
        text: Box<CStr>,
    },
    /// Writes a table from its beginning; what goes beyond its end is left out.
    FillTable {
        /// The table.
        table: u32,
        /// Its first values.
        values: Box<[f64]>,
    },
    /// Gives a bus back at once.
    ReleaseBus(BusToken),
    /// Watches a control channel: each cycle that changes it is reported.
    Watch {
        /// Whose watch it is.
        watch: u64,
        /// The channel.
        channel: ChannelIndex,
        /// The value that is known of it; `None` stands for what it holds now.
        known: Option<f64>,
    },
    /// Ends a watch.
    Unwatch(u64),
    /// Watches values, in place of those that were watched before; the list of those comes back.
    WatchValues(Box<WatchList>),
    /// Answers a question.
    Ask {
        /// The question's number, which the answer has too.
        id: u64,
        /// What is asked.
        question: Question,
        /// Room for the answer ([`Question::room`]); it comes back in the [`Reply`].
        #[serde(skip)]
        room: Value,
    },
    /// What takes memory.
    Make(Making),
}

/// What waits on the agenda for its cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Starts an instance: p-fields from p1 on; p2 is filled in. One that starts on its frame needs a p1 of its own in
    /// its cycle.
    Start {
        /// p1 to the last one.
        pfields: Box<[f64]>,
        /// Whether it starts on its frame rather than on its cycle.
        exact: bool,
    },
    /// Stops instances, with or without their release.
    Stop(Instances, bool),
    /// Writes p-fields of instances.
    SetPfields(Instances, Pairs),
    /// Writes a control channel.
    SetChannel(ChannelIndex, f64),
    /// Writes a text channel, before the events of its cycle; a text without room is left out.
    SetText(TextChannelIndex, Box<CStr>),
    /// Writes a place of a table, from 0; nothing happens where there is none.
    WriteTable(u32, usize, f64),
    /// Says what sound is in a table: frames per second and channels.
    DescribeTable(u32, f64, usize),
    /// Writes a control bus.
    WriteBus(BusToken, f64),
    /// Gives a bus back.
    ReleaseBus(BusToken),
    /// Starts a line.
    Line(Box<PendingLine>),
}

/// The place of a control channel in the tables of its engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChannelIndex(pub u32);

/// The place of a text channel in the tables of its engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TextChannelIndex(pub u32);

/// Where a line writes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum LineTarget {
    /// A p-field of sounding instances.
    Pfield {
        /// Whose.
        which: Instances,
        /// Its number.
        index: usize,
    },
    /// A place in a table.
    Table {
        /// The table.
        number: u32,
        /// The place, from 0.
        index: usize,
    },
    /// A control channel.
    Channel(ChannelIndex),
    /// A control bus.
    Bus(BusToken),
}

/// A line that has not started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingLine {
    /// Its id; pieces of one line share it.
    pub id: LineId,
    /// Where it writes.
    pub target: LineTarget,
    /// What it writes.
    pub line: Line,
    /// Whether its last value is written even where its last cycle comes before its last point.
    pub settle: bool,
    /// Whether p-fields and channels have the value of the cycle's end, as buses and tables do.
    pub ahead: bool,
}

/// A box that an engine is done with, to be freed by those who may.
#[derive(Debug)]
pub enum Returned {
    /// An event's p-fields.
    Pfields(Box<[f64]>),
    /// A line.
    Line(Box<PendingLine>),
    /// A text.
    Text(Box<CStr>),
    /// A command that was carried out, or could not be: a question in it has the answer [`Value::Nothing`].
    Command(Command),
    /// An answer.
    Reply(Reply),
}

impl Command {
    /// Makes room for what the engine answers, or works with, where it came without: from another process. `[control]`
    pub fn make_room(&mut self) {
        match self {
            Self::Ask { question, room, .. } => *room = question.room(),
            Self::WatchValues(list) => list.make_room(),
            _ => {}
        }
    }

    /// Whether it leaves an engine that is as new as it is: what is only watched sounds as it would anyway. `[any]`
    pub fn leaves_as_new(&self) -> bool {
        matches!(self, Self::WatchValues(_))
    }

    /// The number of the question in it. `[any]`
    pub fn question(&self) -> Option<u64> {
        match self {
            Self::Ask { id, .. } | Self::StartAndAnswer { id, .. } => Some(*id),
            _ => None,
        }
    }
}

impl Action {
    /// The box in it, if it has one. `[audio]`
    pub(super) fn into_box(self) -> Option<Returned> {
        match self {
            Self::Start { pfields, .. } => Some(Returned::Pfields(pfields)),
            Self::Line(line) => Some(Returned::Line(line)),
            Self::SetText(_, text) => Some(Returned::Text(text)),
            _ => None,
        }
    }
}
