//! Where the built plugins are, and what they are called.

use std::env;
use std::path::{Path, PathBuf};

use crate::host::Format;

/// Names the folder of bundles where it is not `target/bundled` of this repository.
pub const FOLDER_VARIABLE: &str = "KSMPS_BUNDLES";

/// One of the plugins in the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Stereo out.
    Instrument,
    /// Eight stereo outs.
    MultiOut,
    /// Stereo in and out, stereo sidechain.
    Effect,
}

impl Kind {
    /// All plugins of the library, in its order.
    pub const ALL: [Self; 3] = [Self::Instrument, Self::MultiOut, Self::Effect];

    /// The name that a host shows. `[any]`
    pub fn name(self) -> &'static str {
        match self {
            Self::Instrument => "Ksmps Instrument",
            Self::MultiOut => "Ksmps Multi-out",
            Self::Effect => "Ksmps Effect",
        }
    }
}

/// The bundle has not been built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {}: run `cargo xtask bundle` first", .0.display())]
pub struct NotBuilt(pub PathBuf);

/// The library of a format, for a host to load; an empty path for the core alone. `[control]`
///
/// # Errors
/// Where it has not been built.
pub fn library(format: Format) -> Result<PathBuf, NotBuilt> {
    let folder = env::var_os(FOLDER_VARIABLE).map_or_else(bundled, PathBuf::from);
    let path = folder.join(match format {
        Format::Clap => "Ksmps.clap".to_owned(),
        Format::Vst3 => format!("Ksmps.vst3/Contents/{}-linux/Ksmps.so", env::consts::ARCH),
        Format::Core => return Ok(PathBuf::new()),
    });
    if path.is_file() { Ok(path) } else { Err(NotBuilt(path)) }
}

fn bundled() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"));
    target.join("bundled")
}
