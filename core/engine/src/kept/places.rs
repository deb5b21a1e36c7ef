//! Where the tables and channels that a document keeps are in its Csound.

use std::ffi::CStr;
use std::ops::Range;

use ksmps_csound::{ChannelId, Running, TextChannelId};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::params::{Param, Target};
use ksmps_document::{Document, KEPT_NUMBERS_MAX, Kept, KeptKind, KeptValues};

use super::KeptBoard;
use super::layout::{KeptLayout, TEXT_WORDS};

/// Bytes of a text, the one that ends it included.
const TEXT_BYTES: usize = TEXT_WORDS * 8;

/// The places of everything that is kept, in the order of the layout.
#[derive(Debug)]
pub(in super::super) struct KeptPlaces {
    layout: KeptLayout,
    places: Vec<Place>,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Table(u32),
    Channel(ChannelId),
    Text(TextChannelId),
}

impl KeptPlaces {
    /// Finds what a document keeps. What is not there, is too long or needs no keeping is told, and left out. `[control]`
    pub fn bind(
        running: &mut Running,
        document: &Document,
        params: &[(Option<usize>, Param)],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut found = Vec::new();
        for kept in &document.kept {
            match find(running, kept, params) {
                Ok((place, words)) => found.push((kept, place, words)),
                Err(said) => diagnostics.push(document.located(said)),
            }
        }
        // What is short is written down more often.
        found.sort_by_key(|(_, _, words)| *words);
        let mut bound = Self { layout: KeptLayout::default(), places: Vec::new() };
        for (kept, place, words) in found {
            let room = bound.layout.room();
            if bound.layout.add(kept, words) {
                bound.places.push(place);
            } else {
                diagnostics.push(document.located(too_long(kept, words, room)));
            }
        }
        bound
    }

    /// Which words are whose. `[any]`
    pub fn layout(&self) -> &KeptLayout {
        &self.layout
    }

    /// A board with the values as they are now; `None` where nothing is kept. `[control]`
    pub fn board(&self, running: &Running) -> Option<KeptBoard> {
        if self.layout.is_empty() {
            return None;
        }
        let board = KeptBoard::new(self.layout.clone(), &[]);
        board.write(0..board.len(), |first, words| self.read(running, first, words));
        Some(board)
    }

    /// Brings the values back that a project has. `[control]`
    pub fn restore(&self, running: &mut Running, values: &KeptValues) {
        for (item, place) in self.layout.items().iter().zip(&self.places) {
            let name = &item.kept().name;
            match *place {
                Place::Table(number) => {
                    if let Some(values) = values.table(name) {
                        write_table(running, number, values);
                    }
                }
                Place::Channel(channel) => {
                    if let Some(value) = values.channel(name) {
                        running.set_channel(channel, value);
                    }
                }
                Place::Text(_) => {
                    if let Some(text) = values.text(name) {
                        running.set_text_channel(name, text);
                    }
                }
            }
        }
    }

    /// What `count` words from `first` on stand for: each place, how many of its words come before, and which of the `count` are
    /// its own.
    fn parts(&self, first: usize, count: usize) -> impl Iterator<Item = (Place, usize, Range<usize>)> {
        let end = first + count;
        self.layout.items().iter().zip(&self.places).filter_map(move |(item, place)| {
            let range = item.range();
            let (from, to) = (range.start.max(first), range.end.min(end));
            (from < to).then(|| (*place, from - range.start, from - first..to - first))
        })
    }

    /// Fills words from `first` on with what they stand for now. `[audio]`
    pub fn read(&self, running: &Running, first: usize, words: &mut [u64]) {
        for (place, skipped, part) in self.parts(first, words.len()) {
            let words = &mut words[part];
            match place {
                Place::Table(number) => {
                    let values = running.table_and_guard(number).and_then(|values| values.get(skipped..));
                    let values = values.unwrap_or_default().iter().map(|value| value.to_bits());
                    words
                        .iter_mut()
                        .zip(values.chain(std::iter::repeat(0)))
                        .for_each(|(word, bits)| *word = bits);
                }
                Place::Channel(channel) => words[0] = running.channel(channel).to_bits(),
                Place::Text(channel) => read_text(running.text_at(channel).to_bytes(), skipped, words),
            }
        }
    }

    /// Gives words from `first` on to what they stand for. A text comes whole. `[audio]`
    pub fn write(&self, running: &mut Running, first: usize, words: &[u64]) {
        for (place, skipped, part) in self.parts(first, words.len()) {
            let words = &words[part];
            match place {
                Place::Table(number) => {
                    let Some(table) = running.table_and_guard_mut(number) else { continue };
                    let places = table.iter_mut().skip(skipped);
                    places.zip(words).for_each(|(place, word)| *place = f64::from_bits(*word));
                }
                Place::Channel(channel) => running.set_channel(channel, f64::from_bits(words[0])),
                Place::Text(channel) => {
                    if skipped == 0 && words.len() == TEXT_WORDS {
                        write_text(running, channel, words);
                    }
                }
            }
        }
    }
}

/// The place of one thing, and its words.
fn find(
    running: &mut Running,
    kept: &Kept,
    params: &[(Option<usize>, Param)],
) -> Result<(Place, usize), Diagnostic> {
    let name = &kept.name;
    let warning = |text: String, remedy: &str| Diagnostic::warning(kept.line, text).with_remedy(remedy);
    let other_kind = || {
        warning(
            format!("the channel {name} carries something else than ;@keep says: it is not kept"),
            "write chan for numbers and string for texts",
        )
    };
    let (place, words) = match kept.kind {
        KeptKind::Table => {
            let number = running.eval(&format!("return {name}\n")).unwrap_or(0.0);
            let number = if (1.0..=f64::from(u32::MAX)).contains(&number) { number as u32 } else { 0 };
            let length = running.table_and_guard(number).map(<[f64]>::len);
            let length = length.ok_or_else(|| {
                warning(
                    format!("{name} holds no table's number when the engine has started: it is not kept"),
                    "make the table in the header",
                )
            })?;
            (Place::Table(number), length)
        }
        KeptKind::Channel if is_param(name, params) => {
            let text = format!("{name} is a parameter, whose value the project has anyway");
            return Err(Diagnostic::note(kept.line, text).with_remedy("take it out of ;@keep"));
        }
        KeptKind::Channel => (Place::Channel(running.control_channel(name).ok_or_else(other_kind)?), 1),
        KeptKind::Text => (Place::Text(running.text_channel_place(name).ok_or_else(other_kind)?), TEXT_WORDS),
    };
    Ok((place, words))
}

fn too_long(kept: &Kept, words: usize, room: usize) -> Diagnostic {
    let text = format!(
        "{} has {words} numbers, more than the {room} that are left of the {KEPT_NUMBERS_MAX} which a document can keep: it is not \
         kept",
        kept.name
    );
    Diagnostic::warning(kept.line, text)
        .with_remedy("keep a shorter table, or put the values into a file beside the document")
}

/// Whether a parameter moves this channel.
fn is_param(name: &str, params: &[(Option<usize>, Param)]) -> bool {
    params.iter().any(|(_, param)| matches!(&param.target, Target::Channel(channel) if channel == name))
}

/// Writes a table and, where its length is what it was, the number behind its end.
fn write_table(running: &mut Running, number: u32, values: &[f64]) {
    let Some(table) = running.table_and_guard_mut(number) else { return };
    if table.len() == values.len() {
        table.copy_from_slice(values);
        return;
    }
    let count = table.len().min(values.len()).saturating_sub(1);
    table[..count].copy_from_slice(&values[..count]);
    running.set_guard_point(number);
}

/// Bytes of a text as words from one of them on, with zeros behind them.
fn read_text(bytes: &[u8], skipped: usize, words: &mut [u64]) {
    // The last byte ends it.
    let bytes = &bytes[..bytes.len().min(TEXT_BYTES - 1)];
    for (word, at) in words.iter_mut().zip(skipped..) {
        let mut eight = [0; 8];
        let here = bytes.get(at * 8..).unwrap_or_default();
        let count = here.len().min(8);
        eight[..count].copy_from_slice(&here[..count]);
        *word = u64::from_le_bytes(eight);
    }
}

fn write_text(running: &mut Running, channel: TextChannelId, words: &[u64]) {
    let mut bytes = [0; TEXT_BYTES];
    bytes.as_chunks_mut::<8>().0.iter_mut().zip(words).for_each(|(eight, word)| *eight = word.to_le_bytes());
    bytes[TEXT_BYTES - 1] = 0;
    if let Ok(text) = CStr::from_bytes_until_nul(&bytes) {
        running.set_text_at(channel, text);
    }
}
