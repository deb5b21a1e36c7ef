//! What a rendered sound is like, in numbers: level, loudness, spectrum, pitch, onsets, clicks, and what differs
//! between two renderings.
//!
//! Plain functions over samples: one channel is a `&[f32]`, a sound is a `&[Vec<f32>]` with a vector per channel,
//! full scale is 1. Nothing here renders, reads files or judges; tests and tools decide which numbers are good.
//! All functions may run on any thread but the audio thread: most allocate.

mod compare;
mod level;
mod onsets;
mod pitch;
mod spectrum;

pub use compare::{Difference, difference, hash};
pub use level::{Click, clicks, decibels, is_silent, loudness_lufs, mixdown, peak, peak_dbfs, rms};
pub use onsets::{first_above, onsets};
pub use pitch::{cents, fundamentals, pitch_hz};
pub use spectrum::Spectrum;

#[cfg(test)]
mod signals;
