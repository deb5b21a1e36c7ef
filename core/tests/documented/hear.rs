//! How the tests listen.

use std::f64::consts::TAU;

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::sound_file::{Encoding, Format, Sound, Writer, read};
use ksmps_core::offline::{OfflineBuilder, OfflineEngine};

/// Frames per second of every engine and session here.
pub const RATE: f64 = 44_100.0;

/// Exact samples; two channels, 44,100 Hz and ksmps 64 are what an engine has of itself.
pub fn settings() -> OfflineBuilder {
    OfflineEngine::builder().encoding(Encoding::Float64)
}

/// An engine with some orchestra.
pub fn engine(orchestra: &str) -> OfflineEngine {
    let mut engine = settings().build().expect("the engine starts");
    engine.compile(orchestra).expect("the orchestra compiles");
    engine
}

/// Renders what is to come, and listens to the first channel.
pub fn rendered(engine: &mut OfflineEngine) -> Heard {
    let job = engine.stop().expect("it renders").expect("something was rendered");
    Heard::channel(&read(&job.path).expect("the file is there"), 0)
}

/// One channel of what was rendered.
pub struct Heard(pub Vec<f64>);

impl Heard {
    pub fn channel(sound: &Sound, channel: usize) -> Self {
        Self(sound.samples.iter().skip(channel).step_by(sound.about.channels).copied().collect())
    }

    fn between(&self, from: f64, to: f64) -> &[f64] {
        let frame = |seconds: f64| ((seconds * RATE) as usize).min(self.0.len());
        &self.0[frame(from)..frame(to)]
    }

    /// The loudest sample between two times, in seconds.
    pub fn peak(&self, from: f64, to: f64) -> f64 {
        self.between(from, to).iter().fold(0.0, |peak, sample| sample.abs().max(peak))
    }

    /// The root of the mean square between two times.
    pub fn rms(&self, from: f64, to: f64) -> f64 {
        let part = self.between(from, to);
        (part.iter().map(|sample| sample * sample).sum::<f64>() / part.len() as f64).sqrt()
    }

    /// The amplitude of a sine of this frequency between two times.
    pub fn level(&self, hertz: f64, from: f64, to: f64) -> f64 {
        let part = self.between(from, to);
        let (mut re, mut im, mut weight) = (0.0, 0.0, 0.0);
        for (at, sample) in part.iter().enumerate() {
            let window = 0.5 - 0.5 * (TAU * at as f64 / part.len() as f64).cos();
            let phase = TAU * hertz * at as f64 / RATE;
            re += window * sample * phase.cos();
            im += window * sample * phase.sin();
            weight += window;
        }
        2.0 * (re * re + im * im).sqrt() / weight
    }

    /// The frequency between two times, by upward zero crossings: of a tone that crosses once a period.
    pub fn pitch(&self, from: f64, to: f64) -> f64 {
        let part = self.between(from, to);
        let crossings: Vec<f64> = (1..part.len())
            .filter(|&at| part[at - 1] <= 0.0 && part[at] > 0.0)
            .map(|at| at as f64 - part[at] / (part[at] - part[at - 1]))
            .collect();
        match (crossings.first(), crossings.last()) {
            (Some(first), Some(last)) if crossings.len() > 1 => {
                RATE * (crossings.len() - 1) as f64 / (last - first)
            }
            _ => 0.0,
        }
    }

    /// When the first sample that is louder than a thousandth sounds, in seconds.
    pub fn onset(&self) -> Option<f64> {
        self.0.iter().position(|sample| sample.abs() > 1e-3).map(|frame| frame as f64 / RATE)
    }

    /// When the last such sample sounds.
    pub fn last(&self) -> Option<f64> {
        self.0.iter().rposition(|sample| sample.abs() > 1e-3).map(|frame| frame as f64 / RATE)
    }
}

/// Whether two values are no further apart than `tolerance`; the numbers where they are.
#[track_caller]
pub fn near(seen: f64, expected: f64, tolerance: f64) {
    assert!((seen - expected).abs() <= tolerance, "{seen}, not {expected} within {tolerance}");
}

/// The frequency of a MIDI key in an engine whose A4 is 442 Hz.
pub fn key(key: f64) -> f64 {
    442.0 * ((key - 69.0) / 12.0).exp2()
}

/// A sine in a file: so many seconds, left at half of full scale, right the same upside down.
pub fn stereo_file(folder: &std::path::Path, hertz: f64, seconds: f64) -> std::path::PathBuf {
    let path = folder.join("stereo.wav");
    let mut writer = Writer::create(&path, Format::Wav, Encoding::Float32, RATE as u32, 2).unwrap();
    writer.write(&stereo(hertz, seconds)).unwrap();
    writer.flush().unwrap();
    path
}

/// The same as samples, interleaved.
pub fn stereo(hertz: f64, seconds: f64) -> Vec<f64> {
    let frames = 0..(seconds * RATE) as usize;
    let samples = frames.map(|frame| (TAU * hertz * frame as f64 / RATE).sin() * 0.5);
    samples.flat_map(|sample| [sample, -sample]).collect()
}
