//! Cuts one line of a document into tokens, from the state that the line before has left.
//!
//! The document is a .csd or a bare orchestra. Which words are opcodes is not decided here: that depends on the engine
//! that runs (see [`super::opcodes`]), and the tokens do not.

use std::ops::Range;

/// Which part of a document a line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Section {
    /// Csound's language; also a document without any tag.
    #[default]
    Orchestra,
    /// Score statements.
    Score,
    /// Command line options.
    Options,
    /// Between the sections, and in sections that are not Csound's.
    Outside,
}

/// What a line begins in, besides a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inside {
    /// Nothing special.
    #[default]
    Nothing,
    /// A comment that `/*` has begun.
    Comment,
    /// A string that `{{` has begun.
    Braces,
}

/// All that a line hands on to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineState {
    /// The part of the document.
    pub section: Section,
    /// What is still open.
    pub inside: Inside,
}

/// What a piece of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text without a meaning of its own.
    Plain,
    /// Operators and punctuation.
    Operator,
    /// A comment.
    Comment,
    /// A comment that begins with `;@`.
    Directive,
    /// A string, with its quotes or braces.
    String,
    /// A number.
    Number,
    /// A name: an opcode or a variable.
    Word,
    /// A word of the language.
    Keyword,
    /// A p-field.
    PField,
    /// A tag of a .csd.
    Tag,
    /// A macro, or a word that begins with `#`.
    Preprocessor,
}

/// A piece of a line: bytes and meaning. What is between tokens is white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its bytes in the line.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// The words of the language; Csound's opcode list has none of them.
pub const KEYWORDS: [&str; 38] = [
    "0dbfs", "A4", "case", "do", "default", "else", "elseif", "endif", "endin", "endop", "endsw", "fi",
    "for", "goto", "if", "igoto", "in", "instr", "ithen", "kgoto", "kr", "ksmps", "kthen", "nchnls",
    "nchnls_i", "od", "opcode", "reinit", "rigoto", "rireturn", "sr", "switch", "then", "tigoto", "timout",
    "until", "while", "xin",
];

/// Whether a word belongs to the language. `[any]`
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word) || matches!(word, "xout" | "return" | "break" | "continue")
}

/// Cuts a line (without its end) into tokens; gives the state that the next line begins with. `[any]`
pub fn lex_line(line: &str, state: LineState, tokens: &mut Vec<Token>) -> LineState {
    tokens.clear();
    if let Some((end, next)) = tag(line, state) {
        let start = line.len() - line.trim_start().len();
        tokens.push(Token { range: start..end, kind: Kind::Tag });
        let mut lexer = Lexer { line, at: end, state: next, tokens };
        lexer.run();
        return lexer.state;
    }
    let mut lexer = Lexer { line, at: 0, state, tokens };
    lexer.run();
    lexer.state
}

/// The end of the tag that a line begins with, and the state behind it.
fn tag(line: &str, state: LineState) -> Option<(usize, LineState)> {
    let trimmed = line.trim_start();
    if !trimmed.starts_with('<') {
        return None;
    }
    let inner = &trimmed[1..trimmed.find('>')?];
    let (closes, name) = inner.strip_prefix('/').map_or((false, inner), |name| (true, name));
    let word = name.split_whitespace().next()?;
    if !word.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let section = match (word, closes) {
        ("CsInstruments", false) => Section::Orchestra,
        ("CsScore", false) => Section::Score,
        ("CsOptions", false) => Section::Options,
        ("CsoundSynthesizer" | "CsoundSynthesiser" | "CsInstruments" | "CsScore" | "CsOptions", _) => {
            Section::Outside
        }
        // Anything else is a tag only where no language is spoken.
        _ if state.section == Section::Outside && state.inside == Inside::Nothing => Section::Outside,
        _ => return None,
    };
    let end = line.len() - trimmed.len() + inner.len() + 2;
    Some((end, LineState { section, inside: Inside::Nothing }))
}

struct Lexer<'a> {
    line: &'a str,
    at: usize,
    state: LineState,
    tokens: &'a mut Vec<Token>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while self.at < self.line.len() {
            match self.state.inside {
                Inside::Comment => self.until("*/", Kind::Comment),
                Inside::Braces => self.until("}}", Kind::String),
                Inside::Nothing => self.token(),
            }
        }
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.line.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &str {
        &self.line[self.at..]
    }

    /// Takes bytes as one token.
    fn take(&mut self, count: usize, kind: Kind) {
        let end = (self.at + count).min(self.line.len());
        self.tokens.push(Token { range: self.at..end, kind });
        self.at = end;
    }

    /// Takes all up to and with an end mark; without one, the whole line, and it stays open.
    fn until(&mut self, mark: &str, kind: Kind) {
        match self.rest().find(mark) {
            Some(found) => {
                self.take(found + mark.len(), kind);
                self.state.inside = Inside::Nothing;
            }
            None => self.take(self.line.len() - self.at, kind),
        }
    }

    /// Begins something that may stay open: takes its first bytes and goes on to its end.
    fn open(&mut self, inside: Inside, mark: &str, kind: Kind) {
        self.state.inside = inside;
        let start = self.at;
        self.at += 2;
        self.until(mark, kind);
        if self.tokens.last().is_some_and(|token| token.range.start == start + 2) {
            if let Some(token) = self.tokens.last_mut() {
                token.range.start = start;
            }
        } else {
            self.tokens.push(Token { range: start..self.at, kind });
        }
    }

    /// One token where nothing is open.
    fn token(&mut self) {
        let byte = self.byte(0);
        match byte {
            b' ' | b'\t' | b'\r' => self.at += 1,
            b';' => {
                let kind = if self.byte(1) == b'@' { Kind::Directive } else { Kind::Comment };
                self.take(self.line.len(), kind);
            }
            b'/' if self.byte(1) == b'*' => self.open(Inside::Comment, "*/", Kind::Comment),
            b'/' if self.byte(1) == b'/' => self.take(self.line.len(), Kind::Comment),
            _ if matches!(self.state.section, Section::Options | Section::Outside) => self.plain(),
            b'{' if self.byte(1) == b'{' => self.open(Inside::Braces, "}}", Kind::String),
            b'"' => self.string(),
            b'#' => self.hash(),
            b'$' => {
                let name = self.word_len(1);
                self.take(1 + name, Kind::Preprocessor);
            }
            b'0' if self.rest().starts_with("0dbfs") => self.take(5, Kind::Keyword),
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(1).is_ascii_digit() => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            0x80.. => self.plain(),
            _ => self.take(1, Kind::Operator),
        }
    }

    /// All up to white space, in sections without a language.
    fn plain(&mut self) {
        let end = self.rest().find([' ', '\t']).unwrap_or(self.line.len() - self.at);
        self.take(end.max(1), Kind::Plain);
    }

    fn string(&mut self) {
        let bytes = self.line.as_bytes();
        let mut end = self.at + 1;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        // A backslash may stand before a letter of several bytes.
        end = (end + 1).min(bytes.len());
        while !self.line.is_char_boundary(end) {
            end += 1;
        }
        self.take(end - self.at, Kind::String);
    }

    fn hash(&mut self) {
        let name = self.word_len(1);
        let kind = if name > 0 || self.state.section == Section::Orchestra {
            Kind::Preprocessor
        } else {
            Kind::Operator
        };
        self.take(1 + name, kind);
    }

    fn number(&mut self) {
        let bytes = self.line.as_bytes();
        let mut end = self.at;
        let hex = self.byte(0) == b'0' && matches!(self.byte(1), b'x' | b'X');
        if hex {
            end += 2;
        }
        while end < bytes.len() {
            let exponent_sign =
                matches!(bytes[end], b'+' | b'-') && matches!(bytes[end - 1], b'e' | b'E') && !hex;
            if !(bytes[end].is_ascii_alphanumeric() || bytes[end] == b'.' || exponent_sign && end > self.at) {
                break;
            }
            end += 1;
        }
        self.take(end - self.at, Kind::Number);
    }

    /// Bytes of a name from `ahead` on.
    fn word_len(&self, ahead: usize) -> usize {
        self.rest()[ahead..].bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count()
    }

    /// Whether a word here is part of `instr …` or follows the name in `opcode …`.
    fn is_headline(&self) -> bool {
        let first = self.tokens.first().filter(|token| token.kind == Kind::Keyword);
        match first.map(|token| &self.line[token.range.clone()]) {
            Some("instr") => true,
            Some("opcode") => self.tokens.len() > 1 && !self.line[..self.at].contains('('),
            _ => false,
        }
    }

    fn word(&mut self) {
        let length = self.word_len(0);
        let word = &self.rest()[..length];
        let kind = match self.state.section {
            Section::Score if self.tokens.is_empty() => {
                // The statement letter, which may touch its first number: `i1`.
                let digits = word[1..].bytes().all(|b| b.is_ascii_digit());
                return self.take(if digits { 1 } else { length }, Kind::Keyword);
            }
            Section::Score => Kind::Plain,
            _ if is_keyword(word) => Kind::Keyword,
            // The names of an instrument, and the types of an opcode, are no variables.
            _ if self.is_headline() => Kind::Plain,
            _ if word.len() > 1 && word.starts_with('p') && word[1..].bytes().all(|b| b.is_ascii_digit()) => {
                Kind::PField
            }
            _ => Kind::Word,
        };
        self.take(length, kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the kinds and texts of a line's tokens, and what it leaves open.
    fn check(line: &str, state: LineState, expected: &[(&str, Kind)], inside: Inside) {
        let mut tokens = Vec::new();
        let next = lex_line(line, state, &mut tokens);
        let found: Vec<_> = tokens.iter().map(|t| (&line[t.range.clone()], t.kind)).collect();
        assert_eq!(found, expected, "in {line:?}");
        assert_eq!(next.inside, inside, "after {line:?}");
    }

    #[test]
    fn a_line_is_cut_into_what_csound_reads() {
        use Kind::*;
        let orchestra = LineState::default();
        let comment = LineState { inside: Inside::Comment, ..orchestra };
        let braces = LineState { inside: Inside::Braces, ..orchestra };
        let score = LineState { section: Section::Score, ..orchestra };
        let nothing = Inside::Nothing;
        check(
            "a1 = p4*1e-3 ;x",
            orchestra,
            &[
                ("a1", Word),
                ("=", Operator),
                ("p4", PField),
                ("*", Operator),
                ("1e-3", Number),
                (";x", Comment),
            ],
            nothing,
        );
        check(";@param cutoff", orchestra, &[(";@param cutoff", Directive)], nothing);
        check("/**/x", orchestra, &[("/**/", Comment), ("x", Word)], nothing);
        check("x /*", orchestra, &[("x", Word), ("/*", Comment)], Inside::Comment);
        check("b */ sr", comment, &[("b */", Comment), ("sr", Keyword)], nothing);
        check("S = {{a", orchestra, &[("S", Word), ("=", Operator), ("{{a", String)], Inside::Braces);
        check("/* no */ }}", braces, &[("/* no */ }}", String)], nothing);
        check(
            r#"p "a\"b" $M. #if"#,
            orchestra,
            &[
                ("p", Word),
                (r#""a\"b""#, String),
                ("$M", Preprocessor),
                (".", Operator),
                ("#if", Preprocessor),
            ],
            nothing,
        );
        check(
            "i1 0 2 \"x\"",
            score,
            &[("i", Keyword), ("1", Number), ("0", Number), ("2", Number), ("\"x\"", String)],
            nothing,
        );
        check("0dbfs = 1", orchestra, &[("0dbfs", Keyword), ("=", Operator), ("1", Number)], nothing);
        check("\"ä\\ö", orchestra, &[("\"ä\\ö", String)], nothing);
    }

    #[test]
    fn tags_change_the_section_and_close_what_was_left_open() {
        let open = LineState { section: Section::Orchestra, inside: Inside::Comment };
        let mut tokens = Vec::new();
        assert_eq!(
            lex_line("</CsInstruments>", open, &mut tokens),
            LineState { section: Section::Outside, inside: Inside::Nothing }
        );
        assert_eq!(lex_line("<CsScore>", LineState::default(), &mut tokens).section, Section::Score);
        assert_eq!(lex_line("<b", LineState::default(), &mut tokens).section, Section::Orchestra);
    }
}
