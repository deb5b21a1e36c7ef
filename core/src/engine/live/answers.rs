//! Where the audio thread leaves what it was asked for.
//!
//! An answer is made by the control side with all the room it needs; the audio thread fills it and frees nothing.

use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

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

const NOTHING: u8 = 1;
const VALUE: u8 = 2;
/// How often somebody who waits looks.
const LOOK: Duration = Duration::from_millis(1);

/// Where a number will be. [any]
#[derive(Debug, Default)]
pub struct Answer {
    state: AtomicU8,
    bits: AtomicU64,
}

impl Answer {
    /// What it holds now. [any]
    pub fn read(&self) -> Reading {
        match self.state.load(Ordering::Acquire) {
            NOTHING => Reading::Nothing,
            VALUE => Reading::Value(f64::from_bits(self.bits.load(Ordering::Relaxed))),
            _ => Reading::Waiting,
        }
    }

    /// Waits until it is there, or so long; the audio thread must be processing blocks meanwhile. [control]
    pub fn wait(&self, at_most: Duration) -> Reading {
        wait(at_most, || self.read())
    }

    /// Answers. [audio]
    pub fn give(&self, value: Option<f64>) {
        if let Some(value) = value {
            self.bits.store(value.to_bits(), Ordering::Relaxed);
        }
        self.state.store(if value.is_some() { VALUE } else { NOTHING }, Ordering::Release);
    }
}

/// Where several numbers will be: as many as there is room for. [any]
#[derive(Debug)]
pub struct Values {
    state: AtomicU8,
    count: AtomicUsize,
    places: Box<[AtomicU64]>,
}

impl Values {
    /// Room for so many. [control]
    pub fn with_room(count: usize) -> Self {
        let places = (0..count).map(|_| AtomicU64::default()).collect();
        Self { state: AtomicU8::default(), count: AtomicUsize::default(), places }
    }

    /// How many have room. [any]
    pub fn room(&self) -> usize {
        self.places.len()
    }

    /// What it holds now: those that were there. [control]
    pub fn read(&self) -> Reading<Vec<f64>> {
        match self.state.load(Ordering::Acquire) {
            NOTHING => Reading::Nothing,
            VALUE => {
                let there = &self.places[..self.count.load(Ordering::Relaxed)];
                Reading::Value(
                    there.iter().map(|place| f64::from_bits(place.load(Ordering::Relaxed))).collect(),
                )
            }
            _ => Reading::Waiting,
        }
    }

    /// As [`Answer::wait`]. [control]
    pub fn wait(&self, at_most: Duration) -> Reading<Vec<f64>> {
        wait(at_most, || self.read())
    }

    /// Answers with as many as have room. [audio]
    pub fn give(&self, values: Option<&[f64]>) {
        let Some(values) = values else { return self.state.store(NOTHING, Ordering::Release) };
        for (place, value) in self.places.iter().zip(values) {
            place.store(value.to_bits(), Ordering::Relaxed);
        }
        self.count.store(values.len().min(self.places.len()), Ordering::Relaxed);
        self.state.store(VALUE, Ordering::Release);
    }
}

/// Where a text will be. [any]
#[derive(Debug)]
pub struct TextAnswer {
    state: AtomicU8,
    count: AtomicUsize,
    places: Box<[AtomicU8]>,
}

impl TextAnswer {
    /// Room for so many bytes. [control]
    pub fn with_room(count: usize) -> Self {
        let places = (0..count).map(|_| AtomicU8::default()).collect();
        Self { state: AtomicU8::default(), count: AtomicUsize::default(), places }
    }

    /// What it holds now; what is no UTF-8 is replaced. [control]
    pub fn read(&self) -> Reading<String> {
        match self.state.load(Ordering::Acquire) {
            NOTHING => Reading::Nothing,
            VALUE => {
                let there = &self.places[..self.count.load(Ordering::Relaxed)];
                let bytes: Vec<u8> = there.iter().map(|place| place.load(Ordering::Relaxed)).collect();
                Reading::Value(String::from_utf8_lossy(&bytes).into_owned())
            }
            _ => Reading::Waiting,
        }
    }

    /// As [`Answer::wait`]. [control]
    pub fn wait(&self, at_most: Duration) -> Reading<String> {
        wait(at_most, || self.read())
    }

    /// Answers; what has no room is left out. [audio]
    pub fn give(&self, text: Option<&[u8]>) {
        let Some(text) = text else { return self.state.store(NOTHING, Ordering::Release) };
        for (place, byte) in self.places.iter().zip(text) {
            place.store(*byte, Ordering::Relaxed);
        }
        self.count.store(text.len().min(self.places.len()), Ordering::Relaxed);
        self.state.store(VALUE, Ordering::Release);
    }
}

fn wait<T>(at_most: Duration, read: impl Fn() -> Reading<T>) -> Reading<T> {
    let started = Instant::now();
    loop {
        match read() {
            Reading::Waiting if started.elapsed() < at_most => std::thread::sleep(LOOK),
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_hold_what_has_room() {
        let values = Values::with_room(3);
        assert_eq!(values.wait(Duration::ZERO), Reading::Waiting);
        values.give(Some(&[1.0, 2.0, 3.0, 4.0]));
        assert_eq!(values.read(), Reading::Value(vec![1.0, 2.0, 3.0]));
        values.give(Some(&[1.0]));
        assert_eq!(values.read(), Reading::Value(vec![1.0]));
        let text = TextAnswer::with_room(4);
        text.give(Some("hello".as_bytes()));
        assert_eq!(text.read(), Reading::Value("hell".to_owned()));
        text.give(None);
        assert_eq!(text.read(), Reading::Nothing);
    }
}
