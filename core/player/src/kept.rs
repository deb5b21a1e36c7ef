//! What documents keep beside their parameters (`;@keep`): how the values go from engine to engine, and how they come into
//! the project.
//!
//! Each engine has a board of its own. The one that plays writes on it after each block, and the next one takes over what
//! stands there; a save reads it at any time, whether blocks are processed or not. What was known of names that no document
//! keeps any more stays in the project.

use std::sync::Arc;

use ksmps_document::KeptValues;
use ksmps_engine::KeptBoard;

use super::control::Control;
use super::ends::{BuiltEngine, ControlEnd};
use super::instance::InstanceState;

impl BuiltEngine {
    /// Writes down what it keeps after a block; of very much, the part whose turn it is. `[audio]`
    pub fn show_kept(&mut self) {
        if let Some(board) = &self.kept {
            for words in board.turns() {
                self.performer.show_kept(board, words);
            }
        }
    }

    /// Writes down all that it keeps. `[audio]`
    pub fn show_all_kept(&mut self) {
        if let Some(board) = &self.kept {
            self.performer.show_kept(board, 0..board.len());
        }
    }

    /// Keeps what an earlier engine of the same project has kept. `[audio]`
    pub fn go_on_from(&mut self, earlier: &mut Self) {
        earlier.show_all_kept();
        if let (Some(board), Some(before)) = (&self.kept, &earlier.kept)
            && self.opening == earlier.opening
        {
            board.carry(before, |first, words| self.performer.take_kept(first, words));
        }
    }
}

impl InstanceState {
    /// Takes in what stands on an engine's board, where it is of the project that is open. `[control]`
    fn take_kept(&mut self, opening: u64, board: &KeptBoard) {
        if opening == self.opening {
            self.kept.merge(board.values());
        }
    }

    /// Another document or state is open: it has these values, and none of the engines' so far. `[control]`
    pub fn open_kept(&mut self, kept: KeptValues) {
        self.opening += 1;
        self.kept = kept;
        self.kept_changes.opened();
    }
}

impl ControlEnd {
    /// Takes in what the engine keeps that plays, or that played last. `[control]`
    pub fn take_kept(&self, state: &mut InstanceState) {
        if let Some((opening, board)) = self.shown() {
            state.take_kept(opening, &board);
        }
    }

    /// The same, with an engine that has ended before. `[control]`
    pub fn take_kept_of(&self, ended: &BuiltEngine, state: &mut InstanceState) {
        if let Some(board) = ended.kept.as_ref().filter(|_| ended.was_heard) {
            state.take_kept(ended.opening, board);
            self.take_kept(state);
        }
    }
}

impl Control {
    /// What the project keeps of tables and channels now. `[control]`
    pub fn kept_values(&self) -> KeptValues {
        let mut state = self.instance.state();
        self.shared.take_kept(&mut state);
        state.kept.clone()
    }
}

/// The board of an engine, and the opening of the project that it was built for.
pub(super) type Shown = (u64, Arc<KeptBoard>);
