//! The list of what is wrong with the document.

use egui::{RichText, ScrollArea, Ui, vec2};

use ksmps_data::diagnostic::{Diagnostic, Severity};

use crate::state::State;
use crate::theme::{Theme, medium, size};
use crate::widgets::panel;

/// What is wrong; a click goes to the line.
pub(super) fn show(state: &mut State, theme: &Theme, ui: &mut Ui) {
    let frame =
        panel::frame(theme).inner_margin(egui::Margin::symmetric(size::INSET as i8, size::NEAR as i8));
    frame.show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        let mut chosen = None;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = size::TIGHT;
            for one in &state.model.diagnostics {
                if diagnostic(one, theme, ui) {
                    chosen = one.line;
                }
            }
        });
        if let Some(line) = chosen {
            state.go_to(line);
        }
    });
}

fn diagnostic(one: &Diagnostic, theme: &Theme, ui: &mut Ui) -> bool {
    let (colour, word) = match one.severity {
        Severity::Error => (theme.error, "error"),
        Severity::Warning => (theme.warning, "warning"),
        Severity::Note => (theme.muted, "note"),
    };
    let place = match (&one.file, one.line) {
        (Some(file), Some(line)) => format!("{file} {line}"),
        (None, Some(line)) => format!("line {line}"),
        (Some(file), None) => file.clone(),
        (None, None) => word.to_owned(),
    };
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = size::NEAR;
        ui.spacing_mut().interact_size.y = 18.0;
        let link = RichText::new(place).font(medium(size::TEXT_LABEL)).color(colour);
        let response = ui
            .add_sized(vec2(72.0, 18.0), egui::Button::new(link).frame(false).right_text(""))
            .on_hover_text("Go to the line (F8: the next one)");
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add(egui::Label::new(RichText::new(&one.text).color(theme.text)).wrap());
            if let Some(remedy) = &one.remedy {
                ui.add(
                    egui::Label::new(RichText::new(remedy).font(medium(size::TEXT_LABEL)).color(theme.muted))
                        .wrap(),
                );
            }
        });
        response.clicked()
    })
    .inner
}
