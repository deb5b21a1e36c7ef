//! One band-enhanced partial: a wave whose amplitude is moved by low-passed noise, so that it fills a band around its
//! frequency.
//!
//! At bandwidth `b` it is the wave times √(1-b) + noise·√(2b). The noise passes a Chebyshev low-pass of third order
//! (500 Hz, 1 dB ripple), whatever the sample rate.

use std::cell::Cell;
use std::f64::consts::{PI, TAU};
use std::sync::LazyLock;

use ksmps_data::random::Random;

/// The numbers of one period, at least one.
#[derive(Clone, Copy)]
pub(super) enum Period<'a> {
    /// A table's, which a note may write to while it sounds.
    Table(&'a [Cell<f64>]),
    /// A sine's.
    Sine(&'static [f64]),
}

impl Period<'_> {
    fn len(self) -> usize {
        match self {
            Self::Table(numbers) => numbers.len(),
            Self::Sine(numbers) => numbers.len(),
        }
    }

    fn number(self, index: usize) -> f64 {
        match self {
            Self::Table(numbers) => numbers[index].get(),
            Self::Sine(numbers) => numbers[index],
        }
    }
}

/// A wave by one of its periods.
#[derive(Clone, Copy)]
pub(super) struct Wave<'a> {
    pub period: Period<'a>,
    /// Whether to go in straight lines from one number to the next.
    pub straight: bool,
}

impl Wave<'_> {
    /// The wave at a phase from 0 to 1.
    fn at(self, phase: f64) -> f64 {
        let place = phase * self.period.len() as f64;
        let left = (place as usize).min(self.period.len() - 1);
        let from = self.period.number(left);
        if !self.straight {
            return from;
        }
        let right = if left + 1 == self.period.len() { 0 } else { left + 1 };
        from + (self.period.number(right) - from) * (place - left as f64)
    }
}

/// Numbers in [`SINE`].
const SINE_LEN: usize = 8192;

/// A period of a sine, the same for all instances; it is calculated when the first one is made.
pub(super) static SINE: LazyLock<Box<[f64]>> =
    LazyLock::new(|| (0..SINE_LEN).map(|index| (TAU * index as f64 / SINE_LEN as f64).sin()).collect());

/// Numbers, the same in each run.
pub(super) struct Noise {
    random: Random,
    normal: bool,
}

impl Noise {
    /// Numbers of a uniform distribution, or about those of a normal one. They differ in their level too.
    pub fn new(seed: u64, normal: bool) -> Self {
        Self { random: Random::new(seed), normal }
    }

    /// A phase from 0 to 1.
    pub fn phase(&mut self) -> f64 {
        self.random.unit()
    }

    /// The next number: its mean is 0, its variance 1/3.
    fn next(&mut self) -> f64 {
        if !self.normal {
            return self.random.unit() * 2.0 - 1.0;
        }
        // The sum of four numbers from -0.5 to 0.5 is close to a normal distribution.
        let bits = self.random.bits();
        let sum: u64 = (0..4).map(|part| bits >> (part * 16) & 0xffff).sum();
        sum as f64 / 65536.0 - 2.0
    }
}

/// What the noise passes, and the level it then has.
pub(super) struct LowPass {
    pole: f64,
    /// Of the pole itself.
    pole_gain: f64,
    /// Of the pair: what is fed forward, and what is fed back.
    pair_gain: f64,
    back: [f64; 2],
    level: f64,
}

/// Where the noise ends, in Hz.
const EDGE: f64 = 500.0;
/// The standard deviation of the noise behind the low-pass, uniform and normal.
const DEVIATIONS: [f64; 2] = [0.532, 0.873];
/// The area under the low-pass's power, in units of its edge.
const POWER: f64 = 1.041;

impl LowPass {
    pub fn new(rate: f64, normal: bool) -> Self {
        // The poles of the analogue filter lie on an ellipse whose half axes are these.
        let ripple = (10.0_f64.powf(0.1) - 1.0).sqrt();
        let height = (1.0 / ripple).asinh() / 3.0;
        let edge = (PI * (EDGE / rate).min(0.4)).tan();
        let (near, far) = (height.sinh() * edge, height.cosh() * edge);
        let square = (near * near + 3.0 * far * far) / 4.0;
        let whole = 1.0 + near + square;
        // White noise of variance 1/3 would come out with this variance.
        let variance = 2.0 * POWER * edge / PI / 3.0;
        Self {
            pole: (1.0 - near) / (1.0 + near),
            pole_gain: near / (1.0 + near),
            pair_gain: square / whole,
            back: [2.0 * (square - 1.0) / whole, (1.0 - near + square) / whole],
            level: DEVIATIONS[usize::from(normal)] / variance.sqrt(),
        }
    }

    /// The next number, of a filter that keeps these three.
    fn pass(&self, kept: &mut [f64; 3], heard: f64) -> f64 {
        let first = self.pole_gain * self.level * heard;
        let once = first + kept[0];
        kept[0] = first + self.pole * once;
        let fed = self.pair_gain * once;
        let twice = fed + kept[1];
        kept[1] = 2.0 * fed - self.back[0] * twice + kept[2];
        kept[2] = fed - self.back[1] * twice;
        twice
    }
}

/// How loud a partial is.
#[derive(Clone, Copy)]
pub(super) struct Gains {
    /// Of the wave itself.
    carrier: f64,
    /// Of the wave times the noise.
    noise: f64,
}

impl Gains {
    /// A bandwidth is from 0 to 1; what is no finite number is 0.
    pub fn new(amplitude: f64, bandwidth: f64) -> Self {
        let (amplitude, bandwidth) = (finite(amplitude), finite(bandwidth).clamp(0.0, 1.0));
        Self { carrier: amplitude * (1.0 - bandwidth).sqrt(), noise: amplitude * (2.0 * bandwidth).sqrt() }
    }

    fn is_silent(self) -> bool {
        self.carrier == 0.0 && self.noise == 0.0
    }
}

/// A frequency as phase per frame, between -1 and 1. What is no finite number stands still.
pub(super) fn step(frequency: f64, rate: f64) -> f64 {
    finite(frequency / rate) % 1.0
}

fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

/// How many numbers a partial keeps from cycle to cycle.
pub(super) const KEPT: usize = 7;

/// What a partial keeps.
pub(super) struct Partial {
    phase: f64,
    /// Phase per frame; no number before the first cycle.
    pub step: f64,
    pub gains: Gains,
    low_pass: [f64; 3],
}

impl Partial {
    /// A partial that begins at a phase, of which 1 is a whole period, with these gains.
    pub fn new(phase: f64, gains: Gains) -> Self {
        Self { phase: finite(phase).rem_euclid(1.0), step: f64::NAN, gains, low_pass: [0.0; 3] }
    }

    /// From the numbers of [`Partial::kept`].
    pub fn from_kept(&[phase, step, carrier, noise, a, b, c]: &[f64; KEPT]) -> Self {
        Self { phase, step, gains: Gains { carrier, noise }, low_pass: [a, b, c] }
    }

    /// As numbers.
    pub fn kept(&self) -> [f64; KEPT] {
        let ([a, b, c], Gains { carrier, noise }) = (self.low_pass, self.gains);
        [self.phase, self.step, carrier, noise, a, b, c]
    }

    fn advance(&mut self, step: f64) {
        self.phase += step;
        if self.phase >= 1.0 {
            self.phase -= 1.0;
        } else if self.phase < 0.0 {
            self.phase += 1.0;
        }
    }

    /// Sounds a cycle in which its gains go to `gains`. `steps` are the phases per frame, `hear` gets each frame's number
    /// and value. Where it is silent, nothing is heard.
    pub fn sound(
        &mut self,
        frames: usize,
        steps: impl Iterator<Item = f64>,
        gains: Gains,
        Voice { wave, noise, low_pass }: Voice<'_>,
        mut hear: impl FnMut(usize, f64),
    ) {
        let from = std::mem::replace(&mut self.gains, gains);
        if from.is_silent() && gains.is_silent() {
            steps.take(frames).for_each(|step| self.advance(step));
            return;
        }
        let noisy = from.noise != 0.0 || gains.noise != 0.0;
        let part = 1.0 / frames.max(1) as f64;
        let (rise, noise_rise) = ((gains.carrier - from.carrier) * part, (gains.noise - from.noise) * part);
        for (frame, step) in (0..frames).zip(steps) {
            let mut gain = from.carrier + rise * frame as f64;
            if noisy {
                let moved = low_pass.pass(&mut self.low_pass, noise.next());
                gain += (from.noise + noise_rise * frame as f64) * moved;
            }
            hear(frame, wave.at(self.phase) * gain);
            self.advance(step);
        }
    }
}

/// What a partial sounds with.
pub(super) struct Voice<'a> {
    pub wave: Wave<'a>,
    pub noise: &'a mut Noise,
    pub low_pass: &'a LowPass,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_its_level_at_any_rate() {
        for rate in [22050.0, 44100.0, 96000.0, 192_000.0] {
            for (normal, deviation) in [(false, DEVIATIONS[0]), (true, DEVIATIONS[1])] {
                let (low_pass, mut noise) = (LowPass::new(rate, normal), Noise::new(1, normal));
                let (mut kept, frames) = ([0.0; 3], rate as usize * 10);
                let squares: f64 = (0..frames).map(|_| low_pass.pass(&mut kept, noise.next()).powi(2)).sum();
                let measured = (squares / frames as f64).sqrt();
                assert!((measured / deviation - 1.0).abs() < 0.04, "{rate} {normal}: {measured}");
            }
        }
    }

    #[test]
    fn the_low_pass_ends_at_its_edge_at_any_rate() {
        for rate in [22050.0, 44100.0, 192_000.0] {
            let low_pass = LowPass::new(rate, false);
            let gain = |frequency: f64| {
                let (mut kept, mut re, mut im) = ([0.0; 3], 0.0, 0.0);
                for frame in 0..rate as usize / 5 {
                    let heard = low_pass.pass(&mut kept, if frame == 0 { 1.0 } else { 0.0 });
                    let (sin, cos) = (TAU * frequency * frame as f64 / rate).sin_cos();
                    (re, im) = (re + heard * cos, im + heard * sin);
                }
                10.0 * (re * re + im * im).log10()
            };
            for (frequency, decibels) in [(250.0, -1.0), (433.0, 0.0), (500.0, -1.0), (1000.0, -22.5)] {
                let measured = gain(frequency) - gain(0.0);
                assert!((measured - decibels).abs() < 0.3, "{rate} {frequency}: {measured}");
            }
        }
    }

    #[test]
    fn normal_noise_is_close_to_a_normal_distribution() {
        let mut noise = Noise::new(2, true);
        let drawn: Vec<f64> = (0..100_000).map(|_| noise.next() * 3.0_f64.sqrt()).collect();
        let moment = |power| drawn.iter().map(|value| value.powi(power)).sum::<f64>() / drawn.len() as f64;
        assert!(moment(1).abs() < 0.02 && (moment(2) - 1.0).abs() < 0.02, "{} {}", moment(1), moment(2));
        // 3 for a normal distribution, 1.8 for a uniform one.
        assert!((moment(4) - 2.7).abs() < 0.1, "{}", moment(4));
    }
}
