//! Presets: values for a document's parameters under a name, in the document (`;@preset`) or in a file of its own.
//!
//! A file lies in a folder with its document's name, is called after the preset, and is a JSON object of values by the
//! names of parameters, in the parameters' own units.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ksmps_data::params::Param;

use crate::{Directive, Document, Item, Value};

/// How the name of a file of a preset ends.
pub const PRESET_EXTENSION: &str = "json";

/// Values for parameters, under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// What a person reads.
    pub name: String,
    /// By the names of the parameters; the others are not spoken of.
    pub values: BTreeMap<String, PresetValue>,
    /// Its file; `None` for one that the document has.
    pub file: Option<PathBuf>,
}

/// What a parameter is set to.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum PresetValue {
    /// In the parameter's own unit.
    Number(f64),
    /// As it is shown: a word of a list, say.
    Text(String),
}

impl PresetValue {
    /// Where it lies in a parameter's range, 0..=1; `None` for what it cannot be. `[any]`
    pub fn normalized(&self, param: &Param) -> Option<f64> {
        match self {
            Self::Number(plain) if plain.is_finite() => Some(param.normalized(*plain)),
            Self::Number(_) => None,
            Self::Text(text) => param.parse(text),
        }
    }
}

impl Document {
    /// The presets that it has itself. `[any]`
    pub fn presets(&self) -> Vec<Preset> {
        let directives = self.directives.iter().filter(|directive| directive.word == "preset");
        directives.filter_map(Preset::of_directive).collect()
    }
}

impl Preset {
    fn of_directive(directive: &Directive) -> Option<Self> {
        let name = directive.items.iter().find_map(|item| match item {
            Item::Text(name) | Item::Word(name) => Some(name.clone()),
            _ => None,
        })?;
        let value = |item: &Item| match item {
            Item::Assign { key, value: Value::Number(number) } => {
                Some((key.clone(), PresetValue::Number(*number)))
            }
            Item::Assign { key, value: Value::Word(text) | Value::Text(text) } => {
                Some((key.clone(), PresetValue::Text(text.clone())))
            }
            _ => None,
        };
        let values = directive.items.iter().filter_map(value).collect();
        Some(Self { name, values, file: None })
    }
}

/// What the folder of a document's presets is called. `[any]`
pub fn preset_folder_name(document: &str) -> String {
    let name: String = document.chars().map(|c| if "/\\:\0".contains(c) { '_' } else { c }).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "Untitled".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_presets_are_read_with_numbers_and_words() {
        let text = ";@param cutoff 20..2000=500\n;@param shape \"Saw|Square\"\n;@preset \"Dark\" cutoff=200 shape=Square\ninstr 1\nendin\n";
        let document = Document::parse(text, None).unwrap();
        let presets = document.presets();
        assert_eq!(presets.len(), 1);
        assert_eq!((presets[0].name.as_str(), &presets[0].file), ("Dark", &None));
        let param =
            |name: &str| document.declared_params().into_iter().find(|param| param.name == name).unwrap();
        assert_eq!(presets[0].values["cutoff"].normalized(&param("cutoff")), Some(180.0 / 1980.0));
        assert_eq!(presets[0].values["shape"].normalized(&param("shape")), Some(1.0));
        assert_eq!(PresetValue::Text("Sine".into()).normalized(&param("shape")), None);
        assert_eq!(PresetValue::Number(f64::NAN).normalized(&param("cutoff")), None);
    }

    #[test]
    fn a_documents_folder_lies_in_the_users() {
        for (name, folder) in [("Drift", "Drift"), ("../a/b", "_a_b"), ("", "Untitled"), ("...", "Untitled")]
        {
            assert_eq!(preset_folder_name(name), folder);
        }
    }
}
