//! Verbs while it plays: the control half of an instance is an engine behind a queue.
//!
//! Each verb ([`ksmps_engine::verbs`]) is resolved here with the names of the engine that plays, and sent as a plain
//! command; the player takes it at the beginning of its next block. What the player is done with is freed on the
//! builder's thread. A command is for the engine that played when it was sent: where another one has taken over since,
//! nothing is done, and what waits on an engine's agenda goes with it.
//!
//! `When::In` counts from the first frame of the block that takes the command, and like a note's a frame's sound
//! comes one cycle later; while the clock is locked it counts from the lock. `When::At` counts from the engine's start,
//! as [`Control::now`] does. Events start on their frames where the engine has exact starts
//! ([`ksmps_engine::EngineInfo::exact_starts`]); everything else happens at the cycle nearest to its time.
//!
//! `target` sends, `answers` are waited for; `clock` locks, `callers` calls and tells on the builder's thread, `waits` has
//! what waits for answers itself, `watched` what is watched in whichever engine plays.

mod answers;
mod callers;
mod clock;
mod target;
mod waits;
mod watched;

use ksmps_data::verbs::EngineError;

pub use answers::{Answer, Reading};
pub use clock::LockedClock;
pub use target::LiveTarget;

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
    #[error("{} listeners are there already", ksmps_engine::WATCHES_MAX)]
    TooManyListeners,
    /// Nobody listens under this id.
    #[error("nobody listens under this id: it was ended before, or belongs to another instance")]
    UnknownListener,
}
