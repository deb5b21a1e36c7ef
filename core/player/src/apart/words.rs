//! What is said of an engine's process that has ended, or had to be ended: why, what it was doing, in which line, and what
//! it printed last.

use ksmps_data::diagnostic::{Diagnostic, Hang};
use ksmps_data::doing::Doing;
use ksmps_engine::report::{self, Compiled};
use ksmps_process::life::{End, LastWords, Process};

use super::super::project::Project;

/// Lines of what was printed last that are said.
const PRINTED_LINES_MAX: usize = 3;
/// Letters of each.
const PRINTED_LETTERS_MAX: usize = 120;
const REMEDY: &str = "change the text that was edited last; the plugin and its host are unharmed";

/// When it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// While it was built.
    Building,
    /// While it played.
    Playing,
}

impl When {
    fn words(self) -> &'static str {
        match self {
            Self::Building => "while it was built",
            Self::Playing => "while it played",
        }
    }
}

/// How a process ended, in words. `[any]`
pub(super) fn of_end(end: End) -> String {
    match end {
        End::Status(status) => format!("something in the document left with status {status}"),
        other => other.to_string(),
    }
}

/// What it says itself of where it was; a wrong answer is none. `[control]`
pub(super) fn place_of(words: &LastWords) -> Option<Doing> {
    postcard::from_bytes(&words.place).ok()
}

/// The message of an end. `[control]`
pub(super) fn died(
    when: When,
    why: &str,
    doing: Option<Doing>,
    process: &Process,
    project: &Project,
) -> Diagnostic {
    let mut text = format!("the engine's process ended {}: {why}", when.words());
    if let Some(doing) = doing {
        text += &format!(", {doing}");
    }
    if let Some(printed) = end_of(&process.last_words().printed) {
        text += &format!("; Csound printed last: {printed}");
    }
    let diagnostic = Diagnostic::error(None, text).with_remedy(REMEDY);
    match doing.filter(|doing| doing.line > 0) {
        Some(doing) => with_line(diagnostic, doing, project),
        None => diagnostic,
    }
}

/// The same of an engine that went in circles where it was. `[control]`
pub(super) fn hung(said: Diagnostic, doing: Option<Doing>) -> Diagnostic {
    let in_instrument = doing.filter(|doing| doing.instrument > 0);
    let instrument = in_instrument.map(|doing| match doing.instrument_name.is_empty() {
        true => doing.instrument.to_string(),
        false => doing.instrument_name.to_string(),
    });
    said.with_hang(Hang { instrument })
}

/// The line that Csound has for an opcode, where the opcode stands there: it may be of a text that is not the document.
fn with_line(mut diagnostic: Diagnostic, doing: Doing, project: &Project) -> Diagnostic {
    let Ok(document) = project.document() else { return diagnostic };
    let compiled = Compiled::orchestra_of(document);
    let opcode = doing.written_opcode();
    let stands_in = |line: u32| {
        let text = line.checked_sub(1).and_then(|at| compiled.composed.text().lines().nth(at as usize));
        text.is_some_and(|text| opcode.as_ref().is_none_or(|opcode| text.contains(opcode)))
    };
    let line = report::composed_line(compiled, doing.line);
    // An assignment may have the number of the line behind it.
    let Some(line) = [line, line.saturating_sub(1)].into_iter().find(|line| stands_in(*line)) else {
        return diagnostic;
    };
    diagnostic.line = Some(line);
    compiled.composed.located(diagnostic)
}

/// What Csound prints of each build, and of each event: it says nothing of what went wrong.
const USUAL: [&str; 12] = [
    "--Csound version",
    "[commit",
    "libsndfile",
    "orch now loaded",
    "audio buffered",
    "SECTION",
    "displays suppressed",
    "sr =",
    "0dBFS level",
    "rtevent:",
    "B  ",
    "new alloc",
];

/// The last lines of what was printed, each cut to a length that can be read.
fn end_of(printed: &str) -> Option<String> {
    let is_usual = |line: &str| line.is_empty() || USUAL.iter().any(|usual| line.starts_with(usual));
    let lines: Vec<&str> = printed.lines().map(str::trim).filter(|line| !is_usual(line)).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(PRINTED_LINES_MAX));
    let last: Vec<String> = last.map(|line| line.chars().take(PRINTED_LETTERS_MAX).collect()).collect();
    (!last.is_empty()).then(|| format!("“{}”", last.join(" | ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_said_and_not_more() {
        assert_eq!(end_of(" \n\n"), None);
        assert_eq!(end_of("SECTION 1:\n rtevent:  T 0.1\n"), None);
        assert_eq!(end_of("a\nb\n\nc\nd\n").unwrap(), "“b | c | d”");
        assert_eq!(end_of(&"x".repeat(500)).unwrap().chars().count(), 122);
    }
}
