//! Presets: values for parameters, in a document (`;@preset`) and in files, and the documents of the factory library.
//!
//! The user's presets of a document lie in a folder with the document's name, each a JSON file of values by the names of
//! parameters, in the parameters' own units; those of the library in the same way beside the plugin's binary, where a
//! document as it is has a file without values, under its own name. Nothing here opens Csound; what hosts do with presets is in [`crate::clap`]
//! and [`crate::vst3`], what the editor does in [`crate::link`].

mod factory;
mod load;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use ksmps_core::document::{PRESET_EXTENSION, preset_folder_name};
use ksmps_core::library;
use ksmps_core::player::Project;
use ksmps_core::settings::UserFiles;

pub use ksmps_core::document::{Preset, PresetValue};

pub use factory::{FactoryDocument, factory};
pub use load::{LoadError, load_factory, load_file, load_preset};

/// How often this process has changed the user's presets.
static CHANGES: AtomicU64 = AtomicU64::new(0);

/// The user's presets have changed: lists of them are to be read again. `[any]`
pub fn changed() {
    CHANGES.fetch_add(1, Ordering::AcqRel);
}

/// How often they have changed since the process began. `[any]`
pub fn changes() -> u64 {
    CHANGES.load(Ordering::Acquire)
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

/// The folder in which the library's presets lie, beside the plugin's binary; `None` where nobody has put it there. `[any]`
pub fn factory_folder() -> Option<PathBuf> {
    library::own_folders().into_iter().map(|folder| folder.join("presets")).find(|folder| folder.is_dir())
}

/// The folder of the user's presets of a document. `[any]`
pub fn folder(document: &str) -> Option<PathBuf> {
    Some(user_folder()?.join(preset_folder_name(document)))
}

/// Those of the user for a document, in the order of their names; files that cannot be read are left out. `[control]`
pub fn of_user(document: &str) -> Vec<Preset> {
    let files = folder(document).and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut presets: Vec<Preset> = files.filter_map(|entry| read_file(&entry.path()).ok()).collect();
    presets.sort_by_key(|preset| preset.name.to_lowercase());
    presets
}

/// Reads a preset's file. `[control]`
///
/// # Errors
/// Why it is none, as a person reads it.
pub fn read_file(file: &Path) -> Result<Preset, String> {
    let say = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
    let is_preset = file.extension().is_some_and(|extension| extension == PRESET_EXTENSION);
    let name = file.file_stem().and_then(|name| name.to_str()).filter(|_| is_preset);
    let name = name.filter(|name| !name.starts_with('.'));
    let name = name.ok_or_else(|| say(&"a preset is a file that ends with .json and is not hidden"))?;
    let text = std::fs::read(file).map_err(|error| say(&error))?;
    let values = serde_json::from_slice(&text).map_err(|error| say(&error))?;
    Ok(Preset { name: name.to_owned(), values, file: Some(file.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
