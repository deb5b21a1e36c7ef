//! The other side of the comparison: the csound command line, run as a child on the same document.
//!
//! It gets a copy of the document whose options name no device and whose orchestra ends by setting the channels
//! that only a host sets (see [`super::defaults`]); everything else is the file as it is. It writes a WAV file of floats (only these and
//! AIFF are scaled to full scale, other float formats hold the document's own units), which is read while it
//! grows: many scores never end, so the child is stopped when there is enough. Files that the document writes go
//! to a scratch folder, never beside it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::judge::{Channels, frames};
use super::options::without_devices;

/// How often we look whether the file is long enough.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How much the reference is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Sample rate.
    pub rate: u32,
    /// Frames, if the score is that long.
    pub frames: usize,
    /// How long it may take.
    pub timeout: Duration,
}

/// Why there is no reference.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// A file or the child could not be handled.
    #[error("could not run csound: {0}")]
    Io(#[from] io::Error),
    /// The command line does not play it either; its own words.
    #[error("csound itself does not play it: {0}")]
    Refused(String),
    /// The score holds nothing.
    #[error("csound itself plays no frame of it")]
    Empty,
    /// It did not come to an end.
    #[error("csound itself takes longer than {} s", .0.as_secs())]
    Timeout(Duration),
}

/// Plays the document with the csound command line. `channels` are set when its orchestra has been read.
pub fn play(
    document: &Path,
    channels: &BTreeMap<String, f64>,
    wanted: Wanted,
) -> Result<Channels, ReferenceError> {
    let scratch = tempfile::tempdir()?;
    let copy = scratch.path().join("document.csd");
    let (out, words) = (scratch.path().join("reference.wav"), scratch.path().join("words"));
    fs::write(&copy, prepared(&fs::read(document)?, channels))?;
    let folder = fs::canonicalize(document)?.parent().map(Path::to_owned).unwrap_or_default();
    let mut command = Command::new("csound");
    // Csound looks for assets in these folders; `+=` leaves what the document's own options say.
    for name in ["SSDIR", "SADIR", "INCDIR", "MFDIR", "SFDIR"] {
        command.arg(format!("--env:{name}+={}", folder.display()));
    }
    command
        .arg(format!("--sample-rate={}", wanted.rate))
        .args(["--format=wav:float", "--nodisplays", "-o"])
        .args([&out, &copy])
        .current_dir(&folder)
        // What a document writes goes where nobody misses it: Csound writes to the first folder of these.
        .env("SFDIR", scratch.path())
        // The person's own defaults would be a difference that the plugin cannot know.
        .env("CSOUND6RC", scratch.path().join("none"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        // A file and no pipe: what a document starts by itself may live on and would keep a pipe open.
        .stderr(File::create(&words)?);
    listen(command.spawn()?, &out, &words, wanted)
}

/// Waits until there is enough sound, the child ends, or time is up; the child is gone afterwards.
fn listen(mut child: Child, out: &Path, words: &Path, wanted: Wanted) -> Result<Channels, ReferenceError> {
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        let is_enough = WavHead::read(out).is_ok_and(|head| head.frames() >= wanted.frames as u64);
        if is_enough || start.elapsed() > wanted.timeout {
            // It may have ended by itself in the meantime, which is as good.
            let _ = child.kill();
            child.wait()?;
            if !is_enough {
                return Err(ReferenceError::Timeout(wanted.timeout));
            }
            break None;
        }
        thread::sleep(LOOK_EVERY);
    };
    let sound = WavHead::read(out).and_then(|head| head.sound(out, wanted.frames));
    match (sound, status) {
        (Ok(sound), None) => Ok(sound),
        // Errors of single notes spoil the exit status, but what sounded is there.
        (Ok(sound), Some(status)) if frames(&sound) > 0 && status.code().is_some() => Ok(sound),
        (Ok(_), Some(status)) if status.success() => Err(ReferenceError::Empty),
        (Err(error), None) => Err(ReferenceError::Io(error)),
        (_, Some(status)) => {
            Err(ReferenceError::Refused(complaint(&String::from_utf8_lossy(&fs::read(words)?), status)))
        }
    }
}

/// Where the sound is in a WAV file of 32-bit floats that may still be growing.
struct WavHead {
    channels: u64,
    /// Where the samples begin, and how long the file is.
    bytes: std::ops::Range<u64>,
}

impl WavHead {
    fn read(path: &Path) -> io::Result<Self> {
        let bad =
            |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {what}", path.display()));
        let mut head = Vec::new();
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        file.take(4096).read_to_end(&mut head)?;
        if !head.starts_with(b"RIFF") {
            return Err(bad("this is no WAV file"));
        }
        let number = |at: usize, bytes: usize| {
            let digits = head.get(at..at + bytes).unwrap_or_default();
            digits.iter().rev().fold(0_u64, |number, digit| number << 8 | u64::from(*digit))
        };
        let (mut at, mut channels) = (12, 0);
        while let Some(id) = head.get(at..at + 4) {
            let (body, size) = (at + 8, number(at + 4, 4));
            match id {
                b"fmt " if number(body, 2) != 3 || number(body + 14, 2) != 32 => {
                    return Err(bad("no floats"));
                }
                b"fmt " => channels = number(body + 2, 2),
                b"data" if channels > 0 => {
                    // The size is only right once the file is closed; 0 says that it is not.
                    let end = if size == 0 { length } else { length.min(body as u64 + size) };
                    return Ok(Self { channels, bytes: body as u64..end.max(body as u64) });
                }
                _ => {}
            }
            at = body + size as usize;
        }
        Err(bad("the WAV file ends too early"))
    }

    fn frames(&self) -> u64 {
        (self.bytes.end - self.bytes.start) / 4 / self.channels
    }

    /// The first frames, at most `frames`.
    fn sound(&self, path: &Path, frames: usize) -> io::Result<Channels> {
        let frames = self.frames().min(frames as u64) as usize;
        let channels = self.channels as usize;
        let bytes = fs::read(path)?;
        let mut sound = vec![Vec::with_capacity(frames); channels];
        let samples = bytes[self.bytes.start as usize..].chunks_exact(4).take(frames * channels);
        for (index, b) in samples.enumerate() {
            sound[index % channels].push(f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        }
        Ok(sound)
    }
}

/// The line of the messages that says best what went wrong, else how the child ended.
fn complaint(words: &str, status: ExitStatus) -> String {
    // Csound ends its coloured words with this, also where it uses no colours.
    let words = words.replace("\u{1b}[m", "");
    let speaks =
        |line: &&str| line.to_lowercase().contains("error") && !line.contains("errors in performance");
    words.lines().map(str::trim).find(speaks).map_or_else(|| status.to_string(), str::to_owned)
}

/// The document without devices in its options, and with `channels` set at its orchestra's end.
fn prepared(document: &[u8], channels: &BTreeMap<String, f64>) -> Vec<u8> {
    let mut prepared = Vec::with_capacity(document.len() + 64 * channels.len());
    let mut options: Option<String> = None;
    for line in document.split_inclusive(|byte| *byte == b'\n') {
        let tag = line.trim_ascii_start();
        if let Some(text) = &mut options {
            if !tag.starts_with(b"</CsOptions>") {
                text.push_str(&String::from_utf8_lossy(line));
                continue;
            }
            for option in without_devices(text) {
                prepared.extend_from_slice(format!("{option}\n").as_bytes());
            }
            options = None;
        } else if tag.starts_with(b"<CsOptions>") {
            options = Some(String::new());
        } else if tag.starts_with(b"</CsInstruments>") {
            for (name, value) in channels {
                prepared.extend_from_slice(format!("chnset {value:?}, \"{name}\"\n").as_bytes());
            }
        }
        prepared.extend_from_slice(line);
    }
    prepared
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "<CsoundSynthesizer>\n<CsOptions>\n-odac -t90\n</CsOptions>\n<CsInstruments>\n\
        0dbfs = 1\nnchnls = 2\ninstr 1\nk1 chnget \"level\"\na1 = k1\noutch 1, a1, 2, -a1\nendin\n</CsInstruments>\n<CsScore>\n\
        i1 0 1\nf0 1e6\n</CsScore>\n</CsoundSynthesizer>\n";

    #[test]
    fn only_devices_and_channels_are_touched() {
        let channels = BTreeMap::from([("level".to_owned(), 0.25)]);
        let expected = DOCUMENT
            .replace("-odac -t90", "-t90")
            .replace("</CsInstruments>", "chnset 0.25, \"level\"\n</CsInstruments>");
        assert_eq!(String::from_utf8(prepared(DOCUMENT.as_bytes(), &channels)).unwrap(), expected);
    }

    #[test]
    fn an_endless_score_is_cut_and_channels_are_set() {
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join("endless.csd");
        fs::write(&document, DOCUMENT).unwrap();
        let wanted = Wanted { rate: 44100, frames: 4410, timeout: Duration::from_secs(60) };
        let sound = play(&document, &BTreeMap::from([("level".to_owned(), 0.25)]), wanted).unwrap();
        assert_eq!((sound.len(), frames(&sound)), (2, 4410));
        assert_eq!((sound[0][1000], sound[1][1000]), (0.25, -0.25));
    }

    #[test]
    fn what_csound_refuses_is_said_in_its_words() {
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join("broken.csd");
        fs::write(&document, DOCUMENT.replace("chnget", "chngot")).unwrap();
        let wanted = Wanted { rate: 44100, frames: 4410, timeout: Duration::from_secs(60) };
        let error = play(&document, &BTreeMap::new(), wanted).unwrap_err().to_string();
        assert!(error.contains("chngot"), "{error}");
    }
}
