//! An opcode, and the memory that each of its calls has.

use super::{Call, Outcome};
use crate::raw::structures::{OpcodeHead, OpcodeMemory};

/// An opcode whose block has room for `N` arguments, outputs first.
///
/// # Safety
/// `State` must be valid with all bytes zero and need no drop. Every entry that is made of the opcode must declare the
/// types of arguments that `init`, `perform` and `end` take from the call, and `N` must be enough for all of them.
pub(crate) unsafe trait Opcode<const N: usize> {
    /// What a call of the opcode keeps from cycle to cycle.
    type State;

    /// When the note starts.
    fn init(_: &mut Call<'_, Self::State, N>) -> Outcome {
        Ok(())
    }

    /// In each cycle.
    fn perform(_: &mut Call<'_, Self::State, N>) -> Outcome {
        Ok(())
    }

    /// When the note has ended, if `init` asked for it ([`Call::want_end`]).
    fn end(_: &mut Call<'_, Self::State, N>) {}
}

/// The memory of one opcode in one note: Csound's `OPDS`, a pointer per argument, then what is ours.
#[repr(C)]
pub(crate) struct Block<S, const N: usize> {
    pub head: OpcodeHead,
    pub arguments: [*mut f64; N],
    pub end_wanted: bool,
    pub state: S,
}

/// Numbers that an opcode keeps and whose count its init pass knows.
#[repr(transparent)]
pub(crate) struct Memory(OpcodeMemory);

impl Memory {
    /// The numbers; none before [`Call::give_memory`].
    pub fn numbers(&mut self) -> &mut [f64] {
        let OpcodeMemory { start, bytes, .. } = self.0;
        if start.is_null() {
            return &mut [];
        }
        // SAFETY: Csound's memory of so many bytes, which it frees with the opcode's block and nobody else uses.
        unsafe { std::slice::from_raw_parts_mut(start, bytes / size_of::<f64>()) }
    }
}
