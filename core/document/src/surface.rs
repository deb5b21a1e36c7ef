//! `;@preset`, `;@layout`, `;@page`: whether what they say can be shown. The editor reads them from the directives.
//!
//! A parameter may come from a `chn_k` hint that only Csound knows, so that a name nobody has declared is not wrong by
//! itself; it is where a declared one is spelt nearly the same.

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::params::Param;

use super::directives::{Directive, Item, Value, misfit, written};
use super::nearest::nearest;
use super::vocabulary::{self, LAYOUT_KINDS};

/// Says what does not fit in them, with the parameters that the text declares.
pub(super) fn check(directives: &[Directive], params: &[Param], found: &mut Vec<Diagnostic>) {
    let names: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
    for directive in directives {
        match directive.word.as_str() {
            "preset" => preset(directive, &names, found),
            "layout" => layout(directive, &names, found),
            "page" => page(directive, found),
            _ => {}
        }
    }
}

fn preset(directive: &Directive, names: &[&str], found: &mut Vec<Diagnostic>) {
    let remedy = vocabulary::remedy("preset");
    let is_name = |item: &Item| matches!(item, Item::Text(_) | Item::Word(_));
    let name = directive.items.iter().position(is_name);
    let values: Vec<&Item> = directive
        .items
        .iter()
        .enumerate()
        .filter(|(at, _)| Some(*at) != name)
        .map(|(_, item)| item)
        .collect();
    for (is_missing, what) in [(name.is_none(), "name"), (values.is_empty(), "value")] {
        if is_missing {
            found.push(without(directive, what));
        }
    }
    for item in values {
        match item {
            Item::Assign { key, value: Value::Number(_) | Value::Word(_) | Value::Text(_) } => {
                found.extend(misspelt(directive, key, names));
            }
            other => found.push(misfit(directive, &written(other), remedy)),
        }
    }
}

fn layout(directive: &Directive, names: &[&str], found: &mut Vec<Diagnostic>) {
    let remedy = vocabulary::remedy("layout");
    if directive.items.is_empty() {
        found.push(without(directive, "control"));
    }
    for (at, item) in directive.items.iter().enumerate() {
        let word = match item {
            // Text names a group, at the beginning of the line.
            Item::Text(_) if at == 0 => continue,
            Item::Word(word) => word,
            other => {
                found.push(misfit(directive, &written(other), remedy));
                continue;
            }
        };
        // A group's name has no blanks in brackets; in quotes it may.
        if word.starts_with('[') && !word.ends_with(']') {
            found.push(misfit(directive, &format!("`{word}`"), remedy));
            continue;
        }
        if word.starts_with('[') || (at == 0 && !word.contains(':')) {
            continue;
        }
        let (name, kind) = word.split_once(':').unwrap_or((word, ""));
        // `scope:out`, `meter:in.Key`: a kind, and what it shows.
        if is_kind(name) {
            continue;
        }
        if word.contains(':') && !is_kind(kind) {
            found.push(misfit(directive, &format!("`{word}`"), remedy));
        } else if kind != "table" {
            found.extend(misspelt(directive, name, names));
        }
        if let Some(other) = other_of_xy(kind) {
            found.extend(misspelt(directive, other, names));
        }
    }
}

fn page(directive: &Directive, found: &mut Vec<Diagnostic>) {
    let is_name = |item: &Item| matches!(item, Item::Text(_) | Item::Word(_));
    let name = directive.items.iter().position(is_name);
    if name.is_none() {
        found.push(without(directive, "name"));
    }
    for (_, item) in directive.items.iter().enumerate().filter(|(at, _)| Some(*at) != name) {
        found.push(misfit(directive, &written(item), vocabulary::remedy("page")));
    }
}

fn is_kind(word: &str) -> bool {
    LAYOUT_KINDS.contains(&word) || other_of_xy(word).is_some()
}

/// `xy(other)`
fn other_of_xy(kind: &str) -> Option<&str> {
    kind.strip_prefix("xy(")?.strip_suffix(')')
}

fn misspelt(directive: &Directive, name: &str, names: &[&str]) -> Option<Diagnostic> {
    if names.contains(&name) {
        return None;
    }
    let near = nearest(name, names)?;
    Some(misfit(directive, &format!("`{name}`"), format!("did you mean {near}?")))
}

fn without(directive: &Directive, what: &str) -> Diagnostic {
    Diagnostic::warning(directive.line, format!(";@{} has no {what}", directive.word))
        .with_remedy(vocabulary::remedy(&directive.word))
}
