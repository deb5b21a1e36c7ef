//! What sounds without an orchestra of the user's: samples, files, soundfonts, a test signal.
//!
//! These are instruments, because they sound. In an engine that grows they have numbers of the engine's own range; in
//! one that plays a document they have high ones that the document leaves free.

use std::ops::Range;

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

/// Numbers of theirs in an engine that plays a document: those that no MIDI program and no channel can name, and for which
/// Csound has room from the start (it makes more of it in steps of 200).
const LIVE_NUMBERS: Range<u32> = 129..200;

/// The instruments that are fit for an engine that plays a document, without those that open files when they start.
pub(crate) struct LivePlayers {
    pub text: String,
    pub instruments: Vec<Instrument>,
    /// The one that plays a table's sound, and the one that tests the outputs.
    pub numbers: [u32; 2],
}

impl LivePlayers {
    /// Under the highest numbers that are free; `None` where there are none. `[control]`
    pub fn under_free_numbers(is_taken: impl Fn(u32) -> bool) -> Option<Self> {
        let mut free = LIVE_NUMBERS.rev().filter(|number| !is_taken(*number));
        let numbers = [free.next()?, free.next()?];
        let text: String =
            [SAMPLE, TEST].into_iter().zip(numbers).map(|(own, number)| renumbered(own, number)).collect();
        Some(Self { instruments: ksmps_document::instruments_of(&text), text, numbers })
    }
}

/// One of the instruments under another number.
fn renumbered(own: u32, number: u32) -> String {
    let head = format!("instr {own}\n");
    let mut instruments = ORCHESTRA.split_inclusive("endin\n");
    let body = instruments.find_map(|text| text.find(&head).map(|at| &text[at + head.len()..]));
    format!("instr {number}\n{}", body.unwrap_or("endin\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_players_are_whole_instruments_under_free_numbers() {
        for (taken, expected) in
            [(vec![], [199, 198]), (vec![199, 197, 5], [198, 196]), (vec![198], [199, 197])]
        {
            let players =
                LivePlayers::under_free_numbers(|number| taken.contains(&number)).expect("some are free");
            let LivePlayers { text, instruments, numbers } = &players;
            assert_eq!((*numbers, instruments.len()), (expected, 2));
            for (instrument, number) in instruments.iter().zip(expected) {
                assert_eq!(instrument.names, [number.to_string()]);
            }
            assert_eq!(text.matches("endin").count(), 2, "{text}");
            assert!(
                text.contains("loscilx") && text.contains("pinkish") && !text.contains("diskin2"),
                "{text}"
            );
        }
        assert!(LivePlayers::under_free_numbers(|number| number > 129).is_none());
    }
}
