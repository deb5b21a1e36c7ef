//! Sound files, through libsndfile: the library Csound itself reads and writes them with.

use std::path::Path;

use ksmps_data::file::FileError;

use crate::sndfile::{SoundFileError, SoundFileFormat, SoundFileReader, SoundFileWriter};

/// What a file's samples are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// 8-bit integers.
    Pcm8,
    /// 16-bit integers.
    Pcm16,
    /// 24-bit integers.
    Pcm24,
    /// 32-bit integers.
    Pcm32,
    /// 32-bit floats.
    Float32,
    /// 64-bit floats.
    Float64,
    /// Vorbis, in Ogg files.
    Vorbis,
}

impl Encoding {
    /// `pcm16`, `pcm24`, `float32` and so on; `vorbis`.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "pcm8" => Self::Pcm8,
            "pcm16" => Self::Pcm16,
            "pcm24" => Self::Pcm24,
            "pcm32" => Self::Pcm32,
            "float32" => Self::Float32,
            "float64" => Self::Float64,
            "vorbis" => Self::Vorbis,
            _ => return None,
        })
    }

    fn is_integer(self) -> bool {
        matches!(self, Self::Pcm8 | Self::Pcm16 | Self::Pcm24 | Self::Pcm32)
    }

    /// libsndfile's number of the encoding. Integers of 8 bits have no sign in WAVE files alone.
    fn code(self, format: Format) -> i32 {
        match self {
            Self::Pcm8 if format == Format::Wav => 5,
            Self::Pcm8 => 1,
            Self::Pcm16 => 2,
            Self::Pcm24 => 3,
            Self::Pcm32 => 4,
            Self::Float32 => 6,
            Self::Float64 => 7,
            Self::Vorbis => 0x60,
        }
    }
}

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RIFF WAVE.
    Wav,
    /// Sony's WAVE for more than 4 GB.
    W64,
    /// AIFF and AIFF-C.
    Aiff,
    /// FLAC.
    Flac,
    /// Ogg.
    Ogg,
    /// Apple's CAF.
    Caf,
    /// Sun's AU.
    Au,
}

impl Format {
    /// By a file name's extension; WAVE where it has none.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        Some(match extension.as_deref() {
            None | Some("wav" | "wave") => Self::Wav,
            Some("w64") => Self::W64,
            Some("aif" | "aiff" | "aifc") => Self::Aiff,
            Some("flac") => Self::Flac,
            Some("ogg" | "oga") => Self::Ogg,
            Some("caf") => Self::Caf,
            Some("au" | "snd") => Self::Au,
            Some(_) => return None,
        })
    }

    /// The encoding where none is asked for: 32-bit floats, 24 bits in FLAC, Vorbis in Ogg.
    pub fn default_encoding(self) -> Encoding {
        match self {
            Self::Flac => Encoding::Pcm24,
            Self::Ogg => Encoding::Vorbis,
            Self::Wav | Self::W64 | Self::Aiff | Self::Caf | Self::Au => Encoding::Float32,
        }
    }

    /// libsndfile's number of the format.
    fn code(self) -> i32 {
        match self {
            Self::Wav => 0x01_0000,
            Self::Aiff => 0x02_0000,
            Self::Au => 0x03_0000,
            Self::W64 => 0x0B_0000,
            Self::Flac => 0x17_0000,
            Self::Caf => 0x18_0000,
            Self::Ogg => 0x20_0000,
        }
    }
}

/// What a sound file says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Frames per second.
    pub rate: u32,
    /// Channels.
    pub channels: usize,
    /// Frames.
    pub frames: u64,
}

/// A sound in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// What it is.
    pub about: About,
    /// Its samples, interleaved.
    pub samples: Vec<f64>,
}

fn failed(path: &Path, reason: impl ToString) -> FileError {
    FileError::new(path, reason)
}

fn open(path: &Path) -> Result<(SoundFileReader, About), FileError> {
    if !path.is_file() {
        return Err(failed(path, "there is no such file"));
    }
    let file = SoundFileReader::open(path).map_err(|error| failed(path, error))?;
    let about = About { rate: file.rate(), channels: file.channels(), frames: file.frames() };
    Ok((file, about))
}

/// What a sound file says of itself. `[control]`
///
/// # Errors
/// [`FileError`].
pub fn about(path: &Path) -> Result<About, FileError> {
    open(path).map(|(_, about)| about)
}

/// Reads a sound file wholly. `[control]`
///
/// # Errors
/// [`FileError`].
pub fn read(path: &Path) -> Result<Sound, FileError> {
    let (mut file, mut about) = open(path)?;
    let (mut samples, mut block) = (Vec::new(), vec![0.0; READ_FRAMES * about.channels]);
    // A damaged file has fewer frames than its header says.
    loop {
        let frames = file.read(&mut block);
        if frames == 0 {
            break;
        }
        samples.extend_from_slice(&block[..frames * about.channels]);
    }
    about.frames = (samples.len() / about.channels) as u64;
    Ok(Sound { about, samples })
}

/// A sound file that is being written. Closed when it is dropped.
pub struct Writer {
    file: SoundFileWriter,
    path: std::path::PathBuf,
    clips: bool,
    channels: usize,
    /// Frames that wait for a larger write.
    waiting: Vec<f64>,
    frames: u64,
}

/// How many frames are read at once.
const READ_FRAMES: usize = 16 * 1024;
/// How many samples are written at once.
const WRITE_SAMPLES: usize = 16 * 1024;

impl Writer {
    /// Makes the file. `[control]`
    ///
    /// # Errors
    /// [`FileError`], also where the format cannot hold the encoding or the channels.
    pub fn create(
        path: &Path,
        format: Format,
        encoding: Encoding,
        rate: u32,
        channels: usize,
    ) -> Result<Self, FileError> {
        let code = format.code() | encoding.code(format);
        let made = SoundFileWriter::create(path, SoundFileFormat { code, rate, channels });
        let file = made.map_err(|error| match error {
            SoundFileError::Format => {
                failed(path, format!("{format:?} cannot hold {channels} channels of {encoding:?}"))
            }
            other => failed(path, other),
        })?;
        let clips = encoding.is_integer() || encoding == Encoding::Vorbis;
        let waiting = Vec::with_capacity(WRITE_SAMPLES + 4096);
        Ok(Self { file, path: path.to_owned(), clips, channels, waiting, frames: 0 })
    }

    /// Frames written so far. `[any]`
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Writes interleaved samples, full scale ±1; what is beyond is clipped where the encoding cannot hold it.
    /// `[control]`
    ///
    /// # Errors
    /// [`FileError`].
    pub fn write(&mut self, samples: &[f64]) -> Result<(), FileError> {
        self.frames += (samples.len() / self.channels) as u64;
        if self.clips {
            self.waiting.extend(samples.iter().map(|sample| sample.clamp(-1.0, 1.0)));
        } else {
            self.waiting.extend_from_slice(samples);
        }
        if self.waiting.len() >= WRITE_SAMPLES { self.flush() } else { Ok(()) }
    }

    /// Brings everything into the file. `[control]`
    ///
    /// # Errors
    /// [`FileError`].
    pub fn flush(&mut self) -> Result<(), FileError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let written = self.file.write(&self.waiting);
        self.waiting.clear();
        written.map_err(|error| failed(&self.path, format!("it cannot be written: {error}")))
    }
}
