//! A score that the host reworks before it is played.
//!
//! Csound's own way does not work in 6.18.1: `csound -C` reads its score from a file that is not open, and never ends; and
//! where a host has made another score, the start reads it from a place that is not there. So the text is reworked before
//! Csound reads it.

use super::{Callbacks, Slot};
use crate::host::state::{BeforeStart, Csound};

pub(super) type Rework = dyn FnMut(&str) -> String + Send;

impl<S: BeforeStart> Csound<S> {
    /// What makes the score that is played of one that [`Csound::read_score`] is given. It stays over resets. `[control]`
    pub fn set_cscore_callback(&mut self, rework: impl FnMut(&str) -> String + Send + 'static) {
        self.instance.callbacks().rework.set(Box::new(rework));
    }
}

impl Callbacks {
    /// A score as the host wants it. `[control]`
    pub(in crate::host) fn reworked(&self, score: &str) -> Option<String> {
        let rework: &Slot<Rework> = &self.rework;
        rework.call(self, None, |rework| Some(rework(score)))
    }
}
