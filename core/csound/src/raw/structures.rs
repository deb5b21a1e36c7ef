//! Csound's structures as its opcodes see them: 6.18.1, 64-bit, numbers of 8 bytes.
//!
//! Fields of larger structures that are reached by their offsets alone are in `layout/offsets.rs`.

use std::ffi::{c_char, c_int, c_void};

use super::OpcodeFn;

/// `OENTRY`: one form of an opcode.
#[repr(C)]
pub(crate) struct OpcodeEntry {
    pub name: *const c_char,
    pub block_size: u16,
    pub flags: u16,
    pub thread: u8,
    pub out_types: *const c_char,
    pub in_types: *const c_char,
    pub init: Option<OpcodeFn>,
    pub perform: Option<OpcodeFn>,
    pub audio: Option<OpcodeFn>,
    pub user_info: *mut c_void,
}

/// `CONS_CELL`: a link of a list of opcode entries.
#[repr(C)]
pub(crate) struct OpcodeCell {
    pub entry: *const OpcodeEntry,
    pub next: *mut OpcodeCell,
}

/// `OPDS`: the start of every opcode's block. A pointer for each argument follows, outputs first.
#[repr(C)]
pub(crate) struct OpcodeHead {
    pub links: [*mut c_void; 4],
    /// `OPTXT`, what the opcode's line in the orchestra became.
    pub text: *const u8,
    /// The instance (`INSDS`) that runs.
    pub instance: *mut c_void,
}

/// Offsets in bytes inside `OPTXT`: how many arguments there are, each a `u32`.
pub(crate) const INPUT_COUNT: usize = 64;
pub(crate) const OUTPUT_COUNT: usize = 80;

/// `STRINGDAT`: a text, as an argument and as what a text channel holds.
#[repr(C)]
pub(crate) struct Text {
    pub data: *mut c_char,
    /// Bytes that there is room for.
    pub size: c_int,
}

/// `ARRAYDAT`: an array.
#[repr(C)]
pub(crate) struct Array {
    pub dimensions: c_int,
    pub sizes: *mut c_int,
    pub member_size: c_int,
    pub kind: *const c_void,
    pub data: *mut f64,
    pub allocated: usize,
}

/// `AUXCH`: memory of an opcode, which Csound frees with its block.
#[repr(C)]
pub(crate) struct OpcodeMemory {
    pub next: *mut c_void,
    pub bytes: usize,
    pub start: *mut f64,
    pub end: *mut f64,
}

/// `CS_AUDIODEVICE` as 6.18 has it; csound-sys has texts of half the length, and Csound would write behind them.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct AudioDeviceEntry {
    pub name: [c_char; 128],
    pub id: [c_char; 128],
    pub module: [c_char; 128],
    pub channels: c_int,
    pub is_output: c_int,
}

/// `CS_MIDIDEVICE`, likewise.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct MidiDeviceEntry {
    pub name: [c_char; 128],
    pub interface: [c_char; 128],
    pub id: [c_char; 128],
    pub module: [c_char; 128],
    pub is_output: c_int,
}

const _: () = assert!(size_of::<AudioDeviceEntry>() == 392 && size_of::<MidiDeviceEntry>() == 516);

/// `RTCLOCK`; csound-sys has `long`, which is half as long on Windows.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    pub real: i64,
    pub cpu: i64,
}

/// `WINDAT`: a graph.
#[repr(C)]
pub(crate) struct GraphData {
    /// The host's own; Csound only keeps it.
    pub window: usize,
    pub values: *const f64,
    pub count: i32,
    pub caption: [c_char; 60],
    pub waits: i16,
    pub polarity: i16,
    pub max: f64,
    pub min: f64,
    pub absolute_max: f64,
    pub scale: f64,
    pub has_middle: c_int,
    pub skips_check: c_int,
}

/// `NAMEDGEN`: a link of the list of GEN routines that have names.
#[repr(C)]
pub(crate) struct NamedGenEntry {
    pub name: *const c_char,
    pub number: c_int,
    pub next: *const NamedGenEntry,
}
