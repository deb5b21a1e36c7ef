//! What a call can ask of the engine that it is in: tables, buses, notes, messages.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int};

use ksmps_data::encoding::text_of;

use super::functions::{MESSAGE_MAX, c_message};
use super::{Call, Fault, Outcome, samples};
use crate::buses::Buses;
use crate::layout::Active;
use crate::opcodes::Natives;

impl<'a, S, const N: usize> Call<'a, S, N> {
    /// A table's numbers.
    pub fn table(&self, number: f64) -> Result<&'a [Cell<f64>], Fault> {
        let mut data = std::ptr::null_mut();
        // SAFETY: live instance on its own thread; the table stays while the opcode runs.
        let len = unsafe { (self.layout.api().table)(self.cs, &mut data, number as c_int) };
        match usize::try_from(len) {
            // SAFETY: Csound said how long the table is.
            Ok(len) if !data.is_null() => Ok(unsafe { samples(data.cast(), len) }),
            _ => Err(Fault::NoTable(number)),
        }
    }

    /// Says what sound is in a table; `false` where this build of Csound keeps that somewhere else.
    pub fn set_table_sound(&mut self, number: f64, rate: f64, channels: usize) -> Result<bool, Fault> {
        let samples = self.table(number)?;
        let start = samples.as_ptr().cast::<f64>().cast_mut();
        // SAFETY: live instance on its own thread, which has this table with these values.
        Ok(unsafe {
            self.layout.set_table_sound(self.cs, number as u32, (start, samples.len()), rate, channels)
        })
    }

    /// Says where the sound of a table loops, as a frame, and which MIDI key it is; the table was described before.
    pub fn set_table_loop(&mut self, number: f64, frame: usize, key: f64) -> Outcome {
        let samples = self.table(number)?;
        let start = samples.as_ptr().cast::<f64>().cast_mut();
        // SAFETY: live instance on its own thread, which has this table with these values.
        unsafe { self.layout.set_table_loop(self.cs, number as u32, (start, samples.len()), frame, key) };
        Ok(())
    }

    /// The engine's buses.
    pub fn buses(&mut self) -> &mut Buses {
        // SAFETY: the data outlives the instance, and nobody else uses its buses while an opcode runs.
        unsafe { &mut (*self.data).buses }
    }

    /// What our opcodes keep in the instance.
    pub fn natives(&mut self) -> &mut Natives {
        // SAFETY: as in `buses`.
        unsafe { &mut (*self.data).natives }
    }

    /// The sounding notes.
    pub fn active(&self) -> impl Iterator<Item = Active> + use<'a, S, N> {
        // SAFETY: this is the thread that performs, and no opcode of ours changes the list while it looks.
        unsafe { self.layout.active(self.cs) }
    }

    /// The number of a named instrument.
    pub fn instrument_number(&self, name: &CStr) -> Option<i32> {
        // SAFETY: live and compiled, on its own thread.
        unsafe { self.layout.instrument_number(self.cs, name) }
    }

    /// Frames per second.
    pub fn rate(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.layout.api().sr)(self.cs) }
    }

    /// A variable of the instance's environment; empty where there is none.
    pub fn environment(&self, name: &CStr) -> String {
        // SAFETY: live instance on its own thread; the answer is null or a C string of Csound's.
        unsafe {
            let value = (self.layout.api().env)(self.cs, name.as_ptr());
            if value.is_null() { String::new() } else { text_of(CStr::from_ptr(value).to_bytes()) }
        }
    }

    /// Starts a note of these p-fields.
    pub fn schedule(&mut self, pfields: &[f64]) {
        // SAFETY: live instance on its own thread; Csound copies the p-fields.
        unsafe {
            (self.layout.api().score_event)(self.cs, b'i' as c_char, pfields.as_ptr(), pfields.len() as _)
        };
    }

    /// Prints a line.
    pub fn print(&mut self, line: &str) {
        let mut buffer = [0; MESSAGE_MAX];
        let text = c_message(&mut buffer, format_args!("{line}\n"));
        // SAFETY: the format takes one C string, which is a local.
        unsafe { (self.layout.api().message)(self.cs, c"%s".as_ptr(), text.as_ptr()) };
    }
}
