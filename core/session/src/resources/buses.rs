//! Buses of a session: assigned, written to, given back.

use serde::{Deserialize, Serialize};

use crate::event::ChangeTarget;
use crate::{Session, SessionError};

use super::check_time;

/// A bus of a session: its token, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BusId(pub i64);

/// What a bus carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BusKind {
    /// A cycle of audio, silent again with each cycle.
    Audio,
    /// A number that stays.
    Control,
}

/// A bus as it was assigned.
#[derive(Debug, Clone, PartialEq)]
pub struct Bus {
    /// What it carries; `None` where its first user decides.
    pub kind: Option<BusKind>,
    /// Its first value.
    pub value: Option<f64>,
    /// Whether it stays until it is released.
    pub persists: bool,
    /// When it is given back, in seconds.
    pub release: Option<f64>,
}

impl Session {
    /// Makes a bus. Without a kind it is a control bus where it has a value, else its first user decides. One that
    /// persists stays until it is released, another one goes with its last user. `[any]`
    ///
    /// # Errors
    /// [`SessionError::Bus`] for an audio bus with a value, or where none is left.
    pub fn assign_bus(
        &mut self,
        kind: Option<BusKind>,
        value: Option<f64>,
        persists: bool,
    ) -> Result<BusId, SessionError> {
        if kind == Some(BusKind::Audio) && value.is_some() {
            return Err(SessionError::Bus("an audio bus has no value".into()));
        }
        let kind = kind.or(value.map(|_| BusKind::Control));
        let room =
            if kind == Some(BusKind::Control) { self.config.control_buses } else { self.config.audio_buses };
        let is_control = kind == Some(BusKind::Control);
        if self.buses.iter().filter(|bus| (bus.kind == Some(BusKind::Control)) == is_control).count() >= room
        {
            return Err(SessionError::Bus(format!("the session has room for {room} buses of this kind")));
        }
        self.buses.push(Bus { kind, value, persists, release: None });
        Ok(BusId(self.buses.len() as i64))
    }

    /// What a bus was assigned as; `None` where its first user decides. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownBus`].
    pub fn bus_kind(&self, bus: BusId) -> Result<Option<BusKind>, SessionError> {
        self.bus(bus).map(|bus| bus.kind)
    }

    fn bus(&self, bus: BusId) -> Result<&Bus, SessionError> {
        let index = usize::try_from(bus.0 - 1).ok();
        index.and_then(|index| self.buses.get(index)).ok_or(SessionError::UnknownBus(bus.0))
    }

    pub(crate) fn control_bus(&self, bus: BusId) -> Result<(), SessionError> {
        match self.bus(bus)?.kind {
            Some(BusKind::Audio) => {
                Err(SessionError::Bus(format!("bus {} carries audio, not a value", bus.0)))
            }
            _ => Ok(()),
        }
    }

    /// Gives a bus back at a time: it goes with its last user from then on. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownBus`], [`SessionError::BadTime`].
    pub fn release_bus(&mut self, bus: BusId, at: f64) -> Result<(), SessionError> {
        check_time(at)?;
        self.bus(bus)?;
        self.buses[bus.0 as usize - 1].release = Some(at);
        Ok(())
    }

    /// What a control bus holds at a time, as far as the session itself writes it. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownBus`], [`SessionError::Bus`].
    pub fn bus_value(&self, bus: BusId, at: f64) -> Result<f64, SessionError> {
        self.control_bus(bus)?;
        Ok(self.value_at(ChangeTarget::Bus(bus.0), self.bus(bus)?.value.unwrap_or(0.0), at))
    }
}
