//! `sweep`: half-typed documents, each played for a moment in a process that may end with it.
//!
//! Every document is put into many states that a person who types passes through: each character missing, the text
//! cut at each place, and on request characters inserted, doubled and swapped. Each state goes the whole way through
//! reading, checks, building and some cycles with a note. What is refused or plays is fine; what ends its process or
//! does not come back is a fault, and is listed with its place.

mod apart;
mod states;
mod worker;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

pub use apart::{HostArgs, host_for_parent};
pub use worker::work_for_parent;

use crate::error::Error;
use ksmps_program::progress::Progress;
use states::{Change, State};
use worker::{Ending, Worker};

/// What to sweep.
#[derive(clap::Args)]
pub struct Args {
    /// Documents (.csd, or bare orchestras), or folders with .csd files; without any, the factory documents and those
    /// of tests/documents/wide.
    documents: Vec<PathBuf>,
    /// How the text is changed; may be repeated. Without it: delete and cut.
    #[arg(long = "change", value_enum)]
    changes: Vec<Change>,
    /// Only this many states of all, drawn by --seed.
    #[arg(long, value_name = "COUNT")]
    sample: Option<usize>,
    /// Seed of the sample.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// In the built plugins instead of the core alone, with engines in processes of their own: in CLAP and VST3 hosts, live
    /// and offline.
    #[arg(long)]
    apart: bool,
    /// Worker processes at the same time.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Folder for the texts of the states that failed.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
}

/// The folders that are swept where none is named.
const FOLDERS: [&str; 2] = ["instruments", "tests/documents/wide"];

/// One state that failed.
struct Failure {
    state: usize,
    ending: Ending,
}

/// Sweeps. Exits with 0 where every state was played or refused, else with 1.
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    let documents = documents(&args.documents)?;
    let changes: &[Change] =
        if args.changes.is_empty() { &[Change::Delete, Change::Cut] } else { &args.changes };
    let mut states = states::of(&documents, changes);
    if let Some(count) = args.sample {
        states = states::sample(states, count, args.seed);
        println!("seed {}", args.seed);
    }
    if args.apart {
        return apart::run(&documents, &states, args.jobs.max(1));
    }
    let (failures, counts) = try_all(&documents, &states, args.jobs.max(1))?;
    if let Some(folder) = &args.keep {
        keep(folder, &documents, &states, &failures)?;
    }
    let total: BTreeMap<&str, usize> = counts.into_iter().collect();
    println!(
        "{} states of {} documents: {} played, {} refused, {} crashed, {} hung",
        states.len(),
        documents.len(),
        total.get("played").unwrap_or(&0),
        total.get("refused").unwrap_or(&0),
        failures.iter().filter(|failure| failure.ending != Ending::Hung).count(),
        failures.iter().filter(|failure| failure.ending == Ending::Hung).count(),
    );
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A document to sweep.
struct Swept {
    name: String,
    text: String,
}

fn documents(paths: &[PathBuf]) -> Result<Vec<Swept>, Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let default: Vec<PathBuf> = FOLDERS.iter().map(|folder| root.join(folder)).collect();
    let paths = if paths.is_empty() { &default } else { paths };
    let files = crate::conformance::compare::documents(paths)?;
    let read = |path: &PathBuf| {
        let bytes = fs::read(path).map_err(Error::file(path))?;
        let name = path.strip_prefix(&root).unwrap_or(path).display().to_string();
        Ok(Swept { name, text: String::from_utf8_lossy(&bytes).into_owned() })
    };
    let all: Result<Vec<Swept>, Error> = files.iter().map(read).collect();
    // Nobody has allowed Python here: each state of theirs would be refused.
    Ok(all?.into_iter().filter(|one| !one.text.contains("\n;@needs python")).collect())
}

/// How many ended in some way, by its word.
type Counts = Vec<(&'static str, usize)>;

/// Tries every state; the failures in the order of the states, and how many ended well, by word.
fn try_all(documents: &[Swept], states: &[State], jobs: usize) -> Result<(Vec<Failure>, Counts), Error> {
    let bar = Progress::new("states", states.len() as u64);
    let next = AtomicUsize::new(0);
    let (played, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failures = Mutex::new(Vec::new());
    let work = || -> Result<(), Error> {
        let mut worker = Worker::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(state) = states.get(index) else { return Ok(()) };
            match worker.attempt(&state.text(documents))? {
                Ending::Played => drop(played.fetch_add(1, Ordering::Relaxed)),
                Ending::Refused => drop(refused.fetch_add(1, Ordering::Relaxed)),
                ending => {
                    bar.say(&format!("{}: {ending}", state.describe(documents)));
                    // PANIC: nobody panics while holding it.
                    failures.lock().expect("not poisoned").push(Failure { state: index, ending });
                }
            }
            bar.advance(1);
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        // PANIC: a thread that panicked is a fault of this program.
        threads.into_iter().try_for_each(|thread| thread.join().expect("no panic"))
    })?;
    // PANIC: as above.
    let mut failures = failures.into_inner().expect("not poisoned");
    failures.sort_by_key(|failure| failure.state);
    Ok((failures, vec![("played", played.into_inner()), ("refused", refused.into_inner())]))
}

fn keep(folder: &Path, documents: &[Swept], states: &[State], failures: &[Failure]) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::file(folder))?;
    for failure in failures {
        let path = folder.join(format!("{:06}.csd", failure.state));
        fs::write(&path, states[failure.state].text(documents)).map_err(Error::file(&path))?;
    }
    Ok(())
}
