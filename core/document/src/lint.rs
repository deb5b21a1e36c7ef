//! Texts that are known to crash or hang Csound itself, refused before it sees them.
//!
//! Each rule answers one measured crash; none is about style. A rule speaks only where it is sure: what it lets
//! through by mistake, the engine's builder and its probe still meet; what it refused by mistake, nobody could play.

use super::check::{self, Known};
use super::constants::{self, ConstantFault};
use super::instruments::logical_lines;
use super::long_options::CHANNELS_MAX;
use super::recursion;
use super::scan::{Place, Scan};
use super::sections::{Section, number, unclosed};
use ksmps_data::diagnostic::Diagnostic;

/// What the checks found besides errors.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// What is wrong with the orchestra by its grammar.
    pub syntax: Option<Diagnostic>,
    /// It defines macros and says nothing else.
    pub has_only_macros: bool,
}

/// Adds an error for each text that must not reach Csound.
pub(super) fn check(
    orchestra: &Section,
    code: &Scan,
    known: &Known,
    score: Option<&Section>,
    found: &mut Vec<Diagnostic>,
) -> Checked {
    let mut checked = Checked::default();
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
    // What is open hides the rest: then there is nothing to read.
    if code.open.is_none() {
        match check::orchestra(&orchestra.text, known) {
            Ok(has_code) => checked.has_only_macros = !has_code,
            Err(fault) => {
                let error = Diagnostic::error(line(fault.line), fault.what).with_remedy(fault.remedy);
                if fault.is_syntax { checked.syntax = Some(error) } else { found.push(error) }
            }
        }
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
    if let Some(score) = score
        && let Some(fault) = check::score(&score.text, known)
    {
        let line = score.document_line(number(fault.line));
        found.push(Diagnostic::error(line, fault.what).with_remedy(fault.remedy));
    }
    checked
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
    match constants::fault(statement) {
        Some(ConstantFault::Infinite) => {
            let what = "a constant here is infinite, which ends Csound when the line is reached";
            let remedy = "write a finite number, or put the divisor into a variable";
            return Some(Diagnostic::error(None, what).with_remedy(remedy));
        }
        Some(ConstantFault::ZeroDivisor) => {
            let what = "this divides by zero: an oscillator with an infinite frequency ends Csound";
            return Some(Diagnostic::error(None, what).with_remedy("write a divisor that is not zero"));
        }
        None => {}
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
