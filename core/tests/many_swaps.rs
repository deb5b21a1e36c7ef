//! Seam: `player`. Engines take over from each other again and again while notes are played: no step in the sound, no note
//! lost or stuck, and the memory of the process does not grow.
//!
//! The memory is the whole process's, so this program has one test alone. `KSMPS_SWAPS=1000` has so many.

mod common;

use common::{Bench, RATE, off, on};
use ksmps_core::transport::{Position, Transport};

/// Swaps where nobody says how many.
const SWAPS: usize = 60;
/// Frames of a block.
const BLOCK: usize = 64;
/// Bytes that the process may grow by in the second half: what the system's memory does by itself.
const GROWTH_MAX: u64 = 8 << 20;

/// A tone of 100 Hz that depends on the host's time alone, and silent notes.
fn document(number: usize) -> String {
    format!(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes keys\ninstr tone\n  know chnget \"TIME_IN_SAMPLES\"\n  asig init 0\n  kat = 0\n  \
         while kat < ksmps do\n    kphase = ((know + kat) % 480) / 480\n    vaset 0.5 * sin(kphase * 6.283185307179586), kat, asig\n    \
         kat += 1\n  od\n  outs asig, asig\nendin\ninstr keys\n  ikey = p4\n  a1 linsegr 0, 0.01, 0, 0.01, 0\n  outs a1, a1\nendin\n\
         schedule \"tone\", 0, -1\n; {number}\n"
    )
}

/// Memory of this process, in bytes; 0 where the system does not tell.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

/// Plays blocks with the song going on; `now` is its frame.
fn play(bench: &mut Bench, now: &mut u64, blocks: usize, key: Option<u8>) -> Vec<f32> {
    let mut sound = Vec::new();
    for block in 0..blocks {
        bench.player.transport(Transport {
            playing: true,
            position: Some(Position { frames: *now as i64, beats: *now as f64 / RATE * 2.0 }),
            ..Transport::default()
        });
        // A note that begins in one block and ends in a later one, in whichever engine plays then.
        let events = match (key, block) {
            (Some(key), 0) => vec![(7, on(key))],
            (Some(key), _) if block == blocks - 1 => vec![(9, off(key))],
            _ => Vec::new(),
        };
        sound.extend(bench.play(BLOCK, &events, &[BLOCK]));
        *now += BLOCK as u64;
    }
    sound
}

fn step(sound: &[f32]) -> f32 {
    sound.windows(2).fold(0.0, |step, pair| step.max((pair[1] - pair[0]).abs()))
}

#[test]
fn engines_take_over_again_and_again_without_a_trace() {
    let swaps = std::env::var("KSMPS_SWAPS").ok().and_then(|text| text.parse().ok()).unwrap_or(SWAPS);
    let (mut bench, mut now) = (Bench::new(&document(0)), 0);
    let before = play(&mut bench, &mut now, 100, None);
    let own = step(&before[BLOCK..]);
    assert!((own / 0.5 - 2.0 * (std::f32::consts::PI / 480.0).sin()).abs() < 1e-4, "{own}");
    let (mut last, mut half) = (before[before.len() - 1], 0);
    let mut keys = 0;
    for swap in 1..=swaps {
        let ticket = bench.control.edit(document(swap));
        // Some are replaced by a newer one while they are built.
        let ticket = if swap % 7 == 0 { bench.control.edit(document(swaps + swap)) } else { ticket };
        let key = 36 + (swap % 48) as u8;
        keys += 1;
        let mut sound = vec![last];
        sound.extend(play(&mut bench, &mut now, 3, None));
        assert!(!bench.control.wait_for(ticket).failed);
        // Longer than a fade, or shorter, so that the next one has to wait.
        sound.extend(play(&mut bench, &mut now, if swap % 3 == 0 { 6 } else { 40 }, Some(key)));
        let largest = step(&sound);
        assert!(largest <= own * 1.01, "swap {swap}: a step of {largest} instead of {own}");
        last = sound[sound.len() - 1];
        if swap == swaps / 2 {
            half = memory();
        }
    }
    play(&mut bench, &mut now, 200, None);
    assert_eq!((bench.ended.len(), bench.player.voice_count()), (keys, 0), "each note has ended once");
    let grown = memory().saturating_sub(half);
    println!("{swaps} swaps; the memory grew by {} KB in their second half", grown >> 10);
    assert!(grown < GROWTH_MAX, "{grown} bytes more");
}
