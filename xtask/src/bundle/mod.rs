//! `bundle`: the release build of the plugins, as Ksmps.clap and Ksmps.vst3 in target/bundled, each with the executable of
//! an engine's process and a folder of libraries beside its binary.
//!
//! A CLAP on Linux is a single file: all that lies in target/bundled beside Ksmps.vst3 belongs to it.
//!
//! The tools that play the bundles, and all else that tests need, are built in the same run of cargo: a choice of
//! packages is also a choice of their dependencies' features, and with another one everything would be built once more.

mod libraries;
mod licences;

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo;
use crate::error::{Error, run as run_program};
use crate::{files, setup};

/// What lies in the bundle folder afterwards.
pub const BUNDLES: [&str; 2] = ["Ksmps.clap", "Ksmps.vst3"];

/// The executable of an engine's process: the plugins look for it beside their own file.
pub const ENGINE: &str = "ksmps-engine";

/// The folder with Csound and what it needs, beside each binary.
pub use libraries::FOLDER as LIBRARIES;

/// How to bundle.
#[derive(clap::Args)]
pub struct Args {
    /// Leave out Csound and the libraries that it needs: the plugins open the machine's own.
    #[arg(long)]
    thin: bool,
}

/// Sets the machine up, builds and bundles; says where the bundles are and how large they are.
pub fn run(args: &Args) -> Result<(), Error> {
    setup::for_playing()?;
    let folder = build(if args.thin { Libraries::OfTheMachine } else { Libraries::Carried })?;
    for bundle in BUNDLES {
        println!("{}", folder.join(bundle).display());
    }
    Ok(())
}

/// Which Csound bundles play with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Libraries {
    /// One that they carry.
    Carried,
    /// The one that is installed.
    OfTheMachine,
}

/// Builds and bundles; returns the folder in which the bundles lie. The machine is set up already.
pub fn build(libraries: Libraries) -> Result<PathBuf, Error> {
    run_program(cargo::command().args(["build", "--release"]).args(cargo::PRODUCT), "building the plugins")?;
    let target = cargo::target_dir()?;
    // The bundler reads bundler.toml and the packages' names from the folder it stands in.
    std::env::set_current_dir(cargo::root()).map_err(Error::file(cargo::root()))?;
    nice_plug_xtask::bundle(&target, "ksmps", &["--release".to_owned()], false)
        .map_err(|error| Error::Bundle(format!("{error:#}")))?;
    let folder = target.join("bundled");
    if let Some(bundle) = BUNDLES.iter().find(|bundle| !folder.join(bundle).exists()) {
        return Err(Error::Bundle(format!("{bundle} was not made: does the library export its format?")));
    }
    if cfg!(target_os = "linux") {
        let binaries = binary_folders(&folder)?;
        put_engine_beside(&target.join("release").join(ENGINE), &binaries)?;
        put_libraries_beside(libraries, &binaries)?;
    }
    Ok(folder)
}

/// The folders that hold a binary: of the CLAP file, and in the VST3 bundle the one of this kind of machine.
fn binary_folders(bundled: &Path) -> Result<Vec<PathBuf>, Error> {
    let contents = bundled.join("Ksmps.vst3").join("Contents");
    let inside = fs::read_dir(&contents).map_err(Error::file(&contents))?;
    let machines = inside
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir() && path.file_name().is_some_and(|name| name != "Resources"));
    Ok(std::iter::once(bundled.to_owned()).chain(machines).collect())
}

/// Copies the executable of an engine's process to where each binary lies. Only Linux has it.
fn put_engine_beside(engine: &Path, folders: &[PathBuf]) -> Result<(), Error> {
    for folder in folders {
        // One that is running keeps its own file.
        replace(engine, &folder.join(ENGINE))?;
    }
    Ok(())
}

/// Puts the libraries where each binary looks for them, with their licences; or takes them away.
fn put_libraries_beside(which: Libraries, folders: &[PathBuf]) -> Result<(), Error> {
    let places: Vec<PathBuf> = folders.iter().map(|folder| folder.join(libraries::FOLDER)).collect();
    for place in &places {
        files::remove(place).map_err(Error::file(place))?;
    }
    if let (Libraries::Carried, Some((first, others))) = (which, places.split_first()) {
        licences::copy(&libraries::carry(first)?, &first.join(licences::FOLDER))?;
        for other in others {
            files::copy(first, other).map_err(Error::file(other))?;
        }
    }
    Ok(())
}

/// Copies a file or a folder over what is there.
fn replace(from: &Path, to: &Path) -> Result<(), Error> {
    files::remove(to).and_then(|_| files::copy(from, to)).map_err(Error::file(to))
}
