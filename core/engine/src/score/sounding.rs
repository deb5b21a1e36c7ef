//! Which of a list's notes sound, and by which p1.

use ksmps_csound::Running;
use ksmps_data::verbs::Instances;

/// How far the p1 of one event's notes are apart. Those of other events of a session are at least half a millionth away.
const TURN: f64 = 1.0 / 16_000_000.0;
/// Notes of one event that can be told apart.
const TURNS: u32 = 8;

/// The notes of a list that may sound.
#[derive(Debug)]
pub(super) struct Sounding {
    /// By which p1 each of the list's p1 sounds, and whether it may.
    notes: Vec<(f64, bool)>,
    /// Those that may, in no order.
    playing: Vec<usize>,
    /// Where it is looked next whether one has ended.
    looked: usize,
}

impl Sounding {
    /// None sounds. `[control]`
    pub fn new(sounding: &[f64]) -> Self {
        let notes: Vec<(f64, bool)> = sounding.iter().map(|p1| (*p1, false)).collect();
        Self { playing: Vec::with_capacity(notes.len()), notes, looked: 0 }
    }

    /// By which p1 one of the list's sounds, or has sounded. `[audio]`
    pub fn p1(&self, of: usize) -> f64 {
        self.notes.get(of).map_or(0.0, |note| note.0)
    }

    /// Whether a note of one of the list's p1 may sound that was not released since it started. `[audio]`
    pub fn may_sound(&self, of: usize) -> bool {
        self.notes.get(of).is_some_and(|note| note.1)
    }

    /// A note of one of the list's p1 starts. `[audio]`
    pub fn start(&mut self, of: usize) {
        if !std::mem::replace(&mut self.notes[of].1, true) {
            self.playing.push(of);
        }
    }

    /// A note starts that is written to while it sounds: its p1 is that of no other, also where the event's last note is in its
    /// release yet. `[audio]`
    pub fn start_apart(&mut self, running: &Running, of: usize, p1: f64) -> f64 {
        let turns = (0..TURNS).map(|turn| p1 + f64::from(turn) * TURN);
        let free = turns.into_iter().find(|p1| running.pfield(*p1, 1).is_none()).unwrap_or(p1);
        self.notes[of].0 = free;
        self.start(of);
        free
    }

    /// Looks at one note, and forgets it where it has ended: a long session has many, and few of them sound. `[audio]`
    pub fn forget_ended(&mut self, running: &Running) {
        if !running.can_see_instances() || self.playing.is_empty() {
            return;
        }
        self.looked = (self.looked + 1) % self.playing.len();
        let of = self.playing[self.looked];
        if running.pfield(self.notes[of].0, 1).is_none() {
            self.notes[of].1 = false;
            self.playing.swap_remove(self.looked);
        }
    }

    /// Releases all that sound. `[audio]`
    pub fn release_all(&mut self, running: &mut Running) {
        for of in self.playing.drain(..) {
            self.notes[of].1 = false;
            running.stop_now(Instances::Exactly(self.notes[of].0), true);
        }
    }
}
