//! What a document may need besides making sound: `;@needs`, and what a user lets it do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A set of such needs. Serialized as a list of words; unknown ones are left out when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Needs {
    /// Read and write files anywhere.
    pub files: bool,
    /// Use the network.
    pub network: bool,
    /// Start programs.
    pub programs: bool,
    /// Run Python.
    pub python: bool,
}

/// The words of `;@needs`, in the order of the manual.
pub const NEEDS_WORDS: [&str; 4] = ["files", "network", "programs", "python"];

impl Needs {
    /// The need with this word. `[any]`
    pub fn of_word(word: &str) -> Option<Self> {
        let none = Self::default();
        Some(match word {
            "files" => Self { files: true, ..none },
            "network" => Self { network: true, ..none },
            "programs" => Self { programs: true, ..none },
            "python" => Self { python: true, ..none },
            _ => return None,
        })
    }

    /// The words of those that are in the set. `[any]`
    pub fn words(self) -> Vec<&'static str> {
        let all = [self.files, self.network, self.programs, self.python];
        NEEDS_WORDS.into_iter().zip(all).filter_map(|(word, is_in)| is_in.then_some(word)).collect()
    }

    /// Whether there is none. `[any]`
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// Those of either set. `[any]`
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.combine(other, |one, other| one || other)
    }

    /// Those of both sets. `[any]`
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.combine(other, |one, other| one && other)
    }

    /// Those of this set that are not in the other. `[any]`
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        self.combine(other, |one, other| one && !other)
    }

    fn combine(self, other: Self, rule: impl Fn(bool, bool) -> bool) -> Self {
        Self {
            files: rule(self.files, other.files),
            network: rule(self.network, other.network),
            programs: rule(self.programs, other.programs),
            python: rule(self.python, other.python),
        }
    }
}

impl From<Vec<String>> for Needs {
    fn from(words: Vec<String>) -> Self {
        let known = words.iter().filter_map(|word| Self::of_word(word));
        known.fold(Self::default(), Self::or)
    }
}

impl From<Needs> for Vec<String> {
    fn from(needs: Needs) -> Self {
        needs.words().into_iter().map(str::to_owned).collect()
    }
}

/// The words with blanks between them, as `;@needs` has them.
impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_combined_word_by_word() {
        let set = |words: &str| Needs::from(words.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let (one, other) = (set("files network"), set("network python moon"));
        assert_eq!(one.or(other).to_string(), "files network python");
        assert_eq!(one.and(other).to_string(), "network");
        assert_eq!(one.without(other).to_string(), "files");
        assert!(one.without(one).is_empty() && !other.is_empty());
        assert_eq!(Vec::from(other), ["network", "python"]);
    }
}
