//! Lines: values that move.

use crate::csound::BusToken;
use crate::engine::Order;
use crate::engine::verbs::{Action, LineTarget, pending};
use crate::verbs::{Automation, Field, Instr, LineId, When};

use super::super::Control;
use super::{Aim, LiveError};

impl Control {
    /// Moves a p-field of one instance, or of all of an instrument. [control]
    ///
    /// # Errors
    /// As [`crate::engine::verbs::Verbs::automatep`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn automatep(
        &self,
        target: impl Into<Instr>,
        field: impl Into<Field>,
        line: &Automation,
    ) -> Result<LineId, LiveError> {
        let aim = self.aim()?;
        let (which, index) = aim.symbols.pfield(&target.into(), &field.into())?;
        self.automate(&aim, LineTarget::Pfield { which, index }, line)
    }

    /// Moves a control channel of the document. [control]
    ///
    /// # Errors
    /// As [`Control::set_channel`] and [`Control::automatep`].
    pub fn automate_channel(&self, channel: &str, line: &Automation) -> Result<LineId, LiveError> {
        let aim = self.aim()?;
        let channel = aim.symbols.channel(channel)?;
        self.automate(&aim, LineTarget::Channel(channel), line)
    }

    /// Moves a control bus; nothing happens where it is gone. [control]
    ///
    /// # Errors
    /// As [`Control::automatep`].
    pub fn automate_bus(&self, bus: BusToken, line: &Automation) -> Result<LineId, LiveError> {
        self.automate(&self.aim()?, LineTarget::Bus(bus), line)
    }

    /// Moves a place in a table, from 0; nothing happens where there is none. [control]
    ///
    /// # Errors
    /// As [`Control::automatep`].
    pub fn automate_table(&self, table: u32, index: usize, line: &Automation) -> Result<LineId, LiveError> {
        self.automate(&self.aim()?, LineTarget::Table { number: table, index }, line)
    }

    /// Ends a line where it is; its last written value stays. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn unautomate(&self, line: LineId) -> Result<(), LiveError> {
        self.send(&self.aim()?, When::default(), Order::ForgetLine(line))
    }

    fn automate(&self, aim: &Aim, target: LineTarget, line: &Automation) -> Result<LineId, LiveError> {
        let id = LineId(self.shared.next_line());
        let pending = pending(line, id, target, aim.symbols.clock());
        self.send(aim, line.when, Order::Do(Action::Line(Box::new(pending))))?;
        Ok(id)
    }
}
