//! The editor of one instance: feed it news, show a frame, carry out what the user did.

use egui::{Context, Key, KeyboardShortcut, Modifiers, Ui};

use crate::keys;
use crate::model::{Command, Model, News, ViewState};
use crate::state::State;
use crate::views::Views;

const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
const REDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);

/// The editor of one instance. Lives on the thread of its window.
pub struct Editor {
    state: State,
    views: Views,
}

impl Editor {
    /// An editor that knows nothing yet, with what the project remembers of it. `[control]`
    pub fn new(view_state: ViewState) -> Self {
        Self { state: State::new(view_state), views: Views::default() }
    }

    /// Takes something new; whether it has to be drawn. `[control]`
    ///
    /// Whoever owns the window requests a repaint where this is true, at most 30 times a second.
    pub fn feed(&mut self, news: News) -> bool {
        self.state.feed(news)
    }

    /// Draws one frame into a window's root and gives what the user did, in order. `[control]`
    pub fn show(&mut self, ui: &mut Ui) -> Vec<Command> {
        let before = self.state.view_state.clone();
        self.take_undo_keys(ui);
        self.views.show(&mut self.state, ui);
        self.state.keep_folds();
        let mut commands = self.state.take_commands();
        if self.state.view_state != before {
            commands.push(Command::KeepViewState);
        }
        commands
    }

    /// What the project remembers. `[control]`
    pub fn view_state(&self) -> &ViewState {
        &self.state.view_state
    }

    /// What is shown. `[control]`
    pub fn model(&self) -> &Model {
        &self.state.model
    }

    /// The window has another size, points before the zoom. `[control]`
    pub fn resized(&mut self, width: f32, height: f32) {
        self.state.view_state.size = [width, height];
    }

    /// Whether a key that is pressed while a control of the editor has the keyboard is the editor's; else it is the
    /// host's, such as space. `[control]`
    pub fn uses_key(&self, ctx: &Context, key: Key, modifiers: Modifiers) -> bool {
        keys::uses(ctx, key, modifiers)
    }

    /// The code has a history of its own, and so has each text field: their keys are theirs.
    fn take_undo_keys(&mut self, ui: &Ui) {
        if keys::is_typing(ui.ctx()) {
            return;
        }
        if ui.input_mut(|input| input.consume_shortcut(&REDO)) {
            self.state.redo();
        } else if ui.input_mut(|input| input.consume_shortcut(&UNDO)) {
            self.state.undo();
        }
    }
}
