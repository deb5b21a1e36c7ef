//! Events: start, stop, change, ask.

use std::borrow::Borrow;

use ksmps_data::verbs::{EngineError, EventId, Field, Instr, Pairs, SETP_PAIRS_MAX, Sched, When};

use super::super::command::{Action, Command, Question};
use super::super::history::Item;
use super::target::event_pfields;
use super::{Answered, Failed, Target, Verbs};

/// Events.
pub trait EventVerbs: Verbs {
    /// Starts an instrument. Returns the instrument as it was given, or with [`Sched::unique`] an instance of its own.
    /// Names of p-fields are those of the instrument's text; a text given to a p-field arrives as its number, for
    /// `strget`. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`], [`EngineError::UniqueFraction`], [`EngineError::ArgsAndPfields`],
    /// [`EngineError::UnknownField`], [`EngineError::FixedField`], [`EngineError::Past`], [`EngineError::BadTime`],
    /// [`EngineError::BadString`].
    fn sched(self, event: impl Borrow<Sched>) -> Result<EventId, Failed<Self>> {
        let event = event.borrow();
        let mut target = self.target()?;
        target.check_time(event.when)?;
        let (id, pfields) = event_pfields(&mut target, event)?;
        target.record(event.when, |start| {
            let (id, comment) = (id.clone(), event.comment.clone());
            Item::Event { id, start, pfields: pfields.clone(), comment }
        });
        let exact = target.symbols().exact_starts();
        target.send(event.when, Command::Do(Action::Start { pfields: pfields.into(), exact }))?;
        target.reach(event.when, event.dur);
        if event.dur == 0.0 {
            target.reach_instant(event.when);
        }
        Ok(id)
    }

    /// Starts an event that will answer. Its p4 is a token; what `event` gives one by one or as a list begins with p5.
    /// It writes its answer to place p4 of the table `gi__responses` and says so with `outvalue "__sync__", p4`. Returns
    /// the event and the number of the question. Up to 64 can be awaited; with one more the oldest one is given up.
    /// `[control]`
    ///
    /// # Errors
    /// As [`EventVerbs::sched`], and where there is no table for answers.
    fn sched_with_answer(self, event: impl Borrow<Sched>, id: u64) -> Result<EventId, Failed<Self>> {
        let mut event = event.borrow().clone();
        let mut target = self.target()?;
        target.check_time(event.when)?;
        let table = target.answers_table()?;
        let token = target.count(|counters| counters.next_token());
        event.list.as_mut().unwrap_or(&mut event.single).insert(0, token.into());
        let (instance, pfields) = event_pfields(&mut target, &event)?;
        target.record(event.when, |start| Item::Event {
            id: instance.clone(),
            start,
            pfields: pfields.clone(),
            comment: event.comment.clone(),
        });
        let exact = target.symbols().exact_starts();
        let pfields = pfields.into();
        target.send(event.when, Command::StartAndAnswer { id, pfields, exact, token, table })?;
        target.reach(event.when, event.dur);
        Ok(instance)
    }

    /// A unique instance of an instrument, for an event that is scheduled with [`Sched::with_id`]. It is this engine's:
    /// another one counts anew. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`], [`EngineError::UniqueFraction`].
    fn assign_event_id(self, instr: impl Into<Instr>) -> Result<EventId, Failed<Self>> {
        let instr = instr.into();
        let mut target = self.target()?;
        let whole = match instr {
            // It need not be compiled yet: the id may be for later.
            Instr::Number(number) if target.symbols().grows() => {
                EventId::new(None, f64::from(number)).of_engine(target.symbols().engine())
            }
            _ => target.find(&instr)?,
        };
        Ok(target.count(|counters| counters.instances.next(&instr, whole))?)
    }

    /// The number of a named instrument. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`].
    fn instrument_number(self, name: &str) -> Result<i32, Failed<Self>> {
        Ok(self.target()?.find(&Instr::from(name))?.number())
    }

    /// Stops one instance, or all of an instrument, with their release. What starts later is not touched. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`], [`EngineError::Past`], [`EngineError::BadTime`].
    fn unsched(self, instr: impl Into<Instr>, when: impl Into<When>) -> Result<(), Failed<Self>> {
        let when = when.into();
        let mut target = self.target()?;
        let id = target.find(&instr.into())?;
        target.check_time(when)?;
        if !target.symbols().compatibility().misses(&id) {
            target.send(when, Command::Do(Action::Stop(id.which(), true)))?;
        }
        target.record(when, |start| Item::Stop { id, start });
        target.reach(when, 0.0);
        Ok(())
    }

    /// Takes back events that have not started. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`].
    fn unsched_future(self, instr: impl Into<Instr>) -> Result<(), Failed<Self>> {
        let mut target = self.target()?;
        let which = target.find(&instr.into())?.which();
        target.send(When::default(), Command::ForgetEvents(which))
    }

    /// Cuts off everything that plays, notes too, and takes back everything that is to come. `[control]`
    ///
    /// # Errors
    /// Where there is no engine.
    fn unsched_all(self) -> Result<(), Failed<Self>> {
        self.target()?.send(When::default(), Command::StopAll)
    }

    /// Changes p-fields of one instance, or of all of an instrument that sound then. What the instrument reads at
    /// k-rate follows in the same cycle. `[control]`
    ///
    /// # Errors
    /// [`EngineError::TooManyPairs`], [`EngineError::UnknownField`], [`EngineError::FixedField`],
    /// [`EngineError::UnknownInstrument`], [`EngineError::Past`], [`EngineError::BadTime`],
    /// [`EngineError::InstanceLayout`].
    fn setp<F: Into<Field>>(
        self,
        instr: impl Into<Instr>,
        pairs: impl IntoIterator<Item = (F, f64)>,
        when: impl Into<When>,
    ) -> Result<(), Failed<Self>> {
        let (instr, when) = (instr.into(), when.into());
        let mut target = self.target()?;
        target.symbols().see_instances()?;
        let id = target.find(&instr)?;
        target.check_time(when)?;
        let pairs: Vec<(F, f64)> = pairs.into_iter().collect();
        let given = pairs.len();
        if given > SETP_PAIRS_MAX {
            return Err(EngineError::TooManyPairs { given, max: SETP_PAIRS_MAX }.into());
        }
        let mut fixed = Pairs { pairs: [(0, 0.0); SETP_PAIRS_MAX], count: given };
        for (slot, (field, value)) in fixed.pairs.iter_mut().zip(pairs) {
            *slot = (target.symbols().field(&instr, &field.into())? as u16, value);
        }
        for &(index, value) in &fixed.pairs[..given] {
            let index = usize::from(index);
            target.record(when, |start| Item::SetPfield { id: id.clone(), start, index, value });
        }
        target.send(when, Command::Do(Action::SetPfields(id.which(), fixed)))?;
        target.reach(when, 0.0);
        Ok(())
    }

    /// Asks for a p-field of a sounding instance: nothing where it does not sound. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownField`], [`EngineError::UnknownInstrument`], [`EngineError::InstanceLayout`].
    fn getp(
        self,
        instr: impl Into<Instr>,
        field: impl Into<Field>,
    ) -> Result<Answered<Self, Option<f64>>, Failed<Self>> {
        let instr = instr.into();
        let mut target = self.target()?;
        target.symbols().see_instances()?;
        let which = target.find(&instr)?.which();
        let index = match field.into() {
            Field::Number(index) => index,
            named => target.symbols().field(&instr, &named)?,
        };
        target.ask(Question::Pfield(which, index))
    }
}

impl<V: Verbs> EventVerbs for V {}
