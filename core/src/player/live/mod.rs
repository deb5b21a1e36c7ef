//! Verbs while it plays: the control half of an instance starts, stops, changes and automates in the playing engine.
//!
//! Each verb is prepared here with the names of the engine that plays, and sent through a queue; the player takes it
//! at the beginning of its next block. What the player is done with is freed on the builder's thread. A command is
//! for the engine that played when it was sent: where another one has taken over since, nothing is done, and what
//! waits on an engine's agenda goes with it.
//!
//! `When::In` counts from the first frame of the block that takes the command, and like a note's a frame's sound
//! comes one cycle later; while the clock is locked ([`Control::push_lock`]) it counts from the lock. `When::At` counts
//! from the engine's start, as [`Control::now`] does. Events start on their frames where the engine has exact starts
//! ([`crate::engine::EngineInfo::exact_starts`]); everything else happens at the cycle nearest to its time.
//!
//! `events`, `lines`, `channels`, `texts`, `tables`, `buses` and `players` send; `clock` locks, `later` calls and tells on the
//! builder's thread.

mod buses;
mod channels;
mod clock;
mod events;
mod later;
mod lines;
mod players;
mod plots;
mod tables;
mod texts;

use std::sync::Arc;

use crate::engine::{Answer, Command, LIVE_TEXTS_MAX, Order, Question, Symbols};
use crate::verbs::{EngineError, When};

pub use clock::LockedClock;
pub(super) use later::Later;
pub use later::ListenerId;

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
    /// The document has no table in which events could leave their answers.
    #[error(
        "the document has no gi__responses: write `gi__responses ftgen 0, 0, -1024, -2, 0` in its header"
    )]
    NoAnswers,
    /// Nothing answered: no blocks are processed, or another engine has taken over.
    #[error("nothing answered: the plugin does not play, or another engine has taken over")]
    NoAnswer,
    /// As many listen as there is room for.
    #[error("{} listeners are there already", crate::engine::LISTENERS_MAX)]
    TooManyListeners,
}

/// The playing engine as a verb sees it.
struct Aim {
    engine: u64,
    symbols: Arc<Symbols>,
    now: f64,
    /// What delays count from while the clock is locked.
    reference: Option<f64>,
}

impl Aim {
    /// A time that can still come.
    fn check(&self, when: When) -> Result<When, EngineError> {
        match when {
            When::In(delay) if delay >= 0.0 && delay.is_finite() => {
                Ok(self.reference.map_or(when, |reference| When::At(reference + delay)))
            }
            When::At(time) if time.is_finite() && time < self.now => {
                Err(EngineError::Past { given: time, now: self.now })
            }
            When::At(time) if time.is_finite() => Ok(when),
            When::In(time) | When::At(time) => Err(EngineError::BadTime(time)),
        }
    }
}

impl Control {
    fn aim(&self) -> Result<Aim, LiveError> {
        let (engine, symbols) = self.shared.playing().ok_or(LiveError::NothingPlays)?;
        let now = self.shared.frames() as f64 / symbols.clock().rate();
        let reference = self.held_for(engine, now).reference();
        Ok(Aim { engine, symbols, now, reference })
    }

    fn ask(&self, aim: &Aim, question: Question) -> Result<Arc<Answer>, LiveError> {
        let answer = Arc::new(Answer::default());
        self.send(aim, When::default(), Order::Ask(question, Arc::clone(&answer)))?;
        Ok(answer)
    }

    fn send(&self, aim: &Aim, when: When, order: Order) -> Result<(), LiveError> {
        let when = aim.check(when)?;
        let command = Command { engine: aim.engine, when, order };
        self.shared.send(command).map_err(|_| LiveError::QueueFull)
    }
}
