//! Process time of the plugin over bare Csound, for the same orchestra and the same held notes.
//!
//! Both render the same stretch in turns. Before it counts, their sounds are compared: a figure for another sound
//! would mean nothing.

use std::time::Instant;

use ksmps_core::event::{Event, EventKind, NoteName};
use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::{Block, Format};
use ksmps_harness::instance::Instance;

use super::bare::Bare;
use super::{RATE, median};
use crate::error::Error;
use ksmps_program::progress::Progress;

const DOCUMENT: &str = include_str!("typical.csd");
const VOICES: [usize; 3] = [1, 8, 32];
const BLOCKS: [usize; 3] = [32, 64, 512];
/// What a turn renders: a multiple of all blocks and of the cycle, about a third of a second.
const TURN_FRAMES: usize = 512 * 32;

/// Measures and prints the table.
pub fn ratios(rounds: usize) -> Result<(), Error> {
    println!(
        "process time of the CLAP over bare csoundPerformKsmps (median of {rounds} turns of {TURN_FRAMES} frames)"
    );
    println!("  voices  block   ratio   plugin us/block   bare us/block   share of real time   sound");
    let progress = Progress::new("turns", (VOICES.len() * BLOCKS.len() * rounds) as u64);
    for voices in VOICES {
        for block in BLOCKS {
            progress.say(&row(voices, block, rounds, &progress)?);
        }
    }
    Ok(())
}

fn row(voices: usize, block: usize, rounds: usize, progress: &Progress) -> Result<String, Error> {
    let mut plugin = Plugin::start(voices, block)?;
    let mut bare = bare(voices)?;
    // The first turn warms both up and shows whether they sound the same.
    let same = plugin.sound(TURN_FRAMES)? == bare_sound(&mut bare, TURN_FRAMES)?;
    let (mut ratios, mut plugin_us, mut bare_us) = (Vec::new(), Vec::new(), Vec::new());
    let per_block = 1e6 * block as f64 / TURN_FRAMES as f64;
    for _ in 0..rounds {
        let start = Instant::now();
        plugin.run(TURN_FRAMES)?;
        let ours = start.elapsed().as_secs_f64();
        let start = Instant::now();
        if !bare.perform(TURN_FRAMES / bare.ksmps()) {
            return Err(Error::Bench("bare Csound stopped".to_owned()));
        }
        let theirs = start.elapsed().as_secs_f64();
        ratios.push(ours / theirs);
        plugin_us.push(ours * per_block);
        bare_us.push(theirs * per_block);
        progress.advance(1);
    }
    let (plugin_us, bare_us) = (median(plugin_us), median(bare_us));
    let share = 100.0 * plugin_us * f64::from(RATE) / (block as f64 * 1e6);
    Ok(format!(
        "  {voices:>6}  {block:>5}   {:>5.3}   {plugin_us:>15.2}   {bare_us:>13.2}   {share:>16.2} %   {}",
        median(ratios),
        if same { "identical" } else { "DIFFERENT" },
    ))
}

/// Keys of that many voices, spread over four octaves.
fn keys(voices: usize) -> impl Iterator<Item = u8> {
    (0..voices).map(|voice| 36 + ((voice * 7) % 48) as u8)
}

/// Bare Csound with all notes in its score.
fn bare(voices: usize) -> Result<Bare, Error> {
    let part = |from: &str, to: &str| DOCUMENT.split(from).nth(1).and_then(|rest| rest.split(to).next());
    let orchestra = part("<CsInstruments>", "</CsInstruments>").unwrap_or_default();
    let score: String = keys(voices).map(|key| format!("i 1 0 100000 {key} 127\n")).collect();
    Bare::start(RATE, orchestra, &score).ok_or_else(|| Error::Bench("bare Csound does not start".to_owned()))
}

/// The first channel of what comes next.
fn bare_sound(bare: &mut Bare, frames: usize) -> Result<Vec<f32>, Error> {
    let mut sound = Vec::with_capacity(frames);
    while sound.len() < frames {
        if !bare.perform(1) {
            return Err(Error::Bench("bare Csound stopped".to_owned()));
        }
        sound.extend(bare.spout().iter().step_by(bare.channels()).map(|sample| *sample as f32));
    }
    Ok(sound)
}

/// The built plugin with the same notes.
struct Plugin {
    instance: Instance,
    /// The notes' starts, until they have been sent.
    starts: Vec<Event>,
    latency: usize,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Plugin {
    fn start(voices: usize, block: usize) -> Result<Self, Error> {
        let mut instance =
            Instance::open(Format::Clap, &bundle::library(Format::Clap)?, Kind::Instrument.name())?;
        instance.load(DOCUMENT, None)?;
        instance.activate(f64::from(RATE), block)?;
        let latency = instance.hosted().latency_frames() as usize;
        let note = |(id, key)| NoteName { id: Some(id), channel: 0, key };
        let starts = (0..).zip(keys(voices)).map(note);
        let starts =
            starts.map(|note| Event { frame: 0, kind: EventKind::NoteOn { note, velocity: 1.0 } }).collect();
        Ok(Self { instance, starts, latency, left: vec![0.0; block], right: vec![0.0; block] })
    }

    fn block(&mut self) -> Result<(), Error> {
        let frames = self.left.len();
        let outputs = &mut [&mut self.left[..], &mut self.right[..]];
        let events = std::mem::take(&mut self.starts);
        let mut block = Block { inputs: &[], outputs, frames, events: &events, transport: None };
        self.instance.processing().process(&mut block)?;
        Ok(())
    }

    fn run(&mut self, frames: usize) -> Result<(), Error> {
        for _ in 0..frames / self.left.len() {
            self.block()?;
        }
        Ok(())
    }

    /// The first channel of what comes next, less the latency before the first note.
    fn sound(&mut self, frames: usize) -> Result<Vec<f32>, Error> {
        let mut sound = Vec::with_capacity(frames + self.latency + self.left.len());
        while sound.len() < frames + self.latency {
            self.block()?;
            sound.extend_from_slice(&self.left);
        }
        sound.drain(..self.latency);
        sound.truncate(frames);
        Ok(sound)
    }
}
