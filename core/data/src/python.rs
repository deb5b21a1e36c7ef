//! Where a Python interpreter is looked for, and why none was found: what is said to the user.

use std::ffi::OsString;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The environment variable with the user's choice of Python: a library (`libpython3.11.so.1.0`), a program (`bin/python3`,
/// also of a virtual environment), or a folder with either.
pub const PYTHON_VARIABLE: &str = "KSMPS_PYTHON";

/// Where Python is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PythonSearch {
    /// What the user says. Nothing else is taken in its stead.
    pub choice: Option<PathBuf>,
    /// Folders of programs, in which `python3` is asked where its library is.
    pub programs: Vec<PathBuf>,
}

impl PythonSearch {
    /// As this process's environment has it: [`PYTHON_VARIABLE`] and `PATH`. `[control]`
    #[must_use]
    pub fn of_environment() -> Self {
        let set = |name| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
        let programs = set("PATH").map(|path| std::env::split_paths(&path).collect());
        Self { choice: set(PYTHON_VARIABLE).map(PathBuf::from), programs: programs.unwrap_or_default() }
    }

    /// The same with this choice where the environment has none. `[any]`
    #[must_use]
    pub fn or_choice(self, choice: Option<PathBuf>) -> Self {
        Self { choice: self.choice.or(choice), ..self }
    }
}

/// What to do where there is no Python.
pub const PYTHON_REMEDY: &str = "install Python 3.9 or newer with its shared library: on Debian and Ubuntu with `sudo apt-get \
    install libpython3-dev`, on Fedora with `sudo dnf install python3-libs`, on Arch with `sudo pacman -S python`; where it is in \
    another place, set KSMPS_PYTHON, or \"python\" in settings.json, to its program, its library or their folder";

/// Why Python cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PythonError {
    /// There is none where the user says.
    #[error("the user's choice of Python is {}, but there is none that can be used{}", .path.display(), reasons(.tried))]
    ChoiceMissing {
        /// What the user says.
        path: PathBuf,
        /// What was found there, and why it is not used.
        tried: Vec<String>,
    },
    /// There is none on this machine.
    #[error("the document uses Python, and there is none on this machine that can be used{}", reasons(.tried))]
    Missing {
        /// What was found, and why it is not used.
        tried: Vec<String>,
    },
    /// The part of Ksmps that Python plays in is missing or does not fit.
    #[error("the library {file} beside the plugin cannot be used: {reason}")]
    Part {
        /// Its file's name.
        file: String,
        /// What is wrong.
        reason: String,
    },
}

impl PythonError {
    /// What to do. `[any]`
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::ChoiceMissing { .. } | Self::Missing { .. } => PYTHON_REMEDY,
            Self::Part { .. } => "install the plugin again, as a whole",
        }
    }
}

fn reasons(tried: &[String]) -> String {
    if tried.is_empty() { String::new() } else { format!(" ({})", tried.join("; ")) }
}
