//! A score as Csound has sorted it: a line for each statement, with its time in beats and in seconds.
//!
//! Csound has already done all that a score can ask for (macros, loops, carries, ramps, sections by name, its tempo).
//! What is left are `i`, `f` and other statements, `s` between sections, and `e`.

/// A time by both of a score's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Time {
    /// As it was written, sections before it counted.
    pub beats: f64,
    /// By the score's own tempo.
    pub seconds: f64,
}

impl Time {
    fn plus(self, other: Self) -> Self {
        Self { beats: self.beats + other.beats, seconds: self.seconds + other.seconds }
    }

    fn later(self, other: Self) -> Self {
        Self { beats: self.beats.max(other.beats), seconds: self.seconds.max(other.seconds) }
    }
}

/// A p-field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Field {
    Number(f64),
    Text(Vec<u8>),
}

/// An `i` statement.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Note {
    /// When it begins, from the score's beginning.
    pub start: Time,
    /// Its p3, below 0 where it is held.
    pub length: Time,
    /// p1.
    pub instrument: Field,
    /// From p4 on.
    pub fields: Vec<Field>,
}

/// All that a sorted score says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct SortedScore {
    /// The notes, in the order of their times.
    pub notes: Vec<Note>,
    /// Its length: the end of its last section.
    pub length: Time,
    /// A sorted score that makes its tables at its beginning and plays nothing.
    pub tables: Vec<u8>,
    /// Numbers of tables that it makes more than once.
    pub remade: Vec<String>,
    /// Kinds of statements that are not notes, tables or ends.
    pub others: Vec<char>,
}

/// Reads a sorted score.
pub(super) fn read(text: &[u8]) -> SortedScore {
    let mut score = SortedScore { tables: b"w 0 60\n".to_vec(), ..SortedScore::default() };
    let mut made = Vec::new();
    let (mut section, mut end) = (Time::default(), Time::default());
    for line in text.split(|byte| *byte == b'\n') {
        let Some((&kind, rest)) = line.split_first() else { continue };
        let mut words = words(rest);
        match kind {
            b'i' => {
                let Some(note) = note(&mut words, section) else { continue };
                let held = Time { beats: note.length.beats.max(0.0), seconds: note.length.seconds.max(0.0) };
                end = end.later(note.start.plus(held));
                score.notes.push(note);
            }
            b'f' => {
                let number = words.next().unwrap_or_default();
                let start = Time { beats: next(&mut words), seconds: next(&mut words) };
                // `f 0` makes nothing: it only has the section last so long. One below 0 takes a table away.
                if value(number) <= 0.0 {
                    end = end.later(section.plus(start));
                } else if made.contains(&number) {
                    score.remade.push(String::from_utf8_lossy(number).into_owned());
                } else {
                    made.push(number);
                    table(&mut score.tables, number, words);
                }
            }
            // The next section begins where the last note of this one has ended.
            b's' => section = end,
            b'w' | b't' | b'e' | b' ' => {}
            other => score.others.push(char::from(other)),
        }
    }
    score.tables.extend_from_slice(b"e\n");
    score.others.sort_unstable();
    score.others.dedup();
    score.length = end;
    score
}

fn note<'a>(words: &mut impl Iterator<Item = &'a [u8]>, section: Time) -> Option<Note> {
    let instrument = field(words.next()?);
    let start = Time { beats: next(words), seconds: next(words) };
    let length = Time { beats: next(words), seconds: next(words) };
    Some(Note { start: section.plus(start), length, instrument, fields: words.map(field).collect() })
}

/// Writes an `f` statement that makes its table at the beginning.
fn table<'a>(to: &mut Vec<u8>, number: &[u8], rest: impl Iterator<Item = &'a [u8]>) {
    // Csound writes the shortest number so; another one in its place would not find room.
    const AT_ONCE: &[u8] = b" 0x0p+0 0x0p+0";
    to.extend_from_slice(b"f ");
    to.extend_from_slice(number);
    to.extend_from_slice(AT_ONCE);
    for word in rest {
        to.push(b' ');
        to.extend_from_slice(word);
    }
    to.push(b'\n');
}

/// The words of a line: what blanks part, a text in quotes whole and with them.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let is_end = |(at, byte): (usize, &u8)| {
            let escaped = at > 0 && rest[at - 1] == b'\\';
            if rest[0] == b'"' {
                at > 0 && *byte == b'"' && !escaped
            } else {
                *byte == b' ' || *byte == b'\t'
            }
        };
        let end = rest.iter().enumerate().position(is_end);
        let len = end.map_or(rest.len(), |end| if rest[0] == b'"' { end + 1 } else { end });
        let (word, behind) = rest.split_at(len);
        rest = behind;
        (!word.is_empty()).then_some(word)
    })
}

fn next<'a>(words: &mut impl Iterator<Item = &'a [u8]>) -> f64 {
    words.next().map_or(0.0, value)
}

fn field(word: &[u8]) -> Field {
    match word.strip_prefix(b"\"") {
        Some(text) => Field::Text(unescaped(text.strip_suffix(b"\"").unwrap_or(text))),
        None => Field::Number(value(word)),
    }
}

/// A text in quotes as Csound reads it from a sorted score.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = text.iter().copied();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'a') => 7,
                Some(b'b') => 8,
                Some(b'f') => 12,
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                Some(b'v') => 11,
                Some(other) => other,
                None => b'\\',
            },
            other => other,
        });
    }
    // A zero would end it.
    plain.retain(|byte| *byte != 0);
    plain
}

/// A number as C reads it: as much of the word as is one, else 0.
fn value(word: &[u8]) -> f64 {
    let word = std::str::from_utf8(word).unwrap_or_default();
    let (is_negative, digits) = match word.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, word.strip_prefix('+').unwrap_or(word)),
    };
    let size = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(digits) => hexadecimal(digits),
        None => (1..=digits.len())
            .rev()
            .filter(|&len| digits.is_char_boundary(len))
            .find_map(|len| digits[..len].parse().ok())
            .unwrap_or(0.0),
    };
    let size = if size.is_finite() { size } else { 0.0 };
    if is_negative { -size } else { size }
}

/// `1.8p+3`, what C writes with `%a` behind `0x`.
fn hexadecimal(digits: &str) -> f64 {
    let (digits, power) = digits.split_once(['p', 'P']).unwrap_or((digits, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    // Of a double there are no more than 14 digits.
    let size = format!("{whole}{fraction}");
    let Ok(size) = u64::from_str_radix(&size, 16) else { return 0.0 };
    let power = power.parse::<i32>().unwrap_or(0) - 4 * fraction.len() as i32;
    size as f64 * f64::from(power).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_c_reads() {
        for (word, expected) in [
            ("0x0p+0", 0.0),
            ("0x1.8p+3", 12.0),
            ("-0x1p-2", -0.25),
            ("0x1.999999999999ap-4", 0.1),
            ("0x1.fffffffffffffp+1023", f64::MAX),
            ("12", 12.0),
            ("-1.5e3", -1500.0),
            ("+.5", 0.5),
            ("5.", 5.0),
            ("7abc", 7.0),
            ("abc", 0.0),
            ("inf", 0.0),
            ("", 0.0),
        ] {
            assert_eq!(value(word.as_bytes()), expected, "{word}");
        }
    }

    #[test]
    fn statements_are_read_with_both_clocks() {
        let text = b"w 0 120\nf 1 0x0p+0 0x0p+0 8  8  10 1\nf 0 0x1p+1 0x1p+0\n\
            i 1 0x1p+0 0x1p-1 0x1p+1 0x1p+0 440 \"a \\\"b\\\" c\"\ni \"kick.2\" 0x1p+0 0x1p-1 -0x1p+0 -0x1p-1\n\
            s\nw 0 60\ni 1 0x0p+0 0x0p+0 0x1p+0 0x1p+0\nf 2 0x1p+2 0x1p+2 4 4 -23 \"t.txt\"\nf 1 0x1p+2 0x1p+2 8 8 10 1\n\
            q 1 0x0p+0 0x0p+0 0x0p+0 0x0p+0\ne\ne\n";
        let score = read(text);
        let time = |beats, seconds| Time { beats, seconds };
        let one = Field::Number(1.0);
        let note = |start, length, fields| Note { start, length, instrument: one.clone(), fields };
        let text = Field::Text(b"a \"b\" c".to_vec());
        assert_eq!(score.notes[0], note(time(1.0, 0.5), time(2.0, 1.0), vec![Field::Number(440.0), text]));
        assert_eq!(score.notes[1].instrument, Field::Text(b"kick.2".to_vec()));
        assert_eq!(score.notes[2], note(time(3.0, 1.5), time(1.0, 1.0), vec![]));
        assert_eq!((score.length, score.others), (time(4.0, 2.5), vec!['q']));
        let tables = "w 0 60\nf 1 0x0p+0 0x0p+0 8 8 10 1\nf 2 0x0p+0 0x0p+0 4 4 -23 \"t.txt\"\ne\n";
        assert_eq!(
            (String::from_utf8(score.tables).unwrap().as_str(), &score.remade[..]),
            (tables, &["1".to_owned()][..])
        );
    }

    #[test]
    fn a_score_without_statements_says_nothing() {
        for text in [&b"f0 800000000000.0\ne\n"[..], b"", b"e\n"] {
            assert_eq!(read(text).notes, []);
        }
    }
}
