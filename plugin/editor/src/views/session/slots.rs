//! The parameters with their slots and controllers, and channels that could be parameters.

use egui::{Align2, ScrollArea, Sense, Ui, pos2, vec2};

use ksmps_data::params::SLOTS;

use crate::model::{Command, Parameter};
use crate::state::State;
use crate::theme::{Theme, code, medium, size};
use crate::widgets::{button, field, paint, panel, units};

/// Room for a slot's number.
const SLOT_WIDTH: f32 = 34.0;

/// What the page keeps.
#[derive(Default)]
pub(super) struct SlotsPage {
    query: String,
    /// The slot whose number is being typed, and what is typed.
    typed: Option<(u16, String)>,
}

impl SlotsPage {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        panel::filling(ui, theme, |ui| {
            undeclared(state, theme, ui);
            if state.model.parameters.is_empty() {
                let why = "Write a line such as ;@param cutoff 40..16000=1800 exp unit=Hz into the document.";
                panel::empty(ui, theme, "No parameters", why, None);
                return;
            }
            ui.horizontal(|ui| {
                panel::title(ui, theme, &format!("{} parameters", state.model.parameters.len()));
                field::search(ui, theme, &mut self.query, "Search parameters", 220.0);
            });
            let query = self.query.trim().to_lowercase();
            let parameters = state.model.parameters.iter().enumerate();
            let found: Vec<usize> = parameters
                .filter(|(_, one)| {
                    format!("{} {}", one.param.label, one.param.name).to_lowercase().contains(&query)
                })
                .map(|(at, _)| at)
                .collect();
            if found.is_empty() {
                panel::note(ui, theme, &format!("Nothing found for “{}”.", self.query));
            }
            ScrollArea::vertical().auto_shrink([false, false]).show_rows(
                ui,
                size::CONTROL,
                found.len(),
                |ui, range| {
                    for at in &found[range] {
                        row(state, theme, *at, &mut self.typed, ui);
                    }
                },
            );
        });
    }
}

/// `3 undeclared channels: make parameters`.
fn undeclared(state: &mut State, theme: &Theme, ui: &mut Ui) {
    let names = &state.model.undeclared;
    if names.is_empty() {
        return;
    }
    let count = names.len();
    let (word, list) = (if count == 1 { "channel" } else { "channels" }, names.join(", "));
    ui.horizontal(|ui| {
        ui.colored_label(theme.warning, format!("{count} undeclared {word}: {list}"));
        if button::plain(ui, "Make parameters")
            .on_hover_text("Writes a ;@param line for each into the document and builds it")
            .clicked()
        {
            state.declare_channels();
        }
    });
    ui.add_space(size::NEAR);
}

fn row(state: &mut State, theme: &Theme, at: usize, typed: &mut Option<(u16, String)>, ui: &mut Ui) {
    let one = state.model.parameters[at].clone();
    let is_learning = state.model.learning == Some(one.slot);
    ui.horizontal(|ui| {
        ui.set_min_height(size::CONTROL);
        slot(state, theme, &one, typed, ui);
        let room = (ui.available_width() - 300.0).max(160.0);
        let (rect, _) = ui.allocate_exact_size(vec2(room, size::COMPACT), Sense::hover());
        let y = rect.center().y;
        let half = room / 2.0;
        paint::text(
            ui,
            pos2(rect.left(), y),
            Align2::LEFT_CENTER,
            &one.param.label,
            medium(size::TEXT_BODY),
            theme.text,
            half - 8.0,
        );
        paint::text(
            ui,
            pos2(rect.left() + half, y),
            Align2::LEFT_CENTER,
            &one.param.name,
            code(size::TEXT_LABEL),
            theme.muted,
            half,
        );
        let (rect, _) = ui.allocate_exact_size(vec2(70.0, size::COMPACT), Sense::hover());
        let value = units::text(&one.param, one.base);
        paint::text(
            ui,
            pos2(rect.right(), rect.center().y),
            Align2::RIGHT_CENTER,
            &value,
            medium(size::TEXT_LABEL),
            theme.text,
            70.0,
        );
        let (rect, _) = ui.allocate_exact_size(vec2(64.0, size::COMPACT), Sense::hover());
        let controller = one.controller.map_or_else(|| "–".to_owned(), |number| format!("CC {number}"));
        paint::text(
            ui,
            rect.center(),
            Align2::CENTER_CENTER,
            &controller,
            medium(size::TEXT_LABEL),
            theme.muted,
            64.0,
        );
        if button::toggle(ui, theme, is_learning, if is_learning { "Move one…" } else { "Learn" }).clicked()
        {
            state.act(Command::Learn { slot: (!is_learning).then_some(one.slot) });
        }
        if one.controller.is_some() && button::compact(ui, "Forget").clicked() {
            state.act(Command::SetController { slot: one.slot, controller: None });
        }
    });
}

/// The number of the parameter's slot, which can be typed: the two slots change their parameters.
fn slot(state: &mut State, theme: &Theme, one: &Parameter, typed: &mut Option<(u16, String)>, ui: &mut Ui) {
    let now = (one.slot + 1).to_string();
    let mut text = typed.as_ref().filter(|(slot, _)| *slot == one.slot).map_or(now, |(_, text)| text.clone());
    let name = format!("Slot of {}", one.param.label);
    let what = field::Field { name: &name, hint: "", width: SLOT_WIDTH, is_code: false };
    let response = field::text(ui, theme, &mut text, what).on_hover_text(
        "The slot in which the host sees the parameter. Type another number to change places with what is there; what the host has automated stays with the number.",
    );
    if field::entered(ui, &response)
        && let Ok(number @ 1..=SLOTS) = text.trim().parse::<usize>()
        && number - 1 != usize::from(one.slot)
    {
        state.act(Command::SwapSlots { one: one.slot, other: (number - 1) as u16 });
    }
    if response.has_focus() {
        *typed = Some((one.slot, text));
    } else if typed.as_ref().is_some_and(|(slot, _)| *slot == one.slot) {
        *typed = None;
    }
}
