//! Carries commands out on the Csound that somebody owns: at once, or in their cycle from the agenda.
//!
//! Nothing here allocates, frees or looks anything up by name. Boxes that are done with are given back, and so are
//! answers, in the boxes that came for them.

mod answers;
mod values;
mod watches;

pub use values::READINGS_MAX;
pub use watches::{AWAITED_MAX, CHANGES_MAX, ChannelChange, WATCHES_MAX};

use ksmps_csound::{Instances, Running};
use ksmps_data::watched::WatchReading;

use super::agenda::Agenda;
use super::command::{Action, Command, Reply, Returned};
use super::places::ChannelPlaces;

use values::WatchedValues;
use watches::{AwaitedEvent, Watches};

/// How many commands an engine can have on its agenda while it plays: events and writes that wait, lines that move.
pub const WAITING_MAX: usize =
    ksmps_csound::AFTER_INIT_PER_CYCLE_MAX / (ksmps_data::verbs::SETP_PAIRS_MAX + 1);
/// How many answers have room until they are fetched.
const REPLIES_MAX: usize = 1024;

/// The half of an engine that carries commands out.
#[derive(Debug)]
pub struct Executor {
    agenda: Agenda,
    places: ChannelPlaces,
    watches: Watches,
    values: WatchedValues,
    replies: Vec<Reply>,
}

impl Executor {
    /// An executor with what is to come already and the places of channels. `[control]`
    pub fn new(agenda: Agenda, places: ChannelPlaces) -> Self {
        Self {
            agenda,
            places,
            watches: Watches::new(),
            values: WatchedValues::new(),
            replies: Vec::with_capacity(REPLIES_MAX),
        }
    }

    /// What is still to come. `[any]`
    pub fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// What is still to come. `[audio]`
    pub fn agenda_mut(&mut self) -> &mut Agenda {
        &mut self.agenda
    }

    /// What is still to come and the places of channels, for another executor. `[control]`
    pub fn into_parts(self) -> (Agenda, ChannelPlaces) {
        (self.agenda, self.places)
    }

    /// Where the channels are. `[any]`
    pub fn places(&self) -> &ChannelPlaces {
        &self.places
    }

    /// Waits for an event's answer. The oldest one of too many is given up, and answered with nothing. `[audio]`
    pub fn await_event(&mut self, running: &mut Running, id: u64, token: u32, table: u32) {
        self.replies.extend(self.watches.wait_for(running, AwaitedEvent { id, token, table }));
    }

    /// Where the channels are. `[control]`
    pub fn places_mut(&mut self) -> &mut ChannelPlaces {
        &mut self.places
    }

    /// Takes a command for a time, in seconds since the engine's start; what has no time of its own is done at once.
    /// What owns memory and is done with comes back. `[audio]`
    ///
    /// # Errors
    /// The command itself where there is no room for it, and what takes memory ([`Command::Make`]).
    pub fn take(
        &mut self,
        running: &mut Running,
        seconds: f64,
        command: Command,
    ) -> Result<Option<Returned>, Command> {
        match command {
            Command::Do(_) | Command::StartAndAnswer { .. } if !self.agenda.has_room() => {
                return Err(command);
            }
            Command::Ask { .. } | Command::StartAndAnswer { .. } if self.replies.len() == REPLIES_MAX => {
                return Err(command);
            }
            Command::Make(_) => return Err(command),
            Command::Do(action) => self.agenda.add(seconds, action),
            Command::StartAndAnswer { id, pfields, exact, token, table } => {
                self.await_event(running, id, token, table);
                self.agenda.add(seconds, Action::Start { pfields, exact });
            }
            Command::ForgetEvents(which) => self.agenda.forget_events(which),
            Command::ForgetLine(line) => self.agenda.forget_line(line),
            Command::StopAll => self.stop_all(running),
            // One that is gone already is as it should be.
            Command::ReleaseBus(bus) => drop(running.release_bus(bus)),
            Command::Watch { watch, channel, known } => {
                if !self.watches.watch(running, &self.places, watch, channel, known) {
                    return Err(command);
                }
            }
            Command::Unwatch(watch) => self.watches.unwatch(watch),
            Command::WatchValues(list) => {
                let before = self.values.replace(list);
                return Ok(before.map(|before| Returned::Command(Command::WatchValues(before))));
            }
            Command::GiveText { number, ref text } => {
                let given = running.give_text(number, text);
                return if given { Ok(Some(Returned::Command(command))) } else { Err(command) };
            }
            Command::FillTable { table, ref values } => {
                fill_table(running, table, values);
                return Ok(Some(Returned::Command(command)));
            }
            Command::Ask { id, question, room } => {
                let value = self.answer(running, question, room);
                self.replies.push(Reply { id, value });
            }
        }
        Ok(None)
    }

    /// Carries out what is due before a cycle; whether anything was, or moves. `[audio]`
    pub fn advance(&mut self, running: &mut Running) -> bool {
        self.agenda.advance(running, &self.places)
    }

    /// Takes in what the cycle brought: values that were read or are watched, channels that changed, events that answered.
    /// `[audio]`
    pub fn performed(&mut self, running: &mut Running) {
        let Self { agenda, places, watches, values, replies } = self;
        agenda.performed(running);
        values.look(running, places);
        // An answer that nobody fetches in time is lost, as one that nobody waits for.
        watches.look(running, places, |reply| {
            if replies.len() < REPLIES_MAX {
                replies.push(reply);
            }
        });
    }

    /// The newest box that is done with, or an answer. `[audio]`
    pub fn give_back(&mut self) -> Option<Returned> {
        self.replies.pop().map(Returned::Reply).or_else(|| self.agenda.give_back())
    }

    /// The answers that were not fetched yet. `[control]`
    pub fn drain_replies(&mut self) -> impl Iterator<Item = Reply> + '_ {
        self.replies.drain(..)
    }

    /// The oldest reading of a watched value that was not fetched yet. `[audio]`
    pub fn next_reading(&mut self) -> Option<WatchReading> {
        self.values.next_reading()
    }

    /// The oldest change of a watched channel that was not fetched yet. `[audio]`
    pub fn next_change(&mut self) -> Option<ChannelChange> {
        self.watches.next_change()
    }

    /// How many changes of watched channels were lost since the last call. `[audio]`
    pub fn take_lost_changes(&mut self) -> u32 {
        self.watches.take_lost()
    }

    /// Takes back everything and cuts off what plays. `[audio]`
    fn stop_all(&mut self, running: &mut Running) {
        self.agenda.clear();
        let next = |running: &Running, last: i32| {
            running.sounding().map(|(p1, _)| p1 as i32).filter(|number| *number > last).min()
        };
        let mut last = 0;
        while let Some(number) = next(running, last) {
            running.stop_now(Instances::All(number), false);
            last = number;
        }
    }
}

/// Copies values to a table's beginning: as many as fit; `false` where there is no such table. `[audio]`
pub(super) fn fill_table(running: &mut Running, number: u32, values: &[f64]) -> bool {
    let Some(table) = running.table_mut(number) else { return false };
    table.iter_mut().zip(values).for_each(|(place, value)| *place = *value);
    running.set_guard_point(number);
    true
}
