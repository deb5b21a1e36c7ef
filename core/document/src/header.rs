//! The parameters that an engine of this document will most likely have, told from the text alone.
//!
//! Hosts read names and values of a fresh instance long before they activate it, and some write back what they
//! read. Where the header sets a channel to a plain number (`chnset 0.5, "cutoff"`) or hints at one with plain
//! numbers (`chn_k "cutoff", 1, 2, 0.5, 0, 1`), the text says what Csound will say later. What is computed or hidden
//! in a macro is not known here; the engine has the last word on everything.

use super::directives::number;
use super::params::param_from_hint;
use super::scan::{self, Language};
use super::{Document, Section};
use ksmps_data::params::{Param, Target};

/// Bits of `chn_k`'s mode.
const READ_BY_ORCHESTRA: i32 = 1;
const WRITTEN_BY_ORCHESTRA: i32 = 2;

/// What a header says of a control channel.
enum Said {
    /// It is set, to a number or to what only Csound knows.
    Value { channel: String, value: Option<f64> },
    /// It has a hint, which is a parameter.
    Hint(Box<Param>),
}

/// The declared parameters and the hinted ones, with their defaults where the text has them, in the engine's order.
pub(super) fn params(document: &Document) -> Vec<Param> {
    let mut params = document.params.clone();
    let mut hinted: Vec<Param> = Vec::new();
    let mut values: Vec<(String, Option<f64>)> = Vec::new();
    let said = header(&document.orchestra);
    for said in said {
        match said {
            Said::Value { channel, value } => values.push((channel, value)),
            Said::Hint(hint) => match params.iter_mut().find(|param| param.target == hint.target) {
                Some(declared) => declared.default = declared.default.or(hint.default),
                None => hinted.push(*hint),
            },
        }
    }
    // Csound lists channels by name.
    hinted.sort_by(|a, b| channel(a).cmp(channel(b)));
    params.extend(hinted);
    // What the header writes holds, whatever a hint says; what a directive says holds over both.
    let declared =
        |param: &Param| document.params.iter().any(|own| own.name == param.name && own.default.is_some());
    for param in &mut params {
        let set = values.iter().rev().find(|(channel, _)| param.target == Target::Channel(channel.clone()));
        if let (Some((_, value)), false) = (set, declared(param)) {
            param.default = *value;
        }
    }
    params
}

/// The channels that a header sets.
pub(super) fn written(orchestra: &Section) -> Vec<String> {
    let channel = |said| match said {
        Said::Value { channel, .. } => Some(channel),
        Said::Hint(_) => None,
    };
    header(orchestra).into_iter().filter_map(channel).collect()
}

fn channel(param: &Param) -> &str {
    match &param.target {
        Target::Channel(name) => name,
        Target::Bus(_) | Target::Pfield { .. } => "",
    }
}

fn header(orchestra: &Section) -> Vec<Said> {
    let masked = scan::scan(&orchestra.text, Language::Orchestra).code;
    let mut inside = false;
    let mut said = Vec::new();
    for (code, text) in masked.split('\n').zip(orchestra.text.split('\n')) {
        let Some((at, word)) = scan::words(code).next() else { continue };
        match word {
            "instr" | "opcode" => inside = true,
            "endin" | "endop" => inside = false,
            "chnset" | "chn_k" if !inside && code[..at].trim().is_empty() => {
                let behind = at + word.len();
                let arguments = arguments(&code[behind..], &text[behind..]);
                said.extend(if word == "chnset" { value(&arguments) } else { hint(&arguments) });
            }
            _ => {}
        }
    }
    said
}

/// The arguments behind an opcode's name, as they are written; strings keep their quotes. The code is masked, as
/// long as the text.
fn arguments<'a>(code: &str, text: &'a str) -> Vec<&'a str> {
    let mut arguments = Vec::new();
    let mut from = 0;
    for (at, _) in code.match_indices(',').chain([(code.trim_end().len(), "")]) {
        arguments.push(text.get(from..at).unwrap_or_default().trim());
        from = at + 1;
    }
    arguments
}

fn quoted(argument: &str) -> Option<String> {
    argument.strip_prefix('"')?.strip_suffix('"').filter(|name| !name.contains('\\')).map(str::to_owned)
}

fn value(arguments: &[&str]) -> Option<Said> {
    let &[value, channel] = arguments else { return None };
    Some(Said::Value { channel: quoted(channel)?, value: number(value) })
}

fn hint(arguments: &[&str]) -> Option<Said> {
    let &[name, mode, kind, default, min, max, ref rest @ ..] = arguments else { return None };
    let (mode, kind): (i32, i32) = (mode.parse().ok()?, kind.parse().ok()?);
    if mode & READ_BY_ORCHESTRA == 0 && mode & WRITTEN_BY_ORCHESTRA != 0 {
        return None;
    }
    let attributes = rest.last().and_then(|last| quoted(last)).unwrap_or_default();
    let name = quoted(name)?;
    let hint = param_from_hint(&name, kind, number(default)?, number(min)?, number(max)?, &attributes);
    Some(Said::Hint(Box::new(hint)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(orchestra: &str) -> Vec<(String, Option<f64>)> {
        let document = Document::parse(orchestra, None).expect("it reads");
        params(&document).into_iter().map(|param| (param.name, param.default)).collect()
    }

    #[test]
    fn defaults_that_the_header_writes_as_numbers() {
        let cases = [
            (";@param a 0..1\nchnset 0.25, \"a\" ; so", Some(0.25)),
            (";@param a 0..1\n  chnset -1e-1,\"a\"", Some(-0.1)),
            (";@param a 0..1\nchnset 0.25, \"a\"\nchnset 0.5, \"a\"", Some(0.5)),
            (";@param a 0..1=0.75\nchnset 0.25, \"a\"", Some(0.75)),
            (";@param a 0..1\nchn_k \"a\", 3, 2, 0.5, 0, 2", Some(0.5)),
            ("chn_k \"a\", 3, 2, 0.5, 0, 1\nchnset 0.9, \"a\"", Some(0.9)),
            ("chnset 0, \"a\"\nchn_k \"a\", 3, 2, 0.5, 0, 1", Some(0.0)),
            (";@param a 0..1=0.75\nchn_k \"a\", 3, 2, 0.5, 0, 1\nchnset 0.9, \"a\"", Some(0.75)),
            // What only Csound knows.
            (";@param a 0..1\nchnset giHalf, \"a\"", None),
            (";@param a 0..1\n; chnset 0.5, \"a\"", None),
            (";@param a 0..1\ninstr 1\nchnset 0.5, \"a\"\nendin", None),
            (";@param a 0..1\nchnset 0.5, \"é\"\nchnset \"text\", \"a\"", None),
        ];
        for (orchestra, default) in cases {
            assert_eq!(declared(orchestra), [("a".to_owned(), default)], "{orchestra}");
        }
    }

    #[test]
    fn hints_follow_what_is_declared_by_name() {
        let orchestra = ";@param z 0..1=1\nchn_k \"c\", 1, 2, 0.5, 0, 1, 0, 0, 0, 0, \"name=See, you\"\n\
                         chn_k \"b\", 3, 3, 20, 10, 40\nchn_k \"meter\", 2, 2, 0, 0, 1\nchn_k \"plain\", 1\n\
                         chn_k \"macro\", 1, 2, $D, 0, 1";
        let names = [("z", Some(1.0)), ("b", Some(20.0)), ("c", Some(0.5))];
        assert_eq!(declared(orchestra), names.map(|(name, default)| (name.to_owned(), default)));
    }
}
