//! From the bytes of a file to a text.

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::encoding::{Encoding, text_of};

/// The text in a file's bytes, without byte order mark, with `\n` line ends as they come. What is not UTF-8 is taken for
/// Latin-1 (in which every byte is a letter), and a warning says so. `[any]`
pub fn decode(bytes: &[u8]) -> (String, Option<Diagnostic>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            let text = text_of(bytes);
            let warning = Diagnostic::warning(
                u32::try_from(line).ok(),
                "the text is not UTF-8; it was read as Latin-1",
            );
            (text, Some(warning.with_remedy("save the file as UTF-8")))
        }
    }
}

/// How a document is written for Csound that consists of these texts, each with whether its file is Latin-1: so that a
/// string has as many bytes as in the file. Where two files have letters beyond ASCII and differ, there is no one way,
/// and it is UTF-8. `[any]`
pub(super) fn encoding<'a>(texts: impl Iterator<Item = (&'a str, bool)>) -> Encoding {
    let mut encoding = Encoding::Utf8;
    for (text, is_latin_1) in texts.filter(|(text, _)| !text.is_ascii()) {
        if !is_latin_1 || text.chars().any(|letter| u8::try_from(letter).is_err()) {
            return Encoding::Utf8;
        }
        encoding = Encoding::Latin1;
    }
    encoding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_is_converted_with_a_warning_and_utf_8_is_not_touched() {
        assert_eq!(decode("é\n".as_bytes()), ("é\n".to_owned(), None));
        assert_eq!(decode(b"\xef\xbb\xbfx").0, "x");
        let (text, warning) = decode(b"a\nS = \"caf\xe9\"\n");
        assert_eq!(text, "a\nS = \"café\"\n");
        assert_eq!(warning.and_then(|warning| warning.line), Some(2));
    }

    #[test]
    fn a_document_is_latin_1_where_all_its_letters_beyond_ascii_are() {
        let of = |texts: &[(&str, bool)]| encoding(texts.iter().copied());
        assert_eq!(of(&[("café", true)]), Encoding::Latin1);
        assert_eq!(of(&[("cafe", false), ("é", true)]), Encoding::Latin1);
        for mixed in [&[("é", true), ("é", false)][..], &[("é λ", true)], &[("é", false)], &[("e", true)]]
        {
            assert_eq!(of(mixed), Encoding::Utf8, "{mixed:?}");
        }
    }
}
