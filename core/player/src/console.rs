//! What Csound prints while it plays, and what control ports say of themselves: the last lines, for any number of readers.

use std::collections::VecDeque;
use std::sync::Arc;

use ksmps_data::diagnostic::Severity;

use super::instance::Instance;
use super::reports::{Measuring, Report, ReportReader};

/// Lines that are kept.
const LINES_MAX: usize = 500;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// How grave it is, as Csound says.
    pub severity: Severity,
    /// The line, without its end.
    pub text: String,
}

/// The last lines.
#[derive(Debug, Default)]
pub(super) struct Console {
    lines: VecDeque<ConsoleLine>,
    /// How many lines were printed in all.
    printed: u64,
}

impl Console {
    /// Adds lines, and lets the oldest go. `[control]`
    pub fn print(&mut self, lines: impl IntoIterator<Item = ConsoleLine>) {
        for line in lines {
            if self.lines.len() == LINES_MAX {
                self.lines.pop_front();
            }
            self.lines.push_back(line);
            self.printed += 1;
        }
    }

    /// The texts of all lines, newest last. `[control]`
    pub fn texts(&self) -> Vec<String> {
        self.lines.iter().map(|line| line.text.clone()).collect()
    }

    /// How many lines were printed in all. `[control]`
    pub fn printed(&self) -> u64 {
        self.printed
    }

    /// The line of a number, counted from 0, or the first one after it that is still there, and how many are not; `None`
    /// where it was not printed yet.
    fn line_from(&self, number: u64) -> Option<(&ConsoleLine, u64)> {
        let first = self.printed - self.lines.len() as u64;
        let lost = first.saturating_sub(number);
        let line = self.lines.get((number.max(first) - first) as usize)?;
        Some((line, lost))
    }
}

/// Something that a [`Subscription`] tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// A line was printed.
    Console(ConsoleLine),
    /// The audio side reports.
    Report(Report),
}

/// Reads what an instance prints and what its audio side reports, from the moment at which it was made, at its own pace.
/// Dropping it ends it.
pub struct Subscription {
    instance: Arc<Instance>,
    reports: ReportReader,
    /// Levels and load are among the reports.
    _measuring: Measuring,
    lines_read: u64,
    lines_lost: u64,
}

impl Subscription {
    /// Reads from now on. `[control]`
    pub(super) fn new(instance: Arc<Instance>, reports: ReportReader, measuring: Measuring) -> Self {
        let lines_read = instance.state().console.printed();
        Self { instance, reports, _measuring: measuring, lines_read, lines_lost: 0 }
    }

    /// The next notice, lines first; `None` where there is none now. Not for the audio thread. `[control]`
    pub fn next_notice(&mut self) -> Option<Notice> {
        let state = self.instance.state();
        if let Some((line, lost)) = state.console.line_from(self.lines_read) {
            self.lines_lost += lost;
            self.lines_read += lost + 1;
            return Some(Notice::Console(line.clone()));
        }
        drop(state);
        self.reports.next_report().map(Notice::Report)
    }

    /// How many lines and reports were gone before they were read, since the last call. `[control]`
    pub fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lines_lost) + self.reports.take_lost()
    }
}

#[cfg(test)]
mod tests {
    use super::super::project::Project;
    use super::super::reports::ring;
    use super::*;

    #[test]
    fn each_reader_gets_lines_and_reports_and_knows_what_it_lost() {
        let instance = Arc::new(Instance::new(Project::default()));
        let (mut writer, source) = ring(4);
        let line = |number: usize| ConsoleLine { severity: Severity::Note, text: number.to_string() };
        instance.state().console.print([line(0)]);
        let mut first = Subscription::new(Arc::clone(&instance), source.subscribe(), source.measure());
        instance.state().console.print([line(1)]);
        let mut second = Subscription::new(Arc::clone(&instance), source.subscribe(), source.measure());
        writer.write(Report::Latency { frames: 7 });
        assert_eq!(first.next_notice(), Some(Notice::Console(line(1))));
        for subscription in [&mut first, &mut second] {
            assert_eq!(subscription.next_notice(), Some(Notice::Report(Report::Latency { frames: 7 })));
            assert_eq!((subscription.next_notice(), subscription.take_lost()), (None, 0));
        }
        instance.state().console.print((0..LINES_MAX + 3).map(line));
        assert_eq!((first.next_notice(), first.take_lost()), (Some(Notice::Console(line(3))), 3));
        let rest = std::iter::from_fn(|| first.next_notice()).count();
        assert_eq!((rest, first.take_lost()), (LINES_MAX - 1, 0));
        assert_eq!(instance.state().console.texts().len(), LINES_MAX);
    }
}
