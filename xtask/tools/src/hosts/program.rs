//! Programs of others: started with settings of their own, heard to their end, and quoted where they fail.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use crate::error::Error;

/// How much of what a program said is quoted.
const LINES_QUOTED: usize = 12;

/// A program that finds and leaves its settings in `home`, and whose plugins play new texts in its own process.
pub fn command(program: impl AsRef<OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .env("XDG_CACHE_HOME", home.join(".cache"))
        .env("KSMPS_USER_FOLDER", home.join("ksmps"))
        .env("KSMPS_AUTOMATIC", "together")
        .env("NICE_LOG", home.join("plugin.log"));
    command
}

/// Runs a program to its end and gives what it wrote to standard output.
///
/// # Errors
/// Where it cannot be started or ends badly; the error quotes it.
pub fn output(command: &mut Command) -> Result<String, Error> {
    let name = command.get_program().to_string_lossy().into_owned();
    let Output { status, stdout, stderr } =
        command.output().map_err(|error| Error::Hosts(format!("{name} does not start: {error}")))?;
    let told = String::from_utf8_lossy(&stdout).into_owned();
    if status.success() {
        return Ok(told);
    }
    let all = told + &String::from_utf8_lossy(&stderr);
    Err(Error::Hosts(format!("{name} ended with {status}:\n{}", last_lines(&all))))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES_QUOTED)..].join("\n")
}
