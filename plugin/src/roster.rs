//! Which parameter of the present document is in which slot, and what a change of it means to a host.

use ksmps_core::params::{Param, SLOTS};

/// Which parameter of the document is in which slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    slots: Vec<Option<Param>>,
}

impl Roster {
    /// The roster of an engine's parameters; slots outside the bank are left out. [control]
    pub fn new(params: &[(usize, Param)]) -> Self {
        let mut slots = vec![None; SLOTS];
        for (slot, param) in params {
            if let Some(place) = slots.get_mut(*slot) {
                *place = Some(param.clone());
            }
        }
        Self { slots }
    }

    /// The parameter in a slot. [any]
    pub fn param(&self, slot: usize) -> Option<&Param> {
        self.slots.get(slot)?.as_ref()
    }

    /// Whether both have the same slots open to modulation per note, which hosts want to know beforehand. [any]
    pub fn modulates_as(&self, other: &Self) -> bool {
        let per_note = |param: &Option<Param>| param.as_ref().is_some_and(|param| param.per_note);
        self.slots.iter().map(per_note).eq(other.slots.iter().map(per_note))
    }
}

/// What a new roster changed for the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RosterChange {
    /// Names, ranges, texts, or which slots are in use.
    pub faces: bool,
    /// Which slots are open to modulation per note.
    pub per_note: bool,
}
