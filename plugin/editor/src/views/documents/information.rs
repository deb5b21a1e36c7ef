//! What is known of the open document: its own words, its files, what is missing.

use egui::{Grid, RichText, ScrollArea, Ui, vec2};

use crate::model::{Command, View};
use crate::state::State;
use crate::theme::{Theme, medium, size};
use crate::widgets::{button, field, panel};

pub(super) fn show(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::filling(ui, theme, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            // What needs an answer comes first.
            if !state.model.missing.is_empty() {
                missing(state, theme, ui);
                ui.add_space(size::GROUP);
            }
            facts(state, theme, ui);
            ui.add_space(size::GROUP);
            linked(state, theme, ui);
        });
    });
}

fn facts(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::title(ui, theme, "Document");
    let model = &state.model;
    let about = model.read.as_ref().map(|read| read.about.clone()).unwrap_or_default();
    let file = model.document.origin.as_ref().map(|path| path.display().to_string());
    let lines = state.code.buffer().line_count();
    let rows = [
        ("Name", Some(model.document.name.clone())),
        ("Author", about.author),
        ("Licence", about.license),
        ("Category", about.category),
        ("Version", about.version),
        ("About", about.text),
        ("File", file.or(Some("in the project only".to_owned()))),
        ("Lines", Some(lines.to_string())),
        ("Parameters", Some(model.parameters.len().to_string())),
    ];
    ui.spacing_mut().interact_size.y = 18.0;
    Grid::new("document").num_columns(2).spacing(vec2(size::GROUP, size::TIGHT)).show(ui, |ui| {
        for (name, value) in rows {
            let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
            ui.label(RichText::new(name).font(medium(size::TEXT_LABEL)).color(theme.muted));
            ui.label(value);
            ui.end_row();
        }
    });
    ui.spacing_mut().interact_size.y = size::CONTROL;
    ui.horizontal(|ui| {
        let can_save = state.model.document.origin.is_some();
        let save = ui.add_enabled_ui(can_save, |ui| button::plain(ui, "Save")).inner;
        if save.on_hover_text("Writes the text to the file it came from (Ctrl+S)").clicked() {
            state.act(Command::Save { text: state.text() });
        }
        if button::plain(ui, "Save as…").clicked() {
            state.view_state.documents_page = 2;
        }
        if button::plain(ui, "Edit the words")
            .on_hover_text("They stand in the document, in a line ;@about")
            .clicked()
        {
            let directives = state.model.read.as_ref().map_or(&[][..], |read| &read.directives);
            let line = directives.iter().find(|one| one.word == "about").map_or(1, |one| one.line);
            state.view_state.view = View::Edit;
            state.go_to(line);
        }
    });
}

fn linked(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::title(ui, theme, "Linked file");
    let Some(linked) = state.model.linked.clone() else {
        let what =
            "None. A document can follow its file: what another editor writes there is built and swapped in.";
        panel::note(ui, theme, what);
        match state.model.document.origin.clone() {
            Some(path) => {
                if button::plain(ui, "Follow its file").clicked() {
                    state.act(Command::Link { path: Some(path) });
                }
            }
            None => {
                panel::note(ui, theme, "It has no file yet: save it, or follow a file with “Follow” in Open.")
            }
        }
        return;
    };
    ui.label(linked.path.display().to_string());
    if let Some(problem) = &linked.problem {
        ui.colored_label(theme.warning, problem);
    }
    ui.horizontal(|ui| {
        if linked.conflict.is_some() && button::plain(ui, "Show both texts").clicked() {
            state.view_state.documents_page = 4;
        }
        if button::plain(ui, "Follow it no longer").clicked() {
            state.act(Command::Link { path: None });
        }
    });
}

fn missing(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::title(ui, theme, "Missing files");
    panel::note(
        ui,
        theme,
        "What refers to them stays as it is; say where a file is now, and it is taken from there.",
    );
    for file in state.model.missing.clone() {
        ui.add_space(size::NEAR);
        let line = file.line.map_or_else(String::new, |line| format!("  line {line}"));
        ui.label(RichText::new(format!("{}{line}", file.name)).color(theme.warning));
        for path in &file.looked {
            panel::note(ui, theme, &format!("looked for {}", path.display()));
        }
        let id = ui.scope_id().with(("where is", &file.name));
        let mut path: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        ui.horizontal(|ui| {
            let name = format!("Where {} is", file.name);
            let width = (ui.available_width() - 90.0).min(480.0);
            let what = field::Field { name: &name, hint: "Path of the file", width, is_code: false };
            let response = field::text(ui, theme, &mut path, what);
            let take =
                ui.add_enabled_ui(!path.trim().is_empty(), |ui| button::plain(ui, "Take it").clicked()).inner;
            if (take || field::entered(ui, &response)) && !path.trim().is_empty() {
                state.act(Command::Locate { name: file.name.clone(), path: path.trim().into() });
            }
        });
        ui.data_mut(|data| data.insert_temp(id, path));
    }
}
