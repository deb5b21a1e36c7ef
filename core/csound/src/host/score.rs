//! The score: read, begun elsewhere, held back, begun again.

use ksmps_data::verbs::Failure;

use super::instance::{Instance, c_text};
use super::state::{Compiled, Csound, Live, Performing, State};
use crate::process::build_turn;

impl Instance {
    fn read_score(&mut self, score: &str) -> Result<(), Failure> {
        let reworked = self.callbacks().reworked(score);
        let score = c_text(reworked.as_deref().unwrap_or(score))?;
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        unsafe { self.guard().read_text(self.api.read_score, &score) }
    }
}

impl Csound<Compiled> {
    /// Reads a score; lines are added to those that were read before. `[control]`
    ///
    /// # Errors
    /// [`Failure::Jumped`] or [`Failure::Code`] where a line is faulty.
    pub fn read_score(&mut self, score: &str) -> Result<(), Failure> {
        self.instance.read_score(score)
    }
}

impl Csound<Performing> {
    /// Reads lines of score as events that begin now. `[control]`
    ///
    /// # Errors
    /// As before the start.
    pub fn read_score(&mut self, score: &str) -> Result<(), Failure> {
        self.instance.read_score(score)
    }

    /// Begins the score again, at the offset ([`Csound::set_score_offset_seconds`]). `[control]`
    ///
    /// # Errors
    /// [`Failure::Jumped`] where Csound gave up on it.
    pub fn rewind_score(&mut self) -> Result<(), Failure> {
        // SAFETY: live, started instance owned by this thread.
        unsafe { self.instance.guard().call_for_nothing(self.instance.more.rewind_score) }
    }
}

impl<S: State> Csound<S> {
    /// Seconds performed since the start. `[any]`
    pub fn score_time(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.instance.more.score_time)(self.instance.cs()) }
    }

    /// Whether the score's events are played; live ones always are. `[any]`
    pub fn is_score_pending(&self) -> bool {
        // SAFETY: live instance.
        unsafe { (self.instance.more.is_score_pending)(self.instance.cs()) != 0 }
    }

    /// Has the score's events played or not; live ones always are. `[any]`
    pub fn set_score_pending(&mut self, is_pending: bool) {
        // SAFETY: live instance owned by this thread.
        unsafe { (self.instance.more.set_score_pending)(self.instance.cs(), is_pending.into()) };
    }

    /// Where the score begins, in seconds. `[any]`
    pub fn score_offset_seconds(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.instance.more.score_offset)(self.instance.cs()) }
    }
}

impl<S: Live> Csound<S> {
    /// Where the score begins, in seconds; what is before is not played. A playing instance goes there. `[control]`
    pub fn set_score_offset_seconds(&mut self, seconds: f64) {
        // SAFETY: live instance owned by this thread.
        unsafe { (self.instance.more.set_score_offset)(self.instance.cs(), seconds) };
    }
}
