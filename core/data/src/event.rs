//! What reaches the player besides audio: notes, MIDI and parameter points, each at a frame of the block.
//!
//! Plain `Copy` data without framework types: the plugin translates a host's events into these, scripts and
//! MIDI files are read into these, and the renderer knows nothing else.

use serde::{Deserialize, Serialize};

/// Something that happens at one frame of a block.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Frame inside the block, 0 is its first. Frames at or behind the block's end count as its last frame.
    pub frame: u32,
    /// What happens.
    pub kind: EventKind,
}

/// What can happen at a frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum EventKind {
    /// A note starts.
    NoteOn {
        /// Which note.
        note: NoteName,
        /// 0..=1.
        velocity: f32,
    },
    /// Notes are released.
    NoteOff {
        /// Which of the sounding notes.
        notes: NoteSelector,
        /// 0..=1.
        velocity: f32,
    },
    /// Notes are cut off at once, without their release.
    Choke {
        /// Which of the sounding notes.
        notes: NoteSelector,
    },
    /// An expression of sounding notes moves.
    Expression {
        /// Which of the sounding notes.
        notes: NoteSelector,
        /// What moves.
        expression: Expression,
        /// Where it is now, in the expression's own unit.
        value: f64,
    },
    /// Polyphonic modulation of a per-note slot.
    Modulation {
        /// Which of the sounding notes.
        notes: NoteSelector,
        /// The slot whose value is modulated.
        slot: u16,
        /// Added to the slot's normalized value.
        offset: f64,
    },
    /// A channel message that is not a note: controller, program, pressure, bend.
    Midi {
        /// The message, status byte first.
        bytes: [u8; 3],
        /// How many of the bytes count, 1..=3.
        len: u8,
    },
    /// A host parameter's point: its base value, which is what a project keeps.
    Param {
        /// The slot that moves.
        slot: u16,
        /// Where it goes, 0..=1; the parameter maps it to its own range.
        normalized: f64,
    },
    /// The host modulates a parameter as a whole: heard on top of its base value until the next one, and kept nowhere.
    ParamModulation {
        /// The slot that is modulated.
        slot: u16,
        /// Added to the slot's normalized base value; 0 ends the modulation.
        offset: f64,
    },
}

/// How a host names a note that starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteName {
    /// The host's note id, where it has one.
    pub id: Option<i32>,
    /// MIDI channel, 0..=15.
    pub channel: u8,
    /// MIDI key, 0..=127.
    pub key: u8,
}

/// Which sounding notes an event speaks of; a `None` matches all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NoteSelector {
    /// The host's note id.
    pub id: Option<i32>,
    /// MIDI channel, 0..=15.
    pub channel: Option<u8>,
    /// MIDI key, 0..=127.
    pub key: Option<u8>,
}

impl NoteSelector {
    /// Every sounding note.
    pub const ALL: Self = Self { id: None, channel: None, key: None };

    /// Whether `note` is one of those spoken of. An id decides alone where both sides have one; a selector that has
    /// nothing but an id speaks of no note without one. `[any]`
    pub fn matches(&self, note: &NoteName) -> bool {
        match (self.id, note.id) {
            (Some(wanted), Some(id)) => return wanted == id,
            (Some(_), None) if self.channel.is_none() && self.key.is_none() => return false,
            _ => {}
        }
        self.channel.is_none_or(|channel| channel == note.channel)
            && self.key.is_none_or(|key| key == note.key)
    }
}

impl From<NoteName> for NoteSelector {
    fn from(note: NoteName) -> Self {
        Self { id: note.id, channel: Some(note.channel), key: Some(note.key) }
    }
}

/// The per-note expressions of CLAP and VST3, in the units in which p-fields want them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expression {
    /// Linear gain, 1 is unchanged.
    Volume,
    /// -1 (left) ..= 1 (right).
    Pan,
    /// Semitones, fractional, added to the key.
    Tuning,
    /// 0..=1.
    Vibrato,
    /// 0..=1.
    Expression,
    /// 0..=1, `timbre` in a document.
    Brightness,
    /// 0..=1, `press` in a document.
    Pressure,
}
