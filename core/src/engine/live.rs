//! Verbs from outside, while the engine plays.
//!
//! The control side prepares an [`Order`] with the engine's [`super::Cast`] and sends it; the engine carries it out
//! at once or puts it on its agenda. Nothing here allocates, frees or looks anything up by name: boxes that are done
//! with are given back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use crate::csound::{BusKind, BusToken, ChannelId, Running, Which};
use crate::verbs::{Action, LineId, Spent, When};

use super::Engine;

/// How many orders an engine can have on its agenda: events and writes that wait, lines that move.
pub const WAITING_MAX: usize = crate::csound::LATE_PER_CYCLE_MAX / (crate::verbs::SETP_PAIRS_MAX + 1);

/// An order and the engine it was prepared for.
#[derive(Debug)]
pub struct Command {
    /// The engine's number in its instance.
    pub engine: u64,
    /// When it is to be carried out; `When::In` counts from the first frame of the block that takes it.
    pub when: When,
    /// What is to be done.
    pub order: Order,
}

/// What an engine can be asked to do while it plays.
#[derive(Debug)]
pub enum Order {
    /// Puts it on the agenda.
    Do(Action),
    /// As `Do`, started on its frame: p-fields from p1 on.
    StartExactly(Box<[f64]>),
    /// Takes back events that have not started.
    ForgetEvents(Which),
    /// Ends a line, or takes it back.
    ForgetLine(LineId),
    /// Takes back everything and cuts off what plays.
    StopAll,
    /// Writes a table from its beginning; what goes beyond its end is left out.
    FillTable(u32, Box<[f64]>),
    /// Gives a bus back.
    ReleaseBus(BusToken),
    /// Answers a question.
    Ask(Question, Arc<Answer>),
}

/// What can be asked. Answered at the block's start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Question {
    /// The value of a control channel.
    Channel(ChannelId),
    /// The value of a control bus.
    Bus(BusToken),
    /// A p-field of a sounding instance.
    Pfield(Which, usize),
    /// A new bus of a kind; the answer is its token's number.
    NewBus(BusKind, Option<f64>),
}

/// Where an answer will be. [any]
#[derive(Debug, Default)]
pub struct Answer {
    state: AtomicU8,
    bits: AtomicU64,
}

/// What an [`Answer`] holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// It was not answered yet.
    Waiting,
    /// There was nothing to read, no room, or the engine is gone.
    Nothing,
    /// The answer.
    Value(f64),
}

const NOTHING: u8 = 1;
const VALUE: u8 = 2;

impl Answer {
    /// What it holds now. [any]
    pub fn read(&self) -> Reading {
        match self.state.load(Ordering::Acquire) {
            NOTHING => Reading::Nothing,
            VALUE => Reading::Value(f64::from_bits(self.bits.load(Ordering::Relaxed))),
            _ => Reading::Waiting,
        }
    }

    /// Answers. [audio]
    pub fn give(&self, value: Option<f64>) {
        if let Some(value) = value {
            self.bits.store(value.to_bits(), Ordering::Relaxed);
        }
        self.state.store(if value.is_some() { VALUE } else { NOTHING }, Ordering::Release);
    }
}

impl Engine {
    /// Takes an order `offset` frames into the coming cycle. What is done with and owns memory comes back, to be
    /// freed elsewhere. [audio]
    ///
    /// # Errors
    /// The order itself where the agenda has no room.
    pub fn order(&mut self, offset: u32, when: When, order: Order) -> Result<Option<Order>, Order> {
        let now = (self.frame + u64::from(offset)) as f64 / self.info.rate;
        let seconds = match when {
            When::In(delay) => now + delay,
            When::At(time) => time.max(now),
        };
        match order {
            Order::Do(_) | Order::StartExactly(_) if !self.agenda.has_room() => return Err(order),
            Order::Do(action) => self.agenda.add(seconds, action),
            Order::StartExactly(pfields) => {
                let offset = self.cast.clock().offset_in_cycle(seconds);
                self.agenda.add(seconds, Action::StartExactly(pfields, offset));
            }
            Order::ForgetEvents(which) => self.agenda.forget_events(which),
            Order::ForgetLine(line) => self.agenda.forget_line(line),
            Order::StopAll => self.stop_all(),
            Order::FillTable(number, ref values) => {
                if let Some(table) = self.running.table_mut(number) {
                    table.iter_mut().zip(values).for_each(|(place, value)| *place = *value);
                }
                return Ok(Some(order));
            }
            // One that is gone already is as it should be.
            Order::ReleaseBus(bus) => drop(self.running.release_bus(bus)),
            Order::Ask(question, ref answer) => {
                answer.give(self.answer(question));
                return Ok(Some(order));
            }
        }
        Ok(None)
    }

    /// The newest box of the agenda that is done with. [audio]
    pub fn give_back(&mut self) -> Option<Spent> {
        self.agenda.give_back()
    }

    /// How many frames were performed. [any]
    pub fn frames(&self) -> u64 {
        self.frame
    }

    fn stop_all(&mut self) {
        self.agenda.clear();
        let next = |running: &Running, last: i32| {
            running.sounding().map(|(p1, _)| p1 as i32).filter(|number| *number > last).min()
        };
        let mut last = 0;
        while let Some(number) = next(&self.running, last) {
            self.running.stop_now(Which::All(number), false);
            last = number;
        }
    }

    fn answer(&mut self, question: Question) -> Option<f64> {
        match question {
            Question::Channel(channel) => Some(self.running.channel(channel)),
            Question::Bus(bus) => self.running.read_bus(bus).ok(),
            Question::Pfield(Which::Exactly(p1), index) => self.running.pfield(p1, index),
            Question::Pfield(Which::All(number), index) => {
                let first = self.running.sounding().find(|(p1, _)| *p1 as i32 == number).map(|(p1, _)| p1);
                first.and_then(|p1| self.running.pfield(p1, index))
            }
            Question::NewBus(kind, value) => {
                self.running.assign_bus(Some(kind), value, true).ok().map(BusToken::number)
            }
        }
    }
}
