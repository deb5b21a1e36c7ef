//! The mouse: carets, selections, folds, hints, the menu.

use egui::{Pos2, Response, Ui};

use super::buffer::Selection;
use super::geometry::Geometry;
use super::inputs::{CodeCommand, CodeInputs, Mark};
use super::lexer::Kind;
use super::signature::{Signature, signature_of};
use super::state::CodeState;
use super::words::Colouring;
use crate::theme::{self, size};

/// Carries out what the mouse did over the text.
pub(super) fn handle(
    ui: &Ui,
    state: &mut CodeState,
    inputs: &CodeInputs<'_>,
    geometry: &Geometry,
    response: &Response,
    commands: &mut Vec<CodeCommand>,
) {
    let structure = state.structure.clone();
    let colouring =
        Colouring { theme: inputs.theme, book: inputs.opcodes, structure: &structure, rate_colours: false };
    let (pressed, shift) = ui.input(|input| (input.pointer.primary_pressed(), input.modifiers.shift));
    if let Some(at) = response.interact_pointer_pos() {
        let in_gutter = at.x < response.rect.left() + geometry.gutter;
        let began = pressed || response.clicked();
        if began {
            response.request_focus();
            state.completion = None;
        }
        if in_gutter && began {
            click_gutter(state, geometry, response, at);
        } else if response.triple_clicked() {
            let line = state.buffer.line_of(geometry.place(ui, state, &colouring, at));
            select_line(state, line);
        } else if response.double_clicked() {
            let word = state.word_at(geometry.place(ui, state, &colouring, at));
            state.selection = Selection { anchor: word.start, caret: word.end };
        } else if began && response.is_pointer_button_down_on() || response.clicked() {
            let place = geometry.place(ui, state, &colouring, at);
            state.goal = None;
            state.selection =
                if shift { Selection { caret: place, ..state.selection } } else { Selection::at(place) };
        } else if response.dragged() && !in_gutter_drag(response, geometry, ui) {
            let place = geometry.place(ui, state, &colouring, at);
            if place != state.selection.caret {
                state.move_to(place, true);
            }
        }
    }
    if response.secondary_clicked() {
        response.request_focus();
        // The menu is of the word under the mouse, or of what is selected there.
        if let Some(at) = response.interact_pointer_pos().or(response.hover_pos()) {
            let place = geometry.place(ui, state, &colouring, at);
            if !state.selection.range().contains(&place) {
                state.selection = Selection::at(place);
            }
        }
    }
    hint(ui, state, inputs, geometry, response, &colouring);
    menu(state, inputs, response, commands);
}

/// Whether a drag began in the gutter.
fn in_gutter_drag(response: &Response, geometry: &Geometry, ui: &Ui) -> bool {
    ui.input(|input| input.pointer.press_origin())
        .is_some_and(|at| at.x < response.rect.left() + geometry.gutter)
}

/// A triangle folds; a number selects its line.
fn click_gutter(state: &mut CodeState, geometry: &Geometry, response: &Response, at: Pos2) {
    if !response.is_pointer_button_down_on() && !response.clicked() {
        return;
    }
    let row = geometry.row_at(at.y).min(state.folds.row_count(state.buffer.line_count()) - 1);
    let line = state.folds.line_of(row);
    let over_fold = at.x >= response.rect.left() + geometry.gutter - geometry.fold;
    if over_fold && state.structure.region_at(line).is_some() {
        if response.clicked() {
            state.toggle_fold(line);
        }
    } else {
        select_line(state, line);
    }
}

fn select_line(state: &mut CodeState, line: usize) {
    let end = if line + 1 < state.buffer.line_count() {
        state.buffer.line_start(line + 1)
    } else {
        state.buffer.len()
    };
    state.selection = Selection { anchor: state.buffer.line_start(line), caret: end };
}

/// What there is to say of the word or the mark under the pointer.
fn hint(
    ui: &Ui,
    state: &CodeState,
    inputs: &CodeInputs<'_>,
    geometry: &Geometry,
    response: &Response,
    colouring: &Colouring<'_>,
) {
    let Some(at) = response.hover_pos() else { return };
    let row = geometry.row_at(at.y);
    if row >= state.folds.row_count(state.buffer.line_count()) {
        return;
    }
    let line = state.folds.line_of(row);
    let marks: Vec<&Mark> = inputs.marks.iter().filter(|mark| mark.line == line).collect();
    let word = word_under(ui, state, geometry, colouring, line, at);
    let signature =
        word.and_then(|word| signature_of(&word, &state.buffer, &state.structure, inputs.opcodes));
    if marks.is_empty() && signature.is_none() {
        return;
    }
    response.clone().on_hover_ui_at_pointer(|ui| {
        ui.set_max_width(420.0);
        for mark in marks {
            ui.colored_label(super::paint::mark_colour(inputs.theme, mark.severity), &mark.text);
        }
        if let Some(signature) = signature {
            describe(ui, inputs, &signature);
        }
    });
}

/// The opcode or name under the pointer.
fn word_under(
    ui: &Ui,
    state: &CodeState,
    geometry: &Geometry,
    colouring: &Colouring<'_>,
    line: usize,
    at: Pos2,
) -> Option<String> {
    let galley = geometry.galley(ui, state, colouring, line);
    if at.x < geometry.origin.x || at.x > geometry.origin.x + galley.size().x {
        return None;
    }
    let text = state.buffer.line(line);
    let column = state.buffer.position(geometry.place(ui, state, colouring, at)).column;
    let byte = text.char_indices().nth(column).map_or(text.len(), |(at, _)| at);
    let tokens = state.buffer.tokens(line);
    let token = tokens.iter().find(|token| token.kind == Kind::Word && token.range.contains(&byte))?;
    Some(text[token.range.clone()].to_owned())
}

/// A signature with its words, as text.
pub(super) fn describe(ui: &mut Ui, inputs: &CodeInputs<'_>, signature: &Signature) {
    let job = super::strip::signature_job(inputs.theme, signature, size::TEXT_BODY, 400.0);
    ui.label(job);
    if !signature.words.is_empty() {
        let words = egui::RichText::new(&signature.words).font(theme::body()).color(inputs.theme.muted);
        ui.label(words);
    }
}

/// What can be done with the text, for the mouse.
fn menu(
    state: &mut CodeState,
    inputs: &CodeInputs<'_>,
    response: &Response,
    commands: &mut Vec<CodeCommand>,
) {
    let writes = !inputs.options.read_only;
    response.context_menu(|ui| {
        ui.set_min_width(200.0);
        let item = |ui: &mut Ui, enabled: bool, text: &str, keys: &str| {
            ui.add_enabled(enabled, egui::Button::new(text).shortcut_text(keys)).clicked()
        };
        if item(ui, writes, "Cut", "Ctrl+X") {
            super::keys::copy(ui, state);
            state.cut();
        }
        if item(ui, true, "Copy", "Ctrl+C") {
            super::keys::copy(ui, state);
        }
        ui.separator();
        if item(ui, writes && state.buffer.can_undo(), "Undo", "Ctrl+Z") {
            state.undo();
        }
        if item(ui, writes && state.buffer.can_redo(), "Redo", "Ctrl+Y") {
            state.redo();
        }
        ui.separator();
        if item(ui, true, "Build", "Ctrl+Enter") {
            commands.push(CodeCommand::Build);
        }
        if item(ui, true, "Evaluate", "Alt+Enter") {
            let (text, line) = state.to_evaluate();
            commands.push(CodeCommand::Evaluate { text, line });
        }
        ui.separator();
        if let Some(watch) = inputs.watch
            && item(ui, true, watch, "Ctrl+Shift+E")
        {
            commands.push(CodeCommand::Watch);
        }
        if item(ui, writes, "Comment", "Ctrl+/") {
            state.toggle_comment();
        }
        if item(ui, true, "Find", "Ctrl+F") {
            state.open_find(false);
        }
        if item(ui, true, "Fold all", "") {
            state.fold_all(true);
        }
        if item(ui, !state.folds.is_empty(), "Unfold all", "") {
            state.fold_all(false);
        }
    });
}
