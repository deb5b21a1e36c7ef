//! Instances before they sound: how many of an instrument are free, and which opcodes one of them calls.

use super::offsets::{INSTRTXT_ACTIVE, INSTRTXT_FREE, csound, insds, midi_channel, text};
use super::{Layout, read};
use crate::raw::CSOUND;

/// More free instances of one instrument are not counted.
const FREE_MAX: usize = 4096;
/// Lines of an instrument that are looked at.
const LINES_MAX: usize = 100_000;
/// MIDI channels of a port.
const MIDI_CHANNELS: usize = 16;

impl Layout {
    /// What an instrument or a user-defined opcode is compiled to, null where there is none. Csound numbers opcodes as
    /// instruments, above all of these.
    ///
    /// # Safety
    /// As [`Layout::instrument_number`]; `number` is of an instrument, or was found in one ([`Layout::called_opcodes`]).
    unsafe fn compiled(self, cs: *mut CSOUND, number: u32) -> *const u8 {
        // SAFETY: part of CSOUND in the known build, and the list has a place for each number that there is.
        unsafe {
            let instruments = read::<*const *const u8>(cs.cast(), csound::INSTRTXTP);
            if instruments.is_null() { std::ptr::null() } else { *instruments.add(number as usize) }
        }
    }

    /// How many instances of it are free: a note that begins takes one of them and none is made. `[control]`
    ///
    /// # Safety
    /// As [`Layout::instrument_number`]; `number` is of an instrument, or was found in one ([`Layout::called_opcodes`]).
    pub unsafe fn free_instances(self, cs: *mut CSOUND, number: u32) -> usize {
        // SAFETY: the caller says so; an INSTRTXT has the chain of its free instances, which ends with null.
        unsafe {
            let compiled = self.compiled(cs, number);
            if compiled.is_null() {
                return 0;
            }
            let there = |instance: *const u8| (!instance.is_null()).then_some(instance);
            std::iter::successors(there(read(compiled, INSTRTXT_FREE)), |instance| {
                there(read(*instance, insds::NXTACT))
            })
            .take(FREE_MAX)
            .count()
        }
    }

    /// How many instances of it sound. `[control]`
    ///
    /// # Safety
    /// As [`Layout::free_instances`].
    pub unsafe fn active_instances(self, cs: *mut CSOUND, number: u32) -> usize {
        // SAFETY: the caller says so.
        unsafe {
            let compiled = self.compiled(cs, number);
            if compiled.is_null() { 0 } else { read::<i32>(compiled, INSTRTXT_ACTIVE).max(0) as usize }
        }
    }

    /// The numbers of the user-defined opcodes in its text, one for each call. `[control]`
    ///
    /// # Safety
    /// As [`Layout::free_instances`].
    pub unsafe fn called_opcodes(self, cs: *mut CSOUND, number: u32) -> Vec<u32> {
        // SAFETY: the caller says so; an INSTRTXT begins as each of its lines does: with the next line, and its text. A
        // line's OENTRY lives as long as the instance, and has an OPCODINFO where the opcode is user-defined.
        unsafe {
            let there = |line: *const u8| (!line.is_null()).then_some(line);
            let next = |line: *const u8| there(read(line, text::NEXT_LINE));
            let compiled = self.compiled(cs, number);
            let Some(first) = there(compiled).and_then(next) else { return Vec::new() };
            let called = |line: *const u8| {
                let entry = there(read(line, text::ENTRY))?;
                let opcode = there(read(entry, text::ENTRY_USER_OPCODE))?;
                u32::try_from(read::<i32>(opcode, text::USER_OPCODE_NUMBER)).ok()
            };
            std::iter::successors(Some(first), |line| next(*line))
                .take(LINES_MAX)
                .filter_map(called)
                .collect()
        }
    }

    /// The instruments that notes on the MIDI channels start, each once. `[control]`
    ///
    /// # Safety
    /// As [`Layout::instrument_number`]; the instance has started.
    pub unsafe fn midi_instruments(self, cs: *mut CSOUND) -> Vec<u32> {
        let mut numbers = Vec::new();
        for channel in 0..MIDI_CHANNELS {
            // SAFETY: CSOUND has a place for each channel in the known build; null where nothing was made yet.
            let number = unsafe {
                let found: *const u8 =
                    read(cs.cast(), csound::MIDI_CHANNELS + channel * size_of::<*const u8>());
                if found.is_null() { -1 } else { read::<i16>(found, midi_channel::INSTRUMENT) }
            };
            let Ok(number) = u32::try_from(number) else { continue };
            // SAFETY: the caller says so.
            let is_there = unsafe { self.has_instrument(cs, number) };
            if is_there && !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    }
}
