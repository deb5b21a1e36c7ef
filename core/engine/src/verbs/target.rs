//! Where verbs go.

use ksmps_data::verbs::{
    Arg, Bus, BusKind, BusReading, BusToken, ClockLock, EngineError, EventId, Instr, Sched, TableInfo, When,
};

use super::super::command::{BUS_NUMBERS, ChannelIndex, Command, Question, TextChannelIndex, Value};
use super::super::history::Item;
use super::super::symbols::{Counters, Symbols};
use super::TableAbout;

/// What hears of a channel: its name and value.
pub type ChannelCallback = Box<dyn FnMut(&str, f64) + Send>;

/// Somebody who hears of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListenerId(pub u64);

/// An engine that takes commands: one that is here, or one behind a queue.
pub trait Target {
    /// Why something was not done, or not sent.
    type Error: From<EngineError>;
    /// What a question comes to: the value itself, or where it will be.
    type Answer<T: AnswerValue>;

    /// The engine's names. `[any]`
    fn symbols(&self) -> &Symbols;

    /// What is counted for the engine. `[control]`
    fn count<R>(&mut self, count: impl FnOnce(&mut Counters) -> R) -> R;

    /// Refuses a time that cannot come. `[any]`
    ///
    /// # Errors
    /// [`EngineError::Past`], [`EngineError::BadTime`].
    fn check_time(&self, when: When) -> Result<(), EngineError>;

    /// Has a command carried out at a time, or when it arrives where it has none. `[control]`
    ///
    /// # Errors
    /// Where it is refused.
    fn send(&mut self, when: When, command: Command) -> Result<(), Self::Error>;

    /// Asks. `[control]`
    ///
    /// # Errors
    /// Where the question is refused.
    fn ask<T: AnswerValue>(&mut self, question: Question) -> Result<Self::Answer<T>, Self::Error>;

    /// The number of a text, which is on its way before anything that is sent with the number. `[control]`
    ///
    /// # Errors
    /// [`EngineError::BadString`], and where nothing can be sent.
    fn number_text(&mut self, text: &str) -> Result<u32, Self::Error>;

    /// The table in which events leave their answers. `[control]`
    ///
    /// # Errors
    /// Where there is none.
    fn answers_table(&mut self) -> Result<u32, Self::Error>;

    /// Seconds that the engine has performed, and the lock of its clock. `[control]`
    fn with_lock<R>(&mut self, with: impl FnOnce(f64, &mut ClockLock) -> R) -> R;

    /// Has a callback called for each cycle that changes a channel. `[control]`
    ///
    /// # Errors
    /// Where there is no room.
    fn listen(
        &mut self,
        name: &str,
        channel: ChannelIndex,
        callback: ChannelCallback,
    ) -> Result<ListenerId, Self::Error>;

    /// Ends that: the callback is not called again. `[control]`
    ///
    /// # Errors
    /// Where nobody has this id.
    fn stop_listening(&mut self, listener: ListenerId) -> Result<(), Self::Error>;

    /// An instrument or one of its instances. `[control]`
    ///
    /// # Errors
    /// As [`Symbols::find`].
    fn find(&mut self, instr: &Instr) -> Result<EventId, EngineError> {
        self.symbols().find(instr)
    }

    /// A control channel to write; an engine that grows makes it where it does not exist. `[control]`
    ///
    /// # Errors
    /// As [`Symbols::channel`].
    fn channel(&mut self, name: &str) -> Result<ChannelIndex, EngineError> {
        self.symbols().channel(name)
    }

    /// A control channel to read. `[control]`
    ///
    /// # Errors
    /// As [`Symbols::channel`].
    fn present_channel(&mut self, name: &str) -> Result<ChannelIndex, EngineError> {
        self.symbols().channel(name)
    }

    /// A text channel to read. `[control]`
    ///
    /// # Errors
    /// As [`Symbols::text_channel`].
    fn present_text_channel(&mut self, name: &str) -> Result<TextChannelIndex, EngineError> {
        self.symbols().text_channel(name)
    }

    /// What is known of the table of a sound that is to play, where it can be known at once. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`].
    fn sound_of(&mut self, table: u32) -> Result<Option<TableInfo>, EngineError> {
        let _ = table;
        Ok(None)
    }

    /// Keeps what was asked for, where a history is kept: it gets the time in seconds since the engine's start.
    fn record(&mut self, when: When, item: impl FnOnce(f64) -> Item) {
        let _ = (when, item);
    }

    /// Notes that something that was asked for lasts so many seconds from a time on; negative for no end.
    fn reach(&mut self, when: When, seconds: f64) {
        let _ = (when, seconds);
    }

    /// Notes that an event has its init pass alone at a time.
    fn reach_instant(&mut self, when: When) {
        let _ = when;
    }
}

/// p1 to the last p-field of an event, and its id; p2 is filled in by the engine. Texts get their numbers first.
pub(super) fn event_pfields<T: Target>(
    target: &mut T,
    event: &Sched,
) -> Result<(EventId, Vec<f64>), T::Error> {
    let given = target.find(&event.instr)?;
    let mut numbers: Vec<(&str, u32)> = Vec::new();
    let named = event.named.iter().map(|(_, arg)| arg);
    for arg in event.list.iter().flatten().chain(&event.single).chain(named) {
        if let Arg::Text(text) = arg {
            numbers.push((text, target.number_text(text)?));
        }
    }
    let number_of = |arg: &Arg| match arg {
        Arg::Number(number) => Ok(*number),
        Arg::Text(text) => numbers
            .iter()
            .find(|(known, _)| known == text)
            .map(|(_, number)| f64::from(*number))
            .ok_or_else(|| EngineError::BadString(format!("{text:?} has no number"))),
    };
    let mut pfields = target.symbols().instruments().pfields(event, number_of)?;
    let id = if event.unique {
        target.count(|counters| counters.instances.next(&event.instr, given))?
    } else {
        given
    };
    pfields[0] = id.p1();
    Ok((id, pfields))
}

/// What a question can be answered with.
pub trait AnswerValue: Sized {
    /// The same where there always is a value.
    type Sure: AnswerValue;

    /// Of what an engine answered; `None` where it had no value. `engine` is its serial number. `[control]`
    fn of(value: Value, engine: u64) -> Option<Self>;
}

impl AnswerValue for f64 {
    type Sure = Self;

    fn of(value: Value, _: u64) -> Option<Self> {
        if let Value::Number(number) = value { Some(number) } else { None }
    }
}

impl AnswerValue for Option<f64> {
    type Sure = f64;

    fn of(value: Value, engine: u64) -> Option<Self> {
        Some(f64::of(value, engine))
    }
}

impl AnswerValue for bool {
    type Sure = Self;

    fn of(value: Value, engine: u64) -> Option<Self> {
        f64::of(value, engine).map(|number| number != 0.0)
    }
}

impl AnswerValue for Bus {
    type Sure = Self;

    fn of(value: Value, engine: u64) -> Option<Self> {
        f64::of(value, engine).and_then(BusToken::from_number).map(|token| Self::new(engine, token))
    }
}

impl AnswerValue for Vec<f64> {
    type Sure = Self;

    fn of(value: Value, _: u64) -> Option<Self> {
        if let Value::Numbers(numbers) = value { Some(numbers) } else { None }
    }
}

impl AnswerValue for Vec<BusReading> {
    type Sure = Self;

    fn of(value: Value, _: u64) -> Option<Self> {
        let Value::Numbers(numbers) = value else { return None };
        let reading = |numbers: &[f64]| {
            let [token, is_audio, value] = *numbers else { return None };
            let kind = if is_audio == 0.0 { BusKind::Control } else { BusKind::Audio };
            Some(BusReading { token: BusToken::from_number(token)?, kind, value })
        };
        let mut readings: Vec<BusReading> = numbers.chunks_exact(BUS_NUMBERS).filter_map(reading).collect();
        readings.sort_by_key(|one| one.token);
        Some(readings)
    }
}

impl AnswerValue for String {
    type Sure = Self;

    /// What is no UTF-8 is replaced.
    fn of(value: Value, _: u64) -> Option<Self> {
        match value {
            Value::Text(bytes) => Some(Self::from_utf8_lossy(&bytes).into_owned()),
            _ => None,
        }
    }
}

impl AnswerValue for TableAbout {
    type Sure = Self;

    fn of(value: Value, _: u64) -> Option<Self> {
        if let Value::Table(reading) = value { Some(Self::of_reading(reading)) } else { None }
    }
}

impl AnswerValue for TableInfo {
    type Sure = Self;

    fn of(value: Value, engine: u64) -> Option<Self> {
        TableAbout::of(value, engine).map(|about| about.info)
    }
}
