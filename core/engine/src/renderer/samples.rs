//! Samples between Csound's interleaved doubles and the host's channels of floats.
//!
//! Each loop is compiled for one and for two channels, so that its samples are worked on side by side.

use ksmps_data::sample;

/// One channel among interleaved ones, counted from 0.
#[derive(Clone, Copy)]
pub(super) struct Interleaved {
    /// How many there are.
    pub channels: usize,
    /// Which one it is.
    pub channel: usize,
}

/// Writes one channel of the host into Csound's input; what is not a number, and a channel that is not there, is
/// silence. `[audio]`
pub(super) fn take_in(source: Option<&[f32]>, spin: &mut [f64], place: Interleaved, scale: f64) {
    match place.channels {
        0 => {}
        1 => write_input(source, spin.iter_mut(), scale),
        2 => {
            let at = place.channel.min(1);
            write_input(source, spin.as_chunks_mut::<2>().0.iter_mut().map(|frame| &mut frame[at]), scale);
        }
        channels => write_input(source, spin.iter_mut().skip(place.channel).step_by(channels), scale),
    }
}

fn write_input<'a>(source: Option<&[f32]>, places: impl Iterator<Item = &'a mut f64>, scale: f64) {
    let Some(source) = source else {
        places.for_each(|place| *place = 0.0);
        return;
    };
    for (place, &sample) in places.zip(source) {
        *place = if sample.is_finite() { f64::from(sample) * scale } else { 0.0 };
    }
}

/// Writes one channel of Csound's output into one of the host's, or adds it to what is there (`mixed`); what is not a
/// number is silence. Returns how many were not. `[audio]`
pub(super) fn give_out(
    spout: &[f64],
    place: Interleaved,
    scale: f64,
    output: &mut [f32],
    mixed: bool,
) -> u32 {
    match place.channels {
        0 => 0,
        1 => write_output(spout.iter(), scale, output, mixed),
        2 => {
            let at = place.channel.min(1);
            write_output(spout.as_chunks::<2>().0.iter().map(|frame| &frame[at]), scale, output, mixed)
        }
        channels => write_output(spout.iter().skip(place.channel).step_by(channels), scale, output, mixed),
    }
}

fn write_output<'a>(
    samples: impl Iterator<Item = &'a f64>,
    scale: f64,
    output: &mut [f32],
    mixed: bool,
) -> u32 {
    let samples = output.iter_mut().zip(samples);
    let mut silenced = 0;
    if mixed {
        for (place, &sample) in samples {
            let (sample, is_number) = for_host(sample, scale);
            *place = sample::for_host(*place + sample);
            silenced += u32::from(!is_number);
        }
    } else {
        for (place, &sample) in samples {
            let (sample, is_number) = for_host(sample, scale);
            *place = sample;
            silenced += u32::from(!is_number);
        }
    }
    silenced
}

/// A sample as the csound command line writes it, and whether it is a number; what is none is 0. The command line
/// multiplies as a double and rounds once, and its thread flushes what is too small for a float while it converts, with
/// its sign: ours does not flush here.
fn for_host(sample: f64, scale: f64) -> (f32, bool) {
    let sample = (sample * scale) as f32;
    (sample::for_host(sample), sample.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 12] = [
        0.0,
        -0.0,
        1.0,
        -0.25,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e300,
        1e-40,
        -1e-40,
        f64::MIN_POSITIVE,
        -3e38,
    ];

    /// What is expected of one sample, said plainly.
    fn expected(sample: f64, scale: f64) -> Option<f32> {
        let sample = (sample * scale) as f32;
        let flushed = if sample.is_subnormal() { 0.0_f32.copysign(sample) } else { sample };
        flushed.is_finite().then_some(flushed)
    }

    #[test]
    fn every_channel_goes_out_as_it_is_and_what_is_no_number_is_silence() {
        for channels in 1..5 {
            for channel in 0..channels {
                for scale in [1.0, 1.0 / 32768.0, 3.0] {
                    let spout: Vec<f64> =
                        (0..VALUES.len() * channels).map(|at| VALUES[at * 7 % VALUES.len()]).collect();
                    let of_channel = || spout.iter().skip(channel).step_by(channels);
                    let silenced = of_channel().filter(|&&one| expected(one, scale).is_none()).count();
                    let place = Interleaved { channels, channel };
                    let mut output = [0.0; VALUES.len()];
                    assert_eq!(give_out(&spout, place, scale, &mut output, false), silenced as u32);
                    let bits: Vec<u32> = output.iter().map(|sample| sample.to_bits()).collect();
                    let wanted = of_channel().map(|&one| expected(one, scale).unwrap_or(0.0).to_bits());
                    assert_eq!(bits, wanted.collect::<Vec<_>>(), "channel {channel} of {channels}");
                    let mut mixed = [0.5; VALUES.len()];
                    assert_eq!(give_out(&spout, place, scale, &mut mixed, true), silenced as u32);
                    let wanted = of_channel().map(|&one| 0.5 + expected(one, scale).unwrap_or(0.0));
                    assert_eq!(mixed.to_vec(), wanted.collect::<Vec<_>>());
                }
            }
        }
    }

    #[test]
    fn every_channel_goes_in_to_its_place_and_what_is_no_number_is_silence() {
        let source = [0.5f32, f32::NAN, -1.0, f32::INFINITY];
        for channels in 1..5 {
            for channel in 0..channels {
                let place = Interleaved { channels, channel };
                let mut spin = vec![9.0; source.len() * channels];
                take_in(Some(&source), &mut spin, place, 2.0);
                for (at, &sample) in spin.iter().enumerate() {
                    let wanted = [1.0, 0.0, -2.0, 0.0][at / channels];
                    assert_eq!(sample, if at % channels == channel { wanted } else { 9.0 });
                }
                take_in(None, &mut spin, place, 2.0);
                let silent = spin.iter().skip(channel).step_by(channels);
                assert!(silent.into_iter().all(|&sample| sample == 0.0));
            }
        }
    }
}
