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
        let ended = mask_onto(&mut scan.code, line, &mut place, language);
        scan.comments.extend(ended.comment.map(|at| Comment { line: index, text: line[at..].to_owned() }));
        match place {
            Place::Code => scan.open = None,
            _ if before != place || ended.reopened => scan.open = Some((place, index)),
            _ => {}
        }
    }
    scan
}

/// Masks one line and says through `place` where the next one starts. The code is as long as the line.
pub(super) fn mask(line: &str, place: &mut Place, language: Language) -> (String, LineEnd) {
    let mut code = String::with_capacity(line.len());
    let ended = mask_onto(&mut code, line, place, language);
    (code, ended)
}

/// One line as it stands there, with blanks for its comments; says through `place` where the next one starts.
pub(super) fn uncommented(line: &str, place: &mut Place, language: Language) -> String {
    let mut code = String::with_capacity(line.len());
    read_line(line, place, language, |piece, text| match piece {
        Piece::Comment => push_blanks(&mut code, text.len()),
        Piece::Code | Piece::Other => code.push_str(text),
    });
    code
}

/// Passes over one line and says through `place` where the next one starts.
pub(super) fn pass_over(line: &str, place: &mut Place, language: Language) -> LineEnd {
    read_line(line, place, language, |_, _| ())
}

fn mask_onto(code: &mut String, line: &str, place: &mut Place, language: Language) -> LineEnd {
    read_line(line, place, language, |piece, text| match piece {
        Piece::Code => code.push_str(text),
        Piece::Comment | Piece::Other => push_blanks(code, text.len()),
    })
}

fn push_blanks(code: &mut String, mut count: usize) {
    const BLANKS: &str = "                                                                ";
    while count > 0 {
        let some = count.min(BLANKS.len());
        code.push_str(&BLANKS[..some]);
        count -= some;
    }
}

/// How a line ends.
#[derive(Debug, Default)]
pub(super) struct LineEnd {
    /// Where the text of its `;` comment begins.
    pub comment: Option<usize>,
    /// Whether a string is open at its end, which Csound refuses.
    pub open_string: bool,
    /// Whether what is open at its end was opened on this line.
    reopened: bool,
}

/// What a piece of a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// ASCII outside comments and strings, with the quotes of strings.
    Code,
    /// A comment with its signs.
    Comment,
    /// What stands in a string or in `{{ }}`, and other letters than ASCII's.
    Other,
}

/// Whether something may begin with this byte of code that is none.
fn may_end_code(byte: u8) -> bool {
    matches!(byte, b';' | b'/' | b'"' | b'{') || !byte.is_ascii()
}

/// Cuts one line into pieces, which together are the line.
fn read_line<'a>(
    line: &'a str,
    place: &mut Place,
    language: Language,
    mut each: impl FnMut(Piece, &'a str),
) -> LineEnd {
    let bytes = line.as_bytes();
    let mut ended = LineEnd::default();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (piece, length) = match *place {
            Place::Block => {
                let end = line[at..].find("*/");
                *place = if end.is_some() { Place::Code } else { Place::Block };
                (Piece::Comment, end.map_or(rest.len(), |end| end + 2))
            }
            Place::Long => {
                let end = line[at..].find("}}");
                *place = if end.is_some() { Place::Code } else { Place::Long };
                (Piece::Other, end.map_or(rest.len(), |end| end + 2))
            }
            Place::String => {
                let (length, end) = string_length(rest, 0);
                ended.open_string = end == StringEnd::Open;
                *place = if end == StringEnd::GoesOn { Place::String } else { Place::Code };
                string_pieces(&line[at..at + length], 0, end, &mut each);
                at += length;
                continue;
            }
            Place::Code if rest.starts_with(b"/*") => {
                ended.reopened = true;
                *place = Place::Block;
                (Piece::Comment, 2)
            }
            Place::Code if language == Language::Orchestra && rest.starts_with(b"{{") => {
                ended.reopened = true;
                *place = Place::Long;
                (Piece::Other, 2)
            }
            Place::Code if rest[0] == b';' || rest.starts_with(b"//") => {
                ended.comment = (rest[0] == b';').then_some(at + 1);
                (Piece::Comment, rest.len())
            }
            Place::Code if rest[0] == b'"' => {
                let (length, end) = string_length(rest, 1);
                ended.open_string = end == StringEnd::Open;
                if end == StringEnd::GoesOn {
                    ended.reopened = true;
                    *place = Place::String;
                }
                string_pieces(&line[at..at + length], 1, end, &mut each);
                at += length;
                continue;
            }
            Place::Code if !rest[0].is_ascii() => {
                (Piece::Other, rest.iter().take_while(|byte| !byte.is_ascii()).count())
            }
            Place::Code => {
                let more = rest[1..].iter().position(|byte| may_end_code(*byte));
                (Piece::Code, more.map_or(rest.len(), |more| 1 + more))
            }
        };
        each(piece, &line[at..at + length]);
        at += length;
    }
    ended
}

/// The pieces of a string, of which the opening quote is `quote` bytes long. The closing one stays code, so that a
/// string is seen as one thing.
fn string_pieces<'a>(text: &'a str, quote: usize, end: StringEnd, each: &mut impl FnMut(Piece, &'a str)) {
    let inside = text.len() - usize::from(end == StringEnd::Closed);
    each(Piece::Code, &text[..quote]);
    each(Piece::Other, &text[quote..inside]);
    each(Piece::Code, &text[inside..]);
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
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let bytes = code.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].iter().position(is_part)?;
        at = start + bytes[start..].iter().position(|byte| !is_part(byte)).unwrap_or(bytes.len() - start);
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

    #[test]
    fn comments_alone_are_taken_out_where_the_rest_is_to_stay() {
        let mut place = Place::Code;
        let lines = ["a \"; é\" é ; no", "b /* c", "d */ {{ /* e", "f }} g // h"];
        let without = lines.map(|line| uncommented(line, &mut place, Language::Orchestra));
        assert_eq!(without, ["a \"; é\" é     ", "b     ", "     {{ /* e", "f }} g     "]);
    }
}
