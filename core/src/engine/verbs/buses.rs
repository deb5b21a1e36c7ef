//! Buses: places where instruments leave audio or a value for one another, and for us.

use crate::csound::{BusKind, BusStatus, BusToken, Running};

use super::agenda::Action;
use super::{EngineError, Verbs, When};

impl Verbs {
    /// Whether the engine was made with buses. [any]
    pub fn has_bus_support(&self) -> bool {
        self.has_buses
    }

    /// Makes a bus. Without a kind it is a control bus where it has a value, else an audio bus. One that persists
    /// stays until it is released, another one goes with its last user. [control]
    ///
    /// # Errors
    /// [`EngineError::NoBusSupport`]; [`EngineError::Bus`] for an audio bus with a value, or where none is left.
    pub fn assign_bus(
        &mut self,
        running: &mut Running,
        kind: Option<BusKind>,
        value: Option<f64>,
        persists: bool,
    ) -> Result<BusToken, EngineError> {
        self.need_buses()?;
        let bus = running.assign_bus(kind, first_value(kind, value), persists)?;
        self.horizon.changed = true;
        Ok(bus)
    }

    /// Makes a bus with a token that no bus has had: those that an engine's `BusSizes::first_token` leaves out.
    /// [control]
    ///
    /// # Errors
    /// As [`Verbs::assign_bus`].
    pub(crate) fn assign_bus_as(
        &mut self,
        running: &mut Running,
        token: BusToken,
        kind: Option<BusKind>,
        value: Option<f64>,
        persists: bool,
    ) -> Result<(), EngineError> {
        self.need_buses()?;
        running.assign_bus_as(token, kind, first_value(kind, value), persists)?;
        self.horizon.changed = true;
        Ok(())
    }

    /// Gives a bus back, now or later. [control]
    ///
    /// # Errors
    /// [`EngineError::NoBusSupport`], [`EngineError::Bus`], [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn release_bus(
        &mut self,
        running: &mut Running,
        bus: BusToken,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        self.need_buses()?;
        match when.into() {
            When::In(0.0) => Ok(running.release_bus(bus)?),
            later => {
                let seconds = self.start_of(later)?;
                self.add_job(seconds, super::deferred::Job::ReleaseBus(bus));
                self.reach(seconds, 0.0);
                Ok(())
            }
        }
    }

    /// Writes a control bus, now or later. [control]
    ///
    /// # Errors
    /// As [`Verbs::release_bus`]; an audio bus cannot be written.
    pub fn write_bus(
        &mut self,
        running: &mut Running,
        bus: BusToken,
        value: f64,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        self.read_bus(running, bus)?;
        match when.into() {
            When::In(0.0) => Ok(running.write_bus(bus, value)?),
            later => {
                let seconds = self.start_of(later)?;
                self.agenda.add(seconds, Action::WriteBus(bus, value));
                self.reach(seconds, self.clock.cycle_seconds() * 2.0);
                Ok(())
            }
        }
    }

    /// What a control bus holds. [control]
    ///
    /// # Errors
    /// [`EngineError::NoBusSupport`], [`EngineError::Bus`].
    pub fn read_bus(&self, running: &mut Running, bus: BusToken) -> Result<f64, EngineError> {
        self.need_buses()?;
        Ok(running.read_bus(bus)?)
    }

    /// Every bus and how many there can be. [control]
    ///
    /// # Errors
    /// [`EngineError::NoBusSupport`].
    pub fn bus_system_status(&self, running: &mut Running) -> Result<BusStatus, EngineError> {
        self.need_buses()?;
        Ok(running.bus_status())
    }

    fn need_buses(&self) -> Result<(), EngineError> {
        if self.has_buses { Ok(()) } else { Err(EngineError::NoBusSupport) }
    }
}

/// A control bus has a value from the start.
fn first_value(kind: Option<BusKind>, value: Option<f64>) -> Option<f64> {
    if kind == Some(BusKind::Control) { Some(value.unwrap_or(0.0)) } else { value }
}
