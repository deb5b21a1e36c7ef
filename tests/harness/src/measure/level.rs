//! How loud a sound is, and where it clicks.

use ebur128::{Channel, EbuR128, Mode};

/// Full scale as 1 in decibels; 0 gives minus infinity.
pub fn decibels(amplitude: f32) -> f64 {
    20.0 * f64::from(amplitude).log10()
}

/// The largest absolute sample; NaN counts as infinite, so that it is never overlooked.
pub fn peak(samples: &[f32]) -> f32 {
    samples.iter().map(|x| if x.is_nan() { f32::INFINITY } else { x.abs() }).fold(0.0, f32::max)
}

/// The peak of all channels in decibels below full scale; minus infinity for silence.
pub fn peak_dbfs(channels: &[Vec<f32>]) -> f64 {
    decibels(channels.iter().map(|channel| peak(channel)).fold(0.0, f32::max))
}

/// The root of the mean square; 0 for no samples.
pub fn rms(samples: &[f32]) -> f32 {
    let energy: f64 = samples.iter().map(|x| f64::from(*x).powi(2)).sum();
    (energy / samples.len().max(1) as f64).sqrt() as f32
}

/// Whether every sample of every channel stays below `threshold_db` (decibels below full scale, negative).
pub fn is_silent(channels: &[Vec<f32>], threshold_db: f64) -> bool {
    peak_dbfs(channels) < threshold_db
}

/// The mean of all channels, as long as the shortest.
pub fn mixdown(channels: &[Vec<f32>]) -> Vec<f32> {
    let frames = channels.iter().map(Vec::len).min().unwrap_or(0);
    let gain = 1.0 / channels.len().max(1) as f32;
    (0..frames).map(|n| channels.iter().map(|channel| channel[n]).sum::<f32>() * gain).collect()
}

/// Integrated loudness after EBU R 128, every channel with full weight. Minus infinity for what is too short
/// (below 0.4 s), too quiet, or at a rate that the measurement does not know (16 Hz to 2.8 MHz).
pub fn loudness_lufs(channels: &[Vec<f32>], rate: f64) -> f64 {
    integrated(channels, rate).unwrap_or(f64::NEG_INFINITY)
}

fn integrated(channels: &[Vec<f32>], rate: f64) -> Option<f64> {
    let frames = channels.iter().map(Vec::len).min()?;
    let planar: Vec<&[f32]> = channels.iter().map(|channel| &channel[..frames]).collect();
    let count = u32::try_from(channels.len()).ok()?;
    let mut meter = EbuR128::new(count, rate.round() as u32, Mode::I).ok()?;
    meter.set_channel_map(&vec![Channel::Left; channels.len()]).ok()?;
    meter.add_frames_planar_f32(&planar).ok()?;
    meter.loudness_global().ok().filter(|lufs| !lufs.is_nan())
}

/// A place where the signal breaks off or jumps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Click {
    /// Where.
    pub frame: usize,
    /// How far the bend there stands out of the bends around it (times their root mean square).
    pub ratio: f64,
}

/// How far a bend must stand out to be a click. A plain saw wave, the sharpest thing that is meant to be there,
/// reaches the root of its period in frames: 19 at 130 Hz and 48 kHz.
const CLICK_RATIO: f64 = 30.0;
/// Bends below this (about -80 dBFS) are not heard.
const CLICK_FLOOR: f64 = 1e-4;
/// What counts as around, to each side.
const CLICK_SURROUNDINGS_S: f64 = 0.015;
/// A click is only a few frames long; these frames round it are not its surroundings.
const CLICK_WIDTH: usize = 4;

/// Clicks: frames whose bend (second difference) stands far out of the bends on **both** sides, at most one
/// in 15 ms. Soft starts, ends and bright waveforms are none; a note that is cut off or jumps is one.
pub fn clicks(samples: &[f32], rate: f64) -> Vec<Click> {
    let bends: Vec<f64> =
        samples.windows(3).map(|w| f64::from(w[0]) - 2.0 * f64::from(w[1]) + f64::from(w[2])).collect();
    let energy = running_energy(&bends);
    let around = ((rate * CLICK_SURROUNDINGS_S) as usize).max(CLICK_WIDTH + 1);
    let mean = |from: usize, to: usize| (energy[to] - energy[from]).max(0.0) / (to - from).max(1) as f64;
    let mut found: Vec<Click> = Vec::new();
    for (at, bend) in bends.iter().enumerate().filter(|(_, bend)| bend.abs() > CLICK_FLOOR) {
        let before = mean(at.saturating_sub(around), at.saturating_sub(CLICK_WIDTH));
        let after = mean((at + CLICK_WIDTH).min(bends.len()), (at + around).min(bends.len()));
        let ratio = bend.abs() / before.max(after).sqrt().max(CLICK_FLOOR / CLICK_RATIO);
        if ratio < CLICK_RATIO {
            continue;
        }
        let click = Click { frame: at + 1, ratio };
        match found.last_mut() {
            Some(last) if click.frame - last.frame < around => {
                if click.ratio > last.ratio {
                    *last = click;
                }
            }
            _ => found.push(click),
        }
    }
    found
}

/// Sums of squares up to each index, one longer than the input.
fn running_energy(values: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let sums = values.iter().map(|value| {
        sum += value * value;
        sum
    });
    std::iter::once(0.0).chain(sums.collect::<Vec<_>>()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::signals::{add, faded, harmonic, sine};
    use super::*;

    #[test]
    fn levels_of_a_half_scale_sine() {
        let sound = sine(1000.0, 0.5, 48_000.0, 48_000);
        assert!((peak_dbfs(std::slice::from_ref(&sound)) + 6.02).abs() < 0.01);
        assert!((decibels(rms(&sound)) + 9.03).abs() < 0.01);
        assert_eq!(peak_dbfs(&[vec![0.0; 8]]), f64::NEG_INFINITY);
        assert_eq!(rms(&[]), 0.0);
        assert_eq!(peak(&[0.1, f32::NAN]), f32::INFINITY);
    }

    #[test]
    fn loudness_of_the_reference_tone() {
        // EBU Tech 3341: a 1 kHz stereo sine at -23 dBFS measures -23 LUFS.
        let amplitude = 10f64.powf(-23.0 / 20.0);
        let sound = sine(1000.0, amplitude, 48_000.0, 5 * 48_000);
        let lufs = loudness_lufs(&[sound.clone(), sound], 48_000.0);
        assert!((lufs + 23.0).abs() < 0.1, "{lufs}");
        assert_eq!(loudness_lufs(&[vec![0.0; 48_000]], 48_000.0), f64::NEG_INFINITY);
        assert_eq!(loudness_lufs(&[], 48_000.0), f64::NEG_INFINITY);
    }

    #[test]
    fn silence_is_below_its_threshold_in_every_channel() {
        let quiet = vec![1e-5; 10];
        assert!(is_silent(std::slice::from_ref(&quiet), -90.0));
        assert!(!is_silent(&[quiet.clone(), vec![1e-3; 10]], -90.0));
        assert!(!is_silent(&[quiet, vec![f32::NAN]], -90.0));
    }

    #[test]
    fn a_mixdown_is_the_mean() {
        assert_eq!(mixdown(&[vec![1.0, 0.5], vec![0.0, 0.5, 9.0]]), [0.5, 0.5]);
    }

    #[test]
    fn a_cut_off_note_clicks_and_a_faded_one_does_not() {
        let whole = sine(440.0, 0.25, 48_000.0, 9_610);
        let mut cut = vec![0.0; 20_000];
        add(&mut cut, &whole, 5_000);
        let found = clicks(&cut, 48_000.0);
        assert!(found.iter().any(|click| click.frame.abs_diff(14_610) <= 1), "{found:?}");

        let mut soft = vec![0.0; 20_000];
        add(&mut soft, &faded(whole, 480), 5_000);
        assert_eq!(clicks(&soft, 48_000.0), []);
    }

    #[test]
    fn a_jump_inside_a_note_clicks() {
        let mut sound = sine(220.0, 0.25, 48_000.0, 20_000);
        sound[10_000..].iter_mut().for_each(|x| *x += 0.03);
        let found = clicks(&sound, 48_000.0);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].frame.abs_diff(10_000) <= 1, "{found:?}");
    }

    #[test]
    fn bright_waves_are_not_clicks() {
        let saw: Vec<f32> =
            (0..20_000).map(|n| (f64::from(n) * 130.0 / 48_000.0).fract() as f32 - 0.5).collect();
        assert_eq!(clicks(&saw[100..], 48_000.0), []);
        assert_eq!(clicks(&harmonic(60.0, 0.3, 48_000.0, 20_000), 48_000.0), []);
    }
}
