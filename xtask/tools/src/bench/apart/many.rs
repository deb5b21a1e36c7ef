//! Many instances in one host, all of them paced by one sound card: whether each is heard in every block, and what it takes.

use std::time::{Duration, Instant};

use ksmps_core::player::{BlockMode, Place};

use super::super::{RATE, median};
use super::{Playing, starts};
use crate::error::Error;

const INSTANCES: usize = 50;
/// Notes in each.
const VOICES: u8 = 1;
const FRAMES: usize = 512;
/// Blocks that are played: ten seconds.
const BLOCKS: usize = 10 * RATE as usize / FRAMES;

/// Plays them in the host's process, then in processes of their own, and prints.
pub fn times() -> Result<(), Error> {
    println!(
        "  {INSTANCES} instances with {VOICES} voice each, {BLOCKS} blocks of {FRAMES}, paced, all of them in one thread:"
    );
    play(Place::Together)?;
    play(Place::Apart)
}

fn play(place: Place) -> Result<(), Error> {
    let (started, memory) = (Instant::now(), starts::proportional());
    let start = |_| Playing::with_voices(VOICES, place, BlockMode::Direct, FRAMES);
    let mut instances = (0..INSTANCES).map(start).collect::<Result<Vec<_>, _>>()?;
    let start = started.elapsed().as_secs_f64();
    for one in &mut instances {
        // The first block learns what kind of thread this is.
        one.block(FRAMES, &[]);
        one.player.set_offline(false);
    }
    let memory = memory.zip(starts::proportional()).map(|(before, after)| after - before);
    let period = Duration::from_secs_f64(FRAMES as f64 / f64::from(RATE));
    let (mut us, mut unheard) = (Vec::with_capacity(BLOCKS), 0);
    for _ in 0..BLOCKS {
        let started = Instant::now();
        for one in &mut instances {
            one.block(FRAMES, &[]);
            unheard += usize::from(!one.is_heard);
        }
        us.push(started.elapsed().as_secs_f64() * 1e6);
        std::thread::sleep(period.saturating_sub(started.elapsed()));
    }
    let late = us.iter().filter(|us| **us > period.as_secs_f64() * 1e6).count();
    println!(
        "    {place:?}: started in {start:.2} s, {}; a block of all of them takes {:.0} us (median), {late} took longer than \
         they sound; {unheard} of {} were not heard",
        memory.map_or_else(|| "memory unknown".to_owned(), |memory| format!("{memory:.0} MiB")),
        median(us),
        BLOCKS * INSTANCES,
    );
    Ok(())
}
