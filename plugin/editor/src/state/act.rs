//! What the user does becomes commands, and a change in the history where it can be undone.

use super::State;
use crate::model::{Change, Command};

impl State {
    /// The user did this. What a view shows changes at once; the news that follow say the same.
    pub(crate) fn act(&mut self, command: Command) {
        if let Some(change) = self.change(&command) {
            self.history.push(change);
        }
        self.show_at_once(&command);
        self.commands.push(command);
    }

    /// Undoes the last change.
    pub(crate) fn undo(&mut self) {
        let commands = self.history.undo().map(|change| change.undo.clone());
        self.carry_out(commands);
    }

    /// Does again what was undone last.
    pub(crate) fn redo(&mut self) {
        let commands = self.history.redo().map(|change| change.redo.clone());
        self.carry_out(commands);
    }

    pub(super) fn carry_out(&mut self, commands: Option<Vec<Command>>) {
        for command in commands.into_iter().flatten() {
            self.show_at_once(&command);
            self.commands.push(command);
        }
    }

    fn show_at_once(&mut self, command: &Command) {
        match command {
            Command::BeginGesture { slot } => {
                self.held.retain(|(held, _)| held != slot);
                self.held.extend(self.model.parameter(*slot).map(|one| (*slot, one.base)));
            }
            Command::SetParameter { slot, normalized } => {
                if let Some(one) = self.model.parameters.iter_mut().find(|one| one.slot == *slot) {
                    one.base = *normalized;
                }
            }
            Command::EndGesture { slot } => self.held.retain(|(held, _)| held != slot),
            Command::SetSession { json } => self.model.session.clone_from(json),
            Command::SetPlace(place) => self.model.place.chosen = *place,
            Command::SetPlaceForAll(place) => self.model.place.for_all = *place,
            Command::SetHeldNotes(held_notes) => self.model.held_notes = *held_notes,
            Command::Build { text } => self.show_text(text),
            _ => {}
        }
    }

    /// A text that is built stands in the code, also where it comes from the history.
    fn show_text(&mut self, text: &str) {
        if self.text() != text {
            self.code.set_text(text);
            self.code_changed();
        }
        self.sent = Some(text.to_owned());
    }

    /// How a command is undone, where it can be.
    fn change(&self, command: &Command) -> Option<Change> {
        let model = &self.model;
        let (what, undo) = match command {
            Command::EndGesture { slot } => return self.moved(*slot),
            Command::ChoosePreset { preset } => {
                let values = model.parameters.iter().flat_map(|one| gesture(one.slot, one.base)).collect();
                (model.presets.get(*preset)?.name.clone(), values)
            }
            Command::RenamePreset { preset, .. } => {
                let name = model.presets.get(*preset)?.name.clone();
                (name.clone(), vec![Command::RenamePreset { preset: *preset, name }])
            }
            Command::SetSession { .. } => {
                ("Session".to_owned(), vec![Command::SetSession { json: model.session.clone() }])
            }
            Command::SetController { slot, .. } => {
                let parameter = model.parameter(*slot)?;
                let before = Command::SetController { slot: *slot, controller: parameter.controller };
                (format!("Controller of {}", parameter.param.label), vec![before])
            }
            Command::SwapSlots { .. } => ("Slots".to_owned(), vec![command.clone()]),
            Command::SetPlace(_) => ("Place".to_owned(), vec![Command::SetPlace(model.place.chosen)]),
            Command::SetPlaceForAll(_) => {
                ("Place of all instances".to_owned(), vec![Command::SetPlaceForAll(model.place.for_all)])
            }
            Command::SetHeldNotes(_) => {
                ("Held notes".to_owned(), vec![Command::SetHeldNotes(model.held_notes)])
            }
            Command::Watch(target) => ("Watch".to_owned(), vec![Command::Unwatch(target.clone())]),
            Command::Unwatch(target) => ("Watch".to_owned(), vec![Command::Watch(target.clone())]),
            _ => return None,
        };
        Some(Change { what, undo, redo: vec![command.clone()] })
    }

    /// A gesture that ends: one change, whatever lay between.
    fn moved(&self, slot: u16) -> Option<Change> {
        let (_, before) = *self.held.iter().find(|(held, _)| *held == slot)?;
        let parameter = self.model.parameter(slot)?;
        if parameter.base == before {
            return None;
        }
        Some(Change {
            what: parameter.param.label.clone(),
            undo: gesture(slot, before).into(),
            redo: gesture(slot, parameter.base).into(),
        })
    }
}

/// A parameter goes to a value in one step.
fn gesture(slot: u16, normalized: f64) -> [Command; 3] {
    [Command::BeginGesture { slot }, Command::SetParameter { slot, normalized }, Command::EndGesture { slot }]
}

#[cfg(test)]
mod tests {
    use ksmps_data::params::Param;

    use super::*;
    use crate::model::{News, Place, ViewState};

    fn state() -> State {
        let mut state = State::new(ViewState::default());
        state.feed(News::Parameters(vec![(3, Param::channel("cutoff"))]));
        state
    }

    #[test]
    fn a_gesture_is_one_change() {
        let mut state = state();
        state.act(Command::BeginGesture { slot: 3 });
        for normalized in [0.1, 0.2, 0.7] {
            state.act(Command::SetParameter { slot: 3, normalized });
        }
        assert!(!state.feed(News::Value { slot: 3, base: 0.2 }), "the mouse holds it");
        state.act(Command::EndGesture { slot: 3 });
        assert_eq!(state.commands.len(), 5);
        state.commands.clear();
        state.undo();
        assert_eq!(state.commands, gesture(3, 0.0));
        assert_eq!(state.model.parameters[0].base, 0.0);
        state.commands.clear();
        state.undo();
        assert_eq!(state.commands, []);
        state.redo();
        assert_eq!(state.commands, gesture(3, 0.7));
    }

    #[test]
    fn both_parameters_of_a_pad_are_undone() {
        let mut state = state();
        state.feed(News::Parameters(vec![(3, Param::channel("cutoff")), (4, Param::channel("reso"))]));
        for command in [
            Command::BeginGesture { slot: 3 },
            Command::BeginGesture { slot: 4 },
            Command::SetParameter { slot: 3, normalized: 0.3 },
            Command::SetParameter { slot: 4, normalized: 0.4 },
            Command::EndGesture { slot: 3 },
            Command::EndGesture { slot: 4 },
        ] {
            state.act(command);
        }
        let bases = |state: &State| state.model.parameters.iter().map(|one| one.base).collect::<Vec<_>>();
        assert_eq!(bases(&state), [0.3, 0.4]);
        state.undo();
        state.undo();
        assert_eq!(bases(&state), [0.0, 0.0]);
    }

    #[test]
    fn a_gesture_without_a_change_is_none() {
        let mut state = state();
        gesture(3, 0.0).into_iter().for_each(|command| state.act(command));
        state.commands.clear();
        state.undo();
        assert_eq!(state.commands, []);
    }

    #[test]
    fn a_controller_that_was_learned_is_one_change() {
        let mut state = state();
        state.feed(News::Learning(Some(3)));
        assert!(state.feed(News::Learned { slot: 3, controller: 74 }));
        assert_eq!(state.commands, [Command::SetController { slot: 3, controller: Some(74) }]);
        assert_eq!(state.model.learning, None);
        state.feed(News::Controller { slot: 3, controller: Some(74) });
        state.commands.clear();
        state.undo();
        assert_eq!(state.commands, [Command::SetController { slot: 3, controller: None }]);
    }

    #[test]
    fn a_text_that_a_view_has_written_is_undone_as_a_whole() {
        let mut state = state();
        let document = |text: &str| crate::model::DocumentNow { text: text.into(), ..Default::default() };
        state.feed(News::Document(document("instr 1\nendin\n")));
        state.replace_text("Notes", "instr 1 ;@notes\nendin\n".to_owned());
        assert_eq!(state.commands, [Command::Build { text: "instr 1 ;@notes\nendin\n".to_owned() }]);
        assert_eq!(state.text(), "instr 1 ;@notes\nendin\n");
        state.feed(News::Document(document("instr 1 ;@notes\nendin\n")));
        assert!(!state.is_draft());
        state.commands.clear();
        state.undo();
        assert_eq!(state.commands, [Command::Build { text: "instr 1\nendin\n".to_owned() }]);
        assert_eq!(state.text(), "instr 1\nendin\n");
    }

    #[test]
    fn a_draft_is_kept_and_so_is_its_end() {
        let mut state = state();
        let document = crate::model::DocumentNow { text: "instr 1\nendin\n".into(), ..Default::default() };
        state.feed(News::Document(document.clone()));
        assert_eq!(state.take_commands(), []);
        for text in ["; more", "; and more"] {
            state.code.set_text(text);
            state.code_changed();
            assert_eq!(state.take_commands(), [Command::KeepDraft(Some(text.to_owned()))]);
            assert_eq!(state.take_commands(), []);
        }
        state.code.set_text(&document.text);
        state.code_changed();
        assert_eq!(state.take_commands(), [Command::KeepDraft(None)]);
        // Another window has it again.
        state.feed(News::Draft("; and more".to_owned()));
        assert!(state.is_draft());
        assert_eq!(state.text(), "; and more");
    }

    #[test]
    fn session_and_place_are_undone_together_with_parameters() {
        let mut state = state();
        state.act(Command::SetPlace(Place::Apart));
        state.act(Command::SetSession { json: Some("{}".to_owned()) });
        state.undo();
        assert_eq!(state.model.session, None);
        state.undo();
        assert_eq!(state.model.place.chosen, Place::Automatic);
        state.redo();
        assert_eq!(state.model.place.chosen, Place::Apart);
        state.act(Command::SwapSlots { one: 3, other: 7 });
        state.commands.clear();
        state.undo();
        assert_eq!(state.commands, [Command::SwapSlots { one: 3, other: 7 }]);
        let document = crate::model::DocumentNow { origin: Some("b.csd".into()), ..Default::default() };
        state.feed(News::Document(document));
        state.commands.clear();
        state.undo();
        assert_eq!(state.commands, [], "another document has another history");
    }
}
