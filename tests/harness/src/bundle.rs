//! Where the built plugins are, and what they are called.

use std::env;
use std::path::{Path, PathBuf};

use crate::host::Format;

/// Names the folder of bundles where it is neither beside this program nor in the target folder.
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
    let file = match format {
        Format::Clap => "Ksmps.clap".to_owned(),
        Format::Vst3 => format!("Ksmps.vst3/Contents/{}-linux/Ksmps.so", env::consts::ARCH),
        Format::Core => return Ok(PathBuf::new()),
    };
    let folders = env::var_os(FOLDER_VARIABLE).map_or_else(folders, |folder| vec![folder.into()]);
    let missing = || NotBuilt(folders.last().cloned().unwrap_or_default().join(&file));
    folders.iter().map(|folder| folder.join(&file)).find(|path| path.is_file()).ok_or_else(missing)
}

/// The folder of factory documents beside the CLAP. Not that of the sources: a folder of this machine in the code would be
/// seen in the names of the program's symbols, and a release built elsewhere would have other bytes. `[control]`
///
/// # Errors
/// Where the CLAP has not been built.
pub fn documents() -> Result<PathBuf, NotBuilt> {
    library(Format::Clap).map(|library| library.with_file_name("instruments"))
}

/// Where bundles can be: with this program, above it, and in the target folder that it was built into.
fn folders() -> Vec<PathBuf> {
    let own = env::current_exe().and_then(|file| file.canonicalize()).unwrap_or_default();
    let around = own.ancestors().skip(1);
    let built = around.clone().map(|folder| folder.join("bundled")).filter(|folder| folder.is_dir());
    around.take(2).map(Path::to_owned).chain(built).collect()
}
