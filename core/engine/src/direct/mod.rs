//! An engine at hand: its owner asks, performs, and may wait for what takes memory.
//!
//! [`Direct`] resolves what it is asked for as everybody does ([`super::verbs`]) and carries it out with the same
//! [`Executor`] as an engine that plays; beside that it compiles, makes tables and reads files. Offline rendering is
//! this and a file; a session is put on an engine through it.

mod deferred;
mod make;
mod making;
mod orchestra;
mod soundfonts;
mod target;

pub use making::MakingVerbs;
pub use soundfonts::FileVerbs;

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;

use ksmps_csound::{Instances, Performed, Running};
use ksmps_data::verbs::{ClockLock, Compatibility, EngineError, Preset, When, texts_header};

use super::agenda::Agenda;
use super::command::Reply;
use super::executor::Executor;
use super::history::{History, Item};
use super::places::ChannelPlaces;
use super::players;
use super::symbols::{Counters, Growing, Symbols};
use super::verbs::ChannelCallback;

use deferred::Deferred;
use orchestra::Orchestra;

/// Part of every header: the table of answers, made when it is first needed.
const ANSWERS: &str = "gi__responses init 0\n";

/// How far the events that were asked for reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Horizon {
    /// Seconds, from the engine's start or its last rewind.
    pub end: f64,
    /// Something was scheduled or compiled since this was last set to false.
    pub changed: bool,
    /// The cycle of the last event that has its init pass alone.
    pub instant: Option<u64>,
}

/// What an engine knows of the tables that it made.
#[derive(Debug, Default)]
struct KnownTables {
    made: u32,
    /// Rates as they were given; Csound itself puts the orchestra's where nobody said one.
    rates: HashMap<u32, f64>,
    files: HashMap<(PathBuf, usize, u64), u32>,
}

/// Somebody who hears of a channel.
struct Listener {
    id: u64,
    name: String,
    hear: ChannelCallback,
}

/// An engine at hand.
pub struct Direct {
    running: Running,
    executor: Executor,
    symbols: Symbols,
    counters: Counters,
    orchestra: Orchestra,
    deferred: Deferred,
    tables: KnownTables,
    presets: HashMap<(PathBuf, u16, u16), Preset>,
    lock: ClockLock,
    listeners: Vec<Listener>,
    last_listener: u64,
    replies: Vec<Reply>,
    last_question: u64,
    /// How far what was asked for reaches.
    pub horizon: Horizon,
    /// What was asked for, for a written score.
    pub history: History,
    /// When the engine was last rewound, in seconds since its start; less the time it was rewound to.
    origin: f64,
}

impl fmt::Debug for Direct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Direct").field("symbols", &self.symbols).finish_non_exhaustive()
    }
}

impl Direct {
    /// What an engine needs in its header before the user's own text. `[any]`
    pub fn header() -> String {
        texts_header() + players::ORCHESTRA + ANSWERS
    }

    /// An engine of an instance that was started with [`Direct::header`]. `[control]`
    pub fn new(mut running: Running, setup: Growing) -> Self {
        let symbols = Symbols::growing(&mut running, setup);
        Self {
            executor: Executor::new(Agenda::new(symbols.clock()), ChannelPlaces::default()),
            counters: Counters::of(&symbols),
            orchestra: Orchestra::new(running.messages()),
            symbols,
            running,
            deferred: Deferred::default(),
            tables: KnownTables::default(),
            presets: HashMap::new(),
            lock: ClockLock::default(),
            listeners: Vec::new(),
            last_listener: 0,
            replies: Vec::new(),
            last_question: 0,
            horizon: Horizon { end: 0.0, changed: false, instant: None },
            history: History::default(),
            origin: 0.0,
        }
    }

    /// The instance, what waits on the agenda, and where channels are, for whoever performs from now on. What waits but
    /// takes memory is given up. `[control]`
    pub(crate) fn into_parts(self) -> (Running, Agenda, ChannelPlaces) {
        let (agenda, places) = self.executor.into_parts();
        (self.running, agenda, places)
    }

    /// The instance. `[any]`
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// The instance. `[control]`
    pub fn running_mut(&mut self) -> &mut Running {
        &mut self.running
    }

    /// Its names. `[any]`
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// The agenda. `[control]`
    pub(crate) fn agenda_mut(&mut self) -> &mut Agenda {
        self.executor.agenda_mut()
    }

    /// Seconds since the engine's start or its last rewind. `[any]`
    pub fn now(&self) -> f64 {
        self.real_seconds() - self.origin
    }

    /// As [`Direct::now`]; where the clock is locked, the time of the moment of the lock. `[any]`
    pub fn elapsed_time(&self) -> f64 {
        self.lock.seconds().map_or(self.now(), |seconds| seconds - self.origin)
    }

    /// Seconds since the engine's start.
    fn real_seconds(&self) -> f64 {
        self.symbols.clock().seconds(self.executor.agenda().cycle())
    }

    /// Performs one cycle: carries out what is due, lets Csound run, and calls who listens. `[control]`
    pub fn perform(&mut self) -> Performed {
        self.begin_cycle();
        let performed = self.running.perform();
        self.end_cycle();
        performed
    }

    /// Carries out what is due before a cycle. `[control]`
    pub fn begin_cycle(&mut self) {
        self.run_deferred(false);
        self.executor.advance(&mut self.running);
    }

    /// Takes in what the cycle brought. `[control]`
    pub fn end_cycle(&mut self) {
        self.run_deferred(true);
        self.executor.performed(&mut self.running);
        while let Some(change) = self.executor.next_change() {
            for listener in self.listeners.iter_mut().filter(|listener| listener.id == change.watch) {
                (listener.hear)(&listener.name, change.value);
            }
        }
        self.replies.extend(self.executor.drain_replies());
        while self.executor.give_back().is_some() {}
    }

    /// The number of the next question. `[control]`
    pub fn next_question(&mut self) -> u64 {
        self.last_question += 1;
        self.last_question
    }

    /// The text of the engine's own instruments, where the history has events of theirs. `[control]`
    pub fn used_players(&self) -> &'static str {
        let own = players::DISK..=players::TEST;
        let is_own =
            |item: &Item| matches!(item, Item::Event { id, .. } if own.contains(&(id.number() as u32)));
        if self.history.items().iter().any(is_own) { players::ORCHESTRA } else { "" }
    }

    /// The answer to a question, once it is there. `[control]`
    pub fn take_reply(&mut self, id: u64) -> Option<Reply> {
        let at = self.replies.iter().position(|reply| reply.id == id)?;
        Some(self.replies.remove(at))
    }

    /// Whether an event that has its init pass alone is to have it in the coming cycle. `[control]`
    pub fn is_instant_due(&self) -> bool {
        self.horizon.instant.is_some_and(|cycle| cycle >= self.executor.agenda().cycle())
    }

    /// Goes back in time: what plays is cut off, what was to come is forgotten, and it is `seconds` now. `[control]`
    pub fn rewind(&mut self, seconds: f64) {
        self.stop_everything();
        self.horizon.instant = None;
        self.origin = self.real_seconds() - seconds;
        // A locked clock shows the time that the engine was rewound to.
        self.lock.move_to(self.real_seconds());
    }

    /// Forgets everything that is still to come; lines that move go on. `[control]`
    pub fn forget_what_waits(&mut self) {
        self.deferred.clear();
        self.executor.agenda_mut().forget_waiting();
    }

    fn stop_everything(&mut self) {
        self.executor.agenda_mut().clear();
        self.deferred.clear();
        let sounding: Vec<f64> = self.running.sounding().map(|(p1, _)| p1).collect();
        for p1 in sounding {
            self.running.stop_now(Instances::All(p1 as i32), false);
        }
    }

    /// A time as seconds since the engine's start.
    fn start_of(&self, when: When) -> Result<f64, EngineError> {
        match when {
            When::In(delay) if delay >= 0.0 && delay.is_finite() => {
                let now = self.real_seconds();
                Ok(self.lock.reference().map_or(now + delay, |reference| (reference + delay).max(now)))
            }
            When::At(time) if time.is_finite() => {
                let now = self.now();
                if time < now { Err(EngineError::Past { given: time, now }) } else { Ok(self.origin + time) }
            }
            When::In(time) | When::At(time) => Err(EngineError::BadTime(time)),
        }
    }

    /// Moves the end of what was asked for: it lasts `dur` from `start` on, or has no end.
    fn reach_from(&mut self, start: f64, dur: f64) {
        let start = match self.symbols.compatibility() {
            Compatibility::Documented => start - self.origin,
            Compatibility::Recorded => start - self.real_seconds(),
        };
        self.horizon.end = self.horizon.end.max(start + dur.max(0.0));
        self.horizon.changed = true;
    }
}
