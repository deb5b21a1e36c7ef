//! A plugin's state from outside: the JSON in a project, opened far enough to put a document in.
//!
//! The framework keeps `{version, params, fields}`, each field a JSON text; CLAP puts eight bytes of length before
//! it. The field `ksmps` is the core's state, `report` says what became of the document.

use std::path::Path;

use ksmps_core::player::Place;
use serde_json::{Value, json};

use crate::host::Format;

/// The field with the core's state.
pub(crate) const CORE: &str = "ksmps";
/// The field with what became of the document.
pub(crate) const REPORT: &str = "report";
/// CLAP's state starts with its length.
const LENGTH_BYTES: usize = size_of::<u64>();

/// A state of the plugin, opened.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// All of it, as the framework writes it.
    pub whole: Value,
    /// The core's part.
    pub core: Value,
}

/// A state that is not of the form that the framework writes.
#[derive(Debug, thiserror::Error)]
#[error("the plugin's state is not what this harness knows: {0}")]
pub struct StateError(String);

impl State {
    /// Opens the bytes that a plugin has saved. `[control]`
    ///
    /// # Errors
    /// Where they are not of the framework's form.
    pub fn read(format: Format, bytes: &[u8]) -> Result<Self, StateError> {
        let json = match format {
            Format::Clap => bytes.get(LENGTH_BYTES..).unwrap_or_default(),
            Format::Vst3 | Format::Core => bytes,
        };
        let whole: Value = serde_json::from_slice(json).map_err(|error| StateError(error.to_string()))?;
        let core = field(&whole, CORE)?;
        Ok(Self { whole, core })
    }

    /// The bytes that a host would give the plugin. `[control]`
    pub fn write(&self, format: Format) -> Vec<u8> {
        let mut whole = self.whole.clone();
        whole["fields"][CORE] = Value::String(self.core.to_string());
        let json = whole.to_string().into_bytes();
        match format {
            Format::Clap => [&(json.len() as u64).to_le_bytes(), json.as_slice()].concat(),
            Format::Vst3 | Format::Core => json,
        }
    }

    /// Puts another document in, which finds no values and slots of the one before. `[control]`
    pub fn set_document(&mut self, text: &str, origin: Option<&Path>) {
        self.core["slots"] = json!({});
        self.edit_document(text, origin);
    }

    /// Puts another text in, for which values and slots stay. `[control]`
    pub fn edit_document(&mut self, text: &str, origin: Option<&Path>) {
        self.core["document"] = json!({ "text": text, "origin": origin });
    }

    /// Says where the project is to play. `[control]`
    pub fn set_place(&mut self, place: Place) {
        self.core["place"] = json!(place);
    }

    /// Puts another session into the project. `[control]`
    pub fn set_session(&mut self, session: Value) {
        self.core["session"] = session;
    }

    /// The document's text. `[control]`
    pub fn document(&self) -> &str {
        self.core["document"]["text"].as_str().unwrap_or_default()
    }

    /// What became of the document, as the plugin says. `[control]`
    ///
    /// # Errors
    /// Where the state has no report.
    pub fn report(&self) -> Result<Value, StateError> {
        field(&self.whole, REPORT)
    }

    /// The slot that a parameter of the present document lives in; known once the document plays. `[control]`
    pub fn slot(&self, name: &str) -> Option<u16> {
        let param = self.params().into_iter().find(|param| param["name"] == name)?;
        param["slot"].as_u64().and_then(|slot| u16::try_from(slot).ok())
    }

    /// The names of the present document's parameters; none until it plays. `[control]`
    pub fn names(&self) -> Vec<String> {
        self.params().iter().filter_map(|param| param["name"].as_str().map(str::to_owned)).collect()
    }

    fn params(&self) -> Vec<Value> {
        let params = self.report().map(|report| report["params"].clone()).unwrap_or_default();
        params.as_array().cloned().unwrap_or_default()
    }
}

fn field(whole: &Value, name: &str) -> Result<Value, StateError> {
    let text =
        whole["fields"][name].as_str().ok_or_else(|| StateError(format!("there is no field `{name}`")))?;
    serde_json::from_str(text).map_err(|error| StateError(format!("`{name}`: {error}")))
}
