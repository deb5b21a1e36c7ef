//! Function tables of a playing instance.

use std::ffi::c_int;

use super::state::{Csound, Performing};

/// There is no such table, or it has no such place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no table {0}, or it has no room there")]
pub struct NoTable(pub u32);

impl Csound<Performing> {
    /// A table's values, without the guard point behind them; `None` where there is no such table. `[audio]`
    pub fn table(&self, table: u32) -> Option<&[f64]> {
        // SAFETY: Csound gives the values and their count; nothing that frees them runs while `self` is borrowed.
        self.table_place(table).map(|(start, length)| unsafe { std::slice::from_raw_parts(start, length) })
    }

    /// As [`Csound::table`], to write. `[audio]`
    pub fn table_mut(&mut self, table: u32) -> Option<&mut [f64]> {
        // SAFETY: as in `table`, and `self` is borrowed for writing.
        self.table_place(table)
            .map(|(start, length)| unsafe { std::slice::from_raw_parts_mut(start, length) })
    }

    /// What a table was made with: the number of its GEN routine, and its arguments. `[audio]`
    pub fn table_args(&self, table: u32) -> Option<&[f64]> {
        self.table_place(table)?;
        let (mut start, number) = (std::ptr::null_mut(), c_int::try_from(table).ok()?);
        // SAFETY: live instance; Csound writes the address of what the table was made with, and answers how many.
        let count = unsafe { (self.instance.api.table_args)(self.instance.cs(), &mut start, number) };
        let count = usize::try_from(count).ok().filter(|_| !start.is_null())?;
        // SAFETY: as said above; nothing that frees them runs while `self` is borrowed.
        Some(unsafe { std::slice::from_raw_parts(start, count) })
    }

    /// How many values a table has, without the guard point. `[audio]`
    pub fn table_length(&self, table: u32) -> Option<usize> {
        self.table_place(table).map(|(_, length)| length)
    }

    /// One value of a table; the one behind the last is the guard point. `[audio]`
    pub fn table_get(&self, table: u32, index: usize) -> Option<f64> {
        let (start, length) = self.table_place(table)?;
        // SAFETY: every table has one value more than its length.
        (index <= length).then(|| unsafe { start.add(index).read() })
    }

    /// Writes one value of a table; the one behind the last is the guard point. `[audio]`
    ///
    /// # Errors
    /// See [`NoTable`].
    pub fn table_set(&mut self, table: u32, index: usize, value: f64) -> Result<(), NoTable> {
        let (start, length) = self.table_place(table).ok_or(NoTable(table))?;
        if index > length {
            return Err(NoTable(table));
        }
        // SAFETY: as in `table_get`, and `self` is borrowed for writing.
        unsafe { start.add(index).write(value) };
        Ok(())
    }

    /// Writes a table from its beginning on; what there is no room for is left out. `[audio]`
    ///
    /// # Errors
    /// See [`NoTable`].
    pub fn table_copy_in(&mut self, table: u32, values: &[f64]) -> Result<(), NoTable> {
        let places = self.table_mut(table).ok_or(NoTable(table))?;
        let count = places.len().min(values.len());
        places[..count].copy_from_slice(&values[..count]);
        Ok(())
    }

    /// Copies a table's values; gives how many fitted. `[audio]`
    ///
    /// # Errors
    /// See [`NoTable`].
    pub fn table_copy_out(&self, table: u32, values: &mut [f64]) -> Result<usize, NoTable> {
        let places = self.table(table).ok_or(NoTable(table))?;
        let count = places.len().min(values.len());
        values[..count].copy_from_slice(&places[..count]);
        Ok(count)
    }

    fn table_place(&self, table: u32) -> Option<(*mut f64, usize)> {
        let number = c_int::try_from(table).ok().filter(|number| *number > 0)?;
        let mut start = std::ptr::null_mut();
        // SAFETY: live instance; Csound writes the address and answers -1 where there is none.
        let length = unsafe { (self.instance.api.table)(self.instance.cs(), &mut start, number) };
        let length = usize::try_from(length).ok()?;
        (!start.is_null()).then_some((start, length))
    }
}
