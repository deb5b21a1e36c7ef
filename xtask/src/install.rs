//! `install`: copies the built bundles to where this user's DAWs look for them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::bundle;
use crate::error::Error;
use crate::setup;

/// Builds, bundles and copies; says where each bundle went.
pub fn run() -> Result<(), Error> {
    setup::for_playing()?;
    let bundled = bundle::build()?;
    for (name, folder) in bundle::BUNDLES.iter().zip(folders()?) {
        let to = folder.join(name);
        remove(&to).map_err(Error::file(&to))?;
        copy(&bundled.join(name), &to).map_err(Error::file(&to))?;
        println!("installed {}", to.display());
    }
    install_engine(&bundled)?;
    println!("let the DAW scan its plugins again to see them");
    Ok(())
}

/// Copies the executable of an engine's process beside the CLAP file; the VST3 bundle has its own.
fn install_engine(bundled: &Path) -> Result<(), Error> {
    let from = bundled.join(bundle::ENGINE);
    if !from.exists() {
        return Ok(());
    }
    let [clap, _] = folders()?;
    let to = clap.join(bundle::ENGINE);
    let copied = bundle::remove_if_there(&to).and_then(|()| fs::copy(&from, &to));
    copied.map(|_| ()).map_err(Error::file(&to))
}

/// The user's own folders for CLAP and for VST3, in the order of [`bundle::BUNDLES`].
fn folders() -> Result<[PathBuf; 2], Error> {
    let variable = if cfg!(windows) { "LOCALAPPDATA" } else { "HOME" };
    let Some(base) = std::env::var_os(variable).map(PathBuf::from) else {
        return Err(Error::Missing(format!(
            "{variable} is not set: copy target/bundled by hand, README.md says where"
        )));
    };
    Ok(if cfg!(windows) {
        let common = base.join("Programs").join("Common");
        [common.join("CLAP"), common.join("VST3")]
    } else if cfg!(target_os = "macos") {
        let plugins = base.join("Library/Audio/Plug-Ins");
        [plugins.join("CLAP"), plugins.join("VST3")]
    } else {
        [base.join(".clap"), base.join(".vst3")]
    })
}

/// Takes an older bundle away, so that a DAW which has it open keeps its own file until it closes it.
fn remove(path: &Path) -> std::io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    }
}

/// Copies a file, or a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    if !from.is_dir() {
        return fs::copy(from, to).map(|_| ());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
