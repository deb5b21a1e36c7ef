//! The templates of an engine's session, as instruments with numbers.

use ksmps_document::Instrument;

/// The templates that notes, parameters and verbs find by name. Each has an instrument number that no event of the
/// session has.
#[derive(Debug, Default)]
pub(super) struct NamedTemplates {
    /// Their numbers, each with what stands behind it.
    pub templates: Vec<(u32, Instrument)>,
    /// Orchestra of the session's outside its templates.
    pub code: Vec<String>,
    /// What stands in its templates.
    pub bodies: Vec<String>,
}

impl NamedTemplates {
    /// A template's number. `[any]`
    pub fn number(&self, name: &str) -> Option<i32> {
        self.templates.iter().find(|(_, one)| one.is_called(name)).map(|(number, _)| *number as i32)
    }

    /// A template as an instrument. `[any]`
    pub fn instrument(&self, name: &str) -> Option<&Instrument> {
        self.templates.iter().map(|(_, one)| one).find(|one| one.is_called(name))
    }

    /// Orchestra of the session's outside its templates. `[any]`
    pub fn code(&self) -> impl Iterator<Item = &str> {
        self.code.iter().map(String::as_str)
    }

    /// All text of the session's that Csound runs. `[any]`
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.code().chain(self.bodies.iter().map(String::as_str))
    }

    /// Every template and its number. `[any]`
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Instrument)> {
        self.templates.iter().map(|(number, one)| (*number, one))
    }
}
