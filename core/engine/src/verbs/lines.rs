//! Lines that move a p-field, a bus, a table's place or a channel.

use ksmps_data::verbs::When;
use ksmps_data::verbs::{Automation, Bus, EventId, Field, Instr, Line, LineId, Points};
#[cfg(doc)]
use ksmps_data::verbs::{Compatibility, EngineError};

use super::super::command::{Action, Command, LineTarget, PendingLine};
use super::super::history::Item;
use super::{Failed, Target, Verbs};

/// Lines.
pub trait LineVerbs: Verbs {
    /// Moves a p-field of one instance, or of all of an instrument. In the line's first cycle it has the line's
    /// value at time 0, in the n-th the value at n cycles; before the first point that point's value, after the last
    /// point that one's, which stays. Lines over the same p-field: the one that started later holds. Where the
    /// event has ended, nothing is written. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownField`], [`EngineError::FixedField`], [`EngineError::UnknownInstrument`],
    /// [`EngineError::Past`], [`EngineError::BadTime`].
    fn automatep(
        self,
        instr: impl Into<Instr>,
        field: impl Into<Field>,
        line: &Automation,
    ) -> Result<LineId, Failed<Self>> {
        let instr = instr.into();
        let mut target = self.target()?;
        target.symbols().see_instances()?;
        let id = target.find(&instr)?;
        let index = target.symbols().field(&instr, &field.into())?;
        let added = add_line(&mut target, LineTarget::Pfield { which: id.which(), index }, line)?;
        record_line(&mut target, id, index, line);
        Ok(added)
    }

    /// Moves a control bus; in the n-th cycle it has the line's value at n + 1 cycles. Live, nothing happens where it
    /// is gone. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Bus`], [`EngineError::NoBusSupport`], [`EngineError::Past`], [`EngineError::BadTime`].
    fn automate_bus(self, bus: impl Into<Bus>, line: &Automation) -> Result<LineId, Failed<Self>> {
        let mut target = self.target()?;
        let token = target.symbols().bus(bus.into())?;
        add_line(&mut target, LineTarget::Bus(token), line)
    }

    /// Moves a place in a table, from 0; in the n-th cycle it has the line's value at n + 1 cycles. The line ends with
    /// the table. Live, nothing happens where there is no such place. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`EngineError::TableIndex`], [`EngineError::Past`], [`EngineError::BadTime`].
    fn automate_table(self, table: u32, index: usize, line: &Automation) -> Result<LineId, Failed<Self>> {
        add_line(&mut self.target()?, LineTarget::Table { number: table, index }, line)
    }

    /// Moves a control channel; an engine that grows makes it where it does not exist. `[control]`
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`EngineError::ChannelKind`], [`EngineError::Past`], [`EngineError::BadTime`].
    fn automate_channel(self, channel: &str, line: &Automation) -> Result<LineId, Failed<Self>> {
        let mut target = self.target()?;
        let channel = target.channel(channel)?;
        add_line(&mut target, LineTarget::Channel(channel), line)
    }

    /// Ends a line where it is; its last written value stays. `[control]`
    ///
    /// # Errors
    /// [`EngineError::OtherEngine`].
    fn unautomate(self, line: LineId) -> Result<(), Failed<Self>> {
        let mut target = self.target()?;
        let line = target.symbols().line(line)?;
        target.send(When::default(), Command::ForgetLine(line))
    }
}

impl<V: Verbs> LineVerbs for V {}

fn add_line<T: Target>(target: &mut T, to: LineTarget, line: &Automation) -> Result<LineId, T::Error> {
    target.check_time(line.when)?;
    let (clock, compatibility) = (target.symbols().clock(), target.symbols().compatibility());
    let id = target.count(|counters| counters.next_line());
    let mut pieces: Vec<(f64, Points)> = line.points.pieces(compatibility.line_piece()).collect();
    if let [(first, points)] = &mut pieces[..] {
        // A line in one piece keeps its times: before its first point it has that point's value.
        (*first, *points) = (0.0, line.points.clone());
    }
    for (first, points) in pieces {
        let ahead = line.at_cycle_ends;
        let moving = Line::new(points, line.curve, line.overtake, clock.cycles_per_second());
        let moving = if ahead { moving.by_time() } else { moving };
        let last = moving.last_time();
        let settle = compatibility.settles_lines();
        let pending = PendingLine { id, target: to, line: moving, settle, ahead };
        let when = line.when.later_by(first);
        target.send(when, Command::Do(Action::Line(Box::new(pending))))?;
        target.reach(when, last + clock.cycle_seconds());
    }
    Ok(id)
}

/// The line's values, one a cycle, for the exported score.
fn record_line<T: Target>(target: &mut T, id: EventId, index: usize, line: &Automation) {
    let clock = target.symbols().clock();
    target.record(line.when, |start| {
        let mut moving = Line::new(line.points.clone(), line.curve, line.overtake, clock.cycles_per_second());
        if moving.overtakes() {
            return Item::Unexportable("a line that takes over the value it finds");
        }
        let cycles = (moving.last_time() * clock.cycles_per_second()).ceil() as u64 + 1;
        let values = (0..cycles).map(|cycle| moving.at(clock.seconds(cycle), cycle as f64)).collect();
        Item::Line { id, start, index, values }
    });
}
