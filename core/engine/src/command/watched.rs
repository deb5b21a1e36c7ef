//! Values that are to be watched.

use std::ffi::CStr;

use serde::{Deserialize, Serialize};

use ksmps_csound::Variables;
use ksmps_data::verbs::BusToken;
use ksmps_data::watched::{VariableScope, WatchReading, WhichVoice};

use super::super::seen::Span;
use super::ChannelIndex;

/// All values that are watched, in place of those before. It goes to the engine in a box, is used there, and comes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WatchList {
    /// Its number, which each of its readings has.
    pub number: u32,
    /// Which voice variables of instruments are read of.
    pub voice: WhichVoice,
    /// Frames between two readings of a value, at least; with 0 there is one after each cycle.
    pub every_frames: u32,
    /// What is watched, [`WATCHED_MAX`](ksmps_data::watched::WATCHED_MAX) at most.
    pub places: Vec<WatchPlace>,
    /// What the engine works with.
    #[serde(skip)]
    pub(in super::super) room: WatchRoom,
}

/// A value that is watched, as the engine finds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum WatchPlace {
    /// A variable.
    Variable {
        /// Where it stands.
        scope: VariableScope,
        /// Its name.
        name: Box<CStr>,
    },
    /// A control channel.
    Channel(ChannelIndex),
    /// A bus.
    Bus(BusToken),
    /// A place of a table, from 0.
    Table(u32, usize),
    /// Something whose name the engine does not know.
    Unknown,
}

/// What an engine works with while it watches.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in super::super) struct WatchRoom {
    /// The variables, each by its place in the list.
    pub variables: Variables,
    /// What was seen of each value since its last reading.
    pub spans: Vec<Span>,
    /// Frames since the last readings.
    pub frames: u32,
}

impl WatchList {
    /// A list with room for what the engine works with. `[control]`
    pub fn new(number: u32, voice: WhichVoice, every_frames: u32, places: Vec<WatchPlace>) -> Self {
        let mut list = Self { number, voice, every_frames, places, room: WatchRoom::default() };
        list.make_room();
        list
    }

    /// Makes room for what the engine works with, where the list came without. `[control]`
    pub(super) fn make_room(&mut self) {
        let variables = self.places.iter().enumerate().filter_map(|(at, place)| match place {
            WatchPlace::Variable { scope, name } => Some((at, scope.clone(), name.clone())),
            _ => None,
        });
        self.room = WatchRoom {
            variables: Variables::new(variables),
            spans: vec![Span::default(); self.places.len()],
            frames: 0,
        };
    }

    /// The readings of all values since the last ones. `[audio]`
    pub(in super::super) fn take_readings(&mut self) -> impl Iterator<Item = WatchReading> + '_ {
        let list = self.number;
        let spans = self.room.spans.iter_mut().map(std::mem::take);
        (0..).zip(spans).map(move |(watch, span)| span.reading(list, watch))
    }
}
