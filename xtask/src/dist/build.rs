//! A build that does not depend on where it was made: the folders of this machine have other names in it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::contents::{Contents, Entry};
use crate::bundle::Building;
use crate::cargo;
use crate::error::Error;

/// The time of everything in a release, where the sources have no history.
const SECONDS_DEFAULT: u64 = 0;

/// The time that a release has: what `SOURCE_DATE_EPOCH` says, else that of the newest commit.
pub fn seconds_of_release() -> u64 {
    let said = std::env::var("SOURCE_DATE_EPOCH").ok().or_else(|| {
        let git = Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(cargo::root()).output();
        Some(String::from_utf8_lossy(&git.ok()?.stdout).into_owned())
    });
    said.and_then(|said| said.trim().parse().ok()).unwrap_or(SECONDS_DEFAULT)
}

/// How a release is built.
///
/// # Errors
/// Where the compiler does not say where it is.
pub fn without_paths(target: PathBuf, seconds: u64) -> Result<Building, Error> {
    let folders = folders()?;
    // The last that fits counts, so the narrower ones come last.
    let of_rust = folders.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    let of_c = folders.iter().map(|(from, to)| format!("-ffile-prefix-map={}={to}", from.display()));
    let of_rust: Vec<String> = of_rust.collect();
    let of_c: Vec<String> = of_c.collect();
    let environment = vec![
        // What was built before would decide how the rest is cut into parts.
        ("CARGO_INCREMENTAL", OsString::from("0")),
        ("CARGO_ENCODED_RUSTFLAGS", of_rust.join("\x1f").into()),
        ("CFLAGS", of_c.join(" ").into()),
        ("CXXFLAGS", of_c.join(" ").into()),
        ("SOURCE_DATE_EPOCH", seconds.to_string().into()),
    ];
    Ok(Building { target, environment })
}

/// The folders of this machine that a compiler may write down, and what they are called instead.
fn folders() -> Result<Vec<(PathBuf, String)>, Error> {
    let sources = compiler_folder()?.join("lib/rustlib/src/rust");
    let mut folders =
        vec![(cargo_home(), "/cargo".to_owned()), (cargo::root().to_owned(), "/ksmps".to_owned())];
    // The standard library is called so where its sources are not installed.
    folders.push((sources, format!("/rustc/{}", cargo::compiler("commit-hash")?)));
    Ok(folders)
}

fn compiler_folder() -> Result<PathBuf, Error> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program)
        .args(["--print", "sysroot"])
        .output()
        .map_err(|source| Error::Start { program: "rustc".to_owned(), source })?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

fn cargo_home() -> PathBuf {
    let home = std::env::home_dir().unwrap_or_default();
    std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from)
}

/// Holds the files of a release to what it promises: none has a path of this machine in it.
///
/// # Errors
/// The first file that has one.
pub fn find_paths(files: &Contents) -> Result<(), Error> {
    let folders: Vec<PathBuf> = folders()?.into_iter().map(|(folder, _)| folder).collect();
    for (path, entry) in files.iter().filter(|(_, entry)| !matches!(entry, Entry::Link(_))) {
        let bytes = entry.bytes()?;
        if let Some(folder) = folders.iter().find(|folder| contains(&bytes, folder)) {
            return Err(Error::Bundle(format!(
                "{path} has {} in it: where it was built must not be seen in a release",
                folder.display()
            )));
        }
    }
    Ok(())
}

fn contains(bytes: &[u8], folder: &Path) -> bool {
    let name = folder.as_os_str().as_encoded_bytes();
    // Shorter ones could stand for anything.
    name.len() > 1 && bytes.windows(name.len()).any(|window| window == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_says_where_it_was_built_is_found() {
        let mut files = Contents::default();
        files.text("README.md", "nothing".to_owned(), false);
        find_paths(&files).expect("it has no path");
        files.text("lib/a", format!("\0{}/core/src/lib.rs\0", cargo::root().display()), false);
        let error = find_paths(&files).expect_err("it has one").to_string();
        assert!(error.starts_with("could not bundle the plugins: lib/a has /"), "{error}");
    }

    #[test]
    fn each_folder_has_another_name_for_both_compilers() {
        let building = without_paths(PathBuf::from("/t"), 7).expect("the compiler answers");
        let of = |name| {
            let found = building.environment.iter().find(|(other, _)| *other == name).expect("it is there");
            found.1.to_string_lossy().into_owned()
        };
        let root = cargo::root().display();
        assert!(of("CARGO_ENCODED_RUSTFLAGS").contains(&format!("--remap-path-prefix={root}=/ksmps")));
        assert!(of("CFLAGS").contains(&format!("-ffile-prefix-map={root}=/ksmps")));
        assert_eq!((of("CARGO_INCREMENTAL"), of("SOURCE_DATE_EPOCH")), ("0".to_owned(), "7".to_owned()));
    }
}
