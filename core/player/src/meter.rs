//! How loud the outputs are and how long their making takes, gathered over some frames and then reported.

use std::time::Duration;

use super::reports::{Report, ReportWriter};

/// Frames over which levels and load are gathered.
pub const METER_FRAMES: usize = 1024;
/// Outputs that are measured.
const OUTPUTS_MAX: usize = 32;
/// Samples of an output that are measured side by side.
const LANES: usize = 8;

/// Gathers. `[audio]`
pub(super) struct Meter {
    levels: [Level; OUTPUTS_MAX],
    frames: usize,
    /// Seconds that the blocks took.
    busy: f64,
    /// Seconds that they last.
    lasting: f64,
    /// The greatest part of one block.
    load_peak: f64,
}

#[derive(Clone, Copy, Default)]
struct Level {
    peak: f32,
    squares: f64,
}

impl Level {
    /// Adds samples, [`LANES`] at a time and in a loop for each of the two: so each is compiled into few instructions. None
    /// of them is NaN: what is not a number never leaves an engine. `[audio]`
    fn add(&mut self, samples: &[f32]) {
        let greater = |a: f32, b: f32| if a > b { a } else { b };
        let (chunks, rest) = samples.as_chunks::<LANES>();
        let mut peaks = [0.0f32; LANES];
        for chunk in chunks {
            for (peak, sample) in peaks.iter_mut().zip(chunk) {
                *peak = greater(sample.abs(), *peak);
            }
        }
        self.peak = peaks.iter().chain(rest).fold(self.peak, |peak, sample| greater(sample.abs(), peak));
        let mut squares = [0.0f64; LANES];
        for chunk in chunks {
            for (sum, sample) in squares.iter_mut().zip(chunk.map(f64::from)) {
                *sum += sample * sample;
            }
        }
        let rest = rest.iter().map(|&sample| f64::from(sample) * f64::from(sample));
        self.squares += squares.into_iter().chain(rest).sum::<f64>();
    }
}

impl Meter {
    /// Nothing gathered. `[any]`
    pub fn new() -> Self {
        Self { levels: [Level::default(); OUTPUTS_MAX], frames: 0, busy: 0.0, lasting: 0.0, load_peak: 0.0 }
    }

    /// Adds a block that took so long, of an engine with so many frames a second and in a cycle; `true` where it is time
    /// to report. `[audio]`
    pub fn add(&mut self, outputs: &[&mut [f32]], frames: usize, took: Duration, pace: Pace) -> bool {
        for (level, output) in self.levels.iter_mut().zip(outputs) {
            level.add(&output[..frames.min(output.len())]);
        }
        let took = took.as_secs_f64();
        self.frames += frames;
        self.busy += took;
        self.lasting += frames as f64 / pace.rate;
        self.load_peak = self.load_peak.max(took * pace.rate / frames.max(pace.ksmps).max(1) as f64);
        self.frames >= METER_FRAMES
    }

    /// Forgets what was gathered. `[audio]`
    pub fn forget(&mut self) {
        if self.frames > 0 {
            *self = Self::new();
        }
    }

    /// Reports on so many outputs, and begins anew. `[audio]`
    pub fn report(&mut self, outputs: usize, voices: usize, to: &mut ReportWriter) {
        for (output, level) in (0u16..).zip(self.levels.iter().take(outputs)) {
            let rms = (level.squares / self.frames.max(1) as f64).sqrt() as f32;
            to.write(Report::Level { output, peak: level.peak, rms });
        }
        let mean = (self.busy / self.lasting.max(f64::MIN_POSITIVE)) as f32;
        let (voices, frames) = (voices as u32, self.frames as u32);
        to.write(Report::Load { mean, peak: self.load_peak as f32, voices, frames });
        *self = Self::new();
    }
}

/// Seconds of sound over which is seen whether they take too long.
const SLOW_WINDOW_S: f64 = 0.5;
/// Times as long as it lasts that a sound may take before something is said: hosts let a moment pass.
const SLOW_TIMES: f64 = 2.0;

/// Sees whether sound takes far longer than it lasts. `[audio]`
#[derive(Debug, Default)]
pub(super) struct Slowness {
    busy: f64,
    lasting: f64,
}

impl Slowness {
    /// Adds a block of so many seconds that took so long; how many times as long as it lasts the sound of the last half second
    /// took, where that is far too long. `[audio]`
    pub fn add(&mut self, lasts: f64, took: Duration) -> Option<f32> {
        self.busy += took.as_secs_f64();
        self.lasting += lasts;
        if self.lasting < SLOW_WINDOW_S {
            return None;
        }
        let times = self.busy / self.lasting;
        *self = Self::default();
        (times > SLOW_TIMES).then_some(times as f32)
    }
}

/// How fast an engine goes.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// Frames a second.
    pub rate: f64,
    /// Frames in a cycle.
    pub ksmps: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::ring;

    #[test]
    fn sound_that_takes_twice_as_long_as_it_lasts_is_too_slow() {
        let mut slowness = Slowness::default();
        let mut seen = |took_ms| -> Vec<f32> {
            (0..40).filter_map(|_| slowness.add(0.025, Duration::from_millis(took_ms))).collect()
        };
        assert!(seen(49).is_empty());
        let slow = seen(75);
        assert!(slow.len() == 2 && slow.iter().all(|times| (times - 3.0).abs() < 1e-3), "{slow:?}");
        // One slow moment is none.
        assert_eq!(slowness.add(0.025, Duration::from_millis(400)), None);
        assert!((0..40).all(|_| slowness.add(0.025, Duration::from_millis(5)).is_none()));
    }

    #[test]
    fn levels_and_load_are_those_of_the_frames_since_the_last_report() {
        let (mut writer, source) = ring(16);
        let mut reader = source.subscribe();
        let mut meter = Meter::new();
        let pace = Pace { rate: 1024.0, ksmps: 32 };
        let (mut loud, mut silent) = ([0.5f32; 512], [0.0f32; 512]);
        loud[7] = -1.0;
        assert!(!meter.add(&[&mut loud, &mut silent], 512, Duration::from_millis(125), pace));
        assert!(meter.add(&[&mut silent.clone(), &mut silent], 512, Duration::from_millis(375), pace));
        meter.report(2, 3, &mut writer);
        let rms = ((511.0 * 0.25 + 1.0) / 1024.0_f64).sqrt() as f32;
        assert_eq!(reader.next_report(), Some(Report::Level { output: 0, peak: 1.0, rms }));
        assert_eq!(reader.next_report(), Some(Report::Level { output: 1, peak: 0.0, rms: 0.0 }));
        assert_eq!(
            reader.next_report(),
            Some(Report::Load { mean: 0.5, peak: 0.75, voices: 3, frames: 1024 })
        );
        assert!(!meter.add(&[&mut silent], 1, Duration::from_millis(125), pace));
        meter.report(1, 0, &mut writer);
        assert_eq!(reader.next_report(), Some(Report::Level { output: 0, peak: 0.0, rms: 0.0 }));
        let Some(Report::Load { peak, .. }) = reader.next_report() else { panic!("no load") };
        assert_eq!(peak, 4.0, "a block of one frame is measured against a cycle");
    }
}
