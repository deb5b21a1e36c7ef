//! The documents that come with the plugin.

use ksmps_core::document::Document;
use ksmps_editor::model::LibraryEntry;

/// The factory documents, and what a document can begin with.
const DOCUMENTS: [(&str, Kind); 10] = [
    (include_str!("../../../instruments/drift/drift.csd"), Kind::Finished),
    (include_str!("../../../instruments/bell/bell.csd"), Kind::Finished),
    (include_str!("../../../instruments/tine/tine.csd"), Kind::Finished),
    (include_str!("../../../instruments/glass-keys/glass-keys.csd"), Kind::Finished),
    (include_str!("../../../instruments/kit-and-piece/kit-and-piece.csd"), Kind::Finished),
    (include_str!("../../../instruments/echo/echo.csd"), Kind::Finished),
    (include_str!("../../../instruments/hall/hall.csd"), Kind::Finished),
    (include_str!("../../../instruments/ducking-smear/ducking-smear.csd"), Kind::Finished),
    (include_str!("templates/instrument.csd"), Kind::Template),
    (include_str!("templates/effect.csd"), Kind::Template),
];

/// What a document is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// To be played.
    Finished,
    /// To begin with.
    Template,
}

/// The text of an entry.
pub(super) fn text(entry: usize) -> Option<&'static str> {
    DOCUMENTS.get(entry).map(|(text, _)| *text)
}

/// What there is. Takes some milliseconds. `[control]`
pub(super) fn entries() -> Vec<LibraryEntry> {
    let entry = |(text, kind): &(&str, Kind)| {
        let about = Document::parse(text, None).map(|document| document.about).unwrap_or_default();
        LibraryEntry {
            name: about.name.unwrap_or_else(|| "Untitled".to_owned()),
            category: about.category.unwrap_or_default(),
            author: about.author.unwrap_or_default(),
            text: about.text.unwrap_or_default(),
            is_template: *kind == Kind::Template,
        }
    };
    DOCUMENTS.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_has_a_name_of_its_own_and_can_be_built() {
        let entries = entries();
        for (at, entry) in entries.iter().enumerate() {
            let document = Document::parse(text(at).expect("it has a text"), None);
            assert!(document.is_ok_and(|document| document.syntax.is_none()), "{}", entry.name);
            assert!(entries.iter().filter(|other| other.name == entry.name).count() == 1, "{}", entry.name);
            assert!(!entry.category.is_empty(), "{}", entry.name);
        }
        assert_eq!(text(entries.len()), None);
    }
}
