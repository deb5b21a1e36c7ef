//! The line below every view: what is wrong, which text sounds, and what it takes.

use egui::{Align, Layout, Ui};

use crate::model::Model;

pub(super) fn show(model: &Model, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.label(state(model));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(facts(model)));
    });
}

/// What is wrong, or that nothing is.
fn state(model: &Model) -> String {
    match model.diagnostics.first() {
        _ if model.is_building => "Building".to_owned(),
        Some(first) => match first.line {
            Some(line) => format!("Line {line}: {}", first.text),
            None => first.text.clone(),
        },
        None => String::new(),
    }
}

/// Which text sounds, and what it takes.
fn facts(model: &Model) -> String {
    let Some(engine) = &model.engine else { return "no sound".to_owned() };
    let mut facts = Vec::new();
    if let Some((_, since)) = &model.sounding {
        facts.push(format!("the text of {since} is sounding"));
    }
    let voices = model.load.voices;
    facts.push(format!("{voices} {}", if voices == 1 { "voice" } else { "voices" }));
    facts.push(format!("{:.0} %", model.load.mean * 100.0));
    facts.push(format!("{} kHz", engine.rate / 1000.0));
    facts.push(format!("ksmps {}", engine.ksmps));
    facts.join(" · ")
}
