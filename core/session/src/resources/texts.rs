//! Texts of a session: each once, each with a number.

use crate::{Session, SessionError};

/// The number of the first text that a session hands out; those below are the engine's.
pub(crate) const FIRST_STRING: u32 = 24;
/// Texts that are numbered by hand have numbers below this.
const TEXT_NUMBERS_END: u32 = 1_000_000;

/// The texts of a session, each once.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Strings {
    texts: Vec<(u32, String)>,
}

impl Strings {
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some((number, _)) = self.texts.iter().find(|(_, known)| known == text) {
            return *number;
        }
        let number = self.next();
        self.texts.push((number, text.to_owned()));
        number
    }

    /// The number that the next text has by itself.
    pub fn next(&self) -> u32 {
        self.texts.iter().map(|(number, _)| number + 1).fold(FIRST_STRING, u32::max)
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.texts.iter().map(|(number, text)| (*number, text.as_str()))
    }
}

impl Session {
    /// The number of a text, which an instrument reads with `strget`; the same text has the same number. `[any]`
    pub fn str_set(&mut self, text: &str) -> u32 {
        self.strings.number(text)
    }

    /// Gives a text the number that is asked for, from 24 to 999,999. `[any]`
    ///
    /// # Errors
    /// [`SessionError::Arguments`] where another text has it, or this text has another one.
    pub fn str_set_at(&mut self, text: &str, number: u32) -> Result<u32, SessionError> {
        let same = |known: &&(u32, String)| known.0 == number || known.1 == text;
        match self.strings.texts.iter().find(same) {
            Some((known, of)) if *known == number && of == text => Ok(number),
            Some((known, of)) => {
                Err(SessionError::Arguments(format!("text {number} cannot be {text:?}: {known} is {of:?}")))
            }
            None if !(FIRST_STRING..TEXT_NUMBERS_END).contains(&number) => Err(SessionError::Arguments(
                format!("{number} is no number for a text: {FIRST_STRING} to {} are", TEXT_NUMBERS_END - 1),
            )),
            None => {
                self.strings.texts.push((number, text.to_owned()));
                Ok(number)
            }
        }
    }
}
