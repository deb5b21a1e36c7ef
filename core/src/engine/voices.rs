//! Sounding notes of the sched path: who they are for the host, and which instance they are for Csound.
//!
//! A voice is keyed by the host's note id where there is one, else by channel and key with overlaps kept apart
//! (the oldest goes first). It ends when its instance is gone from Csound's list, whatever the host thinks.

use crate::event::{NoteName, NoteSelector};

/// How many voices an engine keeps track of, over all instruments.
pub const VOICES_MAX: usize = 512;

/// Where a voice is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its key is down.
    Held,
    /// Its key is up, the pedal is down.
    Sustained,
    /// Csound was told to release it, or it has a length of its own and its key is up.
    Released,
}

/// One sounding note of one instrument.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice {
    /// The note as the host names it.
    pub note: NoteName,
    /// Which of the document's rules started it.
    pub rule: usize,
    /// Its p1, unique among the sounding.
    pub p1: f64,
    /// Velocity 0..=1 it was started with.
    pub velocity: f32,
    /// Counts note-ons: voices of one note-on (layers) share it.
    pub serial: u64,
    /// Where it is in its life.
    pub stage: Stage,
    /// Ends by itself after a fixed time.
    pub finite: bool,
    /// Its event is sent but Csound has not run since.
    pub pending: bool,
    /// To be released as soon as it is there.
    pub release_due: bool,
    /// Semitones of its own (tuning expression).
    pub tuning: f64,
    seen: bool,
}

impl Voice {
    /// A voice whose event is sent for the coming cycle. [audio]
    pub fn starting(note: NoteName, rule: usize, p1: f64, velocity: f32, serial: u64, finite: bool) -> Self {
        Self {
            note,
            rule,
            p1,
            velocity,
            serial,
            stage: Stage::Held,
            finite,
            pending: true,
            release_due: false,
            tuning: 0.0,
            seen: false,
        }
    }
}

/// The voices of an engine, oldest first.
pub(super) struct Voices {
    voices: Vec<Voice>,
    serial: u64,
}

impl Voices {
    /// Room for all of them. [control]
    pub fn new() -> Self {
        Self { voices: Vec::with_capacity(VOICES_MAX), serial: 0 }
    }

    /// How many sound. [any]
    pub fn len(&self) -> usize {
        self.voices.len()
    }

    /// Whether there is no room for another. [audio]
    pub fn is_full(&self) -> bool {
        self.voices.len() == VOICES_MAX
    }

    /// The number of a new note-on. [audio]
    pub fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Adds a voice; there must be room. [audio]
    pub fn push(&mut self, voice: Voice) {
        debug_assert!(!self.is_full());
        self.voices.push(voice);
    }

    /// All of them, oldest first. [audio]
    pub fn iter(&self) -> impl Iterator<Item = &Voice> {
        self.voices.iter()
    }

    /// All of them, oldest first. [audio]
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Voice> {
        self.voices.iter_mut()
    }

    /// Whether a p1 is in use. [audio]
    pub fn uses(&self, p1: f64) -> bool {
        self.voices.iter().any(|voice| voice.p1.to_bits() == p1.to_bits())
    }

    /// The note-on that a note-off means: of several with the same channel and key, the oldest that is held.
    /// `None` where the off speaks of many notes, or of none. [audio]
    pub fn meant_by(&self, notes: &NoteSelector) -> Option<u64> {
        let one_note = notes.id.is_some() || (notes.channel.is_some() && notes.key.is_some());
        let held = |voice: &&Voice| voice.stage == Stage::Held && notes.matches(&voice.note);
        one_note.then(|| self.voices.iter().find(held).map(|voice| voice.serial))?
    }

    /// Compares with the p1 that sound now: calls `ended` for each voice that is gone, and forgets it. [audio]
    pub fn retain_sounding(
        &mut self,
        sounding: impl Iterator<Item = (f64, bool)>,
        mut ended: impl FnMut(&Voice),
    ) {
        for (p1, _) in sounding.filter(|(p1, _)| p1.fract() != 0.0) {
            if let Some(voice) = self.voices.iter_mut().find(|voice| voice.p1.to_bits() == p1.to_bits()) {
                voice.seen = true;
            }
        }
        self.voices.retain_mut(|voice| {
            let stays = std::mem::replace(&mut voice.seen, false);
            voice.pending = false;
            if !stays {
                ended(voice);
            }
            stays
        });
    }
}
