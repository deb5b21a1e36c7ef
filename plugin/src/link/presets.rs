//! Presets in the editor: those of the document and of the user, chosen, saved, renamed and deleted.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ksmps_core::document::PRESET_EXTENSION;
use ksmps_core::params::SLOTS;
use ksmps_editor::model::{News, Preset, PresetSource};

use super::{done, failed, user_folder};
use crate::host_link::ParamEdit;
use crate::instance::Instance;
use crate::param_list::ParamListChange;
use crate::presets::{self, PresetValue};

/// A preset as the editor has it.
fn shown(preset: &presets::Preset) -> Preset {
    let source = if preset.file.is_some() { PresetSource::User } else { PresetSource::Document };
    Preset { name: preset.name.clone(), source }
}

/// The presets of the present document.
#[derive(Default)]
pub(super) struct Presets {
    revision: Option<u64>,
    /// The document's name: what the user's folder is called.
    document: String,
    known: Vec<presets::Preset>,
    is_stale: bool,
}

impl Presets {
    /// Tells which there are, where that is otherwise. `[control]`
    pub fn tell(&mut self, instance: &Instance, news: &mut Vec<News>) {
        let revision = instance.control().revision();
        if self.revision == Some(revision) && !self.is_stale {
            return;
        }
        self.revision = Some(revision);
        if std::mem::take(&mut self.is_stale) {
            // Hosts have lists of them, too.
            instance.host().params_changed(ParamListChange { shown: true, per_note: false });
        }
        let project = instance.control().project();
        let Ok(document) = project.document() else { return };
        self.document = presets::document_name(&project);
        let mut known = document.presets();
        known.extend(presets::of_user(&self.document));
        if known.iter().map(shown).ne(self.known.iter().map(shown)) {
            news.push(News::Presets(known.iter().map(shown).collect()));
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
            match found.and_then(|(slot, param)| Some((slot, value.normalized(param)?))) {
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
        presets::changed();
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
        let folder = presets::folder(&self.document).ok_or("this user has no folder for presets")?;
        Ok(folder.join(format!("{name}.{}", PRESET_EXTENSION)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
