//! Where the caret goes: by letters, words, lines and brackets.

use super::buffer::{Buffer, Position};
use super::lexer::Kind;

/// One place to the left; over a line end as one step. `[any]`
pub(super) fn left(buffer: &Buffer, at: usize) -> usize {
    let line = buffer.line_of(at);
    if at > buffer.line_start(line) {
        at - 1
    } else if line > 0 {
        buffer.line_end(line - 1)
    } else {
        0
    }
}

/// One place to the right. `[any]`
pub(super) fn right(buffer: &Buffer, at: usize) -> usize {
    let line = buffer.line_of(at);
    if at < buffer.line_end(line) {
        at + 1
    } else if line + 1 < buffer.line_count() {
        buffer.line_start(line + 1)
    } else {
        at
    }
}

/// What a letter is for moves by words.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Class {
    Space,
    Word,
    Sign,
}

fn class(letter: char) -> Class {
    if letter.is_whitespace() {
        Class::Space
    } else if letter.is_alphanumeric() || letter == '_' {
        Class::Word
    } else {
        Class::Sign
    }
}

/// The begin of the word to the left. `[any]`
pub(super) fn word_left(buffer: &Buffer, at: usize) -> usize {
    let mut at = at;
    let before = |at: usize| at.checked_sub(1).and_then(|at| buffer.char_at(at)).map(class);
    while before(at) == Some(Class::Space) {
        at -= 1;
    }
    let Some(kind) = before(at) else { return at };
    while before(at) == Some(kind) {
        at -= 1;
    }
    at
}

/// The begin of the word to the right. `[any]`
pub(super) fn word_right(buffer: &Buffer, at: usize) -> usize {
    let mut at = at;
    let here = |at: usize| buffer.char_at(at).map(class);
    let Some(kind) = here(at) else { return at };
    while kind != Class::Space && here(at) == Some(kind) {
        at += 1;
    }
    while here(at) == Some(Class::Space) {
        at += 1;
    }
    at
}

/// The word at a place, or the signs or spaces there. `[any]`
pub(super) fn word_at(buffer: &Buffer, at: usize) -> std::ops::Range<usize> {
    let line = buffer.line_of(at);
    let (start, end) = (buffer.line_start(line), buffer.line_end(line));
    let kind_of = |at: usize| buffer.char_at(at).map(class).filter(|_| at < end);
    let after = kind_of(at);
    let before = (at > start).then(|| kind_of(at - 1)).flatten();
    // At the end of a word the word is meant, not what follows it.
    let kind =
        if before == Some(Class::Word) && after != Some(Class::Word) { before } else { after.or(before) };
    let (mut first, mut last) = (at, at);
    while first > start && kind_of(first - 1) == kind {
        first -= 1;
    }
    while last < end && kind_of(last) == kind {
        last += 1;
    }
    first..last
}

/// The first letter of the line, or the begin of the line when the caret is there already. `[any]`
pub(super) fn home(buffer: &Buffer, at: usize) -> usize {
    let line = buffer.line_of(at);
    let start = buffer.line_start(line);
    let indent = start + indentation(&buffer.line(line)).chars().count();
    if at == indent { start } else { indent }
}

/// The white space that a line begins with. `[any]`
pub(super) fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// How many lines are searched for the other bracket.
const BRACKET_LINES: usize = 400;

/// The bracket beside the caret and its other half, which is missing where there is none. `[any]`
///
/// Brackets in strings and comments do not count.
pub fn brackets(buffer: &Buffer, caret: usize) -> Option<(usize, Option<usize>)> {
    let line = buffer.line_of(caret);
    let column = caret - buffer.line_start(line);
    let here = line_brackets(buffer, line);
    let (column, bracket) =
        *here.iter().find(|(c, _)| *c == column).or_else(|| here.iter().find(|(c, _)| *c + 1 == column))?;
    let opens = "([{".contains(bracket);
    let other = match bracket {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        '{' => '}',
        _ => '{',
    };
    let mut depth = 0;
    let mut found = None;
    let mut visit = |line: usize, at: usize, sign: char| {
        depth += i32::from(sign == bracket) - i32::from(sign == other);
        if depth == 0 && (sign == bracket || sign == other) {
            found = Some(buffer.offset(Position { line, column: at }));
        }
        depth == 0
    };
    let ended = if opens {
        let last = (line + BRACKET_LINES).min(buffer.line_count());
        (line..last).any(|n| {
            let from = if n == line { column } else { 0 };
            line_brackets(buffer, n)
                .into_iter()
                .filter(|(c, _)| *c >= from)
                .any(|(c, sign)| (sign == bracket || sign == other) && visit(n, c, sign))
        })
    } else {
        let first = line.saturating_sub(BRACKET_LINES);
        (first..=line).rev().any(|n| {
            let to = if n == line { column } else { usize::MAX };
            line_brackets(buffer, n)
                .into_iter()
                .rev()
                .filter(|(c, _)| *c <= to)
                .any(|(c, sign)| (sign == bracket || sign == other) && visit(n, c, sign))
        })
    };
    let at = buffer.offset(Position { line, column });
    Some((at, found.filter(|_| ended)))
}

/// The brackets of a line's code: columns and signs.
fn line_brackets(buffer: &Buffer, line: usize) -> Vec<(usize, char)> {
    let text = buffer.line(line);
    let is_bracket = |c: char| "()[]{}".contains(c);
    if !text.contains(is_bracket) {
        return Vec::new();
    }
    buffer
        .tokens(line)
        .into_iter()
        .filter(|token| matches!(token.kind, Kind::Operator | Kind::Plain))
        .flat_map(|token| {
            let column = text[..token.range.start].chars().count();
            text[token.range].chars().enumerate().map(move |(n, c)| (column + n, c)).collect::<Vec<_>>()
        })
        .filter(|(_, c)| is_bracket(*c))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_at_their_begin_middle_and_end() {
        let buffer = Buffer::new("  a1 = oscil:a(p4)");
        assert_eq!(word_at(&buffer, 3), 2..4);
        assert_eq!(word_at(&buffer, 4), 2..4);
        assert_eq!(word_at(&buffer, 7), 7..12);
        assert_eq!(word_right(&buffer, 2), 5);
        assert_eq!(word_right(&buffer, 5), 7);
        assert_eq!(word_left(&buffer, 7), 5);
        assert_eq!(home(&buffer, 9), 2);
        assert_eq!(home(&buffer, 2), 0);
    }

    #[test]
    fn line_ends_of_two_letters_are_one_step() {
        let buffer = Buffer::new("ab\r\ncd");
        assert_eq!(right(&buffer, 2), 4);
        assert_eq!(left(&buffer, 4), 2);
        assert_eq!(buffer.line_end(0), 2);
    }

    #[test]
    fn brackets_match_over_lines_and_not_in_strings() {
        let buffer = Buffer::new("f(a, \")\",\n [b], ; )\n c)");
        assert_eq!(brackets(&buffer, 1), Some((1, Some(buffer.len() - 1))));
        assert_eq!(brackets(&buffer, buffer.len()), Some((buffer.len() - 1, Some(1))));
        assert_eq!(brackets(&buffer, 11), Some((11, Some(13))));
        assert_eq!(brackets(&Buffer::new("(a"), 0), Some((0, None)));
        assert_eq!(brackets(&buffer, 3), None);
    }
}
