//! Which pitches a sound has.

use super::spectrum::Spectrum;

/// The lowest and the highest pitch that is looked for, in Hz.
const RANGE_HZ: (f64, f64) = (30.0, 4200.0);
/// How much of a period may be unlike the one before, 0..1, for a sound to have a pitch at all (YIN's threshold).
const UNLIKE_MAX: f64 = 0.15;
/// Frames that are looked at, in longest periods.
const PERIODS: f64 = 4.0;

/// How far `hz` lies above `reference_hz`, in cents.
pub fn cents(hz: f64, reference_hz: f64) -> f64 {
    1200.0 * (hz / reference_hz).log2()
}

/// The pitch of a sound of one voice in Hz (30 to 4200), measured in its middle; `None` for silence, noise and
/// chords. The method is YIN: the shortest shift by which the sound is like itself.
pub fn pitch_hz(samples: &[f32], rate: f64) -> Option<f64> {
    let longest = (rate / RANGE_HZ.0).ceil() as usize;
    let window = (PERIODS * longest as f64) as usize;
    let window = window.min(samples.len().checked_sub(longest + 1)?);
    let start = (samples.len() - window - longest) / 2;
    let part = &samples[start..];
    if part[..window].iter().all(|x| x.abs() < 1e-5) {
        return None;
    }
    let unlike = unlikeness(part, window, longest);
    let shortest = ((rate / RANGE_HZ.1).floor() as usize).max(2);
    let mut at = (shortest..longest).find(|&shift| unlike[shift] < UNLIKE_MAX)?;
    while at + 1 < longest && unlike[at + 1] < unlike[at] {
        at += 1;
    }
    // Over many periods an error of the period's length grows, and is seen.
    let mut period = dip(&unlike, at);
    let mut count = 1.0;
    while (2.0 * count + 0.5) * period < longest as f64 {
        count *= 2.0;
        let near = (count * period) as usize;
        let reach = (period * 0.25) as usize + 1;
        let low = (near - reach..=(near + reach).min(longest - 1))
            .min_by(|a, b| unlike[*a].total_cmp(&unlike[*b]))?;
        period = dip(&unlike, low) / count;
    }
    Some(rate / period)
}

/// The lowest point round `at`, between the frames by a parabola.
fn dip(values: &[f64], at: usize) -> f64 {
    let (left, middle, right) = (values[at - 1], values[at], values[at + 1]);
    let curve = left - 2.0 * middle + right;
    let shift = if curve > 0.0 { 0.5 * (left - right) / curve } else { 0.0 };
    at as f64 + shift.clamp(-0.5, 0.5)
}

/// For each shift up to `longest`: the power of what the shift changes, relative to the mean of shorter shifts.
fn unlikeness(part: &[f32], window: usize, longest: usize) -> Vec<f64> {
    let mut sum = 0.0;
    (0..=longest)
        .map(|shift| {
            let pairs = part[..window].iter().zip(&part[shift..shift + window]);
            let change: f64 = pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum();
            sum += change;
            if sum > 0.0 { change * shift as f64 / sum } else { 1.0 }
        })
        .collect()
}

/// Frames of the transform in which chords are looked for; a semitone at 60 Hz is 3.6 Hz.
const CHORD_FRAMES: usize = 65_536;
/// How many harmonics make a note.
const HARMONICS: usize = 8;

/// How far apart, relative to its pitch, the voices of one note may lie: a third of a semitone.
const DETUNE: f64 = 0.02;

/// The fundamentals of the strongest notes of a chord in Hz, from low to high, at most `count`. A note that is
/// a whole number of octaves (or any harmonic) above a stronger one is taken for its overtone.
pub fn fundamentals(samples: &[f32], rate: f64, count: usize) -> Vec<f64> {
    let frames = CHORD_FRAMES.min(samples.len());
    let start = (samples.len() - frames) / 2;
    let mut spectrum = Spectrum::of_window(&samples[start..start + frames], CHORD_FRAMES, rate);
    let half_width = 2.0 * rate / frames.max(1) as f64;
    let mut found = Vec::new();
    let mut first_weight = 0.0;
    while found.len() < count {
        let Some((weight, near)) = strongest(&spectrum, half_width) else { break };
        let Some(hz) = spectrum.peak_hz(near - half_width, near + half_width) else { break };
        if found.is_empty() {
            first_weight = weight;
        } else if weight < 0.1 * first_weight {
            break;
        }
        found.push(hz);
        remove(&mut spectrum, hz, half_width);
    }
    found.sort_by(f64::total_cmp);
    found
}

/// The candidate whose harmonics weigh most, in steps of a twelfth of a semitone.
fn strongest(spectrum: &Spectrum, half_width: f64) -> Option<(f64, f64)> {
    let steps = (cents(RANGE_HZ.1, RANGE_HZ.0) * 12.0 / 100.0) as i32;
    (0..=steps)
        .map(|step| RANGE_HZ.0 * (f64::from(step) / 144.0).exp2())
        .map(|hz| (weight(spectrum, hz, half_width), hz))
        .filter(|(weight, _)| *weight > 0.0)
        .max_by(|a, b| a.0.total_cmp(&b.0))
}

/// The magnitudes of a candidate's harmonics. The fundamental itself must be there: it counts most, and what
/// its harmonics may add is bounded by it, so that a note is not taken for one an octave below.
fn weight(spectrum: &Spectrum, hz: f64, half_width: f64) -> f64 {
    let first = magnitude(spectrum, hz, half_width);
    let others =
        (2..=HARMONICS).map(|h| magnitude(spectrum, hz * h as f64, half_width).min(first) / h as f64);
    first + others.sum::<f64>()
}

fn magnitude(spectrum: &Spectrum, hz: f64, half_width: f64) -> f64 {
    bins(spectrum, hz, 0.25 * half_width).map(|bin| spectrum.power[bin]).fold(0.0, f64::max).sqrt()
}

fn remove(spectrum: &mut Spectrum, hz: f64, half_width: f64) {
    for h in 1..=4 * HARMONICS {
        let inside = bins(spectrum, hz * h as f64, half_width + DETUNE * hz * h as f64);
        inside.for_each(|bin| spectrum.power[bin] = 0.0);
    }
}

fn bins(spectrum: &Spectrum, hz: f64, half_width: f64) -> std::ops::Range<usize> {
    let bin = |hz: f64| ((hz / spectrum.bin_hz).round().max(0.0) as usize).min(spectrum.power.len());
    bin(hz - half_width)..(bin(hz + half_width) + 1).min(spectrum.power.len())
}

#[cfg(test)]
mod tests {
    use super::super::signals::{add, harmonic, sine};
    use super::*;

    #[test]
    fn pitches_of_single_voices_are_right_to_a_cent() {
        for rate in [44_100.0, 96_000.0] {
            for hz in [41.2, 110.0, 261.63, 440.0, 1760.0, 3520.0] {
                for sound in [sine(hz, 0.3, rate, 48_000), harmonic(hz, 0.1, rate, 48_000)] {
                    let found = pitch_hz(&sound, rate).unwrap();
                    assert!(cents(found, hz).abs() < 1.5, "{found} Hz for {hz} at {rate}");
                }
            }
        }
    }

    #[test]
    fn what_has_no_pitch_gets_none() {
        let mut seed = 1_u32;
        let noise: Vec<f32> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        })
        .take(20_000)
        .collect();
        assert_eq!(pitch_hz(&noise, 48_000.0), None);
        assert_eq!(pitch_hz(&[0.0; 20_000], 48_000.0), None);
        assert_eq!(pitch_hz(&[0.5; 10], 48_000.0), None);
    }

    #[test]
    fn a_chord_has_all_its_fundamentals() {
        let chord = [130.81, 164.81, 196.0, 246.94];
        let mut sound = vec![0.0; 96_000];
        chord.iter().for_each(|hz| add(&mut sound, &harmonic(*hz, 0.1, 48_000.0, 96_000), 0));
        let found = fundamentals(&sound, 48_000.0, 4);
        assert_eq!(found.len(), 4, "{found:?}");
        for (found, hz) in found.iter().zip(chord) {
            assert!(cents(*found, hz).abs() < 6.0, "{found} for {hz}");
        }
        assert_eq!(fundamentals(&[0.0; 1000], 48_000.0, 4), Vec::<f64>::new());
        let one = fundamentals(&harmonic(220.0, 0.2, 48_000.0, 48_000), 48_000.0, 4);
        assert_eq!(one.len(), 1, "{one:?}");
    }
}
