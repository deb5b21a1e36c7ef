//! The notes of a sorted score as a list of events.

use std::collections::HashMap;

use ksmps_csound::text_number;

use super::list::{Event, EventList, Kind, Measure};
use super::sorted::{Field, Note, SortedScore};

impl EventList {
    /// The notes of a score; `number` gives the number of a named instrument. Gives the names that are none, too. `[control]`
    pub fn of_score(
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
        list.sort();
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
        let over = start + if length < 0.0 { f64::INFINITY } else { length };
        self.events.push(Event {
            start,
            end: if p1 < 0.0 { start } else { over },
            kind: Kind::Note,
            p1,
            sounding,
            over,
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
    use super::super::list::Unit;
    use super::super::sorted;
    use super::*;

    fn list(notes: &str) -> EventList {
        let score = sorted::read(format!("w 0 60\n{notes}e\n").as_bytes());
        let measure = Measure { unit: Unit::Beats, rate: 48_000.0, tempo: None };
        EventList::of_score(&score, measure, &mut |name| (name == "kick").then_some(7)).0
    }

    /// `i p1 start length` for each.
    fn notes(notes: &[(&str, f64, f64)]) -> EventList {
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
}
