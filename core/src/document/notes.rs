//! Which way notes take into a document.

/// How notes reach a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Notes {
    /// The host's notes start instruments; every rule that matches starts one.
    Sched(Vec<NoteRule>),
    /// Raw MIDI goes to Csound's own MIDI opcodes.
    Midi,
    /// The document takes no notes and says so.
    Off,
    /// Nothing in the document takes notes.
    Undeclared,
}

/// Whether an instrument sounds several notes at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoiceMode {
    /// Every note has its voice.
    Poly,
    /// One voice, which follows the notes.
    Mono,
}

/// Which notes start an instrument, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteRule {
    /// Its name or number as text.
    pub instrument: String,
    /// What a person reads.
    pub name: Option<String>,
    /// How many notes sound at once, 1 or more.
    pub voices: usize,
    /// One voice or many.
    pub mode: VoiceMode,
    /// A note over a held one goes on in its voice without a new start.
    pub legato: bool,
    /// Seconds in which the pitch moves to the next note.
    pub glide_s: f64,
    /// Key ranges that are meant, both ends included; empty: all.
    pub keys: Vec<(u8, u8)>,
    /// Velocities 0..=127 that are meant, both ends included.
    pub velocities: (u8, u8),
    /// MIDI channel 0..=15; `None`: all.
    pub channel: Option<u8>,
    /// Seconds a note lasts whatever its release; `None`: until it is released.
    pub duration_s: Option<f64>,
    /// Notes of one group cut each other off.
    pub choke: Option<String>,
    /// Semitones of a full pitch bend.
    pub bend_semitones: f64,
    /// Whether the sustain pedal holds its notes.
    pub sustain: bool,
    /// What fills the p-fields, in the order of their numbers.
    pub fields: Vec<PfieldSource>,
    /// The document's line: of the directive, or of the instrument without one.
    pub line: u32,
}

/// What a p-field is filled with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PfieldSource {
    /// The p-field's number, 4 or higher.
    pub index: usize,
    /// Its value.
    pub source: Source,
}

/// What of a note a p-field is filled with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source {
    /// The key's frequency.
    Hertz,
    /// The MIDI key, fractional.
    Key,
    /// 0..=127, fractional.
    Velocity,
    /// (velocity/127)² times 0dbfs.
    Amplitude,
    /// 0..=1.
    Level,
    /// The amplitude in decibels below full scale.
    Decibel,
    /// MIDI channel, counted from 1.
    Channel,
    /// Semitones; moves.
    Bend,
    /// 0..=1; moves.
    Pressure,
    /// 0..=1; moves.
    Timbre,
    /// -1..=1; moves.
    Pan,
    /// The host's note id, -1 where there is none.
    Id,
    /// Always this.
    Constant(f64),
}
