//! The offline engine as a user meets it: every error, the files, time, and verbs together. The examples of
//! csoundengine's documents are in `tests/documented`.

mod errors;
mod files;
mod numbers;
mod time;
mod together;
mod waits;

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::sound_file::{Encoding, Sound, read};
use ksmps_core::offline::{OfflineBuilder, OfflineEngine};

/// What the tests agree on: 44,100 Hz, ksmps 64, one channel, exact samples.
fn settings() -> OfflineBuilder {
    OfflineEngine::builder().channels(1).encoding(Encoding::Float64)
}

/// An engine with some orchestra.
fn engine(orchestra: &str) -> OfflineEngine {
    let mut engine = settings().build().expect("the engine starts");
    engine.compile(orchestra).expect("the orchestra compiles");
    engine
}

/// Renders what is to come and gives what was rendered.
fn rendered(engine: &mut OfflineEngine) -> Sound {
    let job = engine.stop().expect("it renders").expect("something was rendered");
    read(&job.path).expect("the file is there")
}

/// The value that an instrument with `outch 1, a(kval)` had at a time: the last frame of the cycle, where the ramp that
/// `a()` makes has got to it, up to rounding.
fn value_at(sound: &Sound, seconds: f64) -> f64 {
    let cycle = (seconds * 44_100.0 / 64.0).round() as usize;
    (sound.samples[cycle * 64 + 63] * 1e12).round() / 1e12
}
