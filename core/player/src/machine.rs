//! What an instance knows of the machine that it runs on, whatever it plays.

use ksmps_settings::UserFiles;

/// Whose files count, and which documents need no proof.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    /// The user's settings, trusted texts and consents; `None`: those of the user who runs this program.
    pub user: Option<UserFiles>,
    /// The texts of the factory library. They play in the host's process at once.
    pub factory: &'static [&'static str],
}

impl Machine {
    /// The user's files. `[control]`
    pub(super) fn user(&self) -> UserFiles {
        self.user.clone().unwrap_or_else(UserFiles::of_this_user)
    }
}
