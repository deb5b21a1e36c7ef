//! Whether the plugin's sound is the command line's, and in what words a row says so. Pure.

use ksmps_harness::measure::{Difference, decibels, difference};

/// One side of a comparison: a vector of samples for each channel, all of one length.
pub type Channels = Vec<Vec<f32>>;

/// Frames of a sound; 0 where it has no channel.
pub fn frames(sound: &[Vec<f32>]) -> usize {
    sound.first().map_or(0, Vec::len)
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Every sample has the same bits, or differs in what no ear hears: the sign of a zero, numbers that are flushed.
    Identical {
        /// Frames compared.
        frames: usize,
        /// Channels compared.
        channels: usize,
        /// Nothing but silence was compared.
        silent: bool,
        /// What differs and counts as equal.
        unheard: Unheard,
    },
    /// At least one sample differs; `None` where nothing differs by more than what counts as equal.
    Different(Option<Difference>),
    /// The samples are the same but for those where the reference gives no number, and silence is given.
    Silenced {
        /// How many these are.
        samples: usize,
    },
    /// The plugin's sound ends too early.
    Short {
        /// Its frames.
        frames: usize,
        /// Frames of the reference.
        wanted: usize,
    },
}

/// Samples whose bits differ and that count as equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unheard {
    /// Numbers below the smallest normal float that one side flushes to zero.
    pub flushed: usize,
    /// Zeros of which one has a minus sign.
    pub signed_zeros: usize,
}

/// Compares as many channels as both have, over the frames of the reference.
pub fn judge(mut sound: Channels, mut reference: Channels) -> Verdict {
    let wanted = frames(&reference);
    if frames(&sound) < wanted {
        return Verdict::Short { frames: frames(&sound), wanted };
    }
    let channels = sound.len().min(reference.len());
    sound.truncate(channels);
    reference.truncate(channels);
    sound.iter_mut().for_each(|channel| channel.truncate(wanted));
    if let Some(unheard) = agreement(&sound, &reference) {
        let silent = reference.iter().flatten().all(|sample| *sample == 0.0);
        return Verdict::Identical { frames: wanted, channels, silent, unheard };
    }
    let found = difference(&sound, &reference);
    let mut samples = 0;
    for sample in reference.iter_mut().flatten().filter(|sample| !sample.is_finite()) {
        *sample = 0.0;
        samples += 1;
    }
    match agreement(&sound, &reference) {
        Some(_) => Verdict::Silenced { samples },
        None => Verdict::Different(found),
    }
}

/// Whether all samples have the same bits, but for numbers below the smallest normal float and the sign of zeros; then
/// how many of those have not. `None` where others differ. Both have the same channels and frames.
fn agreement(sound: &[Vec<f32>], reference: &[Vec<f32>]) -> Option<Unheard> {
    let mut unheard = Unheard::default();
    for (a, b) in sound.iter().flatten().zip(reference.iter().flatten()) {
        if a.to_bits() == b.to_bits() {
            continue;
        }
        let is_tiny = a.abs() < f32::MIN_POSITIVE && b.abs() < f32::MIN_POSITIVE;
        if !is_tiny {
            return None;
        }
        if a.is_subnormal() || b.is_subnormal() {
            unheard.flushed += 1;
        } else {
            unheard.signed_zeros += 1;
        }
    }
    Some(unheard)
}

impl Verdict {
    /// The verdict in words, for a sound of this rate.
    pub fn words(&self, rate: u32) -> String {
        match self {
            Self::Identical { frames, channels, silent, unheard: Unheard { flushed, signed_zeros } } => {
                let mut words = format!("{frames} frames, {channels} {}", plural("channel", *channels));
                if *silent {
                    words += ", silent";
                }
                if *flushed > 0 {
                    words += &format!(
                        ", {flushed} {} below the smallest normal float counted as equal",
                        plural("sample", *flushed)
                    );
                }
                if *signed_zeros > 0 {
                    let noun = plural("zero", *signed_zeros);
                    words += &format!(", {signed_zeros} {noun} of the other sign counted as equal");
                }
                words
            }
            Self::Different(None) => "in the bits of samples that are equal as numbers".to_owned(),
            Self::Different(Some(found)) => {
                let at = format!(
                    "from frame {} ({:.3} s)",
                    found.first_frame,
                    found.first_frame as f64 / f64::from(rate)
                );
                if found.largest.is_finite() {
                    format!("{at}, by at most {:.1} dBFS", decibels(found.largest))
                } else {
                    format!("{at}, where one side is not finite")
                }
            }
            Self::Silenced { samples } => {
                format!("only in {samples} samples that are no numbers in csound, which the plugin silences")
            }
            Self::Short { frames, wanted } => format!("ends at frame {frames} of {wanted}"),
        }
    }
}

/// A noun for a count.
fn plural(noun: &str, count: usize) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn numbers_below_the_smallest_normal_float_and_signs_of_zeros_are_counted_and_equal() {
        let least = f32::MIN_POSITIVE;
        for (sound, reference, said) in [
            (
                [0.5, 0.0],
                [0.5, least / 2.0],
                "2 frames, 1 channel, 1 sample below the smallest normal float counted as equal",
            ),
            (
                [least / 4.0, -0.0],
                [-least / 2.0, -least / 2.0],
                "2 frames, 1 channel, 2 samples below the smallest normal float counted as equal",
            ),
            ([0.5, 0.0], [0.5, least], "from frame 1 (0.100 s), by at most -758.6 dBFS"),
            (
                [-0.0, 0.0],
                [0.0, -0.0],
                "2 frames, 1 channel, silent, 2 zeros of the other sign counted as equal",
            ),
            (
                [0.0, -0.0],
                [-0.0, least / 2.0],
                "2 frames, 1 channel, 1 sample below the smallest normal float counted as equal, 1 zero of the other \
                 sign counted as equal",
            ),
            ([0.5, 0.25], [0.5, -0.25], "from frame 1 (0.100 s), by at most -6.0 dBFS"),
        ] {
            assert_eq!(judge(vec![sound.to_vec()], vec![reference.to_vec()]).words(10), said);
        }
    }

    #[test]
    fn verdicts() {
        let mono = || vec![vec![0.0, 0.5]];
        for (sound, reference, said) in [
            (vec![vec![0.0, 0.5], vec![0.0, 0.5]], mono(), "2 frames, 1 channel"),
            (vec![vec![0.0, 0.5, 0.9]], mono(), "2 frames, 1 channel"),
            (vec![vec![0.0, 0.4]], mono(), "from frame 1 (0.100 s), by at most -20.0 dBFS"),
            (vec![vec![-0.0, 0.5]], mono(), "2 frames, 1 channel, 1 zero of the other sign counted as equal"),
            (vec![vec![0.0]], mono(), "ends at frame 1 of 2"),
            (vec![vec![f32::NAN]], vec![vec![0.0]], "from frame 0 (0.000 s), where one side is not finite"),
            (
                vec![vec![0.0, 0.5]],
                vec![vec![f32::NAN, 0.5]],
                "only in 1 samples that are no numbers in csound, which the plugin silences",
            ),
            (vec![vec![0.0]], vec![vec![0.0]], "1 frames, 1 channel, silent"),
        ] {
            assert_eq!(judge(sound, reference).words(10), said);
        }
    }
}
