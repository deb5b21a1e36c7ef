//! What sounds without an orchestra of the user's: samples, files, soundfonts, a test signal.
//!
//! These are instruments, because they sound. In an engine that grows they have numbers of the engine's own range; in
//! one that plays a document they have names, as the document has the numbers.

use std::sync::LazyLock;

use ksmps_document::Instrument;

/// Plays a sound file from disk.
pub(crate) const DISK: u32 = 16;
/// Plays a soundfont's note.
pub(crate) const SOUNDFONT: u32 = 17;
/// Plays a table's sound.
pub(crate) const SAMPLE: u32 = 18;
/// Tests the outputs.
pub(crate) const TEST: u32 = 19;

/// The instruments, in numbers that are free in the engine's range.
pub(crate) const ORCHESTRA: &str = include_str!("players.orc");

/// What the instrument that plays a table's sound is called in an engine that plays a document.
pub(crate) const SAMPLE_PLAYER: &str = "_ksmps_sample";
/// What the one that tests the outputs is called there.
pub(crate) const TEST_PLAYER: &str = "_ksmps_test";

/// The instruments that are fit for an engine that plays a document: under names, and without those that open files when
/// they start.
pub(crate) struct LivePlayers {
    pub text: String,
    pub instruments: Vec<Instrument>,
}

/// They are the same for all engines.
pub(crate) static LIVE_PLAYERS: LazyLock<LivePlayers> = LazyLock::new(|| {
    let written = ORCHESTRA.split_inclusive("endin\n");
    let text = [(SAMPLE, SAMPLE_PLAYER), (TEST, TEST_PLAYER)]
        .map(|(number, name)| {
            let head = format!("instr {number}\n");
            let own = written.clone().find_map(|text| text.find(&head).map(|at| &text[at + head.len()..]));
            format!("instr {name}\n{}", own.unwrap_or("endin\n"))
        })
        .concat();
    LivePlayers { instruments: ksmps_document::instruments_of(&text), text }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_players_are_whole_instruments_under_names() {
        let LivePlayers { text, instruments } = &*LIVE_PLAYERS;
        assert_eq!(instruments.len(), 2);
        assert_eq!((text.matches("instr _ksmps_").count(), text.matches("endin").count()), (2, 2), "{text}");
        assert!(text.contains("loscilx") && text.contains("pinkish") && !text.contains("diskin2"), "{text}");
    }
}
