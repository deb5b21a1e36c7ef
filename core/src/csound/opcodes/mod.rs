//! Opcodes of our own, in every instance: what orchestras written for csoundengine expect to find.
//!
//! Buses (`busin` `busout` `busmix` `busassign`), p-fields of other notes (`pread` `pwrite` `uniqinstance`), what
//! happens at a note's end (`atstop`), curves (`interp1d` `bisect` `getrowlin`), stores (`dict_*` `pool_*`), and a few
//! small ones. An opcode is a type that implements [`call::Opcode`]; [`FAMILIES`] says which names and types of
//! arguments it answers to. They are added before anything is compiled, so an orchestra that uses none of them does not
//! notice; one that defines such a name itself gets its own ([`own_definition`]).
//!
//! What an opcode keeps beyond its note lives in [`Natives`], beside the instance, and outlives it: Csound ends every
//! sounding note while it is destroyed.

mod at_end;
mod bus;
mod call;
mod curve;
mod dict;
mod errors;
mod pfield;
mod pool;
mod signal;
mod table;

use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::size_of;

use csound_sys as sys;

use super::instance::host_of;
use super::layout::{AppendOpcodesFn, Layout, OpcodeFn};
use call::{Block, Opcode, init, perform};

/// What our opcodes keep in an instance.
#[derive(Default)]
pub(super) struct Natives {
    /// `None` where the layout is not proven: then no opcode was added.
    layout: Option<Layout>,
    append: Option<AppendOpcodesFn>,
    dicts: dict::Dicts,
    pools: pool::Pools,
    /// The instance is being destroyed: nothing can be scheduled any more.
    pub closing: bool,
}

impl Natives {
    /// Whether our opcodes are there. [any]
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
    assert!(types.is_empty() || types[types.len() - 1] != b'o', "types that a user-defined opcode could have");
    let size = size_of::<Block<O::State, N>>();
    assert!(size < 0xfff0, "Csound keeps the size in 16 bits");
    Entry { name, out_types, in_types, when, size, init: init::<O, N>, perform: perform::<O, N> }
}

/// Opcodes that belong together: all of them are added, or none where a plugin brought one of the names already.
/// Within a name the order decides: the first form whose types fit is taken.
const FAMILIES: [&[Entry]; 10] = [
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
];

// `CS_HASH_TABLE`'s functions, exported by libcsound64 beside its API.
unsafe extern "C" {
    fn cs_hash_table_get(cs: *mut sys::CSOUND, table: *mut c_void, key: *const c_char) -> *mut Cell;
    fn cs_hash_table_remove(cs: *mut sys::CSOUND, table: *mut c_void, key: *const c_char);
}

/// Csound's `CONS_CELL`: a link of a list of opcode entries.
#[repr(C)]
struct Cell {
    entry: *const RegisteredEntry,
    next: *mut Cell,
}

/// The fields of Csound's `OENTRY` up to its functions.
#[repr(C)]
struct RegisteredEntry {
    name: *const c_char,
    block_size: u16,
    flags: u16,
    thread: u8,
    out_types: *const c_char,
    in_types: *const c_char,
    init: Option<OpcodeFn>,
    perform: Option<OpcodeFn>,
}

/// Adds our opcodes to an instance. [control]
///
/// # Safety
/// `cs` is live, of the known layout, owned by this thread, has compiled nothing yet, and its host data is where the
/// returned value is going to be.
pub(super) unsafe fn install(cs: *mut sys::CSOUND, layout: Layout) -> Natives {
    // SAFETY: the caller says so; names and types are static, as Csound keeps pointers to them.
    unsafe {
        if !layout.functions_agree(cs) {
            return Natives::default();
        }
        for family in FAMILIES {
            if family.iter().all(|entry| registered(cs, layout, entry.name).is_none()) {
                for entry in family {
                    append(cs, entry);
                }
            }
        }
        let append = layout.wrap_append_opcodes(cs, own_definition);
        Natives { layout: Some(layout), append: Some(append), ..Natives::default() }
    }
}

/// # Safety
/// As [`install`].
unsafe fn append(cs: *mut sys::CSOUND, entry: &Entry) {
    let Entry { name, out_types, in_types, when, size, .. } = entry;
    let init = (!matches!(when, When::Cycles)).then_some(entry.init);
    let perform = (!matches!(when, When::Init)).then_some(entry.perform);
    // SAFETY: the functions take the block that has this size. It fails without memory alone, and then an orchestra
    // that uses the name does not compile.
    unsafe {
        sys::csoundAppendOpcode(
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

/// The first entry of a name.
///
/// # Safety
/// As [`install`].
unsafe fn registered<'a>(cs: *mut sys::CSOUND, layout: Layout, name: &CStr) -> Option<&'a RegisteredEntry> {
    // SAFETY: the caller says so; entries live as long as the instance.
    unsafe { cs_hash_table_get(cs, layout.opcodes(cs), name.as_ptr()).as_ref()?.entry.as_ref() }
}

/// Stands before Csound's own function, which it calls for each user-defined opcode when it reads its first line. Where
/// that has one of our names, ours make place: the orchestra means its own, in all forms. What was compiled with ours
/// goes on with them.
///
/// # Safety
/// Called by Csound while it compiles.
unsafe extern "C" fn own_definition(cs: *mut sys::CSOUND, entries: *const c_void, count: c_int) -> c_int {
    // SAFETY: Csound gives `count` entries; the wrapper is only in place where the layout is proven. Entries of ours
    // stay allocated, only the table's link to them goes.
    unsafe {
        let Some(host) = host_of(cs) else { return -1 };
        let natives = &(*host).natives;
        let (Some(layout), Some(original)) = (natives.layout, natives.append) else { return -1 };
        if let (1, Some(entry)) = (count, entries.cast::<RegisteredEntry>().as_ref())
            && registered(cs, layout, CStr::from_ptr(entry.name)).is_some_and(|registered| is_ours(registered))
        {
            cs_hash_table_remove(cs, layout.opcodes(cs), entry.name);
        }
        original(cs, entries, count)
    }
}

/// Whether Csound's entry was made from one of ours.
fn is_ours(registered: &RegisteredEntry) -> bool {
    FAMILIES.iter().copied().flatten().any(|entry| std::ptr::eq(entry.name.as_ptr(), registered.name))
}
