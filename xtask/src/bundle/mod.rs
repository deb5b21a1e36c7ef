//! `bundle`: the release build of the plugins, as Ksmps.clap and Ksmps.vst3 in target/bundled, each with the executable of
//! an engine's process, the library with Python that it may open, and a folder of libraries beside its binary, and the program
//! `ksmps`.
//!
//! A CLAP on Linux is a single file: all that lies in target/bundled beside Ksmps.vst3 belongs to it.
//!
//! The tools that play the bundles, and all else that tests need, are built in the same run of cargo: a choice of
//! packages is also a choice of their dependencies' features, and with another one everything would be built once more.

mod libraries;
mod licences;
mod symbols;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ksmps_systems::{
    Binary, DOCUMENTS, ENGINE, IDENTITY_VARIABLE, LIBRARIES, Layout, PRESETS, PROGRAM, PYTHON, System,
    signing_commands,
};

use crate::cargo;
use crate::error::{Error, run as run_program};
use crate::{files, setup};

/// What lies in the bundle folder afterwards.
pub const BUNDLES: [&str; 2] = ["Ksmps.clap", "Ksmps.vst3"];

pub use licences::{Package, packages};

/// Each format with all that belongs to it has to stay below this.
const MEGABYTES_MAX: f64 = 60.0;

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
    let bundled = build(if args.thin { Libraries::OfTheMachine } else { Libraries::Carried })?;
    print_sizes(&bundled)
}

/// Which Csound bundles play with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Libraries {
    /// One that they carry.
    Carried,
    /// The one that is installed.
    OfTheMachine,
}

/// How cargo builds what is bundled.
pub struct Building {
    /// The folder into which it builds.
    pub target: PathBuf,
    /// What its environment has besides ours.
    pub environment: Vec<(&'static str, OsString)>,
}

impl Building {
    /// As everything is built that is not given away.
    pub fn usual() -> Result<Self, Error> {
        Ok(Self { target: cargo::target_dir()?, environment: Vec::new() })
    }
}

/// Builds and bundles; returns the folder in which the bundles lie. The machine is set up already.
pub fn build(libraries: Libraries) -> Result<PathBuf, Error> {
    build_as(&Building::usual()?, libraries).map(|built| built.bundled)
}

/// What was built.
pub struct Built {
    /// The folder of bundles.
    pub bundled: PathBuf,
    /// The folder of symbols.
    pub symbols: PathBuf,
    /// The libraries that were copied, as they lie on this machine.
    pub libraries: Vec<PathBuf>,
}

/// Builds and bundles as it is said.
pub fn build_as(building: &Building, libraries: Libraries) -> Result<Built, Error> {
    let target = &building.target;
    run_program(
        cargo::command()
            .args(["build", "--release", "--target-dir"])
            .arg(target)
            .args(cargo::PRODUCT)
            .envs(building.environment.iter().map(|(name, value)| (name, value))),
        "building the plugins",
    )?;
    // The bundler reads bundler.toml and the packages' names from the folder it stands in.
    std::env::set_current_dir(cargo::root()).map_err(Error::file(cargo::root()))?;
    nice_plug_xtask::bundle(target, "ksmps", &["--release".to_owned()], false)
        .map_err(|error| Error::Bundle(format!("{error:#}")))?;
    let bundled = target.join("bundled");
    // The bundler takes the program for a plugin that is a program too.
    for program in ["Ksmps", "Ksmps.app", "Ksmps.exe"].map(|name| bundled.join(name)) {
        files::remove(&program).map_err(Error::file(&program))?;
    }
    let layout = Layout::of(System::HERE, std::env::consts::ARCH);
    if let Some(binary) = layout.binaries().iter().find(|binary| !bundled.join(&binary.file).is_file()) {
        let file = binary.file.display();
        return Err(Error::Bundle(format!("{file} was not made: does the library export its format?")));
    }
    describe_module(target, &bundled, &layout)?;
    let (release, symbols) = (target.join("release"), target.join("symbols"));
    let mut carried = Vec::new();
    if System::HERE == System::Linux {
        let plugin = symbols::take_out(&release.join("libksmps.so"), target)?;
        let engine = symbols::take_out(&release.join(ENGINE), target)?;
        let python = symbols::take_out(&release.join(PYTHON), target)?;
        for binary in layout.binaries() {
            replace(&plugin, &bundled.join(&binary.file))?;
            // One that is running keeps its own file.
            replace(&engine, &bundled.join(&binary.programs).join(ENGINE))?;
            replace(&python, &bundled.join(&binary.programs).join(PYTHON))?;
        }
        replace(&symbols::take_out(&release.join(PROGRAM), target)?, &bundled.join(PROGRAM))?;
        replace(&cargo::root().join(DOCUMENTS), &bundled.join(DOCUMENTS))?;
        write_presets(target, &bundled)?;
        carried = put_libraries_beside(libraries, &bundled, layout.binaries())?;
    }
    sign(&bundled, &layout)?;
    Ok(Built { bundled, symbols, libraries: carried })
}

/// Writes what the VST3 says of itself, so that a host can read it without loading the binary.
fn describe_module(target: &Path, bundled: &Path, layout: &Layout) -> Result<(), Error> {
    let tools = target.join("release").join(System::HERE.program("ksmps-tools"));
    let mut ask = Command::new(tools);
    ask.arg("module-info").arg(bundled.join(&layout.vst3.file));
    let to = bundled.join(&layout.module_info);
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    fs::write(&to, libraries::answer(&mut ask, "ksmps-tools module-info")?).map_err(Error::file(&to))
}

/// Writes the presets of the factory documents beside the CLAP, whose hosts list files.
fn write_presets(target: &Path, bundled: &Path) -> Result<(), Error> {
    let folder = bundled.join(PRESETS);
    files::remove(&folder).map_err(Error::file(&folder))?;
    let tools = target.join("release").join(System::HERE.program("ksmps-tools"));
    let documents = cargo::root().join(DOCUMENTS);
    let mut write = Command::new(tools);
    run_program(write.arg("preset-files").arg(documents).arg(&folder), "ksmps-tools preset-files")
}

/// Puts the libraries where each binary looks for them, with their licences, or takes them away; what was copied.
fn put_libraries_beside(
    which: Libraries,
    bundled: &Path,
    binaries: [&Binary; 2],
) -> Result<Vec<PathBuf>, Error> {
    let [first, second] = binaries.map(|binary| bundled.join(&binary.libraries));
    for place in [&first, &second] {
        files::remove(place).map_err(Error::file(place))?;
    }
    if which == Libraries::OfTheMachine {
        return Ok(Vec::new());
    }
    let copied = libraries::carry(&first)?;
    licences::copy(&copied, &first.join(licences::FOLDER))?;
    files::copy(&first, &second).map_err(Error::file(&second))?;
    Ok(copied)
}

/// Signs the bundles, where the system has signatures.
fn sign(bundled: &Path, layout: &Layout) -> Result<(), Error> {
    let identity = std::env::var(IDENTITY_VARIABLE).ok();
    let inner: Vec<PathBuf> =
        layout.binaries().into_iter().map(|binary| bundled.join(&binary.file)).collect();
    let bundles = BUNDLES.map(|bundle| bundled.join(bundle));
    for words in signing_commands(System::HERE, identity.as_deref(), &inner, &bundles) {
        let Some((program, arguments)) = words.split_first() else { continue };
        run_program(Command::new(program).args(arguments), &words.join(" "))?;
    }
    Ok(())
}

/// Says how large each format is, with all that belongs to it.
///
/// # Errors
/// Where one of them has become too large to be given away.
fn print_sizes(bundled: &Path) -> Result<(), Error> {
    let of = |parts: &[&str]| -> Result<f64, Error> {
        let bytes = parts
            .iter()
            .map(|part| bundled.join(part))
            .filter(|path| path.exists())
            .map(|path| files::size(&path).map_err(Error::file(&path)));
        Ok(bytes.sum::<Result<u64, Error>>()? as f64 / 1e6)
    };
    let program = of(&[PROGRAM])?;
    for (bundle, parts) in
        [(BUNDLES[0], &[BUNDLES[0], ENGINE, PYTHON, LIBRARIES][..]), (BUNDLES[1], &[BUNDLES[1]][..])]
    {
        let (whole, libraries) = (of(parts)?, of(&[LIBRARIES])?);
        println!(
            "{}: {whole:.1} MB with its engine, {libraries:.1} MB of it Csound and its libraries",
            bundled.join(bundle).display()
        );
        if whole > MEGABYTES_MAX {
            return Err(Error::Bundle(format!(
                "{bundle} has {whole:.1} MB, more than {MEGABYTES_MAX}: are its symbols taken out?"
            )));
        }
    }
    println!("{}: {program:.1} MB", bundled.join(PROGRAM).display());
    Ok(())
}

/// Copies a file or a folder over what is there.
fn replace(from: &Path, to: &Path) -> Result<(), Error> {
    files::remove(to).and_then(|_| files::copy(from, to)).map_err(Error::file(to))
}
