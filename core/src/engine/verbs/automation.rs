//! Lines that move a p-field, a bus, a table's place or a channel.

use crate::csound::Running;

use super::agenda::{Action, LineTarget, PendingLine};
use super::events::see_instances;
use super::history::Item;
use super::{
    Automation, BusToken, Clock, Compatibility, EngineError, EventId, Field, Instr, Line, LineId, Points,
    Verbs,
};

/// In [`Compatibility::Recorded`] longer lines move in pieces of this many points.
const RECORDED_PIECE: usize = 950;

impl Verbs {
    /// Moves a p-field of one instance, or of all of an instrument. In the line's first cycle it has the line's
    /// value at time 0, in the n-th the value at n cycles; before the first point that point's value, after the last
    /// point that one's, which stays. Lines over the same p-field: the one that started later holds. Where the
    /// event has ended, nothing is written. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownField`], [`EngineError::FixedField`], [`EngineError::UnknownInstrument`],
    /// [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn automatep(
        &mut self,
        running: &mut Running,
        target: impl Into<Instr>,
        field: impl Into<Field>,
        line: &Automation,
    ) -> Result<LineId, EngineError> {
        let target = target.into();
        see_instances(running)?;
        let id = self.orchestra.resolve(running, &target)?;
        let index = self.field_index(&target, field.into())?;
        let added = self.add_line(LineTarget::Pfield { which: id.which(), index }, line)?;
        self.remember_line(id, index, line)?;
        Ok(added)
    }

    /// Moves a control bus; in the n-th cycle it has the line's value at n + 1 cycles. [control]
    ///
    /// # Errors
    /// [`EngineError::Bus`], [`EngineError::NoBusSupport`], [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn automate_bus(
        &mut self,
        running: &mut Running,
        bus: BusToken,
        line: &Automation,
    ) -> Result<LineId, EngineError> {
        self.read_bus(running, bus)?;
        self.add_line(LineTarget::Bus(bus), line)
    }

    /// Moves a place in a table; in the n-th cycle it has the line's value at n + 1 cycles. The line ends with the
    /// table. [control]
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`EngineError::TableIndex`], [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn automate_table(
        &mut self,
        running: &mut Running,
        table: u32,
        index: usize,
        line: &Automation,
    ) -> Result<LineId, EngineError> {
        let length = running.table(table).ok_or(EngineError::MissingTable(table))?.len();
        if index >= length {
            return Err(EngineError::TableIndex { table, index, length });
        }
        self.add_line(LineTarget::Table { number: table, index }, line)
    }

    /// Moves a control channel; it is made where it does not exist. [control]
    ///
    /// # Errors
    /// [`EngineError::ChannelKind`], [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn automate_channel(
        &mut self,
        running: &mut Running,
        channel: &str,
        line: &Automation,
    ) -> Result<LineId, EngineError> {
        let channel = self.channel_handle(running, channel)?;
        self.add_line(LineTarget::Channel(channel), line)
    }

    /// Ends a line where it is; its last written value stays. [control]
    pub fn unautomate(&mut self, line: LineId) {
        self.agenda.forget_line(line);
    }

    /// The line's values, one a cycle, for the exported score.
    fn remember_line(&mut self, id: EventId, index: usize, line: &Automation) -> Result<(), EngineError> {
        let start = self.start_of(line.when)?;
        let clock = self.clock;
        self.history.push(|| {
            let mut moving =
                Line::new(line.points.clone(), line.curve, line.overtake, clock.cycles_per_second());
            if moving.overtakes() {
                return Item::Unexportable("a line that takes over the value it finds");
            }
            let cycles = (moving.last_time() * clock.cycles_per_second()).ceil() as u64 + 1;
            let values = (0..cycles).map(|cycle| moving.at(clock.seconds(cycle), cycle as f64)).collect();
            Item::Line { id, start, index, values }
        });
        Ok(())
    }

    fn add_line(&mut self, target: LineTarget, line: &Automation) -> Result<LineId, EngineError> {
        let start = self.start_of(line.when)?;
        let id = LineId(self.agenda.next_serial());
        let recorded = self.compatibility == Compatibility::Recorded;
        let piece = if recorded { RECORDED_PIECE } else { usize::MAX };
        let mut pieces: Vec<(f64, Points)> = line.points.pieces(piece).collect();
        if let [(first, points)] = &mut pieces[..] {
            // A line in one piece keeps its times: before its first point it has that point's value.
            (*first, *points) = (0.0, line.points.clone());
        }
        for (first, points) in pieces {
            let ahead = line.at_cycle_ends;
            let line = Line::new(points, line.curve, line.overtake, self.clock.cycles_per_second());
            let line = if ahead { line.by_time() } else { line };
            let last = line.last_time();
            let pending = PendingLine { id, target, line, settle: !recorded, ahead };
            self.agenda.add(start + first, Action::Line(Box::new(pending)));
            self.reach(start + first, last + self.clock.cycle_seconds());
        }
        Ok(id)
    }
}

/// The line itself, in one piece, for an agenda that is somewhere else.
pub(crate) fn pending(line: &Automation, id: LineId, target: LineTarget, clock: Clock) -> PendingLine {
    let moving = Line::new(line.points.clone(), line.curve, line.overtake, clock.cycles_per_second());
    let moving = if line.at_cycle_ends { moving.by_time() } else { moving };
    PendingLine { id, target, line: moving, settle: true, ahead: line.at_cycle_ends }
}
