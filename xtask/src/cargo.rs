//! The workspace as cargo sees it: its root, its target folder, and cargo itself as a command.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;

/// The packages of every build and test: all but this one, whose dependencies' features would go into the product.
pub const PRODUCT: [&str; 3] = ["--workspace", "--exclude", "xtask"];

/// The workspace's root folder.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // PANIC: this package is xtask/ in the workspace, so its folder has a parent.
    here.parent().expect("xtask/ lies in the workspace")
}

/// cargo, started in the workspace's root; the same cargo that runs this program.
pub fn command() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// The folder into which this workspace builds.
pub fn target_dir() -> Result<PathBuf, Error> {
    let output = command()
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .output()
        .map_err(|source| Error::Start { program: "cargo".to_owned(), source })?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|error| Error::Metadata(error.to_string()))?;
    metadata["target_directory"]
        .as_str()
        .map(PathBuf::from)
        .ok_or_else(|| Error::Metadata("cargo metadata names none".to_owned()))
}

/// What the compiler says of itself: a line of its long version, behind a word and a colon.
pub fn compiler(word: &str) -> Result<String, Error> {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program)
        .arg("-vV")
        .output()
        .map_err(|source| Error::Start { program: "rustc".to_owned(), source })?;
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find_map(|line| line.strip_prefix(word)?.strip_prefix(": "));
    line.map(str::to_owned).ok_or_else(|| Error::Metadata(format!("rustc does not say its {word}")))
}

/// The kind of machine that this is, by Rust's word for it.
pub fn host() -> Result<String, Error> {
    compiler("host")
}
