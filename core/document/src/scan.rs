//! Telling code from comments and strings, as Csound's own readers do.
//!
//! Line by line, because sections end only at the start of a line that stands in code. What is masked becomes
//! spaces of the same length, so a place in the masked text is the same place in the original.

/// Where a line starts: in code, or inside something that was opened on an earlier line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Place {
    /// Code.
    #[default]
    Code,
    /// Inside `/* */`.
    Block,
    /// Inside `{{ }}`.
    Long,
    /// Inside a string of which the line before ended in a backslash.
    String,
}

/// Which of the two languages a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// With `{{ }}` strings.
    Orchestra,
    /// Where `{` opens a loop.
    Score,
}

/// A `;` comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comment {
    /// Line of the text, counted from 0.
    pub line: usize,
    /// What stands behind the semicolon.
    pub text: String,
}

/// A text with its comments and strings masked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Scan {
    /// The code, as long as the text, line by line; strings keep their quotes.
    pub code: String,
    /// `;` comments in order.
    pub comments: Vec<Comment>,
    /// What is still open at the end, and the line where it was opened, counted from 0.
    pub open: Option<(Place, usize)>,
}

/// Masks a whole text.
pub(super) fn scan(text: &str, language: Language) -> Scan {
    let mut scan = Scan { code: String::with_capacity(text.len()), ..Scan::default() };
    let mut place = Place::Code;
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            scan.code.push('\n');
        }
        let before = place;
        let masked = mask(line, &mut place, language);
        scan.code.push_str(&masked.code);
        scan.comments.extend(masked.comment.map(|at| Comment { line: index, text: line[at..].to_owned() }));
        match place {
            Place::Code => scan.open = None,
            _ if before != place || masked.reopened => scan.open = Some((place, index)),
            _ => {}
        }
    }
    scan
}

/// One line, masked.
pub(super) struct MaskedLine {
    /// As long as the line.
    pub code: String,
    /// The line as it stands there, with blanks for its comments.
    pub uncommented: String,
    /// Where the text of its `;` comment begins.
    pub comment: Option<usize>,
    /// Whether a string is open at its end, which Csound refuses.
    pub open_string: bool,
    /// Whether what is open at its end was opened on this line.
    reopened: bool,
}

/// Masks one line and says through `place` where the next one starts.
pub(super) fn mask(line: &str, place: &mut Place, language: Language) -> MaskedLine {
    let bytes = line.as_bytes();
    let mut code = Vec::with_capacity(bytes.len());
    let mut uncommented = bytes.to_vec();
    let mut masked = MaskedLine {
        code: String::new(),
        uncommented: String::new(),
        comment: None,
        open_string: false,
        reopened: false,
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let was_long = matches!(*place, Place::Long | Place::String);
        let length = match *place {
            Place::Block if rest.starts_with(b"*/") => close(place),
            Place::Long if rest.starts_with(b"}}") => close(place),
            Place::Block | Place::Long => 1,
            Place::String => {
                let (length, end) = string_length(rest, 0);
                let closed = end == StringEnd::Closed;
                masked.open_string = end == StringEnd::Open;
                *place = if end == StringEnd::GoesOn { Place::String } else { Place::Code };
                code.extend(std::iter::repeat_n(b' ', length));
                if closed && let Some(last) = code.last_mut() {
                    *last = b'"';
                }
                at += length;
                continue;
            }
            Place::Code if rest.starts_with(b"/*") => {
                masked.reopened = true;
                open(place, Place::Block)
            }
            Place::Code if language == Language::Orchestra && rest.starts_with(b"{{") => {
                masked.reopened = true;
                open(place, Place::Long)
            }
            Place::Code if rest[0] == b';' || rest.starts_with(b"//") => {
                masked.comment = (rest[0] == b';').then_some(at + 1);
                rest.len()
            }
            Place::Code if rest[0] == b'"' => {
                let (length, end) = string_length(rest, 1);
                let closed = end == StringEnd::Closed;
                masked.open_string = end == StringEnd::Open;
                if end == StringEnd::GoesOn {
                    masked.reopened = true;
                    *place = Place::String;
                }
                code.push(b'"');
                code.extend(std::iter::repeat_n(b' ', length - 1));
                if closed {
                    // The closing quote stays, so that a string is seen as one thing.
                    let last = code.len() - 1;
                    code[last] = b'"';
                }
                at += length;
                continue;
            }
            Place::Code => {
                code.push(if rest[0].is_ascii() { rest[0] } else { b' ' });
                at += 1;
                continue;
            }
        };
        code.extend(std::iter::repeat_n(b' ', length));
        if !was_long && *place != Place::Long {
            uncommented[at..at + length].fill(b' ');
        }
        at += length;
    }
    // Comments begin and end with ASCII: what is left is whole.
    masked.uncommented = String::from_utf8_lossy(&uncommented).into_owned();
    masked.code = String::from_utf8_lossy(&code).into_owned();
    masked
}

fn open(place: &mut Place, inside: Place) -> usize {
    *place = inside;
    2
}

fn close(place: &mut Place) -> usize {
    *place = Place::Code;
    2
}

/// How a string ends on its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StringEnd {
    Closed,
    /// The line ends before it, which Csound refuses.
    Open,
    /// The line ends in a backslash: it goes on in the next one.
    GoesOn,
}

/// Length of a string with its quotes, of which `from` bytes are read; to the line's end where it is not closed.
fn string_length(text: &[u8], from: usize) -> (usize, StringEnd) {
    let mut at = from;
    while at < text.len() {
        match text[at] {
            b'\\' if at + 1 == text.len() => return (text.len(), StringEnd::GoesOn),
            b'\\' => at += 2,
            b'"' => return (at + 1, StringEnd::Closed),
            _ => at += 1,
        }
    }
    (text.len(), StringEnd::Open)
}

/// Words of masked code: identifiers, with the byte at which each starts.
pub(super) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = code.get(at..)?;
        let start = at + rest.find(|c: char| c.is_ascii_alphanumeric() || c == '_')?;
        let tail = &code[start..];
        let length = tail.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(tail.len());
        at = start + length;
        Some((start, &code[start..at]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_masked_at_their_places() {
        let cases = [
            ("a1 = 1 ; not code", "a1 = 1           "),
            ("a1 = 1 // not code", "a1 = 1            "),
            ("S1 = \"a ; b\" ; c", "S1 = \"     \"    "),
            ("S1 = \"a \\\" b\" x", "S1 = \"      \" x"),
            ("a /* b */ c", "a         c"),
            ("a {{ b ; c }} d", "a             d"),
            ("é = 1", "   = 1"),
        ];
        for (text, expected) in cases {
            assert_eq!(scan(text, Language::Orchestra).code, expected);
        }
    }

    #[test]
    fn what_is_open_at_the_end_is_known_with_its_line() {
        let cases = [
            ("a\nb /* c\nd", Some((Place::Block, 1))),
            ("a /* b */ /* c\nd", Some((Place::Block, 0))),
            ("a\n{{ b\nc */", Some((Place::Long, 1))),
            ("/* a\n*/ /* b\nc", Some((Place::Block, 1))),
            ("/* a\n*/ b {{ }}", None),
            ("\"a \\\nb\" c", None),
            ("a\n\"b \\\nc\\\nd", None),
            ("\"a \\\nb \\", Some((Place::String, 0))),
        ];
        for (text, expected) in cases {
            assert_eq!(scan(text, Language::Orchestra).open, expected, "{text}");
        }
        assert_eq!(scan("{ 4 N {{ 2 M", Language::Score).open, None);
    }
}
