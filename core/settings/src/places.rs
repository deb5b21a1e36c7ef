//! Where the user's files lie.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use etcetera::BaseStrategy as _;

/// Names one folder for all of the user's files, in place of those of the system's convention.
pub const FOLDER_VARIABLE: &str = "KSMPS_USER_FOLDER";

/// What the folders are called.
const NAME: &str = "ksmps";

/// The user's files; where there are none nothing is known, and nothing is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFiles {
    folders: Option<Folders>,
    is_environment_heard: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Folders {
    config: PathBuf,
    data: PathBuf,
}

/// What changes when one of the files is written: when each was, and how long it is.
pub type Stamps = [Option<(SystemTime, u64)>; 2];

impl UserFiles {
    /// Those of the user who runs this program: the folder that `KSMPS_USER_FOLDER` names, else those of the system's
    /// convention (`~/.config/ksmps` and `~/.local/share/ksmps` on Linux). Opens nothing. `[any]`
    pub fn of_this_user() -> Self {
        let named = std::env::var_os(FOLDER_VARIABLE).and_then(|folder| std::path::absolute(folder).ok());
        let folders = named.map(Folders::both_in).or_else(|| {
            let strategy = etcetera::choose_base_strategy().ok()?;
            Some(Folders { config: strategy.config_dir().join(NAME), data: strategy.data_dir().join(NAME) })
        });
        Self { folders, is_environment_heard: true }
    }

    /// Those in one folder, whatever the environment says. `[any]`
    pub fn in_folder(folder: &Path) -> Self {
        Self { folders: Some(Folders::both_in(folder.to_owned())), is_environment_heard: false }
    }

    /// The folder for what a program keeps for this user; `None` on a machine where nobody is at home. `[any]`
    pub fn data_folder(&self) -> Option<&Path> {
        Some(&self.folders.as_ref()?.data)
    }

    /// The folder for what this user has set and allowed; `None` on a machine where nobody is at home. `[any]`
    pub fn config_folder(&self) -> Option<&Path> {
        Some(&self.folders.as_ref()?.config)
    }

    /// Whether variables of the environment count.
    pub(crate) fn is_environment_heard(&self) -> bool {
        self.is_environment_heard
    }

    pub(crate) fn settings(&self) -> Option<PathBuf> {
        Some(self.folders.as_ref()?.config.join("settings.json"))
    }

    pub(crate) fn consents(&self) -> Option<PathBuf> {
        Some(self.folders.as_ref()?.config.join("consents.json"))
    }

    pub(crate) fn trusted(&self) -> Option<PathBuf> {
        Some(self.folders.as_ref()?.data.join("trusted.json"))
    }

    pub(crate) fn recent(&self) -> Option<PathBuf> {
        Some(self.data_folder()?.join("recent.json"))
    }

    /// Changes when somebody has written the settings or the consents. `[control]`
    pub fn stamp(&self) -> Stamps {
        [self.settings(), self.consents()].map(|path| {
            let about = std::fs::metadata(path?).ok()?;
            Some((about.modified().ok()?, about.len()))
        })
    }
}

impl Folders {
    fn both_in(folder: PathBuf) -> Self {
        Self { config: folder.clone(), data: folder }
    }
}
