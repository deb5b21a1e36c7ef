//! Sounding notes of the sched path: who they are for the host, and which instance they are for Csound.
//!
//! A voice is keyed by the host's note id where there is one, else by channel and key with overlaps kept apart
//! (the oldest goes first). Its event is sent when the cycle it starts in is performed, so what follows a note-on
//! in the same cycle still counts for it. It ends when its instance is gone from Csound's list, whatever the host
//! thinks.

use ksmps_csound::Running;
use ksmps_data::event::{NoteName, NoteSelector};

/// How many voices an engine keeps track of, over all instruments.
pub const VOICES_MAX: usize = 512;
/// Polyphonic modulations one voice remembers.
const MODULATIONS_MAX: usize = 4;
/// p1 of voices: the instrument's number, and one of these fractions that nobody writes by hand.
const NUMBERS: usize = 10_000;
/// No voice has this number.
const NOBODY: u16 = u16::MAX;

/// Where a voice is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its key is down.
    Held,
    /// Its key is up, the pedal is down.
    Sustained,
    /// Csound was told to release it, or it has a length of its own and its key is up.
    Released,
    /// Csound was told to end it.
    Killed,
}

/// What a voice's own expressions and modulations say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expressions {
    /// Semitones.
    pub tuning: f64,
    /// 0..=1; `None`: that of the channel.
    pub pressure: Option<f64>,
    /// 0..=1; `None`: that of the channel.
    pub timbre: Option<f64>,
    /// -1..=1
    pub pan: f64,
    /// Linear gain.
    pub volume: f64,
    /// 0..=1; `None`: that of the channel.
    pub vibrato: Option<f64>,
    /// 0..=1; `None`: that of the channel.
    pub expression: Option<f64>,
    /// How its key went up, 0..=1; 0 while it is down.
    pub off_velocity: f64,
    modulations: [Option<(u16, f64)>; MODULATIONS_MAX],
}

impl Default for Expressions {
    /// Nothing was said. `[audio]`
    fn default() -> Self {
        Self {
            tuning: 0.0,
            pressure: None,
            timbre: None,
            pan: 0.0,
            volume: 1.0,
            vibrato: None,
            expression: None,
            off_velocity: 0.0,
            modulations: [None; MODULATIONS_MAX],
        }
    }
}

impl Expressions {
    /// Modulates a slot by a normalized offset; the fifth slot of one voice is ignored. `[audio]`
    pub fn modulate(&mut self, slot: u16, offset: f64) {
        let known = self.modulations.iter().position(|entry| entry.is_some_and(|(of, _)| of == slot));
        if let Some(at) = known.or_else(|| self.modulations.iter().position(Option::is_none)) {
            self.modulations[at] = Some((slot, offset));
        }
    }

    /// Slots and their offsets. `[audio]`
    pub fn modulations(&self) -> impl Iterator<Item = (u16, f64)> + '_ {
        self.modulations.iter().flatten().copied()
    }
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
    pub phase: Phase,
    /// Its key was down when the sostenuto pedal went down.
    pub is_caught: bool,
    /// Ends by itself after a fixed time.
    pub finite: bool,
    /// The frame of the coming cycle at which it starts; `None` once its event is sent.
    pub starts_at: Option<u32>,
    /// Its event is sent, but Csound has not run since.
    pub sent: bool,
    /// To be told to Csound as soon as the instance is there.
    pub end_due: bool,
    /// What the host said of this note alone.
    pub expressions: Expressions,
    /// Its p-fields are behind what they should be.
    pub changed: bool,
    /// The last cycle in which its instance was seen.
    seen_in: u64,
}

impl Voice {
    /// A voice that starts `offset` frames into the coming cycle. `[audio]`
    pub fn starting(
        note: NoteName,
        rule: usize,
        velocity: f32,
        serial: u64,
        finite: bool,
        offset: u32,
    ) -> Self {
        Self {
            note,
            rule,
            p1: 0.0,
            velocity,
            serial,
            phase: Phase::Held,
            is_caught: false,
            finite,
            starts_at: Some(offset),
            sent: false,
            end_due: false,
            expressions: Expressions::default(),
            changed: false,
            seen_in: 0,
        }
    }

    /// Whether its key or the pedal holds it. `[audio]`
    pub fn is_playing(&self) -> bool {
        matches!(self.phase, Phase::Held | Phase::Sustained)
    }

    /// Ends it, with its release (`Phase::Released`) or without (`Phase::Killed`), now or as soon as Csound has
    /// started it. `[audio]`
    pub fn end(&mut self, running: &mut Running, phase: Phase) {
        self.phase = phase;
        if self.sent || self.starts_at.is_some() {
            self.end_due = true;
        } else {
            tell_end(running, self);
        }
    }
}

fn tell_end(running: &mut Running, voice: &Voice) {
    if voice.phase == Phase::Killed { running.kill(voice.p1) } else { running.release(voice.p1) }
}

/// The voices of an engine, oldest first.
pub(super) struct Voices {
    voices: Vec<Voice>,
    by_number: Box<[u16; NUMBERS]>,
    next_number: usize,
    serial: u64,
    /// Some have not been sent.
    has_unsent: bool,
    /// Some were sent for the coming cycle, or for the one that was performed last.
    has_sent: bool,
    /// Counts the cycles after which voices were looked for.
    cycle: u64,
    /// Serials and notes of the voices that went in one cycle.
    gone: Vec<(u64, NoteName)>,
}

impl Voices {
    /// Room for all of them. `[control]`
    pub fn new() -> Self {
        Self {
            voices: Vec::with_capacity(VOICES_MAX),
            by_number: Box::new([NOBODY; NUMBERS]),
            next_number: 0,
            serial: 0,
            has_unsent: false,
            has_sent: false,
            cycle: 0,
            gone: Vec::with_capacity(VOICES_MAX),
        }
    }

    /// How many sound. `[any]`
    pub fn len(&self) -> usize {
        self.voices.len()
    }

    /// The number of a new note-on. `[audio]`
    pub fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Adds a voice of an instrument and gives it its p1; `false` where there is no room. `[audio]`
    pub fn push(&mut self, mut voice: Voice, instrument: i32) -> bool {
        if self.voices.len() == VOICES_MAX {
            return false;
        }
        // There are far more numbers than voices, so one is free.
        while self.by_number[self.next_number] != NOBODY {
            self.next_number = (self.next_number + 1) % NUMBERS;
        }
        self.by_number[self.next_number] = self.voices.len() as u16;
        voice.p1 = f64::from(instrument) + (self.next_number as f64 + 0.5) / NUMBERS as f64;
        self.next_number = (self.next_number + 1) % NUMBERS;
        self.has_unsent |= voice.starts_at.is_some();
        self.voices.push(voice);
        true
    }

    /// All of them, oldest first. `[audio]`
    pub fn iter(&self) -> impl Iterator<Item = &Voice> {
        self.voices.iter()
    }

    /// All of them, oldest first. `[audio]`
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Voice> {
        self.voices.iter_mut()
    }

    /// The voices of the note-on that came last. `[audio]`
    pub fn newest_mut(&mut self) -> impl Iterator<Item = &mut Voice> {
        let serial = self.serial;
        self.voices.iter_mut().filter(move |voice| voice.serial == serial)
    }

    /// Has each voice sent that starts in the coming cycle: `send` gets its offset. `[audio]`
    pub fn send_new(&mut self, mut send: impl FnMut(&Voice, u32)) {
        if !std::mem::take(&mut self.has_unsent) {
            return;
        }
        for voice in &mut self.voices {
            if let Some(offset) = voice.starts_at.take() {
                send(voice, offset);
                (voice.sent, voice.changed) = (true, false);
                self.has_sent = true;
            }
        }
    }

    /// Takes the first voice that is chosen out, without a word to Csound. `[audio]`
    pub fn remove_first(&mut self, chosen: impl Fn(&Voice) -> bool) -> Option<Voice> {
        let at = self.voices.iter().position(chosen)?;
        let voice = self.voices.remove(at);
        self.by_number[number_of(voice.p1)] = NOBODY;
        self.renumber();
        Some(voice)
    }

    /// Whether a note-on still has a voice. `[audio]`
    pub fn has_serial(&self, serial: u64) -> bool {
        self.voices.iter().any(|voice| voice.serial == serial)
    }

    /// The note-on that a note-off means among the voices of some rules: of several with the same channel and key,
    /// the oldest that is held, and first one that has the very same id, or none as well. `None` where the off speaks of many
    /// notes, or of none. `[audio]`
    pub fn meant_by(&self, notes: &NoteSelector, of_rule: impl Fn(usize) -> bool) -> Option<u64> {
        let one_note = notes.id.is_some() || (notes.channel.is_some() && notes.key.is_some());
        let held =
            |voice: &&Voice| voice.phase == Phase::Held && of_rule(voice.rule) && notes.matches(&voice.note);
        let exactly = || self.voices.iter().filter(held).find(|voice| voice.note.id == notes.id);
        one_note.then(|| exactly().or_else(|| self.voices.iter().find(held)).map(|voice| voice.serial))?
    }

    /// Calls `write` for each voice whose p-fields are behind and whose instance sounds, with a way to write them. One
    /// walk through Csound's list, however many there are. `[audio]`
    pub fn write_changed(
        &mut self,
        running: &mut Running,
        write: impl Fn(&Voice, &mut dyn FnMut(usize, f64)),
    ) {
        if !self.voices.iter().any(|voice| voice.changed) {
            return;
        }
        running.visit_sounding(|mut sounding| {
            let place = self.place_of(sounding.p1(), 0).map(|at| &mut self.voices[at]);
            let Some(voice) = place.filter(|voice| voice.changed) else { return };
            write(voice, &mut |index, value| {
                sounding.set_pfield(index, value);
            });
            voice.changed = false;
        });
    }

    /// After a cycle: forgets the voices whose instances are gone, tells Csound of the ends that were due, and calls
    /// `ended` for each note whose last voice has gone. Where instances cannot be seen, a voice is forgotten with its
    /// release. `[audio]`
    pub fn collect(&mut self, running: &mut Running, mut ended: impl FnMut(NoteName)) {
        let sees = running.can_see_instances();
        self.cycle += 1;
        let (cycle, mut seen_count, mut next) = (self.cycle, 0, 0);
        running.visit_sounding(|sounding| {
            // Csound's list has the instances of an instrument in the order in which they began, as this one has.
            let Some(at) = self.place_of(sounding.p1(), next) else { return };
            next = at + 1;
            let voice = &mut self.voices[at];
            if voice.seen_in != cycle {
                voice.seen_in = cycle;
                seen_count += 1;
            }
        });
        // An end is due only to voices that were sent before the cycle.
        let has_sent = std::mem::take(&mut self.has_sent);
        if seen_count == self.voices.len() && !has_sent {
            return;
        }
        let Self { voices, by_number, gone, .. } = self;
        voices.retain_mut(|voice| {
            voice.sent = false;
            if std::mem::take(&mut voice.end_due) {
                tell_end(running, voice);
            }
            let stays = if sees { voice.seen_in == cycle } else { voice.is_playing() };
            if !stays {
                by_number[number_of(voice.p1)] = NOBODY;
                gone.push((voice.serial, voice.note));
            }
            stays
        });
        if self.gone.is_empty() {
            return;
        }
        self.renumber();
        for at in 0..self.gone.len() {
            let (serial, note) = self.gone[at];
            let is_last =
                !self.gone[at + 1..].iter().any(|(other, _)| *other == serial) && !self.has_serial(serial);
            if is_last {
                ended(note);
            }
        }
        self.gone.clear();
    }

    /// Where the voice is whose p1 is exactly this: at the place that is looked at first, or wherever its number says.
    #[inline]
    fn place_of(&self, p1: f64, first: usize) -> Option<usize> {
        let is_at = |at: &usize| self.voices.get(*at).is_some_and(|voice| voice.p1.to_bits() == p1.to_bits());
        let by_number = || self.by_number.get(number_of(p1)).map(|&at| usize::from(at));
        Some(first).filter(is_at).or_else(|| by_number().filter(is_at))
    }

    fn renumber(&mut self) {
        for (at, voice) in self.voices.iter().enumerate() {
            self.by_number[number_of(voice.p1)] = at as u16;
        }
    }
}

/// The number in a voice's p1; some number for any other p1 from 0 on, and too great a one below 0.
fn number_of(p1: f64) -> usize {
    ((p1 * NUMBERS as f64) as i64 % NUMBERS as i64) as usize
}
