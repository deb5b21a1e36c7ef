//! What is done inside a cycle, between Csound's insertions and its performance.
//!
//! A p-field of a note that starts in the coming cycle cannot be written before that cycle: the note is not there
//! yet. Csound polls our MIDI read callback until it has nothing more, after every insertion and before any
//! performance (see `starts`); at the last poll the actions collected here are carried out, in the order they came.
//! So a write is in force in its cycle, even in the first one of a note.

use std::ffi::c_int;

use ksmps_data::verbs::Which;

use super::channels::ChannelId;
use super::layout::{Active, Layout};
use super::library::Api;
use super::places::{InstanceNumber, Places};
use super::raw::CSOUND;
use super::running::Running;

/// How many actions have room in one cycle without allocation.
pub const LATE_PER_CYCLE_MAX: usize = 8192;
/// From how many p-field actions on the sounding instances are put into an index first.
const INDEX_FROM: usize = 4;
/// Places of the index, a power of two; instances beyond three quarters of it are searched one by one.
const INDEX_PLACES: usize = 8192;

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
pub(super) struct Late {
    instance: InstanceNumber,
    /// Counts the lists of actions.
    cycle: u32,
    layout: Option<Layout>,
    actions: Vec<Action>,
    done: bool,
    index: Index,
}

impl Late {
    /// Room for a cycle's actions. [control]
    pub fn new(instance: InstanceNumber) -> Self {
        Self {
            instance,
            cycle: 0,
            layout: None,
            actions: Vec::with_capacity(LATE_PER_CYCLE_MAX),
            done: false,
            index: Index::new(),
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
                    let found = if indexed { index.find(*p1) } else { unsafe { find(layout, cs, *p1) } };
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

fn is_of(active: Active, instrument: i32) -> bool {
    i32::from(active.instrument()) == instrument
}

fn is_meant(active: Active, which: Which) -> bool {
    match which {
        Which::Exactly(p1) => active.p1().to_bits() == p1.to_bits(),
        Which::All(instrument) => is_of(active, instrument),
    }
}

/// # Safety
/// As [`Layout::active`].
unsafe fn find(layout: Layout, cs: *mut CSOUND, p1: f64) -> Option<Active> {
    // SAFETY: the caller says so.
    unsafe { layout.active(cs) }.find(|active| is_meant(*active, Which::Exactly(p1)))
}

/// Stops instances, with or without their release; none is fine.
fn stop(api: &Api, cs: *mut CSOUND, which: Which, release: bool) {
    const ALL: c_int = 0;
    const EXACT_FRACTION: c_int = 4;
    let (p1, mode) = match which {
        Which::Exactly(p1) => (p1, EXACT_FRACTION),
        Which::All(instrument) => (f64::from(instrument), ALL),
    };
    // SAFETY: a live instance on the thread that owns it; Csound's lock is recursive.
    unsafe { (api.kill_instance)(cs, p1, std::ptr::null(), mode, c_int::from(release)) };
}

/// The sounding instances of one cycle by p1.
struct Index {
    places: Box<[Option<(u64, Active)>]>,
    used: Vec<u32>,
}

// SAFETY: the addresses are only followed inside the cycle they were collected in (`fill`, then `find`), by the
// thread that performs it.
unsafe impl Send for Index {}

impl Index {
    fn new() -> Self {
        Self { places: vec![None; INDEX_PLACES].into(), used: Vec::with_capacity(INDEX_PLACES) }
    }

    fn fill(&mut self, instances: impl Iterator<Item = Active>) {
        for &place in &self.used {
            self.places[place as usize] = None;
        }
        self.used.clear();
        for active in instances.take(INDEX_PLACES / 4 * 3) {
            let bits = active.p1().to_bits();
            let place = self.place_of(bits);
            // The first in order of evaluation stays, as in a search one by one.
            if self.places[place].is_none() {
                self.places[place] = Some((bits, active));
                self.used.push(place as u32);
            }
        }
    }

    fn find(&self, p1: f64) -> Option<Active> {
        self.places[self.place_of(p1.to_bits())].map(|(_, active)| active)
    }

    /// The place that holds these bits, or the empty one where they belong. There always is one: the index is
    /// never filled wholly.
    fn place_of(&self, bits: u64) -> usize {
        let mut place = (bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % INDEX_PLACES;
        while self.places[place].is_some_and(|(found, _)| found != bits) {
            place = (place + 1) % INDEX_PLACES;
        }
        place
    }
}

/// What is done inside the coming cycle, after its notes have started and before they sound.
impl Running {
    /// Writes p-field `index`; nothing happens where the instance or the p-field is not there. [audio]
    pub fn late_set_pfield(&mut self, which: Which, index: usize, value: f64) {
        self.raw.host().late.push(Action::Set { which, index, value });
    }

    /// Reads p-field `index`; of several instances the first in order of evaluation answers. [audio]
    pub fn late_read(&mut self, which: Which, index: usize) -> LateRead {
        let late = &mut self.raw.host().late;
        let index = late.push(Action::Read { which, index, value: None });
        LateRead { instance: late.instance, cycle: late.cycle, index }
    }

    /// What was read in the cycle just performed; `None` where there was no such instance or p-field, and where it was
    /// read by another engine or in an earlier cycle. [audio]
    pub fn late_value(&mut self, read: LateRead) -> Option<f64> {
        let late = &self.raw.host().late;
        if (read.instance, read.cycle) != (late.instance, late.cycle) {
            return None;
        }
        match late.actions.get(read.index) {
            Some(Action::Read { value, .. }) => *value,
            _ => None,
        }
    }

    /// Stops instances, those that start in this cycle too. [audio]
    pub fn late_stop(&mut self, which: Which, release: bool) {
        self.raw.host().late.push(Action::Stop { which, release });
    }

    /// Writes a control channel after the init passes of this cycle. [audio]
    pub fn late_set_channel(&mut self, channel: ChannelId, value: f64) {
        self.raw.host().late.push(Action::Channel { channel, value });
    }

    /// Stops instances before the coming cycle, with or without their release; none is fine. [audio]
    pub fn stop_now(&mut self, which: Which, release: bool) {
        // Csound prints a warning where there is none: look first.
        if self.find_which(which) {
            stop(self.raw.api, self.raw.cs.as_ptr(), which, release);
        }
    }

    /// Sends a score event for Csound's own queue: `pfields` begins with p1, p2 counts from now in seconds. Events
    /// go one cycle each, in the order they are sent. [audio]
    pub fn send_event(&mut self, kind: u8, pfields: &[f64]) {
        let count = pfields.len().min(super::running::PFIELDS_MAX);
        // SAFETY: live instance owned by this thread; Csound copies the p-fields.
        unsafe {
            (self.raw.api.score_event)(
                self.raw.cs.as_ptr(),
                kind as std::ffi::c_char,
                pfields.as_ptr(),
                count as _,
            );
        }
    }

    fn find_which(&self, which: Which) -> bool {
        let cs = self.raw.cs.as_ptr();
        // SAFETY: live instance owned by this thread, not performing now.
        self.raw
            .layout
            .is_none_or(|layout| unsafe { layout.active(cs) }.any(|active| is_meant(active, which)))
    }
}
