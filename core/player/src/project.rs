//! The project of an instance, as a value: document, session, slots, and what other versions wrote.
//!
//! A [`Project`] never changes. An edit makes another one with a higher revision, which shares with the one before
//! whatever is the same in both. The document is parsed and the session is read when somebody first asks for them,
//! once for all who share them: builds, spares, saves and edits.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Map, Value};

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::params::SlotMap;
use ksmps_document::{Assets, Document};
use ksmps_session::{SessionError, SessionFile};

use super::block_mode::BlockMode;
use super::content::{self, Digest};
use super::held_notes::HeldNotes;
use super::place::Place;

/// Counts the changes of a project; later ones are higher.
pub type Revision = u64;

/// One state of a project.
#[derive(Debug, Clone, Default)]
pub struct Project {
    revision: Revision,
    source: Arc<Source>,
    session: Arc<SavedSession>,
    slots: SlotMap,
    place: Place,
    block_mode: BlockMode,
    held_notes: HeldNotes,
    unknown: Arc<Map<String, Value>>,
}

/// A document's text, the file it came from, and the files it plays with.
#[derive(Debug, Default)]
struct Source {
    text: String,
    origin: Option<PathBuf>,
    /// The files that came with the text: they are what plays.
    carried: Assets,
    /// Those and what the text names besides, found on the disk.
    assets: OnceLock<Assets>,
    document: OnceLock<Result<Document, Vec<Diagnostic>>>,
    /// A number for text and files.
    content: OnceLock<Digest>,
    /// A fresh instance's document.
    is_fresh: bool,
}

/// The documents of fresh instances, as many as there are products: a host that looks at instances one after the other
/// has each document read once.
static FRESH: Mutex<Vec<Arc<Source>>> = Mutex::new(Vec::new());

/// A session as JSON, fields of later versions included, and as it was read.
#[derive(Debug, Default)]
struct SavedSession {
    json: Value,
    file: OnceLock<Result<Option<SessionFile>, SessionError>>,
    /// A number for it.
    content: OnceLock<Digest>,
}

impl Project {
    /// A document alone, with nothing beside it. `[any]`
    pub(super) fn new(text: String, origin: Option<PathBuf>) -> Self {
        Self { source: Arc::new(Source { text, origin, ..Source::default() }), ..Self::default() }
    }

    /// The document of a fresh instance. Instances with the same text share it, and what was read of it. `[control]`
    pub(super) fn fresh(text: &'static str) -> Self {
        let mut all = FRESH.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().find(|source| source.text == text).cloned();
        let source = known.unwrap_or_else(|| {
            let source = Arc::new(Source { text: text.to_owned(), is_fresh: true, ..Source::default() });
            all.push(Arc::clone(&source));
            source
        });
        Self { source, ..Self::default() }
    }

    /// The same with files that a state carried. `[any]`
    pub(super) fn with_assets(&self, carried: Assets) -> Self {
        let Source { text, origin, .. } = &*self.source;
        let source = Source { text: text.clone(), origin: origin.clone(), carried, ..Source::default() };
        Self { source: Arc::new(source), ..self.clone() }
    }

    /// A project as a state has it: its session as JSON, the slots of its parameters, and the fields that this version
    /// does not know. `[any]`
    pub(super) fn with_saved(self, session: Value, slots: SlotMap, unknown: Map<String, Value>) -> Self {
        let session = Arc::new(SavedSession { json: session, ..SavedSession::default() });
        Self { session, slots, unknown: Arc::new(unknown), ..self }
    }

    /// The same, with a wish for where it is to play. `[any]`
    pub(super) fn with_place(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// The same, with a wish for how blocks are to go to its engine. `[any]`
    pub(super) fn with_block_mode(self, block_mode: BlockMode) -> Self {
        Self { block_mode, ..self }
    }

    /// The same, with a choice for held notes. `[any]`
    pub(super) fn with_held_notes(self, held_notes: HeldNotes) -> Self {
        Self { held_notes, ..self }
    }

    /// The same with another revision. `[any]`
    pub(super) fn with_revision(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }

    /// The same with another text, which is read anew even where it is the same. What it plays with is kept. `[control]`
    pub(super) fn with_text(&self, text: String) -> Self {
        let (origin, carried) = (self.source.origin.clone(), self.assets().clone());
        let source = Source { text, origin, carried, ..Source::default() };
        Self { source: Arc::new(source), ..self.clone() }
    }

    /// The same as if it had come from this file: what is relative is looked for beside it. `[any]`
    pub(super) fn with_origin(&self, origin: PathBuf) -> Self {
        let (text, carried) = (self.source.text.clone(), self.source.carried.clone());
        let source = Source { text, origin: Some(origin), carried, ..Source::default() };
        Self { source: Arc::new(source), ..self.clone() }
    }

    /// The same with another session; `None` for one without. `[any]`
    ///
    /// # Errors
    /// [`SessionError::Json`] where the session has no JSON form.
    pub(super) fn with_session(&self, session: Option<SessionFile>) -> Result<Self, SessionError> {
        let json = match &session {
            None => Value::Null,
            Some(file) => {
                serde_json::to_value(file).map_err(|error| SessionError::Json(error.to_string()))?
            }
        };
        let session = SavedSession { json, file: OnceLock::from(Ok(session)), ..SavedSession::default() };
        Ok(Self { session: Arc::new(session), ..self.clone() })
    }

    /// The same with the session of another project. `[any]`
    pub(super) fn with_session_of(&self, other: &Self) -> Self {
        Self { session: Arc::clone(&other.session), ..self.clone() }
    }

    /// The same with other slots. `[any]`
    pub(super) fn with_slots(&self, slots: SlotMap) -> Self {
        Self { slots, ..self.clone() }
    }

    /// Which change made it. Slots that a build assigns are no change. `[any]`
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The document's text. `[any]`
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The file that the text came from: relative assets are searched in its folder. `[any]`
    pub fn origin(&self) -> Option<&Path> {
        self.source.origin.as_deref()
    }

    /// The files that the document plays with and that were not found, by the names that it has for them. `[control]`
    pub fn missing_files(&self) -> Vec<String> {
        self.assets().missing(self.text(), self.origin())
    }

    /// The files that the document plays with; they are looked for by whoever asks first. `[control]`
    pub fn assets(&self) -> &Assets {
        let Source { text, origin, carried, assets, .. } = &*self.source;
        assets.get_or_init(|| Assets::gather(text, origin.as_deref(), carried))
    }

    /// The document; it is parsed by whoever asks first. `[control]`
    ///
    /// # Errors
    /// All that was found, at least one error among it, where the text cannot be played.
    pub fn document(&self) -> Result<&Document, &[Diagnostic]> {
        let Source { text, origin, document, .. } = &*self.source;
        let read = || {
            let mut document = Document::read(text, origin.as_deref(), self.assets())?;
            let notes = self.assets().notes(origin.as_deref(), &document.directives);
            document.diagnostics.extend(notes);
            Ok(document)
        };
        document.get_or_init(read).as_ref().map_err(Vec::as_slice)
    }

    /// What plays, as a number in hexadecimal digits: text, files and session. Nobody can make another document with the
    /// same one. `[control]`
    pub fn content(&self) -> String {
        let of_source = self.source.content.get_or_init(|| content::of_document(self.text(), self.assets()));
        let of_session = self.session.content.get_or_init(|| content::of_json(&self.session.json));
        content::of_both(of_source, of_session)
    }

    /// Whether its text is that of a fresh instance. `[any]`
    pub(super) fn is_fresh(&self) -> bool {
        self.source.is_fresh
    }

    /// The session, `None` where there is none; it is read by whoever asks first. `[control]`
    ///
    /// # Errors
    /// [`SessionError::Json`] where it cannot be read; it stays in the project as it is.
    pub fn session(&self) -> Result<Option<&SessionFile>, SessionError> {
        let SavedSession { json, file, .. } = &*self.session;
        let read = || match json {
            Value::Null => Ok(None),
            json => SessionFile::from_value(json.clone()).map(Some),
        };
        file.get_or_init(read).as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// The session as JSON, null where there is none. `[any]`
    pub(super) fn session_json(&self) -> &Value {
        &self.session.json
    }

    /// Which parameter lives in which slot. `[any]`
    pub fn slots(&self) -> &SlotMap {
        &self.slots
    }

    /// Where it is to play, as far as this user's settings let it. `[any]`
    pub fn place(&self) -> Place {
        self.place
    }

    /// How blocks are to go to its engine, as far as this user's settings let them. `[any]`
    pub fn block_mode(&self) -> BlockMode {
        self.block_mode
    }

    /// What becomes of held notes when an engine of it takes over. `[any]`
    pub fn held_notes(&self) -> HeldNotes {
        self.held_notes
    }

    /// The fields that this version does not know. `[any]`
    pub(super) fn unknown(&self) -> &Map<String, Value> {
        &self.unknown
    }

    /// Whether both have the very same session, not one that came to be alike. `[any]`
    pub(super) fn shares_session(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.session, &other.session)
    }

    /// Whether both have the very same text, not one that came to be alike. `[any]`
    pub(super) fn shares_text(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source)
    }

    /// Whether both would play the same. `[any]`
    pub(super) fn plays_as(&self, other: &Self) -> bool {
        let same_text =
            (self.text(), self.origin()) == (other.text(), other.origin()) && self.assets() == other.assets();
        same_text && (self.shares_session(other) || self.session_json() == other.session_json())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_is_shared_and_read_once() {
        let project = Project::new("instr 1\nendin".to_owned(), None);
        let document: *const Document = project.document().unwrap();
        let session = serde_json::from_str("{\"ksmps_session\":1}").unwrap();
        let other = project.with_session(Some(session)).unwrap().with_revision(2);
        assert!(std::ptr::eq(other.document().unwrap(), document));
        assert!(!other.shares_session(&project) && !other.plays_as(&project));
        assert_eq!((project.session().unwrap(), other.revision()), (None, 2));
        assert_eq!(other.session().unwrap().unwrap().to_json().ok().map(|json| json.len() > 10), Some(true));
        let edited = other.with_text(project.text().to_owned());
        assert!(edited.plays_as(&other) && !edited.shares_text(&other) && edited.shares_session(&other));
        assert!(!std::ptr::eq(edited.document().unwrap(), document));
    }

    #[test]
    fn fresh_instances_share_a_document_and_what_was_read_of_it() {
        const TEXT: &str = "instr fresh_instances_share\nendin";
        let document: *const Document = Project::fresh(TEXT).document().unwrap();
        let (one, other) = (Project::fresh(TEXT), Project::fresh("instr 1\nendin"));
        assert!(std::ptr::eq(one.document().unwrap(), document));
        assert!(!one.shares_text(&other));
        assert!(!one.shares_text(&Project::new(TEXT.to_owned(), None)));
        let edited = one.with_text("instr 2\nendin".to_owned());
        assert_eq!((edited.text(), Project::fresh(TEXT).text()), ("instr 2\nendin", TEXT));
    }

    #[test]
    fn a_session_that_cannot_be_read_stays() {
        let json = serde_json::json!({ "ksmps_session": 7, "knobs": [1] });
        let project = Project::default().with_saved(json.clone(), SlotMap::default(), Map::new());
        assert!(matches!(project.session(), Err(SessionError::Json(_))));
        assert_eq!(*project.session_json(), json);
    }
}
