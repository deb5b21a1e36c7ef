//! The verbs of an engine: start, stop, change, automate, and everything they work on.
//!
//! [`Verbs`] is the side that may take its time: it knows names, counts instances, makes tables, compiles. It turns
//! what it is asked for into [`Action`]s, which its [`Agenda`] carries out in their cycles. The agenda, and the
//! methods of [`crate::csound::Running`] that it uses, are the audio thread's forms: they neither allocate nor look
//! anything up by name. Offline both halves live on one thread (`offline`); live, the owner of the engine keeps the
//! agenda and is sent actions in boxes.
//!
//! No instrument in Csound does any of this, but for those that sound themselves: samples, files, soundfonts, the
//! test signal (`players`).
//!
//! All times are in seconds. An event starts at the cycle nearest to its time, as in Csound; so does everything else.

mod agenda;
mod automation;
mod buses;
mod channels;
mod clock_lock;
mod deferred;
mod events;
pub(crate) mod history;
mod instruments;
mod later;
mod orchestra;
mod players;
mod plots;
mod strings;
mod sync;
mod tables;

pub use agenda::{AGENDA_ROOM, Action, Agenda, LineTarget, PendingLine, Spent};
pub(crate) use automation::pending;
pub(crate) use instruments::{InstanceCounter, InstrumentTable};
pub(crate) use players::{SAMPLE_PLAYER, TEST_PLAYER, check_speed, live_players};
pub(crate) use plots::{AboutSound, check_name as check_picture_name};
pub use sync::SyncToken;

#[allow(clippy::wildcard_imports)]
use crate::verbs::*;

use crate::csound::Running;
use crate::document::code_words;

use channels::Channels;
use deferred::Deferred;
use history::{History, Item};
use later::Listener;
use orchestra::Orchestra;
use players::Soundfonts;
use strings::Strings;
use sync::Sync;
use tables::Tables;

/// How far the events that were asked for reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Horizon {
    /// Seconds, from the engine's start or its last rewind.
    pub end: f64,
    /// Something was scheduled or compiled since this was last set to false.
    pub changed: bool,
    /// The cycle of the last event that has its init pass alone.
    pub instant: Option<u64>,
}

/// What the engine knows beside Csound, and what is still to come.
#[derive(Debug)]
pub struct Verbs {
    clock: Clock,
    compatibility: Compatibility,
    agenda: Agenda,
    jobs: Deferred,
    orchestra: Orchestra,
    strings: Strings,
    tables: Tables,
    channels: Channels,
    soundfonts: Soundfonts,
    held: ClockLock,
    listeners: Vec<Listener>,
    sync: Sync,
    has_buses: bool,
    exact: bool,
    pub(crate) horizon: Horizon,
    pub(crate) history: History,
    /// When the engine was last rewound, in seconds since its start; less the time it was rewound to.
    origin: f64,
}

/// How an engine's verbs are set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VerbSetup {
    /// What holds where documents and recordings differ.
    pub compatibility: Compatibility,
    /// Whether the engine has buses.
    pub has_buses: bool,
    /// Whether events start on their frames.
    pub exact: bool,
}

impl Verbs {
    /// What an engine needs in its header before the user's own text. [any]
    pub fn header() -> String {
        texts_header() + players::ORCHESTRA + sync::ORCHESTRA
    }

    /// The verbs of an instance that was started with [`Verbs::header`]. [control]
    pub fn new(running: &mut Running, setup: VerbSetup) -> Self {
        let clock = Clock::new(running.rate(), running.ksmps());
        let clock = match setup.compatibility {
            Compatibility::Documented => clock,
            Compatibility::Recorded => clock.of_sent_events(),
        };
        Self {
            clock,
            compatibility: setup.compatibility,
            agenda: Agenda::new(clock),
            jobs: Deferred::default(),
            orchestra: Orchestra::new(running.messages(), setup.compatibility == Compatibility::Recorded),
            strings: Strings::new(),
            tables: Tables::default(),
            channels: Channels::default(),
            soundfonts: Soundfonts::default(),
            held: ClockLock::default(),
            listeners: Vec::new(),
            sync: Sync::default(),
            has_buses: setup.has_buses,
            exact: setup.exact,
            horizon: Horizon { end: 0.0, changed: false, instant: None },
            history: History::default(),
            origin: 0.0,
        }
    }

    /// The audio thread's half. [audio]
    pub fn agenda(&mut self) -> &mut Agenda {
        &mut self.agenda
    }

    /// The audio thread's half alone, for whoever performs the engine from now on. What waits for a cycle but may
    /// allocate is given up. [control]
    pub(crate) fn into_agenda(self) -> Agenda {
        self.agenda
    }

    /// Whether an event that has its init pass alone is to have it in the coming cycle. [control]
    pub(crate) fn is_instant_due(&self) -> bool {
        self.horizon.instant.is_some_and(|cycle| cycle >= self.agenda.cycle())
    }

    /// Seconds since the engine's start or its last rewind. [any]
    pub fn now(&self) -> f64 {
        self.clock.seconds(self.agenda.cycle()) - self.origin
    }

    /// The engine's seconds and cycles. [any]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Does what is due before a cycle. [control]
    pub fn advance(&mut self, running: &mut Running) {
        self.run_jobs(running, false);
        self.agenda.advance(running);
    }

    /// Does what is due after it. [control]
    pub fn performed(&mut self, running: &mut Running) {
        self.run_jobs(running, true);
        self.agenda.performed(running);
        self.tell_listeners(running);
        self.agenda.collect().for_each(drop);
    }

    /// Compiles more orchestra. [control]
    ///
    /// # Errors
    /// [`EngineError::Compile`] with lines and texts; what played goes on as it was. [`EngineError::ReservedNumber`].
    pub fn compile(&mut self, running: &mut Running, code: &str) -> Result<(), EngineError> {
        match self.orchestra.compile(running, code) {
            // Nothing comes of it, and its instruments' p-fields have names all the same.
            Err(EngineError::Compile(_)) if self.compatibility == Compatibility::Recorded => {
                self.orchestra.learn(code)
            }
            compiled => compiled?,
        }
        self.horizon.changed = true;
        self.history.push(|| Item::Code(code.to_owned()));
        Ok(())
    }

    /// Compiles code that may define instruments in the engine's own range: those of a session. [control]
    pub(crate) fn compile_own_numbers(
        &mut self,
        running: &mut Running,
        code: &str,
    ) -> Result<(), EngineError> {
        self.orchestra.compile_own(running, code)?;
        self.horizon.changed = true;
        Ok(())
    }

    /// Remembers the instruments of text that was compiled with the header. [control]
    pub(crate) fn learn(&mut self, code: &str) {
        self.orchestra.learn(code);
    }

    /// Evaluates code (`return …`, or an expression alone: `ftlen(200)`, `giX`) and gives its value. [control]
    ///
    /// # Errors
    /// As [`Verbs::compile`]; [`EngineError::NoValue`] where nothing was returned.
    pub fn eval(&mut self, running: &mut Running, code: &str) -> Result<f64, EngineError> {
        let returned = is_expression(code).then(|| format!("return {}\n", code.trim()));
        // Without a `return` Csound hands out what lies in its memory.
        if returned.is_none() && !code_words(code).iter().any(|(_, word)| word == "return") {
            return Err(EngineError::NoValue(code.to_owned()));
        }
        let value = self.orchestra.eval(running, returned.as_deref().unwrap_or(code))?;
        if value.is_nan() { Err(EngineError::NoValue(code.to_owned())) } else { Ok(value) }
    }

    /// Calls an init-time function (`ftlen(200)`) and gives its value. [control]
    ///
    /// # Errors
    /// As [`Verbs::eval`].
    pub fn call(&mut self, running: &mut Running, function: &str) -> Result<f64, EngineError> {
        self.eval(running, &format!("return {function}\n"))
    }

    /// The present value of a global number variable. [control]
    ///
    /// # Errors
    /// As [`Verbs::eval`].
    pub fn query_variable(&mut self, running: &mut Running, variable: &str) -> Result<f64, EngineError> {
        let variable = variable.trim();
        match variable.starts_with("gk") {
            true => self.call(running, &format!("i({variable})")),
            false => self.call(running, variable),
        }
    }

    /// The number of a named instrument. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownInstrument`].
    pub fn instrument_number(&mut self, running: &mut Running, name: &str) -> Result<i32, EngineError> {
        self.orchestra.number_of_name(running, name)
    }

    /// The ranges of instrument numbers that users may not define. [control]
    pub fn reserved_ranges(&self) -> &[ReservedRange] {
        &self.orchestra.reserved
    }

    /// Refuses later instruments above a number: where one comes that is far above those of the first compilation, Csound
    /// writes beyond its list (measured, 6.18.1: `insert_opcodes`, with any opcode there). [control]
    pub(crate) fn limit_numbers(&mut self, highest: u32) {
        self.orchestra.highest = highest;
    }

    /// Reserves a range of instrument numbers: compiling one of them is refused from now on. [control]
    pub fn reserve_range(&mut self, range: ReservedRange) {
        self.orchestra.reserved.push(range);
    }

    /// Goes back in time: what plays is cut off, what was to come is forgotten, and it is `seconds` now. [control]
    pub fn rewind(&mut self, running: &mut Running, seconds: f64) {
        self.stop_everything(running);
        self.horizon.instant = None;
        self.origin = self.clock.seconds(self.agenda.cycle()) - seconds;
        self.relock();
    }

    /// A time as seconds since the engine's start.
    fn start_of(&self, when: When) -> Result<f64, EngineError> {
        match when {
            When::In(delay) if delay >= 0.0 && delay.is_finite() => Ok(self.after(delay)),
            When::At(time) if time.is_finite() => {
                let now = self.now();
                if time < now { Err(EngineError::Past { given: time, now }) } else { Ok(self.origin + time) }
            }
            When::In(time) | When::At(time) => Err(EngineError::BadTime(time)),
        }
    }

    /// Moves the end of what was asked for: it lasts `dur` from `start` on, or has no end.
    fn reach(&mut self, start: f64, dur: f64) {
        let start = match self.compatibility {
            Compatibility::Documented => start - self.origin,
            Compatibility::Recorded => start - self.clock.seconds(self.agenda.cycle()),
        };
        self.horizon.end = self.horizon.end.max(start + dur.max(0.0));
        self.horizon.changed = true;
    }
}

/// Whether code is one value and no statement: a function's call, a variable or a number.
fn is_expression(code: &str) -> bool {
    let code = code.trim();
    let called = code.split_once('(').is_some_and(|(name, _)| code.ends_with(')') && is_word(name));
    !code.contains('\n') && (called || is_word(code))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.'))
}
