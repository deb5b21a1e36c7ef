//! The time of blocks on the audio thread.

use std::time::{Duration, Instant};

use ksmps_core::player::{BlockMode, Place};

use super::super::RATE;
use super::Playing;
use super::bare::Bare;
use crate::error::Error;

/// Blocks of 64 frames that are timed.
const BLOCKS: usize = 6000;
/// Blocks that go before them: the policy of this thread is the engine's by then.
const WARM_UP: usize = 200;

/// What is timed, in microseconds a block.
struct Times {
    name: &'static str,
    us: Vec<f64>,
}

/// Times blocks of so many frames, paced as by a sound card or one after the other, and prints.
pub fn times(frames: usize, is_paced: bool) -> Result<(), Error> {
    let blocks = BLOCKS * 64 / frames;
    let manner = if is_paced { "paced" } else { "free-running" };
    println!("  {blocks} blocks of {frames}, {manner}; beside together:");
    let modes: &[BlockMode] =
        if is_paced { &[BlockMode::Direct, BlockMode::Pipelined] } else { &[BlockMode::Direct] };
    for &mode in modes {
        beside_together(frames, blocks, is_paced, mode)?;
    }
    Ok(())
}

fn beside_together(frames: usize, blocks: usize, is_paced: bool, mode: BlockMode) -> Result<(), Error> {
    let mut together = Playing::start(Place::Together, mode, frames)?;
    let mut apart = Playing::start(Place::Apart, mode, frames)?;
    let mut bare = Bare::start()?;
    for one in [&mut together, &mut apart] {
        one.player.set_offline(!is_paced);
    }
    let name = if mode == BlockMode::Direct { "apart" } else { "apart, pipelined" };
    let mut all =
        ["together", name, "a bare exchange"].map(|name| Times { name, us: Vec::with_capacity(blocks) });
    let period = Duration::from_secs_f64(frames as f64 / f64::from(RATE));
    for block in 0..WARM_UP + blocks {
        for (which, times) in all.iter_mut().enumerate() {
            let started = Instant::now();
            let took = match which {
                0 => together.block(frames, &[]),
                1 => apart.block(frames, &[]),
                _ => bare.block(frames),
            };
            if block >= WARM_UP {
                times.us.push(took.as_secs_f64() * 1e6);
            }
            if is_paced {
                std::thread::sleep(period.saturating_sub(started.elapsed()));
            }
        }
    }
    print(&mut all, period);
    for problem in apart.problems() {
        println!("      {problem}");
    }
    Ok(())
}

fn print(all: &mut [Times; 3], period: Duration) {
    all.iter_mut().for_each(|times| times.us.sort_by(f64::total_cmp));
    let [together, apart, bare] = all;
    let ratio = mean(&apart.us) / mean(&together.us);
    let of_medians = at(&apart.us, 0.5) / at(&together.us, 0.5);
    println!(
        "    {}: {ratio:.2} of the time ({of_medians:.2} of the median), median {:+.1} us, 99.9 % {:+.0} us",
        apart.name,
        at(&apart.us, 0.5) - at(&together.us, 0.5),
        at(&apart.us, 0.999) - at(&together.us, 0.999),
    );
    for times in [together, apart, bare] {
        let late = times.us.iter().filter(|us| **us > period.as_secs_f64() * 1e6).count();
        println!(
            "      {}: mean {:.1} us, median {:.1}, 99 % {:.0}, 99.9 % {:.0}, longer than the block {late}",
            times.name,
            mean(&times.us),
            at(&times.us, 0.5),
            at(&times.us, 0.99),
            at(&times.us, 0.999),
        );
    }
}

fn mean(us: &[f64]) -> f64 {
    us.iter().sum::<f64>() / us.len().max(1) as f64
}

fn at(sorted: &[f64], part: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * part) as usize]
}
