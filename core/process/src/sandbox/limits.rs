//! Limits on memory and files.

#![expect(unsafe_code, reason = "a signal is ignored by a system call")]

use std::io;

use rustix::process::{Resource, Rlimit};

/// How much a document may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Bytes of address space, libraries included. What is refused beyond is an error message of Csound's.
    pub memory_bytes: u64,
    /// Bytes of the longest file that it writes.
    pub file_bytes: u64,
    /// Files that are open at once.
    pub open_files: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_bytes: 1536 << 20, file_bytes: 1 << 30, open_files: 256 }
    }
}

impl Limits {
    pub(super) fn set(&self) -> io::Result<()> {
        let limits = [
            (Resource::As, self.memory_bytes),
            (Resource::Fsize, self.file_bytes),
            (Resource::Nofile, self.open_files),
            (Resource::Core, 0),
        ];
        for (resource, most) in limits {
            // A limit that is lower already stays.
            let most = rustix::process::getrlimit(resource).maximum.map_or(most, |limit| limit.min(most));
            rustix::process::setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
        }
        // A file that has become too long is an error of writing, not the end of the process.
        // SAFETY: no handler is installed.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
        Ok(())
    }
}
