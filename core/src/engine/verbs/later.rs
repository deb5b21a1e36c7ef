//! Calls out of the engine: at a time, and when a channel has changed. Both happen between cycles, on the thread that
//! performs the control side, never inside one.

use std::fmt;

use crate::csound::{ChannelId, Running};

use super::deferred::Job;
use super::{EngineError, Verbs, When};

type Work = dyn FnOnce(&mut Verbs, &mut Running) -> Result<(), EngineError> + Send;
type Hear = dyn FnMut(&str, f64) + Send;

/// Something to be called at its time.
pub(super) struct Call(pub Box<Work>);

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Call")
    }
}

/// Who hears of a channel, and what it heard last.
pub(super) struct Listener {
    name: String,
    channel: ChannelId,
    last: f64,
    hear: Box<Hear>,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("name", &self.name).field("last", &self.last).finish_non_exhaustive()
    }
}

impl Verbs {
    /// Calls `work` before the first cycle that does not start before the given time; it may use every verb. What it
    /// answers in error is kept for [`Verbs::take_late_errors`]. The end marker moves behind that cycle. [control]
    ///
    /// # Errors
    /// [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn call_later(
        &mut self,
        when: impl Into<When>,
        work: impl FnOnce(&mut Verbs, &mut Running) -> Result<(), EngineError> + Send + 'static,
    ) -> Result<(), EngineError> {
        let asked = self.start_of(when.into())?;
        // A time that is a cycle's start up to rounding is that cycle's.
        let cycle = (asked * self.clock.cycles_per_second() - 1e-6).ceil().max(0.0) as u64;
        let seconds = self.clock.seconds(cycle);
        self.add_job(seconds, Job::Call(Call(Box::new(work))));
        self.reach(seconds, self.clock.cycle_seconds());
        Ok(())
    }

    /// Calls `hear` with the channel's name and value after each cycle in which `outvalue`, `chnset` or anybody else
    /// changed it; the last value of the cycle counts. The channel is made where it does not exist; several may listen
    /// to one. Texts are not heard. [control]
    ///
    /// # Errors
    /// [`EngineError::ChannelKind`].
    pub fn on_channel(
        &mut self,
        running: &mut Running,
        name: &str,
        hear: impl FnMut(&str, f64) + Send + 'static,
    ) -> Result<(), EngineError> {
        let channel = self.channel_handle(running, name)?;
        let last = running.channel(channel);
        self.listeners.push(Listener { name: name.to_owned(), channel, last, hear: Box::new(hear) });
        Ok(())
    }

    /// Tells the listeners what has changed since the last cycle.
    pub(super) fn tell_listeners(&mut self, running: &Running) {
        for Listener { name, channel, last, hear } in &mut self.listeners {
            let value = running.channel(*channel);
            if value.to_bits() != last.to_bits() {
                *last = value;
                hear(name, value);
            }
        }
    }
}
