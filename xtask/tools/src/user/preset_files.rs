//! The presets of the factory documents, each a file: what hosts list of a CLAP that lies beside them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ksmps_core::document::{Document, PRESET_EXTENSION, Preset, preset_folder_name};

use crate::error::Error;

/// Writes, for each folder with a document in `documents`, a folder with a file for the document as it is, without
/// values, and one for each preset of its own.
///
/// # Errors
/// Where a document has no name or cannot be read, two presets have one file, or a file cannot be written.
pub fn write(documents: &Path, folder: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(documents).map_err(Error::file(documents))? {
        let entry = entry.map_err(Error::file(documents))?.path();
        let name = entry.file_name().unwrap_or_default();
        let file = entry.join(name).with_extension("csd");
        if file.is_file() {
            write_those_of(&file, folder)?;
        }
    }
    Ok(())
}

fn write_those_of(file: &Path, folder: &Path) -> Result<(), Error> {
    let refuse = |why: &str| Error::usage(format!("{}: {why}", file.display()));
    let text = fs::read_to_string(file).map_err(Error::file(file))?;
    let document = Document::parse(&text, None)
        .map_err(|found| refuse(&found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    let name = document.about.name.clone();
    let name = name.ok_or_else(|| refuse("a factory document says its name with ;@about"))?;
    let own = folder.join(preset_folder_name(&name));
    fs::create_dir_all(&own).map_err(Error::file(&own))?;
    let itself = Preset { name, values: BTreeMap::new(), file: None };
    for preset in [itself].into_iter().chain(document.presets()) {
        let file = own.join(format!("{}.{PRESET_EXTENSION}", preset_folder_name(&preset.name)));
        if file.exists() {
            return Err(refuse(&format!("two of its presets would be {}", file.display())));
        }
        let values = serde_json::to_vec_pretty(&preset.values).map_err(|error| refuse(&error.to_string()))?;
        fs::write(&file, values).map_err(Error::file(&file))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_has_a_file_for_itself_and_one_for_each_of_its_presets() {
        let folder = tempfile::tempdir().unwrap();
        let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../instruments");
        write(&documents, folder.path()).unwrap();
        let read = |file: &str| fs::read_to_string(folder.path().join(file)).unwrap();
        assert_eq!(read("Glass Keys/Glass Keys.json"), "{}");
        let dark: serde_json::Value = serde_json::from_str(&read("Glass Keys/Dark.json")).unwrap();
        assert_eq!(dark, serde_json::json!({ "cutoff": 500.0, "reso": 0.6 }));
        let again = write(&documents, folder.path());
        assert!(again.is_err_and(|why| why.to_string().contains("two of its presets")));
    }

    #[test]
    fn a_document_without_a_name_is_refused() {
        let documents = tempfile::tempdir().unwrap();
        fs::create_dir(documents.path().join("a")).unwrap();
        fs::write(documents.path().join("a/a.csd"), "instr 1\nendin\n").unwrap();
        let refused = write(documents.path(), &documents.path().join("out"));
        assert!(
            refused.is_err_and(|why| why.to_string().contains("a.csd: a factory document says its name"))
        );
    }
}
