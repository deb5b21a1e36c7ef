//! An orchestra as Csound's parser sees it: macros in their places, comments and what `#ifdef` hides taken out.

mod calls;
mod directives;
mod loops;

use std::rc::Rc;

use super::Fault;
use super::macros::{Macros, Reader};
use directives::open_condition;

/// A text that grows beyond this is left to Csound.
const BYTES_MAX: usize = 1 << 24;

/// The expanded text.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    pub text: Vec<u8>,
    /// The line of the original, counted from 0, at which each line-wise stretch of the text begins: the byte, the line.
    stretches: Vec<(usize, usize)>,
    /// Whether all of it is known: no file and no macro is missing that may be defined elsewhere.
    pub is_complete: bool,
}

impl Expanded {
    /// The original's line of a byte, counted from 0.
    pub fn line(&self, byte: usize) -> usize {
        let behind = self.stretches.partition_point(|&(start, _)| start <= byte);
        self.stretches[..behind].last().map_or(0, |&(_, line)| line)
    }

    fn push(&mut self, bytes: &[u8], line: usize) {
        if self.stretches.last().is_none_or(|&(_, last)| last != line) {
            self.stretches.push((self.text.len(), line));
        }
        self.text.extend_from_slice(bytes);
    }
}

/// Which of Csound's two preprocessors is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Orchestra,
    Score,
}

/// A text that is being read: the orchestra itself, a macro's, a file's.
struct Source {
    reader: Reader,
    /// Behind its end Csound takes definitions away.
    drops_macros: bool,
    /// Lines of it are lines of the orchestra.
    is_orchestra: bool,
}

struct Expander<'a> {
    sources: Vec<Source>,
    dialect: Dialect,
    macros: &'a mut Macros,
    knows_all: bool,
    expanded: Expanded,
    /// The line of the orchestra, counted from 0.
    line: usize,
    in_string: bool,
    /// The lines of the loops of a score that are open.
    loops: Vec<usize>,
    /// The lines of the conditions that are open, and whether their `#else` has come.
    conditions: Vec<(usize, bool)>,
}

/// Expands a text. `macros` are those that are defined already, and afterwards those that are then. Where not
/// `knows_all`, a macro that is not defined here may be defined elsewhere.
pub(super) fn expand(
    text: &str,
    dialect: Dialect,
    macros: &mut Macros,
    knows_all: bool,
) -> Result<Expanded, Fault> {
    let orchestra = Source {
        reader: Reader::new(Rc::from([text.as_bytes(), b"\n"].concat())),
        drops_macros: false,
        is_orchestra: true,
    };
    let expanded = Expanded { is_complete: true, ..Expanded::default() };
    let mut expander = Expander {
        sources: vec![orchestra],
        dialect,
        macros,
        knows_all,
        expanded,
        line: 0,
        in_string: false,
        loops: Vec::new(),
        conditions: Vec::new(),
    };
    while expander.step()? {}
    if let Some(&line) = expander.loops.last() {
        let what = "this { is never closed: what stands behind it is not played";
        return Err(Fault::new(line, what, "write } on a line of its own behind what is repeated"));
    }
    match expander.conditions.last() {
        Some(&(line, _)) => Err(open_condition(line)),
        None => Ok(expander.expanded),
    }
}

impl Expander<'_> {
    /// Reads one thing; whether there is more.
    fn step(&mut self) -> Result<bool, Fault> {
        let Some(source) = self.sources.last() else { return Ok(false) };
        let rest = source.reader.rest();
        let Some(&first) = rest.first() else {
            let ended = self.sources.pop();
            if ended.is_some_and(|source| source.drops_macros) {
                self.macros.drop_newest();
            }
            return Ok(true);
        };
        if self.expanded.text.len() > BYTES_MAX {
            self.expanded.is_complete = false;
            self.sources.clear();
            return Ok(false);
        }
        let is_score = self.dialect == Dialect::Score;
        match first {
            b'\n' => self.copy(1),
            b'\\' => self.backslash(),
            b';' if !self.in_string => self.comment(),
            b'c' if is_score && !self.in_string => self.comment(),
            b'{' | b'}' if is_score => self.repeated()?,
            b'/' if !self.in_string && rest.starts_with(b"//") => self.comment(),
            b'/' if !self.in_string && rest.starts_with(b"/*") => {
                let length =
                    rest.windows(2).skip(2).position(|pair| pair == b"*/").map_or(rest.len(), |at| at + 4);
                self.skip(length);
            }
            b'"' => {
                self.in_string = !self.in_string;
                self.copy(1);
            }
            b'{' if !self.in_string => {
                let length = long_string_length(rest).unwrap_or(1);
                self.copy(length);
            }
            b'$' => self.call()?,
            b'#' if !self.in_string => self.directive()?,
            _ => {
                let plain = rest[1..].iter().position(|&byte| may_mean_more(byte, is_score));
                self.copy_in_line(plain.map_or(rest.len(), |plain| 1 + plain));
            }
        }
        Ok(true)
    }

    fn reader(&mut self) -> &mut Reader {
        // PANIC: `step` looked at the last source and nothing has taken it away.
        &mut self.sources.last_mut().expect("a source is being read").reader
    }

    fn rest(&self) -> &[u8] {
        self.sources.last().map_or(&[], |source| source.reader.rest())
    }

    /// Passes over bytes, counting lines.
    fn skip(&mut self, length: usize) {
        let Some(source) = self.sources.last_mut() else { return };
        if source.is_orchestra {
            let skipped = &source.reader.rest()[..length];
            self.line += skipped.iter().filter(|&&byte| byte == b'\n').count();
        }
        source.reader.at += length;
    }

    /// As `copy`, for bytes without a line end.
    fn copy_in_line(&mut self, length: usize) {
        let Some(source) = self.sources.last_mut() else { return };
        self.expanded.push(&source.reader.rest()[..length], self.line);
        source.reader.at += length;
    }

    fn copy(&mut self, length: usize) {
        let Some(source) = self.sources.last() else { return };
        let bytes = &source.reader.rest()[..length];
        let mut line = self.line;
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.expanded.push(piece, line);
            line += usize::from(source.is_orchestra);
        }
        self.skip(length);
    }

    /// A line that goes on in the next one, or an escaped byte.
    fn backslash(&mut self) {
        let rest = self.rest();
        let blanks = 1 + rest[1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let end = match rest.get(blanks) {
            Some(b'\n') => Some(blanks + 1),
            Some(b';') => rest[blanks..].iter().position(|&byte| byte == b'\n').map(|at| blanks + at + 1),
            _ => None,
        };
        match end {
            Some(length) => {
                self.skip(length);
                self.expanded.push(b" ", self.line);
            }
            None => self.copy(rest.len().min(2)),
        }
    }

    fn comment(&mut self) {
        let rest = self.rest();
        let end = rest.iter().position(|&byte| byte == b'\n');
        let line = self.line;
        self.skip(end.map_or(rest.len(), |at| at + 1));
        self.expanded.push(b"\n", line);
    }
}

/// Whether a byte may be more than itself to the preprocessor.
fn may_mean_more(byte: u8, is_score: bool) -> bool {
    matches!(byte, b'\n' | b'\\' | b';' | b'/' | b'"' | b'{' | b'$' | b'#')
        || (is_score && matches!(byte, b'c' | b'}'))
}

/// Length of `{{ … }}` as the preprocessor sees it.
fn long_string_length(rest: &[u8]) -> Option<usize> {
    let inside = rest.strip_prefix(b"{{")?;
    inside.windows(2).position(|pair| pair == b"}}").map(|at| at + 4)
}
