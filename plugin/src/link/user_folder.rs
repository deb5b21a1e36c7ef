//! The folders of this user that the editor keeps things in.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy};

/// This user's own folder.
pub(super) fn home() -> Option<PathBuf> {
    choose_base_strategy().ok().map(|folders| folders.home_dir().to_owned())
}

/// Writes a file as a whole: whoever reads it finds the old one or the new one. `[control]`
pub(super) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    fs::write(&beside, content)?;
    fs::rename(&beside, path).inspect_err(|_| drop(fs::remove_file(&beside)))
}
