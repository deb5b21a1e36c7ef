//! Which words are whose. A number is one word, its bits; a text is its bytes and zeros behind them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use ksmps_data::encoding::text_of;
use ksmps_document::{KEPT_MAX, KEPT_NUMBERS_MAX, KEPT_TEXT_NUMBERS, Kept, KeptKind, KeptValues};

/// The places of what one document keeps, one behind the other.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct KeptLayout {
    items: Vec<KeptItem>,
}

/// The place of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptItem {
    kept: Kept,
    /// A number for kind and name.
    id: u64,
    /// Its first word.
    first: usize,
    /// Its words.
    count: usize,
}

impl KeptLayout {
    /// Adds something behind what is there; `false` where there are not so many words left. `[control]`
    pub(super) fn add(&mut self, kept: &Kept, count: usize) -> bool {
        let first = self.words();
        let fits = count <= KEPT_NUMBERS_MAX - first;
        if fits {
            self.items.push(KeptItem { kept: kept.clone(), id: id(kept), first, count });
        }
        fits
    }

    /// All words. `[any]`
    pub fn words(&self) -> usize {
        self.items.last().map_or(0, |last| last.range().end).min(KEPT_NUMBERS_MAX)
    }

    /// Words that are left. `[any]`
    pub(super) fn room(&self) -> usize {
        KEPT_NUMBERS_MAX - self.words()
    }

    /// Whether nothing is kept. `[any]`
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The same, and nothing where the places do not lie one behind the other within their room: what another process says
    /// is not trusted. `[control]`
    pub(super) fn checked(self) -> Self {
        let mut end = 0_usize;
        let is_sound = self.items.len() <= KEPT_MAX
            && self.items.iter().all(|item| {
                let is_next = item.first == end && item.count <= KEPT_NUMBERS_MAX - end;
                end += if is_next { item.count } else { 0 };
                is_next
            });
        if is_sound { self } else { Self::default() }
    }

    /// Everything that has a place. `[any]`
    pub fn items(&self) -> &[KeptItem] {
        &self.items
    }

    /// The place of the same thing in another layout. `[audio]`
    pub(super) fn of_id(&self, id: u64) -> Option<&KeptItem> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The values that words stand for. `[control]`
    pub(super) fn values(&self, words: &[u64]) -> KeptValues {
        let mut values = KeptValues::default();
        for item in &self.items {
            let Some(words) = words.get(item.range()) else { continue };
            let name = &item.kept.name;
            match item.kept.kind {
                KeptKind::Table => {
                    values.set_table(name, words.iter().map(|word| f64::from_bits(*word)).collect());
                }
                KeptKind::Channel => {
                    words.iter().for_each(|word| values.set_channel(name, f64::from_bits(*word)));
                }
                KeptKind::Text => {
                    let bytes: Vec<u8> = words
                        .iter()
                        .flat_map(|word| word.to_le_bytes())
                        .take_while(|byte| *byte != 0)
                        .collect();
                    values.set_text(name, text_of(&bytes));
                }
            }
        }
        values
    }
}

impl KeptItem {
    /// What has the place. `[any]`
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// A number for its kind and name, the same wherever it is made. `[any]`
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Its words. `[any]`
    pub(super) fn range(&self) -> Range<usize> {
        self.first..self.first.saturating_add(self.count)
    }
}

/// Words of a text: its bytes, and one that ends it.
pub(super) const TEXT_WORDS: usize = KEPT_TEXT_NUMBERS;

fn id(kept: &Kept) -> u64 {
    let kind = match kept.kind {
        KeptKind::Table => b't',
        KeptKind::Channel => b'c',
        KeptKind::Text => b's',
    };
    // FNV-1a.
    std::iter::once(kind)
        .chain(kept.name.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
