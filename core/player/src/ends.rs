//! The two ends between the control side and the audio side of an instance, made as a pair by [`ends`].
//!
//! What goes down is [`ToAudio`], what comes up is [`ToControl`], and what owns memory comes back as it went. Of engines
//! on their way down only the newest counts: it takes the place of one that was not fetched. Beside the messages the
//! audio side publishes which engine plays and where it is, and everything else as reports.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_queue::ArrayQueue;

use ksmps_data::event::EventKind;
use ksmps_data::params::SlotValues;
use ksmps_engine::command::{Reply, Returned, Timed, Value};
use ksmps_engine::{CHANGES_MAX, ChannelChange, KeptBoard, Symbols};

use super::courier::Courier;
use super::held_notes::HeldNotes;
use super::kept::Shown;
use super::names::EngineNames;
use super::pending::Callers;
use super::performer::Performer;
use super::reports::{self, Measuring, REPORTS_KEPT, ReportReader, ReportSource, ReportWriter};
use super::scope::{Scope, ScopeSource, ScopeWriter, scope};

/// Commands that can wait for the next block.
pub const COMMANDS_MAX: usize = 1024;
/// Messages to the control side that can wait, engines left out. With no room left the audio side takes no commands.
const RETURNED_MAX: usize = 1024;
/// Answers that can wait to be fetched. With no room left the audio side takes no commands.
const REPLIES_MAX: usize = 1024;
/// Engines that can be on their way up: far more than there can be.
const ENGINES_MAX: usize = 64;
/// Engines of which the names are kept beside the playing one's: those on their way, spares, those that fade.
const SYMBOLS_MAX: usize = 8;

/// An engine that was built, and for what.
pub(super) struct BuiltEngine {
    /// Which of the builder's engines it is: a later one takes over, and a spare has the number of the one that it is a
    /// spare of.
    pub generation: u64,
    /// Its number among this instance's engines, from 1.
    pub number: u64,
    /// The engine.
    pub performer: Box<dyn Performer>,
    /// What its document keeps; `None` where it keeps nothing.
    pub kept: Option<Arc<KeptBoard>>,
    /// Which opening of the project it was built for.
    pub opening: u64,
    /// Whether it has come to play.
    pub was_heard: bool,
    /// What becomes of the notes that are held in the one before it.
    pub held_notes: HeldNotes,
}

/// What the control side says to the audio side.
pub(super) enum ToAudio {
    /// An engine as new: of a newer request, or a spare for the one that plays.
    Engine(BuiltEngine),
    /// Something for the playing engine, and the number under which an engine in another process has it.
    Command(Timed, u32),
    /// What is played in the window, for whichever engine plays: as if the host had sent it with the block.
    Event(EventKind),
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
    /// Memory that an engine is done with, and commands that were carried out or could not be.
    Memory(#[expect(dead_code, reason = "it is made to be dropped on this side")] Returned),
}

/// What lies between the ends.
struct Between {
    /// The newest engine on its way down.
    engine: ArrayQueue<ToAudio>,
    down: ArrayQueue<ToAudio>,
    up: ArrayQueue<ToControl>,
    /// Answers, for whoever looks first.
    replies: ArrayQueue<Reply>,
    /// Changes of channels that somebody listens to.
    changes: ArrayQueue<ChannelChange>,
    lost_changes: AtomicU32,
    /// Where the slots stand.
    values: SlotValues,
    /// The playing engine's number, 0 where there is none.
    playing: AtomicU64,
    /// The number of the engine that plays or, where none does, of the one that played last.
    played: AtomicU64,
    /// The frames that the playing engine has performed.
    frames: AtomicU64,
    /// The rate of the present activation, as bits.
    rate: AtomicU64,
}

/// The control side's end, for all its threads.
pub(super) struct ControlEnd {
    between: Arc<Between>,
    reports: ReportSource,
    scope: ScopeSource,
    /// What the builder's thread does for callers.
    pub callers: Callers,
    /// The names in every engine that commands can be meant for, by its number.
    names: Mutex<Vec<(u64, Arc<EngineNames>)>>,
    /// The boards of what engines keep, by their numbers.
    boards: Mutex<Vec<(u64, Shown)>>,
    /// The number that was given to an engine last.
    last_engine: AtomicU64,
    /// Who sends a command has it for as long as that takes.
    sending: Mutex<()>,
}

/// The audio side's end. There is one.
pub(super) struct AudioEnd {
    between: Arc<Between>,
    pub reports: ReportWriter,
    /// What is written down of the sound for those who draw it.
    pub scope: ScopeWriter,
}

/// Both ends. `[control]`
pub(super) fn ends() -> (ControlEnd, AudioEnd) {
    let between = Arc::new(Between {
        engine: ArrayQueue::new(1),
        down: ArrayQueue::new(COMMANDS_MAX),
        up: ArrayQueue::new(RETURNED_MAX + ENGINES_MAX),
        replies: ArrayQueue::new(REPLIES_MAX),
        changes: ArrayQueue::new(CHANGES_MAX),
        lost_changes: AtomicU32::new(0),
        values: SlotValues::default(),
        playing: AtomicU64::new(0),
        played: AtomicU64::new(0),
        frames: AtomicU64::new(0),
        rate: AtomicU64::new(0),
    });
    let (writer, source) = reports::ring(REPORTS_KEPT);
    let (scope_writer, scope_source) = scope();
    let control = ControlEnd {
        between: Arc::clone(&between),
        reports: source,
        scope: scope_source,
        callers: Callers::default(),
        names: Mutex::default(),
        boards: Mutex::default(),
        last_engine: AtomicU64::new(0),
        sending: Mutex::default(),
    };
    (control, AudioEnd { between, reports: writer, scope: scope_writer })
}

impl ControlEnd {
    /// Sends an engine; returns the one whose place it takes, which was not fetched. `[control]`
    pub fn send_engine(&self, engine: BuiltEngine) -> Option<BuiltEngine> {
        engine_in(self.between.engine.force_push(ToAudio::Engine(engine)))
    }

    /// Takes back an engine that was not fetched. `[control]`
    pub fn withdraw_engine(&self) -> Option<BuiltEngine> {
        engine_in(self.between.engine.pop())
    }

    /// Sends a command; `false` where [`COMMANDS_MAX`] wait already, or where an engine in another process does not take
    /// it. `[control]`
    pub fn send(&self, command: Timed) -> bool {
        // Commands are there in the order in which the audio side hears of them.
        let _turn = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        if self.between.down.is_full() {
            return false;
        }
        let number = match self.courier(command.engine) {
            Some(courier) => courier.take(&command.command),
            None => Some(0),
        };
        number.is_some_and(|number| self.between.down.push(ToAudio::Command(command, number)).is_ok())
    }

    fn courier(&self, engine: u64) -> Option<Arc<dyn Courier>> {
        let known = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|(number, _)| *number == engine).and_then(|(_, names)| names.courier.clone())
    }

    /// Sends an event for whichever engine plays; `false` where [`COMMANDS_MAX`] wait already. `[control]`
    pub fn send_event(&self, kind: EventKind) -> bool {
        self.between.down.push(ToAudio::Event(kind)).is_ok()
    }

    /// Asks for an engine to be let go; `false` where there is no room now. `[control]`
    pub fn ask_to_let_go(&self, engine: u64) -> bool {
        self.between.down.push(ToAudio::LetGo(engine)).is_ok()
    }

    /// The next message from the audio side. `[control]`
    pub fn receive(&self) -> Option<ToControl> {
        self.between.up.pop()
    }

    /// Reads reports from now on. `[control]`
    pub fn subscribe(&self) -> ReportReader {
        self.reports.subscribe()
    }

    /// Has levels and load reported from now on. `[control]`
    pub fn measure(&self) -> Measuring {
        self.reports.measure()
    }

    /// Looks at the outputs from now on. `[control]`
    pub fn look(&self) -> Scope {
        self.scope.look()
    }

    /// Where the slots stand. `[any]`
    pub fn values(&self) -> &SlotValues {
        &self.between.values
    }

    /// A number for a new engine, whose names and board are known from now on. `[control]`
    pub fn enlist(
        &self,
        symbols: Option<&Arc<Symbols>>,
        courier: Option<&Arc<dyn Courier>>,
        shown: Option<Shown>,
    ) -> u64 {
        let engine = self.last_engine.fetch_add(1, Ordering::Relaxed) + 1;
        let mut known = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(symbols.map(|symbols| (engine, Arc::new(EngineNames::of(symbols, courier)))));
        let playing = self.between.playing.load(Ordering::Acquire);
        known.retain(|(other, _)| *other == playing || other + SYMBOLS_MAX as u64 > engine);
        drop(known);
        let played = self.between.played.load(Ordering::Acquire);
        let mut boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        boards.extend(shown.map(|shown| (engine, shown)));
        boards.retain(|(other, _)| *other == played || other + SYMBOLS_MAX as u64 > engine);
        engine
    }

    /// The board of the engine that plays or, where none does, of the one that played last. `[control]`
    pub fn shown(&self) -> Option<Shown> {
        let boards = self.boards.lock().unwrap_or_else(PoisonError::into_inner);
        let played = self.between.played.load(Ordering::Acquire);
        boards.iter().find(|(engine, _)| *engine == played).map(|(_, shown)| shown.clone())
    }

    /// The playing engine's number and names. `[control]`
    pub fn playing(&self) -> Option<(u64, Arc<EngineNames>)> {
        let known = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let playing = self.between.playing.load(Ordering::Acquire);
        known.iter().find(|(engine, _)| *engine == playing).cloned()
    }

    /// The playing engine's number, 0 where there is none. `[any]`
    pub fn playing_number(&self) -> u64 {
        self.between.playing.load(Ordering::Acquire)
    }

    /// Frames that the playing engine has performed. `[any]`
    pub fn frames(&self) -> u64 {
        self.between.frames.load(Ordering::Relaxed)
    }

    /// The next answer. `[control]`
    pub fn next_reply(&self) -> Option<Reply> {
        self.between.replies.pop()
    }

    /// The next change of a channel that somebody listens to. `[control]`
    pub fn next_change(&self) -> Option<ChannelChange> {
        self.between.changes.pop()
    }

    /// How many changes of channels were lost since the last call. `[control]`
    pub fn take_lost_changes(&self) -> u32 {
        self.between.lost_changes.swap(0, Ordering::Relaxed)
    }

    /// Engines are for this rate from now on. `[control]`
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
    /// The newest engine that was sent. `[audio]`
    pub fn receive_engine(&mut self) -> Option<BuiltEngine> {
        // Taking from an empty queue makes this thread wait for its own writes; a look at it does not.
        if self.between.engine.is_empty() { None } else { engine_in(self.between.engine.pop()) }
    }

    /// The next message but an engine; `None` also where what it owns could not be sent back now. `[audio]`
    pub fn receive(&mut self) -> Option<ToAudio> {
        if !self.between.down.is_empty() && self.has_room() { self.between.down.pop() } else { None }
    }

    /// Whether something besides an engine can be sent. `[audio]`
    pub fn has_room(&self) -> bool {
        self.between.up.len() < RETURNED_MAX && !self.between.replies.is_full()
    }

    /// Sends an answer, or memory that an engine is done with; the caller asks for room before. `[audio]`
    pub fn give_back(&mut self, returned: Returned) {
        let memory = match returned {
            Returned::Reply(reply) => return self.reply(reply),
            // Nothing comes of it: whoever waits for its answer is told, and the box goes back.
            Returned::Command(command) => {
                if let Some(id) = command.question() {
                    self.reply(Reply { id, value: Value::Nothing });
                }
                Returned::Command(command)
            }
            memory => memory,
        };
        self.send(ToControl::Memory(memory));
    }

    /// Tells a change of a channel that somebody listens to; one without room is counted. `[audio]`
    pub fn tell_change(&mut self, change: ChannelChange) {
        if self.between.changes.push(change).is_err() {
            self.count_lost_changes(1);
        }
    }

    /// Counts changes that were lost before they came here. `[audio]`
    pub fn count_lost_changes(&mut self, lost: u32) {
        if lost > 0 {
            self.between.lost_changes.fetch_add(lost, Ordering::Relaxed);
        }
    }

    fn reply(&mut self, reply: Reply) {
        if let Err(reply) = self.between.replies.push(reply) {
            std::mem::forget(reply);
        }
    }

    /// Sends. There is room for more engines than can be under way, and the caller asks before it sends anything else;
    /// should there be none all the same, it is leaked rather than freed here. `[audio]`
    pub fn send(&mut self, message: ToControl) {
        if let Err(message) = self.between.up.push(message) {
            std::mem::forget(message);
        }
    }

    /// Where the slots stand. `[any]`
    pub fn values(&self) -> &SlotValues {
        &self.between.values
    }

    /// Says who plays, and where it is. `[audio]`
    pub fn publish(&self, playing: Option<&BuiltEngine>) {
        let frames = playing.map_or(0, |engine| engine.performer.frames());
        self.between.frames.store(frames, Ordering::Relaxed);
        if let Some(engine) = playing {
            self.between.played.store(engine.number, Ordering::Release);
        }
        self.between.playing.store(playing.map_or(0, |engine| engine.number), Ordering::Release);
    }

    /// Whether an engine is for the present rate. `[audio]`
    pub fn is_for_rate(&self, engine: &BuiltEngine) -> bool {
        engine.performer.info().rate.to_bits() == self.between.rate.load(Ordering::Acquire)
    }
}
