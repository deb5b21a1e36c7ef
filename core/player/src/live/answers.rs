//! Where answers will be: the engine replies on the audio thread, and whoever reads fetches what has come.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use ksmps_engine::command::{Reply, Value};
use ksmps_engine::verbs::Told;

use super::super::ends::ControlEnd;

/// How often somebody who waits looks.
const LOOK: Duration = Duration::from_millis(1);

/// What an answer holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading<T = f64> {
    /// It was not answered yet.
    Waiting,
    /// There was nothing to read, no room, or the engine is gone.
    Nothing,
    /// The answer.
    Value(T),
}

/// The place of one answer.
type Place = Mutex<Option<Value>>;

/// The questions that wait for their answers.
#[derive(Default)]
pub(crate) struct Questions {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    waiting: HashMap<u64, Weak<Place>>,
}

impl Questions {
    /// One more question: its number, and the place of its answer. [control]
    fn ask(&self) -> (u64, Arc<Place>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.last += 1;
        let (id, place) = (state.last, Arc::new(Place::default()));
        // Questions of which nobody has the answer any more are forgotten.
        state.waiting.retain(|_, place| place.strong_count() > 0);
        state.waiting.insert(id, Arc::downgrade(&place));
        (id, place)
    }

    /// Puts an answer into its place. [control]
    pub fn answer(&self, reply: Reply) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = state.waiting.remove(&reply.id).and_then(|place| place.upgrade()) {
            place.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reply.value);
        }
    }
}

/// Where an answer of the playing engine will be. [control]
pub struct Answer<T = f64> {
    place: Arc<Place>,
    end: Arc<ControlEnd>,
    /// The number in the instance, and the serial number, of the engine that was asked.
    engine: (u64, u64),
    kind: PhantomData<fn() -> T>,
}

impl<T> std::fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("place", &self.place).finish_non_exhaustive()
    }
}

impl<T: Told> Answer<T> {
    /// The number of a new question to an engine, and where its answer will be. [control]
    pub(super) fn to_come(end: &Arc<ControlEnd>, engine: (u64, u64)) -> (u64, Self) {
        let (id, place) = end.callers.questions.ask();
        (id, Self { place, end: Arc::clone(end), engine, kind: PhantomData })
    }

    /// What it holds now. [control]
    pub fn read(&self) -> Reading<T> {
        // Whoever sees the engine gone sees everything that it has answered.
        let is_gone = self.end.playing_number() != self.engine.0;
        self.end.fetch_replies();
        let value = self.place.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match value {
            Some(value) => T::of(value, self.engine.1).map_or(Reading::Nothing, Reading::Value),
            None if is_gone => Reading::Nothing,
            None => Reading::Waiting,
        }
    }

    /// Waits until it is there, or so long; the audio thread must be processing blocks meanwhile. [control]
    pub fn wait(&self, at_most: Duration) -> Reading<T> {
        let started = Instant::now();
        loop {
            match self.read() {
                Reading::Waiting if started.elapsed() < at_most => std::thread::sleep(LOOK),
                other => return other,
            }
        }
    }
}
