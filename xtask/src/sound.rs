//! The commands that make sound: prepares the machine and the bundles, then hands over to `ksmps-tools`, and says so
//! where that process dies.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use crate::bundle;
use crate::cargo;
use crate::error::Error;
use crate::setup;

/// What stands behind the command's name; `ksmps-tools` reads it.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub struct Forwarded {
    /// Options and files, see `cargo xtask COMMAND --help`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<OsString>,
}

/// The plugins' log, which the framework writes to standard error where nothing else is said.
const LOG_VARIABLE: &str = "NICE_LOG";

/// Names the folder of the user's settings, trusted texts and consents. What cargo runs gets one for tests
/// (.cargo/config.toml).
const USER_VARIABLE: &str = "KSMPS_USER_FOLDER";
/// The commands that mean the user's own.
const COMMANDS_OF_USER: [&str; 4] = ["render", "check", "info", "consent"];

/// Sets up, bundles, and runs one command of `ksmps-tools` with its arguments as they are. Its exit status is
/// ours.
///
/// # Errors
/// Where something cannot be built or started, and where a signal ended the command: a document has crashed Csound.
pub fn run(command: &str, forwarded: &Forwarded) -> Result<ExitCode, Error> {
    setup::for_playing()?;
    let bundled = bundle::build(bundle::Libraries::Carried)?;
    exit_code(status(command, &forwarded.arguments, &bundled)?, command, &forwarded.arguments)
}

/// Whether one command of `ksmps-tools` is satisfied. Everything is built already.
///
/// # Errors
/// Where it cannot be started.
pub fn succeeds(command: &str, arguments: &[OsString], bundled: &Path) -> Result<bool, Error> {
    Ok(status(command, arguments, bundled)?.success())
}

fn status(command: &str, arguments: &[OsString], bundled: &Path) -> Result<ExitStatus, Error> {
    let tools =
        bundled.with_file_name("release").join("ksmps-tools").with_extension(std::env::consts::EXE_EXTENSION);
    let mut tool = Command::new(&tools);
    tool.arg(command).args(arguments).env("KSMPS_BUNDLES", bundled);
    let user = std::env::var_os(USER_VARIABLE).map(PathBuf::from);
    if COMMANDS_OF_USER.contains(&command) && user == Some(cargo::root().join("target/user")) {
        tool.env_remove(USER_VARIABLE);
    }
    if std::env::var_os(LOG_VARIABLE).is_none() {
        // The command says itself what the plugins would log.
        tool.env(LOG_VARIABLE, if cfg!(windows) { "NUL" } else { "/dev/null" });
    }
    tool.status().map_err(|source| Error::Start { program: tools.display().to_string(), source })
}

/// What to exit with.
fn exit_code(status: ExitStatus, command: &str, arguments: &[OsString]) -> Result<ExitCode, Error> {
    match status.code() {
        Some(code) => Ok(ExitCode::from(u8::try_from(code).unwrap_or(1))),
        None => Err(Error::Died { what: what(command, arguments), how: how(status) }),
    }
}

/// The command with the document that it was given; with all its arguments where none of them is one.
fn what(command: &str, arguments: &[OsString]) -> String {
    let is_document = |argument: &&OsString| {
        let extension = Path::new(argument).extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| ["csd", "orc", "json"].contains(&extension.to_lowercase().as_str()))
    };
    match arguments.iter().find(is_document) {
        Some(document) => format!("{command} of {}", document.display()),
        None => {
            let arguments = arguments.iter().map(|argument| argument.display().to_string());
            std::iter::once(command.to_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
        }
    }
}

/// The signal that ended a process.
fn how(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            let names = [
                (4, "SIGILL"),
                (6, "SIGABRT"),
                (7, "SIGBUS"),
                (8, "SIGFPE"),
                (9, "SIGKILL"),
                (11, "SIGSEGV"),
            ];
            let name = names.iter().find(|(number, _)| *number == signal).map_or("", |(_, name)| name);
            return format!("signal {signal} {name}").trim_end().to_owned();
        }
    }
    status.to_string()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn ended(how: &str, arguments: &[&str]) -> Result<ExitCode, Error> {
        let status = Command::new("sh").args(["-c", how]).status().expect("a shell");
        exit_code(status, "render", &arguments.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_command_that_dies_is_named_with_its_document_and_the_signal() {
        let error =
            ended("kill -SEGV $$", &["--out", "x.wav", "music/half typed.orc"]).unwrap_err().to_string();
        assert!(
            error.starts_with("render of music/half typed.orc was ended by signal 11 SIGSEGV"),
            "{error}"
        );
        let error = ended("kill -ABRT $$", &["--state-in", "state"]).unwrap_err().to_string();
        assert!(error.starts_with("render --state-in state was ended by signal 6 SIGABRT"), "{error}");
    }

    #[test]
    fn an_exit_status_is_passed_on() {
        assert_eq!(ended("exit 3", &["a.csd"]).ok(), Some(ExitCode::from(3)));
        assert_eq!(ended("exit 0", &["a.csd"]).ok(), Some(ExitCode::SUCCESS));
    }
}
