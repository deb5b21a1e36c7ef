//! The project's session: kept in the state, put on every engine that is built.
//!
//! A change builds another engine beside the playing one, as an edit of the document does: held notes go on in it, and
//! the session begins anew with it. Sound files up to [`SOUND_BYTES_MAX`] are carried in the project.

use ksmps_session::{SOUND_BYTES_MAX, Session, SessionError, SessionFile};

use super::control::Control;
use super::instance::Ticket;
use super::project::Project;

impl Control {
    /// The project's session, with the document's templates in it; an empty one where there is none. `[control]`
    ///
    /// # Errors
    /// Where the session in the project cannot be read.
    pub fn session(&self) -> Result<Session, SessionError> {
        let project = self.project();
        beside(&project, project.session()?)
    }

    /// Changes the project's session. Returns what `edit` returned, and the request for the engine that has it.
    /// `[control]`
    ///
    /// # Errors
    /// Whatever `edit` is refused with, and where the session in the project cannot be read;
    /// [`SessionError::TwoTemplates`], and [`SessionError::Changed`] where another thread did the same. Then nothing
    /// changes.
    pub fn edit_session<R>(
        &self,
        edit: impl FnOnce(&mut Session) -> Result<R, SessionError>,
    ) -> Result<(R, Ticket), SessionError> {
        // This takes its time: others have the project meanwhile.
        let project = self.project();
        let before = project.session()?;
        let mut session = beside(&project, before)?;
        let result = edit(&mut session)?;
        if let Some(twice) = session.declared_twice() {
            return Err(SessionError::TwoTemplates(twice.to_owned()));
        }
        let mut file = session.to_file();
        if let Some(before) = before {
            file.keep_from(before.clone());
        }
        let changed = project.with_session(Some(carrying(file)))?;
        let mut state = self.instance.state();
        if !state.project.shares_session(&project) {
            return Err(SessionError::Changed);
        }
        let changed = state.project.with_session_of(&changed);
        state.change(changed);
        Ok((result, self.request_edit(state)))
    }

    /// Puts another session into the project, as a file says it; it may use the document's templates. `[control]`
    ///
    /// # Errors
    /// Whatever its content is refused with; then nothing changes.
    pub fn set_session(&self, file: SessionFile) -> Result<Ticket, SessionError> {
        let project = self.project();
        let mut known = beside(&project, Some(&file))?.to_file();
        known.keep_from(file);
        let changed = project.with_session(Some(carrying(known)))?;
        Ok(self.take_session_of(&changed))
    }

    /// Takes the session out of the project. `[control]`
    pub fn clear_session(&self) -> Ticket {
        self.take_session_of(&Project::default())
    }

    fn take_session_of(&self, other: &Project) -> Ticket {
        let mut state = self.instance.state();
        let changed = state.project.with_session_of(other);
        state.change(changed);
        self.request_edit(state)
    }
}

/// A session with the document's templates in it. A text that cannot be read has none; what is wrong with it is said
/// where it is built.
fn beside(project: &Project, file: Option<&SessionFile>) -> Result<Session, SessionError> {
    match project.document() {
        Ok(document) => Session::beside(document, file),
        Err(_) => file.map_or_else(|| Ok(Session::default()), Session::from_file),
    }
}

/// A session with its sound files in it. What is too long to be carried is found at its place, or said to be missing
/// when the engine is built.
fn carrying(mut file: SessionFile) -> SessionFile {
    file.carry_files(SOUND_BYTES_MAX);
    file
}
