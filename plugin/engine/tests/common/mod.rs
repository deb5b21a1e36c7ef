//! A plugin instance without its host whose engine is in a process of its own.

#![allow(dead_code, reason = "each file of tests uses some of it")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ksmps_core::diagnostic::Hang;
use ksmps_core::event::{Event, EventKind, NoteName};
use ksmps_core::player::{Control, InstanceConfig, Machine, Place, Placing, Player, Status, pair_on};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;

pub const RATE: f64 = 48_000.0;
/// Frames in a block.
pub const BLOCK: usize = 480;
/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A document that sounds as long as it plays.
pub const GOOD: &str =
    "nchnls = 2\n0dbfs = 1\ninstr 1\n a1 oscili 0.25, 440\n outs a1, a1\nendin\nschedule 1, 0, -1\n";

pub struct Instance {
    pub control: Arc<Control>,
    player: Player,
    reports: Reports,
    ended: Vec<NoteName>,
}

impl Instance {
    /// An instance that was given this document, whether it builds or not.
    pub fn open(text: &str, origin: Option<PathBuf>) -> (Self, Status) {
        Self::open_on(Machine::default(), Place::Apart, text, origin)
    }

    /// The same on another machine, with another wish for where it plays.
    pub fn open_on(machine: Machine, wish: Place, text: &str, origin: Option<PathBuf>) -> (Self, Status) {
        let channels = HostChannels { inputs: vec![2], outputs: vec![2] };
        let (control, player) = pair_on(machine, InstanceConfig { channels, default_document: "" });
        let mut instance = Self { control, player, reports: Reports::default(), ended: Vec::new() };
        instance.control.set_place(wish);
        instance.control.load(text.to_owned(), origin);
        let status = instance.control.activate(RATE);
        instance.player.adopt();
        (instance, status)
    }

    /// An instance that plays this document.
    pub fn new(text: &str) -> Self {
        let (instance, status) = Self::open(text, None);
        assert!(!status.failed, "{:?}", status.diagnostics);
        instance
    }

    /// Deactivates and activates again, as a host does.
    pub fn activate(&mut self) -> Status {
        self.control.deactivate();
        self.player.release();
        let status = self.control.activate(RATE);
        self.player.adopt();
        status
    }

    /// Replaces the text and waits for what becomes of it.
    pub fn edit(&mut self, text: &str) -> Status {
        let ticket = self.control.edit(text.to_owned());
        self.control.wait_for(ticket)
    }

    /// Plays a block as a sound card would ask for it; the loudest sample.
    pub fn play(&mut self, kinds: &[EventKind]) -> f32 {
        let started = Instant::now();
        let loudest = self.play_block(kinds);
        let period = Duration::from_secs_f64(BLOCK as f64 / RATE);
        std::thread::sleep(period.saturating_sub(started.elapsed()));
        loudest
    }

    fn play_block(&mut self, kinds: &[EventKind]) -> f32 {
        let events: Vec<Event> = kinds.iter().map(|&kind| Event { frame: 0, kind }).collect();
        let input = [0.0; BLOCK];
        let (mut left, mut right) = ([7.0; BLOCK], [7.0; BLOCK]);
        let mut block = Block {
            inputs: &[&input, &input],
            outputs: &mut [&mut left, &mut right],
            frames: BLOCK,
            events: &events,
        };
        self.player.process(&mut block, &mut self.reports);
        self.ended.extend(self.reports.ended.iter().map(|(_, note)| *note));
        left.iter().chain(&right).fold(0.0, |loudest, sample| loudest.max(sample.abs()))
    }

    /// Plays until it sounds like [`GOOD`].
    pub fn play_until_good(&mut self, what: &str) {
        self.play_until(what, |_, loudest| (loudest - 0.25).abs() < 0.01);
    }

    /// Plays until something holds.
    pub fn play_until(&mut self, what: &str, mut holds: impl FnMut(&Self, f32) -> bool) {
        let until = Instant::now() + PATIENCE;
        loop {
            let loudest = self.play(&[]);
            if holds(self, loudest) {
                return;
            }
            assert!(Instant::now() < until, "{what}: it never held; {:?}", self.problems());
        }
    }

    /// Everything that was said of the document.
    pub fn problems(&self) -> Vec<String> {
        let status = self.control.status();
        let all = status.diagnostics.iter().chain(&status.problems);
        all.map(ToString::to_string).chain(status.console).collect()
    }

    /// Where it is said to have gone in circles, with the line.
    pub fn hangs(&self) -> Vec<(Hang, Option<u32>)> {
        let status = self.control.status();
        let all = status.diagnostics.iter().chain(&status.problems);
        all.filter_map(|one| Some((*one.hang.clone()?, one.line))).collect()
    }

    /// Whether something with these words was said.
    pub fn said(&self, words: &str) -> bool {
        self.problems().iter().any(|problem| problem.contains(words))
    }

    /// Whether this note was reported as ended.
    pub fn has_ended(&self, note: NoteName) -> bool {
        self.ended.contains(&note)
    }

    /// Frames between what goes in and its sound.
    pub fn latency_frames(&self) -> u32 {
        self.player.latency_frames()
    }

    /// Plays so many seconds as fast as it goes; the loudest sample.
    pub fn render(&mut self, seconds: f64) -> f32 {
        self.set_offline(true);
        let blocks = (seconds * RATE / BLOCK as f64).ceil() as usize;
        let loudest = (0..blocks).map(|_| self.play_block(&[])).fold(0.0, f32::max);
        self.set_offline(false);
        loudest
    }

    /// Where it plays and why.
    pub fn placing(&self) -> Placing {
        self.control.status().placing.expect("an engine that was placed")
    }

    /// Offline from now on, or live.
    pub fn set_offline(&mut self, is_offline: bool) {
        self.player.set_offline(is_offline);
    }
}

pub fn note(key: u8) -> NoteName {
    NoteName { id: None, channel: 0, key }
}

pub fn on(key: u8) -> EventKind {
    EventKind::NoteOn { note: note(key), velocity: 0.8 }
}
