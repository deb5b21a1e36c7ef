//! What is heard of the engines while they play: Csound's messages, and what went wrong, each thing once.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::csound::{MessageQueue, MessageReader};
use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::report;

use super::control::Control;
use super::handover::{Deck, Shared};
use super::instance::Status;
use super::project::Project;

/// Lines of Csound's messages that are kept.
const CONSOLE_LINES_MAX: usize = 500;
/// Different troubles that are kept.
const TROUBLE_MAX: usize = 20;
/// Different troubles that are kept of what came from outside, so that there is room for the engine's own.
const TROUBLE_FROM_OUTSIDE_MAX: usize = TROUBLE_MAX / 2;
/// Engines that are listened to at once: the playing one, its spare, and those they took over from.
const ENGINES_MAX: usize = 4;

/// Listens to the engines of one instance.
#[derive(Default)]
pub(super) struct Listener {
    project: Option<Arc<Project>>,
    engines: Vec<(MessageQueue, MessageReader)>,
}

impl Listener {
    /// Listens to one more engine, and takes its document for that of all. [control]
    pub fn follow(&mut self, project: Arc<Project>, deck: &Deck) {
        self.project = Some(project);
        if self.engines.len() == ENGINES_MAX {
            self.engines.remove(0);
        }
        self.engines.push((deck.renderer.engine().messages().clone(), MessageReader::default()));
    }

    /// Adds what was printed and what went wrong since the last time; `true` where something new went wrong. [control]
    pub fn listen(&mut self, shared: &Shared, status: &mut Status) -> bool {
        let known = status.trouble.len();
        let lines: Vec<_> = self.engines.iter_mut().flat_map(|(queue, reader)| reader.read(queue)).collect();
        let document = self.project.as_ref().and_then(|project| project.document().ok());
        if let (Some(document), false) = (document, lines.is_empty()) {
            for trouble in report::diagnostics(&lines, report::Compiled::orchestra_of(document)) {
                add(&mut status.trouble, trouble);
            }
        }
        print(&mut status.console, lines.into_iter().map(|line| line.text));
        let kinds = [
            (shared.left.swap(false, Ordering::Relaxed), Severity::Error, LEFT, LEFT_REMEDY),
            (
                shared.silenced_samples.swap(0, Ordering::Relaxed) > 0,
                Severity::Warning,
                SILENCED,
                SILENCED_REMEDY,
            ),
            (
                shared.dropped_events.swap(0, Ordering::Relaxed) > 0,
                Severity::Warning,
                DROPPED,
                DROPPED_REMEDY,
            ),
        ];
        for (_, severity, text, remedy) in kinds.into_iter().filter(|(happened, ..)| *happened) {
            add(&mut status.trouble, Diagnostic::new(severity, None, text).with_remedy(remedy));
        }
        if let Some(lost) = shared.lost_changes() {
            add(&mut status.trouble, lost);
        }
        status.trouble.len() > known
    }
}

/// Adds lines, and lets the oldest go.
pub(super) fn print(console: &mut Vec<String>, lines: impl IntoIterator<Item = String>) {
    console.extend(lines);
    let surplus = console.len().saturating_sub(CONSOLE_LINES_MAX);
    console.drain(..surplus);
}

fn add(trouble: &mut Vec<Diagnostic>, new: Diagnostic) {
    if trouble.len() < TROUBLE_MAX && !trouble.contains(&new) {
        trouble.push(new);
    }
}

impl Control {
    /// Notes what went wrong with something that was sent from outside, each thing once, and tells the listener.
    /// [control]
    pub(crate) fn note_trouble(&self, new: Diagnostic) {
        let mut state = self.instance.state();
        let trouble = &mut state.status.trouble;
        let known = trouble.len();
        if known < TROUBLE_FROM_OUTSIDE_MAX {
            add(trouble, new);
        }
        let is_news = trouble.len() > known;
        drop(state);
        if is_news {
            self.instance.tell();
        }
    }

    /// Adds a line to what Csound prints. [control]
    pub(crate) fn print(&self, line: String) {
        print(&mut self.instance.state().status.console, [line]);
    }
}

const LEFT: &str = "Csound left the performance (exitnow, or a fatal error): there is silence from here on";
const LEFT_REMEDY: &str = "take `exitnow` out, or load the document again";
const SILENCED: &str = "the orchestra's output was not a number (NaN or inf) and was silenced";
const SILENCED_REMEDY: &str = "look for a division by zero, a logarithm or a filter that blows up";
const DROPPED: &str = "some notes or events found no room and were dropped";
const DROPPED_REMEDY: &str = "raise voices= in ;@notes, or send fewer notes at once";
