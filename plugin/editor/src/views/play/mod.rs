//! The play view: presets above, the surface, meters beside it, and a keyboard below.

mod flow;
mod layout;
mod presets;
mod surface;

use egui::{Rect, Ui, pos2, vec2};

use crate::model::Command;
use crate::state::State;
use crate::theme::{Theme, size};
use crate::widgets::keyboard::{self, KeyAct, KeyboardState};
use crate::widgets::meter::PeakHold;
use crate::widgets::{button, panel, tabs};

pub(super) use presets::PresetBar;

const KEYBOARD_HEIGHT: f32 = 84.0;
const METERS_WIDTH: f32 = 76.0;
const OCTAVE_WIDTH: f32 = 76.0;
/// A narrower surface has short words in its bar.
const NARROW: f32 = 560.0;

/// What the play view keeps while the window is open.
#[derive(Default)]
pub(super) struct PlayView {
    keyboard: KeyboardState,
    layout_keyboard: KeyboardState,
    holds: Vec<PeakHold>,
    presets: PresetBar,
}

impl PlayView {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let all = ui.max_rect();
        let directives = state.model.read.as_ref().map_or(&[][..], |read| &read.directives);
        let pages = layout::pages(&state.model.parameters, directives);
        let mut top = all.top();
        let bar = Rect::from_min_size(all.min, vec2(all.width(), size::CONTROL));
        super::within(ui, bar, |ui| self.bar(state, theme, &pages, ui));
        top += size::CONTROL + size::NEAR;
        let mut bottom = all.bottom();
        if state.view_state.shows_keyboard {
            bottom -= KEYBOARD_HEIGHT;
            let rect = Rect::from_min_max(pos2(all.left(), bottom), all.max);
            super::within(ui, rect, |ui| self.keyboard(state, theme, ui));
            bottom -= size::NEAR;
        }
        let right = all.right() - METERS_WIDTH;
        let meters = Rect::from_min_max(pos2(right, top), pos2(all.right(), bottom));
        super::within(ui, meters, |ui| {
            panel::filling(ui, theme, |ui| {
                let height = ui.available_height();
                surface::meters(self, state, theme, height, ui);
            });
        });
        let rect = Rect::from_min_max(pos2(all.left(), top), pos2(right - size::NEAR, bottom));
        super::within(ui, rect, |ui| {
            let page = &pages[state.view_state.page.min(pages.len() - 1)];
            if page.groups.is_empty() {
                empty(state, theme, ui);
            } else {
                surface::show(self, state, theme, page, ui);
            }
        });
    }

    /// Presets and pages on the left, what ends notes on the right.
    fn bar(&mut self, state: &mut State, theme: &Theme, pages: &[layout::Page], ui: &mut Ui) {
        let is_narrow = ui.available_width() < NARROW;
        ui.horizontal(|ui| {
            self.presets.show(state, theme, is_narrow, ui);
            if pages.len() > 1 {
                ui.add_space(size::NEAR);
                let names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
                tabs::tabs(ui, theme, &names, &mut state.view_state.page);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if button::plain(ui, if is_narrow { "Notes off" } else { "All notes off" })
                    .on_hover_text("Ends every note (Ctrl+.)")
                    .clicked()
                {
                    state.act(Command::AllNotesOff);
                }
                let is_shown = state.view_state.shows_keyboard;
                if button::toggle(ui, theme, is_shown, if is_narrow { "Keys" } else { "Keyboard" }).clicked()
                {
                    state.view_state.shows_keyboard = !is_shown;
                }
            });
        });
    }

    fn keyboard(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(OCTAVE_WIDTH);
                ui.spacing_mut().item_spacing.y = size::TIGHT;
                let octave = state.view_state.octave;
                let shift = |ui: &mut Ui, text: &str, hint: &str, to: u8| {
                    let response = ui.add_enabled_ui(to <= 8, |ui| {
                        ui.set_width(OCTAVE_WIDTH);
                        button::compact(ui, text).on_hover_text(hint).clicked()
                    });
                    response.inner
                };
                let up = shift(ui, "Octave +", "One octave higher", octave + 1);
                let down = shift(ui, "Octave −", "One octave lower", octave.wrapping_sub(1));
                if up || down {
                    let mut acts = Vec::new();
                    self.keyboard.release(&mut acts);
                    acts.into_iter().for_each(|act| state.act(key_command(act)));
                    state.view_state.octave = if up { octave + 1 } else { octave - 1 };
                }
            });
            let mut acts: Vec<KeyAct> = Vec::new();
            let keys = (state.view_state.octave * 12 + 12, state.model.keys);
            let hint = "Click to play, nearer to the front is louder.\nWhile it has the focus, the computer's keys play: Z S X … and Q 2 W …";
            keyboard::keyboard(ui, theme, &mut self.keyboard, keys, KEYBOARD_HEIGHT, &mut acts).on_hover_text(hint);
            acts.into_iter().for_each(|act| state.act(key_command(act)));
        });
    }
}

fn key_command(act: KeyAct) -> Command {
    match act {
        KeyAct::On { key, velocity } => Command::NoteOn { key, velocity },
        KeyAct::Off { key } => Command::NoteOff { key },
    }
}

/// A document without parameters.
fn empty(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::filling(ui, theme, |ui| {
        let undeclared = state.model.undeclared.len();
        let (why, begin) = if state.model.document.text.trim().is_empty() {
            (
                "Knobs and switches of a document stand here. Begin with a template, or open a document.",
                "Choose a document",
            )
        } else if undeclared > 0 {
            (
                "The document reads channels that are not declared as parameters. Make them parameters, and they stand here.",
                "Show the channels",
            )
        } else {
            (
                "Write a line such as ;@param cutoff 40..16000=1800 exp unit=Hz into the document, and a knob stands here.",
                "Edit the document",
            )
        };
        if panel::empty(ui, theme, "No parameters", why, Some(begin)) {
            use crate::model::View;
            state.view_state.view = match begin {
                "Choose a document" => View::Documents,
                "Show the channels" => View::Session,
                _ => View::Edit,
            };
        }
    });
}
