//! Keys: which one does what, and carrying it out.
//!
//! A key without a meaning here stays in egui's input, for whoever else knows it.

use egui::{Event, ImeEvent, Key, Modifiers, Ui};

use super::inputs::{CodeCommand, CodeInputs, Severity};
use super::state::{CodeState, Reveal};
use super::{EditKind, Position, Selection, moves};

/// Takes the events that have a meaning; gives commands for the owner.
pub(super) fn handle(ui: &Ui, state: &mut CodeState, inputs: &CodeInputs<'_>) -> Vec<CodeCommand> {
    let events = ui.input(|input| input.events.clone());
    let mut commands = Vec::new();
    let mut used = vec![false; events.len()];
    for (event, used) in events.iter().zip(&mut used) {
        *used = on_event(ui, state, inputs, event, &mut commands);
        state.follow_edits();
    }
    if used.iter().any(|used| *used) {
        let mut used = used.into_iter();
        ui.input_mut(|input| input.events.retain(|_| !used.next().unwrap_or(false)));
    }
    commands
}

/// Carries one event out; whether it had a meaning.
fn on_event(
    ui: &Ui,
    state: &mut CodeState,
    inputs: &CodeInputs<'_>,
    event: &Event,
    commands: &mut Vec<CodeCommand>,
) -> bool {
    let writes = !inputs.options.read_only;
    match event {
        Event::Copy => copy(ui, state),
        Event::Cut if writes => {
            copy(ui, state);
            state.cut();
        }
        Event::Paste(text) if writes => {
            state.completion = None;
            state.insert(&text.replace("\r\n", "\n"));
        }
        Event::Text(text) if writes && !text.is_empty() && text != "\n" && text != "\r" => {
            typed(state, inputs, text)
        }
        Event::Ime(ImeEvent::Preedit { text, .. }) if writes => state.preedit = text.clone(),
        Event::Ime(ImeEvent::Commit(text)) if writes => {
            state.preedit.clear();
            if !text.is_empty() {
                typed(state, inputs, text);
            }
        }
        Event::Key { key, pressed: true, modifiers, .. } => {
            return on_list_key(state, *key, *modifiers)
                || on_move(state, *key, *modifiers)
                || writes && on_edit(state, inputs, *key, *modifiers)
                || on_command(state, inputs, *key, *modifiers, commands);
        }
        _ => return false,
    }
    true
}

/// Writes typed letters; offers names, and takes the indentation of an ending word back.
fn typed(state: &mut CodeState, inputs: &CodeInputs<'_>, text: &str) {
    state.insert_as(EditKind::Typing, text);
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '"';
    if inputs.options.complete && text.chars().all(is_word) {
        state.open_completion(inputs.opcodes, inputs.channels, 2);
    } else {
        state.completion = None;
    }
    state.outdent_ends();
}

/// Puts what is selected on the clipboard; without a selection, the line.
pub(super) fn copy(ui: &Ui, state: &CodeState) {
    let range = state.selection.range();
    let text = if range.is_empty() {
        format!("{}\n", state.buffer.line(state.caret().line))
    } else {
        state.buffer.slice(range)
    };
    ui.copy_text(text);
}

/// The keys of an open list of candidates.
fn on_list_key(state: &mut CodeState, key: Key, modifiers: Modifiers) -> bool {
    let Some(list) = &mut state.completion else { return false };
    let last = list.candidates.len() - 1;
    match key {
        _ if modifiers.any() => return false,
        Key::ArrowDown => list.chosen = if list.chosen == last { 0 } else { list.chosen + 1 },
        Key::ArrowUp => list.chosen = list.chosen.checked_sub(1).unwrap_or(last),
        Key::PageDown => list.chosen = (list.chosen + super::popup::ROWS).min(last),
        Key::PageUp => list.chosen = list.chosen.saturating_sub(super::popup::ROWS),
        Key::Tab | Key::Enter => state.accept_completion(),
        Key::Escape => state.completion = None,
        _ => return false,
    }
    true
}

/// The keys that move the caret.
fn on_move(state: &mut CodeState, key: Key, modifiers: Modifiers) -> bool {
    let Modifiers { alt, shift, command, .. } = modifiers;
    let (buffer, caret) = (&state.buffer, state.selection.caret);
    let range = state.selection.range();
    let page = ((state.shown.y / state.row_height()) as isize - 1).max(1);
    let to = match key {
        _ if alt => return false,
        Key::ArrowLeft if command => moves::word_left(buffer, caret),
        Key::ArrowLeft if !shift && !range.is_empty() => range.start,
        Key::ArrowLeft => moves::left(buffer, caret),
        Key::ArrowRight if command => moves::word_right(buffer, caret),
        Key::ArrowRight if !shift && !range.is_empty() => range.end,
        Key::ArrowRight => moves::right(buffer, caret),
        Key::Home if command => 0,
        Key::Home => moves::home(buffer, caret),
        Key::End if command => buffer.len(),
        Key::End => buffer.line_end(buffer.line_of(caret)),
        Key::ArrowUp | Key::ArrowDown | Key::PageUp | Key::PageDown => {
            state.completion = None;
            match key {
                Key::ArrowUp if command => state.scroll_rows(-1.0),
                Key::ArrowDown if command => state.scroll_rows(1.0),
                Key::ArrowUp => state.move_rows(-1, shift),
                Key::ArrowDown => state.move_rows(1, shift),
                Key::PageUp => state.move_rows(-page, shift),
                _ => state.move_rows(page, shift),
            }
            return true;
        }
        Key::M if command => match moves::brackets(buffer, caret) {
            Some((_, Some(other))) => other,
            _ => return false,
        },
        _ => return false,
    };
    state.completion = None;
    state.move_to(to, shift && key != Key::M);
    true
}

/// The keys that change the text.
fn on_edit(state: &mut CodeState, inputs: &CodeInputs<'_>, key: Key, modifiers: Modifiers) -> bool {
    let Modifiers { alt, shift, command, .. } = modifiers;
    let had_list = state.completion.is_some();
    match (key, command, alt) {
        (Key::Enter, false, false) => state.new_line(),
        (Key::Tab, false, false) if shift => state.outdent(),
        (Key::Tab, false, false) => state.indent(),
        (Key::Backspace, _, false) => state.delete_left(command),
        (Key::Delete, _, false) => state.delete_right(command),
        (Key::ArrowUp, false, true) => state.move_lines(false),
        (Key::ArrowDown, false, true) => state.move_lines(true),
        (Key::Z, true, false) if shift => state.redo(),
        (Key::Z, true, false) => state.undo(),
        (Key::Y, true, false) => state.redo(),
        (Key::Slash, true, false) => state.toggle_comment(),
        (Key::D, true, false) => state.duplicate_lines(),
        (Key::K, true, false) if shift => state.delete_lines(),
        (Key::H, true, false) => state.open_find(true),
        (Key::Space, true, false) => {
            state.open_completion(inputs.opcodes, inputs.channels, 0);
            return true;
        }
        _ => return false,
    }
    state.completion = None;
    if had_list && key == Key::Backspace {
        state.open_completion(inputs.opcodes, inputs.channels, 1);
    }
    true
}

/// The keys that neither move the caret nor change the text.
fn on_command(
    state: &mut CodeState,
    inputs: &CodeInputs<'_>,
    key: Key,
    modifiers: Modifiers,
    commands: &mut Vec<CodeCommand>,
) -> bool {
    let Modifiers { alt, shift, command, .. } = modifiers;
    match (key, command, alt) {
        (Key::Enter, true, false) => commands.push(CodeCommand::Build),
        (Key::Enter, false, true) | (Key::E, true, false) => {
            let (text, line) = state.to_evaluate();
            commands.push(CodeCommand::Evaluate { text, line });
        }
        (Key::F1, false, false) => match state.call(inputs.opcodes) {
            Some(call) => commands.push(CodeCommand::Help(call.name)),
            None => return false,
        },
        (Key::A, true, false) => {
            state.selection = Selection { anchor: 0, caret: state.buffer.len() };
            state.goal = None;
        }
        (Key::L, true, false) => state.select_lines(),
        (Key::F, true, false) => state.open_find(false),
        (Key::F3, false, false) => state.find_next(shift),
        (Key::F8, false, false) => return state.go_to_mark(inputs, shift),
        (Key::OpenBracket, true, false) if shift => state.fold_here(true),
        (Key::CloseBracket, true, false) if shift => state.fold_here(false),
        (Key::Escape, false, false) if !state.selection.is_empty() => {
            state.selection = Selection::at(state.selection.caret);
        }
        (Key::Escape, false, false) if state.find.open => state.find.open = false,
        _ => return false,
    }
    state.completion = None;
    true
}

impl CodeState {
    /// Selects the lines that are touched, with their ends; again, one line more.
    fn select_lines(&mut self) {
        let range = self.selection.range();
        let (first, last) = (self.buffer.line_of(range.start), self.buffer.line_of(range.end));
        let end = if last + 1 < self.buffer.line_count() {
            self.buffer.line_start(last + 1)
        } else {
            self.buffer.len()
        };
        self.select(Selection { anchor: self.buffer.line_start(first), caret: end });
    }

    /// Folds the instrument under the caret, or unfolds it.
    fn fold_here(&mut self, fold: bool) {
        let line = self.caret().line;
        let first = self.structure.body_of(line).map_or(line, |region| region.first);
        if self.folds.is_folded(first) != fold {
            self.toggle_fold(first);
        }
    }

    /// Goes to the next or the previous mark, around the end of the text; errors before warnings. Without a mark
    /// there is nowhere to go. `[control]`
    pub fn go_to_mark(&mut self, inputs: &CodeInputs<'_>, back: bool) -> bool {
        let worst = inputs.marks.iter().map(|mark| mark.severity).max().unwrap_or(Severity::Warning);
        let mut places: Vec<Position> = inputs
            .marks
            .iter()
            .filter(|mark| mark.severity == worst)
            .map(|mark| Position {
                line: mark.line,
                column: mark.columns.as_ref().map_or(0, |columns| columns.start),
            })
            .collect();
        places.sort();
        let here = self.caret();
        let found = if back {
            places.iter().rev().find(|place| **place < here).or(places.last())
        } else {
            places.iter().find(|place| **place > here).or(places.first())
        };
        let Some(place) = found.copied() else { return false };
        self.go_to(place);
        self.reveal = Some(Reveal::Middle);
        true
    }
}
