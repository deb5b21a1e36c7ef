//! The commands that make sound: prepares the machine and the bundles, then hands over to `ksmps-tools`.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use crate::bundle;
use crate::error::Error;
use crate::setup;

/// What stands behind the command's name; `ksmps-tools` reads it.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub struct Forwarded {
    /// Options and files, see `cargo xtask COMMAND --help`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Sets up, bundles, and runs one command of `ksmps-tools` with its arguments as they are. Its exit status is
/// ours.
pub fn run(command: &str, forwarded: &Forwarded) -> Result<ExitCode, Error> {
    setup::for_playing()?;
    let bundled = bundle::build()?;
    let tools =
        bundled.with_file_name("release").join("ksmps-tools").with_extension(std::env::consts::EXE_EXTENSION);
    let status = Command::new(&tools)
        .arg(command)
        .args(&forwarded.arguments)
        .env("KSMPS_BUNDLES", &bundled)
        .status()
        .map_err(|source| Error::Start { program: tools.display().to_string(), source })?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}
