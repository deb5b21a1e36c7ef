//! The project's session: kept in the state, put on every engine that is built.
//!
//! A change builds another engine beside the playing one, as an edit of the document does: held notes go on in it, and
//! the session begins anew with it. Sound files up to [`SOUND_BYTES_MAX`] are carried in the project.

use std::sync::Arc;

use serde_json::Value;

use crate::document::Document;
use crate::session::{SOUND_BYTES_MAX, Session, SessionError, SessionFile};

use super::control::{Control, Ticket};

impl Control {
    /// The project's session, with the document's templates in it; an empty one where there is none. [control]
    ///
    /// # Errors
    /// Where the session in the project cannot be read.
    pub fn session(&self) -> Result<Session, SessionError> {
        let (text, kept) = self.kept();
        read(&text, &kept).map(|(session, _)| session)
    }

    /// The project's text and session. What is made of them takes its time, so the desk is free meanwhile.
    fn kept(&self) -> (String, Arc<Value>) {
        let desk = self.office.desk();
        (desk.project.text.clone(), Arc::clone(&desk.project.session))
    }

    /// Changes the project's session. Returns what `edit` returned, and the request for the engine that has it.
    /// [control]
    ///
    /// # Errors
    /// Whatever `edit` is refused with, and where the session in the project cannot be read;
    /// [`SessionError::TwoTemplates`], and [`SessionError::Changed`] where another thread did the same. Then nothing
    /// changes.
    pub fn edit_session<R>(
        &self,
        edit: impl FnOnce(&mut Session) -> Result<R, SessionError>,
    ) -> Result<(R, Ticket), SessionError> {
        let (text, kept) = self.kept();
        let (mut session, before) = read(&text, &kept)?;
        let result = edit(&mut session)?;
        if let Some(twice) = session.declared_twice() {
            return Err(SessionError::TwoTemplates(twice.to_owned()));
        }
        let mut file = session.to_file();
        if let Some(before) = before {
            file.keep_from(before);
        }
        let session = written(file)?;
        let mut desk = self.office.desk();
        if !Arc::ptr_eq(&desk.project.session, &kept) {
            return Err(SessionError::Changed);
        }
        desk.project.session = session;
        Ok((result, self.request(desk)))
    }

    /// Puts another session into the project, as a file says it; it may use the document's templates. [control]
    ///
    /// # Errors
    /// Whatever its content is refused with; then nothing changes.
    pub fn set_session(&self, file: SessionFile) -> Result<Ticket, SessionError> {
        let mut known = beside(&self.text(), Some(&file))?.to_file();
        known.keep_from(file);
        let session = written(known)?;
        let mut desk = self.office.desk();
        desk.project.session = session;
        Ok(self.request(desk))
    }

    /// Takes the session out of the project. [control]
    pub fn clear_session(&self) -> Ticket {
        let mut desk = self.office.desk();
        desk.project.session = Arc::default();
        self.request(desk)
    }
}

/// The session as the engine will have it, and the file it comes from.
fn read(text: &str, kept: &Value) -> Result<(Session, Option<SessionFile>), SessionError> {
    let file = if kept.is_null() { None } else { Some(SessionFile::from_value(kept.clone())?) };
    Ok((beside(text, file.as_ref())?, file))
}

/// A session with a document's templates in it. A text that cannot be read has none; what is wrong with it is said
/// where it is built.
fn beside(text: &str, file: Option<&SessionFile>) -> Result<Session, SessionError> {
    match Document::parse(text, None) {
        Ok(document) => Session::beside(&document, file),
        Err(_) => file.map_or_else(|| Ok(Session::default()), Session::from_file),
    }
}

fn written(mut file: SessionFile) -> Result<Arc<Value>, SessionError> {
    // What is too long to be carried is found at its place, or said to be missing when the engine is built.
    file.carry_files(SOUND_BYTES_MAX);
    let json = serde_json::to_value(file).map_err(|error| SessionError::Json(error.to_string()))?;
    Ok(Arc::new(json))
}
