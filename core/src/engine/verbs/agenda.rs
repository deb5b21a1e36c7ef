//! What is still to come, cycle by cycle: events, stops, writes and automation lines.
//!
//! The agenda is the audio thread's half of the verbs. Everything it is given carries its cycle; [`Agenda::advance`]
//! carries out what is due before a cycle and [`Agenda::performed`] takes in what was read inside it. Neither
//! allocates while there is room, and nothing is looked up by name. What came in a box leaves through
//! [`Agenda::collect`].
//!
//! Events of a cycle are handed to Csound in the order they were asked for. A stop or a write that was asked for
//! before an event of the same cycle does not touch it; one that was asked for after it does.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ffi::CStr;

use crate::csound::{BusToken, ChannelId, LateRead, Running, TextChannelId, Which};

use crate::verbs::{Clock, Line, LineId, Pairs};

/// How much can wait, and how many lines can move, before a list has to grow.
pub const AGENDA_ROOM: usize = 4096;
/// Where a line writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LineTarget {
    /// A p-field of sounding instances.
    Pfield {
        /// Whose.
        which: Which,
        /// Its number.
        index: usize,
    },
    /// A place in a table.
    Table {
        /// The table.
        number: u32,
        /// The place, from 0.
        index: usize,
    },
    /// A control channel.
    Channel(ChannelId),
    /// A control bus.
    Bus(BusToken),
}

/// A line that has not started.
#[derive(Debug)]
pub struct PendingLine {
    /// Its id; pieces of one line share it.
    pub id: LineId,
    /// Where it writes.
    pub target: LineTarget,
    /// What it writes.
    pub line: Line,
    /// Whether its last value is written even where its last cycle comes before its last point.
    pub settle: bool,
    /// Whether p-fields and channels have the value of the cycle's end, as buses and tables do.
    pub ahead: bool,
}

/// What can wait for its cycle.
#[derive(Debug)]
pub enum Action {
    /// Starts an instance: p-fields from p1 on; p2 is filled in.
    Start(Box<[f64]>),
    /// Starts an instance on a frame inside its cycle. p1 must be unique.
    StartExactly(Box<[f64]>, u32),
    /// Stops instances, with or without their release.
    Stop(Which, bool),
    /// Writes p-fields of instances.
    SetPfields(Which, Pairs),
    /// Writes a control channel.
    SetChannel(ChannelId, f64),
    /// Writes a text channel, before the events of its cycle; a text without room is left out.
    SetText(TextChannelId, Box<CStr>),
    /// Writes a place of a table, from 0; nothing happens where there is none.
    WriteTable(u32, usize, f64),
    /// Writes a control bus.
    WriteBus(BusToken, f64),
    /// Gives a bus back.
    ReleaseBus(BusToken),
    /// Starts a line.
    Line(Box<PendingLine>),
}

impl Action {
    /// The box in it, if it has one.
    fn spent(self) -> Option<Spent> {
        match self {
            Self::Start(pfields) | Self::StartExactly(pfields, _) => Some(Spent::Pfields(pfields)),
            Self::Line(line) => Some(Spent::Line(line)),
            Self::SetText(_, text) => Some(Spent::Text(text)),
            _ => None,
        }
    }
}

#[derive(Debug)]
struct Entry {
    cycle: u64,
    /// Seconds since the engine's start, as they were asked for: Csound counts an event's end from here.
    seconds: f64,
    serial: u64,
    action: Action,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.cycle, self.serial).cmp(&(other.cycle, other.serial))
    }
}

/// A line that moves.
#[derive(Debug)]
struct Moving {
    pending: Box<PendingLine>,
    start: u64,
    cycles: u64,
    /// The read that gives the first value, until it is done.
    read: Option<LateRead>,
}

/// What arrived in a box and is done with.
#[derive(Debug)]
pub enum Spent {
    /// An event's p-fields.
    Pfields(Box<[f64]>),
    /// A line.
    Line(Box<PendingLine>),
    /// A text.
    Text(Box<CStr>),
}

/// Everything that is still to come.
#[derive(Debug)]
pub struct Agenda {
    clock: Clock,
    room: usize,
    waiting: BinaryHeap<Reverse<Entry>>,
    moving: Vec<Moving>,
    spent: Vec<Spent>,
    serial: u64,
    cycle: u64,
}

impl Agenda {
    /// An empty agenda. [control]
    pub fn new(clock: Clock) -> Self {
        Self::with_room(clock, AGENDA_ROOM)
    }

    /// An empty agenda with room for this many things. [control]
    pub fn with_room(clock: Clock, room: usize) -> Self {
        Self {
            clock,
            room,
            waiting: BinaryHeap::with_capacity(room),
            moving: Vec::with_capacity(room),
            spent: Vec::with_capacity(room),
            serial: 0,
            cycle: 0,
        }
    }

    /// The cycle that is performed next, counted from the engine's start. [any]
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// Makes room for this many things beside those that are there. [control]
    pub fn make_room(&mut self, more: usize) {
        self.room = self.waiting.len() + self.moving.len() + self.spent.len() + more;
        self.waiting.reserve(self.room);
        self.moving.reserve(self.room);
        self.spent.reserve(self.room);
    }

    /// Whether one more action finds room without an allocation, wherever it goes until it is collected. [any]
    pub fn has_room(&self) -> bool {
        self.waiting.len() + self.moving.len() + self.spent.len() < self.room
    }

    /// How many lines move. [any]
    pub fn line_count(&self) -> usize {
        self.moving.len()
    }

    /// The serial number that the next action gets. [any]
    pub fn next_serial(&self) -> u64 {
        self.serial
    }

    /// Whether an event that was asked for before `serial` starts in a cycle. [control]
    pub fn starts_before(&self, cycle: u64, serial: u64) -> bool {
        self.waiting.iter().any(|Reverse(entry)| {
            entry.cycle == cycle && entry.serial < serial && matches!(entry.action, Action::Start(_))
        })
    }

    /// Puts an action on the agenda, `seconds` after the engine's start; what is late is done in the coming cycle.
    /// [audio]
    pub fn add(&mut self, seconds: f64, action: Action) {
        let cycle = match action {
            Action::StartExactly(..) => self.clock.cycle_that_contains(seconds),
            _ => self.clock.nearest_cycle(seconds),
        };
        self.waiting.push(Reverse(Entry {
            cycle: cycle.max(self.cycle),
            seconds,
            serial: self.serial,
            action,
        }));
        self.serial += 1;
    }

    /// ChannelContent out what is due. To be called before each cycle. [audio]
    pub fn advance(&mut self, running: &mut Running) {
        let now = self.clock.seconds(self.cycle);
        let mut started = false;
        while self.waiting.peek().is_some_and(|Reverse(entry)| entry.cycle <= self.cycle) {
            // PANIC: an entry was seen one line above.
            let Reverse(entry) = self.waiting.pop().unwrap();
            match entry.action {
                Action::Start(mut pfields) => {
                    pfields[1] = self.clock.start_of_event(entry.seconds) - now;
                    running.send_event(b'i', &pfields);
                    self.spent.push(Spent::Pfields(pfields));
                    started = true;
                }
                Action::StartExactly(mut pfields, offset) => {
                    pfields[1] = 0.0;
                    running.start(&pfields, offset);
                    self.spent.push(Spent::Pfields(pfields));
                    started = true;
                }
                Action::Stop(which, release) if started => running.late_stop(which, release),
                Action::Stop(which, release) => running.stop_now(which, release),
                Action::SetPfields(which, Pairs { pairs, count }) => {
                    for (index, value) in &pairs[..count] {
                        running.late_set_pfield(which, usize::from(*index), *value);
                    }
                }
                Action::SetChannel(channel, value) if started => running.late_set_channel(channel, value),
                Action::SetChannel(channel, value) => running.set_channel(channel, value),
                Action::SetText(channel, text) => {
                    running.set_text_at(channel, &text);
                    self.spent.push(Spent::Text(text));
                }
                Action::WriteTable(number, index, value) => {
                    write(running, LineTarget::Table { number, index }, value);
                }
                // A bus that was released since is left alone.
                Action::WriteBus(bus, value) => drop(running.write_bus(bus, value)),
                // One that is gone already is as it should be.
                Action::ReleaseBus(bus) => drop(running.release_bus(bus)),
                Action::Line(pending) => self.begin(running, pending, entry.seconds),
            }
        }
        self.move_lines(running);
    }

    fn begin(&mut self, running: &mut Running, mut pending: Box<PendingLine>, seconds: f64) {
        if pending.is_a_write() {
            write(running, pending.target, pending.line.last_value());
            self.spent.push(Spent::Line(pending));
            return;
        }
        let end = self.clock.end_cycle(seconds + pending.line.last_time() + self.clock.cycle_seconds());
        let cycles = end.saturating_sub(self.cycle).max(1);
        let mut read = None;
        if pending.line.overtakes() {
            match pending.target {
                LineTarget::Pfield { which, index } => read = Some(running.late_read(which, index)),
                LineTarget::Table { number, index } => {
                    let found = running.table(number).and_then(|table| table.get(index).copied());
                    pending.line.begin_at(found);
                }
                LineTarget::Channel(channel) => pending.line.begin_at(Some(running.channel(channel))),
                LineTarget::Bus(bus) => pending.line.begin_at(running.read_bus(bus).ok()),
            }
        }
        self.moving.push(Moving { pending, start: self.cycle, cycles, read });
    }

    fn move_lines(&mut self, running: &mut Running) {
        let Self { clock, moving, spent, cycle, .. } = self;
        let over = moving.extract_if(.., |line| !line.step(running, clock, *cycle));
        spent.extend(over.map(|line| Spent::Line(line.pending)));
    }

    /// Takes in what was read inside the cycle. To be called after each one. [audio]
    pub fn performed(&mut self, running: &mut Running) {
        for moving in self.moving.iter_mut() {
            if let Some(read) = moving.read.take() {
                moving.pending.line.begin_at(running.late_value(read));
            }
        }
        self.cycle += 1;
    }

    /// Takes back events that have not started. [audio]
    pub fn forget_events(&mut self, which: Which) {
        self.take_back(|action| match action {
            Action::Start(pfields) | Action::StartExactly(pfields, _) => is_meant(pfields[0], which),
            _ => false,
        });
    }

    /// Ends a line where it is, or takes it back before it starts. [audio]
    pub fn forget_line(&mut self, id: LineId) {
        self.take_back(|action| matches!(action, Action::Line(line) if line.id == id));
        let ended = self.moving.extract_if(.., |line| line.pending.id == id);
        self.spent.extend(ended.map(|line| Spent::Line(line.pending)));
    }

    /// Takes back everything: what waits and what moves. [audio]
    pub fn clear(&mut self) {
        self.take_back(|_| true);
        self.spent.extend(self.moving.drain(..).map(|line| Spent::Line(line.pending)));
    }

    /// Takes back everything that waits; what moves goes on. [audio]
    pub fn forget_waiting(&mut self) {
        self.take_back(|_| true);
    }

    /// Takes back what waits and is meant. The heap keeps its room. [audio]
    fn take_back(&mut self, is_meant: impl Fn(&Action) -> bool) {
        let mut waiting = std::mem::take(&mut self.waiting).into_vec();
        let gone = waiting.extract_if(.., |Reverse(entry)| is_meant(&entry.action));
        self.spent.extend(gone.filter_map(|Reverse(entry)| entry.action.spent()));
        self.waiting = BinaryHeap::from(waiting);
    }

    /// Gives back the newest box that is done with. [audio]
    pub fn give_back(&mut self) -> Option<Spent> {
        self.spent.pop()
    }

    /// Gives back what arrived in boxes and is done with. [control]
    pub fn collect(&mut self) -> impl Iterator<Item = Spent> + '_ {
        self.spent.drain(..)
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

impl Moving {
    /// Writes this cycle's value; `false` where the line is over.
    fn step(&mut self, running: &mut Running, clock: &Clock, cycle: u64) -> bool {
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
            write(running, target, self.pending.line.last_value());
            return false;
        }
        if self.read.is_none() {
            let value = self.pending.line.at(seconds, counted as f64);
            if !write(running, target, value) {
                return false;
            }
        }
        let is_last = passed + 1 == self.cycles;
        !is_last || (self.pending.settle && seconds < self.pending.line.last_time())
    }
}

/// Writes a line's value; `false` where the line's target is gone for good.
fn write(running: &mut Running, target: LineTarget, value: f64) -> bool {
    match target {
        LineTarget::Pfield { which, index } => running.late_set_pfield(which, index, value),
        LineTarget::Table { number, index } => {
            let slot = running.table_mut(number).and_then(|table| table.get_mut(index));
            let is_there = slot.map(|slot| *slot = value).is_some();
            if is_there && index == 0 {
                running.set_guard_point(number);
            }
            return is_there;
        }
        LineTarget::Channel(channel) => running.set_channel(channel, value),
        LineTarget::Bus(bus) => return running.write_bus(bus, value).is_ok(),
    }
    true
}

fn is_meant(p1: f64, which: Which) -> bool {
    match which {
        Which::Exactly(exact) => p1.to_bits() == exact.to_bits(),
        Which::All(number) => p1 as i32 == number,
    }
}
