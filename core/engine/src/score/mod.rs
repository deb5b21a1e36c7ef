//! The document's score where Csound does not play it: it follows the host's song, goes on in a new engine, or repeats.
//!
//! Csound reads and sorts the score, and is then left with its tables alone. Its notes are a list of plain data
//! ([`list`]), made with the engine, and a place in it ([`walk`]) that the host's transport moves. What begins in a cycle is
//! handed to Csound before it, with the frame at which it starts.

mod list;
mod sorted;
mod walk;

use ksmps_csound::{Running, TextEvent};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::transport::{Song, Transport};
use ksmps_data::verbs::Instances;
use ksmps_document::{Document, Late, ScoreMode};

use super::held::HeldScore;
use list::{LOOP_SECONDS_MIN, Measure, ScoreList, Unit};
use sorted::SortedScore;
use walk::{Course, Due, Walk};

/// The score of an engine.
pub(super) struct Score {
    walk: Walk,
    player: ScorePlayer,
    late: Option<Late>,
    /// The host's song, as it was told last.
    song: Option<Song>,
    /// Another engine's score goes on here: what lasts over the song's place enters, if the song moves.
    enters_next: bool,
    /// A sorted score of the tables alone.
    tables: Vec<u8>,
    /// Which of the list's p1 may sound.
    may_sound: Vec<bool>,
    /// Room for the p-fields of one event.
    fields: Vec<f64>,
    text_event: Option<TextEvent>,
    rate: f64,
}

/// Who plays the notes of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ScorePlayer {
    /// Csound, from the engine's first frame on.
    Csound,
    /// We do, from this frame of the score on at the engine's first.
    Engine { from: u64 },
    /// We do, at the positions of the host's song.
    Host(Unit),
    /// Nobody.
    Nobody,
}

impl Score {
    /// The score of a document, as Csound has sorted it; where it is not Csound that plays it, Csound is left with its tables.
    /// Before the first cycle. `[control]`
    pub fn of(
        document: &Document,
        running: &mut Running,
        sorted: Option<&[u8]>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let play = document.score_play;
        let line = document.directives.iter().find(|one| one.word == "score").map(|one| one.line);
        let mut warn = |text: String, remedy: &str| {
            diagnostics.push(document.located(Diagnostic::warning(line, text).with_remedy(remedy)));
        };
        let is_plain = play.mode == ScoreMode::Free && !play.loops;
        if sorted.is_none() && document.score.is_some() && !is_plain {
            let text = "the score plays from the engine's start: this build of Csound cannot be asked for it";
            warn(text.to_owned(), "use the Csound that comes with the plugins");
        }
        let score = sorted.map(sorted::read).unwrap_or_default();
        let rate = running.rate();
        let unit = if play.mode == ScoreMode::Beats { Unit::Beats } else { Unit::Frames };
        let measure = Measure { unit, rate, tempo: tempo_of(document) };
        let (list, unknown) = ScoreList::new(&score, measure, &mut |name| running.instrument_number(name));
        let is_long = list.length > LOOP_SECONDS_MIN * if unit == Unit::Frames { rate } else { 1.0 };
        let loops = play.loops && is_long;
        let player = match play.mode {
            _ if sorted.is_none() => ScorePlayer::Csound,
            ScoreMode::Free if !loops => ScorePlayer::Csound,
            ScoreMode::Free => ScorePlayer::Engine { from: 0 },
            ScoreMode::Beats | ScoreMode::Seconds => ScorePlayer::Host(unit),
            ScoreMode::Off => ScorePlayer::Nobody,
        };
        if player != ScorePlayer::Csound {
            say_what_is_left_out(&score, &unknown, &mut warn);
        }
        let mut this = Self {
            may_sound: vec![false; list.sounding.len()],
            fields: Vec::with_capacity(list.fields_max),
            text_event: list.has_texts().then(TextEvent::new),
            walk: Walk::new(list, loops),
            player,
            late: play.late,
            song: None,
            enters_next: false,
            tables: score.tables,
            rate,
        };
        if player != ScorePlayer::Csound {
            this.take_from_csound(running);
        }
        if player == (ScorePlayer::Engine { from: 0 }) {
            this.walk.land(this.own_course(0), 0, false);
        }
        this
    }

    /// Whether it follows the host's song. `[any]`
    pub fn follows(&self) -> bool {
        matches!(self.player, ScorePlayer::Host(_)) && !self.walk.list.is_empty()
    }

    /// The host's transport at an engine's frame. `[audio]`
    pub fn transport(&mut self, running: &mut Running, transport: Transport, frame: u64) {
        let ScorePlayer::Host(unit) = self.player else { return };
        if self.walk.list.is_empty() {
            return;
        }
        let rate = self.rate;
        let song = self.song.get_or_insert_with(|| Song::new(transport, frame, rate));
        let jumped = song.update(transport, frame);
        let has_jumped = if unit == Unit::Beats { jumped.in_beats } else { jumped.in_frames };
        let course = self.host_course(unit, frame);
        let enters = std::mem::take(&mut self.enters_next) || self.late == Some(Late::Enter);
        match (self.walk.moves(), course) {
            (false, None) => {}
            (true, Some(course)) if !has_jumped => {
                self.walk.run(frame);
                self.walk.steer(course);
            }
            (moved, course) => {
                if moved {
                    self.walk.run(frame);
                    self.end_notes(running);
                }
                match course {
                    Some(course) => self.walk.land(course, frame, enters),
                    None => self.walk.stand(),
                }
            }
        }
    }

    /// Hands over what begins in the cycle of `ksmps` frames that starts at `frame`; how many events found no room. `[audio]`
    pub fn advance(&mut self, running: &mut Running, frame: u64, ksmps: u64) -> u32 {
        self.walk.run(frame + ksmps);
        let Self { walk, may_sound, fields, text_event, .. } = self;
        for &due in &walk.due {
            start(running, &walk.list, fields, text_event.as_mut(), due, frame);
            may_sound[walk.list.event(due.event).sounding] = true;
        }
        walk.due.clear();
        std::mem::take(&mut walk.dropped)
    }

    /// Where the score is at an engine's frame. `[audio]`
    pub fn hold(&self, frame: u64) -> HeldScore {
        let from = match self.player {
            _ if self.walk.list.is_empty() => return HeldScore::default(),
            ScorePlayer::Csound => 0,
            ScorePlayer::Engine { from } => from,
            ScorePlayer::Host(_) => return HeldScore { frame: None, plays: self.walk.moves() },
            ScorePlayer::Nobody => return HeldScore::default(),
        };
        let frame = from + frame;
        HeldScore { frame: Some(frame), plays: !self.walk.is_over(frame as f64) }
    }

    /// Goes on where another engine's score was, at an engine's frame; before the first cycle. `[audio]`
    pub fn take_over(&mut self, running: &mut Running, from: Option<u64>, frame: u64) {
        self.enters_next = true;
        let Some(from) = from.filter(|from| *from > frame && !self.walk.list.is_empty()) else { return };
        let is_ours = match self.player {
            ScorePlayer::Csound => self.take_from_csound(running),
            ScorePlayer::Engine { .. } => true,
            ScorePlayer::Host(_) | ScorePlayer::Nobody => false,
        };
        if is_ours {
            let from = from - frame;
            let ksmps = running.ksmps() as u64;
            running.begin_at_cycle(u32::try_from((from + ksmps / 2) / ksmps).unwrap_or(u32::MAX));
            self.player = ScorePlayer::Engine { from };
            self.walk.land(self.own_course(from), frame, self.late != Some(Late::Skip));
        }
    }

    /// Csound is left with the score's tables; `false` where it is too late for that. `[audio]`
    fn take_from_csound(&self, running: &mut Running) -> bool {
        running.replace_sorted_score(&self.tables)
    }

    /// The engine's own time; `from` is the score's frame at its first.
    fn own_course(&self, from: u64) -> Course {
        Course { position: from as f64, frame: 0, per_frame: 1.0, seconds: 1.0 / self.rate }
    }

    /// The song's way from a frame on; `None` where it stands.
    fn host_course(&self, unit: Unit, frame: u64) -> Option<Course> {
        let song = self.song.as_ref()?;
        let Transport { playing, tempo, .. } = *song.transport();
        let position = song.position_at(frame);
        let course = match unit {
            Unit::Beats => Course {
                position: position.beats,
                frame,
                per_frame: tempo / 60.0 / self.rate,
                seconds: 60.0 / tempo,
            },
            Unit::Frames => {
                Course { position: position.frames as f64, frame, per_frame: 1.0, seconds: 1.0 / self.rate }
            }
        };
        (playing && course.per_frame > 0.0 && course.position.is_finite()).then_some(course)
    }

    /// Releases the notes of the score that sound.
    fn end_notes(&mut self, running: &mut Running) {
        self.walk.break_off();
        for (may_sound, p1) in self.may_sound.iter_mut().zip(&self.walk.list.sounding) {
            if std::mem::take(may_sound) {
                running.stop_now(Instances::Exactly(*p1), true);
            }
        }
    }
}

/// Hands one event to Csound, for the cycle that starts at `cycle`.
fn start(
    running: &mut Running,
    list: &ScoreList,
    fields: &mut Vec<f64>,
    text_event: Option<&mut TextEvent>,
    due: Due,
    cycle: u64,
) {
    let event = list.event(due.event);
    fields.clear();
    fields.extend_from_slice(list.fields_of(event));
    if let (Some(rest), true) = (due.rest, fields[2] > 0.0) {
        fields[2] = rest;
    }
    fields[2] = never_between_cycles(fields[2] * due.seconds, running.rate() / running.ksmps() as f64);
    let offset = (due.frame - cycle) as u32;
    match (list.texts_of(event), text_event) {
        (texts, Some(text_event)) if texts.1 > 0 => {
            running.start_with_texts(text_event, fields, texts, event.p1, offset);
        }
        // It ends something, and nothing starts.
        _ if event.p1 < 0.0 => running.send_event(b'i', fields),
        _ => running.start(fields, offset),
    }
}

/// A length that Csound rounds to the same number of cycles wherever the note begins. It adds the length to the time of the
/// beginning, in seconds: of one that ends in the midst of a cycle the last digits of that sum would decide.
fn never_between_cycles(seconds: f64, cycles_per_second: f64) -> f64 {
    const ROUNDED_CYCLES: f64 = 1e-6;
    let cycles = seconds * cycles_per_second;
    let is_between = cycles > 0.0 && (cycles.fract() - 0.5).abs() < ROUNDED_CYCLES;
    if is_between { (cycles + 2.0 * ROUNDED_CYCLES) / cycles_per_second } else { seconds }
}

/// The tempo of the option `-t`.
fn tempo_of(document: &Document) -> Option<f64> {
    document.options.iter().rev().find_map(|option| option.argument.strip_prefix("-t")?.parse().ok())
}

/// What of a score does not go with the host's song.
fn say_what_is_left_out(score: &SortedScore, unknown: &[String], warn: &mut dyn FnMut(String, &str)) {
    if let Some(name) = unknown.first() {
        warn(
            format!("the score plays an instrument \"{name}\", which is not there"),
            "write its name as it is",
        );
    }
    if let Some(number) = score.remade.first() {
        let text = format!("the score makes table {number} more than once; the first of them holds");
        warn(text, "give each table a number of its own");
    }
    if let Some(kind) = score.others.first() {
        warn(format!("the score's {kind} statements have no effect"), "only i, f, s and e follow the song");
    }
}
