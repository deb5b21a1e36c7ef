//! Events: start, stop, change, ask.

use std::sync::Arc;

use crate::engine::verbs::Action;
use crate::engine::{Answer, Awaited, Order, Question};
use crate::verbs::{EngineError, EventId, Field, Instr, Pairs, SETP_PAIRS_MAX, Sched, When};

use super::super::Control;
use super::LiveError;

impl Control {
    /// Starts an instrument of the document. Names of p-fields are those of the document's text; a text given to a
    /// p-field arrives as its number, for `strget` ([`Control::str_set`]). Returns the instrument as it was given, or
    /// with [`Sched::unique`] an instance of its own. [control]
    ///
    /// # Errors
    /// As [`crate::engine::verbs::Verbs::sched`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn sched(&self, event: &Sched) -> Result<EventId, LiveError> {
        let aim = self.aim()?;
        let (id, pfields) = aim.symbols.event(event, |text| self.number_text(&aim, text))?;
        self.send(&aim, event.when, Order::Start(pfields))?;
        Ok(id)
    }

    /// Starts an event that will answer. Its p4 is a token; what `event` gives one by one or as a list begins with p5.
    /// It writes its answer to place p4 of the table `gi__responses`, which the document makes in its header, and says
    /// so with `outvalue "__sync__", p4`. The answer can be read after the block in which it did, or waited for
    /// ([`Answer::wait`]). Up to 64 can be awaited; with one more the oldest one is given up. [control]
    ///
    /// # Errors
    /// As [`Control::sched`], [`LiveError::NoAnswers`].
    pub fn sched_sync(&self, event: &Sched) -> Result<(EventId, Arc<Answer>), LiveError> {
        let aim = self.aim()?;
        let table = aim.symbols.answers().ok_or(LiveError::NoAnswers)?;
        let token = aim.symbols.next_token();
        let mut event = event.clone();
        event.list.as_mut().unwrap_or(&mut event.single).insert(0, token.into());
        let (id, pfields) = aim.symbols.event(&event, |text| self.number_text(&aim, text))?;
        let answer = Arc::new(Answer::default());
        let awaited = Awaited { token, table, answer: Arc::clone(&answer) };
        self.send(&aim, event.when, Order::StartAndAwait(pfields, awaited))?;
        Ok((id, answer))
    }

    /// A unique instance of an instrument, for an event that is scheduled with [`Sched::with_id`]. It is the playing
    /// engine's: another one counts anew. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`], [`EngineError::UniqueFraction`], [`LiveError::NothingPlays`].
    pub fn assign_event_id(&self, instr: impl Into<Instr>) -> Result<EventId, LiveError> {
        Ok(self.aim()?.symbols.instance(&instr.into())?)
    }

    /// The number of a named instrument. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`], [`LiveError::NothingPlays`].
    pub fn instrument_number(&self, name: &str) -> Result<i32, LiveError> {
        Ok(self.aim()?.symbols.find(&Instr::from(name))?.number())
    }

    /// Stops one instance, or all of an instrument, with their release. [control]
    ///
    /// # Errors
    /// As [`crate::engine::verbs::Verbs::unsched`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn unsched(&self, target: impl Into<Instr>, when: impl Into<When>) -> Result<(), LiveError> {
        let aim = self.aim()?;
        let which = aim.symbols.which(&target.into())?;
        self.send(&aim, when.into(), Order::Do(Action::Stop(which, true)))
    }

    /// Takes back events that were sent and have not started. [control]
    ///
    /// # Errors
    /// As [`crate::engine::verbs::Verbs::unsched_future`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn unsched_future(&self, target: impl Into<Instr>) -> Result<(), LiveError> {
        let aim = self.aim()?;
        let which = aim.symbols.which(&target.into())?;
        self.send(&aim, When::default(), Order::ForgetEvents(which))
    }

    /// Cuts off everything that plays, notes too, and takes back everything that was sent. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn unsched_all(&self) -> Result<(), LiveError> {
        self.send(&self.aim()?, When::default(), Order::StopAll)
    }

    /// Changes p-fields of one instance, or of all of an instrument that sound then. [control]
    ///
    /// # Errors
    /// As [`crate::engine::verbs::Verbs::setp`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn setp<F: Into<Field>>(
        &self,
        target: impl Into<Instr>,
        pairs: impl IntoIterator<Item = (F, f64)>,
        when: impl Into<When>,
    ) -> Result<(), LiveError> {
        let aim = self.aim()?;
        let target = target.into();
        let pairs: Vec<(F, f64)> = pairs.into_iter().collect();
        let given = pairs.len();
        if given > SETP_PAIRS_MAX {
            return Err(EngineError::TooManyPairs { given, max: SETP_PAIRS_MAX }.into());
        }
        let which = aim.symbols.which(&target)?;
        let mut fixed = Pairs { pairs: [(0, 0.0); SETP_PAIRS_MAX], count: given };
        for (slot, (field, value)) in fixed.pairs.iter_mut().zip(pairs) {
            *slot = (aim.symbols.pfield(&target, &field.into())?.1 as u16, value);
        }
        self.send(&aim, when.into(), Order::Do(Action::SetPfields(which, fixed)))
    }

    /// Asks for a p-field of a sounding instance, nothing where it does not sound. [control]
    ///
    /// # Errors
    /// As [`crate::engine::verbs::Verbs::getp`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn getp(&self, target: impl Into<Instr>, field: impl Into<Field>) -> Result<Arc<Answer>, LiveError> {
        let aim = self.aim()?;
        let (which, index) = aim.symbols.pfield(&target.into(), &field.into())?;
        self.ask(&aim, Question::Pfield(which, index))
    }
}
