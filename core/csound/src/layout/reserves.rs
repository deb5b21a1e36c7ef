//! What Csound makes for itself when it is first needed, made before: blocks for events, and its table of a sine.

use super::offsets::{csound, evtnode};
use super::{Layout, read, write};
use crate::raw::CSOUND;

/// More free blocks are not counted.
const BLOCKS_MAX: usize = 4096;

impl Layout {
    /// Makes blocks for events until so many are free. Those that were freed are taken first, as before. `[control]`
    ///
    /// # Safety
    /// `cs` is a live, started instance, used by no other thread.
    pub unsafe fn make_event_blocks(self, cs: *mut CSOUND, count: usize) {
        // SAFETY: part of CSOUND in the known build: a chain of EVTNODEs, zeroed when they are made, which ends with null.
        unsafe {
            let mut link = cs.cast::<u8>().wrapping_add(csound::FREE_EVENT_BLOCKS);
            let mut free = 0;
            while let block = read::<*mut u8>(link, 0)
                && !block.is_null()
                && free < BLOCKS_MAX
            {
                link = block.wrapping_add(evtnode::NEXT);
                free += 1;
            }
            for _ in free..count {
                let block = self.allocate(cs, std::ptr::null_mut(), evtnode::SIZE);
                write(link, 0, block);
                link = block.wrapping_add(evtnode::NEXT);
            }
        }
    }

    /// Makes the table of a sine that oscillators without a table have. `[control]`
    ///
    /// # Safety
    /// As [`Layout::make_event_blocks`].
    pub unsafe fn make_sine(self, cs: *mut CSOUND) {
        type Find = unsafe extern "C" fn(*mut CSOUND, *mut f64) -> *mut u8;
        let mut sine = -1.0;
        // SAFETY: the field holds this function in the known build; it makes the table where it is asked for it first.
        unsafe { read::<Find>(cs.cast(), csound::FT_NP2_FIND)(cs, &mut sine) };
    }
}
