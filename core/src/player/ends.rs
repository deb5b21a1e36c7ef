//! The two ends between the control side and the audio side of an instance, made as a pair by [`ends`].
//!
//! What goes down is [`ToAudio`], what comes up is [`ToControl`], and what owns memory comes back as it went. Of engines
//! on their way down only the newest counts: it takes the place of one that was not fetched. Beside the messages the
//! audio side publishes which engine plays and where it is, and everything else as reports.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_queue::ArrayQueue;

use crate::engine::{Command, GivenBack, Order, Symbols};
use crate::params::SlotValues;

use super::live::Later;
use super::performer::Performer;
use super::reports::{self, REPORTS_KEPT, ReportReader, ReportSource, ReportWriter};

/// Commands that can wait for the next block.
pub const COMMANDS_MAX: usize = 1024;
/// Messages to the control side that can wait, engines left out. With no room left the audio side takes no commands.
const RETURNED_MAX: usize = 1024;
/// Engines that can be on their way up: far more than there can be.
const ENGINES_MAX: usize = 64;
/// Engines of which the names are kept beside the playing one's: those on their way, spares, those that fade.
const SYMBOLS_MAX: usize = 8;

/// An engine that was built, and for what.
pub(super) struct BuiltEngine {
    /// The request that it answers.
    pub ticket: u64,
    /// Its number among this instance's engines, from 1.
    pub number: u64,
    /// The engine.
    pub performer: Box<dyn Performer>,
}

/// What the control side says to the audio side.
pub(super) enum ToAudio {
    /// An engine as new: of a newer request, or a spare for the one that plays.
    Engine(BuiltEngine),
    /// Something for the playing engine.
    Command(Command),
    /// The engine of this number is to fade out and come back: another one can only be built in its place.
    LetGo(u64),
}

/// What the audio side says to the control side.
pub(super) enum ToControl {
    /// An engine that is done with.
    Spent(BuiltEngine),
    /// An engine that a reset has cut off: one as new is to be made ready.
    Stopped(BuiltEngine),
    /// The engine of this number is no longer as new: a spare should be built.
    Played(u64),
    /// A command that was carried out, or could not be.
    Command(#[expect(dead_code, reason = "it is made to be dropped on this side")] Order),
    /// Memory that an engine is done with.
    Memory(#[expect(dead_code, reason = "it is made to be dropped on this side")] GivenBack),
}

/// What lies between the ends.
struct Between {
    /// The newest engine on its way down.
    engine: ArrayQueue<ToAudio>,
    down: ArrayQueue<ToAudio>,
    up: ArrayQueue<ToControl>,
    /// Where the slots stand.
    values: SlotValues,
    /// The playing engine's number, 0 where there is none.
    playing: AtomicU64,
    /// The frames that the playing engine has performed.
    frames: AtomicU64,
    /// The rate of the present activation, as bits.
    rate: AtomicU64,
}

/// The control side's end, for all its threads.
pub(super) struct ControlEnd {
    between: Arc<Between>,
    reports: ReportSource,
    /// What the builder's thread does for callers.
    pub later: Later,
    /// The names in every engine that commands can be meant for, by its number.
    symbols: Mutex<Vec<(u64, Arc<Symbols>)>>,
    /// The number that was given to an engine last.
    last_engine: AtomicU64,
    /// The number that was given to a line last.
    last_line: AtomicU64,
}

/// The audio side's end. There is one.
pub(super) struct AudioEnd {
    between: Arc<Between>,
    pub reports: ReportWriter,
}

/// Both ends. [control]
pub(super) fn ends() -> (ControlEnd, AudioEnd) {
    let between = Arc::new(Between {
        engine: ArrayQueue::new(1),
        down: ArrayQueue::new(COMMANDS_MAX),
        up: ArrayQueue::new(RETURNED_MAX + ENGINES_MAX),
        values: SlotValues::default(),
        playing: AtomicU64::new(0),
        frames: AtomicU64::new(0),
        rate: AtomicU64::new(0),
    });
    let (writer, source) = reports::ring(REPORTS_KEPT);
    let control = ControlEnd {
        between: Arc::clone(&between),
        reports: source,
        later: Later::default(),
        symbols: Mutex::default(),
        last_engine: AtomicU64::new(0),
        last_line: AtomicU64::new(0),
    };
    (control, AudioEnd { between, reports: writer })
}

impl ControlEnd {
    /// Sends an engine; returns the one whose place it takes, which was not fetched. [control]
    pub fn send_engine(&self, engine: BuiltEngine) -> Option<BuiltEngine> {
        engine_in(self.between.engine.force_push(ToAudio::Engine(engine)))
    }

    /// Takes back an engine that was not fetched. [control]
    pub fn withdraw_engine(&self) -> Option<BuiltEngine> {
        engine_in(self.between.engine.pop())
    }

    /// Sends a command. [control]
    ///
    /// # Errors
    /// The command itself where [`COMMANDS_MAX`] wait already.
    pub fn send(&self, command: Command) -> Result<(), Command> {
        self.between.down.push(ToAudio::Command(command)).map_err(|message| match message {
            ToAudio::Command(command) => command,
            // PANIC: a queue gives back what it was given.
            ToAudio::Engine(_) | ToAudio::LetGo(_) => unreachable!("a command was sent"),
        })
    }

    /// Asks for an engine to be let go; `false` where there is no room now. [control]
    pub fn ask_to_let_go(&self, engine: u64) -> bool {
        self.between.down.push(ToAudio::LetGo(engine)).is_ok()
    }

    /// The next message from the audio side. [control]
    pub fn receive(&self) -> Option<ToControl> {
        self.between.up.pop()
    }

    /// Reads reports from now on. [control]
    pub fn subscribe(&self) -> ReportReader {
        self.reports.subscribe()
    }

    /// Where the slots stand. [any]
    pub fn values(&self) -> &SlotValues {
        &self.between.values
    }

    /// A number for a new engine, whose names are known from now on. [control]
    pub fn enlist(&self, symbols: Option<&Arc<Symbols>>) -> u64 {
        let engine = self.last_engine.fetch_add(1, Ordering::Relaxed) + 1;
        let mut known = self.symbols.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(symbols.map(|symbols| (engine, Arc::clone(symbols))));
        let playing = self.between.playing.load(Ordering::Acquire);
        known.retain(|(other, _)| *other == playing || other + SYMBOLS_MAX as u64 > engine);
        engine
    }

    /// The playing engine's number and names. [control]
    pub fn playing(&self) -> Option<(u64, Arc<Symbols>)> {
        let known = self.symbols.lock().unwrap_or_else(PoisonError::into_inner);
        let playing = self.between.playing.load(Ordering::Acquire);
        known.iter().find(|(engine, _)| *engine == playing).cloned()
    }

    /// The playing engine's number, 0 where there is none. [any]
    pub fn playing_number(&self) -> u64 {
        self.between.playing.load(Ordering::Acquire)
    }

    /// Frames that the playing engine has performed. [any]
    pub fn frames(&self) -> u64 {
        self.between.frames.load(Ordering::Relaxed)
    }

    /// A number for a line. [any]
    pub fn next_line(&self) -> u64 {
        self.last_line.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Engines are for this rate from now on. [control]
    pub fn set_rate(&self, rate: f64) {
        self.between.rate.store(rate.to_bits(), Ordering::Release);
    }
}

fn engine_in(message: Option<ToAudio>) -> Option<BuiltEngine> {
    match message {
        Some(ToAudio::Engine(engine)) => Some(engine),
        _ => None,
    }
}

impl AudioEnd {
    /// The newest engine that was sent. [audio]
    pub fn receive_engine(&mut self) -> Option<BuiltEngine> {
        engine_in(self.between.engine.pop())
    }

    /// The next message but an engine; `None` also where what it owns could not be sent back now. [audio]
    pub fn receive(&mut self) -> Option<ToAudio> {
        if self.has_room() { self.between.down.pop() } else { None }
    }

    /// Whether something besides an engine can be sent. [audio]
    pub fn has_room(&self) -> bool {
        self.between.up.len() < RETURNED_MAX
    }

    /// Sends. There is room for more engines than can be under way, and the caller asks before it sends anything else;
    /// should there be none all the same, it is leaked rather than freed here. [audio]
    pub fn send(&mut self, message: ToControl) {
        if let Err(message) = self.between.up.push(message) {
            std::mem::forget(message);
        }
    }

    /// Where the slots stand. [any]
    pub fn values(&self) -> &SlotValues {
        &self.between.values
    }

    /// Says who plays, and where it is. [audio]
    pub fn publish(&self, playing: Option<&BuiltEngine>) {
        let frames = playing.map_or(0, |engine| engine.performer.frames());
        self.between.frames.store(frames, Ordering::Relaxed);
        self.between.playing.store(playing.map_or(0, |engine| engine.number), Ordering::Release);
    }

    /// Whether an engine is for the present rate. [audio]
    pub fn is_for_rate(&self, engine: &BuiltEngine) -> bool {
        engine.performer.info().rate.to_bits() == self.between.rate.load(Ordering::Acquire)
    }
}
