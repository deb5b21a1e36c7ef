//! The documents of the factory library, as hosts list them: read once in a process, from texts in the binary.

use std::sync::OnceLock;

use ksmps_core::document::{About, Document};

use super::Preset;
use crate::products::{FACTORY, Layout};

/// A document of the library.
#[derive(Debug)]
pub struct FactoryDocument {
    /// What it is called.
    pub name: String,
    /// What it says of itself.
    pub about: About,
    /// All of it.
    pub text: &'static str,
    /// Its own presets.
    pub presets: Vec<Preset>,
    /// Whether it works on sound that comes in.
    pub is_effect: bool,
}

impl FactoryDocument {
    /// Whether a product of these buses is made for it. `[any]`
    pub fn suits(&self, layout: Layout) -> bool {
        self.is_effect == layout.buses().main_input_channels.is_some()
    }
}

/// All documents of the library, in its order. The first time takes some milliseconds. `[control]`
pub fn factory() -> &'static [FactoryDocument] {
    static DOCUMENTS: OnceLock<Vec<FactoryDocument>> = OnceLock::new();
    DOCUMENTS.get_or_init(|| FACTORY.into_iter().filter_map(read).collect())
}

fn read(text: &'static str) -> Option<FactoryDocument> {
    let document = Document::parse(text, None).ok()?;
    let presets = document.presets();
    let about = document.about;
    let is_effect = about.category.as_deref().is_some_and(|category| category.starts_with("Effect"));
    Some(FactoryDocument { name: about.name.clone()?, about, text, presets, is_effect })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_listed_by_a_name_of_its_own() {
        let names: Vec<&str> = factory().iter().map(|document| document.name.as_str()).collect();
        assert_eq!(names.len(), FACTORY.len(), "{names:?}");
        for (at, name) in names.iter().enumerate() {
            assert!(!name.contains('/') && !names[..at].contains(name), "{name}");
        }
    }

    #[test]
    fn effects_are_told_from_instruments() {
        let effects: Vec<&str> =
            factory().iter().filter(|document| document.is_effect).map(|one| one.name.as_str()).collect();
        assert_eq!(effects, ["Echo", "Hall", "Ducking Smear"]);
        let echo = factory().iter().find(|document| document.name == "Echo").unwrap();
        assert!(echo.suits(Layout::StereoEffect) && !echo.suits(Layout::StereoOut));
    }
}
