//! Instruments and opcodes that call themselves without a condition: Csound crashes or never comes back.
//!
//! Only what stands outside every condition counts, and a body is followed no further than its first jump or macro.

use std::borrow::Cow;

use super::instruments::logical_lines;
use super::scan;

/// Words behind which the order of statements is no longer that of the lines.
const JUMPS: [&str; 15] = [
    "goto", "igoto", "kgoto", "tigoto", "cigoto", "ckgoto", "cggoto", "cngoto", "cnkgoto", "rigoto",
    "timout", "reinit", "loop_lt", "loop_ge", "exitnow",
];

/// A definition: an instrument or an opcode.
struct Definition<'a> {
    kind: Kind,
    names: Vec<String>,
    /// An opcode's input types.
    inputs: String,
    /// Its statements and the lines at which they stand, counted from 0.
    statements: Vec<(usize, Cow<'a, str>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Instrument,
    Opcode,
}

/// The lines, counted from 0, at which something calls itself: what it is and what to do.
pub(super) fn find(text: &str, code: &str) -> Vec<(usize, String, &'static str)> {
    let definitions = definitions(code);
    let lines: Vec<&str> = text.split('\n').collect();
    let mut found = Vec::new();
    for definition in &definitions {
        for (index, statement, only_k) in unconditional(&definition.statements) {
            // Strings are masked in the code; names in them stand in the text at the same place.
            let original = lines.get(index).filter(|line| line.len() == statement.len()).copied();
            let original = original.unwrap_or(statement);
            let error = match definition.kind {
                Kind::Instrument if only_k => None,
                Kind::Instrument => instrument_error(definition, statement, original),
                Kind::Opcode => opcode_error(definition, &definitions, statement, code),
            };
            found.extend(error.map(|(what, remedy)| (index, what, remedy)));
        }
    }
    found
}

fn definitions(code: &str) -> Vec<Definition<'_>> {
    let mut definitions: Vec<Definition<'_>> = Vec::new();
    let mut inside = false;
    for (index, statement) in logical_lines(code) {
        let trimmed = statement.trim();
        let (word, rest) = trimmed.split_once([' ', '\t']).unwrap_or((trimmed, ""));
        let parts = || rest.split(',').map(|part| part.trim().trim_start_matches('+').to_owned());
        match word {
            "instr" => definitions.push(Definition {
                kind: Kind::Instrument,
                names: parts().collect(),
                inputs: String::new(),
                statements: Vec::new(),
            }),
            "opcode" => definitions.push(Definition {
                kind: Kind::Opcode,
                names: parts().next().into_iter().collect(),
                inputs: parts().nth(2).unwrap_or_default(),
                statements: Vec::new(),
            }),
            _ => {}
        }
        match (word, definitions.last_mut()) {
            ("instr" | "opcode", _) => inside = true,
            ("endin" | "endop", _) => inside = false,
            (_, Some(definition)) if inside => definition.statements.push((index, statement)),
            _ => {}
        }
    }
    definitions
}

/// Statements that run whenever the body is initialised, and whether they stand in a condition at control rate,
/// whose statements are initialised all the same.
fn unconditional<'a>(statements: &'a [(usize, Cow<'_, str>)]) -> Vec<(usize, &'a str, bool)> {
    let mut found = Vec::new();
    let mut conditions: Vec<bool> = Vec::new();
    for (index, statement) in statements {
        let words = || scan::words(statement).map(|(_, word)| word);
        let Some(first) = words().next() else { continue };
        if statement.bytes().any(|byte| matches!(byte, b'$' | b'#' | b'?'))
            || words().any(|word| JUMPS.contains(&word))
        {
            break;
        }
        match first {
            "if" => conditions.push(is_control_rate(&words().collect::<Vec<_>>())),
            "while" | "until" => conditions.push(false),
            "else" | "elseif" => {}
            "endif" | "fi" | "od" | "enduntil" | "endwhile" => drop(conditions.pop()),
            _ if conditions.iter().all(|only_k| *only_k) => {
                found.push((*index, &**statement, !conditions.is_empty()))
            }
            _ => {}
        }
    }
    found
}

/// Whether a condition is decided at control rate: it speaks of a k-variable, and not through i().
fn is_control_rate(words: &[&str]) -> bool {
    let is_k =
        |word: &&str| word.starts_with("gk") || (word.starts_with('k') && word.len() > 1 && *word != "kthen");
    words.iter().any(is_k) && !words.contains(&"i") && !words.contains(&"ithen")
}

fn instrument_error(
    definition: &Definition,
    statement: &str,
    original: &str,
) -> Option<(String, &'static str)> {
    let (at, call) = scan::words(statement)
        .find(|(_, word)| matches!(*word, "schedule" | "event_i" | "subinstr" | "subinstrinit"))?;
    let behind = original.get(at + call.len()..)?.trim_start();
    let behind = behind.split(';').next()?.trim_end().trim_start_matches('(').trim_end_matches(')');
    let mut arguments = behind.split(',').map(str::trim);
    if call == "event_i" && arguments.next()? != "\"i\"" {
        return None;
    }
    if !definition.names.iter().any(|name| is_itself(name, arguments.next().unwrap_or(""))) {
        return None;
    }
    let name = definition.names.join(", ");
    if call.starts_with("subinstr") {
        return Some((format!("instr {name} runs itself without end"), "call another instrument"));
    }
    let starts_now = arguments.next()?.parse::<f64>() == Ok(0.0);
    starts_now.then(|| {
        (
            format!("instr {name} starts itself at once, without end"),
            "start it later, or put the line between if … then and endif",
        )
    })
}

/// Whether an argument means the instrument of this name.
fn is_itself(name: &str, argument: &str) -> bool {
    match (name.parse::<f64>(), argument.parse::<f64>()) {
        (Ok(own), Ok(number)) => own == number.trunc() && number > 0.0,
        _ => {
            argument == "p1"
                || argument.strip_prefix('"').and_then(|quoted| quoted.strip_suffix('"')) == Some(name)
        }
    }
}

/// An opcode that hands its own types to itself. Others of the same name may be meant where there are any.
fn opcode_error(
    definition: &Definition,
    definitions: &[Definition],
    statement: &str,
    code: &str,
) -> Option<(String, &'static str)> {
    let name = definition.names.first()?;
    let namesakes =
        definitions.iter().filter(|other| other.kind == Kind::Opcode && other.names.first() == Some(name));
    if namesakes.count() > 1 || !definition.inputs.bytes().all(|kind| b"aikSf0".contains(&kind)) {
        return None;
    }
    let (at, _) = scan::words(statement).find(|(_, word)| word == name)?;
    let behind = statement[at + name.len()..].trim();
    let behind = behind.strip_prefix('(').map_or(behind, |inside| inside.strip_suffix(')').unwrap_or(inside));
    let arguments: Vec<&str> =
        if behind.is_empty() { Vec::new() } else { behind.split(',').map(str::trim).collect() };
    let kinds = definition.inputs.trim_matches('0').as_bytes();
    let is_same = arguments.len() == kinds.len()
        && arguments.iter().zip(kinds).all(|(argument, kind)| fits(argument, *kind));
    let own = definition
        .statements
        .iter()
        .flat_map(|(_, line)| scan::words(line))
        .filter(|(_, word)| word == name)
        .count();
    let is_called = scan::words(code).filter(|(_, word)| word == name).count() > own + 1;
    (is_same && is_called).then(|| {
        (
            format!("the opcode {name} calls itself without end"),
            "put the call between if … then and endif, at i-rate",
        )
    })
}

/// Whether an argument certainly is of a type.
fn fits(argument: &str, kind: u8) -> bool {
    let kinds: Vec<u8> = scan::words(argument)
        .filter(|(_, word)| !word.starts_with(|c: char| c.is_ascii_digit()))
        .map(|(_, word)| word.trim_start_matches('g').bytes().next().unwrap_or(b'g'))
        .collect();
    match kind {
        b'i' => kinds.iter().all(|kind| matches!(kind, b'i' | b'p')) && !argument.contains(['(', '[', '"']),
        _ => !kinds.is_empty() && kinds.iter().all(|own| *own == kind) && !argument.contains(['(', '[', '"']),
    }
}
