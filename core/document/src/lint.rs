//! Texts that are known to crash or hang Csound itself, refused before it sees them.
//!
//! Each rule answers one measured crash; none is about style. A rule speaks only where it is sure: what it lets
//! through by mistake, the engine's builder and its probe still meet; what it refused by mistake, nobody could play.

use super::constants;
use super::instruments::logical_lines;
use super::long_options::CHANNELS_MAX;
use super::recursion;
use super::scan::{self, Place, Scan};
use super::sections::{Section, number, unclosed};
use ksmps_data::diagnostic::Diagnostic;

/// Adds an error for each text that must not reach Csound.
pub(super) fn check(
    orchestra: &Section,
    code: &Scan,
    score: Option<(&Section, &Scan)>,
    found: &mut Vec<Diagnostic>,
) {
    let line = |index: usize| orchestra.document_line(number(index));
    if let Some((place, index)) = code.open {
        let (what, closing) = match place {
            Place::Block => ("a comment /*", "*/"),
            Place::String => ("a string", "a quote"),
            Place::Long | Place::Code => ("a text {{", "}}"),
        };
        found.push(Diagnostic {
            line: Some(line(index)),
            source: None,
            ..unclosed(index, what, closing, "")
        });
    }
    for (index, statement) in logical_lines(&code.code) {
        found
            .extend(statement_error(&statement).map(|error| Diagnostic { line: Some(line(index)), ..error }));
    }
    if let Some(index) = open_definition(&orchestra.text, &code.code) {
        found.push(
            Diagnostic::error(line(index), "this #define is never closed")
                .with_remedy("write #define NAME #text# or #define NAME(A'B) #text#"),
        );
    }
    for (index, instrument) in high_numbers(&code.code) {
        found.push(
            Diagnostic::error(
                line(index),
                format!("instr {instrument} has too high a number for Csound, which crashes with it"),
            )
            .with_remedy(format!("use numbers up to {INSTRUMENT_MAX}, or a name")),
        );
    }
    for (index, what, remedy) in recursion::find(&orchestra.text, &code.code) {
        found.push(Diagnostic::error(line(index), what).with_remedy(remedy));
    }
    if let Some((score, code)) = score {
        check_score(score, &code.code, found);
    }
}

/// Csound keeps an instance's instrument in 16 bits, and gives opcodes numbers behind those of the instruments: from
/// 32,768 on, and with opcodes some hundreds earlier, playing one ends the process (measured, 6.18.1).
pub const INSTRUMENT_MAX: u32 = 32_000;

/// Instruments with numbers that Csound cannot hold, each with its line.
fn high_numbers(code: &str) -> Vec<(usize, String)> {
    let too_high =
        |name: &str| name.trim().parse::<f64>().is_ok_and(|number| number > f64::from(INSTRUMENT_MAX));
    let instruments = logical_lines(code).filter_map(|(index, statement)| {
        let names = statement.trim_start().strip_prefix("instr")?.to_owned();
        names.starts_with([' ', '\t']).then_some((index, names))
    });
    let all = instruments.filter_map(|(index, names)| {
        let name = names.split(',').find(|name| too_high(name))?;
        Some((index, name.trim().to_owned()))
    });
    all.collect()
}

/// What one statement of an orchestra must not be.
fn statement_error(statement: &str) -> Option<Diagnostic> {
    let statement = statement.trim();
    if statement.starts_with('#') {
        return None;
    }
    if constants::overflows(statement) {
        return Some(
            Diagnostic::error(
                None,
                "a constant here is infinite, which ends Csound when the line is reached",
            )
            .with_remedy("write a finite number, or put the divisor into a variable"),
        );
    }
    let arguments = |name: &str| {
        let behind = statement.strip_prefix(name)?;
        behind.starts_with([' ', '\t', '(', '=']).then(|| behind.trim())
    };
    if arguments("ctrlinit").is_some_and(|arguments| !arguments.contains(',')) {
        return Some(
            Diagnostic::error(None, "ctrlinit needs a channel and at least one controller with its value")
                .with_remedy("write ctrlinit 1, 7, 100"),
        );
    }
    let channels = arguments("nchnls")?.strip_prefix('=')?.trim().parse::<u32>().ok()?;
    (channels > CHANNELS_MAX).then(|| {
        Diagnostic::error(None, format!("{channels} channels are more than Csound can carry"))
            .with_remedy(format!("write nchnls = {CHANNELS_MAX} or less"))
    })
}

/// The line of a `#define` whose arguments or text are not closed, counted from 0.
fn open_definition(text: &str, code: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = code.get(at..)?.find('#') {
        let hash = at + found;
        at = hash + 1;
        let Some(behind) = code[at..].trim_start_matches([' ', '\t']).strip_prefix("define") else {
            continue;
        };
        // From here on Csound reads the text itself: comments and quotes mean nothing in a macro.
        let name = code.len() - behind.len();
        let Some(length) = definition_length(text.get(name..).unwrap_or("")) else {
            return Some(code[..hash].matches('\n').count());
        };
        at = name + length;
    }
    None
}

/// Length of `NAME(A'B) #text#`; what is no definition at all is left to Csound and has length 0.
fn definition_length(text: &str) -> Option<usize> {
    let rest = text.trim_start_matches([' ', '\t']);
    let mut rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if let Some(arguments) = rest.strip_prefix('(') {
        let end = arguments.find(|c: char| !(c.is_ascii_alphanumeric() || "_'# \t\n".contains(c)))?;
        rest = arguments[end..].strip_prefix(')')?;
    }
    loop {
        rest = rest.trim_start();
        rest = if rest.starts_with(';') || rest.starts_with("//") {
            &rest[rest.find('\n')?..]
        } else if rest.starts_with("/*") {
            &rest[rest.find("*/")? + 2..]
        } else {
            break;
        };
    }
    if rest.is_empty() {
        return None;
    }
    let Some(body) = rest.strip_prefix('#') else { return Some(0) };
    let mut escaped = false;
    let end = body.find(|c: char| {
        let ends = c == '#' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some(text.len() - body.len() + end + 1)
}

/// `b` and `v` without a value, and a section that repeats nothing but itself.
fn check_score(score: &Section, code: &str, found: &mut Vec<Diagnostic>) {
    let lines: Vec<&str> = code.split('\n').map(str::trim).collect();
    let mut marked = None;
    for (index, statement) in lines.iter().enumerate() {
        let line = score.document_line(number(index));
        let is_followed = || lines[index + 1..].iter().any(|later| !later.is_empty());
        if matches!(*statement, "b" | "v") && is_followed() {
            found.push(
                Diagnostic::error(line, format!("the score statement {statement} lacks its value"))
                    .with_remedy(format!("write {statement} 1, or take the line out")),
            );
        }
        let name = |letter: char| {
            let name = statement.strip_prefix(letter)?;
            scan::words(name).next().map(|(_, word)| word).filter(|_| name.starts_with([' ', '\t']))
        };
        if let (Some(repeated), Some(marked)) = (name('n'), marked)
            && repeated == marked
        {
            found.push(
                Diagnostic::error(line, format!("the section {marked} repeats itself without end"))
                    .with_remedy("put notes and an s between m and n"),
            );
        }
        if !statement.is_empty() {
            marked = name('m');
        }
    }
}
