//! Which parameter of the present document is in which slot, and what a change of it means to a host.

use ksmps_core::params::{Param, SLOTS};

/// Which parameter of the document is in which slot.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamList {
    slots: Vec<Option<Param>>,
}

impl ParamList {
    /// The list of an engine's parameters; slots outside the bank are left out. `[control]`
    pub fn new(params: &[(usize, Param)]) -> Self {
        let mut slots = vec![None; SLOTS];
        for (slot, param) in params {
            if let Some(place) = slots.get_mut(*slot) {
                *place = Some(param.clone());
            }
        }
        Self { slots }
    }

    /// The parameter in a slot. `[any]`
    pub fn param(&self, slot: usize) -> Option<&Param> {
        self.slots.get(slot)?.as_ref()
    }

    /// What is another in `other`, of what a host knows. `[any]`
    pub fn change_to(&self, other: &Self) -> ParamListChange {
        let per_note = |param: &Option<Param>| param.as_ref().is_some_and(|param| param.per_note);
        ParamListChange {
            shown: self != other,
            per_note: !self.slots.iter().map(per_note).eq(other.slots.iter().map(per_note)),
        }
    }
}

/// What a new list changed for the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParamListChange {
    /// Names, ranges, texts, or which slots are in use.
    pub shown: bool,
    /// Which slots are open to modulation per note; hosts want to know that before they activate the plugin.
    pub per_note: bool,
}
