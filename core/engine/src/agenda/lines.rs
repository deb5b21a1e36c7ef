//! Lines that move: one value a cycle for a p-field, a table's place, a channel or a bus.

use ksmps_csound::{PfieldRead, Running};
use ksmps_data::verbs::Clock;

use super::super::command::{LineTarget, PendingLine};
use super::super::places::ChannelPlaces;

/// A line that moves.
#[derive(Debug)]
pub(super) struct MovingLine {
    pub pending: Box<PendingLine>,
    start: u64,
    cycles: u64,
    /// The read that gives the first value, until it is done.
    read: Option<PfieldRead>,
}

impl MovingLine {
    /// Starts a line, `seconds` after the engine's start. `[audio]`
    ///
    /// # Errors
    /// The line itself where it was one write, which is done.
    pub fn begin(
        running: &mut Running,
        places: &ChannelPlaces,
        clock: &Clock,
        cycle: u64,
        seconds: f64,
        mut pending: Box<PendingLine>,
    ) -> Result<Self, Box<PendingLine>> {
        if pending.is_a_write() {
            write(running, places, pending.target, pending.line.last_value());
            return Err(pending);
        }
        let end = clock.end_cycle(seconds + pending.line.last_time() + clock.cycle_seconds());
        let cycles = end.saturating_sub(cycle).max(1);
        let mut read = None;
        if pending.line.overtakes() {
            match pending.target {
                LineTarget::Pfield { which, index } => {
                    read = Some(running.read_pfield_after_init(which, index))
                }
                LineTarget::Table { number, index } => {
                    let found = running.table(number).and_then(|table| table.get(index).copied());
                    pending.line.begin_at(found);
                }
                LineTarget::Channel(channel) => {
                    let found = places.number(channel).map(|place| running.channel(place));
                    pending.line.begin_at(found);
                }
                LineTarget::Bus(bus) => pending.line.begin_at(running.read_bus(bus).ok()),
            }
        }
        Ok(Self { pending, start: cycle, cycles, read })
    }

    /// Writes this cycle's value; `false` where the line is over. `[audio]`
    pub fn step(&mut self, running: &mut Running, places: &ChannelPlaces, clock: &Clock, cycle: u64) -> bool {
        let passed = cycle - self.start;
        let target = self.pending.target;
        // Buses and tables have the value of the cycle's end, p-fields and channels that of its start.
        let counted = match target {
            LineTarget::Bus(_) | LineTarget::Table { .. } => passed + 1,
            LineTarget::Pfield { .. } | LineTarget::Channel(_) if self.pending.ahead => passed + 1,
            LineTarget::Pfield { .. } | LineTarget::Channel(_) => passed,
        };
        let seconds = clock.seconds(counted);
        if passed >= self.cycles {
            // The last cycle was over before the last point.
            write(running, places, target, self.pending.line.last_value());
            return false;
        }
        if self.read.is_none() {
            let value = self.pending.line.at(seconds, counted as f64);
            if !write(running, places, target, value) {
                return false;
            }
        }
        let is_last = passed + 1 == self.cycles;
        !is_last || (self.pending.settle && seconds < self.pending.line.last_time())
    }

    /// Takes in the first value where it was read inside the cycle. `[audio]`
    pub fn take_in(&mut self, running: &mut Running) {
        if let Some(read) = self.read.take() {
            self.pending.line.begin_at(running.value_read_after_init(read));
        }
    }
}

impl PendingLine {
    /// A table's line of one point is a write like others: lines that move go over it.
    fn is_a_write(&self) -> bool {
        matches!(self.target, LineTarget::Table { .. })
            && self.line.last_time() == 0.0
            && !self.line.overtakes()
    }
}

/// Writes a line's value; `false` where the line's target is gone for good.
fn write(running: &mut Running, places: &ChannelPlaces, target: LineTarget, value: f64) -> bool {
    match target {
        LineTarget::Pfield { which, index } => {
            running.set_pfield_after_init(which, index, value);
            true
        }
        LineTarget::Table { number, index } => write_table(running, number, index, value),
        LineTarget::Channel(channel) => {
            places.number(channel).map(|place| running.set_channel(place, value)).is_some()
        }
        LineTarget::Bus(bus) => running.write_bus(bus, value).is_ok(),
    }
}

/// Writes a place of a table; `false` where there is none. `[audio]`
pub(in super::super) fn write_table(running: &mut Running, number: u32, index: usize, value: f64) -> bool {
    let slot = running.table_mut(number).and_then(|table| table.get_mut(index));
    let is_there = slot.map(|slot| *slot = value).is_some();
    if is_there && index == 0 {
        running.set_guard_point(number);
    }
    is_there
}
