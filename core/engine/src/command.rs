//! What an engine is asked for, and what it answers: plain data that could come from another process.
//!
//! Names are resolved before ([`super::Symbols`]): a command has numbers alone. What takes memory that only the
//! control side may ask for is a [`Making`]; an engine that plays live refuses it.

use std::ffi::CStr;

use serde::{Deserialize, Serialize};

use ksmps_data::verbs::{BusKind, BusToken, ChannelValue, Instances, Line, LineId, Pairs, When};

/// How many values of a table are read by one question.
pub const TABLE_READ_MAX: usize = 1 << 16;
/// How many bytes of a text channel are read by one question.
pub const TEXT_READ_MAX: usize = 4096;

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

/// What can be asked. Answered when it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// The value of a control channel.
    Channel(ChannelIndex),
    /// What a text channel holds: its first [`TEXT_READ_MAX`] bytes.
    Text(TextChannelIndex),
    /// The value of a control bus.
    Bus(BusToken),
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
    /// Makes room for the answer where it came without: from another process. `[control]`
    pub fn make_room(&mut self) {
        if let Self::Ask { question, room, .. } = self {
            *room = question.room();
        }
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

#[cfg(test)]
mod tests {
    use ksmps_data::verbs::{Curve, Points, SETP_PAIRS_MAX};

    use super::*;

    fn actions() -> Vec<Action> {
        let pairs = Pairs { pairs: [(4, f64::NEG_INFINITY); SETP_PAIRS_MAX], count: 2 };
        let points = Points::new([(0.0, 1.0), (0.5, -2.5)]).unwrap();
        let line = |target| {
            let line = Line::new(points.clone(), Curve::Expon(2.0), true, 1378.125);
            let id = LineId { engine: 3, number: 9 };
            Action::Line(Box::new(PendingLine { id, target, line, settle: true, ahead: false }))
        };
        vec![
            Action::Start { pfields: [100.0002, 0.0, -1.0, 0.1].into(), exact: true },
            Action::Stop(Instances::Exactly(7.25), true),
            Action::SetPfields(Instances::All(7), pairs),
            Action::SetChannel(ChannelIndex(u32::MAX), 0.1),
            Action::SetText(TextChannelIndex(0), c"a \"text\"".into()),
            Action::WriteTable(300, usize::MAX, -0.0),
            Action::DescribeTable(300, 44_100.0, 2),
            Action::WriteBus(BusToken(-1), 1e300),
            Action::ReleaseBus(BusToken(i64::MAX)),
            line(LineTarget::Pfield { which: Instances::All(1), index: 4 }),
            line(LineTarget::Table { number: 1, index: 0 }),
            line(LineTarget::Channel(ChannelIndex(1))),
            line(LineTarget::Bus(BusToken(2))),
        ]
    }

    fn questions() -> Vec<Question> {
        vec![
            Question::Channel(ChannelIndex(3)),
            Question::Text(TextChannelIndex(4)),
            Question::Bus(BusToken(5)),
            Question::Pfield(Instances::Exactly(1.5), 4),
            Question::NewBus { kind: Some(BusKind::Control), value: Some(0.5), persists: true },
            Question::NewBus { kind: None, value: None, persists: false },
            Question::IsTable(1),
            Question::Table(2),
            Question::ReadTable { table: 3, start: 10, count: 100_000 },
        ]
    }

    fn makings() -> Vec<Making> {
        let name = || "level".to_owned();
        vec![
            Making::Compile { code: "instr 1\nendin".into(), own_numbers: false },
            Making::Evaluate("return 1".into()),
            Making::Table { number: 0, values: [1.0, 2.0].into(), rate: 48_000, channels: 2 },
            Making::ReadSoundfile { number: 1, path: "a b.wav".into(), skip: 0.5, channel: 0 },
            Making::FreeTable(1),
            Making::WriteTable(1, 2, 3.0),
            Making::DescribeTable(1, 48_000, 2),
            Making::ReleaseBus(BusToken(1)),
            Making::GiveText { number: 24, text: "text".into() },
            Making::DeclareChannel { name: name(), value: ChannelValue::Number(1.0), mode: 3 },
            Making::SetChannel { name: name(), value: ChannelValue::Text("text".into()) },
            Making::SetChannel { name: name(), value: ChannelValue::Audio(vec![0.25; 3]) },
        ]
    }

    fn commands() -> Vec<Command> {
        let others = [
            Command::StartAndAnswer { id: 1, pfields: [1.0].into(), exact: false, token: 2, table: 3 },
            Command::ForgetEvents(Instances::All(1)),
            Command::ForgetLine(LineId { engine: 1, number: 2 }),
            Command::StopAll,
            Command::GiveText { number: 24, text: c"text".into() },
            Command::FillTable { table: 1, values: [0.0, f64::INFINITY].into() },
            Command::ReleaseBus(BusToken(1)),
            Command::Watch { watch: 1, channel: ChannelIndex(2), known: Some(0.5) },
            Command::Unwatch(1),
        ];
        let asked =
            questions().into_iter().map(|question| Command::Ask { id: 7, question, room: question.room() });
        let all = actions().into_iter().map(Command::Do).chain(others).chain(asked);
        all.chain(makings().into_iter().map(Command::Make)).collect()
    }

    fn again<T: Serialize + for<'a> Deserialize<'a>>(value: &T) -> T {
        postcard::from_bytes(&postcard::to_stdvec(value).unwrap()).unwrap()
    }

    #[test]
    fn every_command_comes_through_a_socket_as_it_was() {
        for (number, mut command) in (1..).zip(commands()) {
            let when = if number % 2 == 0 { When::In(0.5) } else { When::At(f64::MIN_POSITIVE) };
            let mut came = again(&Timed { engine: number, when, command: command.clone() });
            // Room is made where the question arrives.
            came.command.make_room();
            command.make_room();
            assert_eq!(came, Timed { engine: number, when, command });
        }
    }

    #[test]
    fn every_answer_comes_back_as_it_was() {
        let table =
            TableReading { number: 1, length: 9, rate: 48e3, channels: 2, is_sound: true, full_scale: 1.0 };
        let values = [
            Value::Nothing,
            Value::Number(-0.0),
            Value::Numbers(vec![1.0, 2.0]),
            Value::Text(b"t\xff".to_vec()),
            Value::Table(table),
        ];
        for (id, value) in (1..).zip(values) {
            let reply = Reply { id, value };
            assert_eq!(again(&reply), reply);
        }
    }

    #[test]
    fn a_question_has_room_for_its_answer_where_it_arrives() {
        let question = Question::ReadTable { table: 1, start: 0, count: 10 };
        let mut came = again(&Command::Ask { id: 1, question, room: question.room() });
        came.make_room();
        let Command::Ask { room: Value::Numbers(room), .. } = came else { panic!("it is a question") };
        assert!(room.capacity() >= 10);
    }
}
