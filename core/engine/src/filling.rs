//! What fills the p-fields of the host's notes: keys, velocities, controllers, expressions, parameters.

use ksmps_csound::Running;
use ksmps_data::event::NoteName;
use ksmps_document::{NoteRule, Source, VoiceMode};

use super::control::Controls;
use super::midi_channels::MidiChannels;
use super::mono::Mono;
use super::voices::Voice;

/// p-fields a note's event can have.
pub const NOTE_PFIELDS_MAX: usize = 64;

/// A rule of the document, ready to play: its instrument is a number of the running engine.
#[derive(Debug, Clone)]
pub struct BoundRule {
    /// The document's rule.
    pub rule: NoteRule,
    /// The instrument's number in this engine.
    pub instrument: i32,
    /// p-fields every note of it starts with: the values of `pset`, else zeros. Index 0 is p1.
    pub pfields: Vec<f64>,
}

impl BoundRule {
    /// Whether it starts something for this note.
    pub(super) fn takes(&self, note: NoteName, velocity: u8) -> bool {
        let rule = &self.rule;
        let key =
            rule.keys.is_empty() || rule.keys.iter().any(|&(low, high)| (low..=high).contains(&note.key));
        let (softest, loudest) = rule.velocities;
        let channel = rule.channel.is_none_or(|channel| channel == note.channel);
        key && channel && (softest..=loudest).contains(&velocity)
    }

    pub(super) fn is_mono(&self) -> bool {
        self.rule.mode == VoiceMode::Mono
    }
}

/// Everything that p-fields are filled from.
pub(super) struct Filling {
    /// The document's rules.
    pub rules: Vec<BoundRule>,
    /// The keys of each rule; used by mono ones.
    pub monos: Vec<Mono>,
    /// What controllers have set.
    pub channels: MidiChannels,
    zero_dbfs: f64,
    /// Hertz of key 69.
    a4: f64,
}

impl Filling {
    /// Rules with nothing set. `a4` is the document's pitch of key 69 in hertz. `[control]`
    pub fn new(rules: Vec<BoundRule>, zero_dbfs: f64, a4: f64) -> Self {
        let monos = rules.iter().map(|_| Mono::new()).collect();
        Self { rules, monos, channels: MidiChannels::REST, zero_dbfs, a4 }
    }

    /// Whether a pedal of a voice's channel keeps it. `[audio]`
    pub fn is_sustained(&self, voice: &Voice) -> bool {
        let keeps =
            self.channels.any(voice.note.channel, |set| set.pedal || set.sostenuto && voice.is_caught);
        keeps && self.rules[voice.rule].rule.sustain
    }

    /// Sends the event of a new voice, with all that is known of it. `[audio]`
    pub fn send(&self, running: &mut Running, controls: &Controls, voice: &Voice, frame: u64, offset: u32) {
        let bound = &self.rules[voice.rule];
        let count = bound.pfields.len().min(NOTE_PFIELDS_MAX);
        let mut pfields = [0.0; NOTE_PFIELDS_MAX];
        pfields[..count].copy_from_slice(&bound.pfields[..count]);
        pfields[0] = voice.p1;
        pfields[1] = 0.0;
        pfields[2] = bound.rule.duration_s.unwrap_or(-1.0);
        let mut put = |index: usize, value: f64| {
            if let Some(place) = index.checked_sub(1).and_then(|at| pfields[..count].get_mut(at)) {
                *place = value;
            }
        };
        for (index, value) in controls.pfields_of(bound.instrument, frame + u64::from(offset)) {
            put(index, value);
        }
        for field in &bound.rule.fields {
            put(field.index, self.value(voice, field.source, f64::from(voice.note.key)));
        }
        self.moving_pfields(controls, voice, frame, &mut put);
        running.start(&pfields[..count], offset);
    }

    /// The p-fields of a voice that move while it sounds, as they are at `frame`. `[audio]`
    pub fn moving_pfields(
        &self,
        controls: &Controls,
        voice: &Voice,
        frame: u64,
        write: &mut dyn FnMut(usize, f64),
    ) {
        let bound = &self.rules[voice.rule];
        let key =
            if bound.is_mono() { self.monos[voice.rule].key_at(frame) } else { f64::from(voice.note.key) };
        for field in bound.rule.fields.iter().filter(|field| moves(field.source)) {
            write(field.index, self.value(voice, field.source, key));
        }
        for (slot, offset) in voice.expressions.modulations() {
            let modulated = controls.modulated(usize::from(slot), offset, frame);
            if let Some((_, index, value)) =
                modulated.filter(|(instrument, ..)| *instrument == bound.instrument)
            {
                write(index, value);
            }
        }
    }

    /// What fills a p-field of a voice at this moment.
    fn value(&self, voice: &Voice, source: Source, key: f64) -> f64 {
        let (channels, channel) = (&self.channels, voice.note.channel);
        let own = &voice.expressions;
        let rule = &self.rules[voice.rule].rule;
        let level = f64::from(voice.velocity);
        let semitones = channels.bend(channel, rule.bend_semitones) + own.tuning;
        // Where a p-field of its own takes the bend, the pitch stays the key's: else it would bend twice.
        let bends_apart = rule.fields.iter().any(|other| other.source == Source::Bend);
        let bent_key = if bends_apart { key } else { key + semitones };
        match source {
            Source::Hertz => self.a4 * ((bent_key - 69.0) / 12.0).exp2(),
            Source::Key => bent_key,
            Source::Velocity => level * 127.0,
            Source::Amplitude => level * level * self.zero_dbfs,
            Source::Level => level,
            Source::Decibel => 40.0 * level.max(1e-3).log10(),
            Source::Channel => f64::from(voice.note.channel) + 1.0,
            Source::Bend => semitones,
            Source::Pressure => own.pressure.unwrap_or_else(|| channels.largest(channel, |set| set.pressure)),
            Source::Timbre => own.timbre.unwrap_or_else(|| channels.largest(channel, |set| set.timbre)),
            Source::Volume => own.volume,
            Source::Vibrato => own.vibrato.unwrap_or_else(|| channels.largest(channel, |set| set.vibrato)),
            Source::Expression => {
                own.expression.unwrap_or_else(|| channels.smallest(channel, |set| set.expression))
            }
            Source::OffVelocity => own.off_velocity * 127.0,
            Source::Pan => own.pan,
            Source::Id => voice.note.id.map_or(-1.0, f64::from),
            Source::Constant(value) => value,
        }
    }
}

/// Sources that move while a note sounds.
fn moves(source: Source) -> bool {
    matches!(
        source,
        Source::Bend
            | Source::Key
            | Source::Hertz
            | Source::Pressure
            | Source::Timbre
            | Source::Pan
            | Source::Volume
            | Source::Vibrato
            | Source::Expression
            | Source::OffVelocity
    )
}
