//! How a sound's energy lies over frequency.

use std::f64::consts::TAU;

use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

/// Frames of one window of [`Spectrum::of`].
const WINDOW_FRAMES: usize = 4096;

/// Mean power per frequency bin, bins from 0 Hz to half the rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    /// Distance of two bins in Hz.
    pub bin_hz: f64,
    /// Power of each bin, relative to the others.
    pub power: Vec<f64>,
}

impl Spectrum {
    /// The mean over half-overlapping Hann windows of 4096 frames; shorter sounds are padded with silence.
    pub fn of(samples: &[f32], rate: f64) -> Self {
        let mut power = vec![0.0; WINDOW_FRAMES / 2 + 1];
        let last = samples.len().saturating_sub(WINDOW_FRAMES);
        for start in (0..=last).step_by(WINDOW_FRAMES / 2) {
            let end = samples.len().min(start + WINDOW_FRAMES);
            let window = Self::of_window(&samples[start..end], WINDOW_FRAMES, rate);
            power.iter_mut().zip(window.power).for_each(|(sum, new)| *sum += new);
        }
        Self { bin_hz: rate / WINDOW_FRAMES as f64, power }
    }

    /// One Hann window over all of `samples`, padded with silence to `frames`.
    pub(super) fn of_window(samples: &[f32], frames: usize, rate: f64) -> Self {
        let length = samples.len().max(1) as f64;
        let mut bins: Vec<Complex<f64>> = samples
            .iter()
            .take(frames)
            .enumerate()
            .map(|(n, x)| Complex::from(f64::from(*x) * (0.5 - 0.5 * (TAU * n as f64 / length).cos())))
            .collect();
        bins.resize(frames, Complex::from(0.0));
        FftPlanner::new().plan_fft_forward(frames).process(&mut bins);
        let power = bins[..=frames / 2].iter().map(Complex::norm_sqr).collect();
        Self { bin_hz: rate / frames as f64, power }
    }

    /// The centre of gravity of the magnitudes in Hz: where the sound is between dark and bright. 0 for silence.
    pub fn centroid_hz(&self) -> f64 {
        let magnitudes = self.power.iter().map(|power| power.sqrt());
        let (sum, moment) = magnitudes.enumerate().fold((0.0, 0.0), |(sum, moment), (bin, magnitude)| {
            (sum + magnitude, moment + magnitude * bin as f64)
        });
        if sum > 0.0 { moment / sum * self.bin_hz } else { 0.0 }
    }

    /// The share (0..=1) of all power that lies in `from_hz..to_hz`; 0 for silence.
    pub fn share(&self, from_hz: f64, to_hz: f64) -> f64 {
        let total: f64 = self.power.iter().sum();
        let bin = |hz: f64| ((hz / self.bin_hz).ceil().max(0.0) as usize).min(self.power.len());
        let (from, to) = (bin(from_hz), bin(to_hz));
        let inside: f64 = self.power[from..to.max(from)].iter().sum();
        if total > 0.0 { inside / total } else { 0.0 }
    }

    /// The frequency of the highest point within `from_hz..=to_hz`, between the bins by a parabola over the
    /// logarithms. `None` where there is no power.
    pub fn peak_hz(&self, from_hz: f64, to_hz: f64) -> Option<f64> {
        let first = ((from_hz / self.bin_hz).floor().max(1.0)) as usize;
        let last = ((to_hz / self.bin_hz).ceil() as usize).min(self.power.len().saturating_sub(2));
        let top = (first..=last).max_by(|a, b| self.power[*a].total_cmp(&self.power[*b]))?;
        if self.power[top] <= 0.0 {
            return None;
        }
        let log = |bin: usize| self.power[bin].max(f64::MIN_POSITIVE).ln();
        let (left, middle, right) = (log(top - 1), log(top), log(top + 1));
        let curve = left - 2.0 * middle + right;
        let shift = if curve < 0.0 { 0.5 * (left - right) / curve } else { 0.0 };
        Some((top as f64 + shift.clamp(-0.5, 0.5)) * self.bin_hz)
    }
}

#[cfg(test)]
mod tests {
    use super::super::signals::{add, sine};
    use super::*;

    #[test]
    fn a_sine_is_all_in_one_place() {
        let spectrum = Spectrum::of(&sine(1234.5, 0.5, 48_000.0, 48_000), 48_000.0);
        assert!((spectrum.peak_hz(20.0, 20_000.0).unwrap() - 1234.5).abs() < 0.5);
        assert!((spectrum.centroid_hz() - 1234.5).abs() < 40.0, "{}", spectrum.centroid_hz());
        assert!(spectrum.share(1150.0, 1320.0) > 0.999);
        assert!(spectrum.share(2000.0, 24_000.0) < 1e-6);
    }

    #[test]
    fn two_sines_share_the_power() {
        let mut sound = sine(300.0, 0.4, 48_000.0, 48_000);
        add(&mut sound, &sine(3000.0, 0.2, 48_000.0, 48_000), 0);
        let spectrum = Spectrum::of(&sound, 48_000.0);
        assert!((spectrum.share(0.0, 1000.0) - 0.8).abs() < 0.01);
        assert!((spectrum.peak_hz(1000.0, 10_000.0).unwrap() - 3000.0).abs() < 1.0);
        assert!(spectrum.centroid_hz() > 1000.0 && spectrum.centroid_hz() < 1500.0);
    }

    #[test]
    fn silence_has_no_place() {
        let spectrum = Spectrum::of(&[0.0; 100], 48_000.0);
        assert_eq!(spectrum.centroid_hz(), 0.0);
        assert_eq!(spectrum.share(0.0, 24_000.0), 0.0);
        assert_eq!(spectrum.peak_hz(20.0, 20_000.0), None);
    }
}
