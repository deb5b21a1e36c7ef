//! Csound by itself, performed with csoundPerformKsmps and nothing round it. See `bare.c`.

#![expect(
    unsafe_code,
    reason = "the measure is Csound's own C interface, without what core::csound adds to it"
)]

use std::ffi::{CString, c_char, c_void};
use std::ptr::NonNull;

unsafe extern "C" {
    fn ksmps_bare_start(
        rate_option: *const c_char,
        orchestra: *const c_char,
        score: *const c_char,
    ) -> *mut c_void;
    fn ksmps_bare_perform(csound: *mut c_void, cycles: usize) -> usize;
    fn csoundDestroy(csound: *mut c_void);
    fn csoundGetSpout(csound: *mut c_void) -> *const f64;
    fn csoundGetKsmps(csound: *mut c_void) -> u32;
    fn csoundGetNchnls(csound: *mut c_void) -> u32;
}

/// A started Csound with one owner.
pub struct Bare {
    csound: NonNull<c_void>,
    ksmps: usize,
    channels: usize,
}

impl Bare {
    /// Starts an orchestra with a score; `None` where Csound does not take them.
    pub fn start(rate: u32, orchestra: &str, score: &str) -> Option<Self> {
        let option = CString::new(format!("--sample-rate={rate}")).ok()?;
        let (orchestra, score) = (CString::new(orchestra).ok()?, CString::new(score).ok()?);
        // SAFETY: three C strings that live for the call; Csound keeps copies.
        let csound =
            NonNull::new(unsafe { ksmps_bare_start(option.as_ptr(), orchestra.as_ptr(), score.as_ptr()) })?;
        // SAFETY: a started instance, which these only ask.
        let (ksmps, channels) =
            unsafe { (csoundGetKsmps(csound.as_ptr()) as usize, csoundGetNchnls(csound.as_ptr()) as usize) };
        Some(Self { csound, ksmps, channels })
    }

    /// Frames in a cycle.
    pub fn ksmps(&self) -> usize {
        self.ksmps
    }

    /// Performs cycles; whether all of them were performed.
    pub fn perform(&mut self, cycles: usize) -> bool {
        // SAFETY: a started instance that nobody else has.
        unsafe { ksmps_bare_perform(self.csound.as_ptr(), cycles) == cycles }
    }

    /// The last cycle, interleaved.
    pub fn spout(&self) -> &[f64] {
        // SAFETY: Csound's output buffer holds a cycle of all channels and stays until the instance is performed
        // or destroyed, both of which need `&mut self`.
        unsafe {
            std::slice::from_raw_parts(csoundGetSpout(self.csound.as_ptr()), self.ksmps * self.channels)
        }
    }

    /// Channels of the output.
    pub fn channels(&self) -> usize {
        self.channels
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // SAFETY: made by ksmps_bare_start and destroyed once.
        unsafe { csoundDestroy(self.csound.as_ptr()) };
    }
}
