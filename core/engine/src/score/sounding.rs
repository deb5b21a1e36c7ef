//! Which of a list's notes sound, and by which p1.

use ksmps_csound::Running;
use ksmps_data::verbs::Instances;

/// How far the p1 of one event's notes are apart. Those of other events of a session are at least half a millionth away.
const TURN: f64 = 1.0 / 16_000_000.0;
/// Notes of one event that can be told apart.
const TURNS: u8 = 8;

/// The notes of a list that may sound.
#[derive(Debug)]
pub(super) struct Sounding {
    /// The notes of each of the list's p1.
    notes: Vec<Notes>,
    /// Which p1 have notes that may sound, in no order.
    playing: Vec<usize>,
    /// Where it is looked next whether one has ended.
    looked: usize,
}

/// The notes of one of the list's p1.
#[derive(Debug, Clone, Copy)]
struct Notes {
    /// The p1 of the first turn.
    first: f64,
    /// The turn of the note that started last.
    last: u8,
    /// The turns whose notes may sound, a bit for each.
    turns: u8,
}

impl Notes {
    fn p1_of(self, turn: u8) -> f64 {
        self.first + f64::from(turn) * TURN
    }

    fn may_sound(self, turn: u8) -> bool {
        self.turns & (1 << turn) != 0
    }
}

impl Sounding {
    /// None sounds. `[control]`
    pub fn new(sounding: &[f64]) -> Self {
        let notes: Vec<Notes> = sounding.iter().map(|p1| Notes { first: *p1, last: 0, turns: 0 }).collect();
        Self { playing: Vec::with_capacity(notes.len()), notes, looked: 0 }
    }

    /// By which p1 the last note of one of the list's sounds, or has sounded. `[audio]`
    pub fn p1(&self, of: usize) -> f64 {
        self.notes.get(of).map_or(0.0, |notes| notes.p1_of(notes.last))
    }

    /// Whether the last note of one of the list's p1 may sound and was not released in a jump since it started. `[audio]`
    pub fn may_sound(&self, of: usize) -> bool {
        self.notes.get(of).is_some_and(|notes| notes.may_sound(notes.last))
    }

    /// A note of one of the list's p1 starts. `[audio]`
    pub fn start(&mut self, of: usize) {
        self.start_turn(of, 0);
    }

    fn start_turn(&mut self, of: usize, turn: u8) {
        let notes = &mut self.notes[of];
        if notes.turns == 0 {
            self.playing.push(of);
        }
        notes.last = turn;
        notes.turns |= 1 << turn;
    }

    /// A note starts that is written to while it sounds: its p1 is that of no other, also where a note of the same event
    /// sounds yet, or is in its release. `[audio]`
    pub fn start_apart(&mut self, running: &Running, of: usize) -> f64 {
        let notes = self.notes[of];
        // One that starts in the same cycle is not there yet.
        let is_new = |turn: &u8| !notes.may_sound(*turn);
        let is_free = |turn: &u8| running.pfield(notes.p1_of(*turn), 1).is_none();
        let free = (0..TURNS).filter(is_new).find(is_free).or_else(|| (0..TURNS).find(is_free));
        let turn = free.unwrap_or(0);
        self.start_turn(of, turn);
        notes.p1_of(turn)
    }

    /// Looks at one p1, and forgets its notes that have ended: a long session has many, and few of them sound. `[audio]`
    pub fn forget_ended(&mut self, running: &Running) {
        if !running.can_see_instances() || self.playing.is_empty() {
            return;
        }
        self.looked = (self.looked + 1) % self.playing.len();
        let notes = &mut self.notes[self.playing[self.looked]];
        for turn in 0..TURNS {
            if notes.may_sound(turn) && running.pfield(notes.p1_of(turn), 1).is_none() {
                notes.turns &= !(1 << turn);
            }
        }
        if notes.turns == 0 {
            self.playing.swap_remove(self.looked);
        }
    }

    /// Releases the notes of one of the list's p1: now, or where some of them start in this cycle, after their init passes.
    /// They may be written to in their release. `[audio]`
    pub fn release(&self, running: &mut Running, of: usize, after_init: bool) {
        let notes = self.notes[of];
        for turn in (0..TURNS).filter(|turn| notes.may_sound(*turn)) {
            let which = Instances::Exactly(notes.p1_of(turn));
            if after_init { running.stop_after_init(which, true) } else { running.stop_now(which, true) }
        }
    }

    /// Releases all that sound. `[audio]`
    pub fn release_all(&mut self, running: &mut Running) {
        for index in 0..self.playing.len() {
            let of = self.playing[index];
            self.release(running, of, false);
            self.notes[of].turns = 0;
        }
        self.playing.clear();
    }
}
