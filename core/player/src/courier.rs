//! How commands reach an engine that is elsewhere: they own memory, and an audio thread must not make any.

use ksmps_engine::command::Command;

/// Takes commands to an engine in another process. `[control]`
pub(super) trait Courier: Send + Sync {
    /// Takes a command there. It waits until the engine has it, and is carried out once the audio side says its number.
    /// `None` where the engine does not take it. `[control]`
    fn take(&self, command: &Command) -> Option<u32>;
}
