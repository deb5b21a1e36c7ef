//! The systems that bundles are for: where their hosts look, how a bundle is laid out, and how it is signed.
//!
//! All of it is plain data, so that it can be tested on any of them. Linux is in use; macOS and Windows are as their
//! documents say, and nobody has tried them yet.

mod folders;
mod layout;
mod signing;

pub use folders::{Copying, Scanned, copying, folders_in, scanned};
pub use layout::{Binary, Layout};
pub use signing::{IDENTITY_VARIABLE, commands as signing_commands};

/// The executable of an engine's process: the plugins look for it beside their own file.
pub const ENGINE: &str = "ksmps-engine";
/// The library that documents with Python open, beside the executable of an engine's process. On Linux alone.
pub const PYTHON: &str = "libksmps_python.so";
/// The program for those who have no Rust.
pub const PROGRAM: &str = "ksmps";
/// The folder with Csound and what it needs, beside each binary.
pub const LIBRARIES: &str = "lib";
/// The folder of factory documents, beside the program or above it.
pub const DOCUMENTS: &str = "instruments";
/// The folder of presets beside a CLAP: of each factory document a folder, with a file for itself and for each of its own.
pub const PRESETS: &str = "presets";

/// A kind of system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl System {
    /// The one that this program runs on.
    pub const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };

    /// Its name in an archive's name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::MacOs => "macos",
            Self::Windows => "windows",
        }
    }

    /// What the name of a program ends with.
    pub fn program(self, name: &str) -> String {
        match self {
            Self::Linux | Self::MacOs => name.to_owned(),
            Self::Windows => format!("{name}.exe"),
        }
    }
}
