//! A file browser of our own: places and recent documents, a folder, and what a file says before it is opened.

use std::path::{Path, PathBuf};

use egui::{RichText, ScrollArea, Ui, vec2};
use ksmps_data::size::Bytes;

use super::super::sized;
use crate::model::{Command, FolderEntry};
use crate::state::State;
use crate::theme::{Theme, code, size};
use crate::widgets::list::{self, ListState, Row};
use crate::widgets::{button, field, panel};

/// What is opened without asking for all files.
const KNOWN: [&str; 8] = ["csd", "orc", "udo", "inc", "wav", "aif", "aiff", "flac"];
/// Lines of a preview.
const PREVIEW_LINES: usize = 60;

/// What the browser is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Open,
    Save,
}

/// What the page keeps.
#[derive(Default)]
pub(super) struct FilesPage {
    list: ListState,
    places: ListState,
    chosen: Option<usize>,
    shows_all: bool,
    name: String,
    /// Whether a name that exists may be written over: the user has been asked.
    overwrites: bool,
}

impl FilesPage {
    pub fn show(&mut self, state: &mut State, theme: &Theme, purpose: Purpose, ui: &mut Ui) {
        if state.model.folder.is_none()
            && let Some(path) = first_folder(state)
        {
            state.browse(path);
        }
        let area = ui.available_size();
        ui.horizontal_top(|ui| {
            let left = 180.0;
            let right = if purpose == Purpose::Open { (area.x * 0.34).clamp(190.0, 420.0) } else { 0.0 };
            let gaps = if right > 0.0 { 2.0 } else { 1.0 } * size::NEAR;
            sized(ui, theme, vec2(left, area.y), |ui| self.places(state, theme, ui));
            sized(ui, theme, vec2(area.x - left - right - gaps, area.y), |ui| {
                self.folder(state, theme, purpose, ui)
            });
            if right > 0.0 {
                sized(ui, theme, vec2(right, area.y), |ui| preview(state, theme, ui));
            }
        });
    }

    fn places(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        panel::title(ui, theme, "Places");
        let places: Vec<(String, PathBuf)> = state.model.places.clone();
        self.places.hides_search = true;
        let rows: Vec<Row<'_>> =
            places.iter().map(|(name, _)| Row { text: name, detail: "", is_folder: true }).collect();
        let height = list::ROW * rows.len().min(8) as f32;
        let act = list::list(ui, theme, &mut self.places, "places", &rows, None, height);
        if let Some(at) = act.chosen {
            state.browse(places[at].1.clone());
        }
        ui.add_space(size::NEAR);
        panel::title(ui, theme, "Recent");
        let recent = state.model.recent.clone();
        if recent.is_empty() {
            panel::note(ui, theme, "Documents that you open stand here.");
        }
        let names: Vec<String> = recent.iter().map(|path| file_name(path)).collect();
        let rows: Vec<Row<'_>> = names.iter().map(|name| Row::text(name)).collect();
        let height = ui.available_height() - size::NEAR;
        let act = list::list(ui, theme, &mut self.places, "recent", &rows, None, height);
        if let Some(at) = act.opened {
            state.act(Command::Open { path: recent[at].clone() });
        } else if let Some(at) = act.chosen {
            state.act(Command::Preview { path: recent[at].clone() });
        }
    }

    fn folder(&mut self, state: &mut State, theme: &Theme, purpose: Purpose, ui: &mut Ui) {
        let Some((path, entries)) = state.model.folder.clone() else {
            let why = "Choose a place on the left, or use the system's dialog.";
            if panel::empty(ui, theme, "No folder", why, Some("System dialog…")) {
                system(state, purpose);
            }
            return;
        };
        ui.horizontal(|ui| {
            let up = path.parent().map(Path::to_owned);
            if ui
                .add_enabled_ui(up.is_some(), |ui| button::compact(ui, "↑"))
                .inner
                .on_hover_text("The folder above")
                .clicked()
                && let Some(up) = up
            {
                self.chosen = None;
                state.browse(up);
            }
            ui.add(egui::Label::new(RichText::new(path.display().to_string()).color(theme.muted)).truncate());
        });
        let entries = match entries {
            Ok(entries) => entries,
            Err(why) => {
                panel::empty(ui, theme, "This folder cannot be read", &why, None);
                return;
            }
        };
        let shown: Vec<&FolderEntry> = entries.iter().filter(|one| self.shows_all || is_known(one)).collect();
        let details: Vec<String> = shown.iter().map(|one| detail(one)).collect();
        let rows: Vec<Row<'_>> = shown
            .iter()
            .zip(&details)
            .map(|(one, detail)| Row { text: &one.name, detail, is_folder: one.is_folder })
            .collect();
        let height = (ui.available_height() - 84.0).max(list::ROW);
        let act = list::list(ui, theme, &mut self.list, "files", &rows, self.chosen, height);
        if let Some(at) = act.chosen {
            self.chosen = Some(at);
            self.overwrites = false;
            if !shown[at].is_folder {
                self.name.clone_from(&shown[at].name);
                state.act(Command::Preview { path: path.join(&shown[at].name) });
            }
        }
        if let Some(at) = act.opened {
            let target = path.join(&shown[at].name);
            if shown[at].is_folder {
                self.chosen = None;
                self.list.query.clear();
                state.browse(target);
            } else if purpose == Purpose::Open {
                state.act(Command::Open { path: target });
            }
        }
        let exists = shown.iter().any(|one| one.name == self.name);
        ui.with_layout(egui::Layout::bottom_up(egui::Align::Min), |ui| {
            ui.horizontal(|ui| self.buttons(state, theme, purpose, &path, exists, ui));
        });
    }

    fn buttons(
        &mut self,
        state: &mut State,
        theme: &Theme,
        purpose: Purpose,
        folder: &Path,
        exists: bool,
        ui: &mut Ui,
    ) {
        if purpose == Purpose::Save {
            let width = (ui.available_width() - 230.0).max(100.0);
            let what = field::Field { name: "File name", hint: "name.csd", width, is_code: false };
            if field::text(ui, theme, &mut self.name, what).changed() {
                self.overwrites = false;
            }
        }
        let is_named = !self.name.trim().is_empty();
        let word = match (purpose, exists && self.overwrites) {
            (Purpose::Open, _) => "Open",
            (Purpose::Save, false) => "Save",
            (Purpose::Save, true) => "Write over it",
        };
        let is_clicked = ui.add_enabled_ui(is_named, |ui| button::primary(ui, theme, word).clicked()).inner;
        if is_clicked {
            let path = folder.join(self.name.trim());
            match purpose {
                Purpose::Open => state.act(Command::Open { path }),
                Purpose::Save if exists && !self.overwrites => self.overwrites = true,
                Purpose::Save => {
                    state.act(Command::SaveAs { path: with_extension(path), text: state.text() });
                    self.overwrites = false;
                }
            }
        }
        if button::plain(ui, "System dialog…").clicked() {
            system(state, purpose);
        }
        if purpose == Purpose::Open {
            ui.checkbox(&mut self.shows_all, "All files");
            if is_named
                && button::plain(ui, "Follow")
                    .on_hover_text(
                        "Opens the file and follows it: what another editor writes is built and swapped in",
                    )
                    .clicked()
            {
                state.act(Command::Link { path: Some(folder.join(self.name.trim())) });
            }
        }
    }
}

fn system(state: &mut State, purpose: Purpose) {
    let text = state.text();
    state.act(match purpose {
        Purpose::Open => Command::SystemOpen,
        Purpose::Save => Command::SystemSave { text },
    });
}

/// The document's own folder, else the first place.
fn first_folder(state: &State) -> Option<PathBuf> {
    let own = state.model.document.origin.as_ref().and_then(|path| path.parent()).map(Path::to_owned);
    own.or_else(|| state.model.places.first().map(|(_, path)| path.clone()))
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// A document without an extension is a .csd.
fn with_extension(path: PathBuf) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension("csd") }
}

fn is_known(entry: &FolderEntry) -> bool {
    entry.is_folder
        || Path::new(&entry.name)
            .extension()
            .is_some_and(|end| KNOWN.iter().any(|known| end.eq_ignore_ascii_case(known)))
}

fn detail(entry: &FolderEntry) -> String {
    if entry.is_folder {
        return entry.changed.clone();
    }
    format!("{}  {}", Bytes(entry.bytes), entry.changed)
}

/// The directives of a document, then its first lines.
fn preview(state: &State, theme: &Theme, ui: &mut Ui) {
    let Some((path, text)) = &state.model.preview else {
        panel::note(ui, theme, "Choose a file to see what it says.");
        return;
    };
    panel::title(ui, theme, &file_name(path));
    match text {
        Err(why) => panel::note(ui, theme, why),
        Ok(text) => {
            let lines = || text.lines().filter(|line| !line.trim().is_empty());
            let about: Vec<&str> = lines().filter(|line| line.trim_start().starts_with(";@about")).collect();
            ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                for line in about.iter().copied().chain(lines().take(PREVIEW_LINES)) {
                    let is_directive = line.trim_start().starts_with(";@");
                    let colour = if is_directive { theme.accent } else { theme.muted };
                    ui.add(
                        egui::Label::new(RichText::new(line).font(code(size::TEXT_LABEL)).color(colour))
                            .extend(),
                    );
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_and_sounds_are_shown_and_a_name_without_an_end_is_a_csd() {
        let entry = |name: &str, is_folder, bytes| FolderEntry {
            name: name.to_owned(),
            is_folder,
            bytes,
            changed: String::new(),
        };
        let shown = ["a.csd", "B.WAV", "c.txt", "d"].map(|name| is_known(&entry(name, false, 0)));
        assert_eq!(shown, [true, true, false, false]);
        assert!(is_known(&entry("folder", true, 0)));
        assert_eq!(with_extension("a/b".into()), Path::new("a/b.csd"));
        assert_eq!(with_extension("a/b.orc".into()), Path::new("a/b.orc"));
        let sizes = [10, 1500, 3_000_000].map(|bytes| detail(&entry("a", false, bytes)));
        assert_eq!(sizes.map(|size| size.trim().to_owned()), ["10 B", "2 KB", "2.9 MB"]);
    }
}
