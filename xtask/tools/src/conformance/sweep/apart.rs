//! `sweep --apart`: half-typed documents in the built plugins, each engine in a process of its own, in CLAP and VST3 hosts,
//! live and offline. An engine may end with its text; the host may not, something has to be said soon, and the good sound has
//! to come back.
//!
//! The host is a worker of the sweep: whether it lives is seen from here.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use ksmps_harness::hosts::Host;
use ksmps_harness::trial::{Ending, Trial};

use super::Swept;
use super::states::State;
use super::worker::{Answer, Worker, answer_with};
use crate::error::Error;
use ksmps_program::progress::Progress;

/// A host waits for one block of an offline render so long: seconds, where nobody has set them.
const OFFLINE_LIMIT: (&str, &str) = ("KSMPS_OFFLINE_SECONDS", "1");
/// The word by which a worker of this kind is started.
const COMMAND: &str = "host-for-sweep";
/// A state that takes longer hangs the host.
const DEADLINE: Duration = Duration::from_secs(120);
/// Within so long it has to be said what is wrong with a text, and the good sound has to be back.
const SOON: Duration = Duration::from_secs(1);
/// The same for an endless loop, which is waited for.
const LOOP: Duration = Duration::from_secs(2);

/// What a host is started with.
#[derive(Debug, Clone, clap::Args)]
pub struct HostArgs {
    /// 0: CLAP, 1: VST3.
    format: usize,
    /// The host renders offline: true or false.
    #[arg(action = clap::ArgAction::Set)]
    is_offline: bool,
}

/// What came of one state in one host.
#[derive(Debug, Clone, Default)]
struct Tried {
    ending: String,
    said_ms: u64,
    good_ms: Option<u64>,
    said: String,
}

/// Tries every state in each host; what went wrong is listed. Exits with 0 where nothing did.
pub fn run(documents: &[Swept], states: &[State], jobs: usize) -> Result<ExitCode, Error> {
    let mut faults = 0;
    for (format, name) in ["CLAP", "VST3"].into_iter().enumerate() {
        for is_offline in [false, true] {
            let manner = if is_offline { "offline" } else { "live" };
            let args = HostArgs { format, is_offline };
            faults += in_host(&format!("{name}, {manner}"), &args, documents, states, jobs)?;
        }
    }
    Ok(if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn in_host(
    name: &str,
    args: &HostArgs,
    documents: &[Swept],
    states: &[State],
    jobs: usize,
) -> Result<usize, Error> {
    let bar = Progress::new(name, states.len() as u64);
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Results::default());
    let work = || -> Result<(), Error> {
        let (format, is_offline) = (args.format.to_string(), args.is_offline.to_string());
        let mut worker =
            Worker::of_kind(&[COMMAND, &format, &is_offline], DEADLINE).with_default(OFFLINE_LIMIT);
        while let Some(state) = states.get(next.fetch_add(1, Ordering::Relaxed)) {
            let answer = worker.ask(&state.text(documents))?;
            // PANIC: nobody panics while holding it.
            let mut results = results.lock().expect("not poisoned");
            if let Some(fault) = results.add(answer) {
                bar.say(&format!("{name}, {}: {fault}", state.describe(documents)));
            }
            bar.advance(1);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        // PANIC: a thread that panicked is a fault of this program.
        threads.into_iter().try_for_each(|thread| thread.join().expect("no panic"))
    })?;
    // PANIC: as above.
    let results = results.into_inner().expect("not poisoned");
    println!("{name}: {} states of {} documents: {results}", states.len(), documents.len());
    Ok(results.faults)
}

/// What came of all states in one host.
#[derive(Debug, Default)]
struct Results {
    endings: BTreeMap<String, usize>,
    host_deaths: usize,
    /// Everything that is wrong, host deaths and what is slow among it.
    faults: usize,
    /// Messages and good sounds that came, and too late.
    slow: usize,
    slowest_message_ms: u64,
    slowest_good_ms: u64,
}

impl Results {
    /// Adds an answer; what is wrong with it.
    fn add(&mut self, answer: Answer) -> Option<String> {
        let fault = match answer {
            Answer::Line(line) => self.add_tried(&line),
            Answer::Ended(status) => {
                self.host_deaths += 1;
                Some(format!("the host has ended: {status}"))
            }
            Answer::Hung => {
                self.host_deaths += 1;
                Some("the host hangs".to_owned())
            }
        };
        self.faults += usize::from(fault.is_some());
        fault
    }

    fn add_tried(&mut self, line: &str) -> Option<String> {
        let Ok(tried) = Tried::from_str(line) else { return Some(format!("the host failed: {line}")) };
        *self.endings.entry(tried.ending.clone()).or_default() += 1;
        self.slowest_message_ms = self.slowest_message_ms.max(tried.said_ms);
        self.slowest_good_ms = self.slowest_good_ms.max(tried.good_ms.unwrap_or_default());
        let is_loop = tried.said.contains("endless loop") || tried.said.contains("in time for a second");
        let limit = if is_loop { LOOP } else { SOON }.as_millis() as u64;
        if tried.ending != "played" && tried.said.is_empty() {
            return Some(format!("it {} and nothing is said", tried.ending));
        }
        let is_slow = |ms| ms > SOON.as_millis() as u64;
        self.slow += usize::from(tried.said_ms > limit || tried.good_ms.is_some_and(is_slow));
        if tried.said_ms > limit {
            return Some(format!("it was said after {} ms: {}", tried.said_ms, tried.said));
        }
        match tried.good_ms {
            None => Some(format!("the good sound did not come back: {}", tried.said)),
            Some(ms) if is_slow(ms) => {
                Some(format!("the good sound came back after {ms} ms: {}", tried.said))
            }
            Some(_) => None,
        }
    }
}

impl std::fmt::Display for Results {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (ending, count) in &self.endings {
            write!(f, "{count} {ending}, ")?;
        }
        write!(
            f,
            "{} hosts died, {} faults, {} of them slow; slowest message {} ms, good sound back after {} ms at most",
            self.host_deaths, self.faults, self.slow, self.slowest_message_ms, self.slowest_good_ms
        )
    }
}

impl FromStr for Tried {
    type Err = ();

    /// `ending said_ms good_ms said`, the third `-` where the good sound did not come back.
    fn from_str(line: &str) -> Result<Self, ()> {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().ok_or(());
        let ending = word()?.to_owned();
        let said_ms = word()?.parse().map_err(|_| ())?;
        let good_ms = word()?.parse().ok();
        Ok(Self { ending, said_ms, good_ms, said: words.next().unwrap_or_default().to_owned() })
    }
}

/// The life of a host: states from standard input until it closes.
pub fn host_for_parent(args: &HostArgs) {
    let mut trial = None;
    answer_with(|text| {
        let host = Host::APART[args.format.min(1)];
        let attempt = |trial: &mut Option<Trial>| {
            let trial = match trial {
                Some(trial) => trial,
                None => trial.insert(Trial::new(host, args.is_offline)?),
            };
            trial.attempt(text, None)
        };
        match attempt(&mut trial) {
            Ok(outcome) => {
                let ending = match outcome.ending {
                    Ending::Played => "played",
                    Ending::Refused => "refused",
                    Ending::Died => "died",
                };
                let good = outcome.good_after.map(|after| after.as_millis().to_string());
                let good = good.unwrap_or_else(|| "-".to_owned());
                format!("{ending} {} {good} {}", outcome.said_after.as_millis(), outcome.said)
            }
            Err(error) => {
                trial = None;
                format!("failed: {error}")
            }
        }
    });
}
