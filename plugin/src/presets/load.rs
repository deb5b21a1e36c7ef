//! A host loads a preset: the document that it is for takes the place of another one, and every parameter is where the
//! preset has it, the others at their defaults. So a preset sounds the same whatever was there before.

use std::collections::BTreeMap;
use std::path::Path;

use ksmps_core::document::{Document, preset_folder_name};
use ksmps_core::params::{Param, SLOTS};
use ksmps_core::player::StateError;
use serde_json::{Map, Value, json};

use super::{FactoryDocument, Preset, PresetValue, document_name, factory, read_file};
use crate::document_file;
use crate::instance::Instance;
use crate::param_list::ParamListChange;
use crate::refresh;

/// Why a preset was not loaded; the instance is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// There is no such document in the library, or no such preset in the document.
    #[error("there is no preset {0} in the factory library")]
    Unknown(String),
    /// The file is no preset and no document.
    #[error("{0}")]
    File(String),
    /// Its values are for parameters of a document that is not there.
    #[error("{preset} is a preset of {document}: open that document first")]
    OtherDocument {
        /// The file.
        preset: String,
        /// The document that it is for.
        document: String,
    },
}

/// Loads a document of the library, with one of its presets or as it is. `[control]`
///
/// # Errors
/// Where the library has no document, or the document no preset, of this name.
pub fn load_factory(instance: &Instance, document: &str, preset: Option<&str>) -> Result<(), LoadError> {
    let unknown =
        || LoadError::Unknown(preset.map_or(document.to_owned(), |preset| format!("{document}/{preset}")));
    let known = factory().iter().find(|known| known.name == document).ok_or_else(unknown)?;
    let nothing = BTreeMap::new();
    let values = match preset {
        Some(name) => &known.presets.iter().find(|preset| preset.name == name).ok_or_else(unknown)?.values,
        None => &nothing,
    };
    load_values(instance, known, values)
}

/// Loads a file: a preset of the user, for the present document or for one of the library, or a document. `[control]`
///
/// # Errors
/// Where the file cannot be read, or is a preset of a document that is neither.
pub fn load_file(instance: &Instance, file: &Path) -> Result<(), LoadError> {
    let is_document = file
        .extension()
        .is_some_and(|extension| ["csd", "orc"].iter().any(|known| extension.eq_ignore_ascii_case(known)));
    if is_document {
        let text = document_file::text(file).map_err(LoadError::File)?;
        instance.control().load(text, Some(file.to_owned()));
        instance.host().params_changed(refresh::show_declared(instance));
        return Ok(());
    }
    let preset = read_file(file).map_err(LoadError::File)?;
    let folder = file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let present = document_name(&instance.control().project());
    if folder == preset_folder_name(&present) {
        load_preset(instance, &preset);
        return Ok(());
    }
    match factory().iter().find(|known| folder == preset_folder_name(&known.name)) {
        Some(known) => load_values(instance, known, &preset.values),
        None => Err(LoadError::OtherDocument { preset: preset.name, document: folder.into_owned() }),
    }
}

/// Puts the parameters of the present document to where a preset has them, the others to their defaults. `[control]`
pub fn load_preset(instance: &Instance, preset: &Preset) {
    let list = instance.params().list();
    for (slot, param) in (0..SLOTS).filter_map(|slot| Some((slot, list.param(slot)?))) {
        let wanted = preset.values.get(&param.name).and_then(|value| value.normalized(param));
        let default = || param.default.map(|default| param.normalized(default));
        if let Some(normalized) = wanted.or_else(default) {
            instance.params().move_to(slot, normalized);
        }
    }
    tell(instance);
}

/// Loads a document of the library with these values. Where it is there already, it goes on playing.
fn load_values(
    instance: &Instance,
    known: &FactoryDocument,
    values: &BTreeMap<String, PresetValue>,
) -> Result<(), LoadError> {
    let project = instance.control().project();
    if project.text() == known.text && matches!(project.session(), Ok(None)) {
        let preset = Preset { name: String::new(), values: values.clone(), file: None };
        load_preset(instance, &preset);
        return Ok(());
    }
    let state = state(instance, known, values);
    let refused = |error: StateError| LoadError::File(error.to_string());
    refresh::restore(instance, &BTreeMap::new(), || instance.control().restore(&state)).map_err(refused)?;
    // What was typed belonged to another text.
    instance.follow().set_draft(false);
    instance.editor().keep_draft(None);
    tell(instance);
    Ok(())
}

/// The state of a project with a document of the library, which plays where the present one does.
fn state(instance: &Instance, known: &FactoryDocument, values: &BTreeMap<String, PresetValue>) -> Value {
    let document = Document::parse(known.text, None);
    let params = document.map(|document| document.declared_params()).unwrap_or_default();
    let slot = |(slot, param): (usize, &Param)| {
        let value = values.get(&param.name).and_then(|value| value.normalized(param));
        (param.name.clone(), json!({ "slot": slot, "value": value }))
    };
    let slots: Map<String, Value> = params.iter().take(SLOTS).enumerate().map(slot).collect();
    let mut state = instance.control().save_copy();
    state["document"] = json!({ "text": known.text });
    state["slots"] = Value::Object(slots);
    state["session"] = Value::Null;
    // What the document before has kept is no other one's.
    state["kept"] = Value::Null;
    state
}

/// The project has changed, and the host is to read every value again.
fn tell(instance: &Instance) {
    instance.host().params_changed(ParamListChange { shown: true, per_note: false });
    instance.host().mark_dirty();
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINE: &str =
        ";@about \"Mine\"\n;@param a 0..4=1\n;@param b 0..1=0.5\n;@preset \"One\" a=3\ninstr 1\nendin\n";

    fn mine() -> std::sync::Arc<Instance> {
        let instance = Instance::alone(MINE);
        refresh::show_declared(&instance);
        instance
    }

    fn shown(instance: &Instance, name: &str) -> f32 {
        let slot = instance.control().slot(name).unwrap();
        instance.params().shown(slot)
    }

    #[test]
    fn a_document_of_the_library_comes_with_its_preset() {
        let instance = mine();
        load_factory(&instance, "Glass Keys", Some("Dark")).unwrap();
        let document = document_name(&instance.control().project());
        assert_eq!(document, "Glass Keys");
        let list = instance.params().list();
        let text = |name: &str| {
            let slot = instance.control().slot(name).unwrap();
            list.param(slot).unwrap().plain(instance.params().shown(slot).into())
        };
        assert!((text("cutoff") - 500.0).abs() < 1.0 && (text("reso") - 0.6).abs() < 1e-3);
        // Again, without: the values are the document's own, and no other engine is needed.
        let revision = instance.control().revision();
        load_factory(&instance, "Glass Keys", None).unwrap();
        assert!((text("cutoff") - 500.0).abs() > 1.0);
        assert_eq!(instance.control().revision(), revision);
    }

    #[test]
    fn what_the_library_does_not_have_changes_nothing() {
        let instance = mine();
        for (document, preset) in [("Nothing", None), ("Drift", Some("Nothing"))] {
            let refused = load_factory(&instance, document, preset);
            assert!(refused.is_err_and(|why| why.to_string().contains("Nothing")));
        }
        assert_eq!(instance.control().text(), MINE);
    }

    #[test]
    fn a_file_is_for_the_document_that_its_folder_is_called_after() {
        let folder = tempfile::tempdir().unwrap();
        let file = |document: &str, text: &str| {
            let path = folder.path().join(document).join("Soft.json");
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            path
        };
        let instance = mine();
        instance.params().move_to(instance.control().slot("b").unwrap(), 0.9);
        load_file(&instance, &file("Mine", "{\"a\": 2, \"gone\": 7}")).unwrap();
        assert_eq!((shown(&instance, "a"), shown(&instance, "b")), (0.5, 0.5));
        let other = load_file(&instance, &file("Somebody's", "{}"));
        assert!(matches!(other, Err(LoadError::OtherDocument { document, .. }) if document == "Somebody's"));
        let broken = load_file(&instance, &file("Mine", "{"));
        assert!(matches!(broken, Err(LoadError::File(why)) if why.contains("Soft.json")));
        assert_eq!(instance.control().text(), MINE);
        load_file(&instance, &file("Glass Keys", "{\"reso\": 0.25}")).unwrap();
        assert_eq!(document_name(&instance.control().project()), "Glass Keys");
    }

    #[test]
    fn a_document_is_opened_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csd");
        std::fs::write(&path, ";@param z 0..1=0.25\ninstr 1\nendin\n").unwrap();
        let instance = mine();
        load_file(&instance, &path).unwrap();
        assert_eq!(shown(&instance, "z"), 0.25);
        assert_eq!(instance.control().project().origin(), Some(path.as_path()));
        assert!(load_file(&instance, &folder.path().join("b.csd")).is_err());
    }
}
