//! The preset bar: the one before, the one behind, the list, and what can be done with the user's own.

use egui::{Popup, Ui};

use crate::model::{Command, PresetSource};
use crate::state::State;
use crate::theme::{Theme, size};
use crate::widgets::list::{self, ListState, Row};
use crate::widgets::{button, field};

/// What the bar keeps.
#[derive(Default)]
pub(in crate::views) struct PresetBar {
    list: ListState,
    /// The name that is being typed, and the preset that gets it; `None` for a new one.
    naming: Option<(String, Option<usize>)>,
}

impl PresetBar {
    pub fn show(&mut self, state: &mut State, theme: &Theme, is_narrow: bool, ui: &mut Ui) {
        if self.naming.is_some() {
            self.name(state, theme, ui);
            return;
        }
        let count = state.model.presets.len();
        let chosen = state.model.chosen_preset;
        let to = |step: usize| chosen.map_or(0, |now| (now + step) % count.max(1));
        ui.add_enabled_ui(count > 0, |ui| {
            if button::plain(ui, "◂").on_hover_text("The preset before").clicked() {
                state.act(Command::ChoosePreset { preset: to(count - 1) });
            }
            if button::plain(ui, "▸").on_hover_text("The next preset").clicked() {
                state.act(Command::ChoosePreset { preset: to(1) });
            }
        });
        let name =
            chosen.and_then(|at| state.model.presets.get(at)).map_or("Presets", |one| one.name.as_str());
        let response = button::plain(ui, &format!("{name} ▾")).on_hover_text("Choose a preset");
        Popup::menu(&response).width(240.0).show(|ui| self.choose(state, theme, ui));
        if !is_narrow
            && button::plain(ui, "Save preset")
                .on_hover_text("Keep the present values as a preset of your own")
                .clicked()
        {
            self.naming = Some((String::new(), None));
        }
    }

    fn choose(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        if state.model.presets.is_empty() {
            ui.colored_label(theme.muted, "No presets yet.");
            self.save_entry(ui);
            return;
        }
        let rows: Vec<Row<'_>> = state
            .model
            .presets
            .iter()
            .map(|preset| Row {
                text: &preset.name,
                detail: if preset.source == PresetSource::Document { "document" } else { "yours" },
                is_folder: false,
            })
            .collect();
        self.list.hides_search = rows.len() <= 12;
        let height = list::ROW * rows.len().min(12) as f32;
        let act = list::list(ui, theme, &mut self.list, "presets", &rows, state.model.chosen_preset, height);
        if let Some(preset) = act.opened.or(act.chosen) {
            state.act(Command::ChoosePreset { preset });
            ui.close();
        }
        let chosen = state
            .model
            .chosen_preset
            .filter(|at| state.model.presets.get(*at).is_some_and(|one| one.source == PresetSource::User));
        if let Some(preset) = chosen {
            if ui.button("Rename…").clicked() {
                self.naming = Some((state.model.presets[preset].name.clone(), Some(preset)));
            }
            if ui.button("Delete").clicked() {
                state.act(Command::DeletePreset { preset });
            }
        }
    }

    fn save_entry(&mut self, ui: &mut Ui) {
        if ui.button("Save the present values…").clicked() {
            self.naming = Some((String::new(), None));
        }
    }

    /// The field for a name, in place of the bar. Enter takes it, Escape leaves it.
    fn name(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let Some((mut name, preset)) = self.naming.take() else { return };
        let id = ui.scope_id().with("preset name is new");
        let is_new = ui.data(|data| data.get_temp::<bool>(id)).is_none();
        let what = field::Field {
            name: "Name of the preset",
            hint: "Name of the preset",
            width: 220.0,
            is_code: false,
        };
        let response = field::text(ui, theme, &mut name, what);
        if is_new {
            response.request_focus();
            ui.data_mut(|data| data.insert_temp(id, true));
        }
        let is_entered = field::entered(ui, &response);
        ui.add_space(size::TIGHT);
        let is_named = !name.trim().is_empty();
        let save = ui.add_enabled_ui(is_named, |ui| button::primary(ui, theme, "Save").clicked()).inner;
        let is_left =
            button::plain(ui, "Cancel").clicked() || ui.input(|input| input.key_pressed(egui::Key::Escape));
        if (save || is_entered) && is_named {
            let name = name.trim().to_owned();
            state.act(match preset {
                Some(preset) => Command::RenamePreset { preset, name },
                None => Command::SavePreset { name },
            });
        } else if !is_left {
            self.naming = Some((name, preset));
            return;
        }
        ui.data_mut(|data| data.remove::<bool>(id));
    }
}
