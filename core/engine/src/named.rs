//! Instruments and p-fields by name: those of the document, and the templates of its session.

use ksmps_csound::Running;
use ksmps_document::{Document, Instrument};

use super::templates::NamedTemplates;

/// What notes and parameters find by name while an engine is built.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    pub document: &'a Document,
    pub templates: &'a NamedTemplates,
}

impl<'a> Named<'a> {
    /// The number of an instrument or template. `[control]`
    pub fn number(&self, running: &mut Running, name: &str) -> Option<i32> {
        self.templates.number(name).or_else(|| running.instrument_number(name))
    }

    /// What is known of its text. `[any]`
    pub fn instrument(&self, name: &str) -> Option<&'a Instrument> {
        self.templates.instrument(name).or_else(|| self.document.instrument(name))
    }

    /// The number of an instrument and of its p-field that is named by name or as `pN`. `[control]`
    pub fn pfield(&self, running: &mut Running, instrument: &str, pfield: &str) -> Option<(i32, usize)> {
        let index = match pfield.strip_prefix('p').and_then(|digits| digits.parse().ok()) {
            Some(index) => index,
            None => self.instrument(instrument)?.pfields.iter().find(|named| named.name == pfield)?.index,
        };
        Some((self.number(running, instrument)?, index))
    }
}
