//! `;@needs`: what a document asks the user for.

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::needs::Needs;

use super::directives::{Directive, Item, misfit, written};
use super::vocabulary;

/// What these directives ask for together; what does not fit is a warning.
pub(super) fn read(directives: &[Directive], found: &mut Vec<Diagnostic>) -> Needs {
    let mut needs = Needs::default();
    for directive in directives.iter().filter(|directive| directive.word == "needs") {
        if directive.items.is_empty() {
            found.push(misfit(directive, "nothing", vocabulary::remedy("needs")));
        }
        for item in &directive.items {
            match item {
                Item::Word(word) if Needs::of_word(word).is_some() => {
                    needs = needs.or(Needs::of_word(word).unwrap_or_default());
                }
                other => found.push(misfit(directive, &written(other), vocabulary::remedy("needs"))),
            }
        }
    }
    needs
}
