//! A session put on an engine: everything compiled, made and scheduled through the engine's verbs.

use std::ffi::CString;

use crate::csound::{self, BusToken, LIVE_TEXT_BYTES_MAX, Running};
use crate::document::{INSTRUMENT_MAX, code_words};
use crate::engine::verbs::{Action, Verbs};
use crate::offline::OfflineEngine;
use crate::verbs::{
    Automation, ChannelMode, ChannelValue, EngineError, Points, Sched, SoundRead, TableNumber, TableSpec,
    When,
};

use super::change::Moves;
use super::event::Target;
use super::plan::{Item, Piece, Timed};
use super::resources::{Bus, Channel, Table};
use super::{ArgValue, BusKind, CONTROLS_TABLE, ChannelKind, Event, Session, SessionError, TableSource};

/// An engine with a session on it, before its first cycle.
pub(super) struct Stage {
    pub running: Running,
    pub verbs: Verbs,
}

impl Stage {
    /// Starts an engine and puts the session on it. [control]
    ///
    /// # Errors
    /// [`SessionError::Compile`], [`SessionError::Engine`].
    pub fn build(session: &Session, options: &[String]) -> Result<Self, SessionError> {
        let config = &session.config;
        let mut builder = OfflineEngine::builder()
            .sample_rate(config.sr)
            .ksmps(config.ksmps)
            .channels(config.channels)
            .a4(config.a4)
            .num_audio_buses(config.audio_buses)
            .num_control_buses(config.control_buses)
            .first_bus(session.bus_sizes().first_token)
            .global_code(format!("instr {}\nendin\n", session.highest_number()));
        for option in options {
            builder = builder.option(option);
        }
        let (running, verbs) = builder.start_without_file()?;
        let mut stage = Self { running, verbs };
        stage.put(session)?;
        Ok(stage)
    }

    /// Puts a session on the engine. [control]
    ///
    /// # Errors
    /// [`SessionError::Compile`], [`SessionError::Engine`].
    pub fn put(&mut self, session: &Session) -> Result<(), SessionError> {
        self.set_up(session)?;
        self.schedule(session)
    }

    fn set_up(&mut self, session: &Session) -> Result<(), SessionError> {
        for (number, text) in session.strings.iter() {
            self.verbs.str_set_at(&mut self.running, number, text)?;
        }
        for channel in session.channels.iter().filter(|channel| channel.at.is_none()) {
            self.declare(channel)?;
        }
        let controls = session.control_values();
        if !controls.is_empty() {
            let spec = TableSpec { number: TableNumber::Exactly(CONTROLS_TABLE), ..TableSpec::default() };
            self.verbs.make_table(&mut self.running, &controls, spec)?;
        }
        for table in session.tables.iter().filter(|table| table.at == 0.0) {
            self.table(table)?;
        }
        for (token, bus) in (1..).zip(&session.buses) {
            self.bus(BusToken(token), bus)?;
        }
        for piece in session.pieces() {
            self.compile(&piece)?;
        }
        let row = session.controls().row;
        for instrument in session.instruments() {
            self.compile(&instrument.piece(&instrument.registered.prologue(row)))?;
        }
        for channel in session.channels.iter().filter(|channel| channel.at == Some(0.0)) {
            self.set_channel(channel, When::In(0.0))?;
        }
        Ok(())
    }

    fn compile(&mut self, piece: &Piece) -> Result<(), SessionError> {
        self.verbs.compile_own_numbers(&mut self.running, &piece.code).map_err(|error| piece.explain(error))
    }

    fn declare(&mut self, channel: &Channel) -> Result<(), SessionError> {
        let Self { running, verbs } = self;
        let value = match (&channel.value, channel.kind) {
            (Some(value), _) => channel_value(value),
            (None, ChannelKind::Control) => ChannelValue::Number(0.0),
            (None, ChannelKind::Text) => ChannelValue::Text(String::new()),
            (None, ChannelKind::Audio) => ChannelValue::Audio(Vec::new()),
        };
        Ok(verbs.init_channel(running, &channel.name, value, ChannelMode::ReadWrite)?)
    }

    fn set_channel(&mut self, channel: &Channel, when: When) -> Result<(), SessionError> {
        let Some(value) = &channel.value else { return Ok(()) };
        Ok(self.verbs.set_channel(&mut self.running, &channel.name, channel_value(value), when)?)
    }

    /// Writes a channel at a time of its own. Texts that fit are written from the agenda, as numbers are.
    fn set_channel_at(&mut self, channel: &Channel, at: f64) -> Result<(), SessionError> {
        let text = match &channel.value {
            Some(ArgValue::Text(text)) if text.len() <= LIVE_TEXT_BYTES_MAX => text,
            _ => return self.set_channel(channel, When::At(at)),
        };
        let refused = |_| EngineError::BadString(format!("{text:?} has a NUL byte in it"));
        let text = CString::new(text.as_str()).map_err(refused)?;
        let place = self.running.text_channel_place(&channel.name);
        let place = place.ok_or_else(|| EngineError::ChannelKind(channel.name.clone()))?;
        self.verbs.agenda().add(at, Action::SetText(place, text.into_boxed_c_str()));
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<(), SessionError> {
        let Self { running, verbs } = self;
        let number = TableNumber::Exactly(table.number.0);
        let when = if table.at > 0.0 { When::At(table.at) } else { When::In(0.0) };
        let channels = table.channels;
        let spec = TableSpec { number, rate: table.rate, channels, when };
        match &table.source {
            TableSource::Data(data) => drop(verbs.make_table(running, data, spec)?),
            TableSource::Zeros(length) => drop(verbs.make_empty_table(running, *length, spec)?),
            TableSource::File(sound) => {
                let (channel, skip) = (sound.channel, sound.skip);
                let read = SoundRead { number, channel, skip, when, unique: true };
                verbs.read_soundfile(running, &sound.path, read)?;
            }
        }
        Ok(())
    }

    fn bus(&mut self, token: BusToken, bus: &Bus) -> Result<(), SessionError> {
        let kind = bus.kind.map(|kind| match kind {
            BusKind::Audio => csound::BusKind::Audio,
            BusKind::Control => csound::BusKind::Control,
        });
        Ok(self.verbs.assign_bus_as(&mut self.running, token, kind, bus.value, bus.persists)?)
    }

    fn schedule(&mut self, session: &Session) -> Result<(), SessionError> {
        let row = session.controls().row;
        for Timed { at, item, .. } in session.timeline() {
            match item {
                Item::Table(table) => self.table(table)?,
                Item::Channel(channel) => self.set_channel_at(channel, at)?,
                Item::Release(bus) => self.verbs.agenda().add(at, Action::ReleaseBus(BusToken(bus.0))),
                Item::Stop(event) => self.verbs.unsched(&mut self.running, event.p1, When::At(at))?,
                Item::Set(target, value) => self.set(session, row, target, value, at)?,
                Item::Line(target, Moves { points, curve, straight }) => {
                    let line = Automation::through(Points::new(points)?).curve(curve).at(at);
                    let line = if straight { line } else { line.at_cycle_ends() };
                    self.automate(session, row, target, &line)?;
                }
                Item::Start(event) => drop(self.verbs.sched(&mut self.running, &start(event, at))?),
            }
        }
        Ok(())
    }

    fn set(
        &mut self,
        session: &Session,
        row: usize,
        target: Target,
        value: f64,
        at: f64,
    ) -> Result<(), EngineError> {
        let Self { running, verbs } = self;
        match target {
            Target::Field(event, field) => {
                verbs.setp(running, p1(session, event), [(field, value)], When::At(at))
            }
            Target::Control(event, control) => {
                // A line of one point is a write that the agenda can do.
                let index = control_index(session, row, event, control);
                let line = Automation::through(Points::new(vec![(0.0, value)])?).at(at);
                verbs.automate_table(running, CONTROLS_TABLE, index, &line).map(drop)
            }
            Target::Bus(bus) => verbs.write_bus(running, BusToken(bus), value, When::At(at)),
        }
    }

    fn automate(
        &mut self,
        session: &Session,
        row: usize,
        target: Target,
        line: &Automation,
    ) -> Result<(), EngineError> {
        let Self { running, verbs } = self;
        match target {
            Target::Field(event, field) => {
                verbs.automatep(running, p1(session, event), field, line).map(drop)
            }
            Target::Control(event, control) => {
                let index = control_index(session, row, event, control);
                verbs.automate_table(running, CONTROLS_TABLE, index, line).map(drop)
            }
            Target::Bus(bus) => verbs.automate_bus(running, BusToken(bus), line).map(drop),
        }
    }
}

impl Session {
    /// The highest instrument number that will be compiled, or a higher one. Csound makes room for instruments and
    /// opcodes in one list; where an instrument comes whose number is far above those of the first compilation, it
    /// writes beyond the list's end (measured, 6.18: `insert_opcodes` lets it shrink). So the first compilation has
    /// an instrument with this number.
    pub(super) fn highest_number(&self) -> u32 {
        let numbers = self.pieces().into_iter().flat_map(|piece| instrument_numbers(&piece.code));
        numbers.fold(self.priorities.end(), u32::max)
    }
}

/// The numbers behind each `instr`; those that Csound cannot hold are refused when they are compiled.
fn instrument_numbers(code: &str) -> Vec<u32> {
    let mut line_of_instr = None;
    let mut numbers = Vec::new();
    for (line, word) in code_words(code) {
        if word == "instr" {
            line_of_instr = Some(line);
        } else if line_of_instr == Some(line) {
            numbers.extend(word.parse().ok().filter(|number: &u32| *number <= INSTRUMENT_MAX));
        }
    }
    numbers
}

fn channel_value(value: &ArgValue) -> ChannelValue {
    match value {
        ArgValue::Number(number) => ChannelValue::Number(*number),
        ArgValue::Text(text) => ChannelValue::Text(text.clone()),
    }
}

fn start(event: &Event, at: f64) -> Sched {
    Sched::new(event.p1).at(at).dur(event.dur).args(event.fields.iter().copied())
}

fn p1(session: &Session, event: super::EventId) -> f64 {
    // PANIC: changes are made of events that are there, and events are never taken away.
    session.event(event).expect("a change belongs to an event").p1
}

fn control_index(session: &Session, row: usize, event: super::EventId, control: usize) -> usize {
    // PANIC: as above.
    let slot = session.event(event).expect("a change belongs to an event").slot();
    slot as usize * row + control
}
