//! Sounds of which everything is known, for the tests of the measurements.

use std::f64::consts::TAU;

/// A sine of `frames` frames that starts at phase 0.
pub fn sine(hz: f64, amplitude: f64, rate: f64, frames: usize) -> Vec<f32> {
    (0..frames).map(|n| (amplitude * (TAU * hz * n as f64 / rate).sin()) as f32).collect()
}

/// A note of up to ten harmonics, each weaker than the one below, none above half the rate.
pub fn harmonic(hz: f64, amplitude: f64, rate: f64, frames: usize) -> Vec<f32> {
    let mut sound = vec![0.0; frames];
    for h in (1..=10).map(f64::from).filter(|h| h * hz < 0.5 * rate) {
        add(&mut sound, &sine(hz * h, amplitude / h, rate, frames), 0);
    }
    sound
}

/// Adds `other` to `sound`, `at` frames in; what does not fit is left out.
pub fn add(sound: &mut [f32], other: &[f32], at: usize) {
    for (here, there) in sound[at..].iter_mut().zip(other) {
        *here += there;
    }
}

/// Fades both ends over `frames` frames.
pub fn faded(mut sound: Vec<f32>, frames: usize) -> Vec<f32> {
    let last = sound.len() - 1;
    for n in 0..frames {
        let gain = n as f32 / frames as f32;
        sound[n] *= gain;
        sound[last - n] *= gain;
    }
    sound
}

/// A soft start over 100 frames, then a decay by the factor e in `decay_frames`.
pub fn struck(mut sound: Vec<f32>, decay_frames: f64) -> Vec<f32> {
    for (n, x) in sound.iter_mut().enumerate() {
        *x *= (n as f32 / 100.0).min(1.0) * (-(n as f64) / decay_frames).exp() as f32;
    }
    sound
}
