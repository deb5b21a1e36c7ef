//! Csound's tables as slices, and what a table knows of the sound in it.
//!
//! Csound's API gives a table's samples; the rate and the channels of the sound in it live in a structure (`FUNC`)
//! that only opcodes see. Its place is asked of Csound itself and believed only if the length, the number and the
//! samples' address that are seen there are the ones the API gives.

use std::ffi::c_int;

use super::Running;
use crate::layout::TableSound;

/// The GEN routines that read sound files. A negative number is the same routine without normalising.
const FROM_FILES: [f64; 2] = [1.0, 49.0];

/// Why a table's description was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFailure {
    /// There is no table of that number.
    Missing,
    /// This build of Csound keeps the description somewhere else.
    Layout,
}

impl Running {
    /// A table's values, without the guard point; the slice lives until Csound runs or compiles again. `[audio]`
    pub fn table(&self, number: u32) -> Option<&[f64]> {
        let (start, length) = self.table_place(number)?;
        // SAFETY: Csound gives the table's samples and their count; nothing that frees it runs while `self` is borrowed.
        Some(unsafe { std::slice::from_raw_parts(start, length) })
    }

    /// As [`Running::table`], to write. What is written sounds from the next cycle on. `[audio]`
    pub fn table_mut(&mut self, number: u32) -> Option<&mut [f64]> {
        let (start, length) = self.table_place(number)?;
        // SAFETY: as in `table`, and `self` is borrowed for writing.
        Some(unsafe { std::slice::from_raw_parts_mut(start, length) })
    }

    /// As [`Running::table`], with the guard point behind its end. `[audio]`
    pub fn table_and_guard(&self, number: u32) -> Option<&[f64]> {
        let (start, length) = self.table_place(number)?;
        // SAFETY: as in `table`; every table has one value more than its length.
        Some(unsafe { std::slice::from_raw_parts(start, length + 1) })
    }

    /// As [`Running::table_and_guard`], to write. `[audio]`
    pub fn table_and_guard_mut(&mut self, number: u32) -> Option<&mut [f64]> {
        let (start, length) = self.table_place(number)?;
        // SAFETY: as in `table_and_guard`, and `self` is borrowed for writing.
        Some(unsafe { std::slice::from_raw_parts_mut(start, length + 1) })
    }

    fn table_place(&self, number: u32) -> Option<(*mut f64, usize)> {
        let number = c_int::try_from(number).ok().filter(|&number| number > 0)?;
        let mut start = std::ptr::null_mut();
        // SAFETY: live instance owned by this thread; Csound writes the address and answers -1 where there is none.
        let length = unsafe { (self.raw.api.table)(self.raw.cs.as_ptr(), &mut start, number) };
        let length = usize::try_from(length).ok()?;
        (!start.is_null()).then_some((start, length))
    }

    /// Copies the last value behind the first again where a table wraps: the guard point that interpolating
    /// opcodes read. `[audio]`
    pub fn set_guard_point(&mut self, number: u32) {
        if let Some((start, length)) = self.table_place(number).filter(|&(_, length)| length > 0) {
            // SAFETY: every table has one value more than its length.
            unsafe { start.add(length).write(start.read()) };
        }
    }

    /// Whether a table was made by reading a sound file. `[audio]`
    pub fn is_from_file(&self, number: u32) -> bool {
        let Some(_) = self.table_place(number) else { return false };
        let mut arguments = std::ptr::null_mut();
        // SAFETY: live instance owned by this thread; Csound writes the address of what the table was made with, which
        // begins with the GEN routine's number, and answers how many numbers there are.
        let routine = unsafe {
            let count = (self.raw.api.table_args)(self.raw.cs.as_ptr(), &mut arguments, number as c_int);
            if count < 1 || arguments.is_null() {
                return false;
            }
            arguments.read()
        };
        FROM_FILES.contains(&routine.abs())
    }

    /// What a table says about its sound. `[control]`
    pub fn table_sound(&mut self, number: u32) -> Option<TableSound> {
        let (start, length) = self.table_place(number)?;
        let layout = self.raw.layout?;
        // SAFETY: live instance owned by this thread, and the table exists.
        unsafe { layout.table_sound(self.raw.cs.as_ptr(), number, start, length) }
    }

    /// Says what sound is in a table, as if it had been read from a file. `[control]`
    ///
    /// # Errors
    /// See [`TableFailure`].
    pub fn set_table_sound(&mut self, number: u32, rate: f64, channels: usize) -> Result<(), TableFailure> {
        let (start, length) = self.table_place(number).ok_or(TableFailure::Missing)?;
        let layout = self.raw.layout.ok_or(TableFailure::Layout)?;
        // SAFETY: live instance owned by this thread, and the table exists.
        let written =
            unsafe { layout.set_table_sound(self.raw.cs.as_ptr(), number, (start, length), rate, channels) };
        if written { Ok(()) } else { Err(TableFailure::Layout) }
    }
}
