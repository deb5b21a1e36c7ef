//! Which way notes take into a document.
//!
//! In this order: what `;@notes` says; Csound's own MIDI, where options, `massign` or MIDI opcodes show that the
//! document is written for it; the first instrument whose p-fields are named for pitch and level; else none.

use super::directives::Directive;
use super::instruments::Instrument;
use super::rules;
use ksmps_data::diagnostic::Diagnostic;

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
    /// Whether the sustain pedal holds its notes; it does unless the document says `sustain=off`.
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
    /// Linear gain, 1 without a word of the host; moves.
    Volume,
    /// 0..=1; moves.
    Vibrato,
    /// 0..=1, 1 without a word of the host; moves.
    Expression,
    /// 0..=127 from the note-off on, before it 0.
    OffVelocity,
    /// The host's note id, -1 where there is none.
    Id,
    /// Always this.
    Constant(f64),
}

/// Names of p-fields behind a leading k or i, and words behind `pN=`.
const SOURCES: [(&str, Source); 21] = [
    ("freq", Source::Hertz),
    ("hz", Source::Hertz),
    ("cps", Source::Hertz),
    ("pitch", Source::Hertz),
    ("key", Source::Key),
    ("note", Source::Key),
    ("midi", Source::Key),
    ("midinote", Source::Key),
    ("midikey", Source::Key),
    ("vel", Source::Velocity),
    ("velocity", Source::Velocity),
    ("amp", Source::Amplitude),
    ("amplitude", Source::Amplitude),
    ("level", Source::Level),
    ("gain", Source::Level),
    ("db", Source::Decibel),
    ("chan", Source::Channel),
    ("bend", Source::Bend),
    ("press", Source::Pressure),
    ("timbre", Source::Timbre),
    ("pan", Source::Pan),
];

/// Words behind `pN=` alone: as names of p-fields they are taken for what the document means by them.
const ASKED_FOR: [(&str, Source); 4] = [
    ("volume", Source::Volume),
    ("vibrato", Source::Vibrato),
    ("expression", Source::Expression),
    ("offvel", Source::OffVelocity),
];

impl Source {
    /// The source a word behind `pN=` means: `freq`, `vel`, `id`, `volume`. `[any]`
    pub fn of(word: &str) -> Option<Self> {
        Self::named(word).or_else(|| find(&ASKED_FOR, &word.to_ascii_lowercase()))
    }

    fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        if name == "id" { Some(Self::Id) } else { find(&SOURCES, &name) }
    }

    /// The source a p-field's name means: `kfreq`, `iVel`, `k_amp`. `[any]`
    pub fn of_pfield(name: &str) -> Option<Self> {
        let bare = name.strip_prefix(['k', 'i'])?;
        Self::named(bare.strip_prefix('_').unwrap_or(bare))
    }

    fn is_pitch(self) -> bool {
        matches!(self, Self::Hertz | Self::Key)
    }

    fn is_level(self) -> bool {
        matches!(self, Self::Velocity | Self::Amplitude | Self::Level | Self::Decibel)
    }
}

fn find(sources: &[(&str, Source)], word: &str) -> Option<Source> {
    sources.iter().find_map(|(name, source)| (*name == word).then_some(*source))
}

impl NoteRule {
    /// Whether a bend moves the pitch of its notes: they are held, there are bends, and these have no p-field of their own.
    fn is_bent_at_its_pitch(&self) -> bool {
        self.duration_s.is_none()
            && self.bend_semitones > 0.0
            && self.fields.iter().all(|field| field.source != Source::Bend)
    }

    /// The p-field that has the pitch.
    fn pitch(&self) -> Option<usize> {
        self.fields.iter().find(|field| field.source.is_pitch()).map(|field| field.index)
    }

    /// What holds for an instrument of which nothing is said. `[any]`
    pub fn of(instrument: &Instrument) -> Self {
        let mut fields: Vec<PfieldSource> = Vec::new();
        for pfield in &instrument.pfields {
            if let Some(source) = Source::of_pfield(&pfield.name)
                && fields.iter().all(|field| field.index != pfield.index)
            {
                fields.push(PfieldSource { index: pfield.index, source });
            }
        }
        Self {
            instrument: instrument.names.first().cloned().unwrap_or_default(),
            name: None,
            voices: VOICES_DEFAULT,
            mode: VoiceMode::Poly,
            legato: false,
            glide_s: 0.0,
            keys: Vec::new(),
            velocities: (0, 127),
            channel: None,
            duration_s: None,
            choke: None,
            bend_semitones: BEND_SEMITONES_DEFAULT,
            sustain: true,
            fields,
            line: instrument.line,
        }
    }
}

/// Voices of an instrument, when the document does not say.
pub const VOICES_DEFAULT: usize = 16;
/// Semitones of a full pitch bend, when the document does not say.
pub const BEND_SEMITONES_DEFAULT: f64 = 2.0;

/// Decides which way notes take.
pub(super) fn decide(
    directives: &[Directive],
    instruments: &[Instrument],
    uses_midi: bool,
    found: &mut Vec<Diagnostic>,
) -> Notes {
    let named = instruments.iter().find(|instrument| takes_notes(instrument));
    let notes = match rules::read(directives, instruments, named, found) {
        Some(declared) => declared,
        None if uses_midi => Notes::Midi,
        None => named.map_or(Notes::Undeclared, |instrument| Notes::Sched(vec![NoteRule::of(instrument)])),
    };
    if let Notes::Sched(rules) = &notes {
        warn_of_length(rules, instruments, found);
        hint_at_bends(rules, instruments, found);
    }
    notes
}

/// Whether p-fields are named for a pitch and for a level.
fn takes_notes(instrument: &Instrument) -> bool {
    let sources = || instrument.pfields.iter().filter_map(|pfield| Source::of_pfield(&pfield.name));
    !instrument.names.is_empty() && sources().any(Source::is_pitch) && sources().any(Source::is_level)
}

/// A held note has p3 = -1: an envelope over p3 cannot work.
fn warn_of_length(rules: &[NoteRule], instruments: &[Instrument], found: &mut Vec<Diagnostic>) {
    for instrument in instruments {
        let is_held =
            rules.iter().any(|rule| rule.duration_s.is_none() && instrument.is_called(&rule.instrument));
        if let (true, Some(line)) = (is_held, instrument.uses_p3_shape) {
            found.push(
                Diagnostic::warning(
                    line,
                    format!(
                        "p3 is -1 while a note is held, so instr {} cannot shape its sound with it",
                        instrument.names.join(", ")
                    ),
                )
                .with_remedy(
                    "write an envelope with a release, such as linsegr 0, 0.01, 1, 0.3, 0, or give notes a length \
                     with ;@notes dur=0.5",
                ),
            );
        }
    }
}

/// A bend arrives at the voice's pitch, which `ifreq = p4` reads once, when the note starts.
fn hint_at_bends(rules: &[NoteRule], instruments: &[Instrument], found: &mut Vec<Diagnostic>) {
    for instrument in instruments {
        let pitch = rules
            .iter()
            .filter(|rule| instrument.is_called(&rule.instrument) && rule.is_bent_at_its_pitch())
            .find_map(NoteRule::pitch);
        let Some(index) = pitch else { continue };
        let names: Vec<&str> = instrument.names_of(index).collect();
        if let [first, ..] = names.as_slice()
            && names.iter().all(|name| name.starts_with('i'))
        {
            let moved = format!("k{}", first.strip_prefix('i').unwrap_or(first));
            let text = format!(
                "pitch bend does not move instr {}: {first} = p{index} is read once, when the note starts",
                instrument.names.join(", ")
            );
            let remedy = match instrument.is_template {
                true => format!("declare {moved} in its place, and make the sound with it"),
                false => format!("write {moved} = p{index}, and make the sound with {moved}"),
            };
            found.push(Diagnostic::note(instrument.line, text).with_remedy(remedy));
        }
    }
}
