//! What is pending between the control side and an engine: questions, calls to be made, listeners, the clock's lock.
//!
//! Plain data; `live` fills it, and the builder's thread works it off.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ksmps_data::verbs::ClockLock;
use ksmps_data::watched::{WatchTarget, WhichVoice};
use ksmps_engine::command::{Reply, Value};
use ksmps_engine::verbs::ChannelCallback;

pub(super) type Work = Box<dyn FnOnce() + Send>;

/// Something to be called when an engine has performed so long.
pub(super) struct Call {
    pub engine: u64,
    pub seconds: f64,
    pub work: Work,
}

/// Somebody who hears of a channel, and the engine that watches it for them.
pub(super) struct Listener {
    pub id: u64,
    pub channel: String,
    pub engine: u64,
    pub last: Option<f64>,
    pub hear: ChannelCallback,
}

/// What waits for the builder's thread.
#[derive(Default)]
pub(super) struct Callers {
    pub lock: Mutex<EngineLock>,
    pub questions: Questions,
    pub calls: Mutex<Vec<Call>>,
    pub listeners: Mutex<Listeners>,
    pub watched: Mutex<WatchedValues>,
}

#[derive(Default)]
pub(super) struct Listeners {
    pub last_id: u64,
    pub list: Vec<Listener>,
    /// The one that is called now, and whether it was ended meanwhile.
    pub called: Option<(u64, bool)>,
}

/// What values are watched, in whichever engine plays.
#[derive(Default)]
pub(super) struct WatchedValues {
    /// The number of the list, 0 before the first one.
    pub number: u32,
    pub voice: WhichVoice,
    pub every_frames: u32,
    pub targets: Vec<WatchTarget>,
    /// The engine that has the list, 0 where none has it.
    pub engine: u64,
}

/// The clock's lock and the engine whose time it has.
#[derive(Debug, Default)]
pub(super) struct EngineLock {
    pub engine: u64,
    pub lock: ClockLock,
}

/// The place of one answer.
pub(super) type Place = Mutex<Option<Value>>;

/// The questions that wait for their answers.
#[derive(Default)]
pub(super) struct Questions {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    waiting: HashMap<u64, Weak<Place>>,
}

impl Questions {
    /// One more question: its number, and the place of its answer. `[control]`
    pub fn ask(&self) -> (u64, Arc<Place>) {
        let mut state = locked(&self.state);
        state.last += 1;
        let (id, place) = (state.last, Arc::new(Place::default()));
        // Questions of which nobody has the answer any more are forgotten.
        state.waiting.retain(|_, place| place.strong_count() > 0);
        state.waiting.insert(id, Arc::downgrade(&place));
        (id, place)
    }

    /// Puts an answer into its place. `[control]`
    pub fn answer(&self, reply: Reply) {
        let mut state = locked(&self.state);
        if let Some(place) = state.waiting.remove(&reply.id).and_then(|place| place.upgrade()) {
            locked(&place).get_or_insert(reply.value);
        }
    }
}

pub(super) fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
