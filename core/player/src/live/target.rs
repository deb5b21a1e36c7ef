//! The playing engine as a verb sees it.

use std::sync::Arc;

use ksmps_data::verbs::{ClockLock, EngineError, When};
use ksmps_engine::command::{ChannelIndex, Command, Question, Timed};
use ksmps_engine::verbs::{AnswerValue, ChannelCallback, ListenerId, Target, Verbs};
use ksmps_engine::{Counters, Symbols, WATCHES_MAX};

use super::super::Control;
use super::super::names::EngineNames;
use super::{Answer, LiveError};

/// The engine that plays at this moment, behind its queue. `[control]`
pub struct LiveTarget<'a> {
    control: &'a Control,
    /// Its number in the instance.
    engine: u64,
    names: Arc<EngineNames>,
    now: f64,
    /// What delays count from while the clock is locked.
    reference: Option<f64>,
}

impl<'a> Verbs for &'a Control {
    type Target = LiveTarget<'a>;

    fn target(self) -> Result<LiveTarget<'a>, LiveError> {
        let (engine, names) = self.shared.playing().ok_or(LiveError::NothingPlays)?;
        let now = self.shared.frames() as f64 / names.symbols.clock().rate();
        let reference = self.lock_of(engine, now).reference();
        Ok(LiveTarget { control: self, engine, names, now, reference })
    }
}

impl LiveTarget<'_> {
    /// Seconds that the engine has performed. `[any]`
    pub(super) fn now(&self) -> f64 {
        self.now
    }

    /// Its number in the instance. `[any]`
    pub(super) fn engine(&self) -> u64 {
        self.engine
    }

    /// A time that can still come, as a command has it.
    pub(super) fn time(&self, when: When) -> Result<When, EngineError> {
        match when {
            When::In(delay) if delay >= 0.0 && delay.is_finite() => {
                Ok(self.reference.map_or(when, |reference| When::At(reference + delay)))
            }
            When::At(time) if time.is_finite() && time < self.now => {
                Err(EngineError::Past { given: time, now: self.now })
            }
            When::At(time) if time.is_finite() => Ok(when),
            When::In(time) | When::At(time) => Err(EngineError::BadTime(time)),
        }
    }

    /// The number of a new question, and where its answer will be.
    pub(super) fn question<T: AnswerValue>(&self) -> (u64, Answer<T>) {
        Answer::to_come(&self.control.shared, (self.engine, self.names.symbols.engine()))
    }
}

impl Target for LiveTarget<'_> {
    type Error = LiveError;
    type Answer<T: AnswerValue> = Answer<T::Sure>;

    fn symbols(&self) -> &Symbols {
        &self.names.symbols
    }

    fn count<R>(&mut self, count: impl FnOnce(&mut Counters) -> R) -> R {
        count(&mut self.names.counters())
    }

    fn check_time(&self, when: When) -> Result<(), EngineError> {
        self.time(when).map(drop)
    }

    fn send(&mut self, when: When, command: Command) -> Result<(), LiveError> {
        let timed = Timed { engine: self.engine, when: self.time(when)?, command };
        if self.control.shared.send(timed) { Ok(()) } else { Err(LiveError::QueueFull) }
    }

    fn ask<T: AnswerValue>(&mut self, question: Question) -> Result<Answer<T::Sure>, LiveError> {
        let (id, answer) = self.question();
        self.send(When::default(), Command::Ask { id, question, room: question.room() })?;
        Ok(answer)
    }

    fn number_text(&mut self, text: &str) -> Result<u32, LiveError> {
        let names = Arc::clone(&self.names);
        // Nobody else may send the number before the text itself is on its way.
        let mut counters = names.counters();
        if let Some(number) = counters.texts.number(text) {
            return Ok(number);
        }
        let (number, written) = counters.texts.prepare(text)?;
        self.send(When::default(), Command::GiveText { number, text: written })?;
        counters.texts.numbered(number, text);
        Ok(number)
    }

    fn answers_table(&mut self) -> Result<u32, LiveError> {
        self.symbols().answers().ok_or(LiveError::NoAnswers)
    }

    fn with_lock<R>(&mut self, with: impl FnOnce(f64, &mut ClockLock) -> R) -> R {
        with(self.now, &mut self.control.lock_of(self.engine, self.now))
    }

    fn listen(
        &mut self,
        name: &str,
        _: ChannelIndex,
        hear: ChannelCallback,
    ) -> Result<ListenerId, LiveError> {
        self.control.shared.add_listener(name, hear, WATCHES_MAX).ok_or(LiveError::TooManyListeners)
    }

    fn stop_listening(&mut self, listener: ListenerId) -> Result<(), LiveError> {
        let was_there = self.control.shared.end_listener(listener);
        if was_there { Ok(()) } else { Err(LiveError::UnknownListener) }
    }
}
