//! Where an engine plays, and why: a project's wish, the user's setting, and what is known of the text.

use std::fmt;

use ksmps_data::needs::Needs;
use serde::{Deserialize, Serialize};

/// Where an engine plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Apart while a text is new or being edited, together once it has played well on this machine.
    #[default]
    Automatic,
    /// In the host's process.
    Together,
    /// In a process of its own, which a document can end without harm to the host.
    Apart,
}

impl Place {
    /// Whether nobody has said anything. `[any]`
    pub(super) fn is_automatic(&self) -> bool {
        *self == Self::Automatic
    }
}

/// Where the newest engine plays, and what that means for its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placing {
    /// [`Place::Together`] or [`Place::Apart`].
    pub place: Place,
    /// Why it plays there.
    pub reason: Reason,
    /// What the document may do in its process besides making sound: what it asks for and the user has consented to.
    pub given: Needs,
    /// What it asks for without an answer of the user's.
    pub unanswered: Needs,
    /// Protections of its process that this system does not have, in words; none together, where there are no protections.
    pub missing: Vec<String>,
}

/// Why an engine plays where it plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The user's settings say so for all instances.
    Setting,
    /// The project wishes it.
    Wish,
    /// The document asks for what it can be given in a process of its own alone.
    Needs,
    /// It is a document of the factory library.
    Factory,
    /// The text has played on this machine for a while without trouble.
    Trusted,
    /// The text has not played on this machine for long enough.
    New,
    /// It would play apart, and there is no process for it: what is wrong.
    NoProcess(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting => f.write_str("the user's settings say so for all instances"),
            Self::Wish => f.write_str("the project wishes it"),
            Self::Needs => f.write_str("the document asks for more than sound (;@needs)"),
            Self::Factory => f.write_str("it is a factory document"),
            Self::Trusted => f.write_str("this text has played on this machine without trouble"),
            Self::New => f.write_str("this text is new on this machine"),
            Self::NoProcess(why) => write!(f, "it cannot play in a process of its own: {why}"),
        }
    }
}

impl fmt::Display for Placing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place {
            Place::Apart => "in a process of its own",
            Place::Together | Place::Automatic => "in the host's process",
        };
        write!(f, "plays {place}: {}", self.reason)
    }
}
