//! `<KsmpsSession>`: templates and standing events in a document.
//!
//! ```text
//! section  = {template | sched | blank | comment}
//! template = "template" NAME ["priority=" n] line-end {line of the body} "endtemplate"
//! sched    = "sched" NAME {"at=" | "dur=" | "priority=" | argument "=" value} line-end
//! ```
//!
//! The csound command line does not read the section, so the rest of the document stays plain Csound. What templates
//! mean is known to `session`; here they are found, and shown to the rules of notes and parameters as instruments.

use super::directives::{self, Item, Value};
use super::instruments::{Instrument, PfieldName};
use super::scan::{self, Language, Place};
use super::sections::Section;
use crate::Registered;
use ksmps_data::args::{ArgKind, ArgPlace, ArgValue};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::sched::Sched;
use ksmps_data::template::{Template, TemplateError};

/// A template that a document declares.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentTemplate {
    /// The template.
    pub template: Template,
    /// Where its notes are evaluated: 1 is the first priority, -1 the last.
    pub priority: i32,
    /// How it looks to notes and parameters: its name, its p-fields and their defaults.
    pub instrument: Instrument,
    /// The document's line at which its body begins.
    pub body_line: u32,
}

/// An event that a document schedules.
#[derive(Debug, Clone, PartialEq)]
pub struct StandingEvent {
    /// The event.
    pub sched: Sched,
    /// The document's line.
    pub line: u32,
}

/// What the section holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct SessionSection {
    pub templates: Vec<DocumentTemplate>,
    pub events: Vec<StandingEvent>,
}

const TEMPLATE: &str = "template";
const END: &str = "endtemplate";
const SCHED: &str = "sched";

/// Reads the section; what cannot be read is an error.
pub(super) fn read(section: &Section, found: &mut Vec<Diagnostic>) -> SessionSection {
    let lines: Vec<&str> = section.text.split('\n').collect();
    let code = uncommented(&lines, section, found);
    let mut read = SessionSection::default();
    let mut at = 0;
    while at < lines.len() {
        let line = section.document_line(at as u32 + 1);
        let (word, rest) = first_word(&code[at]);
        match word {
            "" => at += 1,
            TEMPLATE => {
                let end = end_of_body(&lines, at + 1);
                let body = lines[at + 1..end.unwrap_or(lines.len())].join("\n");
                match end {
                    None => found.push(unclosed(line, lines[at])),
                    Some(_) => match template(rest, body, line) {
                        Ok(template) => read.templates.push(template),
                        Err(diagnostics) => found.extend(diagnostics),
                    },
                }
                at = end.map_or(lines.len(), |end| end + 1);
            }
            SCHED => {
                match sched(rest) {
                    Ok(sched) => read.events.push(StandingEvent { sched, line }),
                    Err(reason) => found.push(refused(line, lines[at], &reason, SCHED_REMEDY)),
                }
                at += 1;
            }
            other => {
                let reason = format!("`{other}` means nothing in <KsmpsSession>");
                found.push(refused(line, lines[at], &reason, SECTION_REMEDY));
                at += 1;
            }
        }
    }
    same_names(&read.templates, found);
    read
}

/// The lines without their comments; one that is never closed is an error.
fn uncommented(lines: &[&str], section: &Section, found: &mut Vec<Diagnostic>) -> Vec<String> {
    let mut place = Place::Code;
    let code = lines.iter().map(|line| scan::uncommented(line, &mut place, Language::Orchestra)).collect();
    let open = scan::scan(&section.text, Language::Orchestra).open;
    if let Some((_, line)) = open.filter(|(place, _)| *place == Place::Block) {
        let at = section.document_line(line as u32 + 1);
        let reason = "a comment /* is opened here and never closed";
        found.push(refused(at, lines[line], reason, "add */ where it ends"));
    }
    code
}

const SECTION_REMEDY: &str = "write template NAME, the body and endtemplate, or sched NAME argument=value; what is \
                              plain Csound belongs into <CsInstruments>";
const TEMPLATE_REMEDY: &str = "write template NAME priority=2 on a line of its own";
const SCHED_REMEDY: &str = "write sched NAME at=0 dur=-1 priority=2 kwet=0.3 Smode=\"low\"";

fn refused(line: u32, source: &str, reason: &str, remedy: &str) -> Diagnostic {
    Diagnostic::error(line, reason).with_source(source).with_remedy(remedy)
}

fn unclosed(line: u32, source: &str) -> Diagnostic {
    refused(line, source, "this template has no endtemplate", "write endtemplate on a line behind its body")
}

fn first_word(line: &str) -> (&str, &str) {
    let line = line.trim_start();
    let end = line.find(|c: char| c.is_whitespace()).unwrap_or(line.len());
    line.split_at(end)
}

/// The line of the `endtemplate` that stands in code.
fn end_of_body(lines: &[&str], from: usize) -> Option<usize> {
    let mut place = Place::Code;
    (from..lines.len()).find(|&line| {
        let in_code = place == Place::Code;
        let (code, _) = scan::mask(lines[line], &mut place, Language::Orchestra);
        in_code && first_word(&code).0 == END
    })
}

fn same_names(templates: &[DocumentTemplate], found: &mut Vec<Diagnostic>) {
    for (at, one) in templates.iter().enumerate() {
        let name = &one.template.name;
        if templates[..at].iter().any(|known| known.template.name == *name) {
            let reason = format!("there are two templates of the name {name}");
            found.push(
                Diagnostic::error(one.instrument.line, reason).with_remedy("give one of them another name"),
            );
        }
    }
}

/// A template's first line and its body.
fn template(head: &str, body: String, line: u32) -> Result<DocumentTemplate, Vec<Diagnostic>> {
    let wrong = |reason: &str| vec![refused(line, &format!("{TEMPLATE}{head}"), reason, TEMPLATE_REMEDY)];
    let mut items = directives::items_or_words(head);
    let Some(Ok(Item::Word(name))) = items.next() else {
        return Err(wrong("a template needs a name, which is one word"));
    };
    let mut priority = 1;
    for item in items {
        match item.map_err(|word| wrong(&not_understood(&word)))? {
            Item::Assign { key, value } if key == "priority" => {
                priority = whole(&value).ok_or_else(|| wrong("a priority is a whole number"))?;
            }
            other => {
                let reason = format!("{} does not belong here", directives::written(&other));
                return Err(wrong(&reason));
            }
        }
    }
    let template = Template::new(name, body);
    let lines = template.body.lines().count() as u32;
    let registered = Registered::read(template).map_err(|error| in_document(error, line + 1))?;
    let mut instrument = seen_as_instrument(&registered);
    (instrument.line, instrument.end_line) = (line, line + lines + 1);
    Ok(DocumentTemplate {
        template: registered.template().clone(),
        priority,
        instrument,
        body_line: line + 1,
    })
}

fn not_understood(word: &str) -> String {
    format!("`{word}` is not understood: write name=value without spaces")
}

fn whole(value: &Value) -> Option<i32> {
    match value {
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 1e6 => Some(*number as i32),
        _ => None,
    }
}

/// What is wrong with a template, in lines of the document, which has its body from `body_line` on. `[any]`
pub(crate) fn in_document(error: TemplateError, body_line: u32) -> Vec<Diagnostic> {
    match error {
        TemplateError::Body { template, line, reason, source_line } => {
            let at = (body_line + line as u32).saturating_sub(1);
            vec![Diagnostic::error(at, format!("template {template}: {reason}")).with_source(&source_line)]
        }
        TemplateError::Compile { diagnostics, .. } => lines_of_document(diagnostics, body_line),
    }
}

/// Diagnostics of a template's body in lines of the document, which has the body from `body_line` on. `[any]`
pub fn lines_of_document(mut diagnostics: Vec<Diagnostic>, body_line: u32) -> Vec<Diagnostic> {
    for one in &mut diagnostics {
        one.line = one.line.map(|line| (body_line + line).saturating_sub(1));
    }
    diagnostics
}

/// A template as notes and parameters see instruments: p-fields with names and defaults.
pub fn seen_as_instrument(registered: &Registered) -> Instrument {
    let mut pset = vec![0.0; 4];
    // p4 of an event without named controls.
    pset[3] = -1.0;
    let mut pfields = Vec::new();
    for arg in registered.args() {
        let ArgPlace::Field(index) = arg.place else { continue };
        if let (ArgValue::Number(default), true) = (&arg.default, arg.kind != ArgKind::Text) {
            pset.resize(pset.len().max(index), 0.0);
            pset[index - 1] = *default;
        }
        pfields.push(PfieldName { name: arg.name.clone(), index });
    }
    Instrument {
        names: vec![registered.template().name.clone()],
        pfields,
        highest_pfield: registered.highest_field().max(4),
        pset,
        is_template: true,
        ..Instrument::default()
    }
}

/// What stands behind `sched`.
fn sched(text: &str) -> Result<Sched, String> {
    let mut items = directives::items_or_words(text);
    let Some(Ok(Item::Word(name))) = items.next() else { return Err("sched needs a template's name".into()) };
    let mut sched = Sched::new(name);
    for item in items {
        let item = item.map_err(|word| not_understood(&word))?;
        let Item::Assign { key, value } = item else {
            return Err(format!("{} is no argument", directives::written(&item)));
        };
        let number = || match value {
            Value::Number(number) => Ok(number),
            _ => Err(format!("{key} is a number")),
        };
        sched = match key.as_str() {
            "at" => sched.at(number()?),
            "dur" => sched.dur(number()?),
            "priority" => sched.priority(whole(&value).ok_or("a priority is a whole number")?),
            _ => match &value {
                Value::Number(number) => sched.with(&key, *number),
                Value::Text(text) => sched.with(&key, text.as_str()),
                _ => return Err(format!("{key} is a number or a \"text\"")),
            },
        };
    }
    Ok(sched)
}
