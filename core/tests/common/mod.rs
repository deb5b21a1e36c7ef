//! A plugin instance without its host, for the tests: it plays events at absolute frames.

#![allow(dead_code, reason = "each test binary uses its part")]

pub mod song;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ksmps_core::event::{Event, EventKind, NoteName, NoteSelector};
use ksmps_core::player::{Control, InstanceConfig, Place, Player, Status, pair};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_core::transport::HostTransport;

pub const RATE: f64 = 48_000.0;
/// Where engines play: in this process, and where the executable of an engine's process was built with the tests in a
/// process of their own. The same tests hold for both.
pub const PLACE: Place = match option_env!("CARGO_BIN_EXE_ksmps-engine") {
    Some(_) => Place::Apart,
    None => Place::Together,
};

/// The folder of the repository's test documents.
pub fn test_files() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().find(|folder| folder.join("Cargo.lock").exists());
    root.expect("the tests lie in the workspace").join("tests")
}

pub struct Bench {
    pub control: Arc<Control>,
    pub player: Player,
    /// Notes that ended, in their order, with absolute frames.
    pub ended: Vec<(usize, NoteName)>,
    /// The host plays its song from the first frame on, at this many quarter notes a minute; `None`: it has none.
    pub tempo: Option<f64>,
    reports: Reports,
    frame: usize,
}

impl Bench {
    /// An instance that plays this document; it must build.
    pub fn new(text: &str) -> Self {
        let (bench, status) = Self::open(text);
        assert!(!status.failed, "{:?}", status.diagnostics);
        bench
    }

    /// An instance that was given this document, whether it builds or not.
    pub fn open(text: &str) -> (Self, Status) {
        Self::started(|control| _ = control.load(text.to_owned(), None))
    }

    /// An instance that plays this file, with its folder; it must build.
    pub fn from_file(path: &Path) -> Self {
        let (bench, status) = Self::open_file(path);
        assert!(!status.failed, "{}: {:?}", path.display(), status.diagnostics);
        bench
    }

    /// An instance that was given this file, whether it builds or not.
    pub fn open_file(path: &Path) -> (Self, Status) {
        let (text, _) = ksmps_core::document::decode(&std::fs::read(path).unwrap());
        Self::started(|control| _ = control.load(text, Some(path.to_owned())))
    }

    /// An instance with this state.
    pub fn restored(state: &serde_json::Value) -> (Self, Status) {
        Self::started(|control| _ = control.restore(state).unwrap())
    }

    /// An instance that is activated after it was given something.
    fn started(give: impl FnOnce(&Control)) -> (Self, Status) {
        let channels = HostChannels { inputs: vec![2], outputs: vec![2] };
        let (control, mut player) = pair(InstanceConfig { channels, default_document: "" });
        // Blocks follow each other as fast as they are computed: a reset may wait for its engine.
        player.set_offline(true);
        let mut bench =
            Self { control, player, ended: Vec::new(), tempo: None, reports: Reports::default(), frame: 0 };
        give(&bench.control);
        bench.control.set_place(PLACE);
        let status = bench.control.activate(RATE);
        bench.player.adopt();
        (bench, status)
    }

    /// What the last block had to tell.
    pub fn reports(&self) -> &Reports {
        &self.reports
    }

    /// What went wrong while it played, once the builder's thread has seen `expected` of it, or had the time to.
    pub fn problems(&self, expected: usize) -> Vec<String> {
        let mut said = Vec::new();
        for _ in 0..if expected == 0 { 10 } else { 500 } {
            std::thread::sleep(std::time::Duration::from_millis(10));
            said = self.control.status().problems.iter().map(ToString::to_string).collect();
            if expected > 0 && said.len() >= expected {
                break;
            }
        }
        said
    }

    /// Plays frames with events at frames counted from now, in blocks cut as told; returns the left channel.
    pub fn play(&mut self, frames: usize, events: &[(usize, EventKind)], cuts: &[usize]) -> Vec<f32> {
        self.play_with(&vec![0.0; frames], events, cuts)
    }

    /// As `play`, with sound on both inputs.
    pub fn play_with(&mut self, input: &[f32], events: &[(usize, EventKind)], cuts: &[usize]) -> Vec<f32> {
        let frames = input.len();
        let (mut left, mut right) = (vec![7.0; frames], vec![7.0; frames]);
        let mut at = 0;
        for &cut in cuts.iter().cycle() {
            let count = cut.min(frames - at);
            let inside = events.iter().filter(|(frame, _)| (at..at + count).contains(frame));
            let events: Vec<Event> =
                inside.map(|&(frame, kind)| Event { frame: (frame - at) as u32, kind }).collect();
            let mut block = Block {
                inputs: &[&input[at..at + count], &input[at..at + count]],
                outputs: &mut [&mut left[at..at + count], &mut right[at..at + count]],
                frames: count,
                events: &events,
            };
            let here = self.frame + at;
            if let Some(tempo) = self.tempo {
                let song = HostTransport { playing: true, tempo: Some(tempo), ..HostTransport::default() };
                self.player.transport(HostTransport { frames: Some(here as i64), ..song }.complete(RATE));
            }
            self.player.process(&mut block, &mut self.reports);
            self.ended.extend(self.reports.ended.iter().map(|&(frame, note)| (here + frame as usize, note)));
            at += count;
            if at == frames {
                break;
            }
        }
        self.frame += frames;
        left
    }
}

pub fn note(key: u8) -> NoteName {
    NoteName { id: None, channel: 0, key }
}

pub fn on(key: u8) -> EventKind {
    EventKind::NoteOn { note: note(key), velocity: 0.8 }
}

pub fn off(key: u8) -> EventKind {
    EventKind::NoteOff { notes: NoteSelector::from(note(key)), velocity: 0.0 }
}

/// The host moves a slot.
pub fn param(slot: u16, normalized: f64) -> EventKind {
    EventKind::Param { slot, normalized }
}

pub fn midi(bytes: [u8; 3]) -> EventKind {
    EventKind::Midi { bytes, len: if bytes[0] & 0xe0 == 0xc0 { 2 } else { 3 } }
}

pub fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// The frequency of a steady tone, from its upward zero crossings.
pub fn pitch(samples: &[f32]) -> f64 {
    let crossing = |pair: (usize, &[f32])| {
        let (at, &[a, b]) = (pair.0, pair.1) else { return None };
        (a <= 0.0 && b > 0.0).then(|| at as f64 + f64::from(-a / (b - a)))
    };
    let crossings: Vec<f64> = samples.windows(2).enumerate().filter_map(crossing).collect();
    match (crossings.first(), crossings.last()) {
        (Some(first), Some(last)) if crossings.len() > 1 => {
            RATE * (crossings.len() - 1) as f64 / (last - first)
        }
        _ => 0.0,
    }
}
