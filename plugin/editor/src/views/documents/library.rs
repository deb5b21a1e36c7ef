//! The documents that come with the plugin, by categories, with a search; templates to begin with.

use egui::{Ui, vec2};

use super::super::sized;
use crate::model::{Command, LibraryEntry};
use crate::state::State;
use crate::theme::{Theme, size};
use crate::widgets::list::{self, ListState, Row};
use crate::widgets::{button, panel};

/// What the page keeps.
#[derive(Default)]
pub(super) struct LibraryPage {
    list: ListState,
    /// 0: all, then templates, then the categories in order.
    category: usize,
    chosen: Option<usize>,
}

impl LibraryPage {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let area = ui.available_size();
        ui.horizontal_top(|ui| {
            let left = 170.0;
            let right = (area.x * 0.32).clamp(200.0, 360.0);
            let middle = area.x - left - right - 2.0 * size::NEAR;
            let categories = categories(&state.model.library);
            sized(ui, theme, vec2(left, area.y), |ui| {
                if button::primary(ui, theme, "New document").on_hover_text("Begins an empty document").clicked() {
                    state.act(Command::NewEmpty);
                }
                ui.add_space(size::TIGHT);
                let rows: Vec<Row<'_>> = categories.iter().map(|name| Row::text(name)).collect();
                let mut plain = ListState::without_search();
                let height = ui.available_height();
                let act = list::list(ui, theme, &mut plain, "categories", &rows, Some(self.category), height);
                if let Some(category) = act.chosen {
                    self.category = category;
                }
            });
            let shown = shown(&state.model.library, &categories, self.category);
            sized(ui, theme, vec2(middle, area.y), |ui| {
                if state.model.library.is_empty() {
                    let why = "The documents that come with the plugin were not found. Install the plugin with its folder of instruments.";
                    panel::empty(ui, theme, "The library is empty", why, None);
                    return;
                }
                let library = &state.model.library;
                let rows: Vec<Row<'_>> = shown
                    .iter()
                    .map(|at| Row { text: &library[*at].name, detail: &library[*at].category, is_folder: false })
                    .collect();
                let chosen = self.chosen.and_then(|chosen| shown.iter().position(|at| *at == chosen));
                let height = ui.available_height() - 40.0;
                let act = list::list(ui, theme, &mut self.list, "library", &rows, chosen, height);
                self.chosen = act.chosen.map(|row| shown[row]).or(self.chosen);
                if let Some(row) = act.opened {
                    state.act(Command::OpenLibrary { entry: shown[row] });
                }
            });
            sized(ui, theme, vec2(right, area.y), |ui| {
                match self.chosen.and_then(|at| state.model.library.get(at).map(|entry| (at, entry.clone()))) {
                    Some((at, entry)) => details(state, theme, at, &entry, ui),
                    None => panel::note(ui, theme, "Choose a document to read about it; a double click opens it."),
                }
            });
        });
    }
}

/// `All`, `Templates`, and the first part of each category once.
fn categories(library: &[LibraryEntry]) -> Vec<String> {
    let mut names: Vec<String> = library.iter().filter(|entry| !entry.is_template).map(category).collect();
    names.sort();
    names.dedup();
    ["All".to_owned(), "Templates".to_owned()].into_iter().chain(names).collect()
}

fn category(entry: &LibraryEntry) -> String {
    let first = entry.category.split('/').next().unwrap_or_default().trim();
    if first.is_empty() { "Other".to_owned() } else { first.to_owned() }
}

fn shown(library: &[LibraryEntry], categories: &[String], chosen: usize) -> Vec<usize> {
    let is_in = |entry: &LibraryEntry| match chosen {
        0 => true,
        1 => entry.is_template,
        _ => categories.get(chosen).is_none_or(|name| *name == category(entry)),
    };
    (0..library.len()).filter(|at| is_in(&library[*at])).collect()
}

fn details(state: &mut State, theme: &Theme, at: usize, entry: &LibraryEntry, ui: &mut Ui) {
    panel::title(ui, theme, &entry.name);
    if !entry.author.is_empty() {
        panel::note(ui, theme, &format!("by {}", entry.author));
    }
    if !entry.category.is_empty() {
        panel::note(ui, theme, &entry.category);
    }
    ui.add_space(size::TIGHT);
    ui.label(&entry.text);
    ui.add_space(size::NEAR);
    let word = if entry.is_template { "Begin with it" } else { "Open" };
    if button::primary(ui, theme, word).clicked() {
        state.act(Command::OpenLibrary { entry: at });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_first_parts_and_show_what_is_in_them() {
        let entry = |name: &str, category: &str, is_template| LibraryEntry {
            name: name.to_owned(),
            category: category.to_owned(),
            author: String::new(),
            text: String::new(),
            is_template,
        };
        let library = [entry("a", "Synth/Keys", false), entry("b", "Effect", true), entry("c", "", false)];
        let categories = categories(&library);
        assert_eq!(categories, ["All", "Templates", "Other", "Synth"]);
        let all: Vec<Vec<usize>> = (0..4).map(|at| shown(&library, &categories, at)).collect();
        assert_eq!(all, [vec![0, 1, 2], vec![1], vec![2], vec![0]]);
    }
}
