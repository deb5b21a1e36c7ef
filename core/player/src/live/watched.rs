//! Values that are watched in whichever engine plays: a list, which each engine that takes over is given.

use ksmps_data::verbs::When;
use ksmps_data::watched::{WatchTarget, WhichVoice};
use ksmps_engine::command::{Command, Timed};
use ksmps_engine::verbs::{Target, Verbs};

use super::super::Control;
use super::super::ends::ControlEnd;
use super::super::pending::locked;
use super::LiveError;

impl Control {
    /// Watches these values from now on, in place of those that were watched before: variables of instruments that sound,
    /// channels, buses, tables; the first [`WATCHED_MAX`](ksmps_data::watched::WATCHED_MAX) of them. Of an instrument of
    /// which several notes sound, one is read. What was seen comes as [`super::super::Report::Watched`] with the number that
    /// this gives: not more often than after so many frames, and not more often than once a cycle. Each engine that takes
    /// over is watched from within 10 ms on. `[control]`
    pub fn watch_values(&self, targets: Vec<WatchTarget>, voice: WhichVoice, every_frames: u32) -> u32 {
        let mut watched = locked(&self.shared.callers.watched);
        watched.number += 1;
        (watched.voice, watched.every_frames, watched.targets) = (voice, every_frames, targets);
        watched.engine = 0;
        let number = watched.number;
        drop(watched);
        self.shared.watch_values_in_playing();
        number
    }

    /// Watches nothing more, where the list of this number is the one that is watched. `[control]`
    pub fn unwatch_values(&self, list: u32) {
        let is_watched = locked(&self.shared.callers.watched).number == list;
        if is_watched {
            self.watch_values(Vec::new(), WhichVoice::default(), 0);
        }
    }

    /// Whether variables of the playing engine can be watched. `[control]`
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], and [`ksmps_data::verbs::EngineError::VariableLayout`] with the reason where they cannot.
    pub fn see_variables(&self) -> Result<(), LiveError> {
        Ok(self.target()?.symbols().see_variables()?)
    }
}

impl ControlEnd {
    /// Has the playing engine watch what is watched. `[control]`
    pub(super) fn watch_values_in_playing(&self) {
        let mut watched = locked(&self.callers.watched);
        let Some((engine, names)) = self.playing().filter(|(engine, _)| *engine != watched.engine) else {
            return;
        };
        // An engine that nobody watches needs no list; one that was watched is given an empty one.
        if watched.number > 0 {
            let list = names.symbols.watch_list(
                watched.number,
                watched.voice,
                watched.every_frames,
                &watched.targets,
            );
            let command = Command::WatchValues(Box::new(list));
            // With no room it is tried again.
            if !self.send(Timed { engine, when: When::default(), command }) {
                return;
            }
        }
        watched.engine = engine;
    }
}
