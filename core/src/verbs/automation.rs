//! Lines that move a p-field, a bus, a table's place or a channel.

use crate::csound::{BusToken, Running};

use super::agenda::{Action, LineId, LineTarget, PendingLine};
use super::events::{Field, meant, see_instances};
use super::history::Item;
use super::line::{Line, Points};
use super::{Clock, Curve, EngineError, EventId, Instr, Manner, Verbs, When};

/// In [`Manner::Recorded`] longer lines move in pieces of this many points.
const RECORDED_PIECE: usize = 950;

/// A line as it is asked for.
///
/// ```
/// # use ksmps_core::verbs::{Automation, Curve};
/// let line = Automation::new(&[0.0, 440.0, 3.0, 200.0])?.curve(Curve::Cos).delay(2.0).overtake();
/// # Ok::<(), ksmps_core::verbs::EngineError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Automation {
    points: Points,
    curve: Curve,
    when: When,
    overtake: bool,
    at_cycle_ends: bool,
}

impl Automation {
    /// A straight line through `t0, value0, t1, value1, …`; times count from its start, which is now.
    ///
    /// # Errors
    /// [`EngineError::OddPairs`], [`EngineError::BadPoints`].
    pub fn new(flat: &[f64]) -> Result<Self, EngineError> {
        Ok(Self::through(Points::from_flat(flat)?))
    }

    /// A straight line through points.
    pub fn through(points: Points) -> Self {
        Self { points, curve: Curve::Linear, when: When::default(), overtake: false, at_cycle_ends: false }
    }

    /// How it goes from point to point.
    pub fn curve(self, curve: Curve) -> Self {
        Self { curve, ..self }
    }

    /// Starts this many seconds from now.
    pub fn delay(self, seconds: f64) -> Self {
        Self { when: When::In(seconds), ..self }
    }

    /// Starts at this time of the engine, in seconds.
    pub fn at(self, seconds: f64) -> Self {
        Self { when: When::At(seconds), ..self }
    }

    /// In each cycle it has the line's value at the cycle's end, and every point at its own time: how sessions move
    /// parameters.
    pub fn at_cycle_ends(self) -> Self {
        Self { at_cycle_ends: true, ..self }
    }

    /// When it is to start.
    pub(crate) fn when(&self) -> When {
        self.when
    }

    /// The line itself, in one piece, for an agenda that is somewhere else.
    pub(crate) fn pending(&self, id: LineId, target: LineTarget, clock: Clock) -> PendingLine {
        let line = Line::new(self.points.clone(), self.curve, self.overtake, clock.cycles_per_second());
        let line = if self.at_cycle_ends { line.by_time() } else { line };
        PendingLine { id, target, line, settle: true, ahead: self.at_cycle_ends }
    }

    /// Its first value is the one that is found when it starts. A first value of NaN says the same.
    pub fn overtake(self) -> Self {
        Self { overtake: true, ..self }
    }
}

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
        let added = self.add_line(LineTarget::Pfield { which: meant(&id), index }, line)?;
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
        let recorded = self.manner == Manner::Recorded;
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
