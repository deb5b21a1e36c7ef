//! Cycles that go by without being performed: Csound's time goes on, and nothing else happens.
//!
//! What a performed cycle changes besides what instances do are its counters, which are written here as Csound writes them
//! (`sensevents` and `kperf` of 6.18.1). A cycle in which anything begins or ends is none of these.

use super::offsets::{csound, evtblk, evtnode, oparms};
use super::{Active, Layout, read, write};
use crate::raw::CSOUND;

/// An instance that ends later than this many seconds from now is one that plays for good, as with a p3 of `z`.
const FOR_GOOD_S: f64 = 86_400.0;
/// As a part of a cycle, how long before its end an instance is ended by Csound.
const ENDS_WITHIN: f64 = 0.505;

/// What Csound counts from cycle to cycle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Counts {
    cycle: u64,
    cycle_of_all: u64,
    frames: i64,
    beats: f64,
    beats_per_cycle: f64,
    /// Cycles until the score's next statement; 0 where its end is reached.
    until_statement: i64,
}

impl Counts {
    /// After a cycle of so many frames in which no statement is due. `[any]`
    pub fn after_cycle(self, ksmps: u32) -> Self {
        let cycle = self.cycle_of_all + 1;
        Self {
            cycle,
            cycle_of_all: cycle,
            frames: self.frames + i64::from(ksmps),
            beats: self.beats + self.beats_per_cycle,
            until_statement: (self.until_statement - 1).max(0),
            ..self
        }
    }
}

impl Layout {
    /// What the instance has counted. `[audio]`
    ///
    /// # Safety
    /// `cs` must be a live instance that is not performing on another thread.
    pub unsafe fn counts(self, cs: *mut CSOUND) -> Counts {
        let base = cs.cast::<u8>();
        // SAFETY: parts of CSOUND in the known build.
        unsafe {
            Counts {
                cycle: read(base, csound::KCOUNTER),
                cycle_of_all: read(base, csound::GLOBAL_KCOUNTER),
                frames: read(base, csound::TIME),
                beats: read(base, csound::CUR_BEAT),
                beats_per_cycle: read(base, csound::CUR_BEAT_INC),
                until_statement: read(base, csound::CYCLES_REMAINING),
            }
        }
    }

    /// Has the instance count one cycle that is not performed, in which nothing is due ([`Layout::is_anything_due`]).
    /// `[audio]`
    ///
    /// # Safety
    /// `cs` must be a live, started instance on its performing thread, between cycles.
    pub unsafe fn pass_cycle(self, cs: *mut CSOUND) {
        // SAFETY: the caller says so; the fields are parts of CSOUND in the known build, and nobody else uses them now.
        unsafe {
            let (base, after) = (cs.cast::<u8>(), self.counts(cs).after_cycle((self.api.ksmps)(cs)));
            write(base, csound::KCOUNTER, after.cycle);
            write(base, csound::GLOBAL_KCOUNTER, after.cycle_of_all);
            write(base, csound::TIME, after.frames);
            write(base, csound::CUR_BEAT, after.beats);
            write(base, csound::CYCLES_REMAINING, after.until_statement);
        }
    }

    /// Whether anything begins or ends in the coming cycle, or may: a statement of the score, an event that waits, the text of
    /// one, the end of an instance. `[audio]`
    ///
    /// # Safety
    /// As [`Layout::pass_cycle`].
    pub unsafe fn is_anything_due(self, cs: *mut CSOUND) -> bool {
        let base = cs.cast::<u8>();
        // SAFETY: the caller says so.
        let (counts, ksmps) = unsafe { (self.counts(cs), (self.api.ksmps)(cs)) };
        // SAFETY: parts of CSOUND in the known build; links are null or structures of Csound's.
        unsafe {
            let options = read::<*const u8>(base, csound::OPARMS);
            // Behind the score's end Csound holds its `e` for ever; before the first cycle it holds nothing yet.
            let is_over = read::<u8>(base, csound::STATEMENT + evtblk::OPCODE) == b'e';
            let statement = counts.until_statement == 1 || counts.until_statement <= 0 && !is_over;
            let waiting = read::<*const u8>(base, csound::WAITING);
            // Csound compares with the last 32 bits of its counter.
            let event =
                !waiting.is_null() && read::<u32>(waiting, evtnode::START) <= counts.cycle_of_all as u32;
            let first_end = Active::of_link(base.wrapping_add(csound::FRSTOFF));
            let is_counted_in_beats = read::<i32>(options, oparms::BEAT_MODE) != 0;
            let until = (counts.frames as f64 + f64::from(ksmps) * ENDS_WITHIN) / (self.api.sr)(cs);
            let end = first_end.is_some_and(|first| is_counted_in_beats || first.off_time() <= until);
            let skips = read::<i64>(base, csound::ADVANCE_COUNT) != 0;
            // Then instances are made on a thread of its own.
            let is_realtime = read::<i32>(options, oparms::REALTIME) != 0;
            // What an instance has written as text becomes an event in the cycle after it, though the instance may be gone.
            let text = read::<*const u8>(base, csound::TEXTS) != read::<*const u8>(base, csound::TEXTS_END);
            statement || event || text || end || skips || is_realtime
        }
    }

    /// Whether every sounding instance plays for good: held, or with an end that nobody lives to see, and not in its release.
    /// `[audio]`
    ///
    /// # Safety
    /// As [`Layout::counts`].
    pub unsafe fn plays_for_good(self, cs: *mut CSOUND) -> bool {
        // SAFETY: the caller says so; both only read.
        unsafe {
            let now = self.counts(cs).frames as f64 / (self.api.sr)(cs);
            let is_for_good = |end: f64| end < 0.0 || end > now + FOR_GOOD_S;
            self.active(cs).all(|active| !active.is_releasing() && is_for_good(active.off_time()))
        }
    }
}
