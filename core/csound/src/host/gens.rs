//! What an instance has beside its instruments: GEN routines with names, opcodes.

use std::ffi::{c_char, c_int};

use ksmps_data::opcode::Opcode;
use ksmps_data::verbs::Failure;

use super::instance::Instance;
use super::state::{Csound, State};
use crate::opcode_list::opcodes_of;
use crate::process::build_turn;
use crate::raw::structures::NamedGenEntry;

/// A GEN routine that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedGen {
    /// Its number.
    pub number: i32,
    /// Its name.
    pub name: String,
}

/// More are not looked at.
const NAMED_GENS_MAX: usize = 4096;

impl<S: State> Csound<S> {
    /// How long the name of a GEN routine is; `None` where it has none. `[any]`
    pub fn is_named_gen(&self, number: i32) -> Option<usize> {
        // SAFETY: live instance.
        let length = unsafe { (self.instance.more.is_named_gen)(self.instance.cs(), number) };
        usize::try_from(length).ok().filter(|length| *length > 0)
    }

    /// The name of a GEN routine; `None` where it has none. `[control]`
    pub fn named_gen(&self, number: i32) -> Option<String> {
        let length = self.is_named_gen(number)?;
        // Csound writes one byte more than it is told.
        let mut name = vec![0 as c_char; length + 2];
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance; there is room for the name and what Csound writes behind it.
        unsafe {
            (more.named_gen)(cs, number, name.as_mut_ptr(), c_int::try_from(length).ok()?);
            Instance::text(name.as_ptr())
        }
    }

    /// All GEN routines that have names. `[control]`
    pub fn named_gens(&self) -> Vec<NamedGen> {
        // SAFETY: live instance; the list and its names live as long as it does.
        unsafe {
            let first =
                (self.instance.more.named_gens)(self.instance.cs()).cast::<NamedGenEntry>().cast_const();
            let entries = std::iter::successors(first.as_ref(), |entry| entry.next.as_ref());
            let named = entries.take(NAMED_GENS_MAX).map(|entry| NamedGen {
                number: entry.number,
                name: Instance::text(entry.name).unwrap_or_default(),
            });
            named.collect()
        }
    }

    /// Every form of every opcode that this instance knows, in the order of names: once something is compiled, those of
    /// opcode libraries too. `[control]`
    ///
    /// # Errors
    /// [`Failure::Unavailable`] where Csound gives no list.
    pub fn opcodes(&self) -> Result<Vec<Opcode>, Failure> {
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        unsafe { opcodes_of(self.instance.api, self.instance.cs()) }
    }
}
