//! `setup`: what has to be on the machine before anything here can be built and played.
//!
//! On Debian and its relatives it installs what is missing; on other systems it says what to install. It asks
//! first and installs after, so where everything is there it is done at once. Rust and a linker are there
//! already: they built this program. What checks the sources need not be: rustup's minimal profile, which many
//! CI images have, leaves it out.

use std::process::{Command, Stdio};

use crate::cargo;
use crate::deny;
use crate::error::{Error, run as run_program};

/// A Debian package and why it is needed.
#[derive(Clone, Copy)]
pub struct Package {
    /// Its name.
    pub name: &'static str,
    /// Why it is needed.
    pub reason: &'static str,
}

/// What a Debian system needs besides Rust.
const PACKAGES: [Package; 12] = [
    Package { name: "build-essential", reason: "C compiler and linker" },
    Package { name: "libcsound64-6.0", reason: "Csound's library, which the plugins play with" },
    Package { name: "libsndfile1", reason: "the library for sound files, which Csound uses too" },
    Package { name: "patchelf", reason: "gives the libraries in a bundle names of their own" },
    Package { name: "csound", reason: "the csound command line, which the sound is compared with" },
    Package {
        name: "libpython3-dev",
        reason: "the library of this Debian's Python, which documents may run",
    },
    Package { name: "libx11-6", reason: "the window system's library, which the editor opens" },
    Package { name: "libx11-xcb1", reason: "its other half" },
    Package { name: "libxkbcommon-x11-0", reason: "what the keys of the user's keyboard type" },
    Package { name: "libegl1", reason: "OpenGL, with which the editor draws" },
    Package {
        name: "libgl1-mesa-dri",
        reason: "OpenGL drawn by the processor, for machines without a screen",
    },
    Package { name: "xvfb", reason: "a screen without a monitor, for the editor's tests and pictures" },
];

const ELSEWHERE: &str = "\
Ksmps needs a C compiler to be built, and Csound 6.18 (library and command line) and libsndfile to play. What to install:
  Fedora   sudo dnf install csound libsndfile gcc
  Arch     sudo pacman -S csound libsndfile base-devel
  macOS    xcode-select --install, brew install libsndfile, and Csound 6.18 from https://github.com/csound/csound/releases
  Windows  Visual Studio Build Tools (C++), libsndfile, and Csound 6.18 from https://github.com/csound/csound/releases
Where Csound's library is not found by the system, set KSMPS_CSOUND to its file or folder. Then run this again.";

/// Parts of Rust that `test` needs: the cargo command and rustup's name for what brings it.
const CHECKERS: [(&str, &str); 2] = [("fmt", "rustfmt"), ("clippy", "clippy")];

/// Sees to it that the machine can build, play and check; quick where it can already. Builds cargo-deny where it is
/// missing, which takes some minutes.
pub fn run() -> Result<(), Error> {
    for_testing()?;
    if deny::is_installed() {
        return Ok(());
    }
    println!("missing: cargo-deny (licences, sources and known faults of the crates)");
    run_program(
        cargo::command().args(["install", "cargo-deny", "--locked"]),
        "cargo install cargo-deny --locked",
    )
}

/// Sees to it that the machine can build, play and run the tests; quick where it can already.
pub fn for_testing() -> Result<(), Error> {
    for_playing()?;
    install_checkers()
}

/// Sees to it that the machine can build and play; quick where it can already.
pub fn for_playing() -> Result<(), Error> {
    if is_debian() {
        install(&PACKAGES)
    } else if answers("csound", &["--version"]) {
        Ok(())
    } else {
        Err(Error::Missing(ELSEWHERE.to_owned()))
    }
}

/// Whether the system's packages are Debian's.
pub fn is_debian() -> bool {
    answers("dpkg-query", &["--version"]) && answers("apt-get", &["--version"])
}

/// Installs those packages of Debian's that are not there.
pub fn install(packages: &[Package]) -> Result<(), Error> {
    let missing: Vec<&Package> = packages.iter().filter(|package| !is_installed(package.name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for package in &missing {
        println!("missing: {} ({})", package.name, package.reason);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let Some(prefix) = privilege() else {
        return Err(Error::Missing(format!(
            "these packages have to be installed by root:\n  apt-get update && apt-get install {}\nThen run this again.",
            names.join(" ")
        )));
    };
    run_program(apt_get(prefix).arg("update"), "apt-get update")?;
    // The recommended packages are hundreds of megabytes of opcodes that nothing here uses.
    run_program(
        apt_get(prefix).args(["install", "--yes", "--no-install-recommends"]).args(&names),
        &format!("installing {}", names.join(", ")),
    )
}

/// Adds those of [`CHECKERS`] that the Rust which runs this has not.
fn install_checkers() -> Result<(), Error> {
    let lacks = |command: &str| !succeeds(cargo::command().args([command, "--version"]));
    let missing: Vec<&str> =
        CHECKERS.iter().filter(|(command, _)| lacks(command)).map(|(_, component)| *component).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    println!("missing: {names} (checks of the sources)");
    if !answers("rustup", &["--version"]) {
        return Err(Error::Missing(format!(
            "this Rust has no {}: install the package of that name, or Rust from https://rustup.rs. Then run this again.",
            missing.join(" and no ")
        )));
    }
    run_program(
        Command::new("rustup").args(["component", "add"]).args(&missing),
        &format!("rustup component add {names}"),
    )
}

/// How to become root: not at all where we are, by sudo where it exists; `None` where neither helps.
fn privilege() -> Option<Option<&'static str>> {
    let user = Command::new("id").arg("-u").output().ok()?;
    if user.stdout.trim_ascii() == b"0" {
        return Some(None);
    }
    answers("sudo", &["--version"]).then_some(Some("sudo"))
}

/// apt-get that asks no questions and waits for another one to finish.
fn apt_get(prefix: Option<&str>) -> Command {
    let mut command = match prefix {
        Some(sudo) => {
            let mut command = Command::new(sudo);
            command.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            command
        }
        None => {
            let mut command = Command::new("apt-get");
            command.env("DEBIAN_FRONTEND", "noninteractive");
            command
        }
    };
    command.args(["-o", "DPkg::Lock::Timeout=300"]);
    command
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

/// Whether a program is there and content with these arguments.
fn answers(program: &str, arguments: &[&str]) -> bool {
    succeeds(Command::new(program).args(arguments))
}

/// Whether a command ends well; what it says is not shown.
fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
