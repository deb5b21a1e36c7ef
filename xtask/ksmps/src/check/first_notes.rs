//! The first notes of a document, played as a trial: which instances were made before, and what memory is still taken while
//! it plays.

use ksmps_core::document::{Document, NoteRule, Notes};
use ksmps_core::engine::{EngineInfo, MemoryTaken, NoteInput};
use ksmps_core::event::{Event, EventKind, NoteName};
use ksmps_core::player::Player;
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_core::size::Bytes;

/// Blocks before the first note: what the document takes when it begins, and what it goes on taking in each block.
const QUIET_BLOCKS: usize = 4;
/// Frames of a block, at least.
const FRAMES_MIN: usize = 512;
/// Where a rule takes all keys.
const KEY: u8 = 60;

/// What was taken, for those who read it.
pub struct FirstNotes {
    /// In the first block, before any note.
    pub beginning: MemoryTaken,
    /// By the first note of each instrument, or of those that one note starts, with their names.
    pub notes: Vec<(String, MemoryTaken)>,
    /// The engine ended.
    pub has_ended: bool,
}

/// Plays them. The player has its engine, and nothing was played. `[control]`
pub fn play(
    player: &mut Player,
    document: Option<&Document>,
    info: &EngineInfo,
    channels: &HostChannels,
) -> FirstNotes {
    player.set_offline(true);
    let mut trial = Trial {
        player,
        reports: Reports::default(),
        frames: (2 * info.ksmps).max(FRAMES_MIN),
        inputs: channels.input_count(),
        outputs: channels.output_count(),
    };
    let beginning = trial.block(&[]);
    let each = (1..QUIET_BLOCKS).map(|_| trial.block(&[])).last().unwrap_or_default();
    let notes = notes(document, info).into_iter().map(|(instruments, note, velocity)| {
        // It stays down: the next one has instances of its own.
        let event = Event { frame: 0, kind: EventKind::NoteOn { note, velocity } };
        (instruments, trial.block(&[event]).since(each))
    });
    let notes = notes.collect();
    FirstNotes { beginning, notes, has_ended: trial.player.has_lost_render() }
}

/// The note that is the first of each instrument.
fn notes(document: Option<&Document>, info: &EngineInfo) -> Vec<(String, NoteName, f32)> {
    match (info.note_input, document.map(|document| &document.notes)) {
        (NoteInput::Midi, _) => vec![("MIDI channel 1".to_owned(), name(KEY, 0), 0.8)],
        (NoteInput::Sched, Some(Notes::Sched(rules))) => {
            let mut notes: Vec<(String, NoteName, f32)> = Vec::new();
            for (rule, first) in rules.iter().map(|rule| (rule, first(rule))) {
                let (note, velocity) = first;
                match notes.iter_mut().find(|(_, known, _)| *known == note) {
                    Some((instruments, ..)) => *instruments += &format!(", {}", rule.instrument),
                    None => notes.push((format!("instr {}", rule.instrument), note, velocity)),
                }
            }
            notes
        }
        _ => Vec::new(),
    }
}

/// A note that starts the rule's instrument.
fn first(rule: &NoteRule) -> (NoteName, f32) {
    let key = rule.keys.first().map_or(KEY, |(first, last)| KEY.clamp(*first, *last));
    let (softest, loudest) = rule.velocities;
    let velocity = 100.clamp(softest.max(1), loudest.max(1));
    (name(key, rule.channel.unwrap_or(0)), f32::from(velocity) / 127.0)
}

fn name(key: u8, channel: u8) -> NoteName {
    NoteName { id: None, channel, key }
}

/// An instance that plays blocks.
struct Trial<'a> {
    player: &'a mut Player,
    reports: Reports,
    frames: usize,
    inputs: usize,
    outputs: usize,
}

impl Trial<'_> {
    fn block(&mut self, events: &[Event]) -> MemoryTaken {
        let silence = vec![0.0_f32; self.frames];
        let inputs = vec![&silence[..]; self.inputs];
        let mut room = vec![vec![0.0_f32; self.frames]; self.outputs];
        let mut outputs: Vec<&mut [f32]> = room.iter_mut().map(|channel| &mut channel[..]).collect();
        let mut block = Block { inputs: &inputs, outputs: &mut outputs, frames: self.frames, events };
        self.player.process(&mut block, &mut self.reports);
        self.reports.taken
    }
}

/// A line for each instrument, then one for the beginning.
pub fn lines(of: &FirstNotes, info: &EngineInfo) -> Vec<String> {
    let made = info.made.iter().map(|made| {
        let instances = if made.instances == 1 { "instance is" } else { "instances are" };
        format!("instr {}: {} {instances} made before the first block", made.instrument, made.instances)
    });
    if of.has_ended {
        return made.chain(["a trial of them ended the engine".to_owned()]).collect();
    }
    let notes = of.notes.iter().map(|(name, one)| format!("{name}: the first note takes {}", taken(*one)));
    let beginning =
        (!of.beginning.is_none()).then(|| format!("the first block takes {}", taken(of.beginning)));
    made.chain(notes).chain(beginning).collect()
}

/// `2 pieces of memory, 64 KB`.
fn taken(taken: MemoryTaken) -> String {
    match taken.pieces {
        0 => "no memory".to_owned(),
        1 => format!("1 piece of memory, {}", Bytes(taken.bytes)),
        pieces => format!("{pieces} pieces of memory, {}", Bytes(taken.bytes)),
    }
}
