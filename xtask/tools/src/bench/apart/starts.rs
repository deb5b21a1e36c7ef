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

/// Times from the load of a document to its first block, and prints.
pub fn times(rounds: usize) -> Result<(), Error> {
    // The first of each loads Csound.
    start(Place::Together)?;
    start(Place::Apart)?;
    let (mut together, mut without, mut with) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        // The spare process goes with the last instance.
        without.push(start(Place::Apart)?);
        together.push(start(Place::Together)?);
    }
    let keeper = Playing::start(Place::Apart, BlockMode::Direct, 64)?;
    for _ in 0..rounds {
        std::thread::sleep(SPARE);
        with.push(start(Place::Apart)?);
        together.push(start(Place::Together)?);
    }
    drop(keeper);
    let together = median(together);
    println!(
        "  start, to the first block: together {together:.1} ms; apart {:+.1} ms, with a spare process {:+.1} ms",
        median(without) - together,
        median(with) - together,
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
fn proportional() -> Option<f64> {
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
