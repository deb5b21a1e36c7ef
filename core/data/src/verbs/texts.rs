//! Texts that instruments get as numbers and read with `strget`, and texts in Csound's language.

use super::EngineError;

/// The longest text that can be given while an engine plays, in bytes.
pub const LIVE_TEXT_BYTES_MAX: usize = 511;
/// The number of the first text that an engine has by itself.
const FIRST: u32 = 20;
/// Texts that are there from the start: what an orchestra hands to `interp1d` as a mode.
const MODES: [&str; 4] = ["cos", "linear", "smooth", "smoother"];
/// The number of the first text that a user has numbered.
pub const FIRST_TEXT: u32 = FIRST + MODES.len() as u32;

/// The texts that every engine has by itself, with their numbers. `[any]`
pub fn own_texts() -> impl Iterator<Item = (u32, &'static str)> {
    (FIRST..).zip(MODES)
}

/// The header lines that define the texts of every engine. `[any]`
pub fn texts_header() -> String {
    own_texts().map(|(number, text)| format!("strset {number}, \"{text}\"\n")).collect()
}

/// A text as Csound's language writes it. Between quotes a `$` would begin a macro; a backslash begins an escape
/// everywhere.
pub fn quoted(text: &str) -> Result<String, EngineError> {
    let refuse = |why: &str| Err(EngineError::BadString(format!("{text:?} {why}")));
    if text.contains('\0') {
        return refuse("has a NUL byte in it");
    }
    if !text.contains(['"', '\\', '\n', '\r', '$']) {
        return Ok(format!("\"{text}\""));
    }
    if text.contains("}}") || text.ends_with('}') {
        return refuse("has both }} and characters that need it");
    }
    Ok(format!("{{{{{}}}}}", text.replace('\\', "\\\\")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_written_so_that_csound_reads_them() {
        assert_eq!(quoted("lowpass").unwrap(), "\"lowpass\"");
        assert_eq!(quoted("a \"b\"\n").unwrap(), "{{a \"b\"\n}}");
        assert_eq!(quoted("a\\n $B").unwrap(), "{{a\\\\n $B}}");
        assert!(matches!(quoted("\"}}"), Err(EngineError::BadString(_))));
        assert!(matches!(quoted("\0"), Err(EngineError::BadString(_))));
    }
}
