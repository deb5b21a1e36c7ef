//! What the opcodes of one instance work on.

use std::ptr::NonNull;

use super::Natives;
use super::patches::Originals;
use crate::buses::Buses;
use crate::process;
use crate::raw::CSOUND;
use crate::starts::CycleStarts;

/// What opcodes and the wrappers round Csound's own work on: ours, and what they share with the instance's owner.
pub(crate) struct OpcodeData {
    /// Wrappers say here which note starts which.
    pub starts: CycleStarts,
    /// Opcodes leave their buses inside csoundDestroy too.
    pub buses: Buses,
    /// What our opcodes keep.
    pub natives: Natives,
    /// What the wrappers stand before.
    pub patches: Originals,
}

impl OpcodeData {
    /// Everything empty, with room for a cycle's worth. `[control]`
    pub fn new() -> Self {
        Self {
            starts: CycleStarts::new(),
            buses: Buses::new(),
            natives: Natives::default(),
            patches: Originals::default(),
        }
    }
}

/// The data of an instance's opcodes, `None` while Csound has none. `[any]`
///
/// # Safety
/// `cs` is live; where it has host data, that begins with an [`OpcodeData`].
pub(super) unsafe fn data_of(cs: *mut CSOUND) -> Option<*mut OpcodeData> {
    let api = process::api()?;
    // SAFETY: the caller says so.
    let data = unsafe { (api.host_data)(cs) }.cast::<OpcodeData>();
    NonNull::new(data).map(NonNull::as_ptr)
}
