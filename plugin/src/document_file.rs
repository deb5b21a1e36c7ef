//! A document's file: its text, and what is none.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use ksmps_core::document::decode;

/// A document's text has no more bytes: what is longer is no text.
const DOCUMENT_BYTES_MAX: u64 = 64 << 20;

/// A document's text. `[control]`
///
/// # Errors
/// Where the file cannot be read or holds no text: what is wrong, with its path.
pub fn text(path: &Path) -> Result<String, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| wrong(&error))?;
    let mut bytes = Vec::new();
    file.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| wrong(&error))?;
    if bytes.len() as u64 > DOCUMENT_BYTES_MAX || bytes.contains(&0) {
        return Err(wrong(&"this is no document: a .csd, an orchestra, or a sound file is expected"));
    }
    Ok(decode(&bytes).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_text_is_refused_and_latin_1_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csd");
        std::fs::write(&path, b"; caf\xe9").unwrap();
        assert_eq!(text(&path).unwrap(), "; caf\u{e9}");
        std::fs::write(&path, b"\x7fELF\0\0").unwrap();
        assert!(text(&path).unwrap_err().contains("no document"));
        assert!(text(&folder.path().join("none.csd")).unwrap_err().contains("none.csd"));
    }
}
