//! Variables: the pools in which they stand by name (`CS_VAR_POOL`), and where their values lie.
//!
//! Nothing here is kept beyond the cycle in which it was found: instances come and go, and with them the texts that they
//! were compiled from. Before each value lies the address of its type; a value without it is not read.

use std::ffi::{CStr, c_char};
use std::ptr::NonNull;

use super::offsets::{TYPE_BEFORE_VALUE, csound, pool, variable};
use super::{Active, Layout, read};
use crate::raw::CSOUND;

/// Variables by name: those of an instrument, of a user-defined opcode, or the global ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pool(NonNull<u8>);

/// One variable in a pool (`CS_VARIABLE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VariableEntry(NonNull<u8>);

/// Where a value lies, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// One number.
    Number(*const f64),
    /// A number for each frame of a cycle.
    Sound(*const f64),
    /// Something else: a text, an array, a spectrum.
    Other,
}

impl Layout {
    /// The global variables. `[audio]`
    ///
    /// # Safety
    /// `cs` must be a live instance.
    pub unsafe fn globals(self, cs: *mut CSOUND) -> Option<Pool> {
        // SAFETY: part of CSOUND in the known build.
        Pool::new(unsafe { read::<*mut u8>(cs.cast(), csound::GLOBALS) })
    }

    /// A variable by its name, found through the pool's hash table: no more steps than names that share a place in it.
    /// `[audio]`
    ///
    /// # Safety
    /// `cs` must be a live instance that no other thread uses, and the pool one of its own.
    pub unsafe fn variable(self, cs: *mut CSOUND, of: Pool, name: &CStr) -> Option<VariableEntry> {
        // SAFETY: the caller says so; Csound reads the name and gives the entry that was put in under it, or null.
        let found = unsafe {
            let table = read::<*mut std::ffi::c_void>(of.0.as_ptr(), pool::TABLE);
            if table.is_null() {
                return None;
            }
            (self.internals.hash_table_get)(cs, table, name.as_ptr())
        };
        NonNull::new(found.cast()).map(VariableEntry)
    }
}

impl Pool {
    pub(super) fn new(address: *mut u8) -> Option<Self> {
        NonNull::new(address).map(Self)
    }

    /// How many variables it has. `[any]`
    pub fn count(self) -> usize {
        // SAFETY: a pool is made only from an instance's text or from the instance itself, in the known build.
        usize::try_from(unsafe { read::<i32>(self.0.as_ptr(), pool::COUNT) }).unwrap_or(0)
    }

    /// Its variables one by one, in the order in which they were made. `[control]`
    pub fn entries(self) -> impl Iterator<Item = VariableEntry> {
        // SAFETY: as in `count`; the list ends with null.
        let head = unsafe { read::<*mut u8>(self.0.as_ptr(), pool::HEAD) };
        std::iter::successors(NonNull::new(head).map(VariableEntry), |entry| entry.next())
    }

    /// Its own address. `[any]`
    pub fn address(self) -> *mut u8 {
        self.0.as_ptr()
    }
}

impl VariableEntry {
    fn get<T: Copy>(self, offset: usize) -> T {
        // SAFETY: an entry is made only from a pool of a live instance, in a build whose CS_VARIABLE has its fields at these
        // offsets, and used before that instance runs again.
        unsafe { read(self.0.as_ptr(), offset) }
    }

    fn next(self) -> Option<Self> {
        NonNull::new(self.get::<*mut u8>(variable::NEXT)).map(Self)
    }

    /// Whether it lies there. `[any]`
    pub fn is_at(self, address: *const std::ffi::c_void) -> bool {
        self.0.as_ptr().cast_const().cast() == address
    }

    /// Its name, as Csound holds it. `[any]`
    pub fn name(self) -> *const c_char {
        self.get(variable::NAME)
    }

    /// The name of its type, as Csound holds it; null where it has none. `[any]`
    pub fn type_name(self) -> *const c_char {
        let of: *const u8 = self.get(variable::TYPE);
        if of.is_null() {
            return std::ptr::null();
        }
        // SAFETY: a CS_TYPE begins with its name and lives as long as the instance of Csound.
        unsafe { read(of, 0) }
    }

    /// Where its value lies in an instance that begins its variables at `base`. `[audio]`
    pub fn place_from(self, base: *mut u8) -> *mut u8 {
        let index = usize::try_from(self.get::<i32>(variable::INDEX)).unwrap_or(0);
        base.wrapping_add(index * size_of::<f64>())
    }

    /// Where the value of a global one lies; null where it has no memory yet. `[audio]`
    pub fn global_place(self) -> *mut u8 {
        let memory: *mut u8 = self.get(variable::MEMORY);
        if memory.is_null() { memory } else { memory.wrapping_add(TYPE_BEFORE_VALUE) }
    }

    /// Whether a value of its type lies there. `[audio]`
    ///
    /// # Safety
    /// `place` must be one that [`Self::place_from`] or [`Self::global_place`] gave for a live instance, and not null.
    pub unsafe fn has_its_type(self, place: *const u8) -> bool {
        // SAFETY: the address of the type lies before each value of an instance and of a CS_VAR_MEM.
        let found = unsafe { read::<*const u8>(place.wrapping_sub(TYPE_BEFORE_VALUE), 0) };
        found == self.get(variable::TYPE)
    }

    /// Its value there; `None` where no value of its type lies there. `[audio]`
    ///
    /// # Safety
    /// As [`Self::has_its_type`].
    unsafe fn value(self, place: *mut u8) -> Option<Value> {
        // SAFETY: the caller says so; the type's name is a C string.
        let name = unsafe {
            if !self.has_its_type(place) || self.type_name().is_null() {
                return None;
            }
            CStr::from_ptr(self.type_name())
        };
        Some(match name.to_bytes() {
            b"i" | b"k" | b"r" => Value::Number(place.cast()),
            b"a" => Value::Sound(place.cast()),
            _ => Value::Other,
        })
    }

    /// The value of a global one; `None` where there is none yet. `[audio]`
    pub fn global_value(self) -> Option<Value> {
        let place = self.global_place();
        // SAFETY: a place of this entry, which is one of the instance's global variables.
        if place.is_null() { None } else { unsafe { self.value(place) } }
    }

    /// Its value in an instance that was compiled from the text that the entry is of; `None` where there is none.
    /// `[audio]`
    pub fn value_in(self, active: Active) -> Option<Value> {
        let base = active.variables();
        // SAFETY: a place of this entry in a live instance of its text.
        if base.is_null() { None } else { unsafe { self.value(self.place_from(base)) } }
    }
}
