//! What an engine's process gives up before it reads a document: files, programs, sockets, devices, memory without end.
//!
//! The order matters. Libraries are loaded first: afterwards nothing new can be found. Then, on the only thread there
//! is, [`restrict`]: limits and file rules, which every thread made later inherits. Then the threads are made. Then
//! [`restrict_calls`], for all of them at once: from there on there are no new threads either. Then comes the document.
//!
//! A kernel that lacks one of the protections is no error: what is missing is listed, for the status to say.

mod calls;
mod files;
mod limits;

use std::path::{Path, PathBuf};

pub use calls::{restrict_calls, take_refused_sockets};
pub use limits::Limits;

/// What the user lets a document do beyond making sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Needs {
    /// Read and write files anywhere.
    pub files: bool,
    /// Use the network.
    pub network: bool,
    /// Start programs.
    pub programs: bool,
    /// Run Python.
    pub python: bool,
}

/// A protection that this system does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Missing {
    /// No file is out of reach but those that the user may not touch.
    FileRules,
    /// Some of the file rules are not kept.
    SomeFileRules,
    /// System calls are not filtered: programs and sockets are not refused.
    CallFilter,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::FileRules => "this system has no file rules (Landlock): documents can read and write the user's files",
            Self::SomeFileRules => "this system's file rules (Landlock) are older: some ways of changing files are open",
            Self::CallFilter => {
                "this system does not filter system calls (seccomp): documents can start programs and use the network"
            }
        })
    }
}

/// Where a document may read and write.
#[derive(Debug)]
pub struct Places<'a> {
    /// Folders and files that it may read: its own folder, its assets, Csound's own files. Those that do not exist are
    /// passed over.
    pub read: &'a [PathBuf],
    /// The one folder that it may write to.
    pub scratch: &'a Path,
}

/// Sets limits and file rules for this process. On its only thread: other threads would keep their rights. `[control]`
///
/// # Errors
/// What the system said, where it has the protection and refuses it all the same.
pub fn restrict(places: &Places<'_>, limits: &Limits, needs: Needs) -> std::io::Result<Vec<Missing>> {
    limits.set()?;
    rustix::thread::set_no_new_privs(true)?;
    files::restrict(places, needs).map(|missing| missing.into_iter().collect())
}
