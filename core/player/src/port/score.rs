//! Lines of score in a packet: i statements, which start and stop instruments.

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::score::{Word, words};
use ksmps_data::verbs::{Arg, Instr, Sched};

use super::packet::refused;

/// What a line asks for.
#[derive(Debug, PartialEq)]
pub(super) enum Statement {
    /// Starts an instrument.
    Start(Sched),
    /// Stops an instrument, or one instance, after so many seconds.
    Stop(Instr, f64),
}

/// Reads all lines, each with its text; where one is refused, all are. `[any]`
pub(super) fn read(lines: &str) -> Result<Vec<(&str, Statement)>, Diagnostic> {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(';'));
    lines.map(|line| Ok((line, statement(line).map_err(|refusal| refusal.with_source(line))?))).collect()
}

fn statement(line: &str) -> Result<Statement, Diagnostic> {
    match line.chars().next() {
        Some('i') => event(&line[1..]),
        Some('e' | 's' | 'l') => Err(refused(
            "the performance is the host's to end",
            "stop an instrument with a negative p1: `i -1 0 0`, `i \"-name\" 0 0`",
        )),
        Some('f') => Err(refused(
            "a line of score makes no table while it plays",
            "make it with ftgen in the document",
        )),
        _ => Err(refused("only i statements are taken while it plays", "write `i 1 0 1 440`")),
    }
}

fn event(rest: &str) -> Result<Statement, Diagnostic> {
    const REMEDY: &str = "write an instrument, a delay and a length: `i 1 0 1 440`, `i \"name\" 0 1 440`";
    let mut words = words(rest)
        .map_err(|word| refused(format!("{word} is neither a number nor a text in quotes"), REMEDY))?
        .into_iter();
    let instr = words.next().ok_or_else(|| refused("there is no instrument", REMEDY))?;
    let mut seconds = |what: &str| match words.next() {
        Some(Word::Number(seconds)) => Ok(Some(seconds)),
        Some(Word::Text(text)) => Err(refused(format!("the {what} {text:?} is no number"), REMEDY)),
        None => Ok(None),
    };
    let (delay, dur) = (seconds("delay (p2)")?, seconds("length (p3)")?);
    let instr = match target(instr) {
        (instr, Way::Stop) => return Ok(Statement::Stop(instr, delay.unwrap_or(0.0))),
        (instr, Way::Start) => instr,
    };
    let (Some(delay), Some(dur)) = (delay, dur) else {
        return Err(refused("an event has a delay (p2) and a length (p3)", REMEDY));
    };
    let args = words.map(|word| match word {
        Word::Number(number) => Arg::Number(number),
        Word::Text(text) => Arg::Text(text),
    });
    Ok(Statement::Start(Sched::new(instr).delay(delay).dur(dur).args(args)))
}

enum Way {
    Start,
    Stop,
}

/// Whom p1 means, and what for: with a minus sign it stops.
fn target(p1: Word) -> (Instr, Way) {
    match p1 {
        Word::Number(p1) if p1 < 0.0 => (Instr::from(-p1), Way::Stop),
        Word::Number(p1) => (Instr::from(p1), Way::Start),
        Word::Text(name) => match name.strip_prefix('-') {
            Some(name) => (Instr::from(name), Way::Stop),
            None => (Instr::from(name), Way::Start),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Statement {
        let mut statements = read(line).unwrap();
        assert_eq!(statements.len(), 1, "{line}");
        statements.remove(0).1
    }

    #[test]
    fn events_and_stops() {
        let start = |instr: Instr, delay, dur| Sched::new(instr).delay(delay).dur(dur);
        let none: [f64; 0] = [];
        for (line, expected) in [
            ("i1 0 1 440", start(1.into(), 0.0, 1.0).args([440.0])),
            ("i 1.25 .5 -1 ; held", start(Instr::Instance(1.25), 0.5, -1.0).args(none)),
            ("i \"tone\" 0 2 1 -2", start("tone".into(), 0.0, 2.0).args([1.0, -2.0])),
            ("i \"tone.5\" 0 1 \"a b\"", start("tone.5".into(), 0.0, 1.0).args(["a b"])),
        ] {
            assert_eq!(one(line), Statement::Start(expected), "{line}");
        }
        for (line, target, delay) in [
            ("i -1 0 0", Instr::Number(1), 0.0),
            ("i-1.25 0.5 0", Instr::Instance(1.25), 0.5),
            ("i \"-tone\"", "tone".into(), 0.0),
            ("i \"-tone.5\" 2 0", "tone.5".into(), 2.0),
        ] {
            assert_eq!(one(line), Statement::Stop(target, delay), "{line}");
        }
    }

    #[test]
    fn blank_lines_and_comments_are_passed_over() {
        let all = read("\n i 1 0 1\n; nothing\n\n\ti 2 0 1\r\n").unwrap();
        assert_eq!(all.iter().map(|(line, _)| *line).collect::<Vec<_>>(), ["i 1 0 1", "i 2 0 1"]);
    }

    #[test]
    fn a_line_that_is_refused_is_named_and_nothing_of_its_packet_is_taken() {
        for line in [
            "e",
            "e 0 0",
            "s",
            "f 1 0 16 10 1",
            "t 0 60",
            "i",
            "i 1",
            "i 1 0",
            "i tone 0 1",
            "i 1 0 [2+1]",
            "i 1 \"now\" 1",
        ] {
            let refusal = read(&format!("i 1 0 1\n{line}")).unwrap_err();
            assert!(refusal.source.as_deref() == Some(line) && refusal.remedy.is_some(), "{refusal}");
        }
    }
}
