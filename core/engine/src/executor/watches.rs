//! What an engine watches for others: channels that change, and events that are to answer.

use std::collections::VecDeque;

use ksmps_csound::Running;

use super::super::command::{ChannelIndex, Reply, Value};
use super::super::places::ChannelPlaces;

/// How many channels an engine can watch.
pub const WATCHES_MAX: usize = 64;
/// How many events can be about to answer; one more, and the oldest is given up.
pub const AWAITED_MAX: usize = 64;
/// How many changes of channels have room until they are fetched; more are counted as lost.
pub const CHANGES_MAX: usize = 4096;

/// A channel that somebody watches.
#[derive(Debug)]
struct Watch {
    watch: u64,
    channel: ChannelIndex,
    /// The value that is known of it.
    known: f64,
}

/// A channel's new value, and whose watch saw it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChannelChange {
    /// The watch.
    pub watch: u64,
    /// The value.
    pub value: f64,
}

/// An event that is to answer: it writes a place in a table and says so with `outvalue "__sync__"`.
#[derive(Debug, Clone, Copy)]
pub(super) struct AwaitedEvent {
    /// The question's number.
    pub id: u64,
    /// The place, which is what the event was given in p4.
    pub token: u32,
    /// The table.
    pub table: u32,
}

/// What an engine watches.
#[derive(Debug)]
pub(super) struct Watches {
    list: Vec<Watch>,
    awaited: Vec<AwaitedEvent>,
    changes: VecDeque<ChannelChange>,
    lost: u32,
}

impl Watches {
    /// Room for everything. `[control]`
    pub fn new() -> Self {
        Self {
            list: Vec::with_capacity(WATCHES_MAX),
            awaited: Vec::with_capacity(AWAITED_MAX),
            changes: VecDeque::with_capacity(CHANGES_MAX),
            lost: 0,
        }
    }

    /// Watches a channel; `false` where there is no room, or no such channel. `[audio]`
    pub fn watch(
        &mut self,
        running: &Running,
        places: &ChannelPlaces,
        watch: u64,
        channel: ChannelIndex,
        known: Option<f64>,
    ) -> bool {
        let Some(place) = places.number(channel) else { return false };
        if self.list.len() == WATCHES_MAX {
            return false;
        }
        let known = known.unwrap_or_else(|| running.channel(place));
        self.list.push(Watch { watch, channel, known });
        true
    }

    /// Ends a watch. `[audio]`
    pub fn unwatch(&mut self, watch: u64) {
        self.list.retain(|one| one.watch != watch);
    }

    /// Waits for an answer. The oldest one of too many is given up, and answered with nothing. `[audio]`
    pub fn wait_for(&mut self, running: &mut Running, awaited: AwaitedEvent) -> Option<Reply> {
        let is_full = self.awaited.len() == AWAITED_MAX;
        let given_up = is_full.then(|| Reply { id: self.awaited.remove(0).id, value: Value::Nothing });
        let place = running.table_mut(awaited.table).and_then(|table| table.get_mut(awaited.token as usize));
        if let Some(place) = place {
            *place = 0.0;
        }
        self.awaited.push(awaited);
        given_up
    }

    /// Sees what has changed in the cycle just performed, and which events have answered. `[audio]`
    pub fn look(&mut self, running: &mut Running, places: &ChannelPlaces, mut reply: impl FnMut(Reply)) {
        for one in &mut self.list {
            let Some(value) = places.number(one.channel).map(|place| running.channel(place)) else {
                continue;
            };
            if one.known.to_bits() != value.to_bits() {
                one.known = value;
                if self.changes.len() < CHANGES_MAX {
                    self.changes.push_back(ChannelChange { watch: one.watch, value });
                } else {
                    self.lost += 1;
                }
            }
        }
        if self.awaited.is_empty() {
            return;
        }
        for said in 0..running.synced().len() {
            let token = running.synced()[said] as u32;
            if let Some(at) = self.awaited.iter().position(|awaited| awaited.token == token) {
                let awaited = self.awaited.remove(at);
                let place = running.table(awaited.table).and_then(|table| table.get(token as usize).copied());
                reply(Reply { id: awaited.id, value: place.map_or(Value::Nothing, Value::Number) });
            }
        }
    }

    /// The oldest change that was not fetched yet. `[audio]`
    pub fn next_change(&mut self) -> Option<ChannelChange> {
        self.changes.pop_front()
    }

    /// How many changes were lost since the last call. `[audio]`
    pub fn take_lost(&mut self) -> u32 {
        std::mem::take(&mut self.lost)
    }
}
