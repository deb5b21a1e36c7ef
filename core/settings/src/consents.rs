//! What which document may do on this machine, by its content and its place.

use std::io;
use std::path::{Path, PathBuf};

use ksmps_data::needs::Needs;
use serde::{Deserialize, Serialize};

use super::places::UserFiles;
use super::store;

/// So many answers are kept; the oldest go first, and are asked for again.
pub const CONSENTS_MAX: usize = 1000;

/// One answer of the user's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The document's content, as a number in hexadecimal digits.
    pub content: String,
    /// The document's file; `None` for a text without one.
    pub origin: Option<PathBuf>,
    /// What it may do.
    pub needs: Needs,
    /// What it asked for and was refused: it is not asked again.
    #[serde(default)]
    pub refused: Needs,
    /// Since when, in seconds since 1970.
    pub since: u64,
}

/// What a user said to what a document asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answered {
    /// What it may do.
    pub given: Needs,
    /// What it may not do.
    pub refused: Needs,
}

/// All answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Consents {
    /// In the order in which they were given.
    pub given: Vec<Consent>,
}

impl Consents {
    /// What is given now. `[control]`
    pub fn read(files: &UserFiles) -> Self {
        store::read(files.consents().as_deref())
    }

    /// What a document with this content, from this file, may do. `[any]`
    pub fn of(&self, content: &str, origin: Option<&Path>) -> Needs {
        self.answered(content, origin).given
    }

    /// What was said to a document with this content, from this file. `[any]`
    pub fn answered(&self, content: &str, origin: Option<&Path>) -> Answered {
        let consent = self.given.iter().find(|one| one.content == content && one.origin.as_deref() == origin);
        consent
            .map(|consent| Answered { given: consent.needs, refused: consent.refused.without(consent.needs) })
            .unwrap_or_default()
    }

    /// Lets a document do this, and nothing else that it was let do before. `[control]`
    ///
    /// # Errors
    /// What the system said; then nothing has changed.
    pub fn give(files: &UserFiles, content: &str, origin: Option<&Path>, needs: Needs) -> io::Result<()> {
        Self::answer(files, content, origin, Answered { given: needs, refused: Needs::default() })
    }

    /// Notes what was said to a document, in place of what was said before. `[control]`
    ///
    /// # Errors
    /// What the system said; then nothing has changed.
    pub fn answer(
        files: &UserFiles,
        content: &str,
        origin: Option<&Path>,
        answered: Answered,
    ) -> io::Result<()> {
        store::change(files.consents(), |consents: &mut Self| {
            consents.given.retain(|one| one.content != content || one.origin.as_deref() != origin);
            let (content, origin) = (content.to_owned(), origin.map(Path::to_owned));
            let Answered { given: needs, refused } = answered;
            consents.given.push(Consent { content, origin, needs, refused, since: store::now() });
            let surplus = consents.given.len().saturating_sub(CONSENTS_MAX);
            consents.given.drain(..surplus);
        })
    }

    /// Takes back all answers of which this holds; how many there were. `[control]`
    ///
    /// # Errors
    /// What the system said; then nothing has changed.
    pub fn withdraw(files: &UserFiles, is_meant: impl Fn(&Consent) -> bool) -> io::Result<usize> {
        if !Self::read(files).given.iter().any(&is_meant) {
            return Ok(0);
        }
        store::change(files.consents(), |consents: &mut Self| {
            let before = consents.given.len();
            consents.given.retain(|one| !is_meant(one));
            before - consents.given.len()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_for_this_content_at_this_place_until_it_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let files = UserFiles::in_folder(folder.path());
        let (here, there) = (Path::new("/music/a.csd"), Path::new("/music/b.csd"));
        let both = Needs { files: true, network: true, ..Needs::default() };
        Consents::give(&files, "12", Some(here), both).unwrap();
        let consents = Consents::read(&files);
        assert_eq!(consents.of("12", Some(here)), both);
        for (content, origin) in [("13", Some(here)), ("12", Some(there)), ("12", None)] {
            assert!(consents.of(content, origin).is_empty());
        }
        let less = Needs { files: true, ..Needs::default() };
        Consents::give(&files, "12", Some(here), less).unwrap();
        Consents::give(&files, "12", None, both).unwrap();
        assert_eq!(Consents::read(&files).of("12", Some(here)), less, "the newest answer holds alone");
        let of_file = |one: &Consent| one.origin.as_deref() == Some(here);
        let refused = Answered { given: less, refused: both.without(less) };
        Consents::answer(&files, "12", Some(here), refused).unwrap();
        assert_eq!(Consents::read(&files).answered("12", Some(here)), refused);
        assert_eq!(Consents::read(&files).answered("13", Some(here)), Answered::default());
        assert_eq!(Consents::withdraw(&files, of_file).unwrap(), 1);
        assert_eq!(Consents::withdraw(&files, of_file).unwrap(), 0);
        let left = Consents::read(&files);
        assert_eq!((left.of("12", Some(here)), left.of("12", None)), (Needs::default(), both));
    }
}
