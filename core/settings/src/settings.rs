//! What the user has set for all instances.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::places::UserFiles;
use super::store;

/// Names the place where all of this user's engines play: `apart` or `together`.
pub const PLACE_VARIABLE: &str = "KSMPS_PLACE";
/// Names the place where engines play of which no project says where.
pub const AUTOMATIC_VARIABLE: &str = "KSMPS_AUTOMATIC";

/// A place, said for many engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlwaysPlace {
    /// In the host's process.
    Together,
    /// Each in a process of its own.
    Apart,
}

impl AlwaysPlace {
    /// By its word. `[any]`
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "together" => Some(Self::Together),
            "apart" => Some(Self::Apart),
            _ => None,
        }
    }
}

/// What the user has set. Unknown fields stay in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Where all engines play, whatever a project wishes; `None`: as projects wish.
    #[serde(deserialize_with = "known", skip_serializing_if = "Option::is_none")]
    pub place: Option<AlwaysPlace>,
    /// Where engines play of which no project says where; `None`: apart until their text is trusted.
    #[serde(deserialize_with = "known", skip_serializing_if = "Option::is_none")]
    pub automatic: Option<AlwaysPlace>,
    /// Which Python documents run that run some: its program, its library or their folder; `None`: the machine's. The
    /// environment's `KSMPS_PYTHON` is stronger.
    #[serde(deserialize_with = "path", skip_serializing_if = "Option::is_none")]
    pub python: Option<PathBuf>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

/// A word that this version does not know says nothing.
fn known<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<AlwaysPlace>, D::Error> {
    let word = Value::deserialize(from)?;
    Ok(word.as_str().and_then(AlwaysPlace::of_word))
}

/// What is no text says nothing.
fn path<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let path = Value::deserialize(from)?;
    Ok(path.as_str().map(PathBuf::from))
}

impl Settings {
    /// What is set now; the environment's variables are stronger than the file. `[control]`
    pub fn read(files: &UserFiles) -> Self {
        let mut settings: Self = store::read(files.settings().as_deref());
        if files.is_environment_heard() {
            let of = |name| std::env::var(name).ok().and_then(|word| AlwaysPlace::of_word(&word));
            settings.place = of(PLACE_VARIABLE).or(settings.place);
            settings.automatic = of(AUTOMATIC_VARIABLE).or(settings.automatic);
        }
        settings
    }

    /// Changes the file. `[control]`
    ///
    /// # Errors
    /// What the system said; then nothing has changed.
    pub fn change(files: &UserFiles, change: impl FnOnce(&mut Self)) -> io::Result<()> {
        store::change(files.settings(), change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_says_what_was_set_and_keeps_what_it_does_not_know() {
        let folder = tempfile::tempdir().unwrap();
        let files = UserFiles::in_folder(folder.path());
        assert_eq!(Settings::read(&files), Settings::default());
        let path = files.settings().unwrap();
        std::fs::write(
            &path,
            r#"{"place": "on the moon", "automatic": "together", "theme": "dark", "python": 3}"#,
        )
        .unwrap();
        let settings = Settings::read(&files);
        assert_eq!((settings.place, settings.automatic), (None, Some(AlwaysPlace::Together)));
        Settings::change(&files, |settings| settings.place = Some(AlwaysPlace::Apart)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("dark"), "{text}");
        assert_eq!(Settings::read(&files).place, Some(AlwaysPlace::Apart));
        assert_eq!(Settings::read(&files).python, None);
        std::fs::write(path, r#"{"python": "/opt/python/bin/python3"}"#).unwrap();
        assert_eq!(Settings::read(&files).python, Some(PathBuf::from("/opt/python/bin/python3")));
    }
}
