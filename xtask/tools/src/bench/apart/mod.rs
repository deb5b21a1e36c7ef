//! What an engine in a process of its own costs beside one in the host's: each block's time on the audio thread, paced as a
//! sound card would and free-running, the start, memory, and many instances at once.
//!
//! Engines take turns block by block, so that whatever else the machine does meets all of them. Beside them a bare exchange
//! without work goes to another thread and back: what it costs, the machine costs.

mod bare;
mod blocks;
mod many;
mod starts;

use std::sync::Arc;
use std::time::{Duration, Instant};

use ksmps_core::event::{Event, EventKind, NoteName};
use ksmps_core::player::{BlockMode, Control, InstanceConfig, Place, Player, pair};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_process::scheduling::{Policy, this_thread};

use super::RATE;
use crate::error::Error;

/// Notes that sound.
const VOICES: u8 = 32;
/// The document that plays.
const TYPICAL: &str = include_str!("../typical.csd");
/// The real-time policy that is tried.
const REAL_TIME: Policy = Policy::Fifo(50);

/// Measures and prints.
pub fn ratios(rounds: usize) -> Result<(), Error> {
    println!("an engine in a process of its own beside one in the host's, at {RATE} Hz, {VOICES} voices");
    blocks::times(64, false)?;
    blocks::times(512, false)?;
    for policy in [Policy::Ordinary, REAL_TIME] {
        match on_thread(policy, || blocks::times(64, true).and_then(|()| blocks::times(512, true))) {
            Some(result) => result?,
            None => println!("  this user is not granted {policy}"),
        }
    }
    self::starts(rounds)?;
    starts::memory(rounds)?;
    many::times()
}

/// Measures and prints the start alone.
pub fn starts(rounds: usize) -> Result<(), Error> {
    starts::times(rounds)
}

/// Has `work` done on a thread with a policy, which the engines' threads get from it; `None` where it is not granted.
fn on_thread<T: Send>(policy: Policy, work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let measured = scope.spawn(|| {
            policy.give_to(this_thread()).ok()?;
            println!("  {policy}:");
            Some(work())
        });
        measured.join().ok().flatten()
    })
}

/// One engine with its notes sounding.
struct Playing {
    control: Arc<Control>,
    player: Player,
    reports: Reports,
    /// The newest block has a sound.
    is_heard: bool,
}

impl Playing {
    /// For blocks up to so many frames, with all [`VOICES`].
    fn start(place: Place, mode: BlockMode, block_max: usize) -> Result<Self, Error> {
        Self::with_voices(VOICES, place, mode, block_max)
    }

    /// For blocks up to so many frames.
    fn with_voices(voices: u8, place: Place, mode: BlockMode, block_max: usize) -> Result<Self, Error> {
        let channels = HostChannels { inputs: vec![2], outputs: vec![2] };
        let (control, mut player) = pair(InstanceConfig { channels, default_document: "" });
        control.set_place(place);
        control.set_block_mode(mode);
        control.set_block_max(block_max);
        control.load(TYPICAL.to_owned(), None);
        let status = control.activate(f64::from(RATE));
        if status.failed {
            return Err(Error::Bench(format!("the document does not build: {:?}", status.diagnostics)));
        }
        player.adopt();
        // The first notes take longer than a block.
        player.set_offline(true);
        let mut playing = Self { control, player, reports: Reports::default(), is_heard: false };
        let on = |key| EventKind::NoteOn { note: NoteName { id: None, channel: 0, key }, velocity: 0.8 };
        let events: Vec<Event> = (0..voices).map(|voice| Event { frame: 0, kind: on(36 + voice) }).collect();
        playing.block(64, &events);
        Ok(playing)
    }

    /// Plays a block; how long that took.
    fn block(&mut self, frames: usize, events: &[Event]) -> Duration {
        let input = [0.0; 512];
        let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
        let mut block = Block {
            inputs: &[&input[..frames], &input[..frames]],
            outputs: &mut [&mut left[..frames], &mut right[..frames]],
            frames,
            events,
        };
        let started = Instant::now();
        self.player.process(&mut block, &mut self.reports);
        let took = started.elapsed();
        self.is_heard = left[..frames].iter().any(|sample| *sample != 0.0);
        took
    }

    /// What went wrong while it played.
    fn problems(&self) -> Vec<String> {
        self.control.status().problems.iter().map(ToString::to_string).collect()
    }
}
