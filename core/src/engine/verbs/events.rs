//! Events: start, stop, change.

use crate::csound::{Running, Which};

use super::agenda::Action;
use super::history::Item;
use super::{
    Arg, Compatibility, EngineError, EventId, Field, Instr, Pairs, SETP_PAIRS_MAX, Sched, Verbs, When,
    changeable,
};

impl Verbs {
    /// Starts an instrument. Returns the instrument as it was given, or with [`Sched::unique`] an instance of its
    /// own. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`], [`EngineError::UniqueFraction`], [`EngineError::ArgsAndPfields`],
    /// [`EngineError::UnknownField`], [`EngineError::FixedField`], [`EngineError::Past`], [`EngineError::BadTime`],
    /// [`EngineError::BadString`].
    pub fn sched(&mut self, running: &mut Running, event: &Sched) -> Result<EventId, EngineError> {
        let start = self.start_of(event.when)?;
        let mut pfields = self.pfields(running, event)?;
        let given = self.orchestra.resolve(running, &event.instr)?;
        let id = if event.unique { self.orchestra.unique(running, &event.instr)? } else { given };
        pfields[0] = id.p1();
        self.history.push(|| {
            let (id, comment) = (id.clone(), event.comment.clone());
            Item::Event { id, start, pfields: pfields.clone(), comment }
        });
        self.start(running, start, pfields);
        self.reach(start, event.dur);
        if event.dur == 0.0 {
            let cycle = self.clock.nearest_cycle(start);
            self.horizon.instant = Some(self.horizon.instant.map_or(cycle, |last| last.max(cycle)));
        }
        Ok(id)
    }

    /// p1 to the last p-field; p1 and p2 are still to be filled in. Texts get their numbers first.
    fn pfields(&mut self, running: &mut Running, event: &Sched) -> Result<Vec<f64>, EngineError> {
        let named = event.named.iter().map(|(_, arg)| arg);
        for arg in event.list.iter().flatten().chain(&event.single).chain(named) {
            if let Arg::Text(text) = arg {
                self.str_set(running, text)?;
            }
        }
        self.orchestra.instruments.pfields(event, |arg| match arg {
            Arg::Number(number) => Ok(*number),
            Arg::Text(text) => self.strings.number(text).map(f64::from).ok_or_else(|| unnumbered(text)),
        })
    }

    fn start(&mut self, running: &mut Running, seconds: f64, mut pfields: Vec<f64>) {
        match (self.exact, self.compatibility) {
            (true, Compatibility::Documented) => {
                let offset = self.clock.offset_in_cycle(seconds);
                self.agenda.add(seconds, Action::StartExactly(pfields.into(), offset));
            }
            // Csound places events of its own queue itself.
            (true, Compatibility::Recorded) => {
                pfields[1] = seconds - self.clock.seconds(self.agenda.cycle());
                running.send_event(b'i', &pfields);
            }
            (false, _) => self.agenda.add(seconds, Action::Start(pfields.into())),
        }
    }

    /// A unique instance of an instrument, for events that are started otherwise. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`], [`EngineError::UniqueFraction`].
    pub fn assign_event_id(
        &mut self,
        running: &mut Running,
        instr: impl Into<Instr>,
    ) -> Result<EventId, EngineError> {
        self.orchestra.unique(running, &instr.into())
    }

    /// Stops one instance, or all of an instrument, with their release. What starts later is not touched. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`], [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn unsched(
        &mut self,
        running: &mut Running,
        target: impl Into<Instr>,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        let id = self.orchestra.resolve(running, &target.into())?;
        let seconds = self.start_of(when.into())?;
        let missed = self.compatibility == Compatibility::Recorded && id.is_unique() && id.is_named();
        if !missed {
            self.agenda.add(seconds, Action::Stop(id.which(), true));
        }
        self.history.push(|| Item::Stop { id, start: seconds });
        self.reach(seconds, 0.0);
        Ok(())
    }

    /// Takes back events that have not started. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`].
    pub fn unsched_future(
        &mut self,
        running: &mut Running,
        target: impl Into<Instr>,
    ) -> Result<(), EngineError> {
        let which = self.which(running, &target.into())?;
        self.agenda.forget_events(which);
        Ok(())
    }

    /// Cuts off everything that plays and takes back everything that is to come. [control]
    pub fn unsched_all(&mut self, running: &mut Running) {
        self.stop_everything(running);
    }

    pub(super) fn stop_everything(&mut self, running: &mut Running) {
        self.agenda.clear();
        self.jobs.clear();
        let sounding: Vec<f64> = running.sounding().map(|(p1, _)| p1).collect();
        for p1 in sounding {
            running.stop_now(Which::All(p1 as i32), false);
        }
    }

    /// Changes p-fields of one instance, or of all of an instrument that sound then. What the instrument reads at
    /// k-rate follows in the same cycle. [control]
    ///
    /// # Errors
    /// [`EngineError::TooManyPairs`], [`EngineError::UnknownField`], [`EngineError::FixedField`],
    /// [`EngineError::UnknownInstrument`], [`EngineError::Past`], [`EngineError::BadTime`],
    /// [`EngineError::InstanceLayout`].
    pub fn setp<F: Into<Field>>(
        &mut self,
        running: &mut Running,
        target: impl Into<Instr>,
        pairs: impl IntoIterator<Item = (F, f64)>,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        let target = target.into();
        see_instances(running)?;
        let id = self.orchestra.resolve(running, &target)?;
        let seconds = self.start_of(when.into())?;
        let pairs: Vec<(F, f64)> = pairs.into_iter().collect();
        let given = pairs.len();
        if given > SETP_PAIRS_MAX {
            return Err(EngineError::TooManyPairs { given, max: SETP_PAIRS_MAX });
        }
        let mut fixed = Pairs { pairs: [(0, 0.0); SETP_PAIRS_MAX], count: given };
        for (slot, (field, value)) in fixed.pairs.iter_mut().zip(pairs) {
            *slot = (self.field_index(&target, field.into())? as u16, value);
        }
        for &(index, value) in &fixed.pairs[..given] {
            let index = usize::from(index);
            self.history.push(|| Item::SetPfield { id: id.clone(), start: seconds, index, value });
        }
        self.agenda.add(seconds, Action::SetPfields(id.which(), fixed));
        self.reach(seconds, 0.0);
        Ok(())
    }

    /// The present value of a p-field of a sounding instance; `None` where it does not sound. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownField`], [`EngineError::UnknownInstrument`], [`EngineError::InstanceLayout`].
    pub fn getp(
        &mut self,
        running: &mut Running,
        target: impl Into<Instr>,
        field: impl Into<Field>,
    ) -> Result<Option<f64>, EngineError> {
        let target = target.into();
        see_instances(running)?;
        let which = self.which(running, &target)?;
        let index = match field.into() {
            Field::Number(index) => index,
            named => self.field_index(&target, named)?,
        };
        Ok(match which {
            Which::Exactly(p1) => running.pfield(p1, index),
            Which::All(number) => {
                let first = running.sounding().find(|(p1, _)| *p1 as i32 == number).map(|(p1, _)| p1);
                first.and_then(|p1| running.pfield(p1, index))
            }
        })
    }

    pub(super) fn field_index(&self, target: &Instr, field: Field) -> Result<usize, EngineError> {
        match field {
            Field::Number(index) => changeable(index),
            Field::Name(name) => self.orchestra.instruments.field(target, &name),
        }
    }

    /// One instance, or all of an instrument. A number with a fraction is always one instance.
    pub(super) fn which(&mut self, running: &mut Running, target: &Instr) -> Result<Which, EngineError> {
        Ok(self.orchestra.resolve(running, target)?.which())
    }
}

fn unnumbered(text: &str) -> EngineError {
    EngineError::BadString(format!("{text:?} has no number"))
}

/// What reaches into sounding instances is refused where they cannot be seen.
pub(super) fn see_instances(running: &Running) -> Result<(), EngineError> {
    if running.can_see_instances() { Ok(()) } else { Err(EngineError::InstanceLayout) }
}
