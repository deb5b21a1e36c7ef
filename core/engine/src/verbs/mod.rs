//! The verbs: what can be asked of an engine, each once, whoever carries it out and wherever that is.
//!
//! A verb looks names up in the engine's [`Symbols`], makes plain [`Command`]s and [`Question`]s of them, and hands
//! those to a [`Target`]: an engine that is here and carries them out at once, or one behind a queue. [`Verbs`] is
//! implemented for references to whatever has such an engine; the traits beside it have the verbs.
//!
//! ```
//! use ksmps_engine::verbs::prelude::*;
//! ```

mod buses;
mod channels;
mod clock;
mod events;
mod lines;
mod play;
mod table_about;
mod tables;
mod target;
mod texts;

pub use buses::BusVerbs;
pub(crate) use buses::first_value;
pub use channels::ChannelVerbs;
pub use clock::ClockVerbs;
pub use events::EventVerbs;
pub use lines::LineVerbs;
pub use play::PlayVerbs;
pub(crate) use play::{check_channel, check_speed, start as start_player};
pub use table_about::TableAbout;
pub use table_about::check_picture_name;
pub use tables::TableVerbs;
pub use target::{AnswerValue, ChannelCallback, ListenerId, Target};
pub use texts::TextVerbs;

#[cfg(doc)]
use ksmps_data::verbs::EngineError;
use ksmps_data::verbs::When;

#[cfg(doc)]
use super::command::{Command, Question};
#[cfg(doc)]
use super::symbols::Symbols;

/// Whatever has an engine of which things can be asked. Implemented for references, so that each verb takes `self`.
pub trait Verbs: Sized {
    /// The engine at this moment.
    type Target: Target;

    /// The engine at this moment. `[control]`
    ///
    /// # Errors
    /// Where there is none: it was stopped, or nothing plays.
    fn target(self) -> Result<Self::Target, Failed<Self>>;

    /// The engine at this moment, for something that is done at a time. `[control]`
    ///
    /// # Errors
    /// As [`Verbs::target`], and [`EngineError::Past`], [`EngineError::BadTime`].
    fn target_at(self, when: When) -> Result<Self::Target, Failed<Self>> {
        let target = self.target()?;
        target.check_time(when)?;
        Ok(target)
    }
}

/// Why a verb was not carried out.
pub type Failed<V> = <<V as Verbs>::Target as Target>::Error;

/// What a question comes to: the value itself, or where it will be.
pub type Answered<V, T> = <<V as Verbs>::Target as Target>::Answer<T>;

/// All the traits that have verbs.
pub mod prelude {
    pub use super::super::direct::{FileVerbs, MakingVerbs};
    pub use super::{
        BusVerbs, ChannelVerbs, ClockVerbs, EventVerbs, LineVerbs, PlayVerbs, TableVerbs, TextVerbs, Verbs,
    };
}
