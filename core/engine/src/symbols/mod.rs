//! What is in an engine, by name: instruments and their p-fields, channels, outputs, the clock.
//!
//! It is made when the engine is built, and is all that is needed to make commands of what is asked for. It is read
//! only; what is counted meanwhile is in [`Counters`], on the side that asks. The owner of an engine that may compile
//! later renews it.

use serde::{Deserialize, Serialize};

mod counters;
mod instruments;
mod texts;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use ksmps_csound::{ChannelKind, Running};
use ksmps_data::verbs::{
    Bus, BusToken, Clock, Compatibility, EngineError, EventId, Field, Instances, Instr, LineId, changeable,
    split_name,
};
use ksmps_document::{self, ChannelContent, Document};

use super::command::{ChannelIndex, TextChannelIndex};
use super::places::ChannelPlaces;
use super::players;
use super::templates::NamedTemplates;

pub use counters::{Counters, TOKENS};
pub use instruments::InstrumentTable;
pub use texts::{LIVE_TEXTS_MAX, TextNumbers};

/// The table in which events leave their answers.
const ANSWERS: &str = "gi__responses";

/// The serial number that was given to an engine last.
static LAST_ENGINE: AtomicU64 = AtomicU64::new(0);

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
    /// Of an instance that plays a document. The places of its channels come behind those that are there. `[control]`
    pub(super) fn of(
        running: &mut Running,
        document: &Document,
        templates: &NamedTemplates,
        places: &mut ChannelPlaces,
    ) -> Self {
        let mut instruments = InstrumentTable::default();
        instruments.learn(document.instruments.iter().cloned());
        instruments.learn(templates.code().flat_map(ksmps_document::instruments_of));
        let texts = || [document.orchestra.text.as_str()].into_iter().chain(templates.texts());
        add_players(&mut instruments, running, texts());
        instruments.number_all(running, u32::MAX);
        for (number, template) in templates.iter() {
            instruments.learn([template.clone()]);
            template.names.iter().for_each(|name| instruments.give_number(name, number as i32));
        }
        make_named_channels(running, texts());
        let answers = document.orchestra.text.contains(ANSWERS);
        let answers = answers.then(|| running.eval(&format!("return {ANSWERS}\n")).ok()).flatten();
        let numbers = TextNumbers::of(running);
        let mut symbols = Self {
            instruments,
            has_buses: true,
            exact_starts: running.has_exact_starts(),
            answers: answers.filter(|number| *number >= 1.0).map(|number| number as u32),
            players: [players::SAMPLE_PLAYER.into(), players::TEST_PLAYER.into()],
            ..Self::empty(running, numbers)
        };
        symbols.learn_channels(running, places);
        symbols
    }

    /// Of an instance whose owner compiles and makes channels as it goes. `[control]`
    pub(super) fn growing(running: &mut Running, setup: Growing) -> Self {
        let clock = Clock::new(running.rate(), running.ksmps());
        Self {
            clock: match setup.compatibility {
                Compatibility::Documented => clock,
                Compatibility::Recorded => clock.of_sent_events(),
            },
            compatibility: setup.compatibility,
            has_buses: setup.has_buses,
            exact_starts: setup.exact,
            grows: true,
            players: [players::SAMPLE.into(), players::TEST.into()],
            ..Self::empty(running, TextNumbers::growing())
        }
    }

    fn empty(running: &mut Running, texts: TextNumbers) -> Self {
        Self {
            engine: LAST_ENGINE.fetch_add(1, Ordering::Relaxed) + 1,
            clock: Clock::new(running.rate(), running.ksmps()),
            compatibility: Compatibility::Documented,
            instruments: InstrumentTable::default(),
            channels: HashMap::new(),
            text_channels: HashMap::new(),
            texts,
            outputs: running.outputs(),
            sees_instances: running.can_see_instances(),
            has_buses: false,
            exact_starts: false,
            grows: false,
            answers: None,
            players: [Instr::Number(0), Instr::Number(0)],
        }
    }

    /// Of an engine in another process, as it sent them: it gets a serial number of this process. `[control]`
    pub fn of_another_process(self) -> Self {
        Self { engine: LAST_ENGINE.fetch_add(1, Ordering::Relaxed) + 1, ..self }
    }

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

/// How the engine of an owner is set up who compiles as it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Growing {
    /// What holds where documents and recordings differ.
    pub compatibility: Compatibility,
    /// Whether the engine has buses.
    pub has_buses: bool,
    /// Whether events start on their frames.
    pub exact: bool,
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

    /// Every control channel and text channel.
    fn learn_channels(&mut self, running: &mut Running, places: &mut ChannelPlaces) {
        for channel in running.channels() {
            match channel.kind {
                ChannelKind::Control => {
                    let place = running.control_channel(&channel.name);
                    self.channels.extend(place.map(|place| (channel.name, places.add_number(place))));
                }
                ChannelKind::Text => {
                    let place = running.text_channel_place(&channel.name);
                    self.text_channels.extend(place.map(|place| (channel.name, places.add_text(place))));
                }
                ChannelKind::Audio | ChannelKind::Other => {}
            }
        }
    }
}

fn missing(name: &str, is_of_another_kind: bool) -> EngineError {
    match is_of_another_kind {
        true => EngineError::ChannelKind(name.to_owned()),
        false => EngineError::UnknownChannel(name.to_owned()),
    }
}

/// Compiles the instruments that sound without the document's. Should they not compile, they are unknown.
fn add_players<'a>(
    instruments: &mut InstrumentTable,
    running: &mut Running,
    mut texts: impl Iterator<Item = &'a str>,
) {
    // Named instruments must not be defined twice: whoever writes such a name means an own one.
    let names = [players::SAMPLE_PLAYER, players::TEST_PLAYER];
    let is_free = texts.all(|text| names.iter().all(|name| !text.contains(name)));
    let players = players::live_players();
    if is_free && running.compile(&players).is_ok() {
        instruments.learn(ksmps_document::instruments_of(&players));
    }
}

/// Makes the channels that the orchestra names, as far as they are not there.
fn make_named_channels<'a>(running: &mut Running, texts: impl Iterator<Item = &'a str>) {
    for (name, carries) in texts.flat_map(ksmps_document::named_channels) {
        // One that is there and carries something else stays as it is.
        match carries {
            ChannelContent::Number => _ = running.control_channel(&name),
            ChannelContent::Text => _ = running.text_channel_place(&name),
        }
    }
}
