//! Csound's random numbers outside of an orchestra.

use ksmps_data::verbs::Failure;

use crate::process::build_turn;
use crate::raw::{CsoundRandMTState, HostFunctions};

/// The largest number of [`rand31`].
const RAND31_MAX: i32 = 0x7fff_fffe;

fn functions() -> Result<&'static HostFunctions, Failure> {
    build_turn()?.api.host.as_ref().ok_or(Failure::Unavailable)
}

/// The next number of a linear congruential generator (times 742,938,285, modulo 2,147,483,647), from 1 to 2,147,483,646;
/// the seed becomes it. A seed outside of that counts as the nearest inside. `[control]`
///
/// # Errors
/// As [`Csound::create`](super::Csound::create), where Csound is not open yet.
pub fn rand31(seed: &mut i32) -> Result<i32, Failure> {
    let functions = functions()?;
    *seed = (*seed).clamp(1, RAND31_MAX);
    // SAFETY: it changes the seed alone.
    Ok(unsafe { (functions.rand31)(seed) })
}

/// A seed that differs from run to run. `[control]`
///
/// # Errors
/// As [`rand31`].
pub fn random_seed_from_time() -> Result<u32, Failure> {
    // SAFETY: it takes nothing.
    Ok(unsafe { (functions()?.random_seed_from_time)() })
}

/// A Mersenne Twister (MT19937) of its own.
#[derive(Clone)]
pub struct MersenneTwister {
    functions: &'static HostFunctions,
    state: Box<CsoundRandMTState>,
}

impl MersenneTwister {
    /// One with a seed: one number, or a list that is not empty. `[control]`
    ///
    /// # Errors
    /// As [`rand31`], and [`Failure::Code`] for an empty list.
    pub fn seed(key: &[u32]) -> Result<Self, Failure> {
        let functions = functions()?;
        let mut state = Box::new(CsoundRandMTState { mti: 0, mt: [0; 624] });
        match *key {
            [] => return Err(Failure::Code(-1)),
            // Csound takes the number itself where there is no list.
            // SAFETY: it writes the state alone.
            [seed] => unsafe { (functions.seed_rand_mt)(&raw mut *state, std::ptr::null(), seed) },
            // SAFETY: it writes the state and reads as many numbers as there are.
            _ => unsafe { (functions.seed_rand_mt)(&raw mut *state, key.as_ptr(), key.len() as u32) },
        }
        Ok(Self { functions, state })
    }

    /// The next number. `[audio]`
    pub fn next_number(&mut self) -> u32 {
        // SAFETY: a state that was seeded.
        unsafe { (self.functions.rand_mt)(&raw mut *self.state) }
    }
}

impl std::fmt::Debug for MersenneTwister {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MersenneTwister").finish_non_exhaustive()
    }
}
