//! The other side of the comparison: the csound command line, run as a child on the same document.
//!
//! It gets a copy of the document whose options name no device and whose orchestra ends by setting the channels
//! that the plugin sets too; everything else is the file as it is. The sound comes through its standard output
//! as floats and is cut by stopping the child, because many scores never end. Files that the document writes
//! go to a scratch folder, never beside it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::judge::{Channels, frames};
use super::options::without_devices;

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
    fs::write(&copy, prepared(&fs::read(document)?, channels))?;
    let folder = fs::canonicalize(document)?.parent().map(Path::to_owned).unwrap_or_default();
    let mut command = Command::new("csound");
    // Csound looks for assets in these folders; `+=` leaves what the document's own options say.
    for name in ["SSDIR", "SADIR", "INCDIR", "MFDIR"] {
        command.arg(format!("--env:{name}+={}", folder.display()));
    }
    command
        .arg(format!("--env:SFDIR={}", scratch.path().display()))
        .arg(format!("--sample-rate={}", wanted.rate))
        .args(["--format=au", "--format=float", "--nodisplays", "-o", "stdout"])
        .arg(&copy)
        .current_dir(&folder)
        // The person's own defaults would be a difference that the plugin cannot know.
        .env("CSOUND6RC", scratch.path().join("none"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    listen(command.spawn()?, wanted)
}

/// Reads the child's sound until there is enough of it, it ends, or time is up; the child is gone afterwards.
fn listen(mut child: Child, wanted: Wanted) -> Result<Channels, ReferenceError> {
    // PANIC: both were asked for as pipes and nobody has taken them.
    let (stdout, stderr) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
    let messages = thread::spawn(move || last_words(stderr));
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // A receiver that has given up waiting wants no answer.
        let _ = sender.send(read_au(BufReader::new(stdout), wanted.frames));
    });
    let sound = receiver.recv_timeout(wanted.timeout);
    let enough = matches!(&sound, Ok(Ok(sound)) if frames(sound) >= wanted.frames);
    let status = if enough || sound.is_err() { stop(&mut child)? } else { child.wait()? };
    let Ok(sound) = sound else { return Err(ReferenceError::Timeout(wanted.timeout)) };
    let words = messages.join().unwrap_or_default();
    match sound {
        Ok(sound) if enough || (status.success() && frames(&sound) > 0) => Ok(sound),
        Ok(sound) if frames(&sound) == 0 && status.success() => Err(ReferenceError::Empty),
        // Errors of single notes spoil the exit status, but what sounded is there.
        Ok(sound) if frames(&sound) > 0 && status.code().is_some() => Ok(sound),
        _ => Err(ReferenceError::Refused(complaint(&words, status))),
    }
}

fn stop(child: &mut Child) -> io::Result<ExitStatus> {
    // It may have ended by itself in the meantime, which is as good.
    let _ = child.kill();
    child.wait()
}

/// Reads an AU stream of big-endian floats, at most `frames` of it.
fn read_au(mut stream: impl Read, frames: usize) -> io::Result<Channels> {
    let mut header = [0; 24];
    stream.read_exact(&mut header)?;
    let word = |index: usize| {
        let bytes = &header[index * 4..index * 4 + 4];
        bytes.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
    };
    // The words of the header: magic, where the sound starts, its length, its encoding (6: float), rate, channels.
    if &header[..4] != b".snd" || word(3) != 6 || word(1) < 24 || word(5) == 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "csound did not send floats in an AU stream"));
    }
    io::copy(&mut (&mut stream).take(u64::from(word(1)) - 24), &mut io::sink())?;
    let channels = word(5) as usize;
    let mut bytes = Vec::new();
    stream.take(frames as u64 * channels as u64 * 4).read_to_end(&mut bytes)?;
    let frames = bytes.len() / 4 / channels;
    let mut sound = vec![Vec::with_capacity(frames); channels];
    for (index, b) in bytes.chunks_exact(4).take(frames * channels).enumerate() {
        sound[index % channels].push(f32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    }
    Ok(sound)
}

/// Reads messages to their end, so that the child never waits for us, and keeps the last of them.
fn last_words(mut stream: impl Read) -> String {
    const KEPT: usize = 1 << 16;
    let mut kept = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut chunk) {
        kept.extend_from_slice(&chunk[..count]);
        if kept.len() > 2 * KEPT {
            kept.drain(..kept.len() - KEPT);
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
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
