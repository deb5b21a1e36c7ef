//! The session that an engine plays: the document's templates and standing events, and what the project keeps.

use std::collections::HashMap;

use ksmps_csound::{BusSizes, Running};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::source_map::ComposedText;
use ksmps_data::verbs::Clock;
use ksmps_document::{self, Document, Instrument};
use ksmps_session::{ArgKind, ArgPlace, ArgValue, Registered, Session, SessionError, SessionFile};

use super::score::{self, Play};
use super::session_setup::PutOn;
use super::templates::NamedTemplates;
use super::{Agenda, BuildError, ChannelPlaces, WAITING_MAX};

/// What a project has to play beside the orchestra of its document.
#[derive(Debug)]
pub(super) struct ProjectSession {
    session: Session,
    templates: NamedTemplates,
    /// Where the document's own templates begin, by name.
    body_lines: HashMap<String, u32>,
    /// The text in which they stand.
    composed: ComposedText,
    diagnostics: Vec<Diagnostic>,
    /// Sound files that the project carries; they live as long as the engine.
    sounds: Option<tempfile::TempDir>,
}

/// An instance with the session on it.
pub(super) struct WithSession {
    pub running: Running,
    /// What is still to come.
    pub agenda: Agenda,
    /// Where the channels are that it writes.
    pub places: ChannelPlaces,
    /// What follows the host's song.
    pub plays: Vec<Play>,
    pub diagnostics: Vec<Diagnostic>,
    pub sounds: Option<tempfile::TempDir>,
}

impl ProjectSession {
    /// Of a document and the project's session; `None` where neither has anything to play. `[control]`
    ///
    /// # Errors
    /// What the session is refused with.
    pub fn of(document: &Document, kept: Option<&SessionFile>) -> Result<Option<Self>, BuildError> {
        let kept = kept.filter(|file| !file.is_empty());
        if kept.is_none() && document.templates.is_empty() && document.standing_events.is_empty() {
            return Ok(None);
        }
        let refused = |error: SessionError| refusal(&error);
        let unpacked = kept.map(SessionFile::unpacked).transpose().map_err(refused)?;
        let file = unpacked.as_ref().map(|unpacked| &unpacked.file);
        let mut session = Session::beside(document, file).map_err(refused)?;
        for standing in &document.standing_events {
            let scheduled = session.sched_declared(standing.sched.clone());
            scheduled
                .map_err(|error| Diagnostic::error(standing.line, error.to_string()))
                .map_err(|error| BuildError(vec![document.located(error)]))?;
        }
        let templates = place(&mut session, document).map_err(refused)?;
        let body_lines = document.templates.iter();
        let body_lines =
            body_lines.map(|one| (format!("template {}", one.template.name), one.body_line)).collect();
        let mut own = Self {
            session,
            templates,
            body_lines,
            composed: document.composed.clone(),
            diagnostics: Vec::new(),
            sounds: None,
        };
        if let Some(unpacked) = unpacked {
            own.diagnostics = unpacked.missing.iter().map(|path| missing(path)).collect();
            own.sounds = unpacked.folder;
        }
        own.diagnostics.extend(own.texts_overwrite(document));
        own.diagnostics.extend(score::left_out(&own.session));
        Ok(Some(own))
    }

    /// Orchestra for the end of the first compilation. `[any]`
    pub fn reservation(&self) -> String {
        self.session.reservation()
    }

    /// The buses that the engine needs. `[any]`
    pub fn bus_sizes(&self) -> BusSizes {
        self.session.bus_sizes()
    }

    /// Puts the session on the engine. `[control]`
    ///
    /// # Errors
    /// What does not compile, in lines of the document where they are known.
    fn put_on(mut self, running: Running) -> Result<(WithSession, NamedTemplates), BuildError> {
        let staged = self
            .session
            .settle_for(running.rate(), running.ksmps())
            .and_then(|()| super::session_setup::put_on(&self.session, running));
        let PutOn { running, mut agenda, places, plays } = staged.map_err(|error| self.explain(error))?;
        agenda.make_room(WAITING_MAX);
        let Self { templates, diagnostics, sounds, .. } = self;
        Ok((WithSession { running, agenda, places, plays, diagnostics, sounds }, templates))
    }

    fn explain(&self, error: SessionError) -> BuildError {
        match &error {
            SessionError::Compile { place, diagnostics } => match self.body_lines.get(place) {
                Some(line) => {
                    let found = ksmps_document::lines_of_document(diagnostics.clone(), *line).into_iter();
                    BuildError(found.map(|one| self.composed.located(one)).collect())
                }
                // Code of the project's session has lines of its own.
                None => {
                    let named = diagnostics.iter().cloned().map(|one| {
                        let file = one.file.or_else(|| Some(format!("the session's {place}")));
                        Diagnostic { file, ..one }
                    });
                    BuildError(named.collect())
                }
            },
            _ => refusal(&error),
        }
    }

    /// The texts of a session have numbers, as those of `strset` do.
    fn texts_overwrite(&self, document: &Document) -> Option<Diagnostic> {
        let words = ksmps_document::code_words(&document.orchestra.text);
        let line = words.into_iter().find(|(_, word)| word == "strset").map(|(line, _)| line)?;
        let (first, last) = self.session.text_numbers()?;
        let text = format!("the session's texts have the numbers {first} to {last} of strset");
        let line = document.orchestra.document_line(line as u32 + 1);
        let warning =
            Diagnostic::warning(line, text).with_remedy("give the orchestra's texts higher numbers");
        Some(document.located(warning))
    }
}

/// Puts what there is to play beside the document on its engine. `[control]`
///
/// # Errors
/// As [`ProjectSession::put_on`].
pub(super) fn put_on(
    session: Option<ProjectSession>,
    running: Running,
) -> Result<(WithSession, NamedTemplates), BuildError> {
    match session {
        Some(session) => session.put_on(running),
        None => {
            let agenda = Agenda::with_room(Clock::new(running.rate(), running.ksmps()), WAITING_MAX);
            let (places, diagnostics) = (ChannelPlaces::default(), Vec::new());
            let staged =
                WithSession { running, agenda, places, plays: Vec::new(), diagnostics, sounds: None };
            Ok((staged, NamedTemplates::default()))
        }
    }
}

fn refusal(error: &SessionError) -> BuildError {
    BuildError(vec![Diagnostic::error(None, format!("the session: {error}"))])
}

fn missing(path: &std::path::Path) -> Diagnostic {
    let text = format!("the session's sound file {} is not there: it is silent", path.display());
    Diagnostic::warning(None, text)
        .with_remedy("put the file back, or set the session again with another one")
}

/// Gives every template a number for notes and verbs.
fn place(session: &mut Session, document: &Document) -> Result<NamedTemplates, SessionError> {
    let names: Vec<String> = session.templates().map(|known| known.template().name.clone()).collect();
    let code = session.code_texts().map(str::to_owned).collect();
    let bodies = session.templates().map(|known| known.template().body.clone()).collect();
    let mut templates = NamedTemplates { templates: Vec::new(), code, bodies };
    for name in names {
        let declared = document.templates.iter().find(|one| one.template.name == name);
        let number = session.commit_apart(&name, declared.map_or(1, |one| one.priority))?;
        let Some(registered) = session.template(&name).cloned() else { continue };
        let mut instrument = match declared {
            Some(one) => one.instrument.clone(),
            None => ksmps_document::seen_as_instrument(&registered),
        };
        give_texts(session, &registered, &mut instrument);
        templates.templates.push((number, instrument));
    }
    Ok(templates)
}

/// Defaults that are texts: instruments get their numbers.
fn give_texts(session: &mut Session, registered: &Registered, instrument: &mut Instrument) {
    for arg in registered.args() {
        if let (ArgPlace::Field(index), ArgKind::Text, ArgValue::Text(text)) =
            (arg.place, arg.kind, &arg.default)
        {
            let pset = &mut instrument.pset;
            pset.resize(pset.len().max(index), 0.0);
            pset[index - 1] = f64::from(session.str_set(text));
        }
    }
}
