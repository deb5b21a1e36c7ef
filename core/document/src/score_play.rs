//! How a document's score goes with the host's transport: `;@score`.

use super::directives::{Directive, Item, Value, misfit, written};
use super::vocabulary;
use ksmps_data::diagnostic::Diagnostic;

/// What `;@score` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScorePlay {
    /// What its times are times of.
    pub mode: ScoreMode,
    /// Whether it begins again after its end.
    pub loops: bool,
    /// What becomes of an event in whose midst the score begins; `None` where the document does not say.
    pub late: Option<Late>,
}

/// What the times of a score are times of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScoreMode {
    /// Of the engine: the score starts with it.
    #[default]
    Free,
    /// Of the host's song: beats of the score are quarter notes.
    Beats,
    /// Of the host's song, in seconds; the score's own tempo holds.
    Seconds,
    /// Of nothing: the score does not play, and its tables are there.
    Off,
}

/// What becomes of an event that has begun before the place at which the score begins to play, and lasts beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// It is left out.
    Skip,
    /// It starts at once, with what is left of its length.
    Enter,
}

/// Reads the directive; of several the last one says each thing. What does not fit is a warning.
pub(super) fn read(directives: &[Directive], found: &mut Vec<Diagnostic>) -> ScorePlay {
    let mut play = ScorePlay::default();
    for directive in directives.iter().filter(|directive| directive.word == "score") {
        if directive.items.is_empty() {
            found.push(misfit(directive, "nothing", vocabulary::remedy("score")));
        }
        for item in &directive.items {
            match parts(item) {
                Some(("free", None)) => play.mode = ScoreMode::Free,
                Some(("off", None)) => play.mode = ScoreMode::Off,
                Some(("follow", Some("beats"))) => play.mode = ScoreMode::Beats,
                Some(("follow", Some("seconds"))) => play.mode = ScoreMode::Seconds,
                Some(("loop", None)) => play.loops = true,
                Some(("late", Some("skip"))) => play.late = Some(Late::Skip),
                Some(("late", Some("enter"))) => play.late = Some(Late::Enter),
                _ => found.push(misfit(directive, &written(item), vocabulary::remedy("score"))),
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
