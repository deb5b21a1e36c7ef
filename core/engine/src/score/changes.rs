//! Values that change where the song is: p-fields and controls of events, buses and channels of a session.
//!
//! A change is an event among the others, with the stretch in which it holds. So one that was passed over by a jump is in
//! force where the song lands, and a line goes on in its midst. What a line is worth in a cycle depends on the song's position
//! in that cycle alone.

use std::ffi::CStr;

use ksmps_csound::{ChannelId, Running, TextChannelId};
use ksmps_data::verbs::{BusToken, Instances, Line};

use super::super::agenda::write_table;
use super::sounding::Sounding;

/// Lines that can move at once; more are left out and counted.
const MOVING_MAX: usize = 4096;

/// Where a change writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target {
    /// A p-field of a note that was started: which of the list's p1, and the p-field.
    Pfield(usize, usize),
    /// A p-field of a note that sounds all the time: its p1, and the p-field.
    Standing(f64, usize),
    /// A place in a table.
    Table(u32, usize),
    /// A control bus.
    Bus(BusToken),
    /// A control channel.
    Channel(ChannelId),
    /// A text channel.
    Text(TextChannelId),
}

/// What a change writes.
#[derive(Debug)]
pub(super) enum Written {
    /// A number, once.
    Value(f64),
    /// A text, once.
    Text(Box<CStr>),
    /// A number in each cycle.
    Line {
        line: Line,
        /// Where the line began, before its stretch or with it.
        since: f64,
        /// Whether a cycle has the line's value at its beginning rather than at its end.
        straight: bool,
    },
}

/// A change.
#[derive(Debug)]
pub(super) struct Change {
    pub target: Target,
    pub written: Written,
}

/// A line that moves, in the round that began at a position.
#[derive(Debug, Clone, Copy)]
struct Moving {
    change: usize,
    round: f64,
}

/// The song's positions in a cycle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cycle {
    pub begin: f64,
    pub end: f64,
}

/// All changes, and the lines that move.
#[derive(Debug, Default)]
pub(super) struct Changes {
    changes: Vec<Change>,
    moving: Vec<Moving>,
    /// What a line's times are, of one position.
    time_per_position: f64,
    /// Lines that found no room.
    pub dropped: u32,
}

impl Changes {
    /// Changes; `time_per_position` is what the times of lines are, of one position. `[control]`
    pub fn new(changes: Vec<Change>, time_per_position: f64) -> Self {
        let lines = changes.iter().filter(|change| matches!(change.written, Written::Line { .. })).count();
        Self { changes, moving: Vec::with_capacity(lines.min(MOVING_MAX)), time_per_position, dropped: 0 }
    }

    /// Whether any line moves. `[audio]`
    pub fn move_any(&self) -> bool {
        !self.moving.is_empty()
    }

    /// Begins a change in the round that began at a position: it takes the place of what moved its target. `[audio]`
    pub fn begin(&mut self, running: &mut Running, sounding: &Sounding, number: usize, round: f64) {
        let target = self.changes[number].target;
        let Self { changes, moving, .. } = self;
        moving.retain(|one| changes[one.change].target != target);
        match &mut changes[number].written {
            Written::Value(value) => target.write(running, sounding, *value),
            Written::Text(text) => {
                if let Target::Text(channel) = target {
                    running.set_text_at(channel, text);
                }
            }
            Written::Line { line, .. } if moving.len() < moving.capacity() => {
                line.rewind();
                moving.push(Moving { change: number, round });
            }
            Written::Line { .. } => self.dropped += 1,
        }
    }

    /// Writes what lines are worth in a cycle. `[audio]`
    pub fn advance(&mut self, running: &mut Running, sounding: &Sounding, cycle: Cycle) {
        let Self { changes, moving, time_per_position, .. } = self;
        moving.retain(|&Moving { change, round }| {
            let Change { target, written } = &mut changes[change];
            let Written::Line { line, since, straight } = written else { return false };
            let position = if *straight { cycle.begin } else { cycle.end };
            let time = (position - round - *since) * *time_per_position;
            target.write(running, sounding, line.at(time, 0.0));
            time < line.last_time()
        });
    }

    /// A note starts: what moved p-fields of the one before it, which may be in its release, is not for this one. `[audio]`
    pub fn leave_note(&mut self, sounding: usize) {
        let Self { changes, moving, .. } = self;
        moving.retain(|one| !matches!(changes[one.change].target, Target::Pfield(of, _) if of == sounding));
    }

    /// The song stands, or has jumped: nothing moves. `[audio]`
    pub fn halt(&mut self) {
        self.moving.clear();
    }
}

impl Target {
    fn write(self, running: &mut Running, sounding: &Sounding, value: f64) {
        match self {
            // What was released in a jump keeps what it has.
            Self::Pfield(of, _) if !sounding.may_sound(of) => {}
            Self::Pfield(of, index) => {
                running.set_pfield_after_init(Instances::Exactly(sounding.p1(of)), index, value);
            }
            Self::Standing(p1, index) => running.set_pfield_after_init(Instances::Exactly(p1), index, value),
            Self::Table(number, index) => {
                write_table(running, number, index, value);
            }
            // A bus that was given back is left alone.
            Self::Bus(bus) => drop(running.write_bus(bus, value)),
            Self::Channel(channel) => running.set_channel(channel, value),
            Self::Text(_) => {}
        }
    }
}
