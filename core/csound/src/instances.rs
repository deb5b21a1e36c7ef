//! Which of the sounding instances are meant, finding them, and stopping them.

use std::ffi::c_int;

use ksmps_data::verbs::Instances;

use crate::layout::{Active, Layout};
use crate::library::Api;
use crate::raw::CSOUND;

/// Places of the index, a power of two; instances beyond three quarters of it are searched one by one.
const INDEX_PLACES: usize = 8192;

pub(super) fn is_of(active: Active, instrument: i32) -> bool {
    i32::from(active.instrument()) == instrument
}

pub(super) fn is_meant(active: Active, which: Instances) -> bool {
    match which {
        Instances::Exactly(p1) => active.p1().to_bits() == p1.to_bits(),
        Instances::All(instrument) => is_of(active, instrument),
    }
}

/// # Safety
/// As [`Layout::active`].
pub(super) unsafe fn find(layout: Layout, cs: *mut CSOUND, p1: f64) -> Option<Active> {
    // SAFETY: the caller says so.
    unsafe { layout.active(cs) }.find(|active| is_meant(*active, Instances::Exactly(p1)))
}

/// Stops instances, with or without their release; none is fine.
pub(super) fn stop(api: &Api, cs: *mut CSOUND, which: Instances, release: bool) {
    const ALL: c_int = 0;
    const EXACT_FRACTION: c_int = 4;
    let (p1, mode) = match which {
        Instances::Exactly(p1) => (p1, EXACT_FRACTION),
        Instances::All(instrument) => (f64::from(instrument), ALL),
    };
    // SAFETY: a live instance on the thread that owns it; Csound's lock is recursive.
    unsafe { (api.kill_instance)(cs, p1, std::ptr::null(), mode, c_int::from(release)) };
}

/// The sounding instances of one cycle by p1.
pub(super) struct InstanceIndex {
    places: Box<[Option<(u64, Active)>]>,
    used: Vec<u32>,
    /// Some had no room.
    overflows: bool,
}

// SAFETY: the addresses are only followed inside the cycle they were collected in (`fill`, then `find`), by the
// thread that performs it.
unsafe impl Send for InstanceIndex {}

impl InstanceIndex {
    /// Room for [`INDEX_PLACES`]. `[control]`
    pub fn new() -> Self {
        Self {
            places: vec![None; INDEX_PLACES].into(),
            used: Vec::with_capacity(INDEX_PLACES),
            overflows: false,
        }
    }

    /// Puts instances in, in place of those before. `[audio]`
    pub fn fill(&mut self, mut instances: impl Iterator<Item = Active>) {
        for &place in &self.used {
            self.places[place as usize] = None;
        }
        self.used.clear();
        for active in instances.by_ref().take(INDEX_PLACES / 4 * 3) {
            let bits = active.p1().to_bits();
            let place = self.place_of(bits);
            // The first in order of evaluation stays, as in a search one by one.
            if self.places[place].is_none() {
                self.places[place] = Some((bits, active));
                self.used.push(place as u32);
            }
        }
        self.overflows = instances.next().is_some();
    }

    /// The first instance with this p1; `search` looks for it where some had no room. `[audio]`
    pub fn find(&self, p1: f64, search: impl FnOnce() -> Option<Active>) -> Option<Active> {
        let found = self.places[self.place_of(p1.to_bits())].map(|(_, active)| active);
        if self.overflows { found.or_else(search) } else { found }
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
