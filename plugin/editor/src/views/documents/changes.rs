//! What changed since the document was saved, line by line. Where a followed file and the document have both changed, the two
//! texts stand side by side.

use std::sync::Arc;

use egui::{Color32, RichText, ScrollArea, Ui};
use similar::{ChangeTag, TextDiff};

use super::conflict::ConflictPage;

use crate::state::State;
use crate::theme::{Theme, code, size};
use crate::widgets::panel;

/// Between two lines.
const GAP: f32 = 3.0;
/// Lines that are the same and are shown around a change.
const AROUND: usize = 3;

/// What the page keeps: the lines for the two texts that were compared last.
#[derive(Default)]
pub(super) struct ChangesPage {
    compared: Option<(Arc<str>, String)>,
    lines: Vec<Line>,
    conflict: ConflictPage,
}

/// A line of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Same(u32, String),
    Added(u32, String),
    Removed(u32, String),
    /// So many lines that are the same and are not shown.
    Skipped(usize),
}

impl ChangesPage {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        if let Some(file) = state.model.linked.as_ref().and_then(|linked| linked.conflict.clone()) {
            self.conflict.show(state, theme, &file, ui);
            return;
        }
        let before = Arc::clone(&state.model.document.saved);
        self.compare(&before, &state.text());
        panel::filling(ui, theme, |ui| {
            if self.lines.iter().all(|line| matches!(line, Line::Same(..) | Line::Skipped(_))) {
                panel::empty(
                    ui,
                    theme,
                    "Nothing has changed",
                    "Lines that differ from the saved text stand here.",
                    None,
                );
                return;
            }
            panel::note(ui, theme, "What changed since the document was opened or saved.");
            ui.spacing_mut().item_spacing.y = GAP;
            let height = ui.fonts_mut(|fonts| fonts.row_height(&code(size::TEXT_LABEL)));
            ScrollArea::both().auto_shrink([false, false]).show_rows(
                ui,
                height,
                self.lines.len(),
                |ui, range| {
                    for line in &self.lines[range] {
                        show_line(line, theme, ui);
                    }
                },
            );
        });
    }

    fn compare(&mut self, before: &Arc<str>, now: &str) {
        if self.compared.as_ref().is_some_and(|(old, new)| old == before && new == now) {
            return;
        }
        self.lines = compare(before, now);
        self.compared = Some((Arc::clone(before), now.to_owned()));
    }
}

fn compare(before: &str, now: &str) -> Vec<Line> {
    let diff = TextDiff::configure().timeout(std::time::Duration::from_millis(100)).diff_lines(before, now);
    let mut lines = Vec::new();
    let mut next = 0;
    for group in diff.grouped_ops(AROUND) {
        let Some(first) = group.first() else { continue };
        if first.old_range().start > next {
            lines.push(Line::Skipped(first.old_range().start - next));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
            let number = |index: Option<usize>| index.map_or(0, |index| index as u32 + 1);
            lines.push(match change.tag() {
                ChangeTag::Equal => Line::Same(number(change.new_index()), text),
                ChangeTag::Insert => Line::Added(number(change.new_index()), text),
                ChangeTag::Delete => Line::Removed(number(change.old_index()), text),
            });
        }
        next = group.last().map_or(next, |last| last.old_range().end);
    }
    lines
}

fn show_line(line: &Line, theme: &Theme, ui: &mut Ui) {
    let (number, mark, text, colour): (String, &str, &str, Color32) = match line {
        Line::Same(number, text) => (number.to_string(), " ", text, theme.muted),
        Line::Added(number, text) => (number.to_string(), "+", text, theme.ok),
        Line::Removed(number, text) => (number.to_string(), "-", text, theme.error),
        Line::Skipped(count) => (String::new(), " ", &format!("… {count} lines"), theme.faint),
    };
    let text = format!("{number:>5} {mark} {text}");
    ui.add(egui::Label::new(RichText::new(text).font(code(size::TEXT_LABEL)).color(colour)).extend());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_shown_with_what_stands_around_them() {
        let before: String = (1..=20).map(|at| format!("{at}\n")).collect();
        let now = before.replace("10\n", "ten\n");
        let lines = compare(&before, &now);
        assert_eq!(lines.first(), Some(&Line::Skipped(6)));
        assert!(lines.contains(&Line::Removed(10, "10".to_owned())));
        assert!(lines.contains(&Line::Added(10, "ten".to_owned())));
        assert_eq!(lines.len(), 1 + 3 + 2 + 3);
        assert_eq!(compare(&before, &before), []);
    }
}
