//! When sounds begin.

use super::spectrum::Spectrum;

/// The first frame whose absolute value is above `threshold` (full scale is 1) in any channel, or is no number.
pub fn first_above(channels: &[Vec<f32>], threshold: f32) -> Option<usize> {
    channels.iter().filter_map(|channel| channel.iter().position(|x| x.is_nan() || x.abs() > threshold)).min()
}

/// Frames of one look at the spectrum, at 48 kHz.
const LOOK_FRAMES: f64 = 1024.0;
/// From look to look, in looks: how finely an onset is placed.
const HOPS_PER_LOOK: usize = 8;
/// A look is compared with the one this many hops before.
const LAG_HOPS: usize = 4;
/// Two onsets lie at least this far apart.
const GAP_S: f64 = 0.05;
/// Power to level: between decibels, which make much of beats, and amplitudes, which make little of soft notes.
const LEVEL_EXPONENT: f64 = 0.35;
/// An onset is a rise of at least this share of the greatest one ...
const RISE_SHARE: f64 = 0.2;
/// ... and this many times the usual rise just before it.
const RISE_RATIO: f64 = 4.0;

/// Onsets of notes, also over others that still sound: the frames at which the spectrum as a whole rises suddenly.
/// Right to about 5 ms. Notes closer than 50 ms are one; slow attacks and notes far softer than the others are
/// missed; close pitches that beat against each other may count more than once. For one frame's exactness use
/// [`first_above`].
pub fn onsets(samples: &[f32], rate: f64) -> Vec<usize> {
    let look = ((LOOK_FRAMES * rate / 48_000.0) as usize).max(64).next_power_of_two();
    let hop = look / HOPS_PER_LOOK;
    let rises = rises(&band_levels(samples, rate, look, hop));
    let least = RISE_SHARE * rises.iter().copied().fold(0.0, f64::max);
    let around = ((GAP_S * rate) as usize / hop).max(2);
    let mut found: Vec<usize> = Vec::new();
    for (at, &rise) in rises.iter().enumerate() {
        let near = &rises[at.saturating_sub(around)..rises.len().min(at + around + 1)];
        let is_top = near.iter().all(|other| *other <= rise);
        let is_new = found.last().is_none_or(|last| at - last > around);
        let usual = median(&rises[at.saturating_sub(4 * around)..at.saturating_sub(HOPS_PER_LOOK)]);
        if is_top && is_new && rise > least.max(RISE_RATIO * usual) {
            found.push(at);
        }
    }
    found.into_iter().map(|at| place(samples, at * hop, look)).collect()
}

/// The level of each half octave, for each look; look `n` ends at frame `n * hop`.
fn band_levels(samples: &[f32], rate: f64, look: usize, hop: usize) -> Vec<Vec<f64>> {
    let mut padded = vec![0.0; look];
    padded.extend_from_slice(samples);
    (look..=padded.len())
        .step_by(hop)
        .map(|end| Spectrum::of_window(&padded[end - look..end], look, rate))
        .map(|spectrum| half_octaves(&spectrum).map(|power| power.powf(LEVEL_EXPONENT)).collect())
        .collect()
}

/// The power of each half octave from the second bin up.
fn half_octaves(spectrum: &Spectrum) -> impl Iterator<Item = f64> + '_ {
    let count = spectrum.power.len();
    let edge = move |n: i32| ((2.0 * (0.5 * f64::from(n)).exp2()) as usize).min(count);
    (0..)
        .map(move |n| (edge(n), edge(n + 1)))
        .take_while(move |(from, _)| *from < count)
        .map(|(from, to)| spectrum.power[from..to].iter().sum())
}

/// By how much the levels of all bands together rose against [`LAG_HOPS`] before.
fn rises(levels: &[Vec<f64>]) -> Vec<f64> {
    let sums: Vec<f64> = levels.iter().map(|bands| bands.iter().sum()).collect();
    (0..sums.len()).map(|n| (sums[n] - sums[n.saturating_sub(LAG_HOPS)]).max(0.0)).collect()
}

/// The frame of an onset whose rise is greatest in the look that ends at `end`: half a look back, or the exact
/// first sound where it rises out of silence.
fn place(samples: &[f32], end: usize, look: usize) -> usize {
    let from = end.saturating_sub(look);
    let until = end.min(samples.len());
    let silent = samples[from..until].iter().take_while(|x| x.abs() < 1e-5).count();
    if silent > look / 16 && from + silent < until { from + silent } else { end.saturating_sub(look / 2) }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::super::signals::{add, harmonic, struck};
    use super::*;

    #[test]
    fn the_first_sound_is_found_to_the_frame() {
        let mut channels = vec![vec![0.0; 100], vec![0.0; 100]];
        assert_eq!(first_above(&channels, 0.0), None);
        channels[1][70] = -1e-6;
        channels[0][71] = 0.5;
        assert_eq!(first_above(&channels, 0.0), Some(70));
        assert_eq!(first_above(&channels, 0.1), Some(71));
        channels[1][3] = f32::NAN;
        assert_eq!(first_above(&channels, 0.1), Some(3));
    }

    #[test]
    fn notes_of_a_melody_are_counted_and_placed() {
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            let starts: Vec<usize> = [0.2, 0.5, 0.65, 1.1, 1.4].iter().map(|s| (s * rate) as usize).collect();
            let mut sound = vec![0.0; (2.0 * rate) as usize];
            for (n, start) in starts.iter().enumerate() {
                let hz = [220.0, 277.2, 329.6, 440.0, 246.9][n];
                let note =
                    struck(harmonic(hz, 0.1 + 0.03 * n as f64, rate, (0.4 * rate) as usize), 0.12 * rate);
                add(&mut sound, &note, *start);
            }
            let found = onsets(&sound, rate);
            assert_eq!(found.len(), starts.len(), "{found:?} for {starts:?}");
            for (found, start) in found.iter().zip(&starts) {
                assert!(found.abs_diff(*start) as f64 <= 0.006 * rate, "{found} for {start} at {rate}");
            }
        }
    }

    #[test]
    fn silence_and_a_steady_tone_have_no_onsets_of_their_own() {
        assert_eq!(onsets(&[0.0; 48_000], 48_000.0), Vec::<usize>::new());
        let tone = harmonic(220.0, 0.2, 48_000.0, 48_000);
        assert_eq!(onsets(&tone, 48_000.0).len(), 1);
    }
}
