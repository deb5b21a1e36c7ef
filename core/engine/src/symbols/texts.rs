//! The texts of an engine that have numbers: those of the orchestra, and those that are given while it plays.

use serde::{Deserialize, Serialize};

use std::collections::VecDeque;
use std::ffi::CString;

use ksmps_csound::{LIVE_TEXT_BYTES_MAX, Running};
use ksmps_data::verbs::{EngineError, FIRST_TEXT, own_texts};

/// How many texts one engine can be given while it plays.
pub const LIVE_TEXTS_MAX: usize = 256;

/// Texts and their numbers. `[any]`
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TextNumbers {
    known: Vec<(u32, String)>,
    free: VecDeque<u32>,
}

impl TextNumbers {
    /// Of an instance that was started; room is made for those to come. `[control]`
    pub(crate) fn of(running: &mut Running) -> Self {
        let known = running.numbered_texts();
        Self { known, free: running.make_text_room(FIRST_TEXT, LIVE_TEXTS_MAX).into() }
    }

    /// Of an engine whose owner can give any number a text at any time. `[control]`
    pub(crate) fn growing() -> Self {
        let known = own_texts().map(|(number, text)| (number, text.to_owned())).collect();
        Self { known, free: VecDeque::new() }
    }

    /// The number behind all that have a text. `[control]`
    pub(crate) fn next(&self) -> u32 {
        self.known.iter().map(|(number, _)| number + 1).fold(FIRST_TEXT, u32::max)
    }

    /// The number of a text that has one. `[any]`
    pub fn number(&self, text: &str) -> Option<u32> {
        self.known.iter().find(|(_, known)| known == text).map(|(number, _)| *number)
    }

    /// The text with a number. `[any]`
    pub fn text(&self, number: u32) -> Option<&str> {
        self.known.iter().find(|(known, _)| *known == number).map(|(_, text)| text.as_str())
    }

    /// Every text and its number. `[any]`
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        self.known.iter().map(|(number, text)| (text.as_str(), *number))
    }

    /// The number that a new text can have, and the text as Csound wants it. It has it as soon as
    /// [`TextNumbers::numbered`] is told. `[control]`
    ///
    /// # Errors
    /// [`EngineError::BadString`].
    pub fn prepare(&self, text: &str) -> Result<(u32, Box<std::ffi::CStr>), EngineError> {
        let refuse = |why: String| EngineError::BadString(format!("{text:?} {why}"));
        if text.len() > LIVE_TEXT_BYTES_MAX {
            return Err(refuse(format!("is longer than {LIVE_TEXT_BYTES_MAX} bytes")));
        }
        let written = CString::new(text).map_err(|_| refuse("has a NUL byte in it".into()))?;
        let number = self.free.front().ok_or_else(|| {
            refuse(format!(
                "is one text more than an engine has room for while it plays ({LIVE_TEXTS_MAX}): number it in the \
                 orchestra with strset"
            ))
        })?;
        Ok((*number, written.into_boxed_c_str()))
    }

    /// The prepared text is on its way. `[control]`
    pub fn numbered(&mut self, number: u32, text: &str) {
        self.free.retain(|free| *free != number);
        self.known.retain(|(known, _)| *known != number);
        self.known.push((number, text.to_owned()));
    }
}
