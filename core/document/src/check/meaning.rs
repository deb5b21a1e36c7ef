//! Statements that are right by their grammar, and crash Csound all the same.

use std::collections::HashSet;

use super::grammar::{Block, Statement};
use super::{Fault, Known};

/// The first letters of variables, behind a `g`; a name with another has no type. `t` is an array of an older Csound.
const TYPES: &[u8] = b"akiSfpwrcbBt";

/// All that is said in an orchestra.
#[derive(Default)]
pub(super) struct Said<'a> {
    pub statements: Vec<Statement<'a>>,
    /// Names and numbers of its instruments.
    pub instruments: HashSet<&'a [u8]>,
    /// Variables that stand before square brackets.
    pub arrays: HashSet<&'a [u8]>,
    /// The line of the first `p` without a number, and whether it may be a place to jump to.
    pub bare_p: Option<usize>,
    pub has_label_p: bool,
}

/// The first statement that must not reach Csound.
pub(super) fn fault(said: &Said<'_>, is_all: bool) -> Option<Fault> {
    if let Some(line) = said.bare_p.filter(|_| !said.has_label_p) {
        return Some(Fault::new(line, "this p has no number", "write p4 or another of the note's p-fields"));
    }
    said.statements.iter().find_map(|statement| {
        no_value(statement, said)
            .or_else(|| no_type(statement))
            .or_else(|| misplaced(statement))
            .or_else(|| score_line(statement))
            .or_else(|| missing_instrument(statement, said).filter(|_| is_all))
    })
}

/// `gSn =` at the end of a text, `k1 init`. With audio variables alone `init` makes silence.
fn no_value(statement: &Statement<'_>, said: &Said<'_>) -> Option<Fault> {
    let is_empty = match statement.operator {
        b"=" => true,
        b"init" => {
            let makes_silence = |target: &&[u8]| {
                target.strip_prefix(b"g").unwrap_or(target).starts_with(b"a") || said.arrays.contains(*target)
            };
            !statement.targets.is_empty() && !statement.targets.iter().all(makes_silence)
        }
        _ => false,
    };
    (is_empty && statement.argument_count == 0).then(|| {
        let what = format!("there is no value behind `{}`", String::from_utf8_lossy(statement.operator));
        Fault::new(statement.line, what, "write the value, or take the line out")
    })
}

/// A variable that is given a value and has no type.
fn no_type(statement: &Statement<'_>) -> Option<Fault> {
    if !statement.is_assignment {
        return None;
    }
    let has_type = |name: &[u8]| name.first().is_some_and(|letter| TYPES.contains(letter));
    let untyped = statement.targets.iter().find(|name| !has_type(name.strip_prefix(b"g").unwrap_or(name)))?;
    let name = String::from_utf8_lossy(untyped);
    Some(Fault::new(
        statement.line,
        format!("the variable {name} has no type"),
        format!("begin its name with a, k, i, S or f, or with g and one of these: k{name}"),
    ))
}

/// `xin` and `xout` outside an opcode.
fn misplaced(statement: &Statement<'_>) -> Option<Fault> {
    let is_opcodes = matches!(statement.operator, b"xin" | b"xout");
    (is_opcodes && statement.body != Some(Block::Opcode)).then(|| {
        let name = String::from_utf8_lossy(statement.operator);
        let what = format!("{name} stands outside an opcode");
        Fault::new(
            statement.line,
            what,
            "write it between opcode and endop; an instrument has p4, p5 and outs",
        )
    })
}

/// A score that stands in the orchestra: `scoreline_i {{ … }}`.
fn score_line(statement: &Statement<'_>) -> Option<Fault> {
    if !matches!(statement.operator, b"scoreline" | b"scoreline_i") {
        return None;
    }
    let text = String::from_utf8_lossy(statement.first_text?);
    let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let score = match quoted {
        Some(line) => line.replace("\\\"", "\"").replace("\\n", "\n"),
        None => text.strip_prefix("{{")?.strip_suffix("}}")?.to_owned(),
    };
    let fault = super::score(&format!("{score}\n"), &Known::unknown())?;
    Some(Fault { line: statement.line + if quoted.is_some() { 0 } else { fault.line }, ..fault })
}

/// `subinstr` of an instrument that does not exist.
fn missing_instrument(statement: &Statement<'_>, said: &Said<'_>) -> Option<Fault> {
    if !matches!(statement.operator, b"subinstr" | b"subinstrinit") {
        return None;
    }
    let number = statement.first_integer?;
    (!said.instruments.contains(number)).then(|| {
        let number = String::from_utf8_lossy(number);
        let what = format!(
            "{} asks for instr {number}, which does not exist",
            String::from_utf8_lossy(statement.operator)
        );
        Fault::new(statement.line, what, "name an instrument of this orchestra")
    })
}
