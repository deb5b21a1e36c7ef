//! Buses: assign, write, read, release.

use std::sync::Arc;

use crate::csound::{BusKind, BusToken};
use crate::engine::verbs::Action;
use crate::engine::{Answer, Order, Question};
use crate::verbs::When;

use super::super::Control;
use super::LiveError;

impl Control {
    /// Asks for a bus that stays until it is released; the answer is its token's number
    /// ([`BusToken::from_number`]), nothing where none is left. A control bus has the value from the start. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn assign_bus(&self, kind: BusKind, value: f64) -> Result<Arc<Answer>, LiveError> {
        let value = (kind == BusKind::Control).then_some(value);
        self.ask(&self.aim()?, Question::NewBus(kind, value))
    }

    /// Asks what a control bus holds. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn read_bus(&self, bus: BusToken) -> Result<Arc<Answer>, LiveError> {
        self.ask(&self.aim()?, Question::Bus(bus))
    }

    /// Writes a control bus; nothing happens where it is gone. [control]
    ///
    /// # Errors
    /// [`crate::verbs::EngineError::Past`], [`crate::verbs::EngineError::BadTime`], [`LiveError::NothingPlays`],
    /// [`LiveError::QueueFull`].
    pub fn write_bus(&self, bus: BusToken, value: f64, when: impl Into<When>) -> Result<(), LiveError> {
        self.send(&self.aim()?, when.into(), Order::Do(Action::WriteBus(bus, value)))
    }

    /// Gives a bus back at the next block. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn release_bus(&self, bus: BusToken) -> Result<(), LiveError> {
        self.send(&self.aim()?, When::default(), Order::ReleaseBus(bus))
    }
}
