//! Verbs from outside, while the engine plays.
//!
//! The control side prepares an [`Order`] with the engine's [`super::Symbols`] and sends it; the engine carries it out
//! at once or puts it on its agenda. Nothing here allocates, frees or looks anything up by name: boxes that are done
//! with are given back.

mod answers;
mod ears;

use std::ffi::CStr;
use std::sync::Arc;

pub use answers::{Answer, Reading, TextAnswer, Values};
pub(super) use ears::Ears;
pub use ears::{AWAITED_MAX, Awaited, Deaf, Heard, LISTENERS_MAX, Listening};

use crate::csound::{BusKind, BusToken, ChannelId, Running, TextChannelId, Which};
use crate::engine::verbs::{Action, Spent};
use crate::verbs::{LineId, When};

use super::Engine;

/// How many orders an engine can have on its agenda: events and writes that wait, lines that move.
pub const WAITING_MAX: usize = crate::csound::LATE_PER_CYCLE_MAX / (crate::verbs::SETP_PAIRS_MAX + 1);
/// How many values of a table are read by one order.
pub const TABLE_READ_MAX: usize = 1 << 16;

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
    /// Starts an event, on its frame where the engine has exact starts: p-fields from p1 on.
    Start(Box<[f64]>),
    /// The same, and waits for its answer.
    StartAndAwait(Box<[f64]>, Awaited),
    /// Takes back events that have not started.
    ForgetEvents(Which),
    /// Ends a line, or takes it back.
    ForgetLine(LineId),
    /// Takes back everything and cuts off what plays.
    StopAll,
    /// Gives a number that has room its text.
    GiveText(u32, Box<CStr>),
    /// Writes a table from its beginning; what goes beyond its end is left out.
    FillTable(u32, Box<[f64]>),
    /// Says what sound is in a table: frames per second and channels.
    DescribeTable(u32, f64, usize),
    /// Gives a bus back.
    ReleaseBus(BusToken),
    /// Watches a channel.
    Listen(Listening),
    /// Watches for somebody no longer.
    Unlisten(u64),
    /// Answers a question.
    Ask(Question, Arc<Answer>),
    /// Reads a table from a place on, as much as the answer has room for, [`TABLE_READ_MAX`] at most.
    ReadTable(u32, usize, Arc<Values>),
    /// Answers with a table's length, and its sound's rate and channels.
    AboutTable(u32, Arc<Values>),
    /// Reads a text channel.
    ReadText(TextChannelId, Arc<TextAnswer>),
}

impl Order {
    /// Says that nothing comes of it to whom it is to answer. [audio]
    pub fn decline(&self) {
        match self {
            Self::Ask(_, answer) => answer.give(None),
            Self::StartAndAwait(_, awaited) => awaited.answer.give(None),
            Self::ReadTable(.., values) | Self::AboutTable(_, values) => values.give(None),
            Self::ReadText(_, text) => text.give(None),
            _ => {}
        }
    }
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
    /// Whether there is a table: 1 or 0.
    IsTable(u32),
}

/// What an engine is done with and owns memory.
#[derive(Debug)]
pub enum GivenBack {
    /// From its agenda.
    Spent(Spent),
    /// From its ears.
    Deaf(Deaf),
}

impl Engine {
    /// Takes an order `offset` frames into the coming cycle. What is done with and owns memory comes back, to be
    /// freed elsewhere. [audio]
    ///
    /// # Errors
    /// The order itself where there is no room for it.
    pub fn order(&mut self, offset: u32, when: When, order: Order) -> Result<Option<Order>, Order> {
        let now = (self.frame + u64::from(offset)) as f64 / self.info.rate;
        let seconds = match when {
            When::In(delay) => now + delay,
            When::At(time) => time.max(now),
        };
        match order {
            Order::Do(_) | Order::Start(_) | Order::StartAndAwait(..) if !self.agenda.has_room() => {
                return Err(order);
            }
            Order::Do(action) => self.agenda.add(seconds, action),
            Order::Start(pfields) => self.start(seconds, pfields),
            Order::StartAndAwait(pfields, awaited) => {
                self.ears.wait_for(&mut self.running, awaited);
                self.start(seconds, pfields);
            }
            Order::ForgetEvents(which) => self.agenda.forget_events(which),
            Order::ForgetLine(line) => self.agenda.forget_line(line),
            Order::StopAll => self.stop_all(),
            Order::DescribeTable(number, rate, channels) => {
                // A table that is not there has nothing to be said of it.
                let _ = self.running.set_table_sound(number, rate, channels);
            }
            // One that is gone already is as it should be.
            Order::ReleaseBus(bus) => drop(self.running.release_bus(bus)),
            Order::Listen(listening) => self.ears.listen(&self.running, listening).map_err(Order::Listen)?,
            Order::Unlisten(listener) => self.ears.forget(listener),
            Order::GiveText(number, ref text) => {
                let given = self.running.give_text(number, text);
                return if given { Ok(Some(order)) } else { Err(order) };
            }
            order => {
                self.carry_out(&order);
                return Ok(Some(order));
            }
        }
        Ok(None)
    }

    /// Starts an event on its frame where that can be.
    fn start(&mut self, seconds: f64, pfields: Box<[f64]>) {
        let action = match self.info.exact_starts {
            true => Action::StartExactly(pfields, self.symbols.clock().offset_in_cycle(seconds)),
            false => Action::Start(pfields),
        };
        self.agenda.add(seconds, action);
    }

    /// Reads and writes at once.
    fn carry_out(&mut self, order: &Order) {
        match order {
            Order::FillTable(number, values) => {
                if let Some(table) = self.running.table_mut(*number) {
                    table.iter_mut().zip(values).for_each(|(place, value)| *place = *value);
                    self.running.set_guard_point(*number);
                }
            }
            Order::Ask(question, answer) => answer.give(self.answer(*question)),
            Order::ReadTable(number, start, values) => {
                let table = self.running.table(*number);
                let from = table.map(|table| table.get(*start..).unwrap_or_default());
                values.give(from.map(|from| &from[..from.len().min(TABLE_READ_MAX)]));
            }
            Order::AboutTable(number, values) => {
                let length = self.running.table(*number).map(|table| table.len() as f64);
                let sound = self.running.table_sound(*number);
                let (rate, channels) = sound.map_or((0.0, 1.0), |sound| (sound.rate, sound.channels as f64));
                let from_file = f64::from(u8::from(self.running.is_from_file(*number)));
                let full_scale = self.running.zero_dbfs();
                let about = length.map(|length| [length, rate, channels, from_file, full_scale]);
                values.give(about.as_ref().map(|all| &all[..]));
            }
            Order::ReadText(channel, answer) => {
                answer.give(Some(self.running.text_at(*channel).to_bytes()));
            }
            _ => {}
        }
    }

    /// The newest box that is done with. [audio]
    pub fn give_back(&mut self) -> Option<GivenBack> {
        let spent = self.agenda.give_back().map(GivenBack::Spent);
        spent.or_else(|| self.ears.give_back().map(GivenBack::Deaf))
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
            Question::IsTable(number) => Some(f64::from(u8::from(self.running.table(number).is_some()))),
        }
    }
}
