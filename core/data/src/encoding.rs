//! How the letters of a text are written as bytes. Csound counts bytes: `strlen("é")` is 1 in a Latin-1 file and 2 in a
//! UTF-8 file.

use std::borrow::Cow;

/// How a document's file is written, and so how Csound is given its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// A letter is one to four bytes.
    #[default]
    Utf8,
    /// A letter is one byte.
    Latin1,
}

impl Encoding {
    /// A text as bytes; one that has a letter which Latin-1 lacks is written in UTF-8. `[any]`
    #[must_use]
    pub fn bytes(self, text: &str) -> Cow<'_, [u8]> {
        if self == Self::Utf8 || text.is_ascii() {
            return Cow::Borrowed(text.as_bytes());
        }
        let bytes: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(letter).ok()).collect();
        bytes.map_or(Cow::Borrowed(text.as_bytes()), Cow::Owned)
    }
}

/// The text that bytes are: what is not UTF-8 is taken for Latin-1, in which every byte is a letter. `[any]`
#[must_use]
pub fn text_of(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes)
        .map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_has_a_byte_for_a_letter_where_it_has_the_letter() {
        assert_eq!(*Encoding::Latin1.bytes("café"), *b"caf\xe9");
        assert_eq!(*Encoding::Latin1.bytes("λé"), *"λé".as_bytes());
        assert_eq!(*Encoding::Utf8.bytes("café"), *"café".as_bytes());
        assert_eq!((text_of(b"caf\xe9"), text_of("λé".as_bytes())), ("café".to_owned(), "λé".to_owned()));
    }
}
