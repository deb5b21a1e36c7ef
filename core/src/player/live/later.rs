//! What the builder's thread does for callers: it calls them at an engine's time, and tells them what channels got.

use std::sync::{Arc, Mutex, PoisonError};

use crate::diagnostic::Diagnostic;
use crate::engine::{Command, Heard, LISTENERS_MAX, Listening, Order};
use crate::verbs::When;

use super::super::Control;
use super::super::ends::ControlEnd;
use super::LiveError;
use super::clock::HeldClock;

type Work = Box<dyn FnOnce() + Send>;
type Hear = Box<dyn FnMut(&str, f64) + Send>;

/// Somebody who listens to a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListenerId(u64);

/// Something to be called when an engine has performed so long.
struct Call {
    engine: u64,
    seconds: f64,
    work: Work,
}

/// Who hears of a channel, and the engine that watches it for them.
struct Ear {
    id: u64,
    channel: String,
    engine: u64,
    last: Option<f64>,
    hear: Hear,
}

/// What waits for the builder's thread.
#[derive(Default)]
pub(in crate::player) struct Later {
    pub held: Mutex<HeldClock>,
    calls: Mutex<Vec<Call>>,
    ears: Mutex<Ears>,
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Ears {
    last_id: u64,
    list: Vec<Ear>,
    /// Listeners that were taken away while they were called.
    gone: Vec<u64>,
}

impl Control {
    /// Calls `work` on the builder's thread as soon as the playing engine has performed so long: within 10 ms, later
    /// where an engine is being built. With another engine, after an edit or a reset, the call is forgotten. `work`
    /// must not wait for this instance. [control]
    ///
    /// # Errors
    /// [`crate::verbs::EngineError::Past`], [`crate::verbs::EngineError::BadTime`], [`LiveError::NothingPlays`].
    pub fn call_later(
        &self,
        when: impl Into<When>,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), LiveError> {
        let aim = self.aim()?;
        let seconds = match aim.check(when.into())? {
            When::In(delay) => aim.now + delay,
            When::At(time) => time,
        };
        let call = Call { engine: aim.engine, seconds, work: Box::new(work) };
        locked(&self.shared.later.calls).push(call);
        Ok(())
    }

    /// Has `hear` called on the builder's thread, with the channel's name and value, for each cycle in which anybody
    /// changed the channel (`outvalue`, `chnset`, a verb, a parameter); the last value of the cycle counts. It is
    /// called within 10 ms, later where an engine is being built, and goes on with the next engine where that has the
    /// channel. Up to 4,096 changes wait; more are lost, and `Status::problems` says so. `hear` must not wait for this
    /// instance. [control]
    ///
    /// # Errors
    /// As [`Control::control_channel`], [`LiveError::TooManyListeners`].
    pub fn on_channel(
        &self,
        channel: &str,
        hear: impl FnMut(&str, f64) + Send + 'static,
    ) -> Result<ListenerId, LiveError> {
        let aim = self.aim()?;
        aim.symbols.channel(channel)?;
        let mut ears = locked(&self.shared.later.ears);
        if ears.list.len() >= LISTENERS_MAX {
            return Err(LiveError::TooManyListeners);
        }
        ears.last_id += 1;
        let id = ears.last_id;
        let hear = Box::new(hear);
        ears.list.push(Ear { id, channel: channel.to_owned(), engine: 0, last: None, hear });
        drop(ears);
        self.shared.listen_with_playing();
        Ok(ListenerId(id))
    }

    /// Has a listener called no more; one that was gone already is as it should be. [control]
    pub fn stop_hearing(&self, listener: ListenerId) {
        let mut ears = locked(&self.shared.later.ears);
        ears.list.retain(|ear| ear.id != listener.0);
        ears.gone.push(listener.0);
        drop(ears);
        if let Some((engine, _)) = self.shared.playing() {
            let order = Order::Unlisten(listener.0);
            // With no room it goes on being watched and nobody is told.
            drop(self.shared.send(Command { engine, when: When::default(), order }));
        }
    }
}

impl ControlEnd {
    /// Calls whose time has come, and tells what was heard. [control]
    pub(in crate::player) fn call_callers(&self) {
        self.listen_with_playing();
        self.tell_listeners();
        for call in self.due_calls() {
            (call.work)();
        }
    }

    /// What to say of changes that were lost since the last time. [control]
    pub(in crate::player) fn lost_changes(&self) -> Option<Diagnostic> {
        (self.later.heard.take_lost() > 0).then(|| {
            Diagnostic::warning(None, "changes of channels came faster than they could be told and were lost")
                .with_remedy("write the channel less often")
        })
    }

    fn due_calls(&self) -> Vec<Call> {
        let mut calls = locked(&self.later.calls);
        if calls.is_empty() {
            return Vec::new();
        }
        let playing = self.playing();
        let now = playing.as_ref().map_or(0.0, |(_, symbols)| self.frames() as f64 / symbols.clock().rate());
        let engine = playing.map(|(engine, _)| engine);
        calls.retain(|call| Some(call.engine) == engine);
        let mut due: Vec<Call> = calls.extract_if(.., |call| call.seconds <= now).collect();
        due.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        due
    }

    /// Has the playing engine watch for all who listen.
    fn listen_with_playing(&self) {
        let mut ears = locked(&self.later.ears);
        let news = ears.list.iter_mut();
        let Some((engine, symbols)) = self.playing() else { return };
        for ear in news.filter(|ear| ear.engine != engine) {
            let Ok(channel) = symbols.channel(&ear.channel) else {
                ear.engine = engine;
                continue;
            };
            let told = Arc::clone(&self.later.heard);
            let order = Order::Listen(Listening { listener: ear.id, channel, last: ear.last, told });
            // With no room it is tried again.
            if self.send(Command { engine, when: When::default(), order }).is_ok() {
                ear.engine = engine;
            }
        }
    }

    /// Calls are made while nothing is locked: who is called may listen to more, or no more.
    fn tell_listeners(&self) {
        while let Some((id, value)) = self.later.heard.next() {
            let mut ears = locked(&self.later.ears);
            let Some(at) = ears.list.iter().position(|ear| ear.id == id) else { continue };
            let mut ear = ears.list.remove(at);
            ears.gone.clear();
            drop(ears);
            ear.last = Some(value);
            (ear.hear)(&ear.channel, value);
            let mut ears = locked(&self.later.ears);
            if !ears.gone.contains(&id) {
                ears.list.push(ear);
            }
        }
    }
}

fn locked<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
