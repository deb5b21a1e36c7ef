//! `;@param` and the attributes of `chn_k` hints: what becomes a host parameter.

use super::directives::{self, Directive, Item, Value, misfit, written};
use super::instruments::{Instrument, pfield_index};
use super::nearest::nearest;
use super::vocabulary;
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::params::{Param, Taper, Target};

/// Longer ramps cannot be meant.
const SMOOTH_MS_MAX: f64 = 60_000.0;
const WORDS: [&str; 18] = [
    "exp", "log", "int", "bool", "skew", "unit", "name", "group", "step", "cc", "smooth", "bus", "per-note",
    "hidden", "send", "label", "def", "default",
];

/// What to write instead of what does not fit.
fn remedy() -> &'static str {
    vocabulary::remedy("param")
}

/// Parameters in the order of the text; what does not fit is a warning.
pub(super) fn read(
    directives: &[Directive],
    instruments: &[Instrument],
    found: &mut Vec<Diagnostic>,
) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for directive in directives.iter().filter(|directive| directive.word == "param") {
        let Some(param) = param(directive, instruments, found) else { continue };
        if params.iter().any(|other| other.name == param.name) {
            found.push(
                Diagnostic::warning(
                    directive.line,
                    format!("the parameter {} is declared twice", param.name),
                )
                .with_remedy("take out one; the first holds"),
            );
        } else {
            params.push(param);
        }
    }
    params
}

/// A parameter from what Csound lists of a channel that `chn_k` gave a hint. `[any]`
///
/// `kind` is Csound's: 1 whole numbers, 2 linear, 3 exponential. The attributes may say what `;@param` may say;
/// whatever else stands in them is left alone.
pub fn param_from_hint(name: &str, kind: i32, default: f64, min: f64, max: f64, attributes: &str) -> Param {
    let mut param = Param::channel(name);
    if min.is_finite() && max.is_finite() && min < max {
        (param.min, param.max) = (min, max);
        param.default = default.is_finite().then(|| default.clamp(min, max));
    }
    if kind == 1 {
        param.step = 1.0;
    }
    if kind == 3 && param.min > 0.0 {
        param.taper = Taper::Exponential;
    }
    for item in directives::items(attributes) {
        apply(&mut param, &item);
    }
    finish(&mut param, false);
    param
}

fn param(directive: &Directive, instruments: &[Instrument], found: &mut Vec<Diagnostic>) -> Option<Param> {
    let Some((Item::Word(name) | Item::Text(name), items)) = directive.items.split_first() else {
        found.push(misfit(directive, "the name", remedy()));
        return None;
    };
    let mut param = Param { line: directive.line, ..Param::channel(name) };
    for item in items {
        if !apply(&mut param, item) {
            let key = match item {
                Item::Word(word) => word.as_str(),
                Item::Assign { key, .. } => key.as_str(),
                Item::Text(_) | Item::List { .. } | Item::Range { .. } => "",
            };
            let near = if WORDS.contains(&key) { None } else { nearest(key, &WORDS) };
            let remedy = near.map_or_else(|| remedy().to_owned(), |near| format!("did you mean {near}?"));
            found.push(misfit(directive, &written(item), remedy));
        }
    }
    let given_smooth = items.iter().any(|item| matches!(item, Item::Assign { key, .. } if key == "smooth"));
    if let (Taper::Exponential | Taper::Logarithmic, true) = (param.taper, param.min <= 0.0) {
        found.push(
            Diagnostic::warning(directive.line, format!("{name} cannot be exp or log from {} on", param.min))
                .with_remedy("begin the range above 0; until then it is linear"),
        );
    }
    let given_default = param.default;
    finish(&mut param, given_smooth);
    if let (Some(default), None) = (given_default, param.default)
        && found.last().is_none_or(|last| last.line != Some(directive.line))
    {
        found.push(misfit(directive, &format!("the default {default}"), remedy()));
    }
    aim(&mut param, directive, instruments, found).then_some(param)
}

/// One item; whether it fits. The bounds of a default are looked at in the end.
fn apply(param: &mut Param, item: &Item) -> bool {
    match item {
        Item::Range { from, to, default } if from < to => {
            if param.labels.is_empty() {
                (param.min, param.max) = (*from, *to);
            }
            param.default = default.or(param.default);
            default.is_none_or(|default| (*from..=*to).contains(&default))
        }
        Item::Range { .. } => false,
        Item::Text(list) => labels(param, list),
        Item::List { labels: list, default } => {
            if !labels(param, list) {
                return false;
            }
            let count = param.labels.len();
            let index = match default {
                Value::Number(index) => Some(*index),
                other => other.text().and_then(|text| label_index(&param.labels, &text)),
            };
            let index = index.filter(|index| index.fract() == 0.0 && (0.0..count as f64).contains(index));
            param.default = index.or(param.default);
            index.is_some()
        }
        Item::Word(word) => {
            match word.as_str() {
                "exp" => param.taper = Taper::Exponential,
                "log" => param.taper = Taper::Logarithmic,
                "int" => param.step = 1.0,
                "bool" => (param.min, param.max, param.step) = (0.0, 1.0, 1.0),
                "bus" => param.target = Target::Bus(param.name.clone()),
                "per-note" => param.per_note = true,
                "hidden" => param.hidden = true,
                "send" => param.send = true,
                _ => return false,
            }
            true
        }
        Item::Assign { key, value } => assign(param, key, value),
    }
}

/// `Saw|Square`
fn labels(param: &mut Param, list: &str) -> bool {
    let labels: Vec<String> = list.split('|').map(|label| label.trim().to_owned()).collect();
    let is_list = labels.len() > 1;
    param.taper = Taper::Linear;
    if is_list {
        (param.min, param.max, param.step) = (0.0, (labels.len() - 1) as f64, 1.0);
        param.labels = labels;
    } else {
        (param.min, param.max, param.step) = (0.0, 1.0, 0.0);
        param.labels = Vec::new();
    }
    is_list
}

/// The place of a label in its list.
fn label_index(labels: &[String], text: &str) -> Option<f64> {
    labels.iter().position(|label| label.eq_ignore_ascii_case(text)).map(|index| index as f64)
}

fn assign(param: &mut Param, key: &str, value: &Value) -> bool {
    let text = value.text();
    match key {
        "def" | "default" => {
            let number = match value {
                Value::Number(number) => Some(*number),
                other => other.text().and_then(|text| label_index(&param.labels, &text)),
            };
            number.map(|number| param.default = Some(number)).is_some()
        }
        "unit" => text.map(|text| param.unit = text).is_some(),
        "name" | "label" => text.map(|text| param.label = text).is_some(),
        "group" => text.map(|text| param.group = text).is_some(),
        "step" => value.number(f64::MIN_POSITIVE, f64::MAX).map(|step| param.step = step).is_some(),
        "skew" => value.number(1e-3, 1e3).map(|skew| param.taper = Taper::Skew(skew)).is_some(),
        "smooth" => value.number(0.0, SMOOTH_MS_MAX).map(|smooth_ms| param.smooth_ms = smooth_ms).is_some(),
        "cc" => value
            .number(0.0, 127.0)
            .filter(|cc| cc.fract() == 0.0)
            .map(|cc| param.cc = Some(cc as u8))
            .is_some(),
        _ => false,
    }
}

/// Makes the parts fit each other.
fn finish(param: &mut Param, given_smooth: bool) {
    if matches!(param.taper, Taper::Exponential | Taper::Logarithmic) && param.min <= 0.0 {
        param.taper = Taper::Linear;
    }
    param.default = param.default.filter(|default| (param.min..=param.max).contains(default));
    if param.is_stepped() && !given_smooth {
        param.smooth_ms = 0.0;
    }
}

/// Finds out what `instr.pfield` means. Whether there is something to move.
fn aim(
    param: &mut Param,
    directive: &Directive,
    instruments: &[Instrument],
    found: &mut Vec<Diagnostic>,
) -> bool {
    let is_channel = matches!(param.target, Target::Channel(_));
    let owner = param.name.split_once('.').and_then(|(owner, pfield)| {
        instruments
            .iter()
            .find(|one| one.is_called(owner))
            .map(|one| (one, owner.to_owned(), pfield.to_owned()))
    });
    let Some((instrument, owner, pfield)) = owner.filter(|_| is_channel) else {
        if std::mem::take(&mut param.per_note) {
            found.push(misfit(
                directive,
                "`per-note`",
                "name a p-field, instr.pfield: a channel is the same for all notes",
            ));
        }
        return true;
    };
    let index = instrument.pfields.iter().find(|own| own.name == pfield).map(|own| own.index);
    let index =
        index.or(pfield_index(&pfield).filter(|index| (4..=instrument.highest_pfield).contains(index)));
    let Some(index) = index else {
        let names: Vec<&str> = instrument.pfields.iter().map(|own| own.name.as_str()).collect();
        let remedy = nearest(&pfield, &names).map_or_else(
            || format!("write {pfield} = p6 in it"),
            |near| format!("did you mean {owner}.{near}?"),
        );
        found.push(misfit(directive, &format!("the p-field {pfield} of instr {owner}"), remedy));
        return false;
    };
    if let Some(bare) = pfield.strip_prefix('i') {
        found.push(
            Diagnostic::warning(
                directive.line,
                format!(
                    "instr {owner} reads {pfield} once, so {} moves only notes that start later",
                    param.name
                ),
            )
            .with_remedy(format!("write k{bare} = p{index}")),
        );
    }
    let preset = instrument.pset.get(index - 1).copied();
    param.default = param.default.or(preset.filter(|value| (param.min..=param.max).contains(value)));
    param.target = Target::Pfield { instrument: owner, pfield };
    true
}
