//! What the tests and the probe say to each other.

#![allow(dead_code, reason = "each side uses its own half")]

use std::path::PathBuf;

use ksmps_process::sandbox::{Missing, Needs};
use ksmps_process::scheduling::Policy;
use serde::{Deserialize, Serialize};

/// What both sides are built from.
pub const BUILD: &str = "probe";

/// What a test asks.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    /// What the process began with.
    LookAround,
    /// Go into the sandbox.
    Restrict {
        /// What may be read.
        read: Vec<PathBuf>,
        /// Where may be written.
        scratch: PathBuf,
        /// What the user has granted.
        needs: Needs,
    },
    /// Start the audio thread.
    Play,
    /// Try something.
    Attempt(String),
    /// Die, or hang.
    Die(String),
}

/// What the probe answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    /// To [`Ask::LookAround`].
    Found(Found),
    /// To [`Ask::Restrict`].
    Missing(Vec<Missing>),
    /// To [`Ask::Play`].
    Plays {
        /// The audio thread's number.
        thread: i32,
    },
    /// To [`Ask::Attempt`].
    Attempted(Option<String>),
}

/// What a process began with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Found {
    /// Open files.
    pub files: Vec<i32>,
    /// A bit for each blocked signal.
    pub blocked_signals: u64,
    /// A bit for each ignored signal.
    pub ignored_signals: u64,
    /// How it is scheduled.
    pub policy: Policy,
    /// Its environment.
    pub environment: Vec<(String, String)>,
    /// Its working folder.
    pub folder: PathBuf,
}
