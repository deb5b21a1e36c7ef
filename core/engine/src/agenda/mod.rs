//! What is still to come, cycle by cycle: events, stops, writes and automation lines.
//!
//! Everything the agenda is given carries its cycle; [`Agenda::advance`] carries out what is due before a cycle and
//! [`Agenda::performed`] takes in what was read inside it. Neither allocates while there is room, and nothing is looked
//! up by name. What came in a box leaves through [`Agenda::give_back`].
//!
//! Events of a cycle are handed to Csound in the order they were asked for. A stop or a write that was asked for
//! before an event of the same cycle does not touch it; one that was asked for after it does.

mod lines;

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use ksmps_csound::Running;
use ksmps_data::verbs::{Clock, Instances, LineId, Pairs};

use super::command::{Action, Returned};
use super::places::ChannelPlaces;

use lines::MovingLine;
pub(super) use lines::write_table;

/// How much can wait, and how many lines can move, before a list has to grow.
pub const AGENDA_ROOM: usize = 4096;

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

/// Everything that is still to come.
#[derive(Debug)]
pub struct Agenda {
    clock: Clock,
    room: usize,
    waiting: BinaryHeap<Reverse<Entry>>,
    moving: Vec<MovingLine>,
    done: Vec<Returned>,
    serial: u64,
    cycle: u64,
}

impl Agenda {
    /// An empty agenda. `[control]`
    pub fn new(clock: Clock) -> Self {
        Self::with_room(clock, AGENDA_ROOM)
    }

    /// An empty agenda with room for this many things. `[control]`
    pub fn with_room(clock: Clock, room: usize) -> Self {
        Self {
            clock,
            room,
            waiting: BinaryHeap::with_capacity(room),
            moving: Vec::with_capacity(room),
            done: Vec::with_capacity(room),
            serial: 0,
            cycle: 0,
        }
    }

    /// The cycle that is performed next, counted from the engine's start. `[any]`
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// The engine's seconds and cycles. `[any]`
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Makes room for this many things beside those that are there. `[control]`
    pub fn make_room(&mut self, more: usize) {
        self.room = self.waiting.len() + self.moving.len() + self.done.len() + more;
        self.waiting.reserve(self.room);
        self.moving.reserve(self.room);
        self.done.reserve(self.room);
    }

    /// Whether one more action finds room without an allocation, wherever it goes until it is collected. `[any]`
    pub fn has_room(&self) -> bool {
        self.waiting.len() + self.moving.len() + self.done.len() < self.room
    }

    /// How many lines move. `[any]`
    pub fn line_count(&self) -> usize {
        self.moving.len()
    }

    /// The serial number that the next action gets. `[any]`
    pub fn next_serial(&self) -> u64 {
        self.serial
    }

    /// Whether an event that was asked for before `serial` starts in a cycle. `[control]`
    pub fn starts_before(&self, cycle: u64, serial: u64) -> bool {
        self.waiting.iter().any(|Reverse(entry)| {
            entry.cycle == cycle
                && entry.serial < serial
                && matches!(entry.action, Action::Start { exact: false, .. })
        })
    }

    /// Puts an action on the agenda, `seconds` after the engine's start; what is late is done in the coming cycle.
    /// `[audio]`
    pub fn add(&mut self, seconds: f64, action: Action) {
        let cycle = match action {
            Action::Start { exact: true, .. } => self.clock.cycle_that_contains(seconds),
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

    /// Carries out what is due; whether anything was, or moves. To be called before each cycle. `[audio]`
    pub fn advance(&mut self, running: &mut Running, places: &ChannelPlaces) -> bool {
        let (mut started, mut acts) = (false, !self.moving.is_empty());
        while self.waiting.peek().is_some_and(|Reverse(entry)| entry.cycle <= self.cycle) {
            // PANIC: an entry was seen one line above.
            let Reverse(Entry { seconds, action, .. }) = self.waiting.pop().unwrap();
            started |= matches!(action, Action::Start { .. });
            acts = true;
            self.carry_out(running, places, seconds, action, started);
        }
        let Self { clock, moving, done, cycle, .. } = self;
        let over = moving.extract_if(.., |line| !line.step(running, places, clock, *cycle));
        done.extend(over.map(|line| Returned::Line(line.pending)));
        acts
    }

    /// Carries one action out; `started` says whether an event of this cycle came before it.
    fn carry_out(
        &mut self,
        running: &mut Running,
        places: &ChannelPlaces,
        seconds: f64,
        action: Action,
        started: bool,
    ) {
        match action {
            Action::Start { mut pfields, exact } => {
                self.start(running, seconds, &mut pfields, exact);
                self.done.push(Returned::Pfields(pfields));
            }
            Action::Stop(which, release) if started => running.stop_after_init(which, release),
            Action::Stop(which, release) => running.stop_now(which, release),
            Action::SetPfields(which, Pairs { pairs, count }) => {
                for (index, value) in &pairs[..count.min(pairs.len())] {
                    running.set_pfield_after_init(which, usize::from(*index), *value);
                }
            }
            Action::SetChannel(channel, value) => match places.number(channel) {
                Some(place) if started => running.set_channel_after_init(place, value),
                Some(place) => running.set_channel(place, value),
                None => {}
            },
            Action::SetText(channel, text) => {
                if let Some(place) = places.text(channel) {
                    running.set_text_at(place, &text);
                }
                self.done.push(Returned::Text(text));
            }
            Action::WriteTable(number, index, value) => {
                write_table(running, number, index, value);
            }
            // A table that is not there has nothing to be said of it.
            Action::DescribeTable(number, rate, channels) => {
                let _ = running.set_table_sound(number, rate, channels);
            }
            // A bus that was released since is left alone.
            Action::WriteBus(bus, value) => drop(running.write_bus(bus, value)),
            // One that is gone already is as it should be.
            Action::ReleaseBus(bus) => drop(running.release_bus(bus)),
            Action::Line(pending) => {
                let begun = MovingLine::begin(running, places, &self.clock, self.cycle, seconds, pending);
                match begun {
                    Ok(line) => self.moving.push(line),
                    Err(written) => self.done.push(Returned::Line(written)),
                }
            }
        }
    }

    fn start(&self, running: &mut Running, seconds: f64, pfields: &mut [f64], exact: bool) {
        // An event without p2 is none.
        let Some(p2) = pfields.get_mut(1) else { return };
        if exact {
            *p2 = 0.0;
            running.start(pfields, self.clock.offset_in_cycle(seconds));
        } else {
            *p2 = self.clock.start_of_event(seconds) - self.clock.seconds(self.cycle);
            running.send_event(b'i', pfields);
        }
    }

    /// Takes in what was read inside the cycle. To be called after each one. `[audio]`
    pub fn performed(&mut self, running: &mut Running) {
        for moving in self.moving.iter_mut() {
            moving.take_in(running);
        }
        self.cycle += 1;
    }

    /// Takes back events that have not started. `[audio]`
    pub fn forget_events(&mut self, which: Instances) {
        self.take_back(|action| match action {
            Action::Start { pfields, .. } => pfields.first().is_some_and(|p1| is_meant(*p1, which)),
            _ => false,
        });
    }

    /// Ends a line where it is, or takes it back before it starts. `[audio]`
    pub fn forget_line(&mut self, id: LineId) {
        self.take_back(|action| matches!(action, Action::Line(line) if line.id == id));
        let ended = self.moving.extract_if(.., |line| line.pending.id == id);
        self.done.extend(ended.map(|line| Returned::Line(line.pending)));
    }

    /// Takes back everything: what waits and what moves. `[audio]`
    pub fn clear(&mut self) {
        self.take_back(|_| true);
        self.done.extend(self.moving.drain(..).map(|line| Returned::Line(line.pending)));
    }

    /// Takes back everything that waits; what moves goes on. `[audio]`
    pub fn forget_waiting(&mut self) {
        self.take_back(|_| true);
    }

    /// Takes back what waits and is meant. The heap keeps its room. `[audio]`
    fn take_back(&mut self, is_meant: impl Fn(&Action) -> bool) {
        let mut waiting = std::mem::take(&mut self.waiting).into_vec();
        let gone = waiting.extract_if(.., |Reverse(entry)| is_meant(&entry.action));
        self.done.extend(gone.filter_map(|Reverse(entry)| entry.action.into_box()));
        self.waiting = BinaryHeap::from(waiting);
    }

    /// Gives back the newest box that is done with. `[audio]`
    pub fn give_back(&mut self) -> Option<Returned> {
        self.done.pop()
    }
}

fn is_meant(p1: f64, which: Instances) -> bool {
    match which {
        Instances::Exactly(exact) => p1.to_bits() == exact.to_bits(),
        Instances::All(number) => p1 as i32 == number,
    }
}
