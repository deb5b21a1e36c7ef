//! Scores, as Csound's reader takes them: statements with fields that may go on over lines, marks and repeats.

use super::expand::{Dialect, Expanded, expand};
use super::references::Notes;
use super::{Fault, Known};

/// Longer names of instruments and marks, and longer numbers in square brackets, are written beyond their memory.
const INSTRUMENT_NAME_BYTES_MAX: usize = 255;
const MARK_NAME_BYTES_MAX: usize = 199;
const NUMBER_BYTES_MAX: usize = 99;
/// Operators and values that an expression in square brackets may have open.
const EXPRESSION_STACK_MAX: usize = 30;
/// Expressions inside one another.
const EXPRESSION_DEPTH_MAX: usize = 1_000;
/// Sections that are repeated inside one another.
const REPEATS_MAX: usize = 1_000;
/// Statements that are read, repeats included, before the rest is left to Csound.
const STATEMENTS_MAX: usize = 1_000_000;

/// The first fault of a score that ends Csound, or that it does not take.
pub(in super::super) fn score(text: &str, known: &Known) -> Option<Fault> {
    let mut macros = known.score_macros.clone();
    match expand(text, Dialect::Score, &mut macros, true) {
        Ok(expanded) => Reader::new(&expanded).read().err().and_then(|stop| match stop {
            Stop::Fault(fault) => Some(fault),
            Stop::Csound => None,
        }),
        Err(fault) => Some(fault),
    }
}

/// Why reading ends early.
enum Stop {
    /// Something crashes Csound.
    Fault(Fault),
    /// Csound says itself what is wrong, and reads no further.
    Csound,
}

/// A place that `n` comes back to.
struct Mark<'a> {
    name: &'a [u8],
    at: usize,
}

/// What a statement's next field is.
#[derive(PartialEq, Eq)]
enum Field {
    Missing,
    Value,
    /// A string, with the length of what it names.
    Text(usize),
}

struct Reader<'a> {
    text: &'a Expanded,
    at: usize,
    marks: Vec<Mark<'a>>,
    /// Where repeats go on behind their section.
    repeats: Vec<usize>,
    /// What notes of this section refer to.
    notes: Notes<'a>,
    /// Whether any field was read: what lacks its value takes over the last one.
    has_field: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a Expanded) -> Self {
        let notes = Notes::of(&text.text);
        Self { text, at: 0, marks: Vec::new(), repeats: Vec::new(), notes, has_field: false }
    }

    fn read(&mut self) -> Result<(), Stop> {
        for _ in 0..STATEMENTS_MAX {
            let Some(operation) = self.operation()? else { break };
            self.statement(operation)?;
        }
        self.end_section()
    }

    fn end_section(&mut self) -> Result<(), Stop> {
        let Some(line) = self.notes.circle() else { return Ok(()) };
        let what =
            "the np and pp of this note and of others lead in a circle, from which Csound never comes back";
        let remedy = "write the value in one of them";
        Err(Stop::Fault(Fault::new(line, what, remedy)))
    }

    fn peek(&self) -> Option<u8> {
        self.text.text.get(self.at).copied()
    }

    fn skip_line(&mut self) {
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'\n' {
                break;
            }
        }
    }

    fn skip_blanks(&mut self, with_lines: bool) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t') || (with_lines && byte == b'\n')) {
            self.at += 1;
        }
    }

    fn fault(&self, at: usize, what: impl Into<String>, remedy: &str) -> Stop {
        Stop::Fault(Fault::new(self.text.line(at), what, remedy))
    }

    /// Csound prints where it is; in a repeated section what it prints is not there.
    fn complain(&self, at: usize) -> Result<(), Stop> {
        if self.repeats.is_empty() {
            return Ok(());
        }
        let what = "this is no statement of a score, and stands in a section that `n` repeats";
        Err(self.fault(at, what, "correct it, or take it out"))
    }

    /// The letter of the next statement; `None` at the end.
    fn operation(&mut self) -> Result<Option<u8>, Stop> {
        loop {
            self.skip_blanks(true);
            let Some(letter) = self.peek() else { return Ok(None) };
            self.at += 1;
            if b"abBdCefimnqrstvwxy{}".contains(&letter) {
                return Ok(Some(letter));
            }
            self.complain(self.at - 1)?;
            self.skip_line();
        }
    }

    fn statement(&mut self, operation: u8) -> Result<(), Stop> {
        match operation {
            b'i' | b'd' | b'f' | b'a' | b'q' => self.note(operation)?,
            b'w' | b't' => {
                if operation == b'w' {
                    self.notes.moved();
                }
                while self.field(true, false)? != Field::Missing {}
            }
            b'b' | b'B' | b'v' | b'C' => self.setting(operation)?,
            b's' | b'e' => {
                self.end_section()?;
                self.skip_line();
                if let Some(back) = self.repeats.pop() {
                    self.at = back;
                }
            }
            b'm' => {
                let name = self.name()?;
                self.marks.push(Mark { name, at: self.at });
            }
            b'n' => self.repeat()?,
            b'x' => {
                self.skip_line();
                while !matches!(self.operation()?, Some(b's' | b'r' | b'm' | b'e') | None) {
                    self.skip_line();
                }
                // The statement that ends the part is read again.
                self.at = self.at.saturating_sub(usize::from(self.at < self.text.text.len()));
            }
            b'y' => self.skip_line(),
            _ => {}
        }
        Ok(())
    }

    /// A statement with fields.
    fn note(&mut self, operation: u8) -> Result<(), Stop> {
        let text: &'a [u8] = &self.text.text;
        let start = self.at - 1;
        let mut fields = Vec::new();
        loop {
            let index = fields.len();
            let names_instrument = index == 0 && matches!(operation, b'i' | b'd' | b'q');
            let before = self.at;
            match self.field(false, !names_instrument && index < 3)? {
                Field::Missing => {
                    if operation == b'i' {
                        self.notes.add(self.text.line(start), &fields);
                    }
                    return Ok(());
                }
                Field::Text(length)
                    if length > INSTRUMENT_NAME_BYTES_MAX && index == 0 && operation != b'q' =>
                {
                    let what =
                        format!("an instrument's name of {length} bytes is longer than Csound can read");
                    return Err(self.fault(start, what, "give the instrument a name of 255 bytes at most"));
                }
                Field::Text(length) if index == 0 && text[self.at - length - 1..self.at].contains(&b' ') => {
                    let what = "a blank in an instrument's name makes Csound read the score without end";
                    return Err(self.fault(start, what, "write the name without blanks"));
                }
                _ => fields.push(text[before..self.at].trim_ascii()),
            }
        }
    }

    /// `b`, `v` and their kin.
    fn setting(&mut self, operation: u8) -> Result<(), Stop> {
        let text: &'a [u8] = &self.text.text;
        let (start, behind) = (self.at - 1, self.at);
        let is_last = text[self.at..].iter().all(u8::is_ascii_whitespace);
        // Without a value Csound takes over the last field that it read, and the line behind.
        if self.field(false, true)? == Field::Missing && !(is_last && self.has_field) {
            let letter = char::from(operation);
            let what = format!("the score statement {letter} lacks its value");
            let remedy = format!("write {letter} 1, or take the line out");
            return Err(self.fault(start, what, &remedy));
        }
        match operation {
            b'C' => self.notes.carry(text[behind..self.at].trim_ascii()),
            _ => self.notes.moved(),
        }
        self.skip_line();
        Ok(())
    }

    /// The name behind `m` or `n`, and the rest of the line.
    fn name(&mut self) -> Result<&'a [u8], Stop> {
        self.skip_blanks(false);
        let start = self.at;
        let text: &'a [u8] = &self.text.text;
        let is_name = |&&byte: &&u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let length = match text.get(start) {
            Some(first) if first.is_ascii_alphabetic() => text[start..].iter().take_while(is_name).count(),
            _ => 0,
        };
        if length > MARK_NAME_BYTES_MAX {
            let what = format!("a mark of {length} letters is longer than Csound can read");
            return Err(self.fault(start, what, "give it a name of 199 letters at most"));
        }
        self.skip_line();
        Ok(&text[start..start + length])
    }

    fn repeat(&mut self) -> Result<(), Stop> {
        let start = self.at - 1;
        let name = self.name()?;
        let Some(mark) = self.marks.iter().find(|mark| mark.name == name) else {
            return self.complain(start);
        };
        if self.repeats.len() > REPEATS_MAX {
            let what = format!("the section {} repeats itself without end", String::from_utf8_lossy(name));
            return Err(self.fault(start, what, "put notes and an s between m and n"));
        }
        self.repeats.push(self.at);
        self.at = mark.at;
        Ok(())
    }

    /// Reads the next field, if what follows is one. `only_numbers`: `w` and `t` take nothing else.
    fn field(&mut self, only_numbers: bool, refuses_text: bool) -> Result<Field, Stop> {
        let before = self.at;
        self.skip_blanks(true);
        let is_same_line = !self.text.text[before..self.at].contains(&b'\n');
        let Some(first) = self.peek() else { return Ok(Field::Missing) };
        let start = self.at;
        if first == b'[' {
            self.at += 1;
            self.expression()?;
            self.has_field = true;
            return Ok(Field::Value);
        }
        let may_begin = first.is_ascii_digit() || (!only_numbers && b".+-^np<>()\"~!z".contains(&first));
        if !may_begin {
            if is_same_line {
                self.complain(start)?;
                self.skip_line();
            }
            return Ok(Field::Missing);
        }
        self.has_field = true;
        self.at += 1;
        if first != b'"' {
            while self.peek().is_some_and(|byte| byte.is_ascii_digit() || b".+-eEnp<>()~z".contains(&byte)) {
                self.at += 1;
            }
            return Ok(Field::Value);
        }
        let text: &'a [u8] = &self.text.text;
        let mut end = self.at;
        loop {
            match text.get(end) {
                None | Some(b'\n') => {
                    return Err(self.fault(
                        start,
                        "a string is not closed on its line",
                        "add the missing quote",
                    ));
                }
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                Some(_) => end += 1,
            }
        }
        if refuses_text {
            self.complain(start)?;
            self.skip_line();
            return Ok(Field::Missing);
        }
        self.at = end + 1;
        Ok(Field::Text(end - start - 1))
    }

    /// An expression behind its `[`.
    fn expression(&mut self) -> Result<(), Stop> {
        let start = self.at - 1;
        // For each open expression its operators, its count of values, and whether an operator has to come.
        let mut open: Vec<(Vec<u8>, usize, bool)> = vec![(vec![b'['], 0, false)];
        loop {
            let depth = open.len();
            let Some((operators, values, has_value)) = open.last_mut() else { return Ok(()) };
            if operators.len() > EXPRESSION_STACK_MAX
                || *values > EXPRESSION_STACK_MAX
                || depth > EXPRESSION_DEPTH_MAX
            {
                let what = "this expression in square brackets is deeper than Csound can read";
                return Err(self.fault(start, what, "write it with fewer brackets, or write its value"));
            }
            let byte = self.text.text.get(self.at).copied().ok_or(Stop::Csound)?;
            self.at += 1;
            match byte {
                b' ' => {}
                b'0'..=b'9' | b'.' if !*has_value => {
                    (*values, *has_value) = (*values + 1, true);
                    self.number()?;
                }
                b'+' | b'-' if !*has_value => {
                    (*values, *has_value) = (*values + 1, true);
                    self.number()?;
                }
                b'~' if !*has_value => (*values, *has_value) = (*values + 1, true),
                b'@' if !*has_value => {
                    (*values, *has_value) = (*values + 1, true);
                    while self.peek().is_some_and(|byte| byte == b'@' || byte.is_ascii_digit()) {
                        self.at += 1;
                    }
                }
                b'+' | b'-' => {
                    if !matches!(operators.last(), Some(b'[' | b'(')) {
                        operators.pop();
                        *values = values.saturating_sub(1);
                    }
                    operators.push(byte);
                    *has_value = false;
                }
                b'*' | b'/' | b'%' | b'&' | b'|' | b'#' if *has_value => {
                    let alike: &[u8] = if b"*/%".contains(&byte) { b"*/%" } else { b"&|#" };
                    if operators.last().is_some_and(|last| alike.contains(last)) {
                        operators.pop();
                        *values = values.saturating_sub(1);
                    }
                    operators.push(byte);
                    *has_value = false;
                }
                b'^' => {
                    operators.push(byte);
                    *has_value = false;
                }
                b'(' if !*has_value => operators.push(byte),
                b')' if *has_value => {
                    while let Some(operator) = operators.pop() {
                        match operator {
                            b'(' => break,
                            b'[' => return Err(Stop::Csound),
                            _ => *values = values.saturating_sub(1),
                        }
                    }
                }
                b'[' if !*has_value => open.push((vec![b'['], 0, false)),
                b']' if *has_value => {
                    if operators.contains(&b'(') {
                        return Err(Stop::Csound);
                    }
                    open.pop();
                    if let Some((_, values, has_value)) = open.last_mut() {
                        (*values, *has_value) = (*values + 1, true);
                    }
                }
                b'$' => {
                    open.pop();
                    return Ok(());
                }
                _ => return Err(Stop::Csound),
            }
        }
    }

    /// The rest of a number in an expression.
    fn number(&mut self) -> Result<(), Stop> {
        let start = self.at - 1;
        let digits = |reader: &mut Self, with_points: bool| {
            while reader.peek().is_some_and(|byte| byte.is_ascii_digit() || (with_points && byte == b'.')) {
                reader.at += 1;
            }
        };
        digits(self, true);
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            digits(self, false);
        }
        let length = self.at - start;
        if length > NUMBER_BYTES_MAX {
            let what =
                format!("a number of {length} digits in square brackets is longer than Csound can read");
            return Err(self.fault(start, what, "write it with 99 digits at most"));
        }
        Ok(())
    }
}
