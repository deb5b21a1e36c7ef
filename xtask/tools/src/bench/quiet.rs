//! What the audio thread allocates and locks inside the plugin's process, in Rust and in C.

use ksmps_core::event::{Event, EventKind, NoteName, NoteSelector};
use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::count::{Counts, Kind as Call, counted};
use ksmps_harness::host::{Block, Format};
use ksmps_harness::instance::Instance;

use super::{RATE, factory};
use crate::error::Error;
use ksmps_program::play::Text;

const FRAMES: usize = 64;
const KEYS: std::ops::Range<u8> = 48..56;
/// Blocks of one phase: two seconds, in which a release comes to its end.
const BLOCKS: usize = 1500;

/// Counts for each factory document: at first use, at second use of the same notes, and while they sound.
pub fn counts() -> Result<(), Error> {
    println!(
        "inside process, CLAP, {BLOCKS} blocks of {FRAMES} frames: calls by Ksmps / Csound / the host / others"
    );
    for (path, kind) in factory() {
        let document = Text::read(&path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut instance = Instance::open(Format::Clap, &bundle::library(Format::Clap)?, kind.name())?;
        instance.load(&document.text, Some(&document.origin))?;
        instance.activate(f64::from(RATE), FRAMES)?;
        for (phase, events) in [
            ("silence, or first sound through", vec![]),
            ("first notes", notes(true)),
            ("notes held", vec![]),
            ("notes released", notes(false)),
            ("the same notes again", notes(true)),
            ("held again", vec![]),
        ] {
            if kind == Kind::Effect && !events.is_empty() {
                continue;
            }
            let counts = phase_counts(&mut instance, &events)?;
            println!("  {name}, {phase}: {}", words(&counts));
        }
    }
    Ok(())
}

/// The notes' starts or ends, one at each eighth frame.
fn notes(on: bool) -> Vec<Event> {
    KEYS.enumerate()
        .map(|(index, key)| {
            let note = NoteName { id: None, channel: 0, key };
            let kind = match on {
                true => EventKind::NoteOn { note, velocity: 0.8 },
                false => EventKind::NoteOff { notes: NoteSelector::from(note), velocity: 0.0 },
            };
            Event { frame: index as u32 * 8, kind }
        })
        .collect()
}

/// Runs the blocks of one phase; the events are in the first.
fn phase_counts(instance: &mut Instance, events: &[Event]) -> Result<Counts, Error> {
    let buses = instance.hosted().buses().clone();
    let input = [0.1_f32; FRAMES];
    let inputs = vec![&input[..]; buses.input_channels()];
    let mut buffers = vec![[0.0_f32; FRAMES]; buses.output_channels()];
    let mut all = Counts::default();
    for index in 0..BLOCKS {
        let mut outputs: Vec<&mut [f32]> = buffers.iter_mut().map(|channel| &mut channel[..]).collect();
        let events = if index == 0 { events } else { &[] };
        let mut block =
            Block { inputs: &inputs, outputs: &mut outputs, frames: FRAMES, events, transport: None };
        let processing = instance.processing();
        let (result, counts) = counted(|| processing.process(&mut block));
        result?;
        let counts =
            counts.ok_or_else(|| Error::Bench("calls are only counted on Linux with glibc".to_owned()))?;
        all.add(&counts);
    }
    Ok(all)
}

fn words(counts: &Counts) -> String {
    let by = |kind| {
        let known = ["Ksmps.clap", "libcsound64", "ksmps-tools"].map(|library| counts.from(kind, library));
        let [ours, csound, host] = known;
        format!("{ours} / {csound} / {host} / {}", counts.total(kind) - known.iter().sum::<u64>())
    };
    format!("allocations {}, releases {}, locks {}", by(Call::Allocation), by(Call::Release), by(Call::Lock))
}
