//! One call of an opcode, as its functions see it: arguments, the note it is in, what it keeps, how it fails.
//!
//! Csound calls C functions with a pointer to a block of memory. [`init`], [`perform`] and [`end_of`] are these
//! functions for any [`Opcode`]: they make a [`Call`] of the block, keep a panic from crossing into C, and turn a
//! [`Fault`] into Csound's own error message, which ends the note and nothing else.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::io::Write;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::super::buses::{BusError, Buses};
use super::super::instance::{HostData, host_of};
use super::super::layout::{Active, Layout};
use super::super::raw::CSOUND;
use super::Natives;

/// How long an error message can be, in bytes.
const MESSAGE_MAX: usize = 512;
/// As many arguments as Csound lets an opcode have, and its outputs.
pub(super) const ARGUMENTS_MAX: usize = 2000;

/// What an opcode's function comes to.
pub(super) type Outcome = Result<(), Fault>;

/// Why an opcode ends its note.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum Fault {
    #[error("{0}")]
    Bus(#[from] BusError),
    #[error("{0} is no bus token")]
    NoToken(f64),
    #[error("there is no table {0}")]
    NoTable(f64),
    #[error("there is no instrument {0}")]
    NoInstrument(Box<str>),
    #[error("the instrument has no p{0} to reach")]
    NoPfield(f64),
    #[error("there is no dictionary {0}")]
    NoDict(f64),
    #[error("there is no pool {0}")]
    NoPool(f64),
    #[error("there is no table {number} of {what} for {opcode}: make it before the note starts")]
    NoTableOf { opcode: &'static str, what: &'static str, number: f64 },
    #[error(
        "beadsynt has {0} frequencies, {1} amplitudes and {2} bandwidths: give it as many of each, and at least one"
    )]
    UnevenPartials(usize, usize, usize),
    #[error(
        "beadsynt is to play {wanted} partials, but there are only {have} {what}: give it more, or a smaller inumosc"
    )]
    TooFewForPartials { wanted: usize, have: usize, what: &'static str },
    #[error("unknown interpolation \"{0}\": linear, cos, cubic, smooth, smoother, floor or exp=x")]
    NoShape(Box<str>),
    /// What the orchestra itself has to say.
    #[error("{0}")]
    Said(Box<str>),
    #[error("{0}")]
    Misused(&'static str),
    #[error("the opcode failed")]
    Panicked,
}

/// An opcode whose block has room for `N` arguments, outputs first.
///
/// # Safety
/// `State` must be valid with all bytes zero and need no drop. Every entry that is made of the opcode must declare the
/// types of arguments that `init`, `perform` and `end` take from the call, and `N` must be enough for all of them.
pub(super) unsafe trait Opcode<const N: usize> {
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
pub(super) struct Block<S, const N: usize> {
    links: [*mut c_void; 4],
    text: *const u8,
    instance: *mut c_void,
    arguments: [*mut f64; N],
    end_wanted: bool,
    state: S,
}

/// Numbers that an opcode keeps and whose count its init pass knows: Csound's `AUXCH`.
#[repr(C)]
pub(super) struct Memory {
    next: *mut c_void,
    bytes: usize,
    start: *mut f64,
    end: *mut f64,
}

impl Memory {
    /// The numbers; none before [`Call::give_memory`].
    pub fn numbers(&mut self) -> &mut [f64] {
        if self.start.is_null() {
            return &mut [];
        }
        // SAFETY: Csound's memory of so many bytes, which it frees with the opcode's block and nobody else uses.
        unsafe { std::slice::from_raw_parts_mut(self.start, self.bytes / size_of::<f64>()) }
    }
}

/// Offsets in bytes inside `OPTXT`, what the opcode's line in the orchestra became.
const INPUT_COUNT: usize = 64;
const OUTPUT_COUNT: usize = 80;

/// Csound's `STRINGDAT`.
#[repr(C)]
struct Text {
    data: *mut c_char,
    size: c_int,
}

/// Csound's `ARRAYDAT`.
#[repr(C)]
struct Array {
    dimensions: c_int,
    sizes: *mut c_int,
    member_size: c_int,
    kind: *const c_void,
    data: *mut f64,
    allocated: usize,
}

/// One call of an opcode. Arguments are numbered from 0, outputs first.
pub(super) struct Call<'a, S, const N: usize> {
    cs: *mut CSOUND,
    layout: Layout,
    host: *mut HostData,
    instance: Active,
    block: &'a mut Block<S, N>,
    end: super::OpcodeFn,
}

impl<'a, S, const N: usize> Call<'a, S, N> {
    /// # Safety
    /// `block` is a block of this opcode in a live instance that has our opcodes, and `end` its function.
    unsafe fn new(cs: *mut CSOUND, block: *mut c_void, end: super::OpcodeFn) -> Option<Self> {
        // SAFETY: the caller says so; nobody else uses the block during the call.
        unsafe {
            let host = host_of(cs)?;
            let layout = (*host).natives.layout?;
            let block = &mut *block.cast::<Block<S, N>>();
            Some(Self { cs, layout, host, instance: Active::at(block.instance)?, block, end })
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

    fn count(&self, offset: usize) -> usize {
        // SAFETY: an opcode's OPTXT lives as long as the code it is compiled from, so as long as the note.
        unsafe { self.block.text.add(offset).cast::<u32>().read() as usize }
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
        // SAFETY: the host data outlives the instance, and nobody else uses its buses while an opcode runs.
        unsafe { &mut (*self.host).buses }
    }

    /// What our opcodes keep in the instance.
    pub fn natives(&mut self) -> &mut Natives {
        // SAFETY: as in `buses`.
        unsafe { &mut (*self.host).natives }
    }

    /// A period of a sine.
    pub fn sine(&self) -> &'a [Cell<f64>] {
        // SAFETY: as in `natives`; it is never changed.
        unsafe { &(*self.host).natives.sine }
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

/// # Safety
/// `data` is null or points at `len` numbers that live for `'a` and are used by this thread alone.
unsafe fn samples<'a>(data: *mut f64, len: usize) -> &'a [Cell<f64>] {
    if data.is_null() {
        return &[];
    }
    // SAFETY: the caller says so; a Cell of a number is like the number.
    unsafe { std::slice::from_raw_parts(data.cast(), len) }
}

/// Writes a C string into a buffer, cut where it is full.
fn c_message<'b>(buffer: &'b mut [u8; MESSAGE_MAX], message: std::fmt::Arguments<'_>) -> &'b CStr {
    let mut rest = &mut buffer[..MESSAGE_MAX - 1];
    // A message that is too long is cut, so this cannot matter.
    let _ = rest.write_fmt(message);
    CStr::from_bytes_until_nul(buffer).unwrap_or(c"")
}

/// Calls `function`, and `report`s what went wrong.
///
/// # Safety
/// Called by Csound with a block of `O`.
unsafe fn run<O: Opcode<N>, const N: usize>(
    cs: *mut CSOUND,
    block: *mut c_void,
    function: impl FnOnce(&mut Call<'_, O::State, N>) -> Outcome,
    report: impl FnOnce(Layout, &CStr) -> c_int,
) -> c_int {
    // SAFETY: the caller says so.
    let Some(mut call) = (unsafe { Call::<O::State, N>::new(cs, block, end_of::<O, N>) }) else { return -1 };
    let layout = call.layout;
    let fault = match catch_unwind(AssertUnwindSafe(|| function(&mut call))) {
        Ok(Ok(())) => return 0,
        Ok(Err(fault)) => fault,
        Err(_) => Fault::Panicked,
    };
    let mut buffer = [0; MESSAGE_MAX];
    report(layout, c_message(&mut buffer, format_args!("{fault}")))
}

/// # Safety
/// Called by Csound with a block of `O` when its note starts.
pub(super) unsafe extern "C" fn init<O: Opcode<N>, const N: usize>(
    cs: *mut CSOUND,
    block: *mut c_void,
) -> c_int {
    // SAFETY: the caller says so; the format takes one C string.
    unsafe {
        run::<O, N>(cs, block, O::init, |layout, text| {
            layout.init_error(cs)(cs, c"%s".as_ptr(), text.as_ptr())
        })
    }
}

/// # Safety
/// Called by Csound with a block of `O` in each cycle.
pub(super) unsafe extern "C" fn perform<O: Opcode<N>, const N: usize>(
    cs: *mut CSOUND,
    block: *mut c_void,
) -> c_int {
    // SAFETY: the caller says so; the format takes one C string.
    unsafe {
        run::<O, N>(cs, block, O::perform, |layout, text| {
            layout.perf_error(cs)(cs, block, c"%s".as_ptr(), text.as_ptr())
        })
    }
}

/// # Safety
/// Called by Csound with a block of `O` when its note has ended.
pub(super) unsafe extern "C" fn end_of<O: Opcode<N>, const N: usize>(
    cs: *mut CSOUND,
    block: *mut c_void,
) -> c_int {
    let end = |call: &mut Call<'_, O::State, N>| {
        call.block.end_wanted = false;
        O::end(call);
        Ok(())
    };
    // SAFETY: the caller says so.
    unsafe { run::<O, N>(cs, block, end, |_, _| 0) }
}
