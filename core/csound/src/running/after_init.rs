//! What is done inside a cycle after the init passes of its notes and before anything is performed.
//!
//! A p-field of a note that starts in the coming cycle cannot be written before that cycle: the note is not there
//! yet. Csound polls our MIDI read callback until it has nothing more, after every insertion and before any
//! performance (see `starts`); at the last poll the actions collected here are carried out, in the order they came.
//! So a write is in force in its cycle, even in the first one of a note.

use ksmps_data::verbs::Which;

use super::Running;
use super::channels::ChannelId;
use super::instances::{InstanceIndex, find, is_meant, is_of, stop};
use crate::layout::Layout;
use crate::places::{InstanceNumber, Places};
use crate::raw::CSOUND;

/// How many actions have room in one cycle without allocation.
pub const LATE_PER_CYCLE_MAX: usize = 8192;
/// From how many p-field actions on the sounding instances are put into an index first.
const INDEX_FROM: usize = 4;

/// Where the value of a [`Running::late_read`] is found after the cycle. It is of one engine and one cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateRead {
    instance: InstanceNumber,
    cycle: u32,
    index: usize,
}

#[derive(Debug, Clone, Copy)]
enum Action {
    Set { which: Which, index: usize, value: f64 },
    Read { which: Which, index: usize, value: Option<f64> },
    Stop { which: Which, release: bool },
    Channel { channel: ChannelId, value: f64 },
}

/// The actions of the coming cycle, and those of the last one until the next is begun.
pub(crate) struct AfterInit {
    instance: InstanceNumber,
    /// Counts the lists of actions.
    cycle: u32,
    layout: Option<Layout>,
    actions: Vec<Action>,
    done: bool,
    index: InstanceIndex,
}

impl AfterInit {
    /// Room for a cycle's actions. [control]
    pub fn new(instance: InstanceNumber) -> Self {
        Self {
            instance,
            cycle: 0,
            layout: None,
            actions: Vec::with_capacity(LATE_PER_CYCLE_MAX),
            done: false,
            index: InstanceIndex::new(),
        }
    }

    /// From now on actions are carried out. [control]
    pub fn enable(&mut self, layout: Option<Layout>) {
        self.layout = layout;
    }

    fn push(&mut self, action: Action) -> usize {
        if std::mem::take(&mut self.done) {
            self.actions.clear();
            self.cycle = self.cycle.wrapping_add(1);
        }
        self.actions.push(action);
        self.actions.len() - 1
    }

    /// Carries the actions out. [audio]
    ///
    /// # Safety
    /// `cs` is the live instance these actions belong to, on its performing thread, between insertion and
    /// performance of a cycle.
    pub unsafe fn carry_out(&mut self, cs: *mut CSOUND, channels: &Places<f64>) {
        if self.done {
            return;
        }
        self.done = true;
        let Some(layout) = self.layout else { return };
        let Self { actions, index, .. } = self;
        let pfield_actions = actions
            .iter()
            .filter(|action| matches!(action, Action::Set { .. } | Action::Read { .. }))
            .count();
        let mut indexed = false;
        for action in actions.iter_mut() {
            match action {
                Action::Set { which: Which::Exactly(p1), index: at, value } => {
                    if pfield_actions >= INDEX_FROM && !indexed {
                        // SAFETY: the caller says so; the list does not change until something is stopped.
                        index.fill(unsafe { layout.active(cs) });
                        indexed = true;
                    }
                    // SAFETY: as above.
                    let search = || unsafe { find(layout, cs, *p1) };
                    let found = if indexed { index.find(*p1, search) } else { search() };
                    if let Some(active) = found {
                        active.set_pfield(*at, *value);
                    }
                }
                Action::Set { which: Which::All(instrument), index: at, value } => {
                    // SAFETY: as above.
                    for active in unsafe { layout.active(cs) }.filter(|active| is_of(*active, *instrument)) {
                        active.set_pfield(*at, *value);
                    }
                }
                Action::Read { which, index: at, value } => {
                    // SAFETY: as above.
                    let mut instances = unsafe { layout.active(cs) };
                    *value = instances
                        .find(|active| is_meant(*active, *which))
                        .and_then(|found| found.pfield(*at));
                }
                Action::Stop { which, release } => {
                    stop(layout.api(), cs, *which, *release);
                    indexed = false;
                }
                Action::Channel { channel, value } => {
                    if let Some(place) = channels.get(channel.0) {
                        // SAFETY: a place of this instance, which does not perform now.
                        unsafe { place.write(*value) }
                    }
                }
            }
        }
    }
}

/// What is done inside the coming cycle, after its notes have started and before they sound.
impl Running {
    /// Writes p-field `index`; nothing happens where the instance or the p-field is not there. [audio]
    pub fn late_set_pfield(&mut self, which: Which, index: usize, value: f64) {
        self.raw.host().after_init.push(Action::Set { which, index, value });
    }

    /// Reads p-field `index`; of several instances the first in order of evaluation answers. [audio]
    pub fn late_read(&mut self, which: Which, index: usize) -> LateRead {
        let after_init = &mut self.raw.host().after_init;
        let index = after_init.push(Action::Read { which, index, value: None });
        LateRead { instance: after_init.instance, cycle: after_init.cycle, index }
    }

    /// What was read in the cycle just performed; `None` where there was no such instance or p-field, and where it was
    /// read by another engine or in an earlier cycle. [audio]
    pub fn late_value(&mut self, read: LateRead) -> Option<f64> {
        let after_init = &self.raw.host().after_init;
        if (read.instance, read.cycle) != (after_init.instance, after_init.cycle) {
            return None;
        }
        match after_init.actions.get(read.index) {
            Some(Action::Read { value, .. }) => *value,
            _ => None,
        }
    }

    /// Stops instances, those that start in this cycle too. [audio]
    pub fn late_stop(&mut self, which: Which, release: bool) {
        self.raw.host().after_init.push(Action::Stop { which, release });
    }

    /// Writes a control channel after the init passes of this cycle. [audio]
    pub fn late_set_channel(&mut self, channel: ChannelId, value: f64) {
        self.raw.host().after_init.push(Action::Channel { channel, value });
    }
}
