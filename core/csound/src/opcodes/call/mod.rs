//! One call of an opcode, as its functions see it: arguments, the note it is in, what it keeps, how it fails.
//!
//! Csound calls C functions with a pointer to a block of memory. [`functions`] has these functions for any [`Opcode`]:
//! they make a [`Call`] of the block.

mod arguments;
mod block;
mod engine;
mod fault;
mod functions;

use std::cell::Cell;
use std::ffi::c_void;

use crate::layout::{Active, Layout};
use crate::opcodes::data::{OpcodeData, data_of};
use crate::raw::{CSOUND, OpcodeFn};
pub(super) use block::{Block, Memory, Opcode};
pub(super) use fault::Fault;
pub(super) use functions::{init, perform};

/// As many arguments as Csound lets an opcode have, and its outputs.
pub(super) const ARGUMENTS_MAX: usize = 2000;

/// What an opcode's function comes to.
pub(super) type Outcome = Result<(), Fault>;

/// One call of an opcode. Arguments are numbered from 0, outputs first.
pub(super) struct Call<'a, S, const N: usize> {
    cs: *mut CSOUND,
    layout: Layout,
    data: *mut OpcodeData,
    instance: Active,
    block: &'a mut Block<S, N>,
    end: OpcodeFn,
}

impl<'a, S, const N: usize> Call<'a, S, N> {
    /// # Safety
    /// `block` is a block of this opcode in a live instance that has our opcodes, and `end` its function.
    unsafe fn new(cs: *mut CSOUND, block: *mut c_void, end: OpcodeFn) -> Option<Self> {
        // SAFETY: the caller says so; nobody else uses the block during the call.
        unsafe {
            let data = data_of(cs)?;
            let layout = (*data).natives.layout?;
            let block = &mut *block.cast::<Block<S, N>>();
            Some(Self { cs, layout, data, instance: Active::at(block.head.instance)?, block, end })
        }
    }

    /// What this call keeps.
    pub fn state(&mut self) -> &mut S {
        &mut self.block.state
    }

    /// Has `end` called when the note has ended.
    pub fn want_end(&mut self) {
        if !std::mem::replace(&mut self.block.end_wanted, true) {
            let block: *mut Block<S, N> = self.block;
            // SAFETY: the block is an opcode of this instance in its init pass (only `init` calls this).
            unsafe { self.layout.register_deinit(self.cs, block.cast(), self.end) };
        }
    }

    /// Gives a part of the state so many numbers, all 0. In `init` alone; allocates where it had another count.
    pub fn give_memory(&mut self, part: impl FnOnce(&mut S) -> &mut Memory, count: usize) {
        let memory: *mut Memory = part(&mut self.block.state);
        // SAFETY: it lies in the block, whose bytes were 0 at first (a Memory is never made or moved elsewhere), and
        // this is the block's init pass.
        unsafe {
            self.layout.allocate_for_opcode(self.cs, memory.cast(), count.max(1) * size_of::<f64>());
        }
    }
}

/// # Safety
/// `data` is null or points at `len` numbers that live for `'a` and are used by this thread alone.
unsafe fn samples<'a>(data: *mut f64, len: usize) -> &'a [Cell<f64>] {
    if data.is_null() {
        return &[];
    }
    // SAFETY: the caller says so; a Cell of a number is like the number.
    unsafe { std::slice::from_raw_parts(data.cast(), len) }
}
