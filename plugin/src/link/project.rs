//! The project: the document's text and what reading it found, what sounds, what is wrong, where it plays and what it asks
//! for, its session.

use std::sync::Arc;

use jiff::Zoned;
use ksmps_core::diagnostic::Diagnostic;
use ksmps_core::document::{Document, Item};
use ksmps_core::needs::Needs;
use ksmps_core::player::{self, Control, Placing, Project, Revision, Status};
use ksmps_core::session::SessionFile;
use ksmps_core::settings::Answered;
use ksmps_editor::model::{
    DocumentNow, EngineFacts, Hang, HeldNotes, News, Permission, Place, PlaceNow, Placed, Request,
};

use super::{done, failed};
use crate::presets::document_name;

/// What the editor knows of the project.
#[derive(Default)]
pub(super) struct ProjectNews {
    revision: Option<(Revision, bool)>,
    /// The text as it was saved or opened last.
    saved: Arc<str>,
    text: Arc<str>,
    status: Known,
    session: Option<String>,
    place: Option<PlaceNow>,
    held_notes: Option<HeldNotes>,
    /// The revision and the place for which requests were told.
    requests: Option<(Revision, Option<Placing>)>,
    undeclared: Vec<String>,
}

/// What the editor knows of the status.
#[derive(Default)]
struct Known {
    building: Option<bool>,
    sounding: Option<Revision>,
    diagnostics: Option<Vec<Diagnostic>>,
    engine: Option<EngineFacts>,
    hang: Option<Hang>,
}

impl ProjectNews {
    /// Tells what is otherwise. `[control]`
    pub fn tell(&mut self, control: &Control, status: &Status, news: &mut Vec<News>) {
        self.tell_document(control, news);
        self.status.tell(status, news);
        self.tell_place(control, status, news);
    }

    /// Where it plays, what becomes of held notes, and what the document asks for with the user's answers: other ones may have been given elsewhere,
    /// and then another engine was built.
    fn tell_place(&mut self, control: &Control, status: &Status, news: &mut Vec<News>) {
        let known = (control.revision(), status.placing.clone());
        if self.requests.as_ref() == Some(&known) {
            return;
        }
        let project = control.project();
        let now = PlaceNow {
            chosen: place(project.place()),
            for_all: place(control.place_for_all()),
            now: status.placing.as_ref().map(placed),
        };
        if self.place.as_ref() != Some(&now) {
            self.place = Some(now.clone());
            news.push(News::Place(now));
        }
        let held_notes = held_notes(project.held_notes());
        if self.held_notes.replace(held_notes) != Some(held_notes) {
            news.push(News::HeldNotes(held_notes));
        }
        let asked = project.document().map(|document| requests(document, control)).unwrap_or_default();
        news.push(News::Requests(asked));
        self.requests = Some(known);
    }

    /// The user consents to something that the document asks for, or not any more. `[control]`
    pub fn consent(&mut self, control: &Control, permission: Permission, granted: bool) -> Option<News> {
        // Told again with the answer, also where no other engine comes of it.
        self.requests = None;
        let (before, one) = (control.answered_needs(), need(permission));
        let answered = match granted {
            true => Answered { given: before.given.or(one), refused: before.refused.without(one) },
            false => Answered { given: before.given.without(one), refused: before.refused.or(one) },
        };
        let written = control.answer_needs(answered);
        written.err().map(|error| failed(format!("the answer could not be kept on this machine: {error}")))
    }

    /// Has all instances of this user play in one place, or as their projects wish. `[control]`
    pub fn set_place_for_all(&mut self, control: &Control, place: Place) -> Option<News> {
        // Told again, also where this instance stays where it is.
        self.requests = None;
        let written = control.set_place_for_all(core_place(place));
        written.err().map(|error| failed(format!("the setting could not be kept on this machine: {error}")))
    }

    fn tell_document(&mut self, control: &Control, news: &mut Vec<News>) {
        let now = (control.revision(), control.is_modified());
        if self.revision == Some(now) {
            return;
        }
        let project = control.project();
        let is_first = self.revision.is_none();
        let is_other = self.revision.is_none_or(|(revision, _)| revision != now.0);
        self.revision = Some(now);
        let has_other_text = is_first || *self.text != *project.text();
        if has_other_text {
            self.text = project.text().into();
        }
        if is_first || !now.1 {
            self.saved = Arc::clone(&self.text);
        }
        news.push(News::Document(DocumentNow {
            text: Arc::clone(&self.text),
            name: document_name(&project),
            origin: project.origin().map(ToOwned::to_owned),
            revision: now.0,
            is_modified: now.1,
            saved: Arc::clone(&self.saved),
        }));
        if has_other_text {
            let read = project.document().ok();
            let undeclared = read.map(Document::undeclared_channels).unwrap_or_default();
            if undeclared != self.undeclared {
                self.undeclared.clone_from(&undeclared);
                news.push(News::Undeclared(undeclared));
            }
            news.push(News::Read(read.map(|document| Arc::new(document.clone()))));
        }
        if is_other {
            self.tell_rest(&project, news);
        }
    }

    /// The session.
    fn tell_rest(&mut self, project: &Project, news: &mut Vec<News>) {
        let session = project.session().ok().flatten().and_then(|file| file.to_json().ok());
        if session != self.session {
            self.session.clone_from(&session);
            news.push(News::Session(session));
        }
    }
}

impl Known {
    fn tell(&mut self, status: &Status, news: &mut Vec<News>) {
        if self.building.replace(status.building) != Some(status.building) {
            news.push(News::Building(status.building));
        }
        if self.sounding != status.built {
            self.sounding = status.built;
            let since = || Zoned::now().strftime("%H:%M:%S").to_string();
            news.push(News::Sounding(status.built.map(|revision| (revision, since()))));
        }
        let all = || status.diagnostics.iter().chain(&status.problems);
        if self.diagnostics.as_ref().is_none_or(|known| !known.iter().eq(all())) {
            let all: Vec<Diagnostic> = all().cloned().collect();
            self.diagnostics = Some(all.clone());
            news.push(News::Diagnostics(all));
        }
        let hang = all().find_map(|one| {
            let hang = one.hang.as_ref()?;
            let line = one.line.filter(|_| one.file.is_none());
            Some(Hang { instrument: hang.instrument.clone(), line })
        });
        if self.hang != hang {
            self.hang.clone_from(&hang);
            news.push(News::Hang(hang));
        }
        let engine = status.info.as_ref().map(|info| EngineFacts {
            rate: info.rate,
            ksmps: info.ksmps as u32,
            outputs: info.outputs as u16,
            latency_frames: info.latency_frames,
            notes_refused: info.refused_note.as_ref().map(|why| why.without_severity().to_string()),
        });
        if self.engine != engine {
            self.engine.clone_from(&engine);
            news.push(News::Engine(engine));
        }
    }
}

/// Puts another session into the project. `[control]`
pub(super) fn set_session(control: &Control, json: Option<String>) -> Option<News> {
    let Some(json) = json else {
        control.clear_session();
        return Some(done("the project has no session any more"));
    };
    let set = SessionFile::from_json(&json).and_then(|file| control.set_session(file));
    set.err().map(|error| failed(format!("the session was not taken: {error}")))
}

/// What a document asks for, with its lines and the user's answers.
fn requests(document: &Document, control: &Control) -> Vec<Request> {
    if document.needs.is_empty() {
        return Vec::new();
    }
    let Answered { given, refused } = control.answered_needs();
    let line = |word: &str| {
        let asks = |item: &Item| matches!(item, Item::Word(asked) if asked == word);
        let directive =
            document.directives.iter().find(|one| one.word == "needs" && one.items.iter().any(asks))?;
        let located = document.located(Diagnostic::note(directive.line, String::new()));
        // Of an included file there is no line to show.
        located.line.filter(|_| located.file.is_none())
    };
    let request = |permission| {
        let one = need(permission);
        let has = |needs: Needs| !needs.and(one).is_empty();
        let answer = if has(given) { Some(true) } else { has(refused).then_some(false) };
        let line = one.words().first().and_then(|word| line(word));
        has(document.needs).then_some(Request { permission, line, answer })
    };
    [Permission::Files, Permission::Network, Permission::Programs, Permission::Python]
        .into_iter()
        .filter_map(request)
        .collect()
}

fn need(permission: Permission) -> Needs {
    let none = Needs::default();
    match permission {
        Permission::Files => Needs { files: true, ..none },
        Permission::Network => Needs { network: true, ..none },
        Permission::Programs => Needs { programs: true, ..none },
        Permission::Python => Needs { python: true, ..none },
    }
}

fn placed(placing: &Placing) -> Placed {
    Placed {
        is_apart: placing.place == player::Place::Apart,
        reason: placing.reason.to_string(),
        missing: placing.missing.clone(),
    }
}

/// As the core has it.
pub(super) fn core_place(place: Place) -> player::Place {
    match place {
        Place::Automatic => player::Place::Automatic,
        Place::Together => player::Place::Together,
        Place::Apart => player::Place::Apart,
    }
}

/// As the core has it.
pub(super) fn core_held_notes(held_notes: HeldNotes) -> player::HeldNotes {
    match held_notes {
        HeldNotes::Restart => player::HeldNotes::Restart,
        HeldNotes::Stay => player::HeldNotes::Stay,
    }
}

/// As the editor has it.
fn held_notes(held_notes: player::HeldNotes) -> HeldNotes {
    match held_notes {
        player::HeldNotes::Restart => HeldNotes::Restart,
        player::HeldNotes::Stay => HeldNotes::Stay,
    }
}

/// As the editor has it.
fn place(place: player::Place) -> Place {
    match place {
        player::Place::Automatic => Place::Automatic,
        player::Place::Together => Place::Together,
        player::Place::Apart => Place::Apart,
    }
}
