//! What an engine in a process of its own costs beside one in the host's: each block's time on the audio thread, paced as a
//! sound card would and free-running, and the start.
//!
//! The two take turns block by block, so that whatever else the machine does meets both.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ksmps_core::event::{Event, EventKind, NoteName};
use ksmps_core::player::{Control, InstanceConfig, Place, Player, pair};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;

use super::{RATE, median};
use crate::error::Error;

/// Notes that sound.
const VOICES: u8 = 32;
/// Blocks that are timed.
const BLOCKS: usize = 6000;
/// Blocks that go before them.
const WARM_UP: usize = 200;
/// The document that plays.
const TYPICAL: &str = include_str!("typical.csd");

/// Measures and prints.
pub fn ratios(rounds: usize) -> Result<(), Error> {
    println!("an engine in a process of its own beside one in the host's, at {RATE} Hz, {VOICES} voices");
    for (frames, is_paced) in [(64, true), (64, false), (512, true), (512, false)] {
        block_times(frames, is_paced)?;
    }
    starts(rounds)
}

/// One engine with its notes sounding.
struct Playing {
    _control: Arc<Control>,
    player: Player,
    reports: Reports,
}

impl Playing {
    fn start(place: Place) -> Result<Self, Error> {
        let channels = HostChannels { inputs: vec![2], outputs: vec![2] };
        let (control, mut player) = pair(InstanceConfig { channels, default_document: "" });
        control.set_place(place);
        control.load(TYPICAL.to_owned(), None);
        let status = control.activate(f64::from(RATE));
        if status.failed {
            return Err(Error::Bench(format!("the document does not build: {:?}", status.diagnostics)));
        }
        player.adopt();
        let mut playing = Self { _control: control, player, reports: Reports::default() };
        let on = |key| EventKind::NoteOn { note: NoteName { id: None, channel: 0, key }, velocity: 0.8 };
        let events: Vec<Event> = (0..VOICES).map(|voice| Event { frame: 0, kind: on(36 + voice) }).collect();
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
        started.elapsed()
    }
}

fn block_times(frames: usize, is_paced: bool) -> Result<(), Error> {
    let mut playing = [Playing::start(Place::Together)?, Playing::start(Place::Apart)?];
    playing.iter_mut().for_each(|one| one.player.set_offline(!is_paced));
    let period = Duration::from_secs_f64(frames as f64 / f64::from(RATE));
    let mut times = [Vec::with_capacity(BLOCKS), Vec::with_capacity(BLOCKS)];
    let blocks = if frames > 64 { BLOCKS / 4 } else { BLOCKS };
    for block in 0..WARM_UP + blocks {
        for (one, times) in playing.iter_mut().zip(&mut times) {
            let started = Instant::now();
            let took = one.block(frames, &[]);
            if block >= WARM_UP {
                times.push(took.as_secs_f64() * 1e6);
            }
            if is_paced {
                std::thread::sleep(period.saturating_sub(started.elapsed()));
            }
        }
    }
    for times in &mut times {
        times.sort_by(f64::total_cmp);
    }
    let [together, apart] = times.each_ref().map(|times| times.iter().sum::<f64>() / times.len() as f64);
    let at = |times: &[f64], part: f64| times[((times.len() - 1) as f64 * part) as usize];
    let late =
        times.each_ref().map(|times| times.iter().filter(|time| **time > period.as_secs_f64() * 1e6).count());
    println!(
        "  blocks of {frames}, {}: {:.2} of the time together ({together:.0} us); median {:+.1} us, 99.9 % {:+.0} us; \
        longer than the block {} together, {} apart, of {blocks}",
        if is_paced { "paced" } else { "free-running" },
        apart / together,
        at(&times[1], 0.5) - at(&times[0], 0.5),
        at(&times[1], 0.999) - at(&times[0], 0.999),
        late[0],
        late[1],
    );
    Ok(())
}

/// From the load of a document to its first block.
fn starts(rounds: usize) -> Result<(), Error> {
    let time = |place| -> Result<f64, Error> {
        let started = Instant::now();
        let mut playing = Playing::start(place)?;
        playing.block(64, &[]);
        let took = started.elapsed().as_secs_f64() * 1000.0;
        // The spare process for the next one is made while this one plays.
        std::thread::sleep(Duration::from_millis(100));
        Ok(took)
    };
    // The first of each loads Csound.
    time(Place::Together)?;
    let first = time(Place::Apart)?;
    let mut added = Vec::new();
    for _ in 0..rounds {
        added.push(time(Place::Apart)? - time(Place::Together)?);
    }
    println!(
        "  start: the first apart {first:.1} ms; with a spare process {:+.1} ms to together",
        median(added)
    );
    Ok(())
}
