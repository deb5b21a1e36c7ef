//! Texts with numbers, for `strget`.

use crate::engine::Order;
use crate::verbs::When;

use super::super::Control;
use super::{Aim, LIVE_TEXTS_MAX, LiveError};

impl Control {
    /// The number of a text, by which instruments that start from now on find it with `strget`. The same text always
    /// has the same one in an engine; another engine, after an edit or a reset, numbers anew. Up to 256 texts of 511
    /// bytes can be given to an engine beside those that the document numbers itself with `strset`; their numbers
    /// begin with 24. [control]
    ///
    /// # Errors
    /// [`crate::verbs::EngineError::BadString`] for one that is too long or has no room, [`LiveError::NothingPlays`],
    /// [`LiveError::QueueFull`].
    pub fn str_set(&self, text: &str) -> Result<u32, LiveError> {
        self.number_text(&self.aim()?, text)
    }

    /// The text with a number. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`].
    pub fn str_get(&self, number: u32) -> Result<Option<String>, LiveError> {
        Ok(self.aim()?.symbols.texts().text(number).map(str::to_owned))
    }

    /// Every text and its number: the document's, then those that were given. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`].
    pub fn defined_strings(&self) -> Result<Vec<(String, u32)>, LiveError> {
        Ok(self.aim()?.symbols.texts().iter().map(|(text, number)| (text.to_owned(), number)).collect())
    }

    /// A new text is on its way before anything that is sent with its number.
    pub(super) fn number_text(&self, aim: &Aim, text: &str) -> Result<u32, LiveError> {
        let mut texts = aim.symbols.texts();
        if let Some(number) = texts.number(text) {
            return Ok(number);
        }
        let (number, written) = texts.prepare(text)?;
        self.send(aim, When::default(), Order::GiveText(number, written))?;
        texts.numbered(number, text);
        Ok(number)
    }
}

/// What the documentation of [`Control::str_set`] says.
const _: () = assert!(LIVE_TEXTS_MAX == 256 && crate::csound::LIVE_TEXT_BYTES_MAX == 511);
