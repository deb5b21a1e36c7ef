//! Mono rules: which keys are down, and the pitch on its way from one to the next.

use ksmps_data::event::{NoteName, NoteSelector};

use super::ramp::Ramp;

/// How many keys one mono rule remembers.
pub(super) const HELD_MAX: usize = 128;

/// The keys of one rule. A poly rule has one too and never uses it.
pub(super) struct Mono {
    held: Vec<(NoteName, f32)>,
    key: Ramp,
    moving: bool,
}

impl Mono {
    /// No key. `[control]`
    pub fn new() -> Self {
        Self { held: Vec::with_capacity(HELD_MAX), key: Ramp::fixed(60.0), moving: false }
    }

    /// A key goes down. `[audio]`
    pub fn press(&mut self, note: NoteName, velocity: f32) {
        if self.held.len() == HELD_MAX {
            self.held.remove(0);
        }
        self.held.push((note, velocity));
    }

    /// Keys go up: one, where the selector names one, and of several the one with the very same id; else all that match.
    /// `[audio]`
    pub fn lift(&mut self, notes: &NoteSelector) {
        if notes.id.is_some() || (notes.channel.is_some() && notes.key.is_some()) {
            let first = |is_meant: &dyn Fn(&NoteName) -> bool| {
                self.held.iter().position(|(note, _)| notes.matches(note) && is_meant(note))
            };
            if let Some(at) = first(&|note| note.id == notes.id).or_else(|| first(&|_| true)) {
                self.held.remove(at);
            }
        } else {
            self.held.retain(|(note, _)| !notes.matches(note));
        }
    }

    /// The key that was pressed last and is down. `[audio]`
    pub fn last(&self) -> Option<(NoteName, f32)> {
        self.held.last().copied()
    }

    /// Keys that are down, oldest first. `[audio]`
    pub fn held(&self) -> impl Iterator<Item = (NoteName, f32)> + '_ {
        self.held.iter().copied()
    }

    /// The pitch is this key's, at once. `[audio]`
    pub fn jump_to(&mut self, key: u8) {
        self.key = Ramp::fixed(f64::from(key));
        self.moving = false;
    }

    /// The pitch moves to a key. `[audio]`
    pub fn glide_to(&mut self, key: u8, frame: u64, frames: u64) {
        self.key.move_to(f64::from(key), frame, frames);
        self.moving = true;
    }

    /// The pitch at a frame, as a key. `[audio]`
    pub fn key_at(&self, frame: u64) -> f64 {
        self.key.at(frame)
    }

    /// Whether the pitch has moved since the last cycle; asked once per cycle. `[audio]`
    pub fn moves(&mut self, frame: u64) -> bool {
        let moves = self.moving;
        self.moving = self.key.is_moving(frame);
        moves
    }
}
