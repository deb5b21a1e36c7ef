//! What the two processes say to each other: over the control socket when an engine is built, and with each block.

use std::path::PathBuf;
use std::time::Duration;

use ksmps_process::memory::have_beginning;
use ksmps_process::sandbox::Missing;
use serde::{Deserialize, Serialize};

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::doing::Doing;
use ksmps_data::event::{Event, EventKind, NoteName};
use ksmps_data::needs::Needs;
use ksmps_data::params::SlotMap;
use ksmps_data::python::PythonSearch;
use ksmps_data::transport::Transport;
use ksmps_data::verbs::When;
use ksmps_data::watched::WatchReading;
use ksmps_engine::command::Command;
use ksmps_engine::route::HostChannels;
use ksmps_engine::{EngineInfo, HeldPart, ProvenFile, Symbols};

/// What the host says over the socket once the engine is built.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ToEngine<C = Command> {
    /// A command, or a reference to one. [`Step::Command`] says when it is carried out.
    Command(C),
    /// What it is doing is to be said.
    Ask,
}

/// What the host asks for over the socket. There is one, once, and first.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct BuildOrder {
    /// The document's text.
    pub text: String,
    /// The file that it came from.
    pub origin: Option<PathBuf>,
    /// The files that the project carries, as JSON.
    pub assets: String,
    /// The session as JSON, null where there is none.
    pub session: String,
    /// Which parameter lives in which slot, as JSON.
    pub slots: String,
    /// The slots that somebody has moved, normalized.
    pub values: Vec<(u16, f64)>,
    /// What the project has kept of tables and channels, as JSON.
    pub kept: String,
    /// Frames per second.
    pub rate: f64,
    /// The plugin's channels.
    pub channels: HostChannels,
    /// What may be read besides the system's own files.
    pub read: Vec<PathBuf>,
    /// The only folder that may be written.
    pub scratch: PathBuf,
    /// What the user lets this document do.
    pub needs: Needs,
    /// Where Python is looked for, where the document runs some.
    pub python: Option<PythonSearch>,
    /// Processor time for which the build may go in circles.
    pub loop_limit: Duration,
}

/// What the engine's process says over the socket.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum FromEngine {
    /// The engine is built and waits for blocks.
    Built(Box<BuiltThere>),
    /// It could not be built, and the process ends.
    Failed(Vec<Diagnostic>),
    /// The build goes in circles, here.
    Stuck(Doing),
    /// What it is doing, where the host has asked.
    Doing(Option<Doing>),
    /// The document has tried to use the network, and was not let.
    NetworkRefused,
}

/// What is known of an engine that was built.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct BuiltThere {
    /// What it is.
    pub info: EngineInfo,
    /// Its names.
    pub symbols: Symbols,
    /// Which parameter lives in which slot from now on, as JSON.
    pub slots: String,
    /// What is to be said of how it is connected.
    pub notes: Vec<Diagnostic>,
    /// Protections that this system does not have.
    pub missing: Vec<Missing>,
    /// The number of its audio thread.
    pub thread: i32,
    /// The file of Csound, where its layout was proven.
    pub proven: Option<ProvenFile>,
    /// What its document keeps, as words: [`EngineInfo::kept`] says which are whose.
    pub kept: Vec<u64>,
}

/// One thing that the host's audio thread hands over with a block, in the order in which it happened. None of it owns
/// memory.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Step<'a> {
    /// Nobody has moved any slot.
    ClearSlots,
    /// A slot stands here, normalized.
    Slot(u16, f64),
    /// Parameters go to where their slots stand.
    Settle,
    /// A piece of what another engine leaves.
    #[serde(borrow)]
    Held(HeldPart<'a>),
    /// That was all: go on with it.
    TakeOver,
    /// Words of what the document keeps, from one of them on: each as 8 bytes, little end first.
    Kept(u32, &'a [u8]),
    /// Say all that the document keeps.
    ShowKept,
    /// Cut everything off.
    Cut,
    /// The host's transport.
    Transport(Transport),
    /// An event before the block.
    Event(EventKind),
    /// The command with this number, from 1, of those that went over the socket.
    Command(When, u32),
    /// An event of the block.
    BlockEvent(Event),
    /// Write down what the next engine goes on with.
    Hold,
    /// Process the block for so many outputs.
    Process(u16),
}

/// One thing that the engine says with a block's answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Said<'a> {
    /// A note's last voice has ended, at a frame of the block.
    Ended(u32, NoteName),
    /// The orchestra sent a MIDI message: bytes, and how many count.
    MidiOut(u32, [u8; 3], u8),
    /// The orchestra wrote a parameter with `send`: a frame of the block, the slot, the normalized value.
    Param(u32, u16, f64),
    /// A note arrived that the engine does not play.
    NoteRefused,
    /// What was counted in this block.
    Counted {
        /// Events without room.
        dropped: u32,
        /// Samples that were not numbers.
        silenced: u32,
        /// Changes of watched channels that were lost.
        lost_changes: u32,
        /// How often Csound took memory, and how many bytes.
        taken: (u64, u64),
    },
    /// How it stands now.
    Stands {
        /// Sounding voices.
        voices: u32,
        /// Frames performed.
        frames: u64,
        /// Csound has left.
        has_left: bool,
    },
    /// A piece of what the next engine goes on with.
    #[serde(borrow)]
    Held(HeldPart<'a>),
    /// Words of what the document keeps, from one of them on: each as 8 bytes, little end first.
    Kept(u32, &'a [u8]),
    /// A watched channel has changed.
    Change(u64, f64),
    /// What was seen of a watched value.
    Watched(WatchReading),
    /// The answer to a question.
    Reply(u64, Answer<'a>),
    /// Part of what Csound prints.
    Printed(i32, &'a [u8]),
}

/// An answer, without memory of its own.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer<'a> {
    /// There was nothing.
    Nothing,
    /// A number.
    Number(f64),
    /// Numbers, each as 8 bytes, little end first.
    #[serde(borrow)]
    Numbers(&'a [u8]),
    /// A text.
    Text(&'a [u8]),
    /// What is known of a table.
    Table(ksmps_engine::command::TableReading),
}

/// Slots as text, in the form in which a project has them.
///
/// # Errors
/// What is wrong with it.
pub(super) fn slots_from(text: &str) -> Result<SlotMap, serde_json::Error> {
    serde_json::from_str(text)
}

/// What usual blocks write, in bytes.
const BEGINNING: usize = 8192;

/// Things one after another, written without allocating. `[audio]`
#[derive(Debug)]
pub(super) struct Writer {
    bytes: Box<[u8]>,
    used: usize,
}

impl Writer {
    /// With room for so many bytes. `[control]`
    pub fn new(room: usize) -> Self {
        let mut bytes: Box<[u8]> = vec![0; room].into();
        // What is written in the first block is to be there.
        have_beginning(&mut bytes, BEGINNING);
        Self { bytes, used: 0 }
    }

    /// Adds one thing; `false`, and nothing is added, where there is no room. `[audio]`
    pub fn add(&mut self, thing: &impl Serialize) -> bool {
        let added = postcard::to_slice(thing, &mut self.bytes[self.used..]).map(|written| written.len());
        self.used += added.as_ref().unwrap_or(&0);
        added.is_ok()
    }

    /// What was added. `[audio]`
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.used]
    }

    /// How many bytes were added. `[audio]`
    pub fn len(&self) -> usize {
        self.used
    }

    /// Takes back what was added after so many bytes. `[audio]`
    pub fn truncate(&mut self, len: usize) {
        self.used = self.used.min(len);
    }
}

/// Reads things one after another, until the end or the first that cannot be read. `[audio]`
pub(super) fn read_all<'a, T: Deserialize<'a>>(mut bytes: &'a [u8], mut each: impl FnMut(T)) {
    while !bytes.is_empty() {
        let Ok((thing, rest)) = postcard::take_from_bytes(bytes) else { return };
        each(thing);
        bytes = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ksmps_data::event::NoteSelector;

    #[test]
    fn steps_come_through_in_their_order() {
        let note = NoteName { id: Some(-3), channel: 9, key: 64 };
        let mut writer = Writer::new(4096);
        let steps = [
            Step::ClearSlots,
            Step::Slot(511, 0.25),
            Step::Held(HeldPart::Midi(3, &[1, 2, 3])),
            Step::Kept(4, &[1, 2, 3, 4, 5, 6, 7, 8]),
            Step::ShowKept,
            Step::Event(EventKind::NoteOff { notes: NoteSelector::from(note), velocity: 0.5 }),
            Step::Command(When::default(), 7),
            Step::BlockEvent(Event { frame: 63, kind: EventKind::Param { slot: 1, normalized: 1.0 } }),
            Step::Process(2),
        ];
        assert!(steps.iter().all(|step| writer.add(step)));
        let written: Vec<String> = steps.iter().map(|step| format!("{step:?}")).collect();
        let mut read = Vec::new();
        read_all(writer.bytes(), |step: Step<'_>| read.push(format!("{step:?}")));
        assert_eq!(read, written);
    }

    #[test]
    fn what_has_no_room_is_left_out_whole() {
        let mut writer = Writer::new(8);
        assert!(writer.add(&Said::Change(1, 0.0)) == (writer.len() > 0));
        let before = writer.bytes().to_vec();
        assert!(!writer.add(&Said::Printed(0, &[7; 100])));
        assert_eq!(writer.bytes(), before);
    }

    #[test]
    fn garbage_ends_the_reading_and_nothing_else() {
        let mut random = 7_u64;
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..40)
                .map(|_| {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (random >> 56) as u8
                })
                .collect();
            let mut count = 0;
            read_all(&bytes, |_: Said<'_>| count += 1);
            assert!(count <= bytes.len());
        }
    }
}
