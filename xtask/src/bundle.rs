//! `bundle`: the release build of the plugins, as Ksmps.clap and Ksmps.vst3 in target/bundled, with the executable of an
//! engine's process beside each library.
//!
//! The tools that play the bundles, and all else that tests need, are built in the same run of cargo: a choice of
//! packages is also a choice of their dependencies' features, and with another one everything would be built once more.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo;
use crate::error::{Error, run as run_program};
use crate::setup;

/// What lies in the bundle folder afterwards.
pub const BUNDLES: [&str; 2] = ["Ksmps.clap", "Ksmps.vst3"];

/// The executable of an engine's process: the plugins look for it beside their own file.
pub const ENGINE: &str = "ksmps-engine";

/// Sets the machine up, builds and bundles; says where the bundles are.
pub fn run() -> Result<(), Error> {
    setup::for_playing()?;
    let folder = build()?;
    for bundle in BUNDLES {
        println!("{}", folder.join(bundle).display());
    }
    Ok(())
}

/// Builds and bundles; returns the folder in which the bundles lie. The machine is set up already.
pub fn build() -> Result<PathBuf, Error> {
    run_program(cargo::command().args(["build", "--release"]).args(cargo::PRODUCT), "building the plugins")?;
    let target = cargo::target_dir()?;
    // The bundler reads bundler.toml and the packages' names from the folder it stands in.
    std::env::set_current_dir(cargo::root()).map_err(Error::file(cargo::root()))?;
    nice_plug_xtask::bundle(&target, "ksmps", &["--release".to_owned()], false)
        .map_err(|error| Error::Bundle(format!("{error:#}")))?;
    let folder = target.join("bundled");
    match BUNDLES.iter().find(|bundle| !folder.join(bundle).exists()) {
        Some(bundle) => {
            Err(Error::Bundle(format!("{bundle} was not made: does the library export its format?")))
        }
        None => {
            put_engine_beside(&target.join("release").join(ENGINE), &folder)?;
            Ok(folder)
        }
    }
}

/// Copies the executable to where each library lies: the folder of the CLAP file, and the VST3 bundle's folder of this kind
/// of machine. Only Linux has it.
fn put_engine_beside(engine: &Path, bundled: &Path) -> Result<(), Error> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let contents = bundled.join("Ksmps.vst3").join("Contents");
    let inside = fs::read_dir(&contents).map_err(Error::file(&contents))?;
    let folders = inside.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    for folder in folders.chain([bundled.to_owned()]) {
        let to = folder.join(ENGINE);
        // One that is running keeps its own file.
        let copied = remove_if_there(&to).and_then(|()| fs::copy(engine, &to));
        copied.map_err(Error::file(&to))?;
    }
    Ok(())
}

/// Removes a file, where there is one.
pub fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
