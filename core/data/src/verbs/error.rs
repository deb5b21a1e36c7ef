//! What a verb can answer instead of doing what it was asked.

use std::path::PathBuf;

use crate::curve::UnknownCurve;
use crate::diagnostic::Diagnostic;
use crate::file::FileError;

use super::{BusError, Failure, PlotError};

/// Why a verb was not carried out. The engine goes on as it was.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// The orchestra does not compile; what played goes on with the code it had.
    #[error("the code does not compile:\n{}", joined(.0))]
    Compile(Vec<Diagnostic>),
    /// Csound would not start with this header, these options or this global code.
    #[error("the engine does not start:\n{}", joined(.0))]
    Start(Vec<Diagnostic>),
    /// A value in the engine's configuration is out of its range.
    #[error("{0}")]
    Configuration(String),
    /// An instrument number inside a reserved range.
    #[error(
        "instrument number {number} is in the range {first} to {last}, which is reserved for {owner}: take another one"
    )]
    ReservedNumber {
        /// The number asked for.
        number: u32,
        /// First number of the range.
        first: u32,
        /// Last number of the range.
        last: u32,
        /// Whose range it is.
        owner: String,
    },
    /// An instrument number that came too late: nothing made room for it when the engine started.
    #[error(
        "instr {number} is above {highest}, the highest number that can come after the start: give it a lower one, or \
         put it into the global code"
    )]
    HighNumber {
        /// The number.
        number: u32,
        /// The highest one that can come.
        highest: u32,
    },
    /// No instrument has this number or name.
    #[error("there is no instrument {0}: compile it first, or see how it is written")]
    UnknownInstrument(String),
    /// A unique instance was asked for, but the instrument was given with a fraction.
    #[error("{0} names an instance already; a unique one is made from a whole number or a name")]
    UniqueFraction(String),
    /// p-fields were given both one by one and as a list.
    #[error("p-fields come one by one or as a list, not both: leave one of them out")]
    ArgsAndPfields,
    /// The instrument has no p-field of this name.
    #[error(
        "the instrument has no p-field called {0}: a line like `{0} = p4` names one, and p4 is always understood"
    )]
    UnknownField(String),
    /// p1, p2 and p3 are not for changing, and Csound has no p-field with this number.
    #[error("p{0} cannot be given or changed: those from p4 to p1900 can")]
    FixedField(usize),
    /// The flat list of pairs has an odd length.
    #[error(
        "pairs come in twos, and these are {0} numbers: give time and value, or p-field and value, in turn"
    )]
    OddPairs(usize),
    /// More pairs at once than there is room for.
    #[error("{given} pairs at once, and {max} is the most: ask for the others in another call")]
    TooManyPairs {
        /// How many were given.
        given: usize,
        /// How many are possible.
        max: usize,
    },
    /// The points make no line.
    #[error("these points make no line: {0}")]
    BadPoints(String),
    /// No curve of this name.
    #[error(transparent)]
    UnknownMode(#[from] UnknownCurve),
    /// An absolute time that is over.
    #[error("{given} s is over: it is {now} s now; give a time from then on, or a delay")]
    Past {
        /// The time that was given, in seconds.
        given: f64,
        /// The present time, in seconds.
        now: f64,
    },
    /// A time that is negative or not a number.
    #[error("{0} is no time: seconds are wanted, 0 or more")]
    BadTime(f64),
    /// A speed at which a sound has no end.
    #[error("{0} is no speed: 1 plays as it is, 2 an octave higher; it is above 0")]
    BadSpeed(f64),
    /// The engine was made without buses.
    #[error(
        "this engine was made without buses: give it some when it is built (num_audio_buses, num_control_buses)"
    )]
    NoBusSupport,
    /// A bus that is not there, is of the other kind, or cannot be made.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// No table of this number.
    #[error("there is no table {0}: make it first; one that was freed is gone")]
    MissingTable(u32),
    /// A place outside the table.
    #[error("table {table} has {length} values, and there is none at {index}: places count from 0")]
    TableIndex {
        /// The table.
        table: u32,
        /// The place asked for, from 0.
        index: usize,
        /// How many values it has.
        length: usize,
    },
    /// The table could not be made as it was asked for.
    #[error("the table cannot be made: {0}")]
    BadTable(String),
    /// The table or the options of its picture cannot be drawn.
    #[error(transparent)]
    Plot(#[from] PlotError),
    /// This Csound keeps its sounding instances in an unknown place: their p-fields cannot be reached.
    #[error(
        "this build of Csound is not one whose sounding instances can be seen from outside: the core is made for 6.18.1"
    )]
    InstanceLayout,
    /// This Csound keeps what a table says of its sound in an unknown place.
    #[error(
        "this build of Csound is not one whose tables can be described from outside: the core is made for 6.18.1"
    )]
    TableLayout,
    /// Nothing shows that variables lie where they should: why, in words.
    #[error("{0}: the core is made for Csound 6.18.1")]
    VariableLayout(String),
    /// No channel of this name.
    #[error("there is no channel {0}: make it (init_channel, chn_k), or see how it is written")]
    UnknownChannel(String),
    /// The channel carries something else.
    #[error("the channel {0} is of another kind: a channel carries numbers, texts or audio, and keeps to it")]
    ChannelKind(String),
    /// No string of this number or it cannot be written in Csound.
    #[error("the text cannot be handed to Csound: {0}")]
    BadString(String),
    /// The code ran but gave no value.
    #[error("{0} gives no value: end it with `return` and a number")]
    NoValue(String),
    /// An output or loudspeaker number that the engine does not have.
    #[error("there is no output channel {0}: they count from 1 to the engine's nchnls")]
    NoChannel(usize),
    /// A line of score that is not an i, f or e statement, or that Csound does not take.
    #[error("this line of score cannot be taken: {0}")]
    ScoreLine(String),
    /// A file could not be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A line in the history that a score cannot say.
    #[error("{0} cannot be written into a .csd: do it within without_history, or leave it out")]
    NotExportable(String),
    /// An event that was to answer did not.
    #[error(
        "{instance} did not answer within {seconds} s: it has to write gi__responses and say so with outvalue \"__sync__\", p4"
    )]
    NoAnswer {
        /// Whose answer was waited for.
        instance: String,
        /// How long, in seconds of performed time.
        seconds: f64,
    },
    /// An id or handle of an engine that is gone, or over which another one has taken.
    #[error("this {0} belongs to another engine: ask the one that plays now for its own")]
    OtherEngine(&'static str),
    /// Something that takes memory, for an engine that plays.
    #[error("{0} cannot be done to an engine that plays: put it into the document or its session")]
    NotLive(&'static str),
    /// As much waits as there is room for.
    #[error("the engine has no room for one more: take something back, or wait until it is done")]
    NoRoom,
    /// The engine was stopped or cancelled.
    #[error("the engine was stopped: build another one")]
    Stopped,
    /// Csound left for good (`exitnow`): the engine is over.
    #[error("Csound left for good (exitnow, or a fatal error); the engine is over: build another one")]
    Left,
    /// Csound answered with an error and said nothing.
    #[error(transparent)]
    Csound(#[from] Failure),
}

fn joined(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl From<FileError> for EngineError {
    fn from(FileError { path, reason }: FileError) -> Self {
        Self::File { path, reason }
    }
}
