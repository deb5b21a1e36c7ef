//! A call's arguments: numbers, texts, audio, arrays. They are numbered from 0, outputs first.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int};
use std::ops::Range;

use super::{Call, samples};
use crate::layout::seen;
use crate::raw::structures::{Array, INPUT_COUNT, OUTPUT_COUNT, Text};

impl<'a, S, const N: usize> Call<'a, S, N> {
    fn count(&self, offset: usize) -> usize {
        // SAFETY: an opcode's OPTXT lives as long as the code it is compiled from, so as long as the note.
        unsafe { self.block.head.text.add(offset).cast::<u32>().read() as usize }
    }

    /// How many arguments it has, with its outputs.
    pub fn arguments(&self) -> usize {
        (self.count(INPUT_COUNT) + self.count(OUTPUT_COUNT)).min(N)
    }

    /// Whether it has this argument.
    pub fn has(&self, index: usize) -> bool {
        index < self.arguments() && !self.block.arguments[index].is_null()
    }

    fn argument(&self, index: usize) -> *mut f64 {
        self.block.arguments.get(index).copied().unwrap_or(std::ptr::null_mut())
    }

    /// A number.
    pub fn number(&self, index: usize) -> f64 {
        // SAFETY: an argument that is there is a number at least 8 bytes large, of any type.
        unsafe { self.argument(index).as_ref().copied().unwrap_or(0.0) }
    }

    /// Writes an output that is a number.
    pub fn set(&mut self, index: usize, value: f64) {
        // SAFETY: as in `number`.
        if let Some(output) = unsafe { self.argument(index).as_mut() } {
            *output = value;
        }
    }

    /// Whether an argument of a mixed list is a text.
    pub fn is_text(&self, index: usize) -> bool {
        // SAFETY: an argument of an opcode of this instance.
        self.has(index) && unsafe { self.layout.is_text(self.cs, self.argument(index)) }
    }

    /// The letter of an argument's type: `k` for a variable that changes in each cycle, `c` for a constant.
    pub fn type_letter(&self, index: usize) -> u8 {
        // SAFETY: as in `is_text`.
        if self.has(index) { unsafe { self.layout.type_letter(self.cs, self.argument(index)) } } else { 0 }
    }

    /// The opcode's name and line as they stand in the compiled orchestra.
    pub fn opcode_name_and_line(&self) -> (&'a CStr, u16) {
        let text = self.block.head.text;
        // SAFETY: an opcode's OPTXT has its line and its name, a C string, and lives as long as the note.
        unsafe {
            let name = text.add(seen::TEXT_NAME).cast::<*const c_char>().read();
            let line = text.add(seen::TEXT_LINE).cast::<u16>().read();
            (if name.is_null() { c"" } else { CStr::from_ptr(name) }, line)
        }
    }

    /// Where the instance lies, which is only compared; no two that sound are at one place.
    pub fn instance_address(&self) -> usize {
        self.instance.address() as usize
    }

    /// Where the opcode's block lies, which is only compared.
    pub fn block_address(&self) -> usize {
        std::ptr::from_ref(&*self.block) as usize
    }

    /// Whether this is the orchestra's header.
    pub fn is_in_header(&self) -> bool {
        self.instance.instrument() == 0
    }

    /// A text; empty where it is not UTF-8.
    pub fn text(&self, index: usize) -> &'a str {
        self.c_text(index).to_str().unwrap_or("")
    }

    /// A text as Csound has it.
    pub fn c_text(&self, index: usize) -> &'a CStr {
        // SAFETY: the opcode's entry says that this argument is a text, so it is a STRINGDAT whose data is a C string
        // that stays while the opcode runs.
        unsafe {
            match self.argument(index).cast::<Text>().as_ref() {
                Some(text) if !text.data.is_null() => CStr::from_ptr(text.data),
                _ => c"",
            }
        }
    }

    /// Writes an output that is a text. Allocates where it is longer than any before.
    pub fn set_text(&mut self, index: usize, value: &str) {
        let value = value.split('\0').next().unwrap_or("");
        // SAFETY: as in `c_text`; Csound's memory is enlarged before it is written.
        unsafe {
            let Some(text) = self.argument(index).cast::<Text>().as_mut() else { return };
            let needed = value.len() + 1;
            if text.data.is_null() || usize::try_from(text.size).unwrap_or(0) < needed {
                let memory = self.layout.allocate(self.cs, text.data.cast(), needed);
                if memory.is_null() {
                    return;
                }
                (text.data, text.size) = (memory.cast(), needed as c_int);
            }
            std::ptr::copy_nonoverlapping(value.as_ptr(), text.data.cast(), value.len());
            text.data.add(value.len()).write(0);
        }
    }

    /// Frames in a cycle of this note.
    pub fn ksmps(&self) -> usize {
        self.instance.ksmps() as usize
    }

    /// The frames of the cycle in which the note sounds.
    pub fn span(&self) -> Range<usize> {
        let end = self.ksmps().saturating_sub(self.instance.early() as usize);
        (self.instance.offset() as usize).min(end)..end
    }

    /// Audio, a cycle of this note long; an output may be the same as an input.
    pub fn signal(&self, index: usize) -> &'a [Cell<f64>] {
        // SAFETY: the opcode's entry says that this argument is audio, which has room for a whole cycle of the engine,
        // of which this note's is a part.
        unsafe { samples(self.argument(index), self.ksmps()) }
    }

    /// Frames of a cycle of the engine that were performed before this note's present one: 0 unless it has a ksmps of
    /// its own.
    pub fn place(&self) -> usize {
        // SAFETY: live and started, else nothing would perform.
        let (engine_ksmps, channels, base) = unsafe {
            (
                (self.layout.api().ksmps)(self.cs) as usize,
                (self.layout.api().nchnls)(self.cs) as usize,
                self.layout.spraw(self.cs),
            )
        };
        let ahead = (self.instance.spout() as usize).wrapping_sub(base as usize) / size_of::<f64>();
        let place = ahead / channels.max(1);
        // A `subinstr` writes into a buffer of its own; its cycles are the engine's.
        if place + self.ksmps() <= engine_ksmps { place } else { 0 }
    }

    /// The elements of a one-dimensional array of numbers; empty for any other.
    pub fn array(&self, index: usize) -> &'a [Cell<f64>] {
        // SAFETY: the opcode's entry says that this argument is an array; its numbers stay while the opcode runs.
        unsafe {
            match self.argument(index).cast::<Array>().as_ref() {
                Some(array) if array.dimensions == 1 && array.member_size as usize == size_of::<f64>() => {
                    samples(array.data, usize::try_from(*array.sizes).unwrap_or(0))
                }
                _ => &[],
            }
        }
    }

    /// A two-dimensional array of numbers, row by row, and the length of a row; empty for any other.
    pub fn matrix(&self, index: usize) -> (&'a [Cell<f64>], usize) {
        // SAFETY: as in `array`; there is a size for each dimension.
        unsafe {
            match self.argument(index).cast::<Array>().as_ref() {
                Some(array) if array.dimensions == 2 && array.member_size as usize == size_of::<f64>() => {
                    let size = |dimension| usize::try_from(*array.sizes.add(dimension)).unwrap_or(0);
                    (samples(array.data, size(0) * size(1)), size(1))
                }
                _ => (&[], 0),
            }
        }
    }

    /// The elements of a one-dimensional array of audio, each with room for a cycle of the engine.
    pub fn signals(&self, index: usize) -> impl Iterator<Item = &'a [Cell<f64>]> + use<'a, S, N> {
        let ksmps = self.ksmps();
        // SAFETY: as in `array`; an element of an audio array has room for a cycle.
        let (data, step, count) = unsafe {
            match self.argument(index).cast::<Array>().as_ref() {
                Some(array)
                    if array.dimensions == 1 && array.member_size as usize >= ksmps * size_of::<f64>() =>
                {
                    (
                        array.data,
                        array.member_size as usize / size_of::<f64>(),
                        usize::try_from(*array.sizes).unwrap_or(0),
                    )
                }
                _ => (std::ptr::null_mut(), 0, 0),
            }
        };
        let count = if data.is_null() { 0 } else { count };
        // SAFETY: within the array.
        (0..count).map(move |element| unsafe { samples(data.add(element * step), ksmps) })
    }

    /// Gives an output array of numbers one dimension of this length. Allocates where it grows.
    pub fn resize(&mut self, index: usize, len: usize) {
        // SAFETY: as in `array`; Csound's memory is enlarged before its size is told.
        unsafe {
            let Some(array) = self.argument(index).cast::<Array>().as_mut() else { return };
            let bytes = len.max(1) * size_of::<f64>();
            if array.dimensions == 0 || array.sizes.is_null() {
                array.sizes = self.layout.allocate(self.cs, std::ptr::null_mut(), size_of::<c_int>()).cast();
                array.dimensions = 1;
            }
            if array.data.is_null() || array.allocated < bytes {
                array.data = self.layout.allocate(self.cs, array.data.cast(), bytes).cast();
                array.allocated = bytes;
                std::ptr::write_bytes(array.data, 0, len.max(1));
            }
            array.member_size = size_of::<f64>() as c_int;
            if array.dimensions == 1 {
                *array.sizes = len as c_int;
            }
        }
    }
}
