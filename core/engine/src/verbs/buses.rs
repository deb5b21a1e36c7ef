//! Buses: places where instruments leave audio or a value for one another, and for us.

#[cfg(doc)]
use ksmps_data::verbs::EngineError;
use ksmps_data::verbs::{Bus, BusKind, BusReading, When};

use super::super::command::{Action, Command, Question};
use super::{Answered, Failed, Target, Verbs};

/// Buses.
pub trait BusVerbs: Verbs {
    /// Whether the engine was made with buses. `[control]`
    ///
    /// # Errors
    /// Where there is no engine.
    fn has_bus_support(self) -> Result<bool, Failed<Self>> {
        Ok(self.target()?.symbols().has_buses())
    }

    /// Makes a bus. Without a kind it is a control bus where it has a value, else an audio bus; a control bus has a
    /// value from the start. One that persists stays until it is released, another one goes with its last user. Live the
    /// answer is nothing where none is left. `[control]`
    ///
    /// # Errors
    /// [`EngineError::NoBusSupport`]; [`EngineError::Bus`] for an audio bus with a value, or where none is left.
    fn assign_bus(
        self,
        kind: impl Into<Option<BusKind>>,
        value: impl Into<Option<f64>>,
        persists: bool,
    ) -> Result<Answered<Self, Bus>, Failed<Self>> {
        let (kind, value) = (kind.into(), value.into());
        let mut target = self.target()?;
        if !target.symbols().has_buses() {
            return Err(ksmps_data::verbs::EngineError::NoBusSupport.into());
        }
        target.ask(Question::NewBus { kind, value: first_value(kind, value), persists })
    }

    /// Gives a bus back, now or later. Live, one that is gone is as it should be. `[control]`
    ///
    /// # Errors
    /// [`EngineError::NoBusSupport`], [`EngineError::Bus`], [`EngineError::OtherEngine`], [`EngineError::Past`],
    /// [`EngineError::BadTime`].
    fn release_bus(self, bus: impl Into<Bus>, when: impl Into<When>) -> Result<(), Failed<Self>> {
        let when = when.into();
        let mut target = self.target()?;
        let token = target.symbols().bus(bus.into())?;
        if when == When::In(0.0) {
            return target.send(when, Command::ReleaseBus(token));
        }
        target.check_time(when)?;
        target.send(when, Command::Do(Action::ReleaseBus(token)))?;
        target.reach(when, 0.0);
        Ok(())
    }

    /// Writes a control bus, now or later. Live, nothing happens where it is gone. `[control]`
    ///
    /// # Errors
    /// As [`BusVerbs::release_bus`]; an audio bus cannot be written.
    fn write_bus(self, bus: impl Into<Bus>, value: f64, when: impl Into<When>) -> Result<(), Failed<Self>> {
        let when = when.into();
        let mut target = self.target()?;
        let token = target.symbols().bus(bus.into())?;
        target.check_time(when)?;
        target.send(when, Command::Do(Action::WriteBus(token, value)))?;
        if when != When::In(0.0) {
            let cycles = target.symbols().clock().cycle_seconds() * 2.0;
            target.reach(when, cycles);
        }
        Ok(())
    }

    /// Asks what a control bus holds. `[control]`
    ///
    /// # Errors
    /// [`EngineError::NoBusSupport`], [`EngineError::Bus`], [`EngineError::OtherEngine`].
    fn read_bus(self, bus: impl Into<Bus>) -> Result<Answered<Self, f64>, Failed<Self>> {
        let mut target = self.target()?;
        let token = target.symbols().bus(bus.into())?;
        target.ask(Question::Bus(token))
    }

    /// Asks what all buses carry, in the order of their tokens. `[control]`
    ///
    /// # Errors
    /// [`EngineError::NoBusSupport`].
    fn read_buses(self) -> Result<Answered<Self, Vec<BusReading>>, Failed<Self>> {
        let mut target = self.target()?;
        if !target.symbols().has_buses() {
            return Err(ksmps_data::verbs::EngineError::NoBusSupport.into());
        }
        target.ask(Question::Buses)
    }
}

impl<V: Verbs> BusVerbs for V {}

/// A control bus has a value from the start.
pub(crate) fn first_value(kind: Option<BusKind>, value: Option<f64>) -> Option<f64> {
    if kind == Some(BusKind::Control) { Some(value.unwrap_or(0.0)) } else { value }
}
