//! How blocks go to an engine in a process of its own: a project's wish, and the user's setting.

use serde::{Deserialize, Serialize};

use super::control::Control;
use super::instance::Ticket;

/// Names the mode for all of this user's engines: `direct` or `pipelined`.
pub const BLOCKS_VARIABLE: &str = "KSMPS_BLOCKS";

/// How blocks go to an engine in a process of its own. One in the host's process has them in the host's own call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockMode {
    /// The audio thread waits for each block, with a deadline.
    #[default]
    Direct,
    /// The audio thread hands a block over and gives out the one before it, so that it hardly ever waits. The latency is
    /// greater by the longest block of the activation.
    Pipelined,
}

impl BlockMode {
    /// Whether it is what holds where nobody has said anything. `[any]`
    pub(super) fn is_direct(&self) -> bool {
        *self == Self::Direct
    }

    /// What holds for a project with this wish, on this machine. `[control]`
    pub(super) fn decided(self) -> Self {
        match std::env::var(BLOCKS_VARIABLE).as_deref() {
            Ok("direct") => Self::Direct,
            Ok("pipelined") => Self::Pipelined,
            _ => self,
        }
    }
}

impl Control {
    /// Says how blocks are to go to an engine in a process of its own; the project keeps it. Another engine is built and
    /// takes over with a fade, and the latency changes with it. `[control]`
    pub fn set_block_mode(&self, mode: BlockMode) -> Ticket {
        let mut state = self.instance.state();
        let project = state.project.as_ref().clone().with_block_mode(mode);
        state.change(project);
        self.request_edit(state)
    }
}
