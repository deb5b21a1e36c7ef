//! The states of a document: what its text looks like while somebody types.

use clap::ValueEnum;

use super::Swept;

/// How a text is changed at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Change {
    /// One character is missing.
    Delete,
    /// The text ends there; of a .csd, the line's section ends there and the end tags stand.
    Cut,
    /// The rest of the line is missing.
    Line,
    /// A character stands there twice.
    Double,
    /// Two characters have changed places.
    Swap,
    /// A character that means something stands before it.
    Insert,
    /// Nothing: the text as it is.
    AsItIs,
}

/// What is inserted: brackets, quotes, operators, and the signs of macros and comments.
const INSERTED: [char; 17] =
    ['(', ')', '[', ']', '{', '}', '"', '$', '#', ',', ';', ':', '=', '&', '\'', '\\', '-'];

/// One state of one document.
#[derive(Debug, Clone, Copy)]
pub struct State {
    document: usize,
    change: Change,
    /// The byte at which it is changed.
    at: usize,
    /// The character that is inserted.
    inserted: char,
}

/// All states of all documents.
pub fn of(documents: &[Swept], changes: &[Change]) -> Vec<State> {
    let mut states = Vec::new();
    for (document, Swept { text, .. }) in documents.iter().enumerate() {
        for &change in changes {
            let places = if change == Change::AsItIs { 1 } else { usize::MAX };
            for (at, _) in text.char_indices().take(places) {
                let inserted: &[char] = if change == Change::Insert { &INSERTED } else { &['\0'] };
                states.extend(inserted.iter().map(|&inserted| State { document, change, at, inserted }));
            }
        }
    }
    states
}

/// A part of the states, drawn with a seed, in their order.
pub fn sample(states: Vec<State>, count: usize, seed: u64) -> Vec<State> {
    let mut indices: Vec<usize> = (0..states.len()).collect();
    let mut dice = seed;
    // splitmix64: the same draw on every machine.
    let mut throw = || {
        dice = dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (dice ^ (dice >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let count = count.min(indices.len());
    for index in 0..count {
        let other = index + (throw() % (indices.len() - index) as u64) as usize;
        indices.swap(index, other);
    }
    indices.truncate(count);
    indices.sort_unstable();
    indices.into_iter().map(|index| states[index]).collect()
}

impl State {
    /// The text in this state.
    pub fn text(&self, documents: &[Swept]) -> String {
        let text = &documents[self.document].text;
        let (before, here) = text.split_at(self.at);
        let first = here.chars().next().unwrap_or_default();
        let behind = &here[first.len_utf8().min(here.len())..];
        match self.change {
            Change::Delete => format!("{before}{behind}"),
            Change::Cut => format!("{before}{}", end_tags(before, here)),
            Change::Line => format!("{before}{}", here.find('\n').map_or("", |end| &here[end..])),
            Change::Double => format!("{before}{first}{here}"),
            Change::Swap => match behind.chars().next() {
                Some(second) => format!("{before}{second}{first}{}", &behind[second.len_utf8()..]),
                None => text.clone(),
            },
            Change::Insert => format!("{before}{}{here}", self.inserted),
            Change::AsItIs => text.clone(),
        }
    }

    /// Where and how, for people.
    pub fn describe(&self, documents: &[Swept]) -> String {
        let Swept { name, text } = &documents[self.document];
        let before = &text[..self.at];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
        let here = text[self.at..].chars().next().unwrap_or_default();
        let what = match self.change {
            Change::Delete => format!("without {here:?}"),
            Change::Cut => "cut".to_owned(),
            Change::Line => "line cut".to_owned(),
            Change::Double => format!("{here:?} twice"),
            Change::Swap => format!("{here:?} and the next swapped"),
            Change::Insert => format!("{:?} before {here:?}", self.inserted),
            Change::AsItIs => return name.clone(),
        };
        format!("{name}:{line}:{column} {what}")
    }
}

/// The end tags of the sections that are open where a .csd is cut, and what follows them.
fn end_tags(before: &str, here: &str) -> String {
    for (start, end) in [("<CsInstruments>", "</CsInstruments>"), ("<CsScore>", "</CsScore>")] {
        let is_open = before.rfind(start).is_some_and(|at| !before[at..].contains(end));
        if is_open && let Some(rest) = here.find(end) {
            return format!("\n{}", &here[rest..]);
        }
    }
    String::new()
}
