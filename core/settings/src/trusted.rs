//! The texts that have played on this machine for a while without trouble, by their content.

use std::io;

use serde::{Deserialize, Serialize};

use super::places::UserFiles;
use super::store;

/// So many are remembered; the oldest go first.
pub const TRUSTED_MAX: usize = 1000;

/// The remembered texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Trusted {
    texts: Vec<TrustedText>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TrustedText {
    /// The content, as a number in hexadecimal digits.
    content: String,
    /// Since when, in seconds since 1970.
    since: u64,
}

impl Trusted {
    /// The texts that are trusted now. `[control]`
    pub fn read(files: &UserFiles) -> Self {
        store::read(files.trusted().as_deref())
    }

    /// Whether a text is among them. `[any]`
    pub fn has(&self, content: &str) -> bool {
        self.texts.iter().any(|text| text.content == content)
    }

    /// Remembers a text. `[control]`
    ///
    /// # Errors
    /// What the system said; then it is not remembered.
    pub fn add(files: &UserFiles, content: &str) -> io::Result<()> {
        store::change(files.trusted(), |trusted: &mut Self| {
            trusted.texts.retain(|text| text.content != content);
            trusted.texts.push(TrustedText { content: content.to_owned(), since: store::now() });
            let surplus = trusted.texts.len().saturating_sub(TRUSTED_MAX);
            trusted.texts.drain(..surplus);
        })
    }

    /// Forgets a text. `[control]`
    ///
    /// # Errors
    /// What the system said; then it is still remembered.
    pub fn remove(files: &UserFiles, content: &str) -> io::Result<()> {
        if !Self::read(files).has(content) {
            return Ok(());
        }
        store::change(files.trusted(), |trusted: &mut Self| {
            trusted.texts.retain(|text| text.content != content);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_remembered_once_and_the_oldest_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let files = UserFiles::in_folder(folder.path());
        assert!(!Trusted::read(&files).has("0"));
        let texts = (0..TRUSTED_MAX).map(|n| TrustedText { content: n.to_string(), since: 0 }).collect();
        store::change(files.trusted(), |trusted: &mut Trusted| trusted.texts = texts).unwrap();
        Trusted::add(&files, "0").unwrap();
        Trusted::add(&files, "new").unwrap();
        let trusted = Trusted::read(&files);
        assert_eq!(trusted.texts.len(), TRUSTED_MAX);
        assert!(trusted.has("0") && trusted.has("new") && !trusted.has("1") && trusted.has("2"));
        Trusted::remove(&files, "new").unwrap();
        assert!(!Trusted::read(&files).has("new"));
    }
}
