//! Wrappers round a few of Csound's own opcodes, put in place before anything is compiled.
//!
//! * `outch` applies a start offset twice where it is the cycle's first writer (6.18.1; 196 of 200 onsets were
//!   wrong). The wrapper makes it not the first: the cycle's output is zero by then anyway.
//! * `setcol` writes beyond its array; [`array_bounds`] stands before it, as [`room_size`] before `babo`.
//! * `schedule` and `event_i` start instances in the cycle of the note that calls them. The wrapper remembers which
//!   note that was, so that the instance starts at the note's frame too.
//! * `system` and `system_i` are an error where programs are refused ([`programs`]).

use std::ffi::{CStr, c_int, c_void};

use super::array_bounds;
use super::data::data_of;
use super::programs;
use super::room_size;
use crate::layout::{Active, Layout};
use crate::raw::structures::{OpcodeEntry, OpcodeHead, Text};
use crate::raw::{CSOUND, OpcodeFn};

/// Where an opcode's arguments say which instrument starts, and when.
#[derive(Clone, Copy)]
struct Starter {
    name: &'static CStr,
    in_types: &'static CStr,
    instrument: Instrument,
    when: usize,
}

/// Which argument names the instrument, and how.
#[derive(Clone, Copy)]
enum Instrument {
    Number(usize),
    Name(usize),
}

/// The opcodes that start instances from an init pass.
const STARTERS: [Starter; 6] = {
    const fn starter(
        name: &'static CStr,
        in_types: &'static CStr,
        instrument: Instrument,
        when: usize,
    ) -> Starter {
        Starter { name, in_types, instrument, when }
    }
    [
        starter(c"schedule", c"iiim", Instrument::Number(0), 1),
        starter(c"schedule", c"iiiN", Instrument::Number(0), 1),
        starter(c"schedule", c"Siim", Instrument::Name(0), 1),
        starter(c"schedule", c"SiiN", Instrument::Name(0), 1),
        starter(c"event_i", c"Sim", Instrument::Number(1), 2),
        starter(c"event_i", c"SSm", Instrument::Name(1), 2),
    ]
};

/// The functions that the wrappers stand before. `None` where an opcode was not found and not wrapped.
#[derive(Default)]
pub(crate) struct Originals {
    pub layout: Option<Layout>,
    outch: Option<OpcodeFn>,
    /// `outch` keeps its defect: what was recorded with it is to sound as it was recorded.
    pub outch_as_it_is: bool,
    starters: [Option<OpcodeFn>; STARTERS.len()],
    pub set_column: array_bounds::SetColumn,
    pub room: room_size::Init,
}

/// Puts the wrappers into an instance's opcode entries. `[control]`
///
/// # Safety
/// `cs` is live, of the known layout, owned by this thread, and has compiled nothing yet.
pub(crate) unsafe fn install(cs: *mut CSOUND, layout: Layout) -> Originals {
    const WRAPPERS: [OpcodeFn; STARTERS.len()] =
        [starter::<0>, starter::<1>, starter::<2>, starter::<3>, starter::<4>, starter::<5>];
    let mut originals = Originals { layout: Some(layout), ..Originals::default() };
    // SAFETY: the caller says so; the names and types are those of Csound's own table.
    unsafe {
        if let Some(entry) = entry(cs, layout, c"outch", c"", c"Z") {
            originals.outch = entry.perform.replace(outch);
        }
        if let Some(entry) = entry(cs, layout, c"setcol", c"k[]", c"k[]k") {
            originals.set_column.perform = entry.perform.replace(array_bounds::perform);
        }
        if let Some(entry) = entry(cs, layout, c"setcol", c"i[]", c"i[]i") {
            originals.set_column.init = entry.init.replace(array_bounds::init);
        }
        if let Some(entry) = entry(cs, layout, c"babo", c"aa", c"akkkiiijj") {
            originals.room = entry.init.replace(room_size::init);
        }
        for (name, out_types, in_types) in programs::FORMS.into_iter().filter(|_| programs::are_refused()) {
            if let Some(entry) = entry(cs, layout, name, out_types, in_types) {
                entry.init = Some(programs::init);
            }
        }
        for (index, starter) in STARTERS.iter().enumerate() {
            if let Some(entry) = entry(cs, layout, starter.name, c"", starter.in_types) {
                originals.starters[index] = entry.init.replace(WRAPPERS[index]);
            }
        }
    }
    originals
}

/// This instance's entry of an opcode.
///
/// # Safety
/// As [`install`].
unsafe fn entry<'a>(
    cs: *mut CSOUND,
    layout: Layout,
    name: &CStr,
    out_types: &CStr,
    in_types: &CStr,
) -> Option<&'a mut OpcodeEntry> {
    let find = layout.internals().find_opcode_exact;
    // SAFETY: Csound only reads the strings; the entry lives as long as the instance.
    unsafe { find(cs, name.as_ptr(), out_types.as_ptr(), in_types.as_ptr()).cast::<OpcodeEntry>().as_mut() }
}

/// The block of an opcode that starts instances, as far as it is looked at.
#[repr(C)]
struct Starting {
    head: OpcodeHead,
    arguments: [*mut f64; 3],
}

/// # Safety
/// Called by Csound with a block of `outch`.
unsafe extern "C" fn outch(cs: *mut CSOUND, block: *mut c_void) -> c_int {
    // SAFETY: the wrapper is only in place where the original and the layout were found.
    unsafe {
        let Some(data) = data_of(cs) else { return 0 };
        let patches = &(*data).patches;
        let (Some(layout), Some(original)) = (patches.layout, patches.outch) else { return 0 };
        let cures = !patches.outch_as_it_is;
        if cures
            && Active::at((*block.cast::<OpcodeHead>()).instance)
                .is_some_and(|instance| instance.offset() > 0)
        {
            layout.claim_spout(cs);
        }
        original(cs, block)
    }
}

/// Calls the original and remembers the instance it will start.
///
/// # Safety
/// Called by Csound with a block of `STARTERS[INDEX]`, in an init pass.
unsafe extern "C" fn starter<const INDEX: usize>(cs: *mut CSOUND, block: *mut c_void) -> c_int {
    let Starter { instrument, when, .. } = STARTERS[INDEX];
    // SAFETY: the wrapper is only in place where the original and the layout were found; the opcode has the
    // arguments its entry in STARTERS says.
    unsafe {
        let Some(data) = data_of(cs) else { return 0 };
        let patches = &(*data).patches;
        let (Some(layout), Some(original)) = (patches.layout, patches.starters[INDEX]) else { return 0 };
        let result = original(cs, block);
        let Starting { head, arguments } = &*block.cast::<Starting>();
        let now = arguments[when].as_ref().is_some_and(|&when| when <= 0.0);
        if result == 0 && now {
            let p1 = match instrument {
                Instrument::Number(index) => arguments[index].as_ref().copied(),
                Instrument::Name(index) => {
                    let name = (*arguments[index].cast::<Text>()).data;
                    layout.instrument_number(cs, CStr::from_ptr(name)).map(f64::from)
                }
            };
            if let (Some(p1), Some(parent)) = (p1, Active::at(head.instance)) {
                (*data).starts.child(p1, parent.p1());
            }
        }
        result
    }
}
