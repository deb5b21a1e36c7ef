//! Whose name it is: ours, a plugin's, or the document's.
//!
//! A document that defines an opcode of one of our names means its own, in all forms, and so does one that has a
//! variable of such a name. Then ours make place. What was compiled with ours goes on with them.

use std::ffi::{CStr, c_int, c_void};

use super::data::data_of;
use super::{FAMILIES, python};
use crate::layout::Layout;
use crate::raw::CSOUND;
use crate::raw::structures::{OpcodeCell, OpcodeEntry};

/// Our names that are names of variables too: those that begin with the letter of a rate.
const VARIABLES: [&CStr; 3] = [c"atstop", c"initerror", c"interp1d"];

/// Takes away those of our opcodes whose names an orchestra gives to variables. `[control]`
///
/// # Safety
/// `cs` is live, of the known layout, owned by this thread, and not compiling.
pub(crate) unsafe fn make_room(cs: *mut CSOUND, layout: Layout, orchestra: &str) {
    for name in VARIABLES {
        if assigns(orchestra, name) {
            // SAFETY: the caller says so; entries of ours stay allocated, only the tables' links to them go.
            unsafe {
                if registered(cs, layout, name).is_some_and(is_ours) {
                    (layout.internals().hash_table_remove)(cs, layout.opcodes(cs), name.as_ptr());
                    let words = layout.parser_words(cs);
                    if !words.is_null() {
                        (layout.internals().hash_table_remove)(cs, words, name.as_ptr());
                    }
                }
            }
        }
    }
}

/// Whether a line of an orchestra gives a value to a variable of this name.
fn assigns(orchestra: &str, name: &CStr) -> bool {
    let name = name.to_str().unwrap_or("");
    orchestra.lines().filter_map(|line| line.trim_start().strip_prefix(name)).any(|rest| {
        let rest = rest.trim_start();
        let assigned = ["=", "+=", "-=", "*=", "/=", ","].iter().any(|sign| rest.starts_with(sign));
        assigned && !rest.starts_with("==")
            || rest.strip_prefix("init").is_some_and(|rest| rest.starts_with([' ', '\t']))
    })
}

/// The first entry of a name.
///
/// # Safety
/// As [`super::install`].
pub(super) unsafe fn registered<'a>(cs: *mut CSOUND, layout: Layout, name: &CStr) -> Option<&'a OpcodeEntry> {
    // SAFETY: the caller says so; entries live as long as the instance.
    unsafe {
        let cell =
            (layout.internals().hash_table_get)(cs, layout.opcodes(cs), name.as_ptr()).cast::<OpcodeCell>();
        cell.as_ref()?.entry.as_ref()
    }
}

/// Takes a name away from whoever has registered it.
///
/// # Safety
/// As [`super::install`].
pub(super) unsafe fn take_away(cs: *mut CSOUND, layout: Layout, name: &CStr) {
    // SAFETY: the caller says so; entries stay allocated, only the table's links to them go.
    unsafe {
        if registered(cs, layout, name).is_some() {
            (layout.internals().hash_table_remove)(cs, layout.opcodes(cs), name.as_ptr());
        }
    }
}

/// Stands before Csound's own function, which it calls for each user-defined opcode when it reads its first line. Where
/// that has one of our names, ours make place: the orchestra means its own, in all forms. What was compiled with ours
/// goes on with them.
///
/// # Safety
/// Called by Csound while it compiles.
pub(super) unsafe extern "C" fn own_definition(
    cs: *mut CSOUND,
    entries: *const c_void,
    count: c_int,
) -> c_int {
    // SAFETY: Csound gives `count` entries; the wrapper is only in place where the layout is proven. Entries of ours
    // stay allocated, only the table's link to them goes.
    unsafe {
        let Some(data) = data_of(cs) else { return -1 };
        let natives = &(*data).natives;
        let (Some(layout), Some(original)) = (natives.layout, natives.append) else { return -1 };
        if let (1, Some(entry)) = (count, entries.cast::<OpcodeEntry>().as_ref())
            && registered(cs, layout, CStr::from_ptr(entry.name)).is_some_and(is_ours)
        {
            (layout.internals().hash_table_remove)(cs, layout.opcodes(cs), entry.name);
        }
        original(cs, entries, count)
    }
}

/// Whether Csound's entry was made from one of ours.
fn is_ours(registered: &OpcodeEntry) -> bool {
    let all = FAMILIES.into_iter().chain(python::FAMILY).flatten();
    all.into_iter().any(|entry| std::ptr::eq(entry.name.as_ptr(), registered.name))
}
