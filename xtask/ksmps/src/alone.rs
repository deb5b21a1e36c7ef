//! `render` where the document cannot end it: an engine plays in a process of its own, and a session is rendered by a
//! process of its own that is watched.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::Error;

/// Where engines play; the user's own word where it is set.
const PLACE_VARIABLE: &str = "KSMPS_PLACE";
/// The longest times for a build and for a block of an offline render, for the engines.
const LIMIT_VARIABLES: [&str; 2] = ["KSMPS_BUILD_SECONDS", "KSMPS_OFFLINE_SECONDS"];
/// The longest time in which nothing is added to the file of a session, in seconds, if not given.
const SESSION_LIMIT: u64 = 30;
/// How often somebody looks at that file.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// This program once more, with its arguments as they are and with what engines read in their environment; `None` where
/// that is there already. Its exit status is ours.
pub fn begin_again(together: bool, limit: Option<u64>) -> Result<Option<ExitCode>, Error> {
    let place = if together { "together" } else { "apart" };
    let limits = limit.into_iter().flat_map(|limit| LIMIT_VARIABLES.map(|name| (name, limit.to_string())));
    let wanted: Vec<(&str, String)> =
        [(PLACE_VARIABLE, place.to_owned())].into_iter().chain(limits).collect();
    if wanted.iter().all(|(name, value)| std::env::var(name).is_ok_and(|set| set == *value)) {
        return Ok(None);
    }
    let mut command = this_program()?;
    command.args(std::env::args_os().skip(1)).envs(wanted);
    let status =
        command.status().map_err(|error| Error::Usage(format!("this program did not start: {error}")))?;
    exit_code(status).map(Some).ok_or_else(|| Error::Usage(format!("the render was ended: {status}")))
}

/// Renders a session with this program once more; its exit status is ours.
///
/// # Errors
/// Where a signal has ended it, and where nothing was added to the file for too long.
pub fn render_session(session: &Path, out: &Path, limit: Option<u64>) -> Result<ExitCode, Error> {
    let mut command = this_program()?;
    command.args(std::env::args_os().skip(1)).arg("--together");
    let mut child =
        command.spawn().map_err(|error| Error::Usage(format!("this program did not start: {error}")))?;
    let seconds = limit.unwrap_or(SESSION_LIMIT);
    let failed = |what: String| Error::Usage(format!("{} does not play: {what}", session.display()));
    let (mut bytes, mut grown) = (None, Instant::now());
    loop {
        if let Some(status) = child.try_wait().map_err(|error| failed(error.to_string()))? {
            let signal = || {
                failed(format!("it ended Csound ({status}); see which event or template was changed last"))
            };
            return exit_code(status).ok_or_else(signal);
        }
        let now = fs::metadata(out).ok().map(|about| about.len());
        if now != bytes {
            (bytes, grown) = (now, Instant::now());
        }
        if grown.elapsed() > Duration::from_secs(seconds) {
            // The only failure is that it is gone.
            drop(child.kill());
            drop(child.wait());
            return Err(failed(format!(
                "nothing was rendered for {seconds} seconds: an instrument has an endless loop (--limit)"
            )));
        }
        thread::sleep(LOOK_EVERY);
    }
}

fn this_program() -> Result<Command, Error> {
    let this = std::env::current_exe();
    this.map(Command::new).map_err(|error| Error::Usage(format!("this program is not to be found: {error}")))
}

fn exit_code(status: ExitStatus) -> Option<ExitCode> {
    status.code().map(|code| ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
