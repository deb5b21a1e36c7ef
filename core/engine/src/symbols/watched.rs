//! What is to be watched, by name, as the engine finds it.

use std::ffi::{CStr, CString};

use ksmps_data::verbs::EngineError;
use ksmps_data::watched::{VariableOwner, VariableScope, WATCHED_MAX, WatchTarget, WhichVoice};

use super::super::command::{WatchList, WatchPlace};
use super::Symbols;

impl Symbols {
    /// Whether variables of sounding instances can be watched. `[any]`
    ///
    /// # Errors
    /// [`EngineError::VariableLayout`].
    pub fn see_variables(&self) -> Result<(), EngineError> {
        self.variables_refused.clone().map_or(Ok(()), |why| Err(EngineError::VariableLayout(why)))
    }

    /// Everything that is to be watched, by the names of a text: the first [`WATCHED_MAX`] of it. What has no name in this
    /// engine has its place in the list all the same. `[control]`
    pub fn watch_list(
        &self,
        number: u32,
        voice: WhichVoice,
        every_frames: u32,
        targets: &[WatchTarget],
    ) -> WatchList {
        let targets = targets.iter().take(WATCHED_MAX);
        let places = targets.map(|target| self.watch_place(target).unwrap_or(WatchPlace::Unknown));
        WatchList::new(number, voice, every_frames, places.collect())
    }

    fn watch_place(&self, target: &WatchTarget) -> Option<WatchPlace> {
        Some(match target {
            WatchTarget::Variable { owner, name } => {
                WatchPlace::Variable { scope: self.scope(owner)?, name: c_text(name)? }
            }
            WatchTarget::Channel(name) => WatchPlace::Channel(self.channel(name).ok()?),
            WatchTarget::Bus(token) => WatchPlace::Bus(*token),
            WatchTarget::Table { number, index } => WatchPlace::Table(*number, *index),
        })
    }

    fn scope(&self, owner: &VariableOwner) -> Option<VariableScope> {
        Some(match owner {
            VariableOwner::Global => VariableScope::Global,
            // Of an instrument with several names any one will do.
            VariableOwner::Instrument(names) => {
                let mut names = names.split(',').map(|name| name.trim().trim_start_matches('+'));
                VariableScope::Instrument(names.find_map(|name| self.instruments.number(name))?)
            }
            VariableOwner::Opcode(name) => VariableScope::Opcode(c_text(name)?),
        })
    }
}

fn c_text(text: &str) -> Option<Box<CStr>> {
    CString::new(text).ok().map(Into::into)
}
