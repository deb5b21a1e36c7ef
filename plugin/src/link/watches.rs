//! What is watched while it sounds: the list that the user made goes to whichever engine plays, and what is seen comes back
//! as reports.

use ksmps_core::player::{Control, LiveError};
use ksmps_core::verbs::BusToken;
use ksmps_core::watched::{self, WATCHED_MAX, WatchReading, WhichVoice};
use ksmps_editor::model::{News, ViewState, WatchNow, WatchTarget, WatchVoice};

use super::failed;

/// Frames between two readings of a value: the window looks less often, and takes several together.
const EVERY_FRAMES: u32 = 1024;

/// What is watched.
pub(super) struct Watches {
    targets: Vec<WatchTarget>,
    voice: WatchVoice,
    /// The number of the list that is watched; 0 before the first one.
    list: u32,
    /// What was seen of each since the editor was told.
    seen: Vec<Option<WatchNow>>,
    /// Whether the editor knows the list.
    is_told: bool,
}

impl Watches {
    /// What the project remembers. `[control]`
    pub fn new(control: &Control, kept: &ViewState) -> Self {
        let targets = kept.watches.iter().take(WATCHED_MAX).cloned().collect();
        let mut watches =
            Self { targets, voice: kept.watch_voice, list: 0, seen: Vec::new(), is_told: false };
        if !watches.targets.is_empty() {
            watches.send(control);
        }
        watches
    }

    /// Watches one more. `[control]`
    pub fn watch(&mut self, control: &Control, target: WatchTarget, answers: &mut Vec<News>) {
        if self.targets.contains(&target) {
            return;
        }
        if self.targets.len() == WATCHED_MAX {
            let text = format!("{WATCHED_MAX} values are watched already: remove one of them");
            return answers.push(failed(text));
        }
        // Where nothing plays yet, the engine that comes will say.
        if matches!(target, WatchTarget::Variable { .. })
            && let Err(LiveError::Engine(why)) = control.see_variables()
        {
            return answers.push(failed(why.to_string()));
        }
        self.targets.push(target);
        self.send(control);
    }

    /// Watches one no longer. `[control]`
    pub fn unwatch(&mut self, control: &Control, target: &WatchTarget) {
        self.targets.retain(|one| one != target);
        self.send(control);
    }

    /// Reads another voice. `[control]`
    pub fn choose_voice(&mut self, control: &Control, voice: WatchVoice) {
        self.voice = voice;
        self.send(control);
    }

    /// Nobody looks any more. `[control]`
    pub fn end(&self, control: &Control) {
        // Another editor of the instance may be open by now.
        if self.list > 0 {
            control.unwatch_values(self.list);
        }
    }

    /// What a project is to remember: the views' state with what is watched. `[control]`
    pub fn kept(&self, views: &ViewState) -> ViewState {
        ViewState { watches: self.targets.clone(), watch_voice: self.voice, ..views.clone() }
    }

    fn send(&mut self, control: &Control) {
        let targets = self.targets.iter().map(core_target).collect();
        let voice = match self.voice {
            WatchVoice::Newest => WhichVoice::Newest,
            WatchVoice::Number(number) => WhichVoice::Number(number),
        };
        self.list = control.watch_values(targets, voice, EVERY_FRAMES);
        self.seen = vec![None; self.targets.len()];
        self.is_told = false;
    }

    /// Takes in what was seen; of several readings since the editor was told the range is that of all. `[control]`
    pub fn take(&mut self, reading: WatchReading) {
        let WatchReading { list, watch, seen, value, low, high } = reading;
        let Some(place) = self.seen.get_mut(usize::from(watch)).filter(|_| list == self.list) else { return };
        let before = place.filter(|before| before.seen == seen).map_or([low, high], |before| before.range);
        let range = [before[0].min(low), before[1].max(high)];
        *place = Some(WatchNow { seen, value, range });
    }

    /// Tells what is otherwise. `[control]`
    pub fn tell(&mut self, news: &mut Vec<News>) {
        if !std::mem::replace(&mut self.is_told, true) {
            news.push(News::Watches(self.targets.clone()));
            news.push(News::WatchVoice(self.voice));
        }
        for (watch, seen) in self.seen.iter_mut().enumerate() {
            news.extend(seen.take().map(|now| News::Watched { watch, now }));
        }
    }
}

fn core_target(target: &WatchTarget) -> watched::WatchTarget {
    match target {
        WatchTarget::Variable { owner, name, .. } => {
            watched::WatchTarget::Variable { owner: owner.clone(), name: name.clone() }
        }
        WatchTarget::Channel(name) => watched::WatchTarget::Channel(name.clone()),
        WatchTarget::Bus(token) => watched::WatchTarget::Bus(BusToken(i64::from(*token))),
        WatchTarget::Table(number) => watched::WatchTarget::Table { number: *number, index: 0 },
    }
}
