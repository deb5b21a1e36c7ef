//! How events go with the host's transport: `;@score` for the score, `;@session` for the events of the session section.

use std::fmt;
use std::str::FromStr;

use super::directives::{Directive, Item, Value, items_or_words, misfit, written};
use super::vocabulary;
use ksmps_data::diagnostic::Diagnostic;

/// What `;@score` and `;@session` say, and `play` in a session's JSON.
///
/// ```
/// # use ksmps_document::{SongMode, SongPlay};
/// let play: SongPlay = "follow=beats loop".parse()?;
/// assert_eq!(play, SongPlay { mode: SongMode::Beats, loops: true, late: None });
/// assert_eq!(play.to_string(), "follow=beats loop");
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SongPlay {
    /// What the times of the events are times of.
    pub mode: SongMode,
    /// Whether they begin again after their end.
    pub loops: bool,
    /// What becomes of an event in whose midst the song begins; `None` where nothing is said.
    pub late: Option<Late>,
}

/// What the times of events are times of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SongMode {
    /// Of the engine: the events start with it.
    #[default]
    Free,
    /// Of the host's song, in quarter notes: so many are the beats of a score, and what a session says in seconds else.
    Beats,
    /// Of the host's song, in seconds; the score's own tempo holds.
    Seconds,
    /// Of nothing: no event is played. Tables and templates are there.
    Off,
}

/// What becomes of an event that has begun before the place at which the song begins to play, and lasts beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// It is left out.
    Skip,
    /// It starts at once, with what is left of its length.
    Enter,
}

impl SongPlay {
    /// Whether the events are played once, in the engine's time from its start. `[any]`
    pub fn is_plain(self) -> bool {
        self.mode == SongMode::Free && !self.loops
    }

    /// Whether the events are played where the host's song is. `[any]`
    pub fn follows(self) -> bool {
        matches!(self.mode, SongMode::Beats | SongMode::Seconds)
    }

    /// Takes one item in; `false` where it does not fit.
    fn take(&mut self, item: &Item) -> bool {
        match parts(item) {
            Some(("free", None)) => self.mode = SongMode::Free,
            Some(("off", None)) => self.mode = SongMode::Off,
            Some(("follow", Some("beats"))) => self.mode = SongMode::Beats,
            Some(("follow", Some("seconds"))) => self.mode = SongMode::Seconds,
            Some(("loop", None)) => self.loops = true,
            Some(("late", Some("skip"))) => self.late = Some(Late::Skip),
            Some(("late", Some("enter"))) => self.late = Some(Late::Enter),
            _ => return false,
        }
        true
    }
}

impl FromStr for SongPlay {
    type Err = String;

    /// Reads what stands behind the directive. The error says what does not fit and what to write.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut play = Self::default();
        for item in items_or_words(text) {
            let misfit = match item {
                Ok(item) if play.take(&item) => continue,
                Ok(item) => written(&item),
                Err(word) => word,
            };
            return Err(format!(
                "{misfit} does not belong there: write free, follow=beats, follow=seconds or off, then loop, \
                 late=skip or late=enter"
            ));
        }
        Ok(play)
    }
}

impl fmt::Display for SongPlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            SongMode::Free => "free",
            SongMode::Beats => "follow=beats",
            SongMode::Seconds => "follow=seconds",
            SongMode::Off => "off",
        };
        let late = match self.late {
            None => "",
            Some(Late::Skip) => " late=skip",
            Some(Late::Enter) => " late=enter",
        };
        write!(f, "{mode}{}{late}", if self.loops { " loop" } else { "" })
    }
}

/// Reads the directives with this word; of several the last one says each thing. What does not fit is a warning.
pub(super) fn read(word: &str, directives: &[Directive], found: &mut Vec<Diagnostic>) -> SongPlay {
    let mut play = SongPlay::default();
    for directive in directives.iter().filter(|directive| directive.word == word) {
        if directive.items.is_empty() {
            found.push(misfit(directive, "nothing", vocabulary::remedy(word)));
        }
        for item in &directive.items {
            if !play.take(item) {
                found.push(misfit(directive, &written(item), vocabulary::remedy(word)));
            }
        }
    }
    play
}

/// A word, and the word behind its equals sign.
fn parts(item: &Item) -> Option<(&str, Option<&str>)> {
    match item {
        Item::Word(word) => Some((word, None)),
        Item::Assign { key, value: Value::Word(value) | Value::Text(value) } => Some((key, Some(value))),
        _ => None,
    }
}
