//! Presets: values for parameters, in the document (`;@preset`) and in files of the user's.
//!
//! The user's presets of a document lie in a folder with the document's name, each a JSON file of values by the names of
//! parameters, in the parameters' own units.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ksmps_core::document::{Directive, Document, Item, Value};
use ksmps_core::params::{Param, SLOTS};
use ksmps_editor::model::{News, Preset, PresetSource};

use super::{done, failed, project, user_folder};
use crate::host_link::ParamEdit;
use crate::instance::Instance;

/// A preset with its values.
struct Known {
    preset: Preset,
    values: BTreeMap<String, PresetValue>,
    /// The user's file.
    file: Option<PathBuf>,
}

/// What a parameter is set to.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum PresetValue {
    /// In the parameter's own unit.
    Number(f64),
    /// As it is shown: a word of a list, say.
    Text(String),
}

/// The presets of the present document.
#[derive(Default)]
pub(super) struct Presets {
    revision: Option<u64>,
    /// The document's name: what the user's folder is called.
    document: String,
    known: Vec<Known>,
    is_stale: bool,
}

impl Presets {
    /// Tells which there are, where that is otherwise. `[control]`
    pub fn tell(&mut self, instance: &Instance, news: &mut Vec<News>) {
        let revision = instance.control().revision();
        if self.revision == Some(revision) && !self.is_stale {
            return;
        }
        (self.revision, self.is_stale) = (Some(revision), false);
        let project = instance.control().project();
        let Ok(document) = project.document() else { return };
        self.document = project::name(&project);
        let mut known = of_document(document);
        known.extend(of_user(&self.document));
        if known.iter().map(|one| &one.preset).ne(self.known.iter().map(|one| &one.preset)) {
            news.push(News::Presets(known.iter().map(|one| one.preset.clone()).collect()));
            news.push(News::ChosenPreset(None));
        }
        self.known = known;
    }

    /// Moves the parameters to where a preset has them; the others stay. `[control]`
    pub fn choose(&self, instance: &Instance, preset: usize, answers: &mut Vec<News>) {
        let Some(known) = self.known.get(preset) else { return };
        let list = instance.params().list();
        let mut unknown = Vec::new();
        for (name, value) in &known.values {
            let found = (0..SLOTS)
                .find_map(|slot| Some((slot, list.param(slot).filter(|param| param.name == *name)?)));
            match found.and_then(|(slot, param)| Some((slot, normalized(param, value)?))) {
                Some((slot, normalized)) => {
                    for edit in [ParamEdit::Begin, ParamEdit::Value(normalized), ParamEdit::End] {
                        instance.edit(slot, edit);
                    }
                }
                None => unknown.push(name.as_str()),
            }
        }
        answers.push(News::ChosenPreset(Some(preset)));
        if !unknown.is_empty() {
            answers.push(failed(format!(
                "the document has no parameter or no such value for {}",
                unknown.join(", ")
            )));
        }
    }

    /// Keeps the present values as a preset of the user. `[control]`
    pub fn save(&mut self, instance: &Instance, name: &str, answers: &mut Vec<News>) {
        let list = instance.params().list();
        let value = |slot: usize| {
            let param = list.param(slot)?;
            let plain = param.plain(instance.params().shown(slot).into());
            Some((param.name.clone(), PresetValue::Number(plain)))
        };
        let values: BTreeMap<String, PresetValue> = (0..SLOTS).filter_map(value).collect();
        let written = self.file(name).and_then(|file| {
            let text = serde_json::to_vec_pretty(&values).map_err(|error| error.to_string())?;
            user_folder::write(&file, &text).map_err(|error| format!("{}: {error}", file.display()))
        });
        self.answer(written, format!("saved the preset {name}"), answers);
    }

    /// Calls a preset of the user something else. `[control]`
    pub fn rename(&mut self, preset: usize, name: &str, answers: &mut Vec<News>) {
        let renamed = self.user_file(preset).and_then(|from| {
            let to = self.file(name)?;
            if to.exists() {
                return Err(format!("there is a preset {name} already"));
            }
            fs::rename(&from, &to).map_err(|error| format!("{}: {error}", to.display()))
        });
        self.answer(renamed, format!("the preset is called {name} now"), answers);
    }

    /// Deletes a preset of the user. `[control]`
    pub fn delete(&mut self, preset: usize, answers: &mut Vec<News>) {
        let deleted = self
            .user_file(preset)
            .and_then(|file| fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display())));
        self.answer(deleted, "the preset was deleted".to_owned(), answers);
    }

    fn answer(&mut self, outcome: Result<(), String>, text: String, answers: &mut Vec<News>) {
        self.is_stale = true;
        answers.push(match outcome {
            Ok(()) => done(text),
            Err(why) => failed(why),
        });
    }

    fn user_file(&self, preset: usize) -> Result<PathBuf, String> {
        let file = self.known.get(preset).and_then(|known| known.file.clone());
        file.ok_or_else(|| "a preset of the document is changed in its text".to_owned())
    }

    /// The file of a preset of the present document.
    fn file(&self, name: &str) -> Result<PathBuf, String> {
        let name = name.trim();
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']) {
            return Err("a preset's name is one word or more, without / and \\".to_owned());
        }
        let folder = folder(&self.document).ok_or("this user has no folder for presets")?;
        Ok(folder.join(format!("{name}.json")))
    }
}

/// The folder of the user's presets of a document.
fn folder(document: &str) -> Option<PathBuf> {
    let name: String = document.chars().map(|c| if "/\\:\0".contains(c) { '_' } else { c }).collect();
    let name = name.trim_start_matches('.');
    Some(user_folder::data()?.join("presets").join(if name.is_empty() { "Untitled" } else { name }))
}

/// Those that the document has itself.
fn of_document(document: &Document) -> Vec<Known> {
    document
        .directives
        .iter()
        .filter(|directive| directive.word == "preset")
        .filter_map(of_directive)
        .collect()
}

fn of_directive(directive: &Directive) -> Option<Known> {
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
    Some(Known { preset: Preset { name, source: PresetSource::Document }, values, file: None })
}

/// Those of the user, in the order of their names; files that cannot be read are left out.
fn of_user(document: &str) -> Vec<Known> {
    let files = folder(document).and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let known = files.filter_map(|entry| {
        let file = entry.path();
        let name = file.file_name()?.to_str()?.strip_suffix(".json")?.to_owned();
        let values = serde_json::from_slice(&fs::read(&file).ok()?).ok()?;
        let is_hidden = name.starts_with('.');
        let preset = Preset { name, source: PresetSource::User };
        (!is_hidden).then_some(Known { preset, values, file: Some(file) })
    });
    let mut known: Vec<Known> = known.collect();
    known.sort_by_key(|known| known.preset.name.to_lowercase());
    known
}

/// Where a value lies in a parameter's range, 0..=1; `None` for what it cannot be.
fn normalized(param: &Param, value: &PresetValue) -> Option<f64> {
    match value {
        PresetValue::Number(plain) if plain.is_finite() => Some(param.normalized(*plain)),
        PresetValue::Number(_) => None,
        PresetValue::Text(text) => param.parse(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_presets_are_read_with_numbers_and_words() {
        let text = ";@param cutoff 20..2000=500\n;@param shape \"Saw|Square\"\n;@preset \"Dark\" cutoff=200 shape=Square\ninstr 1\nendin\n";
        let document = Document::parse(text, None).unwrap();
        let known = of_document(&document);
        assert_eq!(known.len(), 1);
        assert_eq!(known[0].preset, Preset { name: "Dark".into(), source: PresetSource::Document });
        let param =
            |name: &str| document.declared_params().into_iter().find(|param| param.name == name).unwrap();
        assert_eq!(normalized(&param("cutoff"), &known[0].values["cutoff"]), Some(180.0 / 1980.0));
        assert_eq!(normalized(&param("shape"), &known[0].values["shape"]), Some(1.0));
        assert_eq!(normalized(&param("shape"), &PresetValue::Text("Sine".into())), None);
        assert_eq!(normalized(&param("cutoff"), &PresetValue::Number(f64::NAN)), None);
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        let presets = Presets { document: "../a/b".into(), ..Presets::default() };
        for name in ["", " ", "../x", "a/b", ".hidden", "a\\b"] {
            assert!(presets.file(name).is_err(), "{name}");
        }
        let file = presets.file("Soft Pad").unwrap();
        assert!(file.ends_with("_a_b/Soft Pad.json"), "{}", file.display());
    }
}
