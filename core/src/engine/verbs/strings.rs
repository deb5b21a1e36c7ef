//! Texts that instruments get as numbers and read with `strget`.

use crate::csound::Running;

use super::history::Item;
use super::{EngineError, FIRST_TEXT, Verbs, own_texts, quoted};

/// The texts of an engine, each once.
#[derive(Debug)]
pub(super) struct Strings {
    texts: Vec<(u32, String)>,
}

impl Strings {
    pub fn new() -> Self {
        Self { texts: own_texts().map(|(number, text)| (number, text.to_owned())).collect() }
    }

    /// The number of a text that has one.
    pub fn number(&self, text: &str) -> Option<u32> {
        self.texts.iter().find(|(_, known)| known == text).map(|(number, _)| *number)
    }

    fn next(&self) -> u32 {
        self.texts.iter().map(|(number, _)| number + 1).fold(FIRST_TEXT, u32::max)
    }
}

impl Verbs {
    /// The number of a text; the same text always has the same one. [control]
    ///
    /// # Errors
    /// [`EngineError::BadString`] where Csound cannot hold the text.
    pub fn str_set(&mut self, running: &mut Running, text: &str) -> Result<u32, EngineError> {
        if let Some(number) = self.strings.number(text) {
            return Ok(number);
        }
        let number = self.strings.next();
        self.str_set_at(running, number, text)?;
        Ok(number)
    }

    /// Gives a text this number, whatever had it before. [control]
    ///
    /// # Errors
    /// [`EngineError::BadString`] where Csound cannot hold the text.
    pub(crate) fn str_set_at(
        &mut self,
        running: &mut Running,
        number: u32,
        text: &str,
    ) -> Result<(), EngineError> {
        if self.strings.texts.iter().any(|known| known.0 == number && known.1 == text) {
            return Ok(());
        }
        let literal = quoted(text)?;
        self.orchestra.compile_own(running, &format!("strset {number}, {literal}\n"))?;
        self.strings.texts.retain(|(known, _)| *known != number);
        self.strings.texts.push((number, text.to_owned()));
        self.history.push(|| Item::Text(number, text.to_owned()));
        Ok(())
    }

    /// The text with a number. [control]
    pub fn str_get(&self, number: u32) -> Option<&str> {
        self.strings.texts.iter().find(|(known, _)| *known == number).map(|(_, text)| text.as_str())
    }

    /// Every text and its number. [control]
    pub fn defined_strings(&self) -> impl Iterator<Item = (&str, u32)> {
        self.strings.texts.iter().map(|(number, text)| (text.as_str(), *number))
    }
}
