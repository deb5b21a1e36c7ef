//! Sound files in and out: 32-bit float, so that a file holds what was computed.

use std::path::Path;

use hound::{Error, SampleFormat, WavReader, WavSpec, WavWriter};

/// A sound file's content.
#[derive(Debug, Clone, PartialEq)]
pub struct Wav {
    /// Frames a second.
    pub rate: u32,
    /// Each channel's samples; whole-number formats are scaled to ±1.
    pub channels: Vec<Vec<f32>>,
}

/// Writes channels of equal length as 32-bit float. `[control]`
///
/// # Errors
/// What the file system or the format refuses.
pub fn write(path: &Path, rate: u32, channels: &[Vec<f32>]) -> Result<(), Error> {
    let spec = WavSpec {
        channels: channels.len() as u16,
        sample_rate: rate,
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let mut file = WavWriter::create(path, spec)?;
    let frames = channels.iter().map(Vec::len).min().unwrap_or(0);
    for frame in 0..frames {
        for channel in channels {
            file.write_sample(channel[frame])?;
        }
    }
    file.finalize()
}

/// Reads a file of floats or whole numbers. `[control]`
///
/// # Errors
/// What the file system or the format refuses.
pub fn read(path: &Path) -> Result<Wav, Error> {
    let mut file = WavReader::open(path)?;
    let spec = file.spec();
    let samples: Vec<f32> = match spec.sample_format {
        SampleFormat::Float => file.samples().collect::<Result<_, _>>()?,
        SampleFormat::Int => {
            let full = f64::from(1_u32 << (spec.bits_per_sample - 1));
            let scaled = file.samples::<i32>().map(|sample| Ok((f64::from(sample?) / full) as f32));
            scaled.collect::<Result<_, Error>>()?
        }
    };
    let count = usize::from(spec.channels).max(1);
    let channel = |index| samples.iter().skip(index).step_by(count).copied().collect();
    Ok(Wav { rate: spec.sample_rate, channels: (0..count).map(channel).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_to_the_bit() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("sound.wav");
        let channels = vec![vec![0.0, 1.5, f32::MIN_POSITIVE], vec![-0.1, 0.2, -3.0]];
        write(&path, 44_100, &channels).expect("writes");
        assert_eq!(read(&path).expect("reads"), Wav { rate: 44_100, channels });
    }
}
