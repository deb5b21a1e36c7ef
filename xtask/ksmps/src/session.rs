//! `render SESSION.json`: a session, played by the core alone.

use std::path::Path;

use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::session::{SOUND_BYTES_MAX, Session, SessionFile};

use crate::error::Error;
use crate::progress::Spinner;

/// Whether a path is that of a session.
pub fn is_session(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Renders a session; `out` may be any sound file, or a .csd, which is written instead.
///
/// # Errors
/// Where it cannot be rendered, and, once the sound is written, where something went wrong while it played.
pub fn render(path: &Path, out: &Path, options: &RenderOptions) -> Result<(), Error> {
    let failed =
        |error: ksmps_core::session::SessionError| Error::Usage(format!("{}: {error}", path.display()));
    let session = Session::read_json(path).map_err(failed)?;
    crate::render::make_room(out)?;
    if out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csd")) {
        session.write_csd(out).map_err(failed)?;
        println!("{}: {} events", out.display(), session.events().len());
        return Ok(());
    }
    let spinner = Spinner::new(&format!("rendering {} events", session.events().len()));
    let job = session.render(out, options).map_err(failed)?;
    drop(spinner);
    for message in &job.messages {
        eprintln!("{message}");
    }
    let count = job.messages.iter().filter(|message| is_error(message)).count();
    println!(
        "{}: {:.2} s, {} channels at {} Hz, in {:.2} s",
        out.display(),
        job.seconds(),
        job.channels,
        job.rate,
        job.took.as_secs_f64()
    );
    match count {
        0 => Ok(()),
        count => Err(Error::WhilePlaying { name: path.display().to_string(), count }),
    }
}

/// Whether a message is an error of its own: warnings are not, nor is that a note ended because of one.
fn is_error(message: &str) -> bool {
    !message.to_lowercase().starts_with("warning") && !message.contains("note deleted")
}

/// A session as a project keeps it, with the files that it names.
pub fn for_project(path: &Path) -> Result<serde_json::Value, Error> {
    let wrong = |error: &dyn std::fmt::Display| Error::Usage(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
    let mut file = SessionFile::from_json(&text).map_err(|error| wrong(&error))?;
    file.resolve(path.parent().unwrap_or(Path::new("")));
    for left in file.carry_files(SOUND_BYTES_MAX) {
        eprintln!("warning: {} is not carried in the project; it has to be at its place", left.display());
    }
    serde_json::to_value(file).map_err(|error| wrong(&error))
}
