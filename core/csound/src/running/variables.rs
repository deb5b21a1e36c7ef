//! What variables of sounding instances hold, between cycles.

use std::ffi::CStr;

use ksmps_data::watched::{VariableScope, WhichVoice};

use super::Running;
use crate::instances::is_of;
use crate::layout::{Active, Value};
use crate::variables::{Held, Variables, VariablesProven};

/// One that has variables.
#[derive(Clone, Copy)]
enum Owner {
    /// The instance of Csound, of which they are global.
    All,
    /// A sounding instance.
    One(Active),
}

impl Running {
    /// Has variables seen from now on; `false` where the layout of this instance is not known. `[control]`
    pub fn see_variables(&mut self, _: VariablesProven) -> bool {
        self.sees_variables = self.raw.layout.is_some();
        self.sees_variables
    }

    /// Tells what variables hold after the last cycle, each by its number; of an instrument or opcode of which several
    /// instances sound, those of one. Nothing is told before [`Running::see_variables`]. `[audio]`
    pub fn read_variables(
        &self,
        variables: &Variables,
        which: WhichVoice,
        mut each: impl FnMut(usize, Held<'_>),
    ) {
        if !self.sees_variables {
            return;
        }
        for (scope, names) in variables.scopes() {
            let owner = match scope {
                VariableScope::Global => Some(Owner::All),
                VariableScope::Instrument(number) => {
                    // One of several names has a number of its own, and the same text.
                    let text = self.instrument_text(*number);
                    let is_meant = |active: &Active| is_of(*active, *number) || active.text() == text;
                    let sounding = self.active().filter(is_meant);
                    chosen(sounding.map(|active| (active, active)), which)
                }
                VariableScope::Opcode(name) => {
                    let newest = |caller: Active| {
                        caller
                            .callees()
                            .find(|callee| callee.is_of_opcode(name))
                            .map(|callee| (caller, callee))
                    };
                    chosen(self.active().filter_map(newest), which)
                }
            };
            for (number, name) in names {
                each(number, owner.map_or(Held::Silent, |owner| self.held(owner, name)));
            }
        }
    }

    /// What a global variable holds that has one number; `None` where there is none of this name, and before
    /// [`Running::see_variables`]. `[control]`
    pub fn global_number(&self, name: &CStr) -> Option<f64> {
        match self.sees_variables.then(|| self.held(Owner::All, name))? {
            Held::Number(number) => Some(number),
            _ => None,
        }
    }

    /// What instances of an instrument are made of now; null where there is none, which no instance is made of.
    fn instrument_text(&self, number: i32) -> *const u8 {
        let (layout, number) = (self.raw.layout, u32::try_from(number).unwrap_or(0));
        // SAFETY: live, compiled instance owned by this thread.
        layout.map_or(std::ptr::null(), |layout| unsafe {
            layout.instrument_text(self.raw.cs.as_ptr(), number)
        })
    }

    fn held(&self, owner: Owner, name: &CStr) -> Held<'_> {
        let Some(layout) = self.raw.layout else { return Held::Unknown };
        let cs = self.raw.cs.as_ptr();
        let pool = match owner {
            // SAFETY: live instance owned by this thread.
            Owner::All => unsafe { layout.globals(cs) },
            Owner::One(active) => active.pool(),
        };
        // SAFETY: live instance owned by this thread; the pool is its own, or that of one of its sounding instances.
        let entry = pool.and_then(|pool| unsafe { layout.variable(cs, pool, name) });
        let (value, frames) = match (entry, owner) {
            (None, _) => return Held::Unknown,
            (Some(entry), Owner::All) => (entry.global_value(), self.ksmps),
            (Some(entry), Owner::One(active)) => {
                (entry.value_in(active), (active.ksmps() as usize).min(self.ksmps))
            }
        };
        match value {
            None => Held::Unknown,
            // SAFETY: the value has the tag of its type before it, and lives until Csound runs again, which borrows `self`
            // for writing.
            Some(Value::Number(place)) => Held::Number(unsafe { place.read() }),
            // SAFETY: as above; a sound has a number for each frame of a cycle of Csound, of which no instance has more.
            Some(Value::Sound(place)) => Held::Sound(unsafe { std::slice::from_raw_parts(place, frames) }),
            Some(Value::Other) => Held::Other,
        }
    }
}

/// The one that is meant: of instances that began at the same time the last in order of evaluation is the newest.
fn chosen(mut sounding: impl Iterator<Item = (Active, Active)>, which: WhichVoice) -> Option<Owner> {
    let (_, owner) = match which {
        WhichVoice::Newest => {
            sounding.max_by(|(one, _), (other, _)| one.began().total_cmp(&other.began()))?
        }
        WhichVoice::Number(number) => sounding.nth(number as usize)?,
    };
    Some(Owner::One(owner))
}
