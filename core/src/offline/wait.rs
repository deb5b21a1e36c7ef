//! Verbs in which time passes or stands still: the locked clock, events that answer, calls at a time.

use std::ops::{Deref, DerefMut};

use crate::csound::Running;
use crate::engine::verbs::Verbs;
use crate::verbs::{EngineError, EventId, Sched, When};

use super::engine::{Live, OfflineEngine};

/// An engine whose clock is locked until this is dropped. It is the engine otherwise.
pub struct LockedClock<'a> {
    engine: &'a mut OfflineEngine,
}

impl Deref for LockedClock<'_> {
    type Target = OfflineEngine;

    fn deref(&self) -> &OfflineEngine {
        self.engine
    }
}

impl DerefMut for LockedClock<'_> {
    fn deref_mut(&mut self) -> &mut OfflineEngine {
        self.engine
    }
}

impl Drop for LockedClock<'_> {
    fn drop(&mut self) {
        if let Ok(live) = self.engine.live() {
            live.verbs.pop_lock();
        }
    }
}

impl OfflineEngine {
    /// Locks the clock for as long as the returned guard lives; every delay counts from now, plus `latency` seconds.
    /// [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    ///
    /// ```
    /// # use ksmps_core::{offline::OfflineEngine, verbs::Sched};
    /// let mut engine = OfflineEngine::builder().build()?;
    /// engine.compile("instr 100\n outs oscili:a(0.1, p4), oscili:a(0.1, p4)\nendin")?;
    /// {
    ///     let mut engine = engine.locked_clock(0.1)?;
    ///     engine.sched(Sched::new(100).dur(0.1).arg(1000).unique())?;
    ///     engine.perform_until(0.05)?;
    ///     assert_eq!(engine.elapsed_time(), 0.0);
    ///     engine.sched(Sched::new(100).dur(0.1).arg(800).unique())?; // in step with the first one
    /// }
    /// assert!(engine.elapsed_time() >= 0.05);
    /// # Ok::<(), ksmps_core::verbs::EngineError>(())
    /// ```
    pub fn locked_clock(&mut self, latency: f64) -> Result<LockedClock<'_>, EngineError> {
        self.push_lock(latency)?;
        Ok(LockedClock { engine: self })
    }

    /// Locks the clock, inside other locks or not. See [`Verbs::push_lock`]. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn push_lock(&mut self, latency: f64) -> Result<(), EngineError> {
        self.live()?.verbs.push_lock(latency);
        Ok(())
    }

    /// Takes back the last lock. See [`Verbs::pop_lock`]. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn pop_lock(&mut self) -> Result<bool, EngineError> {
        Ok(self.live()?.verbs.pop_lock())
    }

    /// Locks the clock or lets it go. See [`Verbs::lock_clock`]. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn lock_clock(&mut self, lock: bool) -> Result<(), EngineError> {
        self.live()?.verbs.lock_clock(lock);
        Ok(())
    }

    /// Whether the clock is locked. [control]
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    pub fn is_clock_locked(&mut self) -> Result<bool, EngineError> {
        Ok(self.live()?.verbs.is_clock_locked())
    }

    /// Schedules an event that answers, and performs until it has: the event's p4 is the token it is to answer with,
    /// its own p-fields begin with p5 ([`Verbs::sched_with_token`]). Gives the event and its answer. [control]
    ///
    /// # Errors
    /// [`EngineError::NoAnswer`] where none came within `timeout` seconds of performed time; as
    /// [`OfflineEngine::sched`] and [`OfflineEngine::perform_with`].
    pub fn sched_sync(&mut self, event: &Sched, timeout: f64) -> Result<(EventId, f64), EngineError> {
        let live = self.live()?;
        let (id, token) = live.verbs.sched_with_token(&mut live.running, event)?;
        let until = live.verbs.now() + timeout;
        while live.verbs.now() < until {
            live.perform_cycle()?;
            if let Some(answer) = live.verbs.sync_answer(&mut live.running, token)? {
                return Ok((id, answer));
            }
        }
        Err(EngineError::NoAnswer { instance: id.to_string(), seconds: timeout })
    }

    /// Calls `work` at a time. See [`Verbs::call_later`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn call_later(
        &mut self,
        when: impl Into<When>,
        work: impl FnOnce(&mut Verbs, &mut Running) -> Result<(), EngineError> + Send + 'static,
    ) -> Result<(), EngineError> {
        self.live()?.verbs.call_later(when, work)
    }

    /// Calls `hear` whenever a channel has changed. See [`Verbs::on_channel`]. [control]
    ///
    /// # Errors
    /// As the verb.
    pub fn on_channel(
        &mut self,
        name: &str,
        hear: impl FnMut(&str, f64) + Send + 'static,
    ) -> Result<(), EngineError> {
        let Live { running, verbs, .. } = self.live()?;
        verbs.on_channel(running, name, hear)
    }
}
