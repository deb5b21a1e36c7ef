//! `;@asset`: how a document wants a file to be in the project.

use super::super::directives::{self, Directive, Item, misfit, written};
use super::super::scan::{self, Language};
use super::super::sections::Sections;
use super::super::vocabulary;
use ksmps_data::diagnostic::Diagnostic;

/// How a file is to be in the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// All of it, also where it is long.
    Embed,
    /// By its name and a number for what is in it; it is looked for where the project is opened.
    Link,
}

/// The wishes of one document: names of files, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Wishes(Vec<(String, Option<Wish>)>);

impl Wishes {
    /// Those that stand in these sections. `[any]`
    pub fn of(sections: &Sections) -> Self {
        let orchestra = [&sections.orchestra, &sections.session].into_iter().flatten();
        let all = orchestra
            .map(|section| (section, Language::Orchestra))
            .chain(sections.score.iter().map(|section| (section, Language::Score)));
        // What is wrong with them is said where the document is read.
        let directives = all.flat_map(|(section, language)| {
            directives::read(section, &scan::scan(&section.text, language), &[], &mut Vec::new())
        });
        Self::read(&directives.collect::<Vec<_>>(), &mut Vec::new())
    }

    /// Those of these directives; what does not fit is a warning. `[any]`
    pub fn read(directives: &[Directive], found: &mut Vec<Diagnostic>) -> Self {
        let mut wishes = Self::default();
        for directive in directives.iter().filter(|directive| directive.word == "asset") {
            let (mut path, mut wish) = (None, None);
            for item in &directive.items {
                match item {
                    Item::Word(word) if word == "embed" => wish = Some(Wish::Embed),
                    Item::Word(word) if word == "link" => wish = Some(Wish::Link),
                    Item::Word(name) | Item::Text(name) if path.is_none() && !name.is_empty() => {
                        path = Some(name.clone());
                    }
                    other => found.push(misfit(directive, &written(other), vocabulary::remedy("asset"))),
                }
            }
            match path {
                Some(path) => wishes.0.push((path, wish)),
                None => found.push(misfit(directive, "nothing", vocabulary::remedy("asset"))),
            }
        }
        wishes
    }

    /// The files that are named. `[any]`
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// How a file is to be in the project; the last one that says so counts. `[any]`
    pub fn of_file(&self, name: &str) -> Option<Wish> {
        self.0.iter().rev().find(|(known, wish)| known == name && wish.is_some()).and_then(|(_, wish)| *wish)
    }
}

/// Says what does not fit in these directives.
pub(in super::super) fn check(directives: &[Directive], found: &mut Vec<Diagnostic>) {
    Wishes::read(directives, found);
}
