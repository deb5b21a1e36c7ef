//! Values that are watched: seen after each cycle, told every so many frames.

use std::collections::VecDeque;

use ksmps_csound::{Held, Running};
use ksmps_data::watched::{WATCHED_MAX, WatchReading};

use super::super::command::{WatchList, WatchPlace};
use super::super::places::ChannelPlaces;

/// Readings that have room until they are fetched. Where there is none, the next ones are of a longer time.
pub const READINGS_MAX: usize = 64 * WATCHED_MAX;

/// What an engine watches.
#[derive(Debug)]
pub(super) struct WatchedValues {
    list: Option<Box<WatchList>>,
    readings: VecDeque<WatchReading>,
}

impl WatchedValues {
    /// Nothing. `[control]`
    pub fn new() -> Self {
        Self { list: None, readings: VecDeque::with_capacity(READINGS_MAX) }
    }

    /// Watches what is in a list, in place of what was watched before: that comes back. `[audio]`
    pub fn replace(&mut self, list: Box<WatchList>) -> Option<Box<WatchList>> {
        self.readings.clear();
        self.list.replace(list)
    }

    /// Sees what the values are after the cycle just performed. `[audio]`
    pub fn look(&mut self, running: &Running, places: &ChannelPlaces) {
        let Some(list) = self.list.as_deref_mut().filter(|list| !list.places.is_empty()) else { return };
        let (room, frames) = (&mut list.room, running.ksmps() as u32);
        running.read_variables(&room.variables, list.voice, |at, held| room.spans[at].see(held));
        for (place, span) in list.places.iter().zip(&mut room.spans) {
            let held = match *place {
                WatchPlace::Variable { .. } | WatchPlace::Unknown => continue,
                WatchPlace::Channel(channel) => places
                    .number(channel)
                    .map_or(Held::Unknown, |channel| Held::Number(running.channel(channel))),
                WatchPlace::Bus(token) => running.bus(token),
                WatchPlace::Table(table, index) => {
                    let value = running.table(table).and_then(|values| values.get(index));
                    value.map_or(Held::Unknown, |value| Held::Number(*value))
                }
            };
            span.see(held);
        }
        room.frames = room.frames.saturating_add(frames);
        let is_due = room.frames >= list.every_frames;
        if is_due && self.readings.len() + list.places.len() <= READINGS_MAX {
            room.frames = 0;
            self.readings.extend(list.take_readings());
        }
    }

    /// The oldest reading that was not fetched yet. `[audio]`
    pub fn next_reading(&mut self) -> Option<WatchReading> {
        self.readings.pop_front()
    }
}
