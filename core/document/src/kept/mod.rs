//! `;@keep`: what a project keeps of a document's tables and channels beside its parameters, and the values that it has.

mod values;

use serde::{Deserialize, Serialize};

use super::directives::{Directive, Item, misfit, written};
use super::vocabulary;
use ksmps_data::diagnostic::Diagnostic;

pub use values::KeptValues;

/// Tables and channels that a document can keep.
pub const KEPT_MAX: usize = 64;
/// Numbers that all of them can hold together. A table has one more than its length, a text channel counts as
/// [`KEPT_TEXT_NUMBERS`].
pub const KEPT_NUMBERS_MAX: usize = 1 << 16;
/// Numbers for which a text channel counts.
pub const KEPT_TEXT_NUMBERS: usize = 64;

/// One thing that a document keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is.
    pub kind: KeptKind,
    /// The channel's name, or that of the variable which holds the table's number.
    pub name: String,
    /// The document's line.
    pub line: u32,
}

/// What can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeptKind {
    /// What a table holds.
    Table,
    /// The value of a control channel.
    Channel,
    /// What a text channel holds.
    Text,
}

impl KeptKind {
    /// By its word in `;@keep`.
    fn of_word(word: &str) -> Option<Self> {
        match word {
            "table" => Some(Self::Table),
            "chan" => Some(Self::Channel),
            "string" => Some(Self::Text),
            _ => None,
        }
    }
}

/// Reads these directives, for an orchestra with these words; what does not fit is a warning.
pub(super) fn read(
    directives: &[Directive],
    has_word: impl Fn(&str) -> bool,
    found: &mut Vec<Diagnostic>,
) -> Vec<Kept> {
    let mut kept: Vec<Kept> = Vec::new();
    for directive in directives.iter().filter(|directive| directive.word == "keep") {
        let before = found.len();
        let mut names = 0;
        let mut kind = None;
        for item in &directive.items {
            let name = match item {
                Item::Word(word) => match KeptKind::of_word(word) {
                    Some(word) => {
                        kind = Some(word);
                        continue;
                    }
                    None => word,
                },
                Item::Text(name) if !name.is_empty() => name,
                other => {
                    found.push(misfit(directive, &written(other), vocabulary::remedy("keep")));
                    continue;
                }
            };
            names += 1;
            let Some(kind) = kind else {
                found.push(misfit(directive, &written(item), vocabulary::remedy("keep")));
                continue;
            };
            let one = Kept { kind, name: name.clone(), line: directive.line };
            if let Some(why) = refusal(&one, &has_word) {
                found.push(why);
            } else if kept.len() == KEPT_MAX {
                let text = format!("a document can keep {KEPT_MAX} tables and channels: {name} is not kept");
                found.push(
                    Diagnostic::warning(directive.line, text).with_remedy("keep several values in one table"),
                );
            } else if !kept.iter().any(|known| (known.kind, &known.name) == (kind, name)) {
                kept.push(one);
            }
        }
        if names == 0 && found.len() == before {
            found.push(misfit(directive, "nothing", vocabulary::remedy("keep")));
        }
    }
    kept
}

/// Why a table's name is none.
fn refusal(one: &Kept, has_word: impl Fn(&str) -> bool) -> Option<Diagnostic> {
    if one.kind != KeptKind::Table {
        return None;
    }
    let name = &one.name;
    let is_name =
        name.starts_with("gi") && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let (text, remedy) = if !is_name {
        (
            format!("{name} in ;@keep is no global i-variable"),
            "name the variable that holds the table's number: giSteps ftgen 0, 0, 16, -2, 0".to_owned(),
        )
    } else if !has_word(name) {
        (
            format!("the orchestra has no {name}, which ;@keep names"),
            format!("make the table in the header: {name} ftgen 0, 0, 16, -2, 0"),
        )
    } else {
        return None;
    };
    Some(Diagnostic::warning(one.line, text).with_remedy(remedy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    fn read(lines: &str) -> (Vec<(KeptKind, String)>, Vec<String>) {
        let text = format!("giSteps ftgen 0, 0, 8, -2, 0\n{lines}\ninstr 1\nendin\n");
        let document = Document::parse(&text, None).expect("it can be played");
        let kept = document.kept.into_iter().map(|one| (one.kind, one.name)).collect();
        (kept, document.diagnostics.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn tables_channels_and_texts_are_kept_each_once() {
        let (kept, said) = read(
            ";@keep table giSteps\n;@keep chan level \"a b\" string word\n;@keep chan level ; again\n;@keep string table \"table\"",
        );
        let name = |kind, name: &str| (kind, name.to_owned());
        let expected = [
            name(KeptKind::Table, "giSteps"),
            name(KeptKind::Channel, "level"),
            name(KeptKind::Channel, "a b"),
            name(KeptKind::Text, "word"),
        ];
        assert_eq!(kept[..4], expected);
        // A word names a kind; a channel of such a name stands in quotes.
        assert_eq!(kept.len(), 4, "{kept:?}");
        assert!(said.iter().any(|one| one.contains("no global i-variable")), "{said:?}");
    }

    #[test]
    fn what_does_not_fit_is_a_warning_with_its_line() {
        for (line, why) in [
            (";@keep", "nothing in ;@keep"),
            (";@keep giSteps", "`giSteps` in ;@keep"),
            (";@keep table", "nothing in ;@keep"),
            (";@keep table kSteps", "no global i-variable"),
            (";@keep table giOthers", "has no giOthers"),
            (";@keep chan 1..2", "`1..2` in ;@keep"),
        ] {
            let (kept, said) = read(line);
            assert_eq!(kept, [], "{line}");
            assert!(said.iter().any(|one| one.contains(why) && one.contains('2')), "{line}: {said:?}");
        }
        let many: String = (0..70).map(|number| format!(";@keep chan c{number}\n")).collect();
        let (kept, said) = read(&many);
        assert_eq!((kept.len(), said.len()), (KEPT_MAX, 6));
    }
}
