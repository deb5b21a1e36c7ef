//! Opcodes of our own, in every instance: what orchestras written for csoundengine expect to find.
//!
//! Buses (`busin` `busout` `busmix` `busassign`), p-fields of other notes (`pread` `pwrite` `uniqinstance`), what
//! happens at a note's end (`atstop`), curves (`interp1d` `bisect` `getrowlin`), stores (`dict_*` `pool_*`), partials
//! that fill a band (`beosc` `beadsynt`), Python code (`py…`), and a few small ones. An opcode is a type that implements [`call::Opcode`];
//! [`FAMILIES`] says which names and types of arguments it answers to. They are added before anything is compiled, so an
//! orchestra that uses none of them does not notice; one that means something else by such a name gets its own
//! ([`names`]).
//!
//! [`patches`] stand before a few of Csound's own opcodes.
//!
//! What an opcode keeps beyond its note lives in [`Natives`], beside the instance, and outlives it: Csound ends every
//! sounding note while it is destroyed.

mod array_bounds;
mod at_end;
mod beads;
mod bus;
mod call;
mod curve;
mod data;
mod dict;
mod errors;
mod names;
mod partial;
pub(super) mod patches;
mod pfield;
mod pool;
mod programs;
mod python;
mod room_size;
mod signal;
mod table;

use std::ffi::{CStr, c_int};
use std::mem::size_of;
use std::sync::LazyLock;

use super::layout::{AppendOpcodesFn, Layout};
use super::raw::{CSOUND, OpcodeFn};
use call::{Block, Opcode, init, perform};
pub(super) use data::OpcodeData;
pub(super) use names::make_room;
use names::{own_definition, registered};
pub use programs::refuse_programs;
pub(super) use python::Engine as PythonEngine;
pub use python::Python;

/// What our opcodes keep in an instance.
#[derive(Default)]
pub(crate) struct Natives {
    /// `None` where the layout is not proven: then no opcode was added.
    layout: Option<Layout>,
    append: Option<AppendOpcodesFn>,
    dicts: dict::Dicts,
    pools: pool::Pools,
    /// How many sources of random numbers have begun: each has numbers of its own, the same in each run.
    noises: u64,
    /// Where the document runs Python.
    pub python: Option<PythonEngine>,
    /// The instance is being destroyed: nothing can be scheduled any more.
    pub closing: bool,
}

impl Natives {
    /// Whether our opcodes are there. `[any]`
    pub fn are_there(&self) -> bool {
        self.layout.is_some()
    }
}

/// When an opcode runs: Csound's `thread`.
#[derive(Clone, Copy)]
enum When {
    /// In the init pass alone.
    Init = 1,
    /// In each cycle alone.
    Cycles = 2,
    /// In both.
    Both = 3,
}

/// One form of an opcode.
struct Entry {
    name: &'static CStr,
    out_types: &'static CStr,
    /// Never ends in `o`: Csound looks for a user-defined opcode of the same types by adding one, and would mix it
    /// with an opcode in C that has them (6.18.1 crashes when such an instrument is compiled).
    in_types: &'static CStr,
    when: When,
    size: usize,
    init: OpcodeFn,
    perform: OpcodeFn,
}

/// The entry of an opcode whose block has room for `N` arguments.
const fn entry<O: Opcode<N>, const N: usize>(
    name: &'static CStr,
    out_types: &'static CStr,
    in_types: &'static CStr,
    when: When,
) -> Entry {
    let types = in_types.to_bytes();
    assert!(
        types.is_empty() || types[types.len() - 1] != b'o',
        "types that a user-defined opcode could have"
    );
    let size = size_of::<Block<O::State, N>>();
    assert!(size < 0xfff0, "Csound keeps the size in 16 bits");
    Entry { name, out_types, in_types, when, size, init: init::<O, N>, perform: perform::<O, N> }
}

/// Opcodes that belong together: all of them are added, or none where a plugin brought one of the names already.
/// Within a name the order decides: the first form whose types fit is taken.
const FAMILIES: [&[Entry]; 11] = [
    bus::ENTRIES,
    pfield::ENTRIES,
    at_end::ENTRIES,
    curve::ENTRIES,
    errors::ENTRIES,
    dict::ENTRIES,
    pool::ENTRIES,
    signal::ENTRIES,
    table::ENTRIES,
    table::ROW_ENTRIES,
    beads::ENTRIES,
];

/// Adds our opcodes to an instance. `[control]`
///
/// # Safety
/// `cs` is live, of the known layout, owned by this thread, has compiled nothing yet, and its host data is where the
/// returned value is going to be.
pub(super) unsafe fn install(cs: *mut CSOUND, layout: Layout) -> Natives {
    // SAFETY: the caller says so; names and types are static, as Csound keeps pointers to them.
    unsafe {
        if !layout.functions_agree(cs) {
            return Natives::default();
        }
        for family in FAMILIES {
            if family.iter().all(|entry| registered(cs, layout, entry.name).is_none()) {
                for entry in family {
                    append(cs, layout, entry);
                }
            }
        }
        // Another library's are not used.
        let python = || python::FAMILY.into_iter().flatten();
        python().for_each(|entry| names::take_away(cs, layout, entry.name));
        python().for_each(|entry| append(cs, layout, entry));
        let append = layout.wrap_append_opcodes(cs, own_definition);
        // No note waits for it.
        LazyLock::force(&partial::SINE);
        Natives { layout: Some(layout), append: Some(append), ..Natives::default() }
    }
}

/// # Safety
/// As [`install`].
unsafe fn append(cs: *mut CSOUND, layout: Layout, entry: &Entry) {
    let Entry { name, out_types, in_types, when, size, .. } = entry;
    let init = (!matches!(when, When::Cycles)).then_some(entry.init);
    let perform = (!matches!(when, When::Init)).then_some(entry.perform);
    // SAFETY: the functions take the block that has this size. It fails without memory alone, and then an orchestra
    // that uses the name does not compile.
    unsafe {
        (layout.api().append_opcode)(
            cs,
            name.as_ptr(),
            *size as c_int,
            0,
            *when as c_int,
            out_types.as_ptr(),
            in_types.as_ptr(),
            init,
            perform,
            None,
        )
    };
}
