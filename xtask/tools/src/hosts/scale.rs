//! Many instances of both formats in one process: no error, no cross-talk, and how much memory each takes.

use std::time::Instant;

use ksmps_harness::crowd::{self, Member};

use super::rows::Rows;
use crate::error::Error;
use ksmps_program::progress::Progress;

/// Plays them at once, and then each alone.
///
/// # Errors
/// Where one cannot be opened, or fails to process.
pub fn run(count: usize, seconds: u64, rows: &mut Rows) -> Result<(), Error> {
    let started = Instant::now();
    let together = crowd::together(count, seconds)?;
    let took = started.elapsed();
    let problems: Vec<&String> = together.heard.iter().flat_map(|heard| &heard.problems).collect();
    let silent = together.heard.iter().filter(|heard| heard.peak < 0.01).count();
    rows.say(
        &format!("{count} instances play {seconds} s at once on two threads"),
        problems.is_empty() && silent == 0,
        format!(
            "in {took:.1?}, {} problems, {silent} silent {}",
            problems.len(),
            problems.first().map_or("", |text| text)
        ),
    );
    if let Some(bytes) = together.bytes {
        rows.say("memory", true, format!("{:.1} MB for each instance", bytes as f64 / count as f64 / 1e6));
    }
    let progress = Progress::new("instances alone", count as u64);
    let mut differing = Vec::new();
    for (index, heard) in together.heard.iter().enumerate() {
        if crowd::alone(Member(index), seconds)?.seconds != heard.seconds {
            differing.push(index);
        }
        progress.advance(1);
    }
    drop(progress);
    let figure = format!("{} of {count} differ {differing:?}", differing.len());
    rows.say("each sounds as it does alone, to the bit", differing.is_empty(), figure);
    Ok(())
}
