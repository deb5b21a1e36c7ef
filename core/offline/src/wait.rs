//! Verbs in which time passes or stands still: the locked clock, events that answer, calls at a time.

use std::ops::{Deref, DerefMut};

use ksmps_data::verbs::{EngineError, EventId, Sched};
use ksmps_engine::command::{Reply, Value};
use ksmps_engine::verbs::{ClockVerbs, EventVerbs};

use super::engine::OfflineEngine;

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
        // An engine that was stopped has no clock any more.
        let _ = self.engine.pop_lock();
    }
}

impl OfflineEngine {
    /// Locks the clock for as long as the returned guard lives; every delay counts from now, plus `latency` seconds.
    /// `[control]`
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    ///
    /// ```
    /// # use ksmps_data::verbs::Sched;
    /// # use ksmps_engine::MakingVerbs as _;
    /// # use ksmps_engine::verbs::prelude::*;
    /// # use ksmps_offline::OfflineEngine;
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
    /// # Ok::<(), ksmps_data::verbs::EngineError>(())
    /// ```
    pub fn locked_clock(&mut self, latency: f64) -> Result<LockedClock<'_>, EngineError> {
        self.push_lock(latency)?;
        Ok(LockedClock { engine: self })
    }

    /// Schedules an event that answers, and performs until it has: the event's p4 is the token it is to answer with,
    /// its own p-fields begin with p5 ([`EventVerbs::sched_with_answer`]). Gives the event and its answer. `[control]`
    ///
    /// # Errors
    /// [`EngineError::NoAnswer`] where none came within `timeout` seconds of performed time; as [`EventVerbs::sched`]
    /// and [`OfflineEngine::perform_with`].
    pub fn sched_sync(&mut self, event: &Sched, timeout: f64) -> Result<(EventId, f64), EngineError> {
        let live = self.live()?;
        let question = live.engine.next_question();
        let id = live.engine.sched_with_answer(event, question)?;
        let until = live.engine.now() + timeout;
        while live.engine.now() < until {
            live.perform_cycle()?;
            if let Some(Reply { value: Value::Number(answer), .. }) = live.engine.take_reply(question) {
                return Ok((id, answer));
            }
        }
        Err(EngineError::NoAnswer { instance: id.to_string(), seconds: timeout })
    }
}
