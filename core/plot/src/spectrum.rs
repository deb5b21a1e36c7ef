//! A sound's spectrum, column by column: windows, Fourier transforms, levels.

use std::f64::consts::TAU;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use super::samples::Channel;

/// How many frames are transformed for one picture, at most; a column has one window in any case.
const FRAMES_MAX: usize = 1 << 28;
/// What is quieter counts as this, in dB, the lowest floor that can be asked for: between silence and a sound there is
/// a way.
const QUIETEST_DB: f64 = -200.0;

/// How windows lie on the sound and on the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Windows {
    /// Frames in one.
    pub size: usize,
    /// Frames from one to the next.
    pub hop: usize,
    /// Columns of the picture, above 0.
    pub columns: usize,
}

/// What a column of the picture is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Share {
    /// The mean of the powers of `count` windows, evenly chosen from those from `first` on and before `end`.
    Mean { first: usize, end: usize, count: usize },
    /// Between this window and the next: `0.0` is all of this one.
    Between { window: usize, next: usize, part: f64 },
}

impl Windows {
    fn share(&self, column: usize, frames: usize) -> Share {
        let from = |column: usize| (column * frames / self.columns).div_ceil(self.hop);
        let (first, end) = (from(column), from(column + 1));
        if frames / self.columns >= self.hop && first < end {
            let most = (FRAMES_MAX / (self.size * self.columns)).max(1);
            return Share::Mean { first, end, count: (end - first).min(most) };
        }
        let middle = (column as f64 + 0.5) * frames as f64 / self.columns as f64 / self.hop as f64;
        let window = middle.floor() as usize;
        // A window that overlaps reaches back into the sound even when its middle is behind the end.
        let behind = usize::from(self.hop <= self.size / 2);
        let last = (frames - 1) / self.hop + behind;
        Share::Between { window: window.min(last), next: (window + 1).min(last), part: middle.fract() }
    }
}

/// Turns a channel into levels.
pub(super) struct Spectrum<'a> {
    channel: Channel<'a>,
    windows: Windows,
    /// The greatest amplitude where it is above 1: the sound is divided by it, so that powers stay numbers.
    unit: f64,
    /// What dividing and the full scale do to levels.
    gain_db: f64,
    transform: Arc<dyn RealToComplex<f64>>,
    shape: Vec<f64>,
    input: Vec<f64>,
    output: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
}

impl<'a> Spectrum<'a> {
    /// The spectrum of a channel with this amplitude; a sine of `full_scale` is 0 dB.
    pub fn new(channel: Channel<'a>, windows: Windows, peak: f64, full_scale: f64) -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(windows.size);
        let unit = peak.max(1.0);
        let hann = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / windows.size as f64).cos();
        Self {
            channel,
            windows,
            unit,
            gain_db: 20.0 * (unit / full_scale).log10(),
            shape: (0..windows.size).map(hann).collect(),
            input: transform.make_input_vec(),
            output: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
        }
    }

    /// How many frequencies there are: from 0 to half the rate.
    pub fn bins(&self) -> usize {
        self.output.len()
    }

    /// The levels of a column in dB, one for each frequency; `None` where windows hold values that are no numbers.
    pub fn column(&mut self, column: usize) -> Option<Vec<f64>> {
        match self.windows.share(column, self.channel.frames) {
            Share::Mean { first, end, count } => {
                let chosen = (0..count).map(|nth| first + nth * (end - first) / count);
                self.mean_levels(chosen)
            }
            Share::Between { window, next, part } => {
                let (here, there) = (self.mean_levels([window]), self.mean_levels([next]));
                match (here, there) {
                    (Some(here), Some(there)) => Some(
                        here.iter().zip(there).map(|(here, there)| here + part * (there - here)).collect(),
                    ),
                    (here, there) => {
                        if part < 0.5 {
                            here
                        } else {
                            there
                        }
                    }
                }
            }
        }
    }

    fn mean_levels(&mut self, windows: impl IntoIterator<Item = usize>) -> Option<Vec<f64>> {
        let mut powers = vec![0.0; self.bins()];
        let mut count = 0usize;
        for window in windows {
            if self.transform_at(window * self.windows.hop) {
                count += 1;
                powers.iter_mut().zip(&self.output).for_each(|(power, value)| *power += value.norm_sqr());
            }
        }
        (count > 0).then(|| self.levels(powers, count))
    }

    /// The window whose middle is at this frame; before and after the sound there is silence. `false` where a value
    /// is no number.
    fn transform_at(&mut self, middle: usize) -> bool {
        let half = self.windows.size / 2;
        let (start, end) = (middle.saturating_sub(half), (middle + half).min(self.channel.frames));
        self.input.fill(0.0);
        let skipped = half.saturating_sub(middle);
        let places = self.input[skipped..].iter_mut().zip(&self.shape[skipped..]);
        for ((place, shape), value) in places.zip(self.channel.range(start..end)) {
            if !value.is_finite() {
                return false;
            }
            *place = value / self.unit * shape;
        }
        self.transform.process_with_scratch(&mut self.input, &mut self.output, &mut self.scratch).is_ok()
    }

    fn levels(&self, powers: Vec<f64>, count: usize) -> Vec<f64> {
        // A sine's amplitude is twice its line over the window's sum, which for Hann is half its length.
        let per_amplitude = self.windows.size as f64 / 4.0;
        let normal = per_amplitude * per_amplitude * count as f64;
        let level = |power: f64| (10.0 * (power / normal).log10() + self.gain_db).max(QUIETEST_DB);
        powers.into_iter().map(level).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Samples;
    use super::*;

    fn sine(frames: usize, cycles_per_frame: f64, amplitude: f64) -> Vec<f64> {
        (0..frames).map(|n| amplitude * (TAU * cycles_per_frame * n as f64).sin()).collect()
    }

    #[test]
    fn a_sine_of_full_scale_is_0_db_in_its_place_alone() {
        for (amplitude, full_scale, expected) in
            [(1.0, 1.0, 0.0), (0.1, 1.0, -20.0), (32_768.0, 32_768.0, 0.0)]
        {
            let data = sine(20_000, 16.0 / 256.0, amplitude);
            let samples = Samples::new("", &data);
            let windows = Windows { size: 256, hop: 64, columns: 10 };
            let mut spectrum = Spectrum::new(samples.channel(0), windows, amplitude, full_scale);
            let levels = spectrum.column(5).expect("numbers");
            assert!((levels[16] - expected).abs() < 0.01, "{}", levels[16]);
            assert!(levels[30] < expected - 150.0, "{}", levels[30]);
        }
    }

    #[test]
    fn a_long_sound_is_looked_at_so_often_and_no_more() {
        let windows = Windows { size: 2048, hop: 512, columns: 1000 };
        let Share::Mean { first, end, count } = windows.share(999, 1 << 28) else {
            panic!("many windows fall on a column");
        };
        assert_eq!(count, FRAMES_MAX / (2048 * 1000));
        assert!(end - first > count && end * 512 >= 1 << 28);
    }

    #[test]
    fn a_short_sound_stays_inside_its_windows() {
        let windows = Windows { size: 2048, hop: 512, columns: 100 };
        assert_eq!(
            windows.share(0, 3),
            Share::Between { window: 0, next: 1, part: 0.5 * 3.0 / 100.0 / 512.0 }
        );
        let Share::Between { window, next, .. } = windows.share(99, 5_000) else {
            panic!("columns fall between windows");
        };
        assert_eq!((window, next), (9, 10));
        let apart = Windows { size: 2048, hop: 2048, columns: 100 };
        assert_eq!(
            apart.share(99, 2040),
            Share::Between { window: 0, next: 0, part: 99.5 * 2040.0 / 100.0 / 2048.0 }
        );
    }
}
