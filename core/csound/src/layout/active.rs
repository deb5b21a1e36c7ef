//! The sounding instances (`INSDS`): their p-fields, their starts, and the instances they call.

use super::offsets::{
    INSTRTXT_PMAX, INSTRTXT_POOL, SUBINST_IP, UOPCODE_IP, UOPCODE_PARENT, csound, insds, seen,
};
use super::variables::Pool;
use super::{Layout, read, write};
use crate::raw::CSOUND;

/// How deep chains of called instances are followed.
const CALLEES_MAX: usize = 256;

/// One sounding instance (`INSDS`). Valid only until Csound runs again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Active(std::ptr::NonNull<u8>);

impl Layout {
    /// The sounding instances, in order of evaluation. `[audio]`
    ///
    /// # Safety
    /// `cs` must be a live instance that no other thread uses, and the list must not change while iterating.
    #[inline]
    pub unsafe fn active(self, cs: *mut CSOUND) -> impl Iterator<Item = Active> {
        // SAFETY: the anchor is part of CSOUND in the known build.
        let first =
            unsafe { read::<*mut u8>(cs.cast::<u8>().wrapping_add(csound::ACTANCHOR), insds::NXTACT) };
        std::iter::successors(Active::new(first), |active| Active::new(active.get::<*mut u8>(insds::NXTACT)))
    }
}

impl Active {
    #[inline]
    fn new(address: *mut u8) -> Option<Self> {
        std::ptr::NonNull::new(address).map(Self)
    }

    /// An instance at an address that Csound handed out (an opcode's `insdshead`). `[audio]`
    pub fn at(address: *mut std::ffi::c_void) -> Option<Self> {
        Self::new(address.cast())
    }

    #[inline]
    fn get<T: Copy>(self, offset: usize) -> T {
        // SAFETY: an `Active` is made only from Csound's own list or from an opcode's instance while Csound does
        // not run, of a build whose INSDS has its fields at these offsets (`Layout::detect`).
        unsafe { read(self.0.as_ptr(), offset) }
    }

    fn set<T: Copy>(self, offset: usize, value: T) {
        // SAFETY: as in `get`; the audio thread is the only user of the instance.
        unsafe { write(self.0.as_ptr(), offset, value) }
    }

    /// p1, with its fraction. `[audio]`
    #[inline]
    pub fn p1(self) -> f64 {
        self.get(insds::PFIELDS + 16)
    }

    /// The instrument's number. `[audio]`
    pub fn instrument(self) -> i16 {
        self.get(insds::INSNO)
    }

    /// How many p-fields the instance has; what lies behind belongs to other variables. `[audio]`
    pub fn pfield_count(self) -> usize {
        let instrument: *const u8 = self.get(insds::INSTR);
        if instrument.is_null() {
            return 0;
        }
        // SAFETY: an instance's INSTRTXT lives as long as the instance.
        let pmax: i32 = unsafe { read(instrument, INSTRTXT_PMAX) };
        usize::try_from(pmax).unwrap_or(0)
    }

    /// The value of a p-field, `None` behind the instrument's last. `[audio]`
    pub fn pfield(self, index: usize) -> Option<f64> {
        (1..=self.pfield_count()).contains(&index).then(|| self.get(insds::PFIELDS + 16 * index))
    }

    /// Writes a p-field; `false` behind the instrument's last. `[audio]`
    pub fn set_pfield(self, index: usize, value: f64) -> bool {
        let inside = (1..=self.pfield_count()).contains(&index);
        if inside {
            self.set(insds::PFIELDS + 16 * index, value);
        }
        inside
    }

    /// Whether it is in its release. `[audio]`
    pub fn is_releasing(self) -> bool {
        self.get::<u8>(insds::RELESING) != 0
    }

    /// Whether the event that was last inserted here continued a sounding note. `[audio]`
    pub fn is_tied(self) -> bool {
        self.get::<i32>(insds::TIEFLAG) != 0
    }

    /// Its own ksmps. `[audio]`
    pub fn ksmps(self) -> u32 {
        self.get(insds::KSMPS)
    }

    /// The frame of this cycle at which it starts. `[audio]`
    pub fn offset(self) -> u32 {
        self.get(insds::KSMPS_OFFSET)
    }

    /// How many frames before the end of this cycle it ends. `[audio]`
    pub fn early(self) -> u32 {
        self.get(insds::KSMPS_NO_END)
    }

    /// p3 in seconds, as the init pass left it. `[audio]`
    pub(super) fn length(self) -> f64 {
        self.get(insds::PFIELDS + 16 * 3)
    }

    /// Cycles of its release. `[audio]`
    pub(super) fn extra_cycles(self) -> i32 {
        self.get(insds::XTRATIM)
    }

    /// When it ends, in seconds since the start; below 0 where it is held. `[audio]`
    pub(super) fn off_time(self) -> f64 {
        self.get(insds::OFFTIM)
    }

    pub(super) fn set_off_time(self, seconds: f64) {
        self.set(insds::OFFTIM, seconds);
    }

    /// How many frames before the end of its last cycle it will end. `[audio]`
    pub(super) fn set_last_cycle_early(self, frames: u32) {
        self.set(insds::NO_END, frames);
    }

    /// The instance that ends after it, null behind the last. `[audio]`
    pub(super) fn next_off(self) -> *mut u8 {
        self.get(insds::NXTOFF)
    }

    /// Where it holds the instance that ends after it. `[audio]`
    pub(super) fn next_off_link(self) -> *mut u8 {
        self.0.as_ptr().wrapping_add(insds::NXTOFF)
    }

    /// The instance that a link of a list points at, `None` behind the last. `[audio]`
    ///
    /// # Safety
    /// `link` must be the field of a live structure that holds an instance or null.
    pub(super) unsafe fn of_link(link: *const u8) -> Option<Self> {
        // SAFETY: the caller says so.
        Self::new(unsafe { read::<*mut u8>(link, 0) })
    }

    /// Where it lies. `[audio]`
    pub fn address(self) -> *mut u8 {
        self.0.as_ptr()
    }

    /// Where in the cycle's raw output it writes now. `[audio]`
    pub fn spout(self) -> *mut f64 {
        self.get(insds::SPOUT)
    }

    /// Marks the instance as one that was here before this cycle's events. Csound sets the field anew before it
    /// performs the instance, so nobody ever reads the mark but [`Active::is_marked`]. `[audio]`
    pub fn mark(self) {
        self.set(insds::KCOUNTER, u64::MAX);
    }

    /// Whether it carries the mark of this cycle. `[audio]`
    pub fn is_marked(self) -> bool {
        self.get::<u64>(insds::KCOUNTER) == u64::MAX
    }

    /// Sets the frame at which the instance and the instances it calls start in the coming cycle; `false`, and
    /// nothing is written, where Csound cannot do it: a ksmps of its own in the instrument, or in a called opcode
    /// between 1 and the engine's (6.18.1 would write past an audio variable). `[audio]`
    pub fn start_at(self, offset: u32, engine_ksmps: u32) -> bool {
        let callable = |ksmps: u32| ksmps == engine_ksmps || ksmps == 1;
        if self.ksmps() != engine_ksmps || !self.callees().all(|callee| callable(callee.ksmps())) {
            return false;
        }
        self.set(insds::KSMPS_OFFSET, offset);
        for callee in self.callees().filter(|callee| callee.ksmps() == engine_ksmps) {
            callee.set(insds::KSMPS_OFFSET, offset);
        }
        true
    }

    /// Takes the offset back from the called instances: Csound itself does so only for the instance on top. `[audio]`
    pub fn clear_callee_offsets(self) {
        for callee in self.callees() {
            callee.set(insds::KSMPS_OFFSET, 0u32);
        }
    }

    /// Its instrument's variables by name; `None` before its init pass has ended. `[audio]`
    pub fn pool(self) -> Option<Pool> {
        let instrument: *const u8 = self.get(insds::INSTR);
        if instrument.is_null() || self.get::<i32>(insds::INIT_DONE) == 0 {
            return None;
        }
        // SAFETY: an instance's INSTRTXT lives as long as the instance, and has its pool here in the known build.
        Pool::new(unsafe { read::<*mut u8>(instrument, INSTRTXT_POOL) })
    }

    /// Where its variables lie; null where its instrument has no opcode. `[audio]`
    pub fn variables(self) -> *mut u8 {
        self.get(insds::VARIABLES)
    }

    /// What it was compiled from, which is only compared. `[any]`
    pub fn text(self) -> *const u8 {
        self.get(insds::INSTR)
    }

    /// p2: when it began, in seconds since the start, where it has not written that itself. `[audio]`
    pub fn began(self) -> f64 {
        self.get(insds::PFIELDS + 16 * 2)
    }

    /// The cycle that it performed last. `[audio]`
    pub fn cycles(self) -> u64 {
        self.get(insds::KCOUNTER)
    }

    /// Whether it runs a user-defined opcode of this name. `[audio]`
    pub fn is_of_opcode(self, name: &std::ffi::CStr) -> bool {
        let instrument: *const u8 = self.get(insds::INSTR);
        if instrument.is_null() {
            return false;
        }
        // SAFETY: an instance's INSTRTXT lives as long as the instance; its OPCODINFO has the opcode's name, a C string.
        unsafe {
            let opcode = read::<*const u8>(instrument, seen::USER_OPCODE);
            if opcode.is_null() {
                return false;
            }
            let found = read::<*const std::ffi::c_char>(opcode, seen::USER_OPCODE_NAME);
            !found.is_null() && std::ffi::CStr::from_ptr(found) == name
        }
    }

    /// The instance that calls it, as the opcode says that it was called by last; `None` where it calls none. `[audio]`
    pub fn caller_of_newest_callee(self) -> Option<Self> {
        self.callee(insds::OPCOD_DEACT, UOPCODE_PARENT)
    }

    /// The instances of the user-defined opcodes it calls (nested ones are in the same chain, the newest call first), then
    /// those of its `subinstr`s with the opcodes they call. `[audio]`
    pub fn callees(self) -> impl Iterator<Item = Active> {
        let opcodes = |of: Active| {
            std::iter::successors(of.callee(insds::OPCOD_DEACT, UOPCODE_IP), |callee| {
                callee.callee(insds::OPCOD_DEACT, UOPCODE_IP)
            })
        };
        let subinstruments = std::iter::successors(self.callee(insds::SUBINS_DEACT, SUBINST_IP), |callee| {
            callee.callee(insds::SUBINS_DEACT, SUBINST_IP)
        });
        opcodes(self)
            .chain(subinstruments.flat_map(move |sub| std::iter::once(sub).chain(opcodes(sub))))
            .take(CALLEES_MAX)
    }

    /// Follows one link of a chain: the opcode at `chain`, then the instance it runs.
    fn callee(self, chain: usize, instance: usize) -> Option<Active> {
        let opcode: *const u8 = self.get(chain);
        if opcode.is_null() {
            return None;
        }
        // SAFETY: the chain holds opcodes of a sounding instance, each with the instance it runs at this offset.
        Active::new(unsafe { read::<*mut u8>(opcode, instance) })
    }
}
