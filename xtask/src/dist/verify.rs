//! The same release, built a second time from a copy of the sources in another folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::build::seconds_of_release;
use super::contents::SUMS;
use crate::cargo;
use crate::error::{Error, run as run_program};
use crate::files;

/// Builds from a copy and compares the checksums with those in `first`.
///
/// # Errors
/// Where the bytes differ, or something could not be copied or built.
pub fn build_elsewhere(first: &Path) -> Result<(), Error> {
    let copy = cargo::target_dir()?.join("dist/elsewhere/another-folder");
    files::remove(&copy.join("out")).map_err(Error::file(&copy))?;
    copy_sources(&copy)?;
    run_program(
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["run", "--package", "xtask", "--release", "--locked", "--", "dist", "--out", "out"])
            .current_dir(&copy)
            .env("CARGO_TARGET_DIR", copy.join("target"))
            // The copy has no history.
            .env("SOURCE_DATE_EPOCH", seconds_of_release().to_string()),
        "building in another folder",
    )?;
    let sums = [first.join(SUMS), copy.join("out").join(SUMS)]
        .map(|path| fs::read_to_string(&path).map_err(Error::file(&path)));
    let [one, other] = sums;
    if one? == other? {
        return Ok(());
    }
    Err(Error::Bundle(format!(
        "built in another folder, the archives differ: compare {} with {}",
        first.display(),
        copy.join("out").display()
    )))
}

/// Copies what git knows of, and what it would, as it lies there.
fn copy_sources(to: &Path) -> Result<(), Error> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(cargo::root())
        .output()
        .map_err(|source| Error::Start { program: "git".to_owned(), source })?;
    for name in String::from_utf8_lossy(&output.stdout).split_terminator('\0') {
        let (from, to) = (cargo::root().join(name), to.join(PathBuf::from(name)));
        // One that git knows may have been deleted.
        if from.is_file() {
            files::copy(&from, &to).map_err(Error::file(&to))?;
        }
    }
    Ok(())
}
