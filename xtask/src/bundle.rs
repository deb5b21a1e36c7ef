//! `bundle`: the release build of the plugins, as Ksmps.clap and Ksmps.vst3 in target/bundled.
//!
//! The tools that play the bundles, and all else that tests need, are built in the same run of cargo: a choice of
//! packages is also a choice of their dependencies' features, and with another one everything would be built once more.

use std::path::PathBuf;

use crate::cargo;
use crate::error::{Error, run as run_program};
use crate::setup;

/// What lies in the bundle folder afterwards.
pub const BUNDLES: [&str; 2] = ["Ksmps.clap", "Ksmps.vst3"];

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
        None => Ok(folder),
    }
}
