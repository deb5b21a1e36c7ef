//! What views are given: the model to show, what the project remembers, and where to put what the user does.

mod act;

use crate::model::{Command, History, Model, News, ViewState};

/// What views are given.
pub(crate) struct State {
    /// What is shown. Views read it; only news and the user's own acts change it.
    pub model: Model,
    /// What the project remembers.
    pub view_state: ViewState,
    history: History,
    /// The parameter that the user holds, with the value it had before.
    held: Option<(u16, f64)>,
    /// What the user did since the last frame.
    commands: Vec<Command>,
}

impl State {
    /// Nothing is known but what the project remembers.
    pub fn new(view_state: ViewState) -> Self {
        Self {
            model: Model::default(),
            view_state: view_state.within_bounds(),
            history: History::default(),
            held: None,
            commands: Vec::new(),
        }
    }

    /// Takes something new; whether it has to be drawn.
    pub fn feed(&mut self, news: News) -> bool {
        match &news {
            News::Document(document) if document.origin != self.model.document.origin => self.history.clear(),
            // What the user holds stands where the mouse has it, whatever the host says meanwhile.
            News::Value { slot, .. } if self.held.is_some_and(|(held, _)| held == *slot) => return false,
            _ => {}
        }
        self.model.take(news)
    }

    /// What the user did since this was called last, in order.
    pub fn take_commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }
}
