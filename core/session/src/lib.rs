//! Sessions: instruments as templates, events as objects, and the whole of it rendered or written as a .csd.
//!
//! A [`Session`] is plain data: templates, tables, buses, channels, events and what becomes of them. Nothing here
//! runs until `offline::RenderSession` puts it on an engine, whose verbs ([`ksmps_data::verbs`]) do everything that is to be
//! done between cycles; [`Session::csd`] says the same in Csound's own words, and the csound command line renders it
//! to the same samples. [`SessionFile`] is a session as JSON.
//!
//! All times are seconds from the session's beginning; where it follows the host's song ([`Session::set_play`]), they are the
//! song's, and may be quarter notes.
//!
//! ```
//! use ksmps_session::{Automate, Sched, Session, SessionFile, Template};
//!
//! let mut session = Session::default();
//! session.define(Template::new("saw", "|kmidi=60| \n outch 1, vco2:a(0.1, mtof:k(kmidi))"))?;
//! let low = session.sched(Sched::new("saw").dur(0.4).with("kmidi", 48.0))?;
//! session.sched(Sched::new("saw").at(0.2).dur(0.4).with("kmidi", 67.0))?;
//! session.automate(low, "kmidi", Automate::new([(0.0, 48.0), (0.4, 60.0)]))?;
//! let file = session.to_file();
//! assert_eq!(SessionFile::from_value(serde_json::to_value(&file)?)?, file);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod change;
mod config;
mod csd;
mod error;
mod event;
mod file;
mod follow;
mod live;
mod plan;
mod players;
mod priorities;
mod resources;
mod schedule;
mod sounds;

pub use change::Moves;
pub use config::SessionConfig;
pub use csd::Csd;
pub use error::SessionError;
pub use event::{Automate, ChangeTarget, Event, EventId, Owner};
pub use file::{SessionFile, VERSION as SESSION_FILE_VERSION};
pub use follow::{Course, Stretch, Track};
pub use ksmps_data::args::{Arg, ArgKind, ArgPlace, ArgValue};
pub use ksmps_data::sched::Sched;
pub use ksmps_data::template::{Include, Template, TemplateError};
pub use ksmps_document::{Registered, SongPlay};
pub use plan::{Controls, Instrument, Item, Piece, Timed};
pub use players::{Partials, PartialsSource, PlayPartials, PlaySample, SampleSource};
pub use resources::{Bus, BusId, BusKind, Channel, ChannelKind, Sound, Table, TableId, TableSource};
pub use sounds::SOUND_BYTES_MAX;

use std::collections::HashMap;
use std::path::PathBuf;

use ksmps_document::INSTRUMENT_MAX;

use event::Change;
use priorities::Priorities;
use resources::Strings;

use ksmps_document::CONTROLS_TABLE;

/// Instruments, events and everything they work with.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    config: SessionConfig,
    priorities: Priorities,
    /// Every version of every template; events keep the one they were scheduled with.
    versions: Vec<Registered>,
    /// How many of them, from the first on, are a document's and not written down with the session.
    borrowed: usize,
    names: HashMap<String, usize>,
    code: Vec<Code>,
    strings: Strings,
    tables: Vec<Table>,
    buses: Vec<Bus>,
    channels: Vec<Channel>,
    /// Sound files that events play from disk: texts among their arguments.
    disk_sounds: Vec<PathBuf>,
    events: Vec<Event>,
    changes: Vec<Change>,
    instances: HashMap<u32, u32>,
    end_marker: Option<f64>,
    options: Vec<String>,
    /// How its own events go with the host's song.
    play: SongPlay,
    /// How those of the document do.
    document_play: SongPlay,
}

/// Orchestra outside all templates.
#[derive(Debug, Clone, PartialEq)]
enum Code {
    /// Text of the user's.
    Text(String),
    /// A file.
    Include(Include),
}

impl Default for Session {
    /// A session with the default configuration.
    fn default() -> Self {
        Self::with(SessionConfig::default())
    }
}

impl Session {
    /// An empty session. `[any]`
    ///
    /// # Errors
    /// [`SessionError::Configuration`] for values outside their ranges.
    pub fn new(config: SessionConfig) -> Result<Self, SessionError> {
        config.check()?;
        Ok(Self::with(config))
    }

    /// The same, still empty, with instruments that are evaluated after those with numbers up to `last`, and room for
    /// one more at each priority in `apart`. `[any]`
    ///
    /// # Errors
    /// [`SessionError::Configuration`] where Csound has no numbers left.
    pub fn behind(mut self, last: u32, apart: &[u32]) -> Result<Self, SessionError> {
        self.priorities = Priorities::starting_at(self.config.priorities, last.saturating_add(1), apart);
        match self.priorities.end() {
            ..=INSTRUMENT_MAX => Ok(self),
            end => Err(SessionError::Configuration(format!(
                "its instruments come after the document's, whose numbers go up to {last}, and would reach {end}: \
                 Csound plays them up to {INSTRUMENT_MAX}; give the document's lower numbers"
            ))),
        }
    }

    fn with(config: SessionConfig) -> Self {
        Self {
            priorities: Priorities::new(config.priorities),
            config,
            versions: Vec::new(),
            borrowed: 0,
            names: HashMap::new(),
            code: Vec::new(),
            strings: Strings::default(),
            tables: Vec::new(),
            buses: Vec::new(),
            channels: Vec::new(),
            disk_sounds: Vec::new(),
            events: Vec::new(),
            changes: Vec::new(),
            instances: HashMap::new(),
            end_marker: None,
            options: Vec::new(),
            play: SongPlay::default(),
            document_play: SongPlay::default(),
        }
    }

    /// Its configuration. `[any]`
    pub fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// Takes a template in; one of the same name is replaced for the events to come. `false` where the same one was
    /// there already. `[any]`
    ///
    /// # Errors
    /// [`SessionError::Template`], [`SessionError::Compile`] for texts that crash Csound.
    pub fn define(&mut self, template: Template) -> Result<bool, SessionError> {
        if self.template(&template.name).is_some_and(|known| *known.template() == template) {
            return Ok(false);
        }
        let registered = Registered::read(template)?;
        self.names.insert(registered.template().name.clone(), self.versions.len());
        self.versions.push(registered);
        Ok(true)
    }

    /// A template by its name. `[any]`
    pub fn template(&self, name: &str) -> Option<&Registered> {
        self.names.get(name).map(|version| &self.versions[*version])
    }

    /// All templates, in the order in which they were defined. `[any]`
    pub fn templates(&self) -> impl Iterator<Item = &Registered> {
        let is_current = |(version, registered): &(usize, &Registered)| {
            self.names.get(&registered.template().name) == Some(version)
        };
        self.versions.iter().enumerate().filter(is_current).map(|(_, registered)| registered)
    }

    /// The instrument number of a template at a priority; it is the same from then on. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownTemplate`], [`SessionError::Priority`], [`SessionError::PriorityFull`].
    pub fn commit(&mut self, name: &str, priority: i32) -> Result<u32, SessionError> {
        let version = self.version(name)?;
        let priority = self.priorities.normal(priority)?;
        self.priorities.commit(version, priority)
    }

    /// An instrument number of a template that no event of the session has. `[any]`
    ///
    /// # Errors
    /// As [`Session::commit`].
    pub fn commit_apart(&mut self, name: &str, priority: i32) -> Result<u32, SessionError> {
        let version = self.version(name)?;
        let priority = self.priorities.normal(priority)?;
        self.versions.push(self.versions[version].clone());
        self.priorities.commit(self.versions.len() - 1, priority)
    }

    fn version(&self, name: &str) -> Result<usize, SessionError> {
        self.names.get(name).copied().ok_or_else(|| SessionError::UnknownTemplate {
            name: name.to_owned(),
            known: self.templates().map(|known| known.template().name.clone()).collect(),
        })
    }

    /// Adds orchestra outside all templates: tables, global variables, opcodes. With `unique` a text that is there
    /// already is not added again. `[any]`
    pub fn add_code(&mut self, code: impl Into<String>, unique: bool) {
        let code = Code::Text(code.into());
        if !unique || !self.code.contains(&code) {
            self.code.push(code);
        }
    }

    /// Adds a file of orchestra; each path once. `[control]`
    ///
    /// # Errors
    /// [`SessionError::File`].
    pub fn include_file(&mut self, path: impl AsRef<std::path::Path>) -> Result<(), SessionError> {
        self.include(Include::read(path)?);
        Ok(())
    }

    /// Adds a file of orchestra that was read. `[any]`
    pub fn include(&mut self, include: Include) {
        let known = |code: &Code| matches!(code, Code::Include(known) if known.path == include.path);
        if !self.code.iter().any(known) {
            self.code.push(Code::Include(include));
        }
    }

    /// The same at another rate, or with other cycles; `None` leaves one as it is. `[any]`
    ///
    /// # Errors
    /// [`SessionError::Configuration`] for values outside their ranges.
    pub fn at_rate(&self, sr: Option<u32>, ksmps: Option<u32>) -> Result<Self, SessionError> {
        let mut session = self.clone();
        session.config.sr = sr.unwrap_or(session.config.sr);
        session.config.ksmps = ksmps.unwrap_or(session.config.ksmps);
        session.config.check()?;
        Ok(session)
    }

    /// Options of the csound command line for every render. `[any]`
    pub fn csound_options(&self) -> &[String] {
        &self.options
    }

    /// Texts and their numbers. `[any]`
    pub fn texts(&self) -> impl Iterator<Item = (u32, &str)> {
        self.strings.iter()
    }

    /// Its buses; the first has the token 1. `[any]`
    pub fn buses(&self) -> &[Bus] {
        &self.buses
    }

    /// What its channels get, declarations too. `[any]`
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// Options of the csound command line for every render. `[any]`
    pub fn set_csound_options(&mut self, options: impl IntoIterator<Item = impl Into<String>>) {
        self.options = options.into_iter().map(Into::into).collect();
    }
}
