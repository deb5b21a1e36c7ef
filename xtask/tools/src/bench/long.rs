//! Long renders: whether memory stays as it is, and time beside the csound command line's.
//!
//! Each render has a process of its own, and the two sides take turns. The time that counts is CPU time: what others
//! do on the machine lengthens it less than time on the wall.

use std::time::Instant;

use super::child::{self, What};
use super::offline::{command_line, sameness};
use super::pieces::{self, EVENTS};
use super::{LONG_RENDERS_MAX, RENDERS_MAX, failed, median, system};
use crate::error::Error;
use ksmps_program::progress::Progress;

/// What is rendered, and for how many minutes.
const ROWS: [(What, u32); 5] =
    [(What::Engine, 1), (What::Engine, 10), (What::Session, 1), (What::Session, 10), (What::Events, 1)];
const MEGABYTE: f64 = 1024.0 * 1024.0;

/// Measures and prints the renders.
pub fn renders(rounds: usize) -> Result<(), Error> {
    println!(
        "long renders, each in a process of its own, over the csound command line on what was exported\n\
         ({} turns, {} of ten minutes: CPU is user and system time of all turns together, wall the median of ratios)",
        turns(1, rounds),
        turns(10, rounds)
    );
    if system::peak_memory().is_none() || system::children_seconds().is_none() {
        println!("  this system does not say what memory and CPU time a process had: only Linux is asked");
    }
    println!(
        "  piece                 events   peak memory   CPU ratio   CPU seconds         wall ratio   sound"
    );
    let all: usize = ROWS.iter().map(|&(_, minutes)| turns(minutes, rounds)).sum();
    let progress = Progress::new("turns", all as u64);
    let mut rows = Vec::new();
    for (what, minutes) in ROWS {
        let row = Row::measure(what, minutes, turns(minutes, rounds), &progress)?;
        progress.say(&row.words());
        rows.push(row);
    }
    for pair in rows.windows(2).filter(|pair| pair[0].what == pair[1].what) {
        println!("  {}", growth(&pair[0], &pair[1]));
    }
    let scheduling = rows.iter().find(|row| row.what == What::Events).map_or(0.0, |row| row.scheduling_ms);
    println!("  scheduling {EVENTS} events: {scheduling:.1} ms (target under 50)");
    Ok(())
}

/// How many turns are taken of a piece where this many are asked for.
fn turns(minutes: u32, rounds: usize) -> usize {
    rounds.min(if minutes > 1 { LONG_RENDERS_MAX } else { RENDERS_MAX })
}

/// The figures of one piece.
struct Row {
    what: What,
    minutes: u32,
    /// The largest of all turns, in bytes.
    peak_memory: Option<u64>,
    scheduling_ms: f64,
    /// Ours and theirs, all turns together.
    cpu: Option<(f64, f64)>,
    wall_ratio: f64,
    sound: &'static str,
}

/// Seconds of one render.
struct Spent {
    wall: f64,
    cpu: Option<f64>,
}

impl Row {
    fn measure(what: What, minutes: u32, rounds: usize, progress: &Progress) -> Result<Self, Error> {
        let scratch = tempfile::tempdir().map_err(failed)?;
        let place = |name| scratch.path().join(name);
        let (ours, csd, theirs) = (place("ours.wav"), place("piece.csd"), place("theirs.wav"));
        child::export(what, minutes, &csd)?;
        let (mut peaks, mut scheduling) = (Vec::new(), Vec::new());
        let (mut our_cpu, mut their_cpu, mut wall_ratios) = (Some(0.0), Some(0.0), Vec::new());
        let add = |sum: Option<f64>, spent: &Spent| Some(sum? + spent.cpu?);
        for turn in 0..rounds {
            // Who comes first changes, so that neither has the warmer machine.
            let before = (turn % 2 == 1).then(|| spent(|| command_line(&csd, &theirs))).transpose()?;
            let (our, report) = spent(|| child::render(what, minutes, &ours))?;
            let (their, ()) = before.map_or_else(|| spent(|| command_line(&csd, &theirs)), Ok)?;
            peaks.push(report.peak_memory);
            scheduling.push(report.scheduling_ms);
            wall_ratios.push(our.wall / their.wall);
            (our_cpu, their_cpu) = (add(our_cpu, &our), add(their_cpu, &their));
            progress.advance(1);
        }
        Ok(Self {
            what,
            minutes,
            peak_memory: peaks.into_iter().max().flatten(),
            scheduling_ms: median(scheduling),
            cpu: our_cpu.zip(their_cpu),
            wall_ratio: median(wall_ratios),
            sound: sameness(&ours, &theirs)?,
        })
    }

    fn name(&self) -> String {
        let what = match self.what {
            What::Engine => "engine",
            What::Session => "session",
            What::Events => "many short notes",
        };
        format!("{what}, {} min", self.minutes)
    }

    fn events(&self) -> usize {
        match self.what {
            What::Engine | What::Session => pieces::tone_count(self.minutes) as usize,
            What::Events => EVENTS,
        }
    }

    fn words(&self) -> String {
        let memory = self.peak_memory.map_or("unknown".to_owned(), |peak| megabytes(peak as f64));
        let ratio = self.cpu.map_or("unknown".to_owned(), |(ours, theirs)| format!("{:.3}", ours / theirs));
        let seconds = self.cpu.map_or(String::new(), |(ours, theirs)| format!("{ours:.2} / {theirs:.2}"));
        let Self { wall_ratio, sound, .. } = self;
        let (name, events) = (self.name(), self.events());
        format!(
            "  {name:<21} {events:>6}   {memory:>11}   {ratio:>9}   {seconds:<17}   {wall_ratio:>10.3}   {sound}"
        )
    }
}

/// What the longer render of a piece had more than the shorter.
fn growth(short: &Row, long: &Row) -> String {
    let names = format!("{} over {}", long.name(), short.name());
    match (short.peak_memory, long.peak_memory) {
        (Some(short), Some(long)) => {
            let (short, long) = (short as f64, long as f64);
            format!("{names}: peak memory ratio {:.3}, {} more", long / short, megabytes(long - short))
        }
        _ => format!("{names}: peak memory unknown"),
    }
}

fn megabytes(bytes: f64) -> String {
    format!("{:.1} MB", bytes / MEGABYTE)
}

/// Does something in child processes that are waited for, and tells what it took.
fn spent<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<(Spent, T), Error> {
    let (start, before) = (Instant::now(), system::children_seconds());
    let done = work()?;
    let cpu = system::children_seconds().zip(before).map(|(after, before)| after - before);
    Ok((Spent { wall: start.elapsed().as_secs_f64(), cpu }, done))
}
