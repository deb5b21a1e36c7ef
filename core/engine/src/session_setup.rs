//! A session on an engine: everything compiled, made and scheduled through the engine's verbs.

use std::ffi::CString;

use ksmps_csound::Running;
use ksmps_data::args::ArgValue;
use ksmps_data::verbs::{
    self, Automation, BusToken, ChannelMode, ChannelValue, EngineError, LIVE_TEXT_BYTES_MAX, Points, Sched,
    SoundRead, TableNumber, TableSpec, When, texts_header,
};
use ksmps_document::{self, CONTROLS_TABLE};
use ksmps_session::{
    Bus, BusKind, ChangeTarget, Channel, ChannelKind, Event, EventId, Item, Moves, Piece, Session,
    SessionError, Table, TableSource, Timed,
};

use super::command::Action;
use super::score::{Play, of_session};
use super::verbs::prelude::*;
use super::{Agenda, ChannelPlaces, Direct, Growing};

/// Puts a session on an engine that has not performed, but for what follows the host's song. `[control]`
///
/// # Errors
/// [`SessionError::Compile`], [`SessionError::Engine`].
pub fn put(engine: &mut Direct, session: &Session) -> Result<(), SessionError> {
    let mut setup = Setup { engine };
    setup.set_up(session)?;
    setup.schedule(session)
}

/// A session on an engine that somebody else performs.
pub(super) struct PutOn {
    pub running: Running,
    /// What is still to come in the engine's time.
    pub agenda: Agenda,
    /// Where the channels are that it writes then.
    pub places: ChannelPlaces,
    /// What follows the host's song.
    pub plays: Vec<Play>,
}

/// Puts a session on an engine that somebody else performs. `[control]`
///
/// # Errors
/// [`SessionError::Compile`], [`SessionError::Engine`]; [`SessionError::Taken`] where the document has a table or an
/// instrument with a number of the session's; what cannot follow the song.
pub(super) fn put_on(session: &Session, running: Running) -> Result<PutOn, SessionError> {
    check_numbers(session, &running)?;
    let mut engine = Direct::new(running, Growing { has_buses: true, ..Growing::default() });
    if session.texts().next().is_some() {
        engine.compile_own_numbers(&texts_header())?;
    }
    put(&mut engine, session)?;
    let (mut running, agenda, places) = engine.into_parts();
    let plays = of_session(session, &mut running)?;
    Ok(PutOn { running, agenda, places, plays })
}

/// Refuses a session whose numbers somebody else has already.
fn check_numbers(session: &Session, running: &Running) -> Result<(), SessionError> {
    let taken = |what: &'static str, number: u32| Err(SessionError::Taken { what, number });
    let controls = (!session.control_values().is_empty()).then_some(CONTROLS_TABLE);
    let mut tables = controls.into_iter().chain(session.tables().iter().map(|table| table.number.0));
    if let Some(number) = tables.find(|number| running.table(*number).is_some()) {
        return taken("table", number);
    }
    let is_template = |number: &u32| session.numbers().any(|(known, _)| known == *number);
    let pieces = session.pieces();
    let own = pieces.iter().flat_map(|piece| ksmps_document::instruments_of(&piece.code));
    let own: Vec<String> = own.flat_map(|instrument| instrument.names).collect();
    if let Some(number) = own.iter().filter_map(|name| name.parse().ok()).find(is_template) {
        return Err(SessionError::Configuration(format!(
            "instr {number} of the session's code has the number of one of its templates: use a number below 50, \
             or a name"
        )));
    }
    match session.numbers().map(|(number, _)| number).find(|number| running.has_instrument(*number)) {
        Some(number) => taken("instr", number),
        None => Ok(()),
    }
}

/// An engine that gets a session.
struct Setup<'a> {
    engine: &'a mut Direct,
}

impl Setup<'_> {
    fn set_up(&mut self, session: &Session) -> Result<(), SessionError> {
        for (number, text) in session.texts() {
            self.engine.str_set_at(number, text)?;
        }
        for channel in session.channels().iter().filter(|channel| channel.at.is_none()) {
            self.declare(channel)?;
        }
        let controls = session.control_values();
        if !controls.is_empty() {
            let spec = TableSpec { number: TableNumber::Exactly(CONTROLS_TABLE), ..TableSpec::default() };
            self.engine.make_table(&controls, spec)?;
        }
        for table in session.tables().iter().filter(|table| table.at == 0.0) {
            self.table(table)?;
        }
        for (token, bus) in (1..).zip(session.buses()) {
            self.bus(BusToken(token), bus)?;
        }
        for piece in session.pieces() {
            self.compile(&piece)?;
        }
        let row = session.controls().row;
        for instrument in session.instruments() {
            self.compile(&instrument.piece(&instrument.registered.prologue(row)))?;
        }
        for channel in session.channels().iter().filter(|channel| channel.at == Some(0.0)) {
            self.set_channel(channel, When::In(0.0))?;
        }
        Ok(())
    }

    fn compile(&mut self, piece: &Piece) -> Result<(), SessionError> {
        self.engine.compile_own_numbers(&piece.code).map_err(|error| piece.explain(error))
    }

    fn declare(&mut self, channel: &Channel) -> Result<(), SessionError> {
        let value = match (&channel.value, channel.kind) {
            (Some(value), _) => channel_value(value),
            (None, ChannelKind::Control) => ChannelValue::Number(0.0),
            (None, ChannelKind::Text) => ChannelValue::Text(String::new()),
            (None, ChannelKind::Audio) => ChannelValue::Audio(Vec::new()),
        };
        Ok(self.engine.init_channel(&channel.name, value, ChannelMode::ReadWrite)?)
    }

    fn set_channel(&mut self, channel: &Channel, when: When) -> Result<(), SessionError> {
        let Some(value) = &channel.value else { return Ok(()) };
        Ok(self.engine.set_channel(&channel.name, channel_value(value), when)?)
    }

    /// Writes a channel at a time of its own. Texts that fit are written from the agenda, as numbers are.
    fn set_channel_at(&mut self, channel: &Channel, at: f64) -> Result<(), SessionError> {
        let text = match &channel.value {
            Some(ArgValue::Text(text)) if text.len() <= LIVE_TEXT_BYTES_MAX => text,
            _ => return self.set_channel(channel, When::At(at)),
        };
        let refused = |_| EngineError::BadString(format!("{text:?} has a NUL byte in it"));
        let text = CString::new(text.as_str()).map_err(refused)?;
        let place = self.engine.make_text_channel(&channel.name)?;
        self.engine.agenda_mut().add(at, Action::SetText(place, text.into_boxed_c_str()));
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<(), SessionError> {
        let number = TableNumber::Exactly(table.number.0);
        let when = if table.at > 0.0 { When::At(table.at) } else { When::In(0.0) };
        let channels = table.channels;
        let spec = TableSpec { number, rate: table.rate, channels, when };
        match &table.source {
            TableSource::Data(data) => drop(self.engine.make_table(data, spec)?),
            TableSource::Zeros(length) => drop(self.engine.make_empty_table(*length, spec)?),
            TableSource::File(sound) => {
                let (channel, skip) = (sound.channel, sound.skip);
                let read = SoundRead { number, channel, skip, when, unique: true };
                self.engine.read_soundfile(&sound.path, read)?;
            }
        }
        Ok(())
    }

    fn bus(&mut self, token: BusToken, bus: &Bus) -> Result<(), SessionError> {
        let kind = bus.kind.map(|kind| match kind {
            BusKind::Audio => verbs::BusKind::Audio,
            BusKind::Control => verbs::BusKind::Control,
        });
        Ok(self.engine.assign_bus_as(token, kind, bus.value, bus.persists)?)
    }

    fn schedule(&mut self, session: &Session) -> Result<(), SessionError> {
        let row = session.controls().row;
        for Timed { at, item, .. } in session.timeline() {
            match item {
                _ if session.follows(&item) => {}
                Item::Table(table) => self.table(table)?,
                Item::Channel(channel) => self.set_channel_at(channel, at)?,
                Item::Release(bus) => self.engine.agenda_mut().add(at, Action::ReleaseBus(BusToken(bus.0))),
                Item::Stop(event) => self.engine.unsched(event.p1(), When::At(at))?,
                Item::Set(target, value) => self.set(session, row, target, value, at)?,
                Item::Line(target, Moves { points, curve, straight }) => {
                    let line = Automation::through(Points::new(points)?).curve(curve).at(at);
                    let line = if straight { line } else { line.at_cycle_ends() };
                    self.automate(session, row, target, &line)?;
                }
                Item::Start(event) => drop(self.engine.sched(start(event, at))?),
            }
        }
        Ok(())
    }

    fn set(
        &mut self,
        session: &Session,
        row: usize,
        target: ChangeTarget,
        value: f64,
        at: f64,
    ) -> Result<(), EngineError> {
        match target {
            ChangeTarget::Field(event, field) => {
                self.engine.setp(p1(session, event), [(field, value)], When::At(at))
            }
            ChangeTarget::Control(event, control) => {
                // A line of one point is a write that the agenda can do.
                let index = control_index(session, row, event, control);
                let line = Automation::through(Points::new(vec![(0.0, value)])?).at(at);
                self.engine.automate_table(CONTROLS_TABLE, index, &line).map(drop)
            }
            ChangeTarget::Bus(bus) => self.engine.write_bus(BusToken(bus), value, When::At(at)),
        }
    }

    fn automate(
        &mut self,
        session: &Session,
        row: usize,
        target: ChangeTarget,
        line: &Automation,
    ) -> Result<(), EngineError> {
        match target {
            ChangeTarget::Field(event, field) => {
                self.engine.automatep(p1(session, event), field, line).map(drop)
            }
            ChangeTarget::Control(event, control) => {
                let index = control_index(session, row, event, control);
                self.engine.automate_table(CONTROLS_TABLE, index, line).map(drop)
            }
            ChangeTarget::Bus(bus) => self.engine.automate_bus(BusToken(bus), line).map(drop),
        }
    }
}

fn channel_value(value: &ArgValue) -> ChannelValue {
    match value {
        ArgValue::Number(number) => ChannelValue::Number(*number),
        ArgValue::Text(text) => ChannelValue::Text(text.clone()),
    }
}

fn start(event: &Event, at: f64) -> Sched {
    Sched::new(event.p1()).at(at).dur(event.dur()).args(event.args().iter().copied())
}

fn p1(session: &Session, event: EventId) -> f64 {
    // PANIC: changes are made of events that are there, and events are never taken away.
    session.event(event).expect("a change belongs to an event").p1()
}

fn control_index(session: &Session, row: usize, event: EventId, control: usize) -> usize {
    // PANIC: as above.
    let slot = session.event(event).expect("a change belongs to an event").slot();
    slot as usize * row + control
}
