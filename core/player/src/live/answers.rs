//! Where answers will be: the engine replies on the audio thread, and whoever reads fetches what has come.

use std::marker::PhantomData;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use ksmps_engine::verbs::AnswerValue;

use super::super::ends::ControlEnd;
use super::super::pending::Place;

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

/// Where an answer of the playing engine will be. `[control]`
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

impl<T: AnswerValue> Answer<T> {
    /// The number of a new question to an engine, and where its answer will be. `[control]`
    pub(super) fn to_come(end: &Arc<ControlEnd>, engine: (u64, u64)) -> (u64, Self) {
        let (id, place) = end.callers.questions.ask();
        (id, Self { place, end: Arc::clone(end), engine, kind: PhantomData })
    }

    /// What it holds now. `[control]`
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

    /// Waits until it is there, or so long; the audio thread must be processing blocks meanwhile. `[control]`
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
