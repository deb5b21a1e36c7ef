//! Who and what is in an engine, by name: what the control side needs to prepare verbs for an engine that the audio
//! thread owns.
//!
//! It is made once, when the engine is built, and only read from then on, but for the count of unique instances, that
//! of answers that are waited for, and the texts that have got numbers.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::csound::{ChannelId, ChannelKind, Running, TextChannelId, Which};
use crate::document::{self, ChannelContent, Document};
use crate::engine::verbs::{InstanceCounter, InstrumentTable, SAMPLE_PLAYER, TEST_PLAYER, live_players};
use crate::verbs::{Arg, Clock, EngineError, EventId, Field, Instr, Sched, changeable, split_name};

use super::staging::Placed;
use super::texts::Texts;

/// How many answers can be waited for before a token comes again.
const TOKENS: u32 = 1024;
/// The table in which events leave their answers.
const ANSWERS: &str = "gi__responses";

/// The instruments and channels of one engine. [any]
#[derive(Debug)]
pub struct Symbols {
    clock: Clock,
    instruments: InstrumentTable,
    channels: HashMap<String, ChannelId>,
    text_channels: HashMap<String, TextChannelId>,
    outputs: usize,
    sees_instances: bool,
    answers: Option<u32>,
    instances: Mutex<InstanceCounter>,
    texts: Mutex<Texts>,
    token: Mutex<u32>,
}

impl Symbols {
    /// Of an instance that was started with a document. [control]
    pub(super) fn of(running: &mut Running, document: &Document, placed: &Placed) -> Self {
        let mut instruments = InstrumentTable::default();
        instruments.learn(document.instruments.iter().cloned());
        instruments.learn(placed.code().flat_map(document::instruments_of));
        let texts = || [document.orchestra.text.as_str()].into_iter().chain(placed.texts());
        add_players(&mut instruments, running, texts());
        give_numbers(&mut instruments, running);
        for (number, template) in placed.iter() {
            instruments.learn([template.clone()]);
            template.names.iter().for_each(|name| instruments.give_number(name, number as i32));
        }
        make_named_channels(running, texts());
        let (channels, text_channels) = channels_of(running);
        let answers = document.orchestra.text.contains(ANSWERS);
        let answers = answers.then(|| running.eval(&format!("return {ANSWERS}\n")).ok()).flatten();
        Self {
            clock: Clock::new(running.rate(), running.ksmps()),
            instruments,
            channels,
            text_channels,
            outputs: running.outputs(),
            sees_instances: running.can_see_instances(),
            answers: answers.filter(|number| *number >= 1.0).map(|number| number as u32),
            instances: Mutex::default(),
            texts: Mutex::new(Texts::of(running)),
            token: Mutex::default(),
        }
    }

    /// The engine's seconds and cycles. [any]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Output channels of the orchestra. [any]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Whether sounding instances can be seen. [any]
    pub fn sees_instances(&self) -> bool {
        self.sees_instances
    }

    /// The p-fields of an event from p1 on, and its id. p2 is left to whoever starts it. `number_of` gives texts their
    /// numbers. [control]
    ///
    /// # Errors
    /// As [`crate::engine::verbs::Verbs::sched`], and those of `number_of`.
    pub fn event<E: From<EngineError>>(
        &self,
        event: &Sched,
        mut number_of: impl FnMut(&str) -> Result<u32, E>,
    ) -> Result<(EventId, Box<[f64]>), E> {
        let given = self.find(&event.instr)?;
        let mut pfields = self.instruments.pfields(event, |arg| match arg {
            Arg::Number(number) => Ok(*number),
            Arg::Text(text) => number_of(text).map(f64::from),
        })?;
        let id = if event.unique { self.next_instance(&event.instr, given)? } else { given };
        pfields[0] = id.p1();
        Ok((id, pfields.into()))
    }

    /// An instance of its own, for an event that is still to be scheduled. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`], [`EngineError::UniqueFraction`].
    pub fn instance(&self, instr: &Instr) -> Result<EventId, EngineError> {
        self.next_instance(instr, self.find(instr)?)
    }

    fn next_instance(&self, instr: &Instr, whole: EventId) -> Result<EventId, EngineError> {
        locked(&self.instances).next(instr, whole)
    }

    /// An instrument or one of its instances, as Csound has it. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`].
    pub fn find(&self, instr: &Instr) -> Result<EventId, EngineError> {
        let number_of = |name: &str| {
            let unknown = || EngineError::UnknownInstrument(instr.to_string());
            self.instruments.number(name).ok_or_else(unknown)
        };
        match instr {
            Instr::Number(number) => Ok(EventId::new(None, f64::from(number_of(&number.to_string())?))),
            Instr::Instance(p1) => {
                number_of(&(p1.trunc() as u32).to_string())?;
                Ok(EventId::new(None, *p1))
            }
            Instr::Name(text) => {
                let (name, fraction) = split_name(text);
                Ok(EventId::new(Some(name.to_owned()), f64::from(number_of(name)?) + fraction))
            }
        }
    }

    /// One instance, or all of an instrument. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`].
    pub fn which(&self, target: &Instr) -> Result<Which, EngineError> {
        self.find(target).map(|id| id.which())
    }

    /// A p-field of sounding instances. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`], [`EngineError::UnknownField`], [`EngineError::FixedField`],
    /// [`EngineError::InstanceLayout`].
    pub fn pfield(&self, target: &Instr, field: &Field) -> Result<(Which, usize), EngineError> {
        if !self.sees_instances {
            return Err(EngineError::InstanceLayout);
        }
        let which = self.which(target)?;
        let index = match field {
            Field::Number(index) => changeable(*index)?,
            Field::Name(name) => self.instruments.field(target, name)?,
        };
        Ok((which, index))
    }

    /// A control channel that the orchestra declares (`chn_k`) or names, or a parameter moves. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`EngineError::ChannelKind`].
    pub fn channel(&self, name: &str) -> Result<ChannelId, EngineError> {
        self.channels.get(name).copied().ok_or_else(|| missing(name, self.text_channels.contains_key(name)))
    }

    /// A text channel that the orchestra declares (`chn_S`) or names. [control]
    ///
    /// # Errors
    /// As [`Symbols::channel`].
    pub fn text_channel(&self, name: &str) -> Result<TextChannelId, EngineError> {
        self.text_channels.get(name).copied().ok_or_else(|| missing(name, self.channels.contains_key(name)))
    }

    /// The texts that have numbers. [control]
    pub fn texts(&self) -> MutexGuard<'_, Texts> {
        locked(&self.texts)
    }

    /// The table in which events leave their answers, where the orchestra makes it. [any]
    pub fn answers(&self) -> Option<u32> {
        self.answers
    }

    /// A place in that table; the first is 1. [control]
    pub fn next_token(&self) -> u32 {
        let mut token = locked(&self.token);
        *token = *token % (TOKENS - 1) + 1;
        *token
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
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
    let is_free = texts.all(|text| !text.contains(SAMPLE_PLAYER) && !text.contains(TEST_PLAYER));
    let players = live_players();
    if is_free && running.compile(&players).is_ok() {
        instruments.learn(document::instruments_of(&players));
    }
}

/// Makes the channels that the orchestra names, as far as they are not there.
fn make_named_channels<'a>(running: &mut Running, texts: impl Iterator<Item = &'a str>) {
    for (name, carries) in texts.flat_map(document::named_channels) {
        // One that is there and carries something else stays as it is.
        match carries {
            ChannelContent::Number => _ = running.control_channel(&name),
            ChannelContent::Text => _ = running.text_channel_place(&name),
        }
    }
}

/// Every control channel and text channel.
fn channels_of(running: &mut Running) -> (HashMap<String, ChannelId>, HashMap<String, TextChannelId>) {
    let (mut numbers, mut texts) = (HashMap::new(), HashMap::new());
    for channel in running.channels() {
        match channel.kind {
            ChannelKind::Control => {
                numbers.extend(running.control_channel(&channel.name).map(|id| (channel.name, id)));
            }
            ChannelKind::Text => {
                texts.extend(running.text_channel_place(&channel.name).map(|id| (channel.name, id)));
            }
            ChannelKind::Audio | ChannelKind::Other => {}
        }
    }
    (numbers, texts)
}

/// Asks Csound for the numbers of all names.
fn give_numbers(instruments: &mut InstrumentTable, running: &mut Running) {
    let names: Vec<String> = instruments.names().map(str::to_owned).collect();
    for name in names {
        if let Some(number) = running.instrument_number(&name) {
            instruments.give_number(&name, number);
        }
    }
    // What comes from macros or was not read as text can be named by its number all the same.
    for number in running.instrument_numbers() {
        instruments.give_number(&number.to_string(), number as i32);
    }
}
