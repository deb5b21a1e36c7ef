//! `hosts`: installs the hosts that the named parts need, and hands over to `ksmps-tools`, which plays the plugins in them.
//!
//! Ardour and qtractor are Debian's packages; the hosts in Python go into an environment of their own under the target
//! folder.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::error::{Error, run as run_program};
use crate::setup::{self, Package};
use crate::sound::{self, Forwarded};
use crate::{cargo, dist};

/// Debian's packages of a part.
const PACKAGES: [(&str, Package); 5] = [
    ("ardour", Package { name: "ardour", reason: "the host Ardour, without a window" }),
    ("qtractor", Package { name: "qtractor", reason: "the host qtractor, for its plugin scanner" }),
    ("fresh", Package { name: "bubblewrap", reason: "runs a program in a root folder of its own" }),
    ("pedalboard", Package { name: "python3-venv", reason: "environments for hosts in Python" }),
    ("dawdreamer", Package { name: "python3-venv", reason: "environments for hosts in Python" }),
];

/// The hosts in Python, and what their scripts need, with the versions that docs/hosts.md speaks of.
const PYTHON: [&str; 3] = ["pedalboard==0.9.26", "dawdreamer==0.9.0", "numpy"];

/// Installs and runs.
///
/// # Errors
/// Where something cannot be installed, built or started.
pub fn run(forwarded: &Forwarded) -> Result<ExitCode, Error> {
    let asks_for_help = forwarded.arguments.iter().any(|argument| argument == "--help" || argument == "-h");
    if !asks_for_help {
        prepare(forwarded)?;
    }
    sound::run("hosts", forwarded)
}

/// Installs what the parts need that are named; of all where none is.
fn prepare(forwarded: &Forwarded) -> Result<(), Error> {
    let parts = ["own", "ardour", "pedalboard", "dawdreamer", "qtractor", "fresh", "scale"];
    let names = |part: &str| forwarded.arguments.iter().any(|argument| argument == part);
    let names_none = !parts.into_iter().any(names);
    let wants = |part: &str| names_none || names(part);
    let packages: Vec<Package> =
        PACKAGES.into_iter().filter(|(part, _)| wants(part)).map(|(_, package)| package).collect();
    if setup::is_debian() {
        setup::install(&packages)?;
    }
    if wants("pedalboard") || wants("dawdreamer") {
        make_environment(&cargo::target_dir()?.join("hosts/python"))?;
    }
    if wants("fresh") {
        // The root has what a release has, too.
        dist::run(&dist::Args::draft())?;
    }
    Ok(())
}

/// Makes the environment with the hosts in Python where it is not whole.
fn make_environment(folder: &Path) -> Result<(), Error> {
    let whole = folder.join("whole");
    if whole.exists() {
        return Ok(());
    }
    let python = folder.join("bin/python");
    run_program(
        Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder),
        "an environment of Python",
    )?;
    let pip = ["-m", "pip", "install", "--only-binary", ":all:"].map(OsStr::new);
    run_program(Command::new(&python).args(pip).args(PYTHON), "installing the hosts in Python")?;
    std::fs::write(&whole, PYTHON.join("\n")).map_err(Error::file(&whole))
}
