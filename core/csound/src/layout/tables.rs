//! Tables (`FUNC`): what they say about the sound in them.

use super::offsets::{csound, func};
use super::{Layout, read, write};
use crate::raw::CSOUND;

/// What a table says about the sound in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TableSound {
    /// Frames per second; 0 where nobody said.
    pub rate: f64,
    /// Channels, interleaved.
    pub channels: usize,
    /// Frames.
    pub frames: usize,
}

impl Layout {
    /// A table's structure, if it is where it should be and agrees with what the API says.
    ///
    /// # Safety
    /// `cs` must be a live instance, used by no other thread, that has this table.
    unsafe fn table(self, cs: *mut CSOUND, number: u32, start: *mut f64, length: usize) -> Option<*mut u8> {
        type Find = unsafe extern "C" fn(*mut CSOUND, *mut f64) -> *mut u8;
        let mut argument = f64::from(number);
        // SAFETY: the field holds this function in the known build; it only reads the number of a table that exists.
        // A FUNC has its fields at these offsets there.
        unsafe {
            let table = read::<Find>(cs.cast(), csound::FT_NP2_FIND)(cs, &mut argument);
            let agrees = !table.is_null()
                && read::<u32>(table, func::FLEN) as usize == length
                && read::<i32>(table, func::FNO).unsigned_abs() == number
                && read::<*mut f64>(table, func::FTABLE) == start;
            agrees.then_some(table)
        }
    }

    /// What a table says about the sound in it. `[control]`
    ///
    /// # Safety
    /// As [`Layout::set_table_sound`].
    pub unsafe fn table_sound(
        self,
        cs: *mut CSOUND,
        number: u32,
        start: *mut f64,
        length: usize,
    ) -> Option<TableSound> {
        // SAFETY: the caller says so; the structure was found to agree.
        unsafe {
            let table = self.table(cs, number, start, length)?;
            let count = |offset| usize::try_from(read::<i32>(table, offset)).unwrap_or(0);
            let channels = count(func::NCHANLS).max(1);
            Some(TableSound {
                rate: read::<f64>(table, func::SAMPLE_RATE),
                channels,
                frames: length / channels,
            })
        }
    }

    /// Says what sound is in a table; `false` where the structure is not where it should be. `[control]`
    ///
    /// # Safety
    /// `cs` must be a live instance, used by no other thread, that has this table with these values.
    pub unsafe fn set_table_sound(
        self,
        cs: *mut CSOUND,
        number: u32,
        (start, length): (*mut f64, usize),
        rate: f64,
        channels: usize,
    ) -> bool {
        // Csound's LOFACT: what turns a rate relative to the orchestra's into an increment.
        const LOFACT: f64 = 1024.0;
        // SAFETY: the caller says so; the structure was found to agree.
        unsafe {
            let Some(table) = self.table(cs, number, start, length) else { return false };
            let channels = channels.max(1);
            let frames = (length / channels) as i32;
            write(table, func::NCHANLS, channels as i32);
            write(table, func::FLENFRMS, frames);
            write(table, func::SOUNDEND, frames);
            write(table, func::SAMPLE_RATE, rate);
            if rate > 0.0 {
                write(table, func::CVTBAS, LOFACT * rate / (self.api.sr)(cs));
            }
            true
        }
    }

    /// Says where a described table's sound loops, from a frame to its end, and which MIDI key it is. `[control]`
    ///
    /// # Safety
    /// As [`Layout::set_table_sound`].
    pub unsafe fn set_table_loop(
        self,
        cs: *mut CSOUND,
        number: u32,
        (start, length): (*mut f64, usize),
        frame: usize,
        key: f64,
    ) {
        // SAFETY: the caller says so; the structure was found to agree.
        unsafe {
            let Some(table) = self.table(cs, number, start, length) else { return };
            let frames = read::<i32>(table, func::FLENFRMS);
            let natural = ((key - 69.0) / 12.0).exp2() * (self.api.a4)(cs);
            write(table, func::CPSCVT, read::<f64>(table, func::CVTBAS) / natural);
            write(table, func::LOOPMODE1, i16::from(frame > 0));
            write(table, func::BEGIN1, i32::try_from(frame).unwrap_or(i32::MAX).min(frames));
            write(table, func::END1, frames);
        }
    }
}
