//! The plugin's side of the comparison, in a process of its own: what a document does to it, it does to nobody
//! else. The parent starts this same program again with the hidden command `play-for-compare` and reads a file.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ksmps_harness::script::{Cut, Script};
use serde::{Deserialize, Serialize};

use super::files;
use super::judge::Channels;
use super::reference::Wanted;
use crate::error::Error;
use ksmps_harness::bounce::Done;
use ksmps_program::play::{Form, Job, Kind, Text};

/// How often the parent looks whether the child is done.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What the plugin played.
pub struct Side {
    /// The sound, latency removed.
    pub sound: Channels,
    /// The values that the document's parameters began with.
    pub defaults: BTreeMap<String, f64>,
    /// The first error that came while it played, with its line.
    pub error: Option<String>,
}

/// Why the plugin played nothing.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// The child could not be run, or left no sound behind.
    #[error("could not run the plugin's side: {0}")]
    Io(#[from] io::Error),
    /// The plugin does not play it.
    #[error("{0}")]
    Refused(String),
    /// It took the process down.
    #[error("the plugin's process crashed ({0})")]
    Crashed(ExitStatus),
    /// It did not come to an end.
    #[error("the plugin takes longer than {} s", .0.as_secs())]
    Timeout(Duration),
}

/// What the child is told.
#[derive(clap::Args)]
pub struct ChildArgs {
    document: PathBuf,
    #[arg(long)]
    rate: u32,
    #[arg(long)]
    frames: usize,
    #[arg(long)]
    block: Cut,
    #[arg(long, value_enum)]
    format: Form,
    #[arg(long)]
    out: PathBuf,
}

/// The first line of the file that the child leaves; the samples follow, channel after channel.
#[derive(Serialize, Deserialize)]
struct Header {
    outputs: usize,
    frames: usize,
    defaults: BTreeMap<String, f64>,
    error: Option<String>,
}

/// Plays a document in a child process.
pub fn play(document: &Path, format: Form, block: &Cut, wanted: Wanted) -> Result<Side, ChildError> {
    let scratch = tempfile::tempdir()?;
    let (out, words) = (scratch.path().join("sound"), scratch.path().join("words"));
    let mut child = Command::new(std::env::current_exe()?)
        .arg("play-for-compare")
        .arg(fs::canonicalize(document)?)
        .args([format!("--rate={}", wanted.rate), format!("--frames={}", wanted.frames)])
        .args([format!("--block={block}"), format!("--format={}", format.word())])
        .arg("--out")
        .arg(&out)
        // As for the reference: programs that a document runs find its files, and what it writes is not missed.
        .current_dir(
            document.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")),
        )
        .env("SFDIR", scratch.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&words)?)
        .spawn()?;
    let status = wait(&mut child, wanted.timeout)?.ok_or(ChildError::Timeout(wanted.timeout))?;
    match status.code() {
        Some(0) => Ok(read(&out)?),
        Some(_) => Err(ChildError::Refused(complaint(&String::from_utf8_lossy(&fs::read(&words)?)))),
        None => Err(ChildError::Crashed(status)),
    }
}

/// Waits for the child; `None` where it had to be killed.
fn wait(child: &mut Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > timeout {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// What a row has room for, of the words that the child ends with: the first of the document's errors where it
/// has some, else the error.
fn complaint(words: &str) -> String {
    let lines: Vec<&str> = words.lines().collect();
    let error = lines.iter().rposition(|line| line.starts_with("error: ")).unwrap_or(0);
    let mut lines = lines.into_iter().skip(error).map(str::trim);
    let first = lines.next().unwrap_or("it said nothing").trim_start_matches("error: ");
    let mut of_document = || lines.find(|line| line.contains("error: "));
    if first.ends_with("does not play:") { of_document().unwrap_or(first) } else { first }.to_owned()
}

fn read(path: &Path) -> io::Result<Side> {
    let mut file = BufReader::new(File::open(path)?);
    let mut line = String::new();
    file.read_line(&mut line)?;
    let header: Header = serde_json::from_str(&line)?;
    let mut sound = Vec::with_capacity(header.outputs);
    for _ in 0..header.outputs {
        let mut bytes = vec![0; header.frames * 4];
        file.read_exact(&mut bytes)?;
        sound.push(bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect());
    }
    Ok(Side { sound, defaults: header.defaults, error: header.error })
}

fn write(path: &Path, header: &Header, sound: &[Vec<f32>]) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{}", serde_json::to_string(header)?)?;
    for sample in sound.iter().flatten() {
        file.write_all(&sample.to_le_bytes())?;
    }
    file.flush()
}

/// The child's work: plays the document and leaves the file that [`play`] reads.
pub fn play_for_parent(args: &ChildArgs) -> Result<(), Error> {
    let mut document = Text::read(&args.document)?;
    // Events that follow a song begin on frames, those of the command line on cycles: they are compared as free ones.
    document.text = document.text.replace(";@score", "; @score").replace(";@session", "; @session");
    let kind = if files::channels(&document.text) > 2 { Kind::MultiOut } else { Kind::Instrument };
    let job = Job {
        document: Some(document),
        state: None,
        session: None,
        kind,
        form: args.format,
        rate: args.rate,
        frames: args.frames as u64,
        song: None,
        block: args.block.clone(),
        script: Script::new(),
        inputs: Vec::new(),
        done: Done::default(),
    };
    let played = ksmps_program::play::play(&job)?;
    let error = played.remarks.iter().find(|remark| remark.is_error());
    let header = Header {
        outputs: played.channels.len(),
        frames: args.frames,
        defaults: played.defaults,
        error: error.map(|error| error.headline().to_owned()),
    };
    write(&args.out, &header, &played.channels).map_err(Error::file(&args.out))
}
