//! Verbs while it plays: the control half of an instance starts, stops, changes and automates in the playing engine.
//!
//! Each verb is prepared here with the names of the engine that plays, and sent through a queue; the player takes it
//! at the beginning of its next block. What the player is done with is freed on the builder's thread. A command is
//! for the engine that played when it was sent: where another one has taken over since, nothing is done, and what
//! waits on an engine's agenda goes with it.
//!
//! `When::In` counts from the first frame of the block that takes the command, and like a note's a frame's sound
//! comes one cycle later. `When::At` counts from the engine's start, as [`Control::now`] does. Events start on their
//! frames where the engine has exact starts ([`crate::engine::EngineInfo::exact_starts`]); everything else happens at
//! the cycle nearest to its time. Not here: what compiles or makes tables, which is a document's.

use std::sync::Arc;

use crate::csound::{BusKind, BusToken};
use crate::engine::{Answer, Cast, Command, Order, Question};
use crate::verbs::{
    Action, Automation, EngineError, EventId, Field, Instr, LineId, LineTarget, Pairs, SETP_PAIRS_MAX, Sched,
    When,
};

use super::Control;

/// Why a verb was not sent. The engine goes on as it was.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LiveError {
    /// The verb makes no sense in the playing engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// There is no engine that could take it.
    #[error("nothing plays")]
    NothingPlays,
    /// As many commands as there is room for wait for the next block.
    #[error("{} commands wait already", super::COMMANDS_MAX)]
    QueueFull,
}

/// The playing engine as a verb sees it.
struct Aim {
    engine: u64,
    cast: Arc<Cast>,
    now: f64,
}

impl Aim {
    /// A time that can still come.
    fn check(&self, when: When) -> Result<When, EngineError> {
        match when {
            When::In(delay) if delay >= 0.0 && delay.is_finite() => Ok(when),
            When::At(time) if time.is_finite() && time < self.now => {
                Err(EngineError::Past { given: time, now: self.now })
            }
            When::At(time) if time.is_finite() => Ok(when),
            When::In(time) | When::At(time) => Err(EngineError::BadTime(time)),
        }
    }
}

impl Control {
    /// Starts an instrument of the document. p-fields are numbers; names of p-fields are those of the document's
    /// text. Returns the instrument as it was given, or with [`Sched::unique`] an instance of its own. [control]
    ///
    /// # Errors
    /// As [`crate::verbs::Verbs::sched`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn sched(&self, event: &Sched) -> Result<EventId, LiveError> {
        let aim = self.aim()?;
        let (id, pfields) = aim.cast.event(event)?;
        let exact = aim.cast.has_exact_starts();
        let order = if exact { Order::StartExactly(pfields) } else { Order::Do(Action::Start(pfields)) };
        self.send(&aim, event.when, order)?;
        Ok(id)
    }

    /// Stops one instance, or all of an instrument, with their release. [control]
    ///
    /// # Errors
    /// As [`crate::verbs::Verbs::unsched`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn unsched(&self, target: impl Into<Instr>, when: impl Into<When>) -> Result<(), LiveError> {
        let aim = self.aim()?;
        let which = aim.cast.which(&target.into())?;
        self.send(&aim, when.into(), Order::Do(Action::Stop(which, true)))
    }

    /// Takes back events that were sent and have not started. [control]
    ///
    /// # Errors
    /// As [`crate::verbs::Verbs::unsched_future`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn unsched_future(&self, target: impl Into<Instr>) -> Result<(), LiveError> {
        let aim = self.aim()?;
        let which = aim.cast.which(&target.into())?;
        self.send(&aim, When::default(), Order::ForgetEvents(which))
    }

    /// Cuts off everything that plays, notes too, and takes back everything that was sent. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn unsched_all(&self) -> Result<(), LiveError> {
        self.send(&self.aim()?, When::default(), Order::StopAll)
    }

    /// Changes p-fields of one instance, or of all of an instrument that sound then. [control]
    ///
    /// # Errors
    /// As [`crate::verbs::Verbs::setp`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn setp<F: Into<Field>>(
        &self,
        target: impl Into<Instr>,
        pairs: impl IntoIterator<Item = (F, f64)>,
        when: impl Into<When>,
    ) -> Result<(), LiveError> {
        let aim = self.aim()?;
        let target = target.into();
        let pairs: Vec<(F, f64)> = pairs.into_iter().collect();
        let given = pairs.len();
        if given > SETP_PAIRS_MAX {
            return Err(EngineError::TooManyPairs { given, max: SETP_PAIRS_MAX }.into());
        }
        let which = aim.cast.which(&target)?;
        let mut fixed = Pairs { pairs: [(0, 0.0); SETP_PAIRS_MAX], count: given };
        for (slot, (field, value)) in fixed.pairs.iter_mut().zip(pairs) {
            *slot = (aim.cast.pfield(&target, &field.into())?.1 as u16, value);
        }
        self.send(&aim, when.into(), Order::Do(Action::SetPfields(which, fixed)))
    }

    /// Moves a p-field of one instance, or of all of an instrument. [control]
    ///
    /// # Errors
    /// As [`crate::verbs::Verbs::automatep`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn automatep(
        &self,
        target: impl Into<Instr>,
        field: impl Into<Field>,
        line: &Automation,
    ) -> Result<LineId, LiveError> {
        let aim = self.aim()?;
        let (which, index) = aim.cast.pfield(&target.into(), &field.into())?;
        self.automate(&aim, LineTarget::Pfield { which, index }, line)
    }

    /// Moves a control channel that the document declares (`chn_k`). [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], and as [`Control::automatep`].
    pub fn automate_channel(&self, channel: &str, line: &Automation) -> Result<LineId, LiveError> {
        let aim = self.aim()?;
        let channel = aim.cast.channel(channel)?;
        self.automate(&aim, LineTarget::Channel(channel), line)
    }

    /// Moves a control bus; nothing happens where it is gone. [control]
    ///
    /// # Errors
    /// As [`Control::automatep`].
    pub fn automate_bus(&self, bus: BusToken, line: &Automation) -> Result<LineId, LiveError> {
        self.automate(&self.aim()?, LineTarget::Bus(bus), line)
    }

    /// Moves a place in a table, from 0; nothing happens where there is none. [control]
    ///
    /// # Errors
    /// As [`Control::automatep`].
    pub fn automate_table(&self, table: u32, index: usize, line: &Automation) -> Result<LineId, LiveError> {
        self.automate(&self.aim()?, LineTarget::Table { number: table, index }, line)
    }

    /// Ends a line where it is; its last written value stays. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn unautomate(&self, line: LineId) -> Result<(), LiveError> {
        self.send(&self.aim()?, When::default(), Order::ForgetLine(line))
    }

    /// Writes a control channel that the document declares (`chn_k`). [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`EngineError::Past`], [`EngineError::BadTime`],
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn set_channel(&self, channel: &str, value: f64, when: impl Into<When>) -> Result<(), LiveError> {
        let aim = self.aim()?;
        let channel = aim.cast.channel(channel)?;
        self.send(&aim, when.into(), Order::Do(Action::SetChannel(channel, value)))
    }

    /// Writes a control bus; nothing happens where it is gone. [control]
    ///
    /// # Errors
    /// [`EngineError::Past`], [`EngineError::BadTime`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn write_bus(&self, bus: BusToken, value: f64, when: impl Into<When>) -> Result<(), LiveError> {
        self.send(&self.aim()?, when.into(), Order::Do(Action::WriteBus(bus, value)))
    }

    /// Gives a bus back at the next block. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn release_bus(&self, bus: BusToken) -> Result<(), LiveError> {
        self.send(&self.aim()?, When::default(), Order::ReleaseBus(bus))
    }

    /// Writes a table of the orchestra from its beginning, at the next block; values beyond its end are left out, and
    /// nothing happens where there is no such table. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn fill_table(&self, table: u32, values: Vec<f64>) -> Result<(), LiveError> {
        self.send(&self.aim()?, When::default(), Order::FillTable(table, values.into()))
    }

    /// Asks for a bus that stays until it is released; the answer is its token's number
    /// ([`BusToken::from_number`]), nothing where none is left. A control bus has the value from the start. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn assign_bus(&self, kind: BusKind, value: f64) -> Result<Arc<Answer>, LiveError> {
        let value = (kind == BusKind::Control).then_some(value);
        self.ask(&self.aim()?, Question::NewBus(kind, value))
    }

    /// Asks what a control bus holds. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn read_bus(&self, bus: BusToken) -> Result<Arc<Answer>, LiveError> {
        self.ask(&self.aim()?, Question::Bus(bus))
    }

    /// Asks what a control channel holds. [control]
    ///
    /// # Errors
    /// [`EngineError::UnknownChannel`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn control_channel(&self, channel: &str) -> Result<Arc<Answer>, LiveError> {
        let aim = self.aim()?;
        let channel = aim.cast.channel(channel)?;
        self.ask(&aim, Question::Channel(channel))
    }

    /// Asks for a p-field of a sounding instance, nothing where it does not sound. [control]
    ///
    /// # Errors
    /// As [`crate::verbs::Verbs::getp`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn getp(&self, target: impl Into<Instr>, field: impl Into<Field>) -> Result<Arc<Answer>, LiveError> {
        let aim = self.aim()?;
        let (which, index) = aim.cast.pfield(&target.into(), &field.into())?;
        self.ask(&aim, Question::Pfield(which, index))
    }

    /// Seconds that the playing engine has performed. [any]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`].
    pub fn now(&self) -> Result<f64, LiveError> {
        Ok(self.aim()?.now)
    }

    fn aim(&self) -> Result<Aim, LiveError> {
        let (engine, cast) = self.shared.playing().ok_or(LiveError::NothingPlays)?;
        let now = self.shared.frames() as f64 / cast.clock().rate();
        Ok(Aim { engine, cast, now })
    }

    fn ask(&self, aim: &Aim, question: Question) -> Result<Arc<Answer>, LiveError> {
        let answer = Arc::new(Answer::default());
        self.send(aim, When::default(), Order::Ask(question, Arc::clone(&answer)))?;
        Ok(answer)
    }

    fn automate(&self, aim: &Aim, target: LineTarget, line: &Automation) -> Result<LineId, LiveError> {
        let id = LineId(self.shared.next_line());
        let pending = line.pending(id, target, aim.cast.clock());
        self.send(aim, line.when(), Order::Do(Action::Line(Box::new(pending))))?;
        Ok(id)
    }

    fn send(&self, aim: &Aim, when: When, order: Order) -> Result<(), LiveError> {
        let when = aim.check(when)?;
        let command = Command { engine: aim.engine, when, order };
        self.shared.commands.push(command).map_err(|_| LiveError::QueueFull)
    }
}
