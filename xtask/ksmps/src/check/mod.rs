//! `check`: a document, read and built as a plugin would, and what was found.
//!
//! What is wrong comes first, a line for each with its file and its line, as compilers write them; then what the document
//! has (`describe`). Its first notes are played as a trial, which nobody hears (`first_notes`).

mod describe;
mod first_notes;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ksmps_core::diagnostic::{Diagnostic, Severity};
use ksmps_core::player::{self, InstanceConfig, Status};
use ksmps_core::route::HostChannels;
use ksmps_core::session::Session;

use crate::play::{Kind, Text};
use crate::progress::Progress;
use crate::{Error, alone, session};

/// What is checked, and for which plugin.
#[derive(clap::Args)]
pub struct Args {
    /// A .csd file, a bare orchestra, a session (.json), or the name of a factory document.
    #[arg(required = true, value_name = "FILE")]
    documents: Vec<PathBuf>,
    /// Which plugin would play it: that decides what inputs and outputs there are.
    #[arg(long, value_enum, default_value_t = Kind::Instrument)]
    plugin: Kind,
    /// Sample rate at which it is built.
    #[arg(long, default_value_t = 48000, value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// Build in this process, which a document can end.
    #[arg(long)]
    together: bool,
    /// The longest time that a document may take until it is ready, in seconds; 20 if not given.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

/// Where a session plays that has no document.
const NO_DOCUMENT: &str = "nchnls = 2\n0dbfs = 1\nksmps = 32\ninstr 1\nendin\n";

/// Checks all of them; 1 where one has errors.
///
/// # Errors
/// Where a file cannot be read.
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    if let Some(code) = alone::begin_again(args.together, args.limit)? {
        return Ok(code);
    }
    let progress =
        (args.documents.len() > 1).then(|| Progress::new("documents", args.documents.len() as u64));
    let mut is_well = true;
    for (index, document) in args.documents.iter().enumerate() {
        let found = check(document, args)?;
        is_well &= found.plays;
        let text = format!("{}{}", if index == 0 { "" } else { "\n" }, found.text.trim_end());
        match &progress {
            Some(progress) => progress.say(&text),
            None => println!("{text}"),
        }
        progress.iter().for_each(|progress| progress.advance(1));
    }
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What came of one document.
struct Found {
    plays: bool,
    text: String,
}

fn check(path: &Path, args: &Args) -> Result<Found, Error> {
    let channels = HostChannels::from(args.plugin);
    let (control, mut player) =
        player::pair(InstanceConfig { channels: channels.clone(), default_document: NO_DOCUMENT });
    let mut text = String::new();
    if session::is_session(path) {
        let session = match Session::read_json(path) {
            Ok(session) => session,
            Err(error) => {
                let text = format!("{}: error: {error}\n", path.display());
                return Ok(Found { plays: false, text });
            }
        };
        let mut state = control.save();
        state["session"] = session::for_project(path)?;
        control.restore(&state).map_err(|error| Error::Usage(format!("{}: {error}", path.display())))?;
        text += &format!("{}: a session of {} events\n", path.display(), session.events().len());
    } else {
        let document = Text::read(path)?;
        control.load(document.text, Some(document.origin));
    }
    let status = control.activate(f64::from(args.rate));
    let mut lines = diagnostics(path, &status);
    let plays = !status.failed && status.info.is_some() && !has_error(&status.diagnostics);
    lines += &text;
    let project = control.project();
    let first_notes = status.info.as_ref().filter(|_| plays).map(|info| {
        player.adopt();
        first_notes::play(&mut player, project.document().ok(), info, &channels)
    });
    // The engine goes before its control side, as in a host.
    drop(player);
    if let (Some(first_notes), Some(info)) = (&first_notes, &status.info) {
        lines += &format!("{}: plays\n", path.display());
        lines += &describe::describe(&describe::Described {
            document: project.document().ok(),
            info,
            first_notes,
            placing: status.placing.as_ref(),
            missing: &project.missing_files(),
            name: path,
        });
    } else {
        lines += &format!("{}: does not play\n", path.display());
    }
    Ok(Found { plays, text: lines })
}

fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|one| one.severity == Severity::Error)
}

/// What is to be said, with the name of the file in front.
fn diagnostics(path: &Path, status: &Status) -> String {
    // Where it did not build, what is known of an engine is another document's.
    let info = status.info.iter().filter(|_| !status.failed).flat_map(|info| &info.diagnostics);
    let mut all: Vec<&Diagnostic> = Vec::new();
    for one in status.diagnostics.iter().chain(info) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all.iter().map(|one| located(path, one)).collect()
}

/// `FILE:LINE: error: what`, then the line as it stands there and a remedy, each on a line of its own.
fn located(path: &Path, found: &Diagnostic) -> String {
    let included = found.file.as_ref().map(|file| path.parent().unwrap_or(Path::new("")).join(file));
    let mut text = included.as_deref().unwrap_or(path).display().to_string();
    if let Some(line) = found.line {
        text += &format!(":{line}");
    }
    let severity = match found.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    text += &format!(": {severity}: {}\n", found.text);
    for (mark, more) in [("", &found.source), ("-> ", &found.remedy)] {
        if let Some(more) = more {
            text += &format!("    {mark}{}\n", more.trim());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_begins_with_the_file_that_it_is_about() {
        let mut found =
            Diagnostic::error(3, "no such opcode").with_source("  a1 nosuch").with_remedy("spell it");
        let text = located(Path::new("music/a.csd"), &found);
        assert_eq!(text, "music/a.csd:3: error: no such opcode\n    a1 nosuch\n    -> spell it\n");
        found.file = Some("parts.inc".to_owned());
        assert!(located(Path::new("music/a.csd"), &found).starts_with("music/parts.inc:3: error: "));
        let note = Diagnostic::note(None, "late");
        assert_eq!(located(Path::new("a.csd"), &note), "a.csd: note: late\n");
    }
}
