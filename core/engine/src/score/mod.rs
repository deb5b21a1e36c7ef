//! Events that Csound does not play but we: the document's score, and a session, where they follow the host's song, go on in a
//! new engine, or repeat.
//!
//! Csound reads and sorts the score, and is then left with its tables alone. Its notes are a list of plain data ([`list`],
//! [`from_score`]), made with the engine, as the events of a session are ([`from_session`]); beside them are the values that a
//! session changes ([`changes`]). A place in the list ([`walk`]) is moved by the host's transport, and what begins in a cycle is handed
//! to Csound before it ([`play`]).

mod changes;
mod from_score;
mod from_session;
mod list;
mod play;
mod sorted;
mod sounding;
mod walk;

use ksmps_csound::Running;
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::transport::Transport;
use ksmps_document::{Document, Late};

use super::held::HeldScore;
use changes::Changes;
use list::{EventList, Measure};
use play::{PlayedBy, unit_of};
use sorted::SortedScore;

pub(super) use from_session::{left_out, of_session};
pub(super) use play::Play;

/// The score of an engine.
pub(super) struct Score {
    play: Play,
    /// A sorted score of the tables alone.
    tables: Vec<u8>,
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
        if sorted.is_none() && document.score.is_some() && !play.is_plain() {
            let text = "the score plays from the engine's start: this build of Csound cannot be asked for it";
            warn(text.to_owned(), "use the Csound that comes with the plugins");
        }
        let score = sorted.map(sorted::read).unwrap_or_default();
        let rate = running.rate();
        let measure = Measure { unit: unit_of(play), rate, tempo: tempo_of(document) };
        let (list, unknown) =
            EventList::of_score(&score, measure, &mut |name| running.instrument_number(name));
        let played_by = if sorted.is_none() { PlayedBy::Csound } else { PlayedBy::of(play, &list, rate) };
        if played_by != PlayedBy::Csound {
            say_what_is_left_out(&score, &unknown, &mut warn);
        }
        let this =
            Self { play: Play::new(list, Changes::default(), play, played_by, rate), tables: score.tables };
        if played_by != PlayedBy::Csound {
            this.take_from_csound(running);
        }
        this
    }

    /// Whether it follows the host's song. `[any]`
    pub fn follows(&self) -> bool {
        self.play.follows()
    }

    /// The host's transport at an engine's frame. `[audio]`
    pub fn transport(&mut self, running: &mut Running, transport: Transport, frame: u64) {
        self.play.transport(running, transport, frame);
    }

    /// Hands over what begins in the cycle of `ksmps` frames that starts at `frame`; how many events found no room. `[audio]`
    pub fn advance(&mut self, running: &mut Running, frame: u64, ksmps: u64) -> u32 {
        self.play.advance(running, frame, ksmps)
    }

    /// Where the score is at an engine's frame. `[audio]`
    pub fn hold(&self, frame: u64) -> HeldScore {
        let walk = &self.play.walk;
        let from = match self.play.played_by {
            _ if walk.list.is_empty() => return HeldScore::default(),
            PlayedBy::Csound => 0,
            PlayedBy::Engine { from } => from,
            PlayedBy::Host(_) => return HeldScore { frame: None, plays: walk.moves() },
            PlayedBy::Nobody => return HeldScore::default(),
        };
        let frame = from + frame;
        HeldScore { frame: Some(frame), plays: !walk.is_over(frame as f64) }
    }

    /// Goes on where another engine's score was, at an engine's frame; before the first cycle. `[audio]`
    pub fn take_over(&mut self, running: &mut Running, from: Option<u64>, frame: u64) {
        self.play.take_over();
        let Some(from) = from.filter(|from| *from > frame && !self.play.walk.list.is_empty()) else { return };
        let is_ours = match self.play.played_by {
            PlayedBy::Csound => self.take_from_csound(running),
            PlayedBy::Engine { .. } => true,
            PlayedBy::Host(_) | PlayedBy::Nobody => false,
        };
        if is_ours {
            let from = from - frame;
            let ksmps = running.ksmps() as u64;
            running.begin_at_cycle(u32::try_from((from + ksmps / 2) / ksmps).unwrap_or(u32::MAX));
            self.play.go_on_from(from, frame, self.play.late != Some(Late::Skip));
        }
    }

    /// Csound is left with the score's tables; `false` where it is too late for that. `[audio]`
    fn take_from_csound(&self, running: &mut Running) -> bool {
        running.replace_sorted_score(&self.tables)
    }
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
