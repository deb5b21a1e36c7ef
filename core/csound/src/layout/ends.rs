//! Exact ends of notes with a fixed length, in documents with `--sample-accurate`.
//!
//! Csound counts such a note from the start of the cycle that it is inserted in: it knows nothing of the frame at
//! which the note starts. So the end is counted again, from that frame.

use super::offsets::{csound, oparms};
use super::{Active, Layout, read, write};
use crate::raw::CSOUND;

/// Lengths are whole frames, as Csound counts them; a number of seconds may lie this far below one.
const FRAME_TOLERANCE: f64 = 1e-6;
/// Where in a cycle an end is noted, as a part of the cycle: Csound performs the last cycle where the end is after
/// the next cycle's start and before its middle. Right at a start a rounded number could fall on either side.
const INSIDE: f64 = 0.25;

/// When a note ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    /// Cycles it sounds in, the first and the last included.
    cycles: u64,
    /// Frames of the last cycle in which it is over.
    early: u32,
}

impl End {
    /// The end of a note of `frames` frames, at least 1, that starts at this frame of its first cycle.
    fn of(offset: u32, frames: u64, ksmps: u32) -> Self {
        let total = u64::from(offset).saturating_add(frames.max(1));
        let cycles = total.div_ceil(u64::from(ksmps));
        Self { cycles, early: (cycles.saturating_mul(u64::from(ksmps)).saturating_sub(total)) as u32 }
    }
}

impl Layout {
    /// Whether notes of a fixed length end on their frame: the document has `--sample-accurate`, and time is not
    /// counted in beats. `[any]`
    ///
    /// # Safety
    /// `cs` must be a live instance that is not performing on another thread.
    pub unsafe fn ends_are_exact(self, cs: *mut CSOUND) -> bool {
        // SAFETY: `detect` saw that CSOUND's pointer to its options is where it should be.
        unsafe {
            let options = read::<*const u8>(cs.cast(), csound::OPARMS);
            read::<i32>(options, oparms::SAMPLE_ACCURATE) != 0 && read::<i32>(options, oparms::BEAT_MODE) == 0
        }
    }

    /// Sets the end of an instance that starts `offset` frames into the coming cycle. Held notes, and those with a
    /// release, end on cycles and stay as they are. `[audio]`
    ///
    /// # Safety
    /// `cs` must be a live instance on its performing thread, before it performs the cycle; `active` is one of its
    /// sounding instances that was inserted for this cycle, in an instance whose ends are exact.
    pub unsafe fn end_from(self, cs: *mut CSOUND, active: Active, offset: u32, ksmps: u32) {
        let length = active.length();
        if !(length > 0.0 && active.off_time() > 0.0) || active.extra_cycles() > 0 {
            return;
        }
        // SAFETY: `cs` is live; both only read a field.
        let (rate, now) = unsafe { ((self.api.sr)(cs), (self.api.current_time_samples)(cs)) };
        let end = End::of(offset, (length * rate + FRAME_TOLERANCE) as u64, ksmps);
        let cycles = end.cycles as f64 + INSIDE;
        // SAFETY: the caller says so.
        unsafe { self.move_off_time(cs, active, (now as f64 + cycles * f64::from(ksmps)) / rate) };
        active.set_last_cycle_early(end.early);
    }

    /// Takes the instance out of the list of what ends, which is in the order of the ends, and puts it in again
    /// with another time, behind those of the same time.
    ///
    /// # Safety
    /// As [`Layout::end_from`].
    unsafe fn move_off_time(self, cs: *mut CSOUND, active: Active, off_time: f64) {
        let head = cs.cast::<u8>().wrapping_add(csound::FRSTOFF);
        // SAFETY: the list's links are the field of CSOUND and `nxtoff` of its instances, which are all sounding.
        unsafe {
            let mut link = head;
            while let Some(next) = Active::of_link(link) {
                if next == active {
                    write(link, 0, active.next_off());
                    break;
                }
                link = next.next_off_link();
            }
            active.set_off_time(off_time);
            let mut link = head;
            while let Some(next) = Active::of_link(link).filter(|next| next.off_time() <= off_time) {
                link = next.next_off_link();
            }
            write(active.next_off_link(), 0, read::<*mut u8>(link, 0));
            write(link, 0, active.address());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::End;

    #[test]
    fn a_note_ends_its_length_after_its_start() {
        for ksmps in [1, 10, 64] {
            for offset in 0..ksmps {
                for frames in [1, 2, 63, 64, 65, 2400] {
                    let End { cycles, early } = End::of(offset, frames, ksmps);
                    assert!(early < ksmps && cycles > 0);
                    assert_eq!(cycles * u64::from(ksmps) - u64::from(early), u64::from(offset) + frames);
                }
            }
        }
        assert_eq!(End::of(0, 0, 64), End { cycles: 1, early: 63 });
    }
}
