//! A score as plain data that is walked through while it plays: nothing of it is looked up, and nothing of it grows.

use std::collections::HashMap;
use std::ops::Range;

use ksmps_csound::text_number;

use super::sorted::{Field, Note, SortedScore, Time};

/// A score that repeats is at least so long, in seconds.
pub(super) const LOOP_SECONDS_MIN: f64 = 0.01;

/// What the positions of a list count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Quarter notes.
    Beats,
    /// Frames.
    Frames,
}

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    /// Where it begins.
    pub start: f64,
    /// Where it ends, infinite where it is held for ever.
    pub end: f64,
    /// p1; below 0 it ends what is held.
    pub p1: f64,
    /// Which of [`ScoreList::sounding`] it is.
    pub sounding: usize,
    fields: Range<usize>,
    texts: Range<usize>,
    text_count: u16,
}

/// A score, ready to play.
#[derive(Debug, Default)]
pub(super) struct ScoreList {
    /// In the order of their starts.
    events: Vec<Event>,
    /// p-fields of all events, p1 first.
    fields: Vec<f64>,
    /// Texts of all events, each with its zero.
    texts: Vec<u8>,
    /// The latest end below each node of a binary tree over the events; the leaves are the second half.
    ends: Vec<f64>,
    /// Every p1 that sounds, once.
    pub sounding: Vec<f64>,
    /// p-fields of the longest event.
    pub fields_max: usize,
    /// Where the score ends.
    pub length: f64,
}

/// How a score's times become positions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    pub unit: Unit,
    /// Frames per second.
    pub rate: f64,
    /// The tempo of `-t`, in whose beats the score's times count whatever it says itself.
    pub tempo: Option<f64>,
}

impl Measure {
    fn position(self, time: Time) -> f64 {
        match (self.unit, self.tempo) {
            (Unit::Beats, _) => time.beats,
            (Unit::Frames, Some(tempo)) => time.beats * 60.0 / tempo * self.rate,
            (Unit::Frames, None) => time.seconds * self.rate,
        }
    }
}

impl ScoreList {
    /// The notes of a score; `number` gives the number of a named instrument. Gives the names that are none, too. `[control]`
    pub fn new(
        score: &SortedScore,
        measure: Measure,
        number: &mut dyn FnMut(&str) -> Option<i32>,
    ) -> (Self, Vec<String>) {
        let mut list = Self { length: measure.position(score.length), ..Self::default() };
        let (mut unknown, mut known) = (Vec::new(), HashMap::new());
        for note in &score.notes {
            match p1_of(&note.instrument, number) {
                Ok(p1) => {
                    let sounding = *known.entry(p1.to_bits()).or_insert_with(|| {
                        list.sounding.push(p1);
                        list.sounding.len() - 1
                    });
                    list.add(note, p1, sounding, measure);
                }
                Err(name) => unknown.push(name),
            }
        }
        list.events.sort_by(|a, b| a.start.total_cmp(&b.start));
        list.end_held();
        list.grow_tree();
        (list, unknown)
    }

    fn add(&mut self, note: &Note, p1: f64, sounding: usize, measure: Measure) {
        let (start, length) = (measure.position(note.start), measure.position(note.length));
        let (first_field, first_text) = (self.fields.len(), self.texts.len());
        let mut texts = 0;
        // A named instrument goes by its number, but where there are other texts: then Csound wants its name among them.
        let has_texts = note.fields.iter().any(|field| matches!(field, Field::Text(_)));
        let named = [note.instrument.clone()].into_iter().filter(|_| has_texts);
        let first = named.chain((!has_texts).then_some(Field::Number(p1)));
        let times = [0.0, length].map(Field::Number);
        for field in first.chain(times).chain(note.fields.iter().cloned()) {
            let value = match field {
                Field::Number(value) => value,
                Field::Text(text) => {
                    self.texts.extend_from_slice(&text);
                    self.texts.push(0);
                    texts += 1;
                    text_number(texts - 1)
                }
            };
            self.fields.push(value);
        }
        if texts > 0 {
            self.texts.push(0);
        }
        self.fields_max = self.fields_max.max(self.fields.len() - first_field);
        self.events.push(Event {
            start,
            end: if p1 < 0.0 { start } else { start + if length < 0.0 { f64::INFINITY } else { length } },
            p1,
            sounding,
            fields: first_field..self.fields.len(),
            texts: first_text..self.texts.len(),
            text_count: texts,
        });
    }

    /// What is held ends where the next event has its p1, be it one that ends it or one that goes on in it.
    fn end_held(&mut self) {
        let mut next = HashMap::new();
        for event in self.events.iter_mut().rev() {
            let next = next.insert(event.p1.abs().to_bits(), event.start);
            if event.end.is_infinite() {
                event.end = next.unwrap_or(f64::INFINITY);
            }
        }
    }

    fn grow_tree(&mut self) {
        let leaves = self.events.len().next_power_of_two();
        self.ends = vec![f64::NEG_INFINITY; 2 * leaves];
        for (leaf, event) in self.ends[leaves..].iter_mut().zip(&self.events) {
            *leaf = event.end;
        }
        for node in (1..leaves).rev() {
            self.ends[node] = self.ends[2 * node].max(self.ends[2 * node + 1]);
        }
    }

    /// Whether nothing plays. `[any]`
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// How many events there are. `[any]`
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// An event by its number. `[audio]`
    pub fn event(&self, number: usize) -> &Event {
        &self.events[number]
    }

    /// Its p-fields, p1 first; p2 is 0, p3 is in the list's unit. `[audio]`
    pub fn fields_of(&self, event: &Event) -> &[f64] {
        &self.fields[event.fields.clone()]
    }

    /// Its texts, with one zero more, and how many there are. `[audio]`
    pub fn texts_of(&self, event: &Event) -> (&[u8], u16) {
        (&self.texts[event.texts.clone()], event.text_count)
    }

    /// Whether any event has texts. `[any]`
    pub fn has_texts(&self) -> bool {
        !self.texts.is_empty()
    }

    /// The first event that starts behind a position. `[audio]`
    pub fn first_behind(&self, position: f64) -> usize {
        self.events.partition_point(|event| event.start <= position)
    }

    /// The next event from `from` on and before `before` that ends behind a position. `[audio]`
    pub fn next_over(&self, from: usize, before: usize, position: f64) -> Option<usize> {
        let leaves = self.ends.len() / 2;
        let mut node = leaves + from;
        if from >= before {
            return None;
        }
        // Up while all below is over, to the right where it is, then down to the first that is not.
        loop {
            if self.ends[node] > position {
                if node >= leaves {
                    return Some(node - leaves).filter(|found| *found < before);
                }
                node *= 2;
                continue;
            }
            while node & 1 == 1 {
                if node == 1 {
                    return None;
                }
                node /= 2;
            }
            node += 1;
        }
    }
}

/// The p1 of an event: a number, or that of a name with its fraction; below 0 where it ends what is held.
fn p1_of(instrument: &Field, number: &mut dyn FnMut(&str) -> Option<i32>) -> Result<f64, String> {
    let text = match instrument {
        Field::Number(p1) => return Ok(*p1),
        Field::Text(text) => String::from_utf8_lossy(text).into_owned(),
    };
    let (sign, name) = text.strip_prefix('-').map_or((1.0, text.as_str()), |name| (-1.0, name));
    let (plain, fraction) = match name.rsplit_once('.') {
        Some((plain, digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            (plain, format!("0.{digits}").parse().unwrap_or(0.0))
        }
        _ => (name, 0.0),
    };
    match number(plain) {
        Some(number) => Ok(sign * (f64::from(number) + fraction)),
        None => Err(plain.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sorted;
    use super::*;

    fn list(notes: &str) -> ScoreList {
        let score = sorted::read(format!("w 0 60\n{notes}e\n").as_bytes());
        let measure = Measure { unit: Unit::Beats, rate: 48_000.0, tempo: None };
        ScoreList::new(&score, measure, &mut |name| (name == "kick").then_some(7)).0
    }

    /// `i p1 start length` for each.
    fn notes(notes: &[(&str, f64, f64)]) -> ScoreList {
        let line =
            |(p1, start, length): &(&str, f64, f64)| format!("i {p1} {start} {start} {length} {length} 5\n");
        list(&notes.iter().map(line).collect::<String>())
    }

    #[test]
    fn what_is_held_ends_at_the_next_event_of_its_p1() {
        let list = notes(&[
            ("1.1", 0.0, -1.0),
            ("2", 0.0, -1.0),
            ("1.1", 3.0, -4.0),
            ("-1.1", 5.0, 0.0),
            ("\"kick\"", 6.0, 2.0),
        ]);
        let ends: Vec<f64> = (0..list.len()).map(|number| list.event(number).end).collect();
        assert_eq!(ends, [3.0, f64::INFINITY, 5.0, 5.0, 8.0]);
        assert_eq!((list.event(4).p1, list.length, list.fields_max), (7.0, 8.0, 4));
        assert_eq!(list.fields_of(list.event(4)), [7.0, 0.0, 2.0, 5.0]);
    }

    #[test]
    fn texts_go_with_their_event_and_the_name_with_them() {
        let list = list("i \"kick\" 0 0 1 1 \"a\" 3 \"bc\"\ni \"-kick.5\" 1 1 0 0\ni \"none\" 2 2 1 1\n");
        let event = list.event(0);
        assert_eq!(list.texts_of(event), (&b"kick\0a\0bc\0\0"[..], 3));
        let fields = list.fields_of(event);
        let texts: Vec<u64> = [0, 3, 5].map(|at| fields[at].to_bits() & 0xffff).to_vec();
        assert_eq!((fields.len(), texts, fields[4]), (6, vec![0, 1, 2], 3.0));
        assert_eq!((list.event(1).p1, list.len()), (-7.5, 2));
    }

    #[test]
    fn events_that_last_over_a_position_are_found_in_their_order() {
        let mut random = ksmps_data::random::Random::new(3);
        for count in [1, 2, 3, 7, 8, 9, 100] {
            let mut pieces: Vec<(&str, f64, f64)> = (0..count)
                .map(|_| ("1", random.unit() * 20.0, random.unit() * random.unit() * 20.0))
                .collect();
            pieces.sort_by(|a, b| a.1.total_cmp(&b.1));
            let list = notes(&pieces);
            for position in (0..50).map(|step| f64::from(step) * 0.8) {
                let before = list.first_behind(position);
                let mut found = Vec::new();
                let mut from = 0;
                while let Some(event) = list.next_over(from, before, position) {
                    found.push(event);
                    from = event + 1;
                }
                let expected: Vec<usize> =
                    (0..before).filter(|number| list.event(*number).end > position).collect();
                assert_eq!(found, expected, "{count} events, {position}");
            }
        }
    }
}
