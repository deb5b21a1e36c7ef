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
    /// Files are kept from the newest engine.
    is_confined: bool,
    /// There was sound since the last report of the load.
    is_heard: bool,
}

/// What a reading has found.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Something new went wrong.
    pub is_any: bool,
    /// An engine has printed an error, new or not.
    pub has_errors: bool,
    /// Frames in which there was sound.
    pub heard_frames: u64,
}

/// Less is silence: -100 dBFS.
const HEARD_PEAK: f32 = 1e-5;

impl ProblemReader {
    /// Reads from now on. `[control]`
    pub fn new(end: &ControlEnd) -> Self {
        let reports = end.subscribe();
        Self { project: None, engines: Vec::new(), reports, is_confined: false, is_heard: false }
    }

    /// Reads the messages of one more engine, and takes its document for that of all; `is_confined` where files are kept
    /// from it. `[control]`
    pub fn follow(&mut self, project: Arc<Project>, messages: Option<MessageQueue>, is_confined: bool) {
        self.project = Some(project);
        self.is_confined = is_confined;
        let Some(messages) = messages else { return };
        if self.engines.len() == ENGINES_MAX {
            self.engines.remove(0);
        }
        self.engines.push((messages, MessageReader::default()));
    }

    /// Adds what was printed and what went wrong since the last time. `[control]`
    pub fn read(&mut self, end: &ControlEnd, state: &mut InstanceState) -> News {
        let mut news = News::default();
        let InstanceState { status, console, .. } = state;
        let known = status.problems.len();
        let lines: Vec<_> = self.engines.iter_mut().flat_map(|(queue, reader)| reader.read(queue)).collect();
        let document = self.project.as_ref().and_then(|project| project.document().ok());
        if let (Some(document), false) = (document, lines.is_empty()) {
            for mut problem in report::diagnostics(&lines, report::Compiled::orchestra_of(document)) {
                news.has_errors |= problem.severity == Severity::Error;
                if self.is_confined && problem.remedy.is_none() && is_of_file(&problem.text) {
                    problem.remedy = Some(FILE_REMEDY.to_owned());
                }
                add(&mut status.problems, problem);
            }
        }
        console.print(lines.into_iter().map(|line| ConsoleLine { severity: line.severity, text: line.text }));
        while let Some(report) = self.reports.next_report() {
            match report {
                Report::Level { peak, .. } => self.is_heard |= peak > HEARD_PEAK,
                Report::Load { frames, .. } if std::mem::take(&mut self.is_heard) => {
                    news.heard_frames += u64::from(frames);
                }
                _ => {}
            }
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
        news.is_any = status.problems.len() > known;
        news
    }
}

/// Whether an error is that a file could not be opened, in Csound's words.
fn is_of_file(text: &str) -> bool {
    ["failed to open", "annot open", "ould not open", "error opening"]
        .iter()
        .any(|words| text.contains(words))
}

/// What is to be said of a report, and what to do about it.
fn said_of(report: Report) -> Option<(Severity, &'static str, &'static str)> {
    match report {
        Report::Engine { state: EngineState::Left, .. } => Some((Severity::Error, LEFT, LEFT_REMEDY)),
        Report::Silenced { .. } => Some((Severity::Warning, SILENCED, SILENCED_REMEDY)),
        Report::Dropped { .. } => Some((Severity::Warning, DROPPED, DROPPED_REMEDY)),
        Report::Slow { .. } => Some((Severity::Warning, SLOW, SLOW_REMEDY)),
        _ => None,
    }
}

/// Adds a problem that is new, where there is room. `[any]`
pub(super) fn add(problems: &mut Vec<Diagnostic>, new: Diagnostic) {
    if problems.len() < PROBLEMS_MAX && !problems.contains(&new) {
        problems.push(new);
    }
}

/// Puts what is known better now in the place of what was said before, where that still stands. `[control]`
pub(super) fn replace(state: &mut InstanceState, before: &Diagnostic, now: Diagnostic) {
    let status = &mut state.status;
    if let Some(place) = status.diagnostics.iter_mut().chain(&mut status.problems).find(|one| *one == before)
    {
        *place = now;
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

const FILE_REMEDY: &str = "see whether the file is there; a document in a process of its own reads its own folder and writes a \
    scratch folder alone: for other files write ;@needs files, and allow it on this machine";
const LEFT: &str = "Csound left the performance (exitnow, or a fatal error): there is silence from here on";
const LEFT_REMEDY: &str = "take `exitnow` out, or load the document again";
const SILENCED: &str = "the orchestra's output was not a number (NaN or inf) and was silenced";
const SILENCED_REMEDY: &str = "look for a division by zero, a logarithm or a filter that blows up";
const SLOW: &str = "the sound takes more than twice as long as it lasts: the host cannot play it in time";
const SLOW_REMEDY: &str = "write a greater ksmps, play fewer voices, or render offline";
const DROPPED: &str = "some notes or events found no room and were dropped";
const DROPPED_REMEDY: &str = "raise voices= in ;@notes, or send fewer notes at once";
