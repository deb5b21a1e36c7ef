//! A render of the score, or of what is played, to a sound file.

use std::path::PathBuf;

use egui::{ProgressBar, Ui};

use crate::model::{Command, RenderWhat};
use crate::state::State;
use crate::theme::{Theme, size};
use crate::widgets::{button, field, panel, tabs};

/// Seconds behind the score's end.
const TAIL_SECONDS: f64 = 2.0;

/// What the page keeps.
#[derive(Default)]
pub(super) struct RenderPage {
    path: String,
    what: usize,
}

impl RenderPage {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        panel::filling(ui, theme, |ui| {
            panel::title(ui, theme, "Render to a sound file");
            if let Some(rendering) = state.model.rendering.clone() {
                panel::note(ui, theme, &rendering.path.display().to_string());
                let text = format!("{:.1} s", rendering.seconds);
                ui.add(ProgressBar::new(rendering.done.unwrap_or(0.0)).desired_width(420.0).text(text));
                if button::plain(ui, "Stop")
                    .on_hover_text("What was rendered so far stays in the file")
                    .clicked()
                {
                    state.act(Command::StopRender);
                }
                return;
            }
            tabs::tabs(ui, theme, &["The document's score", "What is played"], &mut self.what);
            let note = match self.what {
                0 => {
                    "The score from its beginning to its end and two seconds more, as fast as the machine can."
                }
                _ => "What goes out from now on, until you stop it.",
            };
            panel::note(ui, theme, note);
            if self.path.is_empty() {
                self.path = suggested(state).display().to_string();
            }
            ui.add_space(size::TIGHT);
            let width = ui.available_width().min(560.0);
            let what = field::Field {
                name: "Sound file",
                hint: "Path of the sound file (.wav, .flac, .aif)",
                width,
                is_code: false,
            };
            field::text(ui, theme, &mut self.path, what);
            ui.add_space(size::TIGHT);
            if ui
                .add_enabled_ui(!self.path.trim().is_empty(), |ui| {
                    button::primary(ui, theme, "Render").clicked()
                })
                .inner
            {
                let what = match self.what {
                    0 => RenderWhat::Score { tail_seconds: TAIL_SECONDS },
                    _ => RenderWhat::Played,
                };
                state.act(Command::Render { path: self.path.trim().into(), what });
            }
        });
    }
}

/// Beside the document, else in the first place.
fn suggested(state: &State) -> PathBuf {
    if let Some(origin) = &state.model.document.origin {
        return origin.with_extension("wav");
    }
    let folder = state.model.places.first().map(|(_, path)| path.clone()).unwrap_or_default();
    let name = if state.model.document.name.is_empty() { "untitled" } else { &state.model.document.name };
    folder.join(format!("{name}.wav"))
}
