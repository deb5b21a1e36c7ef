//! Events as plain data that is walked through while they play: nothing of it is looked up, and nothing of it grows.

use std::ops::Range;

use super::sorted::Time;

/// What repeats is at least so long, in seconds.
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
    /// What happens where it begins.
    pub kind: Kind,
    /// p1; below 0 it ends what is held.
    pub p1: f64,
    /// Which of [`EventList::sounding`] it is; of no meaning for a change.
    pub sounding: usize,
    /// Where a note would end if nothing stopped it before.
    pub over: f64,
    /// Its p-fields among those of all.
    pub fields: Range<usize>,
    /// Its texts among those of all, and how many there are.
    pub texts: Range<usize>,
    pub text_count: u16,
}

/// What happens where an event begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A note starts.
    Note,
    /// Its note is released.
    Stop,
    /// A value changes, or begins to move: which of the changes it is.
    Change(usize),
}

/// Events, ready to play.
#[derive(Debug, Default)]
pub(super) struct EventList {
    /// In the order of their starts.
    pub events: Vec<Event>,
    /// p-fields of all events, p1 first.
    pub fields: Vec<f64>,
    /// Texts of all events, each with its zero.
    pub texts: Vec<u8>,
    /// The latest end below each node of a binary tree over the events; the leaves are the second half.
    pub ends: Vec<f64>,
    /// Every p1 that sounds, once.
    pub sounding: Vec<f64>,
    /// p-fields of the longest event.
    pub fields_max: usize,
    /// Where the events end.
    pub length: f64,
    /// Whether any is a change.
    pub has_changes: bool,
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
    /// A time of a session as a position. `[any]`
    pub fn position_of(self, time: f64) -> f64 {
        self.position(Time { beats: time, seconds: time })
    }

    /// A time of a score as a position. `[any]`
    pub fn position(self, time: Time) -> f64 {
        match (self.unit, self.tempo) {
            (Unit::Beats, _) => time.beats,
            (Unit::Frames, Some(tempo)) => time.beats * 60.0 / tempo * self.rate,
            (Unit::Frames, None) => time.seconds * self.rate,
        }
    }
}

impl EventList {
    /// One more event that plays a p1 of its own, from a start on for a length, below 0 where it has no end; it is at an end
    /// at `end`. Gives which of the p1 it is. `[control]`
    pub fn push_note(&mut self, p1: f64, (start, end): (f64, f64), length: f64, fields: &[f64]) -> usize {
        let (sounding, first_field) = (self.sounding.len(), self.fields.len());
        self.sounding.push(p1);
        self.fields.extend([p1, 0.0, length]);
        self.fields.extend(fields);
        self.fields_max = self.fields_max.max(self.fields.len() - first_field);
        let over = start + if length < 0.0 { f64::INFINITY } else { length };
        let fields = first_field..self.fields.len();
        let note =
            Event { start, end, kind: Kind::Note, p1, sounding, over, fields, texts: 0..0, text_count: 0 };
        self.events.push(note);
        sounding
    }

    /// One more event that is no note, between two positions. `[control]`
    pub fn push(&mut self, kind: Kind, sounding: usize, (start, end): (f64, f64)) {
        let p1 = self.sounding.get(sounding).copied().unwrap_or(0.0);
        self.has_changes |= matches!(kind, Kind::Change(_));
        self.events.push(Event {
            start,
            end,
            kind,
            p1,
            sounding,
            over: end,
            fields: 0..0,
            texts: 0..0,
            text_count: 0,
        });
    }

    /// Everything was pushed: of notes that begin at one position the first comes first. `[control]`
    pub fn finish(mut self, length: f64) -> Self {
        self.length = length;
        self.sort();
        self.grow_tree();
        self
    }

    /// Brings the events in the order of their starts; what ends comes before what begins, and a change behind the note that it changes.
    /// `[control]`
    pub fn sort(&mut self) {
        let rank = |event: &Event| match event.kind {
            Kind::Stop => 0,
            Kind::Note => 1,
            Kind::Change(_) => 2,
        };
        self.events.sort_by(|a, b| a.start.total_cmp(&b.start).then(rank(a).cmp(&rank(b))));
    }

    /// What is over at a position can be passed over from now on. `[control]`
    pub fn grow_tree(&mut self) {
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

    /// What is left of an event at a position in its midst. `[audio]`
    pub fn rest(&self, number: usize, position: f64) -> f64 {
        self.events[number].over - position
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Events of one p1 that begin at positions and last so long.
    fn notes(notes: &[(f64, f64)]) -> EventList {
        let mut list = EventList::default();
        for (start, length) in notes {
            list.push_note(1.0, (*start, start + length), *length, &[]);
        }
        list.finish(0.0)
    }

    #[test]
    fn events_that_last_over_a_position_are_found_in_their_order() {
        let mut random = ksmps_data::random::Random::new(3);
        for count in [1, 2, 3, 7, 8, 9, 100] {
            let pieces: Vec<(f64, f64)> =
                (0..count).map(|_| (random.unit() * 20.0, random.unit() * random.unit() * 20.0)).collect();
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
