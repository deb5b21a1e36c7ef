//! An orchestra as Csound's parser sees it: macros in their places, comments and what `#ifdef` hides taken out.

use std::rc::Rc;

use super::Fault;
use super::macros::{Call, DefinitionFault, Macro, Macros, Reader, arguments, called, definition};

/// Deeper calls of macros Csound refuses.
const DEPTH_MAX: usize = 1_000;
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

fn open_condition(line: usize) -> Fault {
    Fault::new(line, "this #ifdef is never closed", "write #end where it ends")
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

    /// `{ COUNT NAME` and `}` of a score: what is repeated is read once, with the first count.
    fn repeated(&mut self) -> Result<(), Fault> {
        let rest = self.rest();
        if rest[0] == b'}' {
            if self.loops.pop().is_none() {
                return Err(Fault::new(
                    self.line,
                    "this } has no {",
                    "take it out, or write { 2 N before it",
                ));
            }
            self.skip(1);
            return Ok(());
        }
        let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let count = rest[1..end].trim_ascii_start();
        let digits = count.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_zero = count[..digits].iter().all(|&byte| byte == b'0');
        if is_zero && !matches!(count.first(), Some(b'$' | b'[')) {
            let what = "this { does not say how often it repeats";
            return Err(Fault::new(self.line, what, "write { 4 N: the count, and the name of its macro"));
        }
        let mut words = rest[1..end].split(|byte| matches!(byte, b' ' | b'\t'));
        let name = words.rfind(|word| word.first().is_some_and(u8::is_ascii_alphabetic));
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let name: Option<Vec<u8>> = name.map(|word| word.iter().copied().take_while(is_name).collect());
        if let Some(name) = name {
            self.macros.define_argument(name, b"0".to_vec());
        }
        self.loops.push(self.line);
        self.skip(end);
        Ok(())
    }

    fn comment(&mut self) {
        let rest = self.rest();
        let end = rest.iter().position(|&byte| byte == b'\n');
        let line = self.line;
        self.skip(end.map_or(rest.len(), |at| at + 1));
        self.expanded.push(b"\n", line);
    }

    /// `$NAME`, `$NAME.`, `$NAME(…)`.
    fn call(&mut self) -> Result<(), Fault> {
        let Some((name, length, has_bracket)) = called(&self.rest()[1..]) else {
            self.copy(1);
            return Ok(());
        };
        let (name, line) = (name.to_vec(), self.line);
        let found = self.macros.find(&name).cloned();
        self.skip(1 + length);
        let Some(found) = found else {
            self.expanded.is_complete &= self.knows_all;
            self.expanded.push(b"$error", line);
            return Ok(());
        };
        let is_bare = found.parameters.is_empty();
        if has_bracket && !is_bare && !self.define_arguments(&found, &name)? {
            return Ok(());
        }
        if self.sources.len() > DEPTH_MAX {
            let what = format!("the macro {} calls itself without end", shown(&name));
            return Err(Fault::new(line, what, "take its own name out of its text"));
        }
        self.sources.push(Source {
            reader: Reader::new(found.body),
            drops_macros: has_bracket && is_bare,
            is_orchestra: false,
        });
        Ok(())
    }

    /// Reads a call's arguments; whether they are complete.
    fn define_arguments(&mut self, called: &Macro, name: &[u8]) -> Result<bool, Fault> {
        let line = self.line;
        let before = self.reader().at;
        let is_score = self.dialect == Dialect::Score;
        let call = arguments(self.reader(), called.parameters.len(), is_score);
        let behind = self.reader().at;
        self.reader().at = before;
        let (arguments, errors) = match call {
            Call::Complete(arguments) => (arguments, 0),
            Call::Wrong { arguments, errors } => (arguments, errors),
            Call::Endless => return Err(call_fault(line, name, called.parameters.len())),
        };
        self.skip(behind - before);
        for (parameter, argument) in called.parameters.iter().zip(arguments) {
            self.macros.define_argument(parameter.clone(), argument);
        }
        for _ in 0..errors {
            self.expanded.push(b"$error", line);
        }
        if errors > 0 && !self.in_string && !is_score {
            return Err(call_fault(line, name, called.parameters.len()));
        }
        Ok(errors == 0)
    }

    /// What begins with `#`.
    fn directive(&mut self) -> Result<(), Fault> {
        let rest = self.rest();
        let blanks = 1 + rest[1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if rest[blanks..].starts_with(b"define") {
            self.skip(blanks + b"define".len());
            return self.define();
        }
        if rest.starts_with(b"#include") {
            self.include();
        } else if rest.starts_with(b"#undef") {
            self.undefine()?;
        } else if rest.starts_with(b"#ifdef") || rest.starts_with(b"#ifndef") {
            self.condition()?;
        } else if rest.starts_with(b"#else") && is_else(rest) {
            match self.conditions.last_mut() {
                Some((_, has_else)) if !*has_else => *has_else = true,
                _ => {
                    return Err(Fault::new(
                        self.line,
                        "this #else has no #ifdef",
                        "take it out, or write the #ifdef",
                    ));
                }
            }
            self.skip_hidden()?;
        } else if rest.starts_with(b"#end") {
            let length = if rest.starts_with(b"#endif") { 6 } else { 4 };
            if self.conditions.pop().is_none() {
                return Err(Fault::new(
                    self.line,
                    "this #end has no #ifdef",
                    "take it out, or write the #ifdef",
                ));
            }
            self.skip(length);
            self.expanded.push(b"\n", self.line);
        } else if rest.starts_with(b"#exit") {
            self.sources.clear();
        } else {
            self.copy(1);
        }
        Ok(())
    }

    fn define(&mut self) -> Result<(), Fault> {
        let (line, before) = (self.line, self.reader().at);
        let defined = definition(self.reader());
        let behind = self.reader().at;
        self.reader().at = before;
        self.skip(behind - before);
        match defined {
            Ok(defined) => {
                self.macros.define(defined);
                Ok(())
            }
            Err(fault) => Err(definition_fault(line, fault)),
        }
    }

    fn undefine(&mut self) -> Result<(), Fault> {
        let line = self.line;
        let rest = &self.rest()[b"#undef".len()..];
        let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let name: Vec<u8> = rest[..end]
            .iter()
            .copied()
            .skip_while(|byte| matches!(byte, b' ' | b'\t'))
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .collect();
        self.skip((b"#undef".len() + end + 1).min(self.rest().len()));
        if !self.macros.undefine(&name) && self.expanded.is_complete && self.knows_all {
            let what = format!("there is no macro {} to undefine", shown(&name));
            return Err(Fault::new(line, what, "take the line out, or write its #define before it"));
        }
        Ok(())
    }

    /// A file that was not found: what it defines is not known.
    fn include(&mut self) {
        let rest = self.rest();
        let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        self.skip(end);
        self.expanded.is_complete = false;
    }

    /// `#ifdef`, `#ifndef`.
    fn condition(&mut self) -> Result<(), Fault> {
        let rest = self.rest();
        let is_negated = rest.starts_with(b"#ifndef");
        let behind = &rest[if is_negated { 7 } else { 6 }..];
        let name: Vec<u8> = behind
            .iter()
            .copied()
            .skip_while(|byte| matches!(byte, b' ' | b'\t'))
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .collect();
        let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        self.conditions.push((self.line, false));
        let is_defined = self.macros.find(&name).is_some();
        let knows_all = self.knows_all && self.expanded.is_complete;
        if !is_defined && !knows_all {
            self.expanded.is_complete = false;
        }
        if is_defined != is_negated {
            self.skip(end);
            self.expanded.push(b"\n", self.line);
            return Ok(());
        }
        self.skip_hidden()
    }

    /// Passes over what a condition hides, up to its `#else` or `#end`.
    fn skip_hidden(&mut self) -> Result<(), Fault> {
        let mut depth = 0;
        loop {
            let rest = self.rest();
            let Some(end) = rest.iter().position(|&byte| byte == b'\n') else {
                let line = self.conditions.last().map_or(self.line, |&(line, _)| line);
                return Err(open_condition(line));
            };
            self.skip(end + 1);
            self.expanded.push(b"\n", self.line);
            let rest = self.rest();
            let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let Some(word) = rest[blanks..].strip_prefix(b"#") else { continue };
            let length = word.iter().take_while(|byte| byte.is_ascii_lowercase()).count().min(7);
            match &word[..length] {
                b"end" | b"endif" if depth == 0 => {
                    self.conditions.pop();
                    break;
                }
                b"end" | b"endif" => depth -= 1,
                b"ifdef" | b"ifndef" => depth += 1,
                b"else" if depth == 0 => {
                    if let Some((_, has_else)) = self.conditions.last_mut() {
                        *has_else = true;
                    }
                    break;
                }
                _ => {}
            }
        }
        let rest = self.rest();
        let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
        self.skip(end);
        Ok(())
    }
}

/// The fault of a definition that cannot be read.
pub(super) fn definition_fault(line: usize, fault: DefinitionFault) -> Fault {
    let remedy = "write #define NAME #text# or #define NAME(A'B) #text#";
    match fault {
        DefinitionFault::Open => Fault::new(line, "this #define is never closed", remedy),
        DefinitionFault::Malformed => {
            Fault::syntax(line, "this #define has no name, or no text between two #", remedy)
        }
    }
}

/// The fault of a call whose arguments are not those of its macro.
pub(super) fn call_fault(line: usize, name: &[u8], count: usize) -> Fault {
    let name = shown(name);
    let arguments: Vec<String> = (1..=count).map(|number| format!("arg{number}")).collect();
    Fault::new(
        line,
        format!(
            "the call of the macro {name} has not the {count} arguments that it takes, or an argument is too long"
        ),
        format!("write ${name}({}); ' stands between two arguments, ) behind the last", arguments.join("'")),
    )
}

/// A macro's name for people, without what Csound puts before arguments.
fn shown(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    name.rsplit('`').next().unwrap_or_default().to_owned()
}

/// Whether a byte may be more than itself to the preprocessor.
fn may_mean_more(byte: u8, is_score: bool) -> bool {
    matches!(byte, b'\n' | b'\\' | b';' | b'/' | b'"' | b'{' | b'$' | b'#')
        || (is_score && matches!(byte, b'c' | b'}'))
}

/// Whether nothing but a comment stands behind `#else` on its line.
fn is_else(rest: &[u8]) -> bool {
    let behind = rest[b"#else".len()..].iter().find(|byte| !matches!(byte, b' ' | b'\t'));
    matches!(behind, None | Some(b'\n' | b';'))
}

/// Length of `{{ … }}` as the preprocessor sees it.
fn long_string_length(rest: &[u8]) -> Option<usize> {
    let inside = rest.strip_prefix(b"{{")?;
    inside.windows(2).position(|pair| pair == b"}}").map(|at| at + 4)
}
