//! Where an engine plays: a project's wish, and the user's setting.

use serde::{Deserialize, Serialize};

/// Names the place where all of this user's engines play: `apart` or `together`.
pub const PLACE_VARIABLE: &str = "KSMPS_PLACE";

/// Where an engine plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// Wherever is best.
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

    /// What holds for a project with this wish, on this machine. `[control]`
    pub(super) fn decided(self) -> Self {
        match std::env::var(PLACE_VARIABLE).as_deref() {
            Ok("apart") => Self::Apart,
            Ok("together") => Self::Together,
            _ => self,
        }
    }
}
