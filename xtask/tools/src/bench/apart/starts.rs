//! The start of an engine in a process of its own, and what each further one takes of memory.

use std::fs;
use std::time::{Duration, Instant};

use ksmps_core::player::{BlockMode, Place};

use super::super::median;
use super::Playing;
use crate::error::Error;

/// Until a spare process is there.
const SPARE: Duration = Duration::from_millis(200);
/// Instances whose memory is measured.
const INSTANCES: usize = 9;

/// Times from the load of a document to its first block, and prints. Each start apart has one together beside it.
pub fn times(rounds: usize) -> Result<(), Error> {
    // The first of each loads Csound.
    start(Place::Together)?;
    start(Place::Apart)?;
    println!("  start, from the load to the first block, medians of {rounds}:");
    // The spare process goes with the last instance.
    beside_together("apart", rounds, || {})?;
    let keeper = Playing::start(Place::Apart, BlockMode::Direct, 64)?;
    beside_together("apart, with a spare process", rounds, || std::thread::sleep(SPARE))?;
    drop(keeper);
    Ok(())
}

fn beside_together(name: &str, rounds: usize, before: impl Fn()) -> Result<(), Error> {
    let (mut apart, mut together) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        before();
        apart.push(start(Place::Apart)?);
        together.push(start(Place::Together)?);
    }
    let pairs = || apart.iter().zip(&together);
    println!(
        "    {name}: {:.1} ms, together {:.1}: {:+.1} ms, {:.2} of it",
        median(apart.clone()),
        median(together.clone()),
        median(pairs().map(|(apart, together)| apart - together).collect()),
        median(pairs().map(|(apart, together)| apart / together).collect()),
    );
    Ok(())
}

/// Milliseconds from the load to the first block.
fn start(place: Place) -> Result<f64, Error> {
    let started = Instant::now();
    let mut playing = Playing::start(place, BlockMode::Direct, 64)?;
    playing.block(64, &[]);
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}

/// Prints the memory of each further instance, its spare engine for a reset included: what is its own, and its part of what
/// processes share.
pub fn memory(rounds: usize) -> Result<(), Error> {
    println!("  memory of each further instance with {} voices, and its spare for a reset:", super::VOICES);
    further(Place::Together, rounds)?;
    further(Place::Apart, rounds)
}

fn further(place: Place, rounds: usize) -> Result<(), Error> {
    let mut playing = Vec::new();
    let mut further = Vec::new();
    let mut before = None;
    for _ in 0..INSTANCES.min(rounds.max(3)) {
        let mut one = Playing::start(place, BlockMode::Direct, 64)?;
        (0..20).for_each(|_| _ = one.block(64, &[]));
        playing.push(one);
        std::thread::sleep(SPARE);
        let after = proportional();
        further.extend(before.zip(after).map(|(before, after): (f64, f64)| after - before));
        before = after;
    }
    match further.is_empty() {
        true => println!("    {place:?}: the system does not say"),
        false => println!(
            "    {place:?}: {:.1} MiB (proportional set size, median of {})",
            median(further.clone()),
            further.len(),
        ),
    }
    Ok(())
}

/// Mebibytes of this process and of those that it has started; `None` where they cannot be looked into.
pub(super) fn proportional() -> Option<f64> {
    let tasks = fs::read_dir("/proc/self/task").ok()?;
    let children = tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let children: Vec<String> =
        children.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
    let all = children.iter().map(String::as_str).chain(["self"]);
    all.map(|process| {
        let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        Some(line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? / 1024.0)
    })
    .sum()
}
