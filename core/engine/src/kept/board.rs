//! The board on which one engine's kept values stand: the audio side writes, the control side reads whenever it wants,
//! and an engine that takes over reads what the one before it has written last.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering, fence};

use ksmps_document::KeptValues;

use super::KEPT_CHUNK_WORDS;
use super::layout::KeptLayout;

/// Words that are written after each block, the shortest things first; of what a document keeps beyond, a part has its turn.
pub const KEPT_TURN_WORDS: usize = 4096;
/// Words at the beginning that are written after each block where there are more than [`KEPT_TURN_WORDS`].
const ALWAYS_WORDS: usize = KEPT_TURN_WORDS / 2;
/// How often the control side reads anew because something was written meanwhile.
const READS_MAX: usize = 1000;

/// A board for one layout. The audio side has one writer.
#[derive(Debug)]
pub struct KeptBoard {
    layout: KeptLayout,
    words: Box<[AtomicU64]>,
    /// Odd while something is written.
    writings: AtomicU64,
    /// The word whose turn is next, behind those that are always written; the writer's own.
    next: AtomicUsize,
}

impl KeptBoard {
    /// A board with these words; an empty one where the layout cannot be. `[control]`
    pub fn new(layout: KeptLayout, words: &[u64]) -> Self {
        let layout = layout.checked();
        let count = layout.words();
        let words = (0..count).map(|at| AtomicU64::new(words.get(at).copied().unwrap_or(0))).collect();
        Self { layout, words, writings: AtomicU64::new(0), next: AtomicUsize::new(0) }
    }

    /// Which words are whose. `[any]`
    pub fn layout(&self) -> &KeptLayout {
        &self.layout
    }

    /// How many words there are. `[any]`
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// All words as they stand now. `[control]`
    pub fn words(&self) -> Vec<u64> {
        let mut words = vec![0; self.len()];
        self.load(0, &mut words);
        words
    }

    /// Whether there are none. `[any]`
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words that are written after a block: those at the beginning, and those whose turn it is. `[audio]`
    pub fn turns(&self) -> [Range<usize>; 2] {
        if self.len() <= KEPT_TURN_WORDS {
            return [0..self.len(), 0..0];
        }
        let first = self.next.load(Ordering::Relaxed).clamp(ALWAYS_WORDS, self.len());
        let end = (first + KEPT_TURN_WORDS - ALWAYS_WORDS).min(self.len());
        self.next.store(if end == self.len() { ALWAYS_WORDS } else { end }, Ordering::Relaxed);
        [0..ALWAYS_WORDS, first..end]
    }

    /// Writes words, in chunks that `read` fills: it is given the first word of each. `[audio]`
    pub fn write(&self, range: Range<usize>, mut read: impl FnMut(usize, &mut [u64])) {
        let mut chunk = [0; KEPT_CHUNK_WORDS];
        self.begin();
        let mut at = range.start;
        while at < range.end.min(self.len()) {
            let count = (range.end.min(self.len()) - at).min(KEPT_CHUNK_WORDS);
            read(at, &mut chunk[..count]);
            self.store(at, &chunk[..count]);
            at += count;
        }
        self.end();
    }

    /// Writes words that another process has sent, each as 8 bytes, little end first; those beyond the board are left
    /// out. `[audio]`
    pub fn write_bytes(&self, first: usize, bytes: &[u8]) {
        self.begin();
        for (word, bytes) in self.words.iter().skip(first).zip(bytes.as_chunks::<8>().0) {
            word.store(u64::from_le_bytes(*bytes), Ordering::Relaxed);
        }
        self.end();
    }

    /// Words as they stand now. `[audio]`
    pub fn load(&self, first: usize, words: &mut [u64]) {
        for (word, place) in words.iter_mut().zip(self.words.iter().skip(first)) {
            *word = place.load(Ordering::Relaxed);
        }
    }

    /// Takes over what an earlier engine has kept under the same names: it stands here from now on, and `give` is handed
    /// it in chunks, with the first word of each. Of a table that has become shorter or longer the first numbers count.
    /// `[audio]`
    pub fn carry(&self, earlier: &Self, mut give: impl FnMut(usize, &[u64])) {
        let mut chunk = [0; KEPT_CHUNK_WORDS];
        for item in self.layout.items() {
            let Some(before) = earlier.layout.of_id(item.id()) else { continue };
            let (from, to) = (before.range(), item.range());
            let same = from.len() == to.len();
            // The number behind a table's end is of no use behind another end.
            let count = if same { to.len() } else { from.len().min(to.len()).saturating_sub(1) };
            for done in (0..count).step_by(KEPT_CHUNK_WORDS) {
                let words = &mut chunk[..(count - done).min(KEPT_CHUNK_WORDS)];
                earlier.load(from.start + done, words);
                self.begin();
                self.store(to.start + done, words);
                self.end();
                give(to.start + done, words);
            }
        }
    }

    /// The values as they stand now. What is written meanwhile may be newer in a part of a large table. `[control]`
    pub fn values(&self) -> KeptValues {
        let mut words = vec![0; self.len()];
        for _ in 0..READS_MAX {
            let before = self.writings.load(Ordering::Acquire);
            self.load(0, &mut words);
            fence(Ordering::Acquire);
            if before.is_multiple_of(2) && self.writings.load(Ordering::Relaxed) == before {
                break;
            }
            std::thread::yield_now();
        }
        self.layout.values(&words)
    }

    fn store(&self, first: usize, words: &[u64]) {
        for (place, word) in self.words.iter().skip(first).zip(words) {
            place.store(*word, Ordering::Relaxed);
        }
    }

    fn begin(&self) {
        self.writings.fetch_add(1, Ordering::Relaxed);
        fence(Ordering::Release);
    }

    fn end(&self) {
        self.writings.fetch_add(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use ksmps_document::{KEPT_NUMBERS_MAX, Kept, KeptKind};

    fn layout(items: &[(KeptKind, &str, usize)]) -> KeptLayout {
        let mut layout = KeptLayout::default();
        for &(kind, name, count) in items {
            assert!(layout.add(&Kept { kind, name: name.to_owned(), line: 1 }, count));
        }
        layout
    }

    #[test]
    fn turns_come_round_and_cover_everything() {
        let small = KeptBoard::new(layout(&[(KeptKind::Table, "giA", 4096)]), &[]);
        assert_eq!([small.turns(), small.turns()], [[0..4096, 0..0], [0..4096, 0..0]]);
        let board = KeptBoard::new(layout(&[(KeptKind::Table, "giA", 10_000)]), &[]);
        let turns: Vec<_> = (0..5).map(|_| board.turns()).collect();
        assert!(turns.iter().all(|[always, _]| *always == (0..2048)));
        let turns: Vec<_> = turns.into_iter().map(|[_, turn]| turn).collect();
        assert_eq!(turns, [2048..4096, 4096..6144, 6144..8192, 8192..10_000, 2048..4096]);
        board.write(4000..5000, |first, words| {
            words.iter_mut().zip(first..).for_each(|(word, at)| *word = (at as f64).to_bits());
        });
        let values = board.values();
        let table = values.table("giA").unwrap();
        assert_eq!((table[3999], table[4000], table[4999], table[5000]), (0.0, 4000.0, 4999.0, 0.0));
        assert!(
            !layout(&[(KeptKind::Table, "giA", KEPT_NUMBERS_MAX)])
                .add(&Kept { kind: KeptKind::Channel, name: "c".to_owned(), line: 1 }, 1)
        );
    }

    #[test]
    fn what_has_the_same_kind_and_name_is_carried_wherever_it_lies() {
        let before = layout(&[
            (KeptKind::Channel, "level", 1),
            (KeptKind::Table, "giA", 5),
            (KeptKind::Table, "giB", 3),
        ]);
        let words: Vec<u64> = (1..=9).map(|number| f64::from(number).to_bits()).collect();
        let before = KeptBoard::new(before, &words);
        let now = layout(&[
            (KeptKind::Table, "giB", 3),
            (KeptKind::Table, "level", 1),
            (KeptKind::Table, "giA", 9),
            (KeptKind::Channel, "level", 1),
        ]);
        let now = KeptBoard::new(now, &[0; 14]);
        let mut given = Vec::new();
        now.carry(&before, |first, words| {
            given.push((first, words.iter().map(|word| f64::from_bits(*word)).collect::<Vec<_>>()));
        });
        let expected = [(0, vec![7.0, 8.0, 9.0]), (4, vec![2.0, 3.0, 4.0, 5.0]), (13, vec![1.0])];
        assert_eq!(given, expected, "of a longer table, what is behind the old end is the document's own");
        let values = now.values();
        assert_eq!((values.channel("level"), values.table("level")), (Some(1.0), Some(&[0.0][..])));
    }

    #[test]
    fn what_another_process_says_cannot_write_beyond_the_board() {
        let board = KeptBoard::new(layout(&[(KeptKind::Channel, "a", 1), (KeptKind::Channel, "b", 1)]), &[]);
        board.write_bytes(1, &[1.5_f64.to_le_bytes(), 2.5_f64.to_le_bytes()].concat());
        board.write_bytes(usize::MAX, &[0; 16]);
        board.write_bytes(0, &[1, 2, 3]);
        let values = board.values();
        assert_eq!((values.channel("a"), values.channel("b")), (Some(0.0), Some(1.5)));
    }

    #[test]
    fn a_layout_that_cannot_be_is_an_empty_board() {
        let good = serde_json::to_value(layout(&[(KeptKind::Channel, "a", 1), (KeptKind::Channel, "b", 1)]))
            .unwrap();
        for (item, field, value) in
            [(0, "first", 1_u64), (1, "first", 0), (1, "count", u64::MAX), (0, "count", 70_000)]
        {
            let mut odd = good.clone();
            odd["items"][item][field] = value.into();
            let board = KeptBoard::new(serde_json::from_value(odd).unwrap(), &[]);
            assert!(board.is_empty() && board.layout().is_empty(), "{item} {field}");
        }
        assert_eq!(KeptBoard::new(serde_json::from_value(good).unwrap(), &[]).len(), 2);
    }

    #[test]
    fn a_text_is_never_read_half() {
        let board = Arc::new(KeptBoard::new(layout(&[(KeptKind::Text, "word", 64)]), &[]));
        let is_over = Arc::new(AtomicBool::new(false));
        let writer = std::thread::spawn({
            let (board, is_over) = (Arc::clone(&board), Arc::clone(&is_over));
            move || {
                let mut letter = 0;
                while !is_over.load(Ordering::Relaxed) {
                    letter = (letter + 1) % 26;
                    let word = u64::from_le_bytes([b'a' + letter; 8]);
                    board.write(0..63, |_, words| words.fill(word));
                    // A block takes its time.
                    std::thread::sleep(std::time::Duration::from_micros(20));
                }
            }
        });
        for _ in 0..2000 {
            let values = board.values();
            let text = values.text("word").unwrap();
            let first = text.chars().next();
            assert!(text.chars().all(|letter| Some(letter) == first), "{text}");
        }
        is_over.store(true, Ordering::Relaxed);
        writer.join().unwrap();
    }
}
