//! `compare`: does the plugin play every document as the csound command line does?
//!
//! For each file the built plugin plays in a child process of its own, so that a document that crashes or hangs
//! takes nothing along; then the command line plays the same; then samples are compared. A file that differs is
//! played once more by the command line, in another second of the clock: where that differs from itself, nobody
//! can be identical to it. A file that runs programs of the machine (`system`, Python, a score with `bin=`) is refused
//! by the plugin on purpose; it has a row of its own and is neither identical nor failed.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use ksmps_harness::script::Cut;

use crate::error::Error;
use defaults::set_by_host;
use judge::{Verdict, judge};
use ksmps_program::progress::Progress;
use reference::Wanted;

mod child;
mod defaults;
mod files;
mod judge;
mod options;
mod reference;

pub use child::{ChildArgs, play_for_parent};
pub use files::documents;

/// What to compare.
#[derive(clap::Args)]
pub struct Args {
    /// Documents, and folders in which all .csd files are taken.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Blocks in which the host hands over audio: a number of frames, or random:SEED.
    #[arg(long, default_value = "512")]
    block: Cut,
    /// How much of each document, at most.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Sample rate of both sides; without it each document's own sr, else 44100.
    #[arg(long)]
    rate: Option<u32>,
    /// In which form the plugin is loaded.
    #[arg(long, value_enum, default_value_t = ksmps_program::play::Form::Clap)]
    format: ksmps_program::play::Form,
    /// Documents at the same time; as many as there are processors if not given.
    #[arg(long)]
    jobs: Option<usize>,
    /// Seconds after which a side that is not done counts as hanging.
    #[arg(long, default_value_t = 120)]
    timeout: u64,
}

/// How one document fared.
enum Row {
    Identical(String),
    Different(String),
    Varies,
    /// It runs programs, which no document does here without the user's consent.
    Refused(String),
    Failed(String),
}

/// Compares everything and prints a row each; the exit status says whether all that can be is identical.
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    if !(args.seconds > 0.0 && args.seconds.is_finite()) {
        return Err(Error::usage("--seconds must be above 0".to_owned()));
    }
    let files = files::documents(&args.paths)?;
    let jobs = args.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).max(1);
    let progress = Progress::new("files", files.len() as u64);
    let tally = Mutex::new(Tally::default());
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..jobs.min(files.len()) {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let row = one(file, args);
                    progress.say(&format!("{row:<10}{}{}", file.display(), row.details()));
                    progress.advance(1);
                    // A thread that died while it counted has left whole numbers behind.
                    tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner).count(&row);
                }
            });
        }
    });
    drop(progress);
    let tally = tally.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    println!("{tally}");
    Ok(if tally.different + tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Both sides of one document.
fn one(document: &Path, args: &Args) -> Row {
    let text = match fs::read(document) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => return Row::Failed(error.to_string()),
    };
    if asks_for_python(&text) {
        return Row::Refused("it runs Python, which is the user's to allow".to_owned());
    }
    let rate = args.rate.unwrap_or_else(|| files::own_rate(&text).unwrap_or(44100));
    let timeout = Duration::from_secs(args.timeout);
    let wanted = Wanted { rate, frames: (args.seconds * f64::from(rate)).ceil() as usize, timeout };
    let side = match child::play(document, args.format, &args.block, wanted) {
        Ok(side) => side,
        Err(error) => return unplayed(document, wanted, &error),
    };
    let channels = set_by_host(&text, document.parent(), side.defaults);
    // What the plugin says of the document stands behind what was found.
    let with_error = |words: String| match &side.error {
        Some(error) => format!("{words}; the plugin says: {error}"),
        None => words,
    };
    let reference = match reference::play(document, &channels, wanted) {
        Ok(reference) => reference,
        Err(error) => return Row::Failed(with_error(error.to_string())),
    };
    let again = reference.clone();
    match judge(side.sound, reference) {
        verdict @ Verdict::Identical { .. } => Row::Identical(with_error(verdict.words(rate))),
        verdict => match varies(document, &channels, wanted, again) {
            true => Row::Varies,
            false => Row::Different(with_error(verdict.words(rate))),
        },
    }
}

/// A document that the plugin does not play: worse where the command line does.
fn unplayed(document: &Path, wanted: Wanted, error: &child::ChildError) -> Row {
    match reference::play(document, &BTreeMap::new(), wanted) {
        Ok(_) if runs_programs(&error.to_string()) => {
            Row::Refused(format!("{error} (csound itself runs it)"))
        }
        Ok(_) => Row::Failed(format!("{error} (csound itself plays it)")),
        // The command line has Python opcodes where another package has brought them.
        Err(_) if error.to_string().contains(RUNS_PYTHON) => {
            Row::Refused(format!("{error} (csound has no Python opcodes here)"))
        }
        Err(_) => Row::Failed(format!("{error} (nor does csound itself play it)")),
    }
}

/// Whether a document asks for Python. Some user of the tests may have allowed it, and the command line has no such opcodes.
fn asks_for_python(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with(";@needs") && line.contains("python"))
}

/// How an error says that a document runs Python.
const RUNS_PYTHON: &str = "runs Python";

/// Whether an error says that a document runs programs of the machine.
fn runs_programs(error: &str) -> bool {
    ["runs a program of this machine", RUNS_PYTHON, "written by a program"]
        .iter()
        .any(|what| error.contains(what))
}

/// Whether the command line differs from itself.
fn varies(document: &Path, channels: &BTreeMap<String, f64>, wanted: Wanted, once: judge::Channels) -> bool {
    // Seeds come from the clock's seconds.
    thread::sleep(Duration::from_millis(1100));
    match reference::play(document, channels, wanted) {
        Ok(again) => !matches!(judge(again, once), Verdict::Identical { .. }),
        Err(_) => true,
    }
}

impl Row {
    fn details(&self) -> String {
        match self {
            Self::Identical(details) => format!("  ({details})"),
            Self::Different(details) | Self::Refused(details) | Self::Failed(details) => {
                format!(": {details}")
            }
            Self::Varies => ": the command line differs from itself".to_owned(),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Identical(_) => "identical",
            Self::Different(_) => "different",
            Self::Varies => "varies",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        })
    }
}

/// How many fared how.
#[derive(Default)]
struct Tally {
    identical: usize,
    different: usize,
    varies: usize,
    refused: usize,
    failed: usize,
}

impl Tally {
    fn count(&mut self, row: &Row) {
        *match row {
            Row::Identical(_) => &mut self.identical,
            Row::Different(_) => &mut self.different,
            Row::Varies => &mut self.varies,
            Row::Refused(_) => &mut self.refused,
            Row::Failed(_) => &mut self.failed,
        } += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { identical, different, varies, refused, failed } = self;
        write!(f, "{identical} identical, {different} different, {varies} varies, {failed} failed")?;
        match refused {
            0 => Ok(()),
            1 => f.write_str("; 1 that runs programs is refused"),
            count => write!(f, "; {count} that run programs are refused"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_programs_is_counted_apart() {
        assert!(asks_for_python("<CsInstruments>\n;@needs files python\nksmps = 32\n"));
        assert!(!asks_for_python(";@needs files\n; python\n"));
        assert!(runs_programs("line 22: error: a score written by a program (bin=) is not run"));
        assert!(runs_programs(
            "line 19: error: system_i runs a program of this machine, which a document may not do here"
        ));
        assert!(!runs_programs("the plugin's process crashed (signal: 11 (SIGSEGV))"));
        let mut tally = Tally::default();
        tally.count(&Row::Identical(String::new()));
        assert_eq!(tally.to_string(), "1 identical, 0 different, 0 varies, 0 failed");
        tally.count(&Row::Refused(String::new()));
        tally.count(&Row::Refused(String::new()));
        let said = "1 identical, 0 different, 0 varies, 0 failed; 2 that run programs are refused";
        assert_eq!(tally.to_string(), said);
    }
}
