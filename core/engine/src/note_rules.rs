//! The document's note rules in an engine, and what is said where notes find none.

use ksmps_csound::Running;
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::params::{Param, Target};
use ksmps_document::{Instrument, NoteRule, Notes};

use super::NoteInput;
use super::filling::{BoundRule, NOTE_PFIELDS_MAX};
use super::named::Named;

/// The document's note rules with the numbers of their instruments. `[control]`
pub(super) fn bind(
    running: &mut Running,
    named: Named<'_>,
    params: &[(Option<usize>, Param)],
    diagnostics: &mut Vec<Diagnostic>,
) -> (NoteInput, Vec<BoundRule>) {
    let rules = match &named.document.notes {
        Notes::Midi => return (NoteInput::Midi, Vec::new()),
        Notes::Off | Notes::Undeclared => return (NoteInput::None, Vec::new()),
        Notes::Sched(rules) => rules,
    };
    let mut bound = Vec::new();
    for rule in rules {
        let Some(instrument) = named.number(running, &rule.instrument) else {
            let text = format!("notes ask for the instrument {}, which does not exist", rule.instrument);
            let remedy = "name an instrument of the orchestra in ;@notes";
            let warning = Diagnostic::warning(rule.line, text).with_remedy(remedy);
            diagnostics.push(named.document.located(warning));
            continue;
        };
        let pfields = pfields(running, named, params, rule, diagnostics);
        bound.push(BoundRule { rule: rule.clone(), instrument, pfields });
    }
    (if bound.is_empty() { NoteInput::None } else { NoteInput::Sched }, bound)
}

/// What every note of a rule starts with.
fn pfields(
    running: &mut Running,
    named: Named<'_>,
    params: &[(Option<usize>, Param)],
    rule: &NoteRule,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<f64> {
    let targets = params.iter().filter_map(|(_, param)| match &param.target {
        Target::Pfield { instrument, pfield } if *instrument == rule.instrument => {
            named.pfield(running, instrument, pfield).map(|(_, index)| index)
        }
        _ => None,
    });
    let highest = targets.chain(rule.fields.iter().map(|field| field.index)).max().unwrap_or(3).max(3);
    let instrument = named.instrument(&rule.instrument);
    let mut pfields = instrument.map_or(Vec::new(), |found| found.pset.clone());
    if instrument.is_some_and(|found| found.is_template) && pfields.len() > NOTE_PFIELDS_MAX {
        let text = format!(
            "notes fill p-fields up to p{NOTE_PFIELDS_MAX}: the arguments of {} behind it are 0",
            rule.instrument
        );
        let remedy = "give the template fewer arguments, or let `sched` start it";
        let warning = Diagnostic::warning(rule.line, text).with_remedy(remedy);
        diagnostics.push(named.document.located(warning));
    }
    pfields.resize(pfields.len().max(highest).min(NOTE_PFIELDS_MAX), 0.0);
    pfields
}

/// What is said when the first note arrives, where notes start nothing or reach no p-field; `None` where they are
/// heard. `[control]`
pub(super) fn refusal(named: Named<'_>, note_input: NoteInput) -> Option<Diagnostic> {
    let document = named.document;
    let instruments: Vec<&Instrument> =
        document.instruments.iter().filter(|instrument| !instrument.names.is_empty()).collect();
    match (&document.notes, note_input) {
        (Notes::Midi, _) => None,
        (Notes::Off, _) => {
            let text = "a note arrived, but the document takes none: it says ;@notes off";
            Some(Diagnostic::note(None, text).with_remedy("take ;@notes off out, if notes are to be heard"))
        }
        (Notes::Undeclared, _) => {
            let text = format!(
                "a note arrived, but nothing takes notes: no instrument has p-fields named for a pitch and a level ({})",
                listed(&instruments)
            );
            Some(Diagnostic::warning(None, text).with_remedy(advice(&instruments)))
        }
        (Notes::Sched(rules), NoteInput::Sched) => {
            let unfilled = |rule: &&NoteRule| {
                let instrument = named.instrument(&rule.instrument);
                rule.fields.is_empty()
                    && instrument.is_some_and(|found| found.highest_pfield > 3 && found.pset.is_empty())
            };
            if rules.iter().filter(unfilled).count() < rules.len() {
                return None;
            }
            let rule = rules.first()?;
            let instrument = named.instrument(&rule.instrument)?;
            let text = format!(
                "notes start instr {}, but fill none of its p-fields up to p{}: they are 0",
                rule.instrument, instrument.highest_pfield
            );
            let warning = Diagnostic::warning(rule.line, text).with_remedy(advice(&[instrument]));
            Some(document.located(warning))
        }
        (Notes::Sched(_), _) => {
            let text = format!(
                "a note arrived, but the instrument that ;@notes names is not there ({})",
                listed(&instruments)
            );
            Some(Diagnostic::warning(None, text).with_remedy(advice(&instruments)))
        }
    }
}

/// The instruments there are, for a sentence.
fn listed(instruments: &[&Instrument]) -> String {
    const NAMED_MAX: usize = 12;
    let names: Vec<&str> =
        instruments.iter().filter_map(|one| one.names.first()).map(String::as_str).collect();
    match names.len() {
        0 => "there is no instrument".to_owned(),
        1 => format!("there is instr {}", names[0]),
        count if count > NAMED_MAX => {
            format!("there are instr {} and {} more", names[..NAMED_MAX].join(", "), count - NAMED_MAX)
        }
        _ => format!("there are instr {}", names.join(", ")),
    }
}

/// What to write, with the p-fields that the most likely instrument has.
fn advice(instruments: &[&Instrument]) -> String {
    let likely = instruments.iter().find(|one| one.highest_pfield >= 5).or(instruments.first());
    let Some(name) = likely.and_then(|instrument| instrument.names.first()) else {
        return "write an instrument with kfreq = p4 and iamp = p5".to_owned();
    };
    format!(
        "write ;@notes {name} p4=key p5=vel (or freq, amp: whatever its p-fields are), or name them in it: \
         kfreq = p4, iamp = p5"
    )
}
