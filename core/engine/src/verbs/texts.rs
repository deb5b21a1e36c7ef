//! Texts with numbers, for `strget`.

use super::{Failed, Target, Verbs};
#[cfg(doc)]
use ksmps_data::verbs::EngineError;

/// Texts.
pub trait TextVerbs: Verbs {
    /// The number of a text, by which instruments that start from now on find it with `strget`. The same text always
    /// has the same one in an engine; another engine numbers anew. An engine that plays can be given up to 256 texts of
    /// 511 bytes beside those that the document numbers itself with `strset`; their numbers begin with 24. `[control]`
    ///
    /// # Errors
    /// [`EngineError::BadString`] for one that Csound cannot hold, that is too long or has no room.
    fn str_set(self, text: &str) -> Result<u32, Failed<Self>> {
        self.target()?.number_text(text)
    }

    /// The text with a number. `[control]`
    ///
    /// # Errors
    /// Where there is no engine.
    fn str_get(self, number: u32) -> Result<Option<String>, Failed<Self>> {
        Ok(self.target()?.count(|counters| counters.texts.text(number).map(str::to_owned)))
    }

    /// Every text and its number: those that were there at the start, then those that were given. `[control]`
    ///
    /// # Errors
    /// Where there is no engine.
    fn defined_strings(self) -> Result<Vec<(String, u32)>, Failed<Self>> {
        let all = |(text, number): (&str, u32)| (text.to_owned(), number);
        Ok(self.target()?.count(|counters| counters.texts.iter().map(all).collect()))
    }
}

impl<V: Verbs> TextVerbs for V {}

/// What the documentation of [`TextVerbs::str_set`] says.
const _: () =
    assert!(super::super::symbols::LIVE_TEXTS_MAX == 256 && ksmps_data::verbs::LIVE_TEXT_BYTES_MAX == 511);
