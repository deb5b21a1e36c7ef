//! Pictures of the editor's views and controls with sample data: no window, no graphics card, no Csound.

use std::path::PathBuf;

use crate::cargo;
use crate::error::Error;

/// What is drawn, and where it goes.
#[derive(clap::Args)]
pub struct Args {
    /// The folder for the pictures; it is made where it is not there.
    #[arg(long)]
    out: PathBuf,
    /// Draw only what has this in its name: `play`, `see-tables`, `controls`.
    part: Option<String>,
}

/// Draws all scenes, dark and light, at several sizes and scales.
///
/// # Errors
/// Where the program that draws cannot be built, or has failed.
pub fn run(args: &Args) -> Result<(), Error> {
    let out = std::path::absolute(&args.out).unwrap_or_else(|_| args.out.clone());
    let mut command = cargo::command();
    command.args(["run", "--release", "--quiet", "-p", "ksmps-editor", "--example", "gallery", "--"]);
    command.arg(out).args(&args.part);
    let status = command.status().map_err(|source| Error::Start { program: "cargo".to_owned(), source })?;
    if status.success() { Ok(()) } else { Err(Error::Failed { what: "the gallery".to_owned(), status }) }
}
