//! What is heard of the engines while they play: Csound's messages, and what went wrong, each thing once.

use std::sync::Arc;

use ksmps_csound::{MessageQueue, MessageReader};
use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_engine::report;

use super::console::ConsoleLine;
use super::control::Control;
use super::ends::ControlEnd;
use super::instance::InstanceState;
use super::project::Project;
use super::reports::{EngineState, Report, ReportReader};

/// Different problems that are kept.
const PROBLEMS_MAX: usize = 20;
/// Different problems that are kept of what came from outside, so that there is room for the engine's own.
const PROBLEMS_FROM_OUTSIDE_MAX: usize = PROBLEMS_MAX / 2;
/// Engines whose messages are read at once: the playing one, its spare, and those they took over from.
const ENGINES_MAX: usize = 4;

/// Reads what the engines of one instance print and what the audio side reports of them.
pub(super) struct ProblemReader {
    project: Option<Arc<Project>>,
    engines: Vec<(MessageQueue, MessageReader)>,
    reports: ReportReader,
}

impl ProblemReader {
    /// Reads from now on. `[control]`
    pub fn new(end: &ControlEnd) -> Self {
        Self { project: None, engines: Vec::new(), reports: end.subscribe() }
    }

    /// Reads the messages of one more engine, and takes its document for that of all. `[control]`
    pub fn follow(&mut self, project: Arc<Project>, messages: Option<MessageQueue>) {
        self.project = Some(project);
        let Some(messages) = messages else { return };
        if self.engines.len() == ENGINES_MAX {
            self.engines.remove(0);
        }
        self.engines.push((messages, MessageReader::default()));
    }

    /// Adds what was printed and what went wrong since the last time; `true` where something new went wrong. `[control]`
    pub fn read(&mut self, end: &ControlEnd, state: &mut InstanceState) -> bool {
        let InstanceState { status, console, .. } = state;
        let known = status.problems.len();
        let lines: Vec<_> = self.engines.iter_mut().flat_map(|(queue, reader)| reader.read(queue)).collect();
        let document = self.project.as_ref().and_then(|project| project.document().ok());
        if let (Some(document), false) = (document, lines.is_empty()) {
            for problem in report::diagnostics(&lines, report::Compiled::orchestra_of(document)) {
                add(&mut status.problems, problem);
            }
        }
        console.print(lines.into_iter().map(|line| ConsoleLine { severity: line.severity, text: line.text }));
        while let Some(report) = self.reports.next_report() {
            if report == Report::NoteRefused {
                let refused = status.info.as_ref().and_then(|info| info.refused_note.clone());
                refused.into_iter().for_each(|refused| add(&mut status.problems, refused));
            }
            if let Some((severity, text, remedy)) = said_of(report) {
                add(&mut status.problems, Diagnostic::new(severity, None, text).with_remedy(remedy));
            }
        }
        if let Some(lost) = end.lost_changes() {
            add(&mut status.problems, lost);
        }
        status.problems.len() > known
    }
}

/// What is to be said of a report, and what to do about it.
fn said_of(report: Report) -> Option<(Severity, &'static str, &'static str)> {
    match report {
        Report::Engine { state: EngineState::Left, .. } => Some((Severity::Error, LEFT, LEFT_REMEDY)),
        Report::Silenced { .. } => Some((Severity::Warning, SILENCED, SILENCED_REMEDY)),
        Report::Dropped { .. } => Some((Severity::Warning, DROPPED, DROPPED_REMEDY)),
        _ => None,
    }
}

/// Adds a problem that is new, where there is room. `[any]`
pub(super) fn add(problems: &mut Vec<Diagnostic>, new: Diagnostic) {
    if problems.len() < PROBLEMS_MAX && !problems.contains(&new) {
        problems.push(new);
    }
}

impl Control {
    /// Notes what went wrong with something that was sent from outside, each thing once, and tells whoever
    /// watches.
    /// `[control]`
    pub(crate) fn note_problem(&self, new: Diagnostic) {
        let mut state = self.instance.state();
        let problems = &mut state.status.problems;
        let known = problems.len();
        if known < PROBLEMS_FROM_OUTSIDE_MAX {
            add(problems, new);
        }
        let is_news = problems.len() > known;
        drop(state);
        if is_news {
            self.instance.tell();
        }
    }

    /// Adds a line to what Csound prints. `[control]`
    pub(crate) fn print(&self, line: String) {
        self.instance.state().console.print([ConsoleLine { severity: Severity::Note, text: line }]);
    }
}

const LEFT: &str = "Csound left the performance (exitnow, or a fatal error): there is silence from here on";
const LEFT_REMEDY: &str = "take `exitnow` out, or load the document again";
const SILENCED: &str = "the orchestra's output was not a number (NaN or inf) and was silenced";
const SILENCED_REMEDY: &str = "look for a division by zero, a logarithm or a filter that blows up";
const DROPPED: &str = "some notes or events found no room and were dropped";
const DROPPED_REMEDY: &str = "raise voices= in ;@notes, or send fewer notes at once";
