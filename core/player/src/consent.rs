//! What the user lets documents do on this machine ([`ksmps_settings::Consents`]): for an instance's document, and for
//! files.

use std::io;
use std::path::Path;

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::needs::Needs;
use ksmps_settings::{AlwaysPlace, Answered, Consent, Consents, Settings, UserFiles};

use super::control::Control;
use super::instance::Ticket;
use super::place::Place;
use super::project::Project;

impl Control {
    /// Lets the present document do this on this machine, as far as it asks for it, and nothing else that it was let do
    /// before. Another engine is built, which may. `[control]`
    ///
    /// # Errors
    /// Where the user's file cannot be written; then nothing has changed.
    pub fn consent(&self, needs: Needs) -> io::Result<Ticket> {
        let project = self.project();
        Consents::give(&self.machine.user(), &project.content(), project.origin(), needs)?;
        Ok(self.request_edit(self.instance.state()))
    }

    /// Notes what the user says to what the present document asks for, in place of what was said before. Another engine is
    /// built, which may do what was given. `[control]`
    ///
    /// # Errors
    /// As [`Control::consent`].
    pub fn answer_needs(&self, answered: Answered) -> io::Result<Ticket> {
        let project = self.project();
        Consents::answer(&self.machine.user(), &project.content(), project.origin(), answered)?;
        Ok(self.request_edit(self.instance.state()))
    }

    /// What the user has said to what the present document asks for. `[control]`
    pub fn answered_needs(&self) -> Answered {
        let project = self.project();
        Consents::read(&self.machine.user()).answered(&project.content(), project.origin())
    }

    /// Takes back what the present document was let do. Another engine is built, which may not. `[control]`
    ///
    /// # Errors
    /// As [`Control::consent`].
    pub fn withdraw_consent(&self) -> io::Result<Ticket> {
        let project = self.project();
        let (content, origin) = (project.content(), project.origin());
        let is_meant = |one: &Consent| one.content == content && one.origin.as_deref() == origin;
        Consents::withdraw(&self.machine.user(), is_meant)?;
        Ok(self.request_edit(self.instance.state()))
    }

    /// What the present document was let do. `[control]`
    pub fn consented(&self) -> Needs {
        let project = self.project();
        Consents::read(&self.machine.user()).of(&project.content(), project.origin())
    }

    /// Everything that documents were let do on this machine. `[control]`
    pub fn consents(&self) -> Vec<Consent> {
        Consents::read(&self.machine.user()).given
    }

    /// Has all of this user's engines play in one place, whatever projects wish; automatic: as they wish. Every instance of
    /// every host follows within a second, with a fade. `[control]`
    ///
    /// # Errors
    /// As [`Control::consent`].
    pub fn set_place_for_all(&self, place: Place) -> io::Result<()> {
        let place = match place {
            Place::Automatic => None,
            Place::Together => Some(AlwaysPlace::Together),
            Place::Apart => Some(AlwaysPlace::Apart),
        };
        Settings::change(&self.machine.user(), |settings| settings.place = place)
    }

    /// Where all of this user's engines play; automatic: as projects wish. `[control]`
    pub fn place_for_all(&self) -> Place {
        match Settings::read(&self.machine.user()).place {
            None => Place::Automatic,
            Some(AlwaysPlace::Together) => Place::Together,
            Some(AlwaysPlace::Apart) => Place::Apart,
        }
    }
}

/// Why a document's file was given no consent.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// The file cannot be read, or the user's own cannot be written.
    #[error(transparent)]
    File(#[from] io::Error),
    /// The document cannot be read as one.
    #[error("the document has errors:\n{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Document(Vec<Diagnostic>),
    /// It asks for nothing.
    #[error("the document asks for nothing of this: it has no ;@needs with these words")]
    AsksNothing,
}

/// Lets the document in a file do what it asks for, or a part of that; what it was let do. Instances that play it are
/// built anew within a second. `[control]`
///
/// # Errors
/// [`ConsentError`]; then nothing has changed.
pub fn give_consent(user: &UserFiles, file: &Path, wanted: Option<Needs>) -> Result<Needs, ConsentError> {
    let origin = file.canonicalize()?;
    let (text, _) = ksmps_document::decode(&std::fs::read(&origin)?);
    let project = Project::new(text, Some(origin));
    let asked = project.document().map_err(|found| ConsentError::Document(found.to_vec()))?.needs;
    let given = wanted.map_or(asked, |wanted| wanted.and(asked));
    if given.is_empty() {
        return Err(ConsentError::AsksNothing);
    }
    Consents::give(user, &project.content(), project.origin(), given)?;
    Ok(given)
}

/// Takes back everything that the document in a file was let do, whatever its content was then, also where the file is
/// gone; how many consents there were. `[control]`
///
/// # Errors
/// Where the user's file cannot be written; then nothing has changed.
pub fn withdraw_consent(user: &UserFiles, file: &Path) -> io::Result<usize> {
    let origin = file.canonicalize().or_else(|_| std::path::absolute(file))?;
    Consents::withdraw(user, |one| one.origin.as_deref() == Some(&origin))
}
