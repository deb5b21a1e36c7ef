//! Time that has passed, on the clock and of the processor.

use ksmps_data::verbs::Failure;

use crate::process::build_turn;
use crate::raw::HostFunctions;
use crate::raw::structures::Clock;

/// A timer, which runs from the moment it is made.
#[derive(Clone)]
pub struct Timer {
    functions: &'static HostFunctions,
    clock: Clock,
}

impl Timer {
    /// A timer that begins now. `[control]`
    ///
    /// # Errors
    /// As [`Csound::create`](super::Csound::create), where Csound is not open yet.
    pub fn start() -> Result<Self, Failure> {
        let functions = build_turn()?.api.host.as_ref().ok_or(Failure::Unavailable)?;
        let mut clock = Clock { real: 0, cpu: 0 };
        // SAFETY: Csound writes the structure.
        unsafe { (functions.init_timer)(&mut clock) };
        Ok(Self { functions, clock })
    }

    /// Seconds on the clock. `[any]`
    pub fn real_time(&self) -> f64 {
        let mut clock = self.clock;
        // SAFETY: a clock that was started; Csound reads it.
        unsafe { (self.functions.real_time)(&mut clock) }
    }

    /// Seconds that this process has had a processor. `[any]`
    pub fn cpu_time(&self) -> f64 {
        let mut clock = self.clock;
        // SAFETY: as in `real_time`.
        unsafe { (self.functions.cpu_time)(&mut clock) }
    }
}

impl std::fmt::Debug for Timer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Timer").field("seconds", &self.real_time()).finish()
    }
}
