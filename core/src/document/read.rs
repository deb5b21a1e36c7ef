//! The order in which a document is read.

use std::path::Path;

use super::{About, Document, Notes, Section, Uses};
use crate::diagnostic::Diagnostic;

/// Reads a whole document.
pub(super) fn read(text: &str, origin: Option<&Path>) -> Result<Document, Vec<Diagnostic>> {
    Ok(Document {
        text: text.to_owned(),
        origin: origin.map(Path::to_path_buf),
        orchestra: Section { text: text.to_owned(), first_line: 1 },
        score: None,
        options: Vec::new(),
        files: Vec::new(),
        about: About::default(),
        notes: Notes::Undeclared,
        params: Vec::new(),
        inputs: Vec::new(),
        outputs: Vec::new(),
        latency_frames: 0,
        tail: None,
        instruments: Vec::new(),
        wants_ksmps: false,
        is_bare: true,
        uses: Uses::default(),
        directives: Vec::new(),
        diagnostics: Vec::new(),
    })
}
