//! What is in an engine, by name: instruments and their p-fields, channels, outputs, the clock.
//!
//! It is made when the engine is built, and is all that is needed to make commands of what is asked for. It is read
//! only; what is counted meanwhile is in [`Counters`], on the side that asks. The owner of an engine that may compile
//! later renews it.

use serde::{Deserialize, Serialize};

mod building;
mod counters;
mod instruments;
mod texts;
mod watched;

use std::collections::HashMap;

use ksmps_data::verbs::{
    Bus, BusToken, Clock, Compatibility, EngineError, EventId, Field, Instances, Instr, LineId, changeable,
    split_name,
};

use super::command::{ChannelIndex, TextChannelIndex};

pub use building::Growing;
pub use counters::{Counters, TOKENS};
pub use instruments::InstrumentTable;
pub use texts::{LIVE_TEXTS_MAX, TextNumbers};

/// The names in one engine. `[any]`
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Symbols {
    engine: u64,
    clock: Clock,
    compatibility: Compatibility,
    instruments: InstrumentTable,
    channels: HashMap<String, ChannelIndex>,
    text_channels: HashMap<String, TextChannelIndex>,
    texts: TextNumbers,
    outputs: usize,
    sees_instances: bool,
    has_buses: bool,
    exact_starts: bool,
    /// Whether instruments, channels and tables can be made later.
    grows: bool,
    answers: Option<u32>,
    /// Why variables cannot be watched; `None` where they can.
    variables_refused: Option<String>,
    /// What plays a table's sound, and what tests the outputs.
    players: [Instr; 2],
}

/// A control channel of one engine, found by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChannelHandle {
    engine: u64,
    index: ChannelIndex,
}

impl Symbols {
    /// The engine's serial number in this process, from 1. `[any]`
    pub fn engine(&self) -> u64 {
        self.engine
    }

    /// The engine's seconds and cycles. `[any]`
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// What holds where the reference's documents and its recordings differ. `[any]`
    pub fn compatibility(&self) -> Compatibility {
        self.compatibility
    }

    /// Output channels of the orchestra. `[any]`
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Whether the engine has buses. `[any]`
    pub fn has_buses(&self) -> bool {
        self.has_buses
    }

    /// Whether events start on their frames. `[any]`
    pub fn exact_starts(&self) -> bool {
        self.exact_starts
    }

    /// Whether instruments, channels and tables can be made later. `[any]`
    pub fn grows(&self) -> bool {
        self.grows
    }

    /// The texts that had numbers at the start. `[any]`
    pub fn texts(&self) -> &TextNumbers {
        &self.texts
    }

    /// The table in which events leave their answers, where there is one. `[any]`
    pub fn answers(&self) -> Option<u32> {
        self.answers
    }

    /// The instrument that plays a table's sound. `[any]`
    pub fn sample_player(&self) -> &Instr {
        &self.players[0]
    }

    /// The instrument that tests the outputs. `[any]`
    pub fn test_player(&self) -> &Instr {
        &self.players[1]
    }

    /// Instruments and their p-fields. `[any]`
    pub fn instruments(&self) -> &InstrumentTable {
        &self.instruments
    }

    /// An instrument or one of its instances, as Csound has it. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`]; [`EngineError::OtherEngine`] for the id of another engine's event.
    pub fn find(&self, instr: &Instr) -> Result<EventId, EngineError> {
        let number_of = |name: &str| {
            let unknown = || EngineError::UnknownInstrument(instr.to_string());
            self.instruments.number(name).ok_or_else(unknown)
        };
        let found = match instr {
            Instr::Number(number) => EventId::new(None, f64::from(number_of(&number.to_string())?)),
            Instr::Instance(p1) => {
                let is_one = p1.is_finite() && *p1 >= 1.0;
                number_of(&if is_one { (p1.trunc() as u32).to_string() } else { instr.to_string() })?;
                EventId::new(None, *p1)
            }
            Instr::Name(text) => {
                let (name, fraction) = split_name(text);
                EventId::new(Some(name.to_owned()), f64::from(number_of(name)?) + fraction)
            }
            Instr::Event(id) => {
                self.check_engine(id.engine(), "event")?;
                let number = match id.name() {
                    Some(name) => number_of(name)?,
                    None => number_of(&id.number().to_string())?,
                };
                // A name may have been given another instrument since.
                if number == id.number() {
                    id.clone()
                } else {
                    EventId::new(id.name().map(str::to_owned), f64::from(number) + id.p1().fract())
                }
            }
        };
        Ok(found.of_engine(self.engine))
    }

    /// The number of a p-field that can be changed. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownField`], [`EngineError::FixedField`].
    pub fn field(&self, target: &Instr, field: &Field) -> Result<usize, EngineError> {
        match field {
            Field::Number(index) => changeable(*index),
            Field::Name(name) => self.instruments.field(target, name),
        }
    }

    /// Refuses what reaches into sounding instances where they cannot be seen. `[any]`
    ///
    /// # Errors
    /// [`EngineError::InstanceLayout`].
    pub fn see_instances(&self) -> Result<(), EngineError> {
        if self.sees_instances { Ok(()) } else { Err(EngineError::InstanceLayout) }
    }

    /// Whether what a table says of its sound can be written. `[any]`
    ///
    /// # Errors
    /// [`EngineError::TableLayout`].
    pub fn see_tables(&self) -> Result<(), EngineError> {
        if self.sees_instances { Ok(()) } else { Err(EngineError::TableLayout) }
    }

    /// A control channel that the orchestra declares (`chn_k`) or names, or a parameter moves. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`EngineError::ChannelKind`].
    pub fn channel(&self, name: &str) -> Result<ChannelIndex, EngineError> {
        self.channels.get(name).copied().ok_or_else(|| missing(name, self.text_channels.contains_key(name)))
    }

    /// A text channel that the orchestra declares (`chn_S`) or names. `[control]`
    ///
    /// # Errors
    /// As [`Symbols::channel`].
    pub fn text_channel(&self, name: &str) -> Result<TextChannelIndex, EngineError> {
        self.text_channels.get(name).copied().ok_or_else(|| missing(name, self.channels.contains_key(name)))
    }

    /// The control channels and the text channels that are known by name, each in the order of the names. `[control]`
    pub fn channel_names(&self) -> [Vec<&str>; 2] {
        let mut names = [
            self.channels.keys().map(String::as_str).collect::<Vec<_>>(),
            self.text_channels.keys().map(String::as_str).collect(),
        ];
        names.iter_mut().for_each(|names| names.sort_unstable());
        names
    }

    /// A handle of a channel. `[control]`
    pub fn channel_handle(&self, index: ChannelIndex) -> ChannelHandle {
        ChannelHandle { engine: self.engine, index }
    }

    /// What a handle stands for. `[any]`
    ///
    /// # Errors
    /// [`EngineError::OtherEngine`].
    pub fn of_handle(&self, handle: ChannelHandle) -> Result<ChannelIndex, EngineError> {
        self.check_engine(handle.engine, "channel").map(|()| handle.index)
    }

    /// The token of a bus; a number that nobody gave out is taken as it is. `[any]`
    ///
    /// # Errors
    /// [`EngineError::NoBusSupport`], [`EngineError::OtherEngine`].
    pub fn bus(&self, bus: Bus) -> Result<BusToken, EngineError> {
        if !self.has_buses {
            return Err(EngineError::NoBusSupport);
        }
        if bus.engine() != Bus::NO_ENGINE {
            self.check_engine(bus.engine(), "bus")?;
        }
        Ok(bus.token())
    }

    /// # Errors
    /// [`EngineError::OtherEngine`] for another engine's line.
    pub fn line(&self, line: LineId) -> Result<LineId, EngineError> {
        self.check_engine(line.engine, "line").map(|()| line)
    }

    /// One instance, or all of an instrument. `[control]`
    ///
    /// # Errors
    /// As [`Symbols::find`].
    pub fn which(&self, target: &Instr) -> Result<Instances, EngineError> {
        self.find(target).map(|id| id.which())
    }

    fn check_engine(&self, engine: u64, what: &'static str) -> Result<(), EngineError> {
        if engine == self.engine { Ok(()) } else { Err(EngineError::OtherEngine(what)) }
    }
}

/// What an engine that grows has learned since.
impl Symbols {
    /// Instruments and their p-fields, to add to. `[control]`
    pub(super) fn instruments_mut(&mut self) -> &mut InstrumentTable {
        &mut self.instruments
    }

    /// A control channel that was made. `[control]`
    pub(super) fn add_channel(&mut self, name: &str, index: ChannelIndex) {
        self.channels.insert(name.to_owned(), index);
    }

    /// A text channel that was found. `[control]`
    pub(super) fn add_text_channel(&mut self, name: &str, index: TextChannelIndex) {
        self.text_channels.insert(name.to_owned(), index);
    }

    /// The table of answers was made. `[control]`
    pub(super) fn set_answers(&mut self, table: u32) {
        self.answers = Some(table);
    }
}

fn missing(name: &str, is_of_another_kind: bool) -> EngineError {
    match is_of_another_kind {
        true => EngineError::ChannelKind(name.to_owned()),
        false => EngineError::UnknownChannel(name.to_owned()),
    }
}
