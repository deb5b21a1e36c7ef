//! How the sound of one engine goes over into another's: gains that follow how alike the two sound.
//!
//! Two sounds that have nothing in common keep their loudness where the squares of their gains add up to 1 (equal power).
//! The same sound twice would be 3 dB louder in the middle of that; there the gains themselves have to add up to 1. Both are
//! one rule: the power of the mixture is to stay what it was, `from² + to² + 2 · from · to · likeness = 1`. The likeness is
//! how much of the new sound the old one explains, whatever its phase: sounds of one frequency are alike, for an equal-power
//! fade between them would make steps that neither has. It is measured while the fade runs, and begins at 1.

use ksmps_data::sample;

/// Seconds in which one engine goes over into another.
pub const FADE_S: f64 = 0.02;
/// Channels that are compared.
const CHANNELS_MAX: usize = 32;
/// What is left of a frame's weight after each further frame: half of it after some 180 frames.
const MEMORY: f64 = 1.0 - 1.0 / 256.0;
/// How much the likeness approaches what was measured, in each frame.
const APPROACH: f64 = 1.0 / 128.0;
/// Frames after which it is measured anew.
const MEASURE_FRAMES: usize = 16;
/// Less power is silence, which is like everything.
const SILENCE: f64 = 1e-12;

/// Frames of a fade at this rate. `[any]`
pub fn fade_frames(rate: f64) -> usize {
    (FADE_S * rate).round().max(1.0) as usize
}

/// A fade that is under way. `[audio]`
pub(super) struct Crossfade {
    frames: usize,
    done: usize,
    likeness: f64,
    measured: f64,
    pairs: [Pair; CHANNELS_MAX],
}

/// What was heard of both on one channel: sums that forget.
#[derive(Clone, Copy, Default)]
struct Pair {
    new: f64,
    old: f64,
    /// The old one's frame before.
    late: f64,
    old_late: f64,
    new_old: f64,
    new_late: f64,
    last: f64,
}

impl Crossfade {
    /// A fade of so many frames. `[audio]`
    pub fn new(frames: usize) -> Self {
        let pairs = [Pair::default(); CHANNELS_MAX];
        Self { frames: frames.max(1), done: 0, likeness: 1.0, measured: 1.0, pairs }
    }

    /// Frames that are left. `[audio]`
    pub fn frames_left(&self) -> usize {
        self.frames - self.done
    }

    /// Mixes the old engine's frames into the new one's, which begin at frame `at`: at most as many as are left. `[audio]`
    pub fn mix(&mut self, new: &mut [&mut [f32]], at: usize, old: &[&mut [f32]], frames: usize) {
        for frame in 0..frames {
            let (from, to) = self.gains();
            for ((pair, new), old) in self.pairs.iter_mut().zip(new.iter_mut()).zip(old) {
                let (x, y) = (f64::from(new[at + frame]), f64::from(old[frame]));
                pair.hear(x, y);
                new[at + frame] = sample::for_host((from * y + to * x) as f32);
            }
            self.done += 1;
            if self.done.is_multiple_of(MEASURE_FRAMES) {
                let channels = new.len().min(old.len()).min(CHANNELS_MAX);
                self.measured =
                    self.pairs[..channels].iter().filter_map(Pair::likeness).reduce(f64::max).unwrap_or(1.0);
            }
            self.likeness += (self.measured - self.likeness) * APPROACH;
        }
    }

    /// The gains of the old engine and of the new one in the frame that comes.
    fn gains(&self) -> (f64, f64) {
        let to = self.done as f64 / self.frames as f64;
        let from = 1.0 - to;
        let power = from * from + to * to + 2.0 * from * to * self.likeness;
        let scale = power.sqrt().recip();
        (from * scale, to * scale)
    }
}

impl Pair {
    /// One frame of the new engine, and one of the old.
    fn hear(&mut self, new: f64, old: f64) {
        let late = self.last;
        let keep = |sum: f64, more: f64| sum * MEMORY + more;
        *self = Self {
            new: keep(self.new, new * new),
            old: keep(self.old, old * old),
            late: keep(self.late, late * late),
            old_late: keep(self.old_late, old * late),
            new_old: keep(self.new_old, new * old),
            new_late: keep(self.new_late, new * late),
            last: old,
        };
    }

    /// How much of the new sound is explained by the old one and by the same a frame before, which makes up any phase of one
    /// frequency: 0 to 1. `None` where one of the two is silent.
    fn likeness(&self) -> Option<f64> {
        let Self { new, old, late, old_late, new_old, new_late, .. } = *self;
        if new < SILENCE || old < SILENCE {
            return None;
        }
        let independent = old * late - old_late * old_late;
        let explained = if independent > 1e-10 * old * late {
            (new_old * new_old * late - 2.0 * new_old * new_late * old_late + new_late * new_late * old)
                / independent
        } else {
            new_old * new_old / old
        };
        Some((explained / new).clamp(0.0, 1.0).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    const FRAMES: usize = 960;

    /// A fade from one sound to another, each a function of the frame.
    fn fade(old: impl Fn(usize) -> f64, new: impl Fn(usize) -> f64) -> Vec<f32> {
        let mut fade = Crossfade::new(FRAMES);
        let mut sound: Vec<f32> = (0..FRAMES).map(|frame| new(frame) as f32).collect();
        let mut at = 0;
        // Any cut is the same.
        for count in [1, 17, 255, 256, 300, 131] {
            let mut old: Vec<f32> = (at..at + count).map(|frame| old(frame) as f32).collect();
            fade.mix(&mut [sound.as_mut_slice()], at, &[old.as_mut_slice()], count);
            at += count;
        }
        assert_eq!((at, fade.frames_left()), (FRAMES, 0));
        sound
    }

    fn step(sound: &[f32]) -> f32 {
        sound.windows(2).fold(0.0, |step, pair| step.max((pair[1] - pair[0]).abs()))
    }

    fn power(sound: &[f32]) -> f32 {
        sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len() as f32
    }

    #[test]
    fn the_same_sound_does_not_change() {
        for frequency in [50.0, 440.0, 5000.0] {
            let tone = |frame: usize| 0.5 * (frame as f64 / 48_000.0 * frequency * TAU).sin();
            let sound = fade(tone, tone);
            let furthest =
                (0..FRAMES).map(|frame| (f64::from(sound[frame]) - tone(frame)).abs()).fold(0.0, f64::max);
            assert!(furthest < 1e-6, "{frequency} Hz: {furthest}");
        }
        assert!(fade(|_| 0.25, |_| 0.25).iter().all(|sample| (sample - 0.25).abs() < 1e-7));
    }

    #[test]
    fn what_is_too_small_for_a_float_is_zero() {
        let tiny = f64::from(f32::MIN_POSITIVE);
        let sound = fade(|_| 0.0, |_| tiny);
        assert!(sound.contains(&0.0) && sound.iter().all(|sample| !sample.is_subnormal()));
    }

    #[test]
    fn one_frequency_in_any_phase_makes_no_step() {
        let tone = |phase: f64| move |frame: usize| ((frame as f64 / 48.0 + phase) * TAU).sin();
        let own = 2.0 * (TAU / 96.0).sin() as f32;
        for phase in (0..32).map(|at| f64::from(at) / 32.0) {
            let sound = fade(tone(0.1), tone(0.1 + phase));
            assert!(step(&sound) <= own * 1.01, "{} instead of {own} at {phase}", step(&sound));
        }
    }

    #[test]
    fn sounds_with_nothing_in_common_keep_their_power() {
        // Noise, so that there is nothing but the gains to see; many fades, so that its own swing goes.
        let noise = |seed: u64| {
            move |frame: usize| {
                let mut bits = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                    ^ (frame as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                bits ^= bits >> 31;
                bits = bits.wrapping_mul(0x94d0_49bb_1331_11eb);
                bits ^= bits >> 29;
                (bits >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
            }
        };
        let (mut middle, mut whole) = (0.0, 0.0);
        for seed in 0..200 {
            let sound = fade(noise(2 * seed + 1), noise(2 * seed + 2));
            middle += power(&sound[400..560]) / 200.0;
            whole += power(&(0..FRAMES).map(|frame| noise(seed)(frame) as f32).collect::<Vec<_>>()) / 200.0;
        }
        let decibels = 10.0 * (middle / whole).log10();
        assert!(decibels.abs() < 0.5, "{decibels} dB in the middle");
    }

    #[test]
    fn silence_comes_and_goes_in_a_straight_line() {
        for (sound, is_new) in [(fade(|_| 0.0, |_| 1.0), true), (fade(|_| 1.0, |_| 0.0), false)] {
            for (frame, sample) in sound.iter().enumerate() {
                let to = frame as f32 / FRAMES as f32;
                assert!((sample - if is_new { to } else { 1.0 - to }).abs() < 1e-6, "frame {frame}");
            }
        }
    }
}
