//! Presets: values for parameters, in a document (`;@preset`) and in files of the user's, and the documents of the factory
//! library with theirs.
//!
//! The user's presets of a document lie in a folder with the document's name, each a JSON file of values by the names of
//! parameters, in the parameters' own units. Nothing here opens Csound; what hosts do with presets is in [`crate::clap`]
//! and [`crate::vst3`], what the editor does in [`crate::link`].

mod factory;
mod load;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ksmps_core::document::{Directive, Document, Item, Value};
use ksmps_core::params::Param;
use ksmps_core::player::Project;
use ksmps_core::settings::UserFiles;

pub use factory::{FactoryDocument, factory};
pub use load::{LoadError, load_factory, load_file, load_preset};

/// How the name of a file of a preset ends.
pub const EXTENSION: &str = "json";

/// Values for parameters, under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// What a person reads.
    pub name: String,
    /// By the names of the parameters; the others are not spoken of.
    pub values: BTreeMap<String, PresetValue>,
    /// The user's file; `None` for one of a document.
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

/// What a document is called: by itself, else by its file. `[any]`
pub fn document_name(project: &Project) -> String {
    let own = project.document().ok().and_then(|document| document.about.name.clone());
    let of_file = || Some(project.origin()?.file_stem()?.to_string_lossy().into_owned());
    own.or_else(of_file).unwrap_or_else(|| "Untitled".to_owned())
}

/// The folder in which the user's presets of all documents lie; `None` on a machine where nobody is at home. `[any]`
pub fn user_folder() -> Option<PathBuf> {
    Some(UserFiles::of_this_user().data_folder()?.join("presets"))
}

/// The folder of the user's presets of a document. `[any]`
pub fn folder(document: &str) -> Option<PathBuf> {
    Some(user_folder()?.join(folder_name(document)))
}

/// What the folder of a document's presets is called.
fn folder_name(document: &str) -> String {
    let name: String = document.chars().map(|c| if "/\\:\0".contains(c) { '_' } else { c }).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() { "Untitled".to_owned() } else { name.to_owned() }
}

/// The presets that a document has itself. `[any]`
pub fn of_document(document: &Document) -> Vec<Preset> {
    document
        .directives
        .iter()
        .filter(|directive| directive.word == "preset")
        .filter_map(of_directive)
        .collect()
}

fn of_directive(directive: &Directive) -> Option<Preset> {
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
    Some(Preset { name, values, file: None })
}

/// Those of the user for a document, in the order of their names; files that cannot be read are left out. `[control]`
pub fn of_user(document: &str) -> Vec<Preset> {
    let files = folder(document).and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut presets: Vec<Preset> = files.filter_map(|entry| read_file(&entry.path()).ok()).collect();
    presets.sort_by_key(|preset| preset.name.to_lowercase());
    presets
}

/// Reads a preset of the user. `[control]`
///
/// # Errors
/// Why it is none, as a person reads it.
pub fn read_file(file: &Path) -> Result<Preset, String> {
    let say = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
    let is_preset = file.extension().is_some_and(|extension| extension == EXTENSION);
    let name = file.file_stem().and_then(|name| name.to_str()).filter(|_| is_preset);
    let name = name.filter(|name| !name.starts_with('.'));
    let name = name.ok_or_else(|| say(&"a preset is a file that ends with .json and is not hidden"))?;
    let text = fs::read(file).map_err(|error| say(&error))?;
    let values = serde_json::from_slice(&text).map_err(|error| say(&error))?;
    Ok(Preset { name: name.to_owned(), values, file: Some(file.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_presets_are_read_with_numbers_and_words() {
        let text = ";@param cutoff 20..2000=500\n;@param shape \"Saw|Square\"\n;@preset \"Dark\" cutoff=200 shape=Square\ninstr 1\nendin\n";
        let document = Document::parse(text, None).unwrap();
        let presets = of_document(&document);
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
    fn what_is_no_preset_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            read_file(&path)
        };
        let preset = file("Soft Pad.json", "{\"cutoff\": 200, \"shape\": \"Saw\"}").unwrap();
        assert_eq!((preset.name.as_str(), preset.values.len()), ("Soft Pad", 2));
        for (name, text) in [("a.txt", "{}"), (".a.json", "{}"), ("b.json", "["), ("c.json", "{\"a\": []}")] {
            assert!(file(name, text).is_err_and(|why| why.contains(name)), "{name}");
        }
    }

    #[test]
    fn a_documents_folder_lies_in_the_users() {
        for (name, folder) in [("Drift", "Drift"), ("../a/b", "_a_b"), ("", "Untitled"), ("...", "Untitled")]
        {
            assert_eq!(folder_name(name), folder);
        }
    }
}
