//! What an engine at hand does with what it is asked: it is done at once, and what is wrong is known at once.

use ksmps_csound::ChannelKind;
use ksmps_data::verbs::{
    ClockLock, Compatibility, EngineError, EventId, Instr, TableInfo, When, quoted, split_name,
};

use super::super::command::{
    Action, ChannelIndex, Command, LineTarget, Making, Question, TextChannelIndex, Value,
};
use super::super::executor::fill_table;
use super::super::history::Item;
use super::super::symbols::{Counters, Symbols};
use super::super::verbs::{AnswerValue, ChannelCallback, ListenerId, Target, Verbs};
use super::deferred::Job;
use super::{Direct, Listener};

impl<'a> Verbs for &'a mut Direct {
    type Target = &'a mut Direct;

    fn target(self) -> Result<Self::Target, EngineError> {
        Ok(self)
    }
}

impl Target for &mut Direct {
    type Error = EngineError;
    type Answer<T: AnswerValue> = T;

    fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    fn count<R>(&mut self, count: impl FnOnce(&mut Counters) -> R) -> R {
        count(&mut self.counters)
    }

    fn check_time(&self, when: When) -> Result<(), EngineError> {
        self.start_of(when).map(drop)
    }

    fn send(&mut self, when: When, command: Command) -> Result<(), EngineError> {
        match command {
            Command::Make(making) if when == When::In(0.0) => self.make(making).map(drop),
            Command::Make(making) => self.later(when, making),
            Command::Do(action) => self.act(when, action),
            Command::StartAndAnswer { id, pfields, exact, token, table } => {
                self.executor.await_event(&mut self.running, id, token, table);
                self.act(when, Action::Start { pfields, exact })
            }
            Command::StopAll => {
                self.stop_everything();
                Ok(())
            }
            Command::ReleaseBus(bus) => Ok(self.running.release_bus(bus)?),
            Command::FillTable { table, values } => {
                let filled = fill_table(&mut self.running, table, &values);
                if filled { Ok(()) } else { Err(EngineError::MissingTable(table)) }
            }
            other => {
                let seconds = self.start_of(when)?;
                let refused = self.executor.take(&mut self.running, seconds, other);
                refused.map(drop).map_err(|_| EngineError::NoRoom)
            }
        }
    }

    fn ask<T: AnswerValue>(&mut self, question: Question) -> Result<T, EngineError> {
        let value = match question {
            Question::NewBus { kind, value, persists } => {
                let bus = self.running.assign_bus(kind, value, persists)?;
                self.horizon.changed = true;
                Value::Number(bus.number())
            }
            Question::Bus(bus) => Value::Number(self.running.read_bus(bus)?),
            Question::Table(table) | Question::ReadTable { table, .. }
                if self.running.table(table).is_none() =>
            {
                return Err(EngineError::MissingTable(table));
            }
            // Whoever may wait reads a text of any length.
            Question::Text(channel) => {
                self.executor.places().text(channel).map_or(Value::Nothing, |place| {
                    Value::Text(self.running.text_at(place).to_bytes().to_vec())
                })
            }
            question => self.executor.answer(&mut self.running, question, question.room()),
        };
        let value = self.with_known_rate(value);
        T::of(value, self.symbols.engine()).ok_or_else(|| EngineError::NoValue("the question".to_owned()))
    }

    fn number_text(&mut self, text: &str) -> Result<u32, EngineError> {
        if let Some(number) = self.counters.texts.number(text) {
            return Ok(number);
        }
        let number = self.counters.texts.next();
        self.make(Making::GiveText { number, text: text.to_owned() })?;
        Ok(number)
    }

    fn answers_table(&mut self) -> Result<u32, EngineError> {
        if let Some(table) = self.symbols.answers() {
            return Ok(table);
        }
        let length = super::super::symbols::TOKENS;
        let made = format!("gi__responses ftgen 0, 0, -{length}, -2, 0\nreturn gi__responses\n");
        let table = self.make(Making::Evaluate(made))? as u32;
        self.symbols.set_answers(table);
        Ok(table)
    }

    fn with_lock<R>(&mut self, with: impl FnOnce(f64, &mut ClockLock) -> R) -> R {
        let now = self.real_seconds();
        with(now, &mut self.lock)
    }

    fn listen(
        &mut self,
        name: &str,
        channel: ChannelIndex,
        hear: ChannelCallback,
    ) -> Result<ListenerId, EngineError> {
        let id = self.last_listener + 1;
        self.send(When::default(), Command::Watch { watch: id, channel, known: None })?;
        self.last_listener = id;
        self.listeners.push(Listener { id, name: name.to_owned(), hear });
        Ok(ListenerId(id))
    }

    fn stop_listening(&mut self, listener: ListenerId) -> Result<(), EngineError> {
        self.listeners.retain(|known| known.id != listener.0);
        self.send(When::default(), Command::Unwatch(listener.0))
    }

    /// Csound is asked for what is not known yet: code may have made instruments since.
    fn find(&mut self, instr: &Instr) -> Result<EventId, EngineError> {
        self.learn_number(instr);
        match (self.symbols.find(instr), instr) {
            // The recordings pass over numbers that nobody has.
            (Err(EngineError::UnknownInstrument(_)), Instr::Number(number))
                if self.symbols.compatibility() == Compatibility::Recorded =>
            {
                Ok(EventId::new(None, f64::from(*number)).of_engine(self.symbols.engine()))
            }
            (found, _) => found,
        }
    }

    fn channel(&mut self, name: &str) -> Result<ChannelIndex, EngineError> {
        if let Ok(channel) = self.symbols.channel(name) {
            return Ok(channel);
        }
        let place = self.running.control_channel(name);
        let place = place.ok_or_else(|| EngineError::ChannelKind(name.to_owned()))?;
        let index = self.executor.places_mut().add_number(place);
        self.symbols.add_channel(name, index);
        Ok(index)
    }

    fn present_channel(&mut self, name: &str) -> Result<ChannelIndex, EngineError> {
        if self.symbols.channel(name).is_err() {
            match self.kind_of_channel(name) {
                None => return Err(EngineError::UnknownChannel(name.to_owned())),
                Some(ChannelKind::Control) => {}
                Some(_) => return Err(EngineError::ChannelKind(name.to_owned())),
            }
        }
        self.channel(name)
    }

    fn present_text_channel(&mut self, name: &str) -> Result<TextChannelIndex, EngineError> {
        let is_known = self.symbols.text_channel(name).is_ok();
        if !is_known && self.kind_of_channel(name) != Some(ChannelKind::Text) {
            return Err(EngineError::UnknownChannel(name.to_owned()));
        }
        self.make_text_channel(name)
    }

    fn sound_of(&mut self, table: u32) -> Result<Option<TableInfo>, EngineError> {
        self.ask(Question::Table(table)).map(Some)
    }

    fn record(&mut self, when: When, item: impl FnOnce(f64) -> Item) {
        if let Ok(start) = self.start_of(when) {
            self.history.push(|| item(start));
        }
    }

    fn reach(&mut self, when: When, seconds: f64) {
        if let Ok(start) = self.start_of(when) {
            self.reach_from(start, seconds);
        }
    }

    fn reach_instant(&mut self, when: When) {
        if let Ok(start) = self.start_of(when) {
            let cycle = self.symbols.clock().nearest_cycle(start);
            self.horizon.instant = Some(self.horizon.instant.map_or(cycle, |last| last.max(cycle)));
        }
    }
}

impl Direct {
    /// Carries an action out, or puts it on the agenda. What is written now is written at once.
    fn act(&mut self, when: When, action: Action) -> Result<(), EngineError> {
        let at_once = when == When::In(0.0);
        let seconds = self.start_of(when)?;
        self.check(&action)?;
        match action {
            Action::SetChannel(channel, value) if at_once => {
                if let Some(place) = self.executor.places().number(channel) {
                    self.running.set_channel(place, value);
                }
                Ok(())
            }
            Action::WriteBus(bus, value) if at_once => Ok(self.running.write_bus(bus, value)?),
            Action::WriteTable(table, index, value) => {
                self.now_or(when, Making::WriteTable(table, index, value))
            }
            Action::DescribeTable(table, rate, channels) => {
                self.now_or(when, Making::DescribeTable(table, rate as u32, channels))
            }
            Action::ReleaseBus(bus) => self.now_or(when, Making::ReleaseBus(bus)),
            // The recordings leave the place of an exact start to Csound's own queue.
            Action::Start { mut pfields, exact: true }
                if self.symbols.compatibility() == Compatibility::Recorded =>
            {
                pfields[1] = seconds - self.real_seconds();
                self.running.send_event(b'i', &pfields);
                Ok(())
            }
            action => {
                self.executor.agenda_mut().add(seconds, action);
                Ok(())
            }
        }
    }

    /// Refuses what has nothing to work on.
    fn check(&mut self, action: &Action) -> Result<(), EngineError> {
        match action {
            Action::WriteBus(bus, _) => Ok(self.running.read_bus(*bus).map(drop)?),
            Action::Line(line) => match line.target {
                LineTarget::Bus(bus) => Ok(self.running.read_bus(bus).map(drop)?),
                LineTarget::Table { number, index } => {
                    let table = self.running.table(number).ok_or(EngineError::MissingTable(number))?;
                    let length = table.len();
                    let is_there = index < length;
                    if is_there {
                        Ok(())
                    } else {
                        Err(EngineError::TableIndex { table: number, index, length })
                    }
                }
                LineTarget::Pfield { .. } | LineTarget::Channel(_) => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn now_or(&mut self, when: When, making: Making) -> Result<(), EngineError> {
        if when == When::In(0.0) { self.make(making).map(drop) } else { self.later(when, making) }
    }

    fn later(&mut self, when: When, making: Making) -> Result<(), EngineError> {
        let seconds = self.start_of(when)?;
        self.defer(seconds, Job::Make(making));
        Ok(())
    }

    /// A rate that somebody gave is told as it was given.
    fn with_known_rate(&self, value: Value) -> Value {
        let Value::Table(mut reading) = value else { return value };
        if let Some(&rate) = self.tables.rates.get(&reading.number) {
            (reading.rate, reading.is_sound) = (rate, true);
        }
        Value::Table(reading)
    }

    fn kind_of_channel(&mut self, name: &str) -> Option<ChannelKind> {
        let channels = self.running.channels();
        channels.iter().find(|channel| channel.name == name).map(|channel| channel.kind)
    }

    /// Asks Csound for the number of an instrument that is not known.
    fn learn_number(&mut self, instr: &Instr) {
        let name = match instr {
            Instr::Number(number) => number.to_string(),
            Instr::Instance(p1) if p1.is_finite() && *p1 >= 1.0 => (*p1 as u32).to_string(),
            Instr::Instance(_) => return,
            Instr::Name(text) => split_name(text).0.to_owned(),
            Instr::Event(id) => id.name().map_or_else(|| id.number().to_string(), str::to_owned),
        };
        if self.symbols.instruments().number(&name).is_some() {
            return;
        }
        let number = match name.parse::<u32>() {
            Ok(number) => {
                let is_there = number <= self.orchestra.highest && self.running.has_instrument(number);
                is_there.then_some(number as i32)
            }
            Err(_) if name.parse::<f64>().is_ok() => None,
            Err(_) => self.running.instrument_number(&name),
        };
        if let Some(number) = number {
            self.symbols.instruments_mut().give_number(&name, number);
        }
    }

    /// A text as Csound's language writes it, with the line that numbers it.
    pub(super) fn numbering(number: u32, text: &str) -> Result<String, EngineError> {
        Ok(format!("strset {number}, {}\n", quoted(text)?))
    }
}
