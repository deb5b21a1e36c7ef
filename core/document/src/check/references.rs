//! Fields of a score that stand for a field of the next or the last note of the same instrument, `np4` and `pp4`.
//!
//! Csound follows them when a section has been read and sorted, one call for each; where they lead in a circle it
//! never comes back from them, and its stack overflows.

/// A note whose fields may refer to others.
struct Note<'a> {
    line: usize,
    /// Its instrument's number; a note with a name is no other's neighbour.
    number: Option<f64>,
    /// Its instrument, as Csound carries fields: a whole number, or a name.
    carried_from: &'a [u8],
    start: f64,
    length: f64,
    fields: Vec<&'a [u8]>,
}

/// The notes of a section.
#[derive(Default)]
pub(super) struct Notes<'a> {
    /// Whether there is a reference in each direction at all: without both there is no circle.
    may_turn: bool,
    /// A note's instrument or time is not known, and so not the order either.
    is_unsure: bool,
    has_no_carry: bool,
    notes: Vec<Note<'a>>,
}

impl<'a> Notes<'a> {
    /// For the sections of a score.
    pub fn of(text: &[u8]) -> Self {
        let has = |word: &[u8]| text.windows(2).any(|pair| pair == word);
        Self { may_turn: has(b"np") && has(b"pp"), ..Self::default() }
    }

    /// Something that moves the notes behind it: their order is not known.
    pub fn moved(&mut self) {
        self.is_unsure = true;
    }

    /// `C 0` or `C 1`.
    pub fn carry(&mut self, value: &[u8]) {
        self.has_no_carry = value == b"0";
    }

    /// An `i` statement with the fields that are written.
    pub fn add(&mut self, line: usize, written: &[&'a [u8]]) {
        if self.may_turn && !self.is_unsure {
            match self.note(line, written) {
                Some(note) => self.notes.push(note),
                None => self.is_unsure = true,
            }
        }
    }

    fn note(&self, line: usize, written: &[&'a [u8]]) -> Option<Note<'a>> {
        let mut fields = written.to_vec();
        let first = match *fields.first()? {
            b"." => *self.notes.last()?.fields.first()?,
            first => first,
        };
        fields[0] = first;
        let (number, carried_from) = if first.starts_with(b"\"") {
            (None, first)
        } else {
            (Some(value(first)?), first.split(|byte| *byte == b'.').next()?)
        };
        let last = self.notes.iter().rev().find(|note| note.carried_from == carried_from);
        let is_cut = fields.last().is_some_and(|field| field.starts_with(b"!"));
        if is_cut {
            fields.pop();
        }
        if let Some(last) = last {
            for (index, field) in fields.iter_mut().enumerate().filter(|(_, field)| **field == b".") {
                *field = last.fields.get(index)?;
            }
            let kept = if self.has_no_carry { 3 } else { last.fields.len() };
            if !is_cut {
                fields.extend(last.fields.iter().take(kept).skip(fields.len()));
            }
        }
        let start = match (*fields.get(1)?, last, self.notes.last()) {
            (b"+", Some(last), _) => last.start + last.length.abs(),
            (field, _, before) if field.starts_with(b"^") => {
                let behind = field[1..].strip_prefix(b"+").unwrap_or(&field[1..]);
                before?.start + value(behind)?
            }
            (field, ..) => value(field)?,
        };
        let length = value(fields.get(2)?)?;
        Some(Note { line, number, carried_from, start, length, fields })
    }

    /// Ends the section; the line, counted from 0, of a note whose references lead in a circle.
    pub fn circle(&mut self) -> Option<usize> {
        let mut notes = std::mem::take(&mut self.notes);
        if std::mem::take(&mut self.is_unsure) {
            return None;
        }
        notes.retain(|note| note.number.is_some());
        let number = |note: &Note<'_>| note.number.unwrap_or_default();
        notes.sort_by(|a, b| {
            number(a)
                .total_cmp(&number(b))
                .then(a.start.total_cmp(&b.start))
                .then(a.length.total_cmp(&b.length))
        });
        notes.chunk_by(|a, b| a.number == b.number).find_map(circle_in)
    }
}

fn value(field: &[u8]) -> Option<f64> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

/// Follows the references of notes of one instrument in the order of their times.
fn circle_in(notes: &[Note<'_>]) -> Option<usize> {
    // Which fields were followed to their end, or are being followed from this start.
    let mut followed: Vec<Vec<usize>> = notes.iter().map(|note| vec![0; note.fields.len()]).collect();
    let mut turn = 0;
    for start in 0..notes.len() {
        for field in 0..notes[start].fields.len() {
            turn += 1;
            let mut place = (start, field);
            loop {
                match std::mem::replace(&mut followed[place.0][place.1], turn) {
                    0 => {}
                    same if same == turn => return Some(notes[place.0].line),
                    _ => break,
                }
                let Some(next) = referred(notes, place) else { break };
                place = next;
            }
        }
    }
    None
}

/// The note and field that a field stands for.
fn referred(notes: &[Note<'_>], (note, field): (usize, usize)) -> Option<(usize, usize)> {
    let text = notes[note].fields[field];
    let (note, digits) = match text.strip_prefix(b"np") {
        Some(digits) => (note + 1, digits),
        None => (note.checked_sub(1)?, text.strip_prefix(b"pp")?),
    };
    let number = std::str::from_utf8(digits).ok()?.parse::<usize>().ok()?;
    let field = number.checked_sub(1)?;
    (field < notes.get(note)?.fields.len()).then_some((note, field))
}
