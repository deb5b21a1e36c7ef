//! A followed file and the document that have both changed: the two side by side, and which one holds.

use std::sync::Arc;

use egui::{Align2, Color32, Rect, ScrollArea, Sense, Ui, pos2, vec2};
use similar::{DiffOp, TextDiff};

use crate::model::Command;
use crate::state::State;
use crate::theme::{Theme, code, size};
use crate::widgets::{button, paint, panel};

/// How long two texts are compared; what is left then counts as changed.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(100);
/// Lines that are the same and are shown around a change.
const AROUND: usize = 3;
/// Room for the numbers of lines.
const NUMBERS: f32 = 40.0;

/// What the page keeps: the rows for the two texts that were compared last.
#[derive(Default)]
pub(super) struct ConflictPage {
    compared: Option<(Arc<str>, String)>,
    rows: Vec<Row>,
}

/// A row: a line of the file beside one of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Row {
    /// A line of the file and one of the document; one that the other lacks stands alone.
    Lines { file: Option<Numbered>, document: Option<Numbered>, is_same: bool },
    /// So many lines that are the same and are not shown.
    Skipped(usize),
}

/// A line with its number, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Numbered {
    number: usize,
    text: String,
}

impl ConflictPage {
    pub fn show(&mut self, state: &mut State, theme: &Theme, file: &Arc<str>, ui: &mut Ui) {
        let document = state.text();
        if self.compared.as_ref().is_none_or(|(old, new)| old != file || *new != document) {
            self.rows = rows(file, &document);
            self.compared = Some((Arc::clone(file), document));
        }
        panel::filling(ui, theme, |ui| {
            ui.colored_label(
                theme.warning,
                "The followed file and the document have both changed. Nothing is replaced until you say which one holds.",
            );
            ui.add_space(size::TIGHT);
            self.choices(state, ui);
            ui.add_space(size::NEAR);
            ui.spacing_mut().item_spacing.y = 0.0;
            let row = size::CODE_LINE;
            let all = self.rows.len();
            ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, row, all, |ui, range| {
                for row in &self.rows[range] {
                    show_row(row, theme, ui);
                }
            });
        });
    }

    /// The heads of the two columns, each with its button.
    fn choices(&self, state: &mut State, ui: &mut Ui) {
        let half = ui.available_width() / 2.0;
        let path = state.model.linked.as_ref().map(|linked| linked.path.display().to_string());
        ui.horizontal(|ui| {
            ui.scope(|ui| {
                ui.set_width(half - size::NEAR);
                if button::plain(ui, "Take the file").on_hover_text(path.unwrap_or_default()).clicked() {
                    state.act(Command::ResolveConflict { take_file: true });
                }
            });
            if button::plain(ui, "Keep the document")
                .on_hover_text("The file stays as it is, until the document is saved (Ctrl+S)")
                .clicked()
            {
                state.act(Command::ResolveConflict { take_file: false });
            }
        });
    }
}

/// The rows for two texts.
fn rows(file: &str, document: &str) -> Vec<Row> {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(file, document);
    let numbered = |lines: &[&str], at: usize| {
        let text = lines.get(at)?.trim_end_matches(['\n', '\r']).to_owned();
        Some(Numbered { number: at + 1, text })
    };
    let (old, new) = (diff.old_slices(), diff.new_slices());
    let mut rows = Vec::new();
    let mut next = 0;
    for group in diff.grouped_ops(AROUND) {
        let Some(first) = group.first() else { continue };
        if first.old_range().start > next {
            rows.push(Row::Skipped(first.old_range().start - next));
        }
        for op in &group {
            let (before, now) = (op.old_range(), op.new_range());
            let is_same = matches!(op, DiffOp::Equal { .. });
            rows.extend((0..before.len().max(now.len())).map(|at| Row::Lines {
                file: (at < before.len()).then(|| numbered(old, before.start + at)).flatten(),
                document: (at < now.len()).then(|| numbered(new, now.start + at)).flatten(),
                is_same,
            }));
            next = before.end;
        }
    }
    rows
}

fn show_row(row: &Row, theme: &Theme, ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::CODE_LINE), Sense::hover());
    let (file, document, is_same) = match row {
        Row::Skipped(count) => {
            let text = format!("… {count} lines that are the same");
            let at = pos2(rect.left() + NUMBERS, rect.center().y);
            let font = code(size::TEXT_LABEL);
            paint::text(ui, at, Align2::LEFT_CENTER, &text, font, theme.faint, rect.width());
            return;
        }
        Row::Lines { file, document, is_same } => (file, document, *is_same),
    };
    let middle = rect.center().x;
    let left = Rect::from_min_max(rect.min, pos2(middle - size::TIGHT, rect.max.y));
    let right = Rect::from_min_max(pos2(middle + size::TIGHT, rect.min.y), rect.max);
    for (line, place, colour) in [(file, left, theme.error), (document, right, theme.ok)] {
        side(line.as_ref(), place, if is_same { theme.muted } else { colour }, is_same, theme, ui);
    }
}

/// One side of a row; a line that is missing there is an empty place.
fn side(line: Option<&Numbered>, rect: Rect, colour: Color32, is_same: bool, theme: &Theme, ui: &Ui) {
    if !is_same {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS_MARK), theme.well);
    }
    let Some(line) = line else { return };
    let font = code(size::TEXT_LABEL);
    let y = rect.center().y;
    let number = line.number.to_string();
    let at = pos2(rect.left() + NUMBERS - size::NEAR, y);
    paint::text(ui, at, Align2::RIGHT_CENTER, &number, font.clone(), theme.faint, NUMBERS);
    let at = pos2(rect.left() + NUMBERS, y);
    paint::text(ui, at, Align2::LEFT_CENTER, &line.text, font, colour, rect.width() - NUMBERS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_stand_beside_each_other() {
        let file: String = (1..=20).map(|at| format!("{at}\n")).collect();
        let document = file.replace("10\n", "ten\nand more\n").replace("12\n", "");
        let numbered = |number, text: &str| Some(Numbered { number, text: text.to_owned() });
        let shown = rows(&file, &document);
        assert_eq!(shown.first(), Some(&Row::Skipped(6)));
        let row = |file, document, is_same| Row::Lines { file, document, is_same };
        for expected in [
            row(numbered(9, "9"), numbered(9, "9"), true),
            row(numbered(10, "10"), numbered(10, "ten"), false),
            row(None, numbered(11, "and more"), false),
            row(numbered(12, "12"), None, false),
            row(numbered(13, "13"), numbered(13, "13"), true),
        ] {
            assert!(shown.contains(&expected), "{expected:?} is not among {shown:?}");
        }
        assert_eq!(rows(&file, &file), []);
    }
}
