//! The documents that come with the plugin.

use ksmps_core::document::Document;
use ksmps_editor::model::LibraryEntry;

use crate::products::FACTORY;

/// What a document can begin with.
const TEMPLATES: [&str; 2] = [include_str!("templates/instrument.csd"), include_str!("templates/effect.csd")];

/// The texts of the entries: the factory documents, then the templates.
fn texts() -> impl Iterator<Item = &'static str> {
    FACTORY.into_iter().chain(TEMPLATES)
}

/// The text of an entry.
pub(super) fn text(entry: usize) -> Option<&'static str> {
    texts().nth(entry)
}

/// What there is. Takes some milliseconds. `[control]`
pub(super) fn entries() -> Vec<LibraryEntry> {
    let entry = |(at, text)| {
        let about = Document::parse(text, None).map(|document| document.about).unwrap_or_default();
        LibraryEntry {
            name: about.name.unwrap_or_else(|| "Untitled".to_owned()),
            category: about.category.unwrap_or_default(),
            author: about.author.unwrap_or_default(),
            text: about.text.unwrap_or_default(),
            is_template: at >= FACTORY.len(),
        }
    };
    texts().enumerate().map(entry).collect()
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
