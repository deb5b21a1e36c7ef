//! Live coding: code that is evaluated while it plays, and lines of score that are played at once.

use ksmps_core::document::{Document, Instrument, instruments_of};
use ksmps_core::engine::verbs::EventVerbs;
use ksmps_core::player::Control;
use ksmps_core::score::{Word, words};
use ksmps_core::verbs::{Arg, Instr, Sched};
use ksmps_editor::model::News;

use super::{done, failed};

/// Evaluates orchestra code: instruments take the place of those of the same name in the document; anything else is added
/// to the project's session. Either way another engine is built beside the playing one. `[control]`
pub(super) fn code(control: &Control, code: &str) -> News {
    let instruments = instruments_of(code);
    let project = control.project();
    if !instruments.is_empty() {
        let Ok(document) = project.document() else {
            return failed("the document has errors: mend them, or build the whole text");
        };
        if let Some((text, names)) = with_instruments(document, code, &instruments) {
            control.edit(text);
            return done(format!("evaluated {names}"));
        }
    }
    let what = if instruments.is_empty() { "the code was" } else { "the instrument is new: it was" };
    match control.compile(code) {
        Ok(_) => done(format!("{what} added to the project's session")),
        Err(error) => failed(format!("the code was not evaluated: {error}")),
    }
}

/// The document's text with these instruments of the code in the place of its own; `None` where one of them is not in it.
fn with_instruments(document: &Document, code: &str, instruments: &[Instrument]) -> Option<(String, String)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut text: Vec<String> = document.text.lines().map(str::to_owned).collect();
    let mut places = Vec::new();
    for instrument in instruments {
        let name = instrument.names.first()?;
        let old = document.instrument(name)?;
        // Of an included file: the line is not the text's own.
        let own = |line: u32| text.get(line as usize - 1).map(|line| line.trim_start());
        if !own(old.line)?.starts_with("instr") || !own(old.end_line)?.starts_with("endin") {
            return None;
        }
        let body = lines.get(instrument.line as usize - 1..instrument.end_line as usize)?;
        places.push((old.line as usize - 1..old.end_line as usize, body.join("\n"), name.as_str()));
    }
    places.sort_by_key(|(lines, ..)| lines.start);
    let names: Vec<&str> = places.iter().map(|(_, _, name)| *name).collect();
    let names = names.join(", ");
    // From the end on, so that the places before stay where they are.
    for (lines, body, _) in places.into_iter().rev() {
        text.splice(lines, [body]);
    }
    Some((text.join("\n") + "\n", names))
}

/// Plays lines of score from now on: `i "name" start length p4 …`. `[control]`
pub(super) fn score(control: &Control, lines: &str) -> News {
    let mut events = Vec::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(';')) {
        match event(line) {
            Ok(event) => events.push(event),
            Err(why) => return failed(format!("{line}: {why}")),
        }
    }
    for event in &events {
        if let Err(error) = control.sched(event) {
            return failed(error.to_string());
        }
    }
    match events.len() {
        0 => failed("write an event, such as i \"name\" 0 1 60"),
        1 => done("1 event plays"),
        count => done(format!("{count} events play")),
    }
}

/// A line of score as an event.
fn event(line: &str) -> Result<Sched, String> {
    let Some(rest) = line.strip_prefix('i') else {
        return Err("only i events can be played from here".to_owned());
    };
    let mut words =
        words(rest).map_err(|word| format!("{word} is no number and no text in quotes"))?.into_iter();
    let instr = match words.next() {
        Some(Word::Number(number)) => Instr::from(number),
        Some(Word::Text(name)) => Instr::from(name.as_str()),
        None => return Err("the instrument is missing".to_owned()),
    };
    let mut number = |what: &str, default: f64| match words.next() {
        None => Ok(default),
        Some(Word::Number(number)) => Ok(number),
        Some(Word::Text(text)) => Err(format!("{what} is to be a number, not \"{text}\"")),
    };
    let start = number("the start", 0.0)?;
    let dur = number("the length", 1.0)?;
    if start < 0.0 {
        return Err("an event cannot start before now".to_owned());
    }
    let args = words.map(|word| match word {
        Word::Number(number) => Arg::Number(number),
        Word::Text(text) => Arg::Text(text),
    });
    Ok(Sched::new(instr).delay(start).dur(dur).args(args))
}

#[cfg(test)]
mod tests {
    use ksmps_core::verbs::When;

    use super::*;

    #[test]
    fn a_line_of_score_is_an_event_from_now_on() {
        let played = event("i \"synth\" 0.5 2 60 \"a\"").unwrap();
        assert_eq!((played.instr, played.when, played.dur), (Instr::from("synth"), When::In(0.5), 2.0));
        assert_eq!(played.list, Some(vec![Arg::Number(60.0), Arg::Text("a".into())]));
        assert_eq!(event("i1").unwrap().dur, 1.0);
        for (line, why) in [
            ("f 1 0 8 10 1", "only i events"),
            ("i", "missing"),
            ("i 1 -1 2", "before now"),
            ("i 1 0 \"x\"", "length"),
            ("i 1 0 [1+1]", "[1+1]"),
        ] {
            assert!(event(line).unwrap_err().contains(why), "{line}: {:?}", event(line));
        }
    }

    #[test]
    fn an_instrument_takes_the_place_of_the_one_of_its_name() {
        let text = "ksmps = 32\ninstr a\nprint 1\nendin\n; between\ninstr 2\nendin\n";
        let document = Document::parse(text, None).unwrap();
        let placed = |code: &str| with_instruments(&document, code, &instruments_of(code));
        let (now, names) = placed("instr 2\nprint 4\nendin\ninstr a\nendin").unwrap();
        assert_eq!(now, "ksmps = 32\ninstr a\nendin\n; between\ninstr 2\nprint 4\nendin\n");
        assert_eq!(names, "a, 2");
        assert_eq!(placed("instr other\nendin"), None);
    }
}
