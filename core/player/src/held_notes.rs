//! What becomes of held notes when another engine takes over: a project's choice.

use serde::{Deserialize, Serialize};

use super::control::Control;
use super::instance::Ticket;

/// What becomes of held notes when another engine takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeldNotes {
    /// They begin again in the engine that comes.
    #[default]
    Restart,
    /// They stay in the engine that goes, which rings beside the next one until they have ended.
    Stay,
}

impl HeldNotes {
    /// Whether it is what holds where nobody has said anything. `[any]`
    pub(super) fn is_restart(&self) -> bool {
        *self == Self::Restart
    }
}

impl Control {
    /// Says what becomes of held notes from the next change on; the project keeps it. `[control]`
    pub fn set_held_notes(&self, held_notes: HeldNotes) -> Ticket {
        let mut state = self.instance.state();
        let project = state.project.as_ref().clone().with_held_notes(held_notes);
        state.change(project);
        self.request_edit(state)
    }
}
