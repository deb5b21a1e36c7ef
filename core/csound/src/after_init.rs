//! What is done inside a cycle after the init passes of its notes and before anything is performed.
//!
//! A p-field of a note that starts in the coming cycle cannot be written before that cycle: the note is not there
//! yet. Csound polls our MIDI read callback until it has nothing more, after every insertion and before any
//! performance (see `starts`); at the last poll the actions collected here are carried out, in the order they came.
//! So a write is in force in its cycle, even in the first one of a note.

use ksmps_data::verbs::Instances;

use crate::instances::{InstanceIndex, find, is_meant, is_of, stop};
use crate::layout::Layout;
use crate::places::{Handle, InstanceNumber, Places};
use crate::raw::CSOUND;

/// How many actions have room in one cycle without allocation.
pub const AFTER_INIT_PER_CYCLE_MAX: usize = 8192;
/// Room for those of commands and for as many again of each of a document's and a project's session.
const ROOM: usize = 3 * AFTER_INIT_PER_CYCLE_MAX;
/// From how many p-field actions on the sounding instances are put into an index first.
const INDEX_FROM: usize = 4;

/// Where the value of a [`Running::read_pfield_after_init`](crate::Running::read_pfield_after_init) is found after the cycle. It is of one engine and one cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PfieldRead {
    instance: InstanceNumber,
    cycle: u32,
    index: usize,
}

/// Something to be done in the coming cycle.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action {
    Set { which: Instances, index: usize, value: f64 },
    Read { which: Instances, index: usize, value: Option<f64> },
    Stop { which: Instances, release: bool },
    Channel { channel: Handle, value: f64 },
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
    /// Room for a cycle's actions. `[control]`
    pub fn new(instance: InstanceNumber) -> Self {
        Self {
            instance,
            cycle: 0,
            layout: None,
            actions: Vec::with_capacity(ROOM),
            done: false,
            index: InstanceIndex::new(),
        }
    }

    /// From now on actions are carried out. `[control]`
    pub fn enable(&mut self, layout: Option<Layout>) {
        self.layout = layout;
    }

    /// One more action for the coming cycle; gives its place in the list. One too many is left out. `[audio]`
    pub fn push(&mut self, action: Action) -> usize {
        if std::mem::take(&mut self.done) {
            self.actions.clear();
            self.cycle = self.cycle.wrapping_add(1);
        }
        if self.actions.len() < self.actions.capacity() {
            self.actions.push(action);
            self.actions.len() - 1
        } else {
            usize::MAX
        }
    }

    /// Whether anything is to be done in the coming cycle. `[audio]`
    pub fn has_any(&self) -> bool {
        !self.done && !self.actions.is_empty()
    }

    /// Reads p-field `index` in the coming cycle. `[audio]`
    pub fn read(&mut self, which: Instances, index: usize) -> PfieldRead {
        let index = self.push(Action::Read { which, index, value: None });
        PfieldRead { instance: self.instance, cycle: self.cycle, index }
    }

    /// What was read in the cycle just performed. `[audio]`
    pub fn value(&self, read: PfieldRead) -> Option<f64> {
        if (read.instance, read.cycle) != (self.instance, self.cycle) {
            return None;
        }
        match self.actions.get(read.index) {
            Some(Action::Read { value, .. }) => *value,
            _ => None,
        }
    }

    /// Carries the actions out. `[audio]`
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
                Action::Set { which: Instances::Exactly(p1), index: at, value } => {
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
                Action::Set { which: Instances::All(instrument), index: at, value } => {
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
                    if let Some(place) = channels.get(*channel) {
                        // SAFETY: a place of this instance, which does not perform now.
                        unsafe { place.write(*value) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_without_room_are_left_out_and_nothing_is_allocated() {
        let mut after_init = AfterInit::new(InstanceNumber::next());
        let room = after_init.actions.capacity();
        for number in 0..room {
            assert_eq!(
                after_init.push(Action::Stop { which: Instances::Exactly(1.0), release: true }),
                number
            );
        }
        let read = after_init.read(Instances::Exactly(1.0), 4);
        assert_eq!((after_init.actions.len(), after_init.actions.capacity()), (room, room));
        assert_eq!(after_init.value(read), None);
    }
}
