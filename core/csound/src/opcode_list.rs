//! The opcodes that an instance knows: Csound's, those of the opcode libraries it has loaded, and ours.

use std::ffi::{CStr, c_char};
use std::sync::OnceLock;

use ksmps_data::opcode::Opcode;
use ksmps_data::verbs::Failure;

use crate::library::Api;
use crate::preparing::Preparing;
use crate::process::build_turn;
use crate::raw::{CSOUND, opcodeListEntry};

/// The list, once somebody has asked.
static LIST: OnceLock<Vec<Opcode>> = OnceLock::new();

/// Every form of every opcode, in the order of names. The first call in a process makes an instance for it and takes some
/// 10 ms, beside what [`Preparing::create`] takes. `[control]`
///
/// # Errors
/// As [`Preparing::create`].
pub fn opcode_list() -> Result<&'static [Opcode], Failure> {
    if let Some(list) = LIST.get() {
        return Ok(list);
    }
    let list = Preparing::create()?.opcodes()?;
    Ok(LIST.get_or_init(|| list))
}

impl Preparing {
    /// Every form of every opcode that this instance knows, in the order of names. `[control]`
    ///
    /// # Errors
    /// [`Failure::Unavailable`] where Csound gives no list.
    fn opcodes(&self) -> Result<Vec<Opcode>, Failure> {
        let turn = build_turn()?;
        // SAFETY: a live instance of this thread.
        unsafe { opcodes_of(turn.api, self.instance()) }
    }
}

/// Every form of every opcode that an instance knows, in the order of names. `[control]`
///
/// # Errors
/// [`Failure::Unavailable`] where Csound gives no list.
///
/// # Safety
/// `cs` is live and owned by this thread.
pub(crate) unsafe fn opcodes_of(api: &Api, cs: *mut CSOUND) -> Result<Vec<Opcode>, Failure> {
    let mut entries: *mut opcodeListEntry = std::ptr::null_mut();
    // SAFETY: the caller says so; the list is given back below.
    let count = unsafe { (api.new_opcode_list)(cs, &raw mut entries) };
    if entries.is_null() {
        return Err(Failure::Unavailable);
    }
    let count = usize::try_from(count).unwrap_or(0);
    // SAFETY: Csound has written so many entries there; their texts live as long as the list.
    let mut opcodes: Vec<Opcode> = unsafe {
        std::slice::from_raw_parts(entries, count).iter().filter_map(|entry| opcode(entry)).collect()
    };
    // SAFETY: the list is Csound's own, and nothing of it is used any more.
    unsafe { (api.dispose_opcode_list)(cs, entries) };
    opcodes.sort_by(|one, other| (&one.name, &one.in_types).cmp(&(&other.name, &other.in_types)));
    opcodes.dedup();
    Ok(opcodes)
}

/// An entry in our words; `None` for what Csound calls by a name that cannot be written.
///
/// # Safety
/// Its texts are null or end with a zero.
unsafe fn opcode(entry: &opcodeListEntry) -> Option<Opcode> {
    // SAFETY: as this function asks.
    let (name, out_types, in_types) =
        unsafe { (text(entry.opname), text(entry.outypes), text(entry.intypes)) };
    let name = name.split('.').next().unwrap_or_default().to_owned();
    let can_be_written = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    can_be_written.then(|| Opcode { name, out_types, in_types, flags: entry.flags.cast_unsigned() })
}

/// A text, empty where there is none.
///
/// # Safety
/// It is null or ends with a zero.
unsafe fn text(from: *const c_char) -> String {
    if from.is_null() {
        return String::new();
    }
    // SAFETY: as this function asks.
    unsafe { CStr::from_ptr(from) }.to_string_lossy().into_owned()
}
