//! The instruments of an orchestra, found by reading its text.
//!
//! Only what the host has to know before a note starts: names, p-fields and whether a held note can work. Macros that
//! the text defines are expanded for it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::directives::number;
use super::macros;
use super::scan::{self, Scan};
use super::sections::Section;

/// One `instr … endin`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Instrument {
    /// Its names or numbers as text: `instr 1, lead` has two.
    pub names: Vec<String>,
    /// The document's line of `instr`.
    pub line: u32,
    /// The document's line of `endin`.
    pub end_line: u32,
    /// p-fields that are given a name (`kfreq = p4`), in the order of their numbers.
    pub pfields: Vec<PfieldName>,
    /// The highest p-field its text makes use of, at least 3.
    pub highest_pfield: usize,
    /// Values of `pset`, p1 first; empty without one.
    pub pset: Vec<f64>,
    /// The document's line at which p3 shapes the sound as an envelope's length.
    pub uses_p3_shape: Option<u32>,
    /// It is a session's template: `pset` holds its defaults, which every event has where it says nothing else.
    pub is_template: bool,
}

/// A variable that is given a p-field's value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PfieldName {
    /// As the instrument spells it: `kfreq`.
    pub name: String,
    /// Its number, 4 or higher.
    pub index: usize,
}

impl Instrument {
    /// Whether it is called so. `[any]`
    pub fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    /// The names that a p-field is given. `[any]`
    pub fn names_of(&self, pfield: usize) -> impl Iterator<Item = &str> {
        self.pfields.iter().filter(move |named| named.index == pfield).map(|named| named.name.as_str())
    }
}

/// Csound takes no more p-fields than this.
const PFIELD_MAX: usize = 1998;

/// Opcodes that take the length of a segment or of the note.
const ENVELOPES: [&str; 26] = [
    "linen", "linenr", "linseg", "linsegb", "linsegr", "expseg", "expsega", "expsegb", "expsegba", "expsegr",
    "cosseg", "cossegb", "cossegr", "transeg", "transegb", "transegr", "line", "expon", "adsr", "madsr",
    "xadsr", "mxadsr", "envlpx", "envlpxr", "bpf", "loopseg",
];

/// What makes a length fit for a held note: the writer has thought of it.
const GUARDS: [&str; 5] = ["abs", "limit", "max", "min", "if"];

/// Lists the instruments of an orchestra.
pub(super) fn read(section: &Section, scan: &Scan) -> Vec<Instrument> {
    let mut instruments = Vec::new();
    let mut open: Option<Body> = None;
    let mut in_opcode = false;
    for (index, code) in macros::statements(&scan.code) {
        let line = section.first_line.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
        let (word, rest) = first_word(&code);
        match word {
            "opcode" if open.is_none() => in_opcode = true,
            "endop" => in_opcode = false,
            "instr" if !in_opcode => {
                instruments.extend(open.take().map(|body| body.close(line)));
                open = Some(Body::new(rest, line));
            }
            "endin" => instruments.extend(open.take().map(|body| body.close(line))),
            _ => {
                if let Some(body) = &mut open {
                    body.statement(&code, line);
                }
            }
        }
    }
    instruments.extend(open.map(|body| body.close(u32::MAX)));
    instruments
}

/// Whether the header, outside all instruments, sets ksmps or kr.
pub(super) fn header_sets_ksmps(code: &str) -> bool {
    let mut inside = false;
    logical_lines(code).any(|(_, line)| {
        let (word, rest) = first_word(&line);
        match word {
            "instr" | "opcode" => inside = true,
            "endin" | "endop" => inside = false,
            _ => {}
        }
        !inside && matches!(word, "ksmps" | "kr") && rest.trim_start().starts_with('=')
    })
}

/// Lines, those that end in a backslash joined with what follows; each with its first line's index.
pub(super) fn logical_lines(code: &str) -> impl Iterator<Item = (usize, Cow<'_, str>)> {
    let mut lines = code.split('\n').enumerate();
    std::iter::from_fn(move || {
        let (first, line) = lines.next()?;
        let mut whole = Cow::Borrowed(line);
        while let Some(before) = whole.trim_end().strip_suffix('\\') {
            let Some((_, next)) = lines.next() else { break };
            whole = Cow::Owned(format!("{before} {next}"));
        }
        Some((first, whole))
    })
}

fn first_word(code: &str) -> (&str, &str) {
    let code = code.trim_start();
    let end = code.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_'));
    code.split_at(end.unwrap_or(code.len()))
}

/// An instrument whose `endin` has not come yet.
struct Body {
    instrument: Instrument,
    /// Variables that hold p3 or something made of it.
    lengths: Vec<String>,
    /// p3 is given a value of its own, so a held note has a length.
    sets_p3: bool,
}

impl Body {
    fn new(names: &str, line: u32) -> Self {
        let names = names.split(',').map(|name| name.trim().trim_start_matches('+').trim().to_owned());
        let names = names.filter(|name| !name.is_empty()).collect();
        Self {
            instrument: Instrument { names, line, highest_pfield: 3, ..Instrument::default() },
            lengths: vec!["p3".to_owned()],
            sets_p3: false,
        }
    }

    fn close(mut self, end_line: u32) -> Instrument {
        self.instrument.end_line = end_line;
        self.instrument.pfields.sort_by_key(|pfield| pfield.index);
        self.instrument
    }

    fn statement(&mut self, code: &str, line: u32) {
        for (_, word) in scan::words(code) {
            self.uses(pfield_index(word).unwrap_or(0));
        }
        let (word, rest) = first_word(code);
        if word == "pset" {
            self.instrument.pset = rest.split(',').map(|value| number(value.trim()).unwrap_or(0.0)).collect();
            self.uses(self.instrument.pset.len());
        }
        if let Some((target, value)) = assignment(code) {
            if let Some(index) = pfield_index(value).filter(|index| *index > 3) {
                self.name(target, index);
            }
            self.length(target, value);
        }
        if let Some((targets, arguments)) = code.split_once(" passign") {
            let start = arguments.split(',').next().and_then(|first| first.trim().parse().ok()).unwrap_or(1);
            for (index, target) in (start..).zip(targets.split(',').map(str::trim)) {
                if index > 3 && index <= PFIELD_MAX && is_variable(target) {
                    self.name(target, index);
                    self.uses(index);
                }
            }
        }
        if self.instrument.uses_p3_shape.is_none() && !self.sets_p3 && self.is_shaped_by_length(code) {
            self.instrument.uses_p3_shape = Some(line);
        }
    }

    fn uses(&mut self, index: usize) {
        if index <= PFIELD_MAX {
            self.instrument.highest_pfield = self.instrument.highest_pfield.max(index);
        }
    }

    fn name(&mut self, name: &str, index: usize) {
        let pfields = &mut self.instrument.pfields;
        if !pfields.iter().any(|pfield| pfield.name == name) {
            pfields.push(PfieldName { name: name.to_owned(), index });
        }
    }

    /// Follows p3 into variables.
    fn length(&mut self, target: &str, value: &str) {
        let guarded = value.contains('?') || scan::words(value).any(|(_, word)| GUARDS.contains(&word));
        let from_length = self.speaks_of_length(value);
        if target == "p3" {
            self.sets_p3 |= guarded || !from_length;
        } else if from_length && !guarded && target.starts_with('i') {
            self.lengths.push(target.to_owned());
        }
    }

    fn speaks_of_length(&self, code: &str) -> bool {
        scan::words(code).any(|(_, word)| self.lengths.iter().any(|length| length == word))
    }

    /// An envelope over p3, or something that runs once in p3.
    fn is_shaped_by_length(&self, code: &str) -> bool {
        let mut has_envelope = false;
        scan::words(code).any(|(at, word)| {
            has_envelope |= ENVELOPES.contains(&word);
            let is_length = self.lengths.iter().any(|length| length == word);
            is_length && (has_envelope || code[..at].trim_end().ends_with('/'))
        })
    }
}

/// `target = value` or `target init value`, with one target and the value as it stands.
fn assignment(code: &str) -> Option<(&str, &str)> {
    let code = code.trim();
    let (target, rest) = first_word(code);
    let rest = rest.trim_start();
    // `kfreq:k = p4`
    let rest = rest.strip_prefix(':').map_or(rest, |typed| first_word(typed).1.trim_start());
    let value = match rest.strip_prefix('=') {
        Some(value) if !value.starts_with('=') => value,
        Some(_) => return None,
        None => rest.strip_prefix("init").filter(|value| value.starts_with([' ', '\t']))?,
    };
    is_variable(target).then_some((target, value.trim()))
}

fn is_variable(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The number of `p4`.
pub(super) fn pfield_index(word: &str) -> Option<usize> {
    word.strip_prefix('p')?.parse().ok().filter(|index| (1..=PFIELD_MAX).contains(index))
}
