//! `;@notes`: which instrument host notes start, and how.

use super::directives::{Directive, Item, Value, misfit, written};
use super::instruments::{Instrument, pfield_index};
use super::nearest::nearest;
use super::notes::{NoteRule, Notes, PfieldSource, Source, VoiceMode};
use super::vocabulary;
use ksmps_data::diagnostic::Diagnostic;

const FLAGS: [&str; 6] = ["mono", "poly", "legato", "sustain", "midi", "off"];
const KEYS: [&str; 11] =
    ["voices", "glide", "key", "vel", "ch", "dur", "choke", "bend", "name", "sustain", "legato"];
const VOICES_MAX: f64 = 512.0;
/// A day: longer cannot be meant.
const SECONDS_MAX: f64 = 86_400.0;
const BEND_MAX: f64 = 120.0;

/// What to write instead of what does not fit.
fn remedy() -> &'static str {
    vocabulary::remedy("notes")
}

/// What the document's `;@notes` say together; `None` where there is none that fits.
/// `named` is the instrument that would take notes without any.
pub(super) fn read(
    directives: &[Directive],
    instruments: &[Instrument],
    named: Option<&Instrument>,
    found: &mut Vec<Diagnostic>,
) -> Option<Notes> {
    let mut notes = None;
    for directive in directives.iter().filter(|directive| directive.word == "notes") {
        let has =
            |flag: &str| directive.items.iter().any(|item| matches!(item, Item::Word(word) if word == flag));
        if has("midi") {
            notes = Some(Notes::Midi);
        } else if has("off") {
            notes = Some(Notes::Off);
        } else if let Some(instrument) = instrument(directive, instruments, named, found) {
            let rule = rule(directive, instrument, found);
            match &mut notes {
                Some(Notes::Sched(rules)) => rules.push(rule),
                _ => notes = Some(Notes::Sched(vec![rule])),
            }
        }
    }
    notes
}

/// The instrument a directive means: the one it names, the one it stands in, or the one that takes notes anyway.
fn instrument<'a>(
    directive: &Directive,
    instruments: &'a [Instrument],
    named: Option<&'a Instrument>,
    found: &mut Vec<Diagnostic>,
) -> Option<&'a Instrument> {
    let called = directive.items.iter().find_map(|item| match item {
        Item::Word(word) | Item::Text(word) if !FLAGS.contains(&word.as_str()) => Some(word.as_str()),
        _ => None,
    });
    let exists = |name: &&str| instruments.iter().any(|one| one.is_called(name));
    let wanted = called.filter(exists).or(directive.instrument.as_deref()).or(called);
    let only = || if let [only] = instruments { Some(only) } else { None };
    let instrument = match wanted {
        Some(name) => instruments.iter().find(|one| one.is_called(name)),
        None => named.or_else(only),
    };
    if instrument.is_none() {
        let names: Vec<&str> = instruments.iter().flat_map(|one| &one.names).map(String::as_str).collect();
        found.push(match wanted {
            Some(name) => {
                let near =
                    nearest(name, &names).or_else(|| nearest(name, &FLAGS)).or_else(|| nearest(name, &KEYS));
                let remedy = near.map_or_else(|| remedy().to_owned(), |near| format!("did you mean {near}?"));
                Diagnostic::warning(directive.line, format!("there is no instr {name}; ;@notes is ignored"))
                    .with_remedy(remedy)
            }
            None => {
                Diagnostic::warning(directive.line, ";@notes does not say which instrument, and is ignored")
                    .with_remedy("write it behind instr, or name the instrument: ;@notes lead")
            }
        });
    }
    instrument
}

fn rule(directive: &Directive, instrument: &Instrument, found: &mut Vec<Diagnostic>) -> NoteRule {
    let mut rule = NoteRule { line: directive.line, ..NoteRule::of(instrument) };
    for item in &directive.items {
        let fits = match item {
            Item::Word(word) => match word.as_str() {
                "mono" => set(&mut rule.mode, Some(VoiceMode::Mono)),
                "poly" => set(&mut rule.mode, Some(VoiceMode::Poly)),
                "legato" => set(&mut rule.legato, Some(true)),
                "sustain" => set(&mut rule.sustain, Some(true)),
                name => instrument.is_called(name),
            },
            Item::Text(name) => instrument.is_called(name),
            Item::Range { .. } | Item::List { .. } => false,
            Item::Assign { key, value } => option(&mut rule, key, value),
        };
        if !fits {
            let known: Vec<&str> = FLAGS.into_iter().chain(KEYS).collect();
            let key = match item {
                Item::Word(word) => word.as_str(),
                Item::Assign { key, .. } => key.as_str(),
                _ => "",
            };
            let near = if known.contains(&key) { None } else { nearest(key, &known) };
            let remedy = near.map_or_else(|| remedy().to_owned(), |near| format!("did you mean {near}?"));
            found.push(misfit(directive, &written(item), remedy));
        }
    }
    rule
}

/// Sets a field where there is a value, and says whether there was.
fn set<T>(field: &mut T, value: Option<T>) -> bool {
    value.map(|value| *field = value).is_some()
}

/// One `key=value`; whether it fits.
fn option(rule: &mut NoteRule, key: &str, value: &Value) -> bool {
    match key {
        "voices" => set(&mut rule.voices, whole(value, 1.0, VOICES_MAX).map(|voices| voices as usize)),
        "glide" => set(&mut rule.glide_s, value.number(0.0, SECONDS_MAX)),
        "key" => set(&mut rule.keys, key_ranges(value)),
        "vel" => set(&mut rule.velocities, seven_bit_range(value)),
        "ch" => set(&mut rule.channel, whole(value, 1.0, 16.0).map(|channel| Some(channel as u8 - 1))),
        "dur" => set(&mut rule.duration_s, value.number(f64::MIN_POSITIVE, SECONDS_MAX).map(Some)),
        "choke" => set(&mut rule.choke, value.text().map(Some)),
        "bend" => set(&mut rule.bend_semitones, value.number(0.0, BEND_MAX)),
        "name" => set(&mut rule.name, value.text().map(Some)),
        "sustain" => set(&mut rule.sustain, switch(value)),
        "legato" => set(&mut rule.legato, switch(value)),
        _ => match (pfield_index(key).filter(|index| *index > 3), source(value)) {
            (Some(index), Some(source)) => {
                rule.fields.retain(|field| field.index != index);
                rule.fields.push(PfieldSource { index, source });
                rule.fields.sort_by_key(|field| field.index);
                true
            }
            _ => false,
        },
    }
}

fn source(value: &Value) -> Option<Source> {
    match value {
        Value::Number(number) => Some(Source::Constant(*number)),
        Value::Word(word) | Value::Text(word) => Source::of(word),
        Value::Range(..) | Value::List(_) => None,
    }
}

fn switch(value: &Value) -> Option<bool> {
    match value.text()?.as_str() {
        "on" | "yes" | "1" => Some(true),
        "off" | "no" | "0" => Some(false),
        _ => None,
    }
}

fn whole(value: &Value, lowest: f64, highest: f64) -> Option<f64> {
    value.number(lowest, highest).filter(|number| number.fract() == 0.0)
}

/// `36..60`, `42` or `42,44,50..60`.
fn key_ranges(value: &Value) -> Option<Vec<(u8, u8)>> {
    match value {
        Value::List(values) => values.iter().map(seven_bit_range).collect(),
        one => seven_bit_range(one).map(|range| vec![range]),
    }
}

/// `36..60` or `42`, keys or velocities.
fn seven_bit_range(value: &Value) -> Option<(u8, u8)> {
    let seven_bit =
        |number: f64| ((0.0..=127.0).contains(&number) && number.fract() == 0.0).then_some(number as u8);
    match value {
        Value::Number(number) => seven_bit(*number).map(|number| (number, number)),
        Value::Range(from, to) => Some((seven_bit(*from)?, seven_bit(*to)?)).filter(|(from, to)| from <= to),
        Value::Word(_) | Value::Text(_) | Value::List(_) => None,
    }
}
