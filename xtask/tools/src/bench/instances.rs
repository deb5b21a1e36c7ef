//! What a project of instances costs: an edit that takes over while it sounds, the memory of each further instance, one that
//! idles, and fifty that are loaded.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use ksmps_core::event::{Event, EventKind, NoteName};
use ksmps_core::player::{Control, InstanceConfig, Place, Player, pair};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::{self, Format};
use ksmps_harness::instance::Instance;
use ksmps_program::play::Text;

use super::{RATE, factory, failed, median, system};
use crate::error::Error;

/// Frames of a block.
const FRAMES: usize = 64;
/// Time that a block lasts.
const PERIOD: Duration = Duration::from_nanos(1_000_000_000 * FRAMES as u64 / RATE as u64);
/// Blocks before an edit, and as many behind its fade.
const BLOCKS: usize = 200;
/// Blocks in which an engine fades, its latency included.
const FADE_BLOCKS: usize = 24;
/// Edits of each document at most.
const EDITS_MAX: usize = 15;
/// Longer than any build.
const PATIENCE: Duration = Duration::from_secs(10);
/// Until a spare engine is there.
const SPARE: Duration = Duration::from_millis(400);
/// Instances whose memory is measured.
const INSTANCES: usize = 9;
/// Instances of a large project.
const PROJECT: usize = 50;
/// Blocks of an idle instance, and those before them in which what rings comes to its end: more than the longest tail of a
/// factory document, behind which it rests.
const IDLE_BLOCKS: usize = 20_000;
/// Turns of these: so short that what else the machine does falls into few of them.
const IDLE_TURNS: usize = 200;
const RINGING_BLOCKS: usize = 25_000;

/// Measures and prints all of it.
pub fn all(rounds: usize) -> Result<(), Error> {
    project()?;
    swaps(rounds)?;
    memory()?;
    idle()
}

fn name_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Loads a project of factory documents, and plays until each has played.
fn project() -> Result<(), Error> {
    let documents: Vec<_> = factory()
        .into_iter()
        .map(|(path, kind)| Ok((Text::read(&path)?, kind)))
        .collect::<Result<_, Error>>()?;
    let started = Instant::now();
    let mut instances = Vec::new();
    for (document, kind) in documents.iter().cycle().take(PROJECT) {
        let mut instance = open(document, *kind)?;
        instance.activate_for(host::Setup { rate: f64::from(RATE), block_max: 512, offline: false })?;
        instances.push(instance);
    }
    for instance in &mut instances {
        blocks(instance, 1, 512)?;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{PROJECT} instances of factory documents (CLAP), from the first load to a block of each: {seconds:.2} s"
    );
    Ok(())
}

/// An instance of the built CLAP with a document, which plays where the product lets it play.
fn open(document: &Text, kind: Kind) -> Result<Instance, Error> {
    let mut instance = Instance::open(Format::Clap, &bundle::library(Format::Clap)?, kind.name())?;
    instance.load(&document.text, Some(&document.origin))?;
    Ok(instance)
}

/// Plays so many blocks without input; how long that took.
fn blocks(instance: &mut Instance, count: usize, frames: usize) -> Result<Duration, Error> {
    let buses = instance.hosted().buses().clone();
    let input = vec![0.0_f32; frames];
    let inputs = vec![&input[..]; buses.input_channels()];
    let mut buffers = vec![vec![0.0_f32; frames]; buses.output_channels()];
    let started = Instant::now();
    for _ in 0..count {
        let mut outputs: Vec<&mut [f32]> = buffers.iter_mut().map(|channel| &mut channel[..]).collect();
        let mut block =
            host::Block { inputs: &inputs, outputs: &mut outputs, frames, events: &[], transport: None };
        instance.processing().process(&mut block)?;
    }
    Ok(started.elapsed())
}

/// Memory of each further instance: activated, and when it has played and its spare engine is there.
fn memory() -> Result<(), Error> {
    println!(
        "memory of each further instance (CLAP; median of {}), without and with a spare engine",
        INSTANCES - 1
    );
    for (path, kind) in factory() {
        let document = Text::read(&path)?;
        let mut sizes = [Vec::new(), Vec::new()];
        let mut instances = Vec::new();
        for _ in 0..INSTANCES {
            let before = system::memory();
            let mut instance = open(&document, kind)?;
            instance.activate(f64::from(RATE), 512)?;
            let activated = system::memory();
            blocks(&mut instance, 20, 512)?;
            thread::sleep(SPARE);
            let spare = system::memory();
            instances.push(instance);
            let (Some(before), Some(activated), Some(spare)) = (before, activated, spare) else { continue };
            for (sizes, after) in sizes.iter_mut().zip([activated, spare]) {
                sizes.push(after.saturating_sub(before) as f64 / f64::from(1 << 20));
            }
        }
        let [without, with] = sizes.map(|sizes| median(sizes.get(1..).unwrap_or_default().to_vec()));
        println!("  {}: {without:.1} MiB, {with:.1} MiB", name_of(&path));
    }
    Ok(())
}

/// What an instance takes of a core while nothing sounds and nothing comes in.
fn idle() -> Result<(), Error> {
    println!("an idle instance (CLAP, blocks of {FRAMES}; median of {IDLE_TURNS} turns)");
    let turn = IDLE_BLOCKS / IDLE_TURNS;
    for (path, kind) in factory() {
        let mut instance = open(&Text::read(&path)?, kind)?;
        instance.activate_for(host::Setup { rate: f64::from(RATE), block_max: FRAMES, offline: false })?;
        blocks(&mut instance, RINGING_BLOCKS, FRAMES)?;
        let mut times = Vec::new();
        for _ in 0..IDLE_TURNS {
            times.push(blocks(&mut instance, turn, FRAMES)?.as_secs_f64() / turn as f64);
        }
        let block = median(times);
        let share = 100.0 * block / PERIOD.as_secs_f64();
        println!("  {}: {:.2} us a block, {share:.3} % of a core", name_of(&path), block * 1e6);
    }
    Ok(())
}

/// Edits of each factory document while it plays by the clock.
fn swaps(rounds: usize) -> Result<(), Error> {
    println!(
        "an edit while it plays (blocks of {FRAMES} by the clock; medians of {})",
        rounds.min(EDITS_MAX)
    );
    println!(
        "  taking over: the block in which the new engine begins, beyond what both cost in a block; a note that is held begins"
    );
    println!("  again there, with its init pass");
    println!(
        "  document        place      until it is heard   taking over   with a note held   mixing a block"
    );
    for (path, kind) in factory() {
        let document = Text::read(&path)?;
        for place in [Place::Together, Place::Apart] {
            let [without, with] = [false, true].map(|holds| edits(&document, kind, place, holds, rounds));
            let (without, with) = (without?, with?);
            let of = |edits: &[Edit], value: fn(&Edit) -> f64| median(edits.iter().map(value).collect());
            println!(
                "  {:<15} {:<10} {:>14.1} ms {:>10.1} us {:>15.1} us {:>13.1} us",
                name_of(&path),
                format!("{place:?}"),
                of(&with, |edit| edit.heard_ms),
                of(&without, |edit| edit.takes_over_us),
                of(&with, |edit| edit.takes_over_us),
                of(&with, |edit| edit.mixing_us),
            );
        }
    }
    Ok(())
}

/// Edits of one document, with a note that is held meanwhile or without.
fn edits(document: &Text, kind: Kind, place: Place, holds: bool, rounds: usize) -> Result<Vec<Edit>, Error> {
    let mut playing = Playing::new(document, kind, place)?;
    if holds {
        playing.hold_a_note();
    }
    (0..rounds.min(EDITS_MAX)).map(|number| playing.edit(document, number)).collect()
}

/// What one edit took.
struct Edit {
    /// From the edit to the end of the block in which the new engine is heard first.
    heard_ms: f64,
    /// The block in which it takes over, beyond what both engines take in a block.
    takes_over_us: f64,
    /// A block of the fade, beyond the same.
    mixing_us: f64,
}

/// The core's instance of a document.
struct Playing {
    control: Arc<Control>,
    player: Player,
    reports: Reports,
    inputs: usize,
    due: Instant,
}

impl Playing {
    fn new(document: &Text, kind: Kind, place: Place) -> Result<Self, Error> {
        let inputs = if kind == Kind::Effect { 4 } else { 0 };
        let channels =
            HostChannels { inputs: if kind == Kind::Effect { vec![2, 2] } else { vec![] }, outputs: vec![2] };
        let (control, mut player) = pair(InstanceConfig { channels, default_document: "" });
        control.set_place(place);
        control.set_block_max(FRAMES);
        control.load(document.text.clone(), Some(document.origin.clone()));
        if control.activate(f64::from(RATE)).failed {
            return Err(failed("the document does not build"));
        }
        player.adopt();
        Ok(Self { control, player, reports: Reports::default(), inputs, due: Instant::now() })
    }

    /// A note begins, where the document takes notes.
    fn hold_a_note(&mut self) {
        let note = NoteName { id: None, channel: 0, key: 57 };
        self.block(&[Event { frame: 0, kind: EventKind::NoteOn { note, velocity: 0.8 } }]);
    }

    /// Plays a block when it is due; how many microseconds that took, and whether another engine has taken over.
    fn block(&mut self, events: &[Event]) -> (f64, bool) {
        thread::sleep(self.due.saturating_duration_since(Instant::now()));
        self.due = (self.due + PERIOD).max(Instant::now());
        let input = [0.1; FRAMES];
        let mut outputs = [[0.0; FRAMES]; 2];
        let mut outputs = outputs.each_mut().map(|channel| &mut channel[..]);
        let inputs = [&input[..]; 4];
        let mut block =
            Block { inputs: &inputs[..self.inputs], outputs: &mut outputs, frames: FRAMES, events };
        let started = Instant::now();
        self.player.process(&mut block, &mut self.reports);
        (started.elapsed().as_secs_f64() * 1e6, self.reports.has_other_engine)
    }

    fn us(&mut self, blocks: usize) -> f64 {
        median((0..blocks).map(|_| self.block(&[]).0).collect())
    }

    fn edit(&mut self, document: &Text, number: usize) -> Result<Edit, Error> {
        let before = self.us(BLOCKS);
        let edited = Instant::now();
        self.control.edit(format!("{}\n; {number}\n", document.text));
        let takes_over = loop {
            if let (us, true) = self.block(&[]) {
                break us;
            }
            if edited.elapsed() > PATIENCE {
                return Err(failed("an edit is not heard"));
            }
        };
        let latency = Duration::from_secs_f64(f64::from(self.player.latency_frames()) / f64::from(RATE));
        let heard = edited.elapsed() + latency;
        let fade = self.us(FADE_BLOCKS / 2);
        (0..FADE_BLOCKS).for_each(|_| _ = self.block(&[]));
        let both = before + self.us(BLOCKS);
        Ok(Edit {
            heard_ms: heard.as_secs_f64() * 1e3,
            takes_over_us: takes_over - both,
            mixing_us: fade - both,
        })
    }
}
