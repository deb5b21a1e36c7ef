//! From the bytes of a file to a text.

use ksmps_data::diagnostic::Diagnostic;

/// The text in a file's bytes, without byte order mark, with `\n` line ends as they come. What is not UTF-8 is taken for
/// Latin-1 (in which every byte is a letter), and a warning says so. `[any]`
pub fn decode(bytes: &[u8]) -> (String, Option<Diagnostic>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            let text = bytes.iter().map(|byte| char::from(*byte)).collect();
            let warning = Diagnostic::warning(
                u32::try_from(line).ok(),
                "the text is not UTF-8; it was read as Latin-1",
            );
            (text, Some(warning.with_remedy("save the file as UTF-8")))
        }
    }
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
}
