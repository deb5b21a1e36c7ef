//! A session as JSON: written by hand, by programs, and kept in a plugin's state.
//!
//! What is left out has its default. Points of lines are `[time, value]`, with `null` as the first value for the one
//! that is found. Times are seconds of the session. Unknown fields at the top stay through reading and writing.

mod items;
mod read;
mod write;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use items::{BusItem, ChannelItem, CodeItem, EventItem, IncludeItem, TableItem, TextItem};

use super::{Include, SessionConfig, SessionError, SongPlay, Template};
pub(super) use items::SoundItem;

/// The version of the form that is written.
pub const VERSION: u32 = 1;

/// A session as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionFile {
    /// The version of the form: 1.
    pub ksmps_session: u32,
    /// Rate, cycle, channels, priorities.
    #[serde(default)]
    pub config: SessionConfig,
    /// Options of the csound command line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Orchestra outside templates: texts and files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    code: Vec<CodeItem>,
    /// Templates; a later one of the same name replaces the one before.
    #[serde(default)]
    pub templates: Vec<Template>,
    /// Which templates have instrument numbers at which priorities, in order: place in `templates`, priority.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    committed: Vec<(usize, i32)>,
    /// Texts that have numbers, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    strings: Vec<TextItem>,
    /// Tables; the first has number 2 where it says none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tables: Vec<TableItem>,
    /// Buses; the first has token 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    buses: Vec<BusItem>,
    /// Channels: declarations, and values at times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    channels: Vec<ChannelItem>,
    /// Sound files that events play from disk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) disk_sounds: Vec<PathBuf>,
    /// Events.
    #[serde(default)]
    pub(super) events: Vec<EventItem>,
    /// Sound files that it carries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sounds: Vec<SoundItem>,
    /// How its events go with the host's song, in the words of `;@session`; empty where they are free.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub play: String,
    /// The end marker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_marker: Option<f64>,
    /// What a later version wrote.
    #[serde(flatten)]
    unknown: serde_json::Map<String, serde_json::Value>,
}
impl SessionFile {
    /// Reads JSON. `[any]`
    ///
    /// # Errors
    /// [`SessionError::Json`], also for a version that is not known here.
    pub fn from_json(text: &str) -> Result<Self, SessionError> {
        let file: Self = serde_json::from_str(text).map_err(|error| SessionError::Json(error.to_string()))?;
        file.of_this_version()
    }

    /// Reads JSON that was parsed already. `[any]`
    ///
    /// # Errors
    /// As [`SessionFile::from_json`].
    pub fn from_value(value: serde_json::Value) -> Result<Self, SessionError> {
        let file: Self =
            serde_json::from_value(value).map_err(|error| SessionError::Json(error.to_string()))?;
        file.of_this_version()
    }

    fn of_this_version(self) -> Result<Self, SessionError> {
        match self.ksmps_session {
            VERSION => Ok(self),
            other => {
                Err(SessionError::Json(format!("it has version {other}; this is for version {VERSION}")))
            }
        }
    }

    /// Whether nothing is in it. `[any]`
    pub fn is_empty(&self) -> bool {
        self.code.is_empty()
            && self.templates.is_empty()
            && self.tables.is_empty()
            && self.buses.is_empty()
            && self.channels.is_empty()
            && self.events.is_empty()
    }

    /// Whether its events are played where the host's song is. `[any]`
    pub fn follows_the_song(&self) -> bool {
        self.play.parse().is_ok_and(SongPlay::follows)
    }

    /// The names of its templates. `[any]`
    pub(super) fn template_names(&self) -> impl Iterator<Item = &str> {
        self.templates.iter().map(|template| template.name.as_str())
    }

    /// How many instruments stand in its orchestra outside templates. `[any]`
    pub(super) fn instrument_count(&self) -> usize {
        let code = self.code.iter().filter_map(|code| match code {
            CodeItem::Text(text) => Some(text.as_str()),
            CodeItem::Include(include) => include.text.as_deref(),
        });
        let of_templates = self.templates.iter().flat_map(|template| {
            template.includes.iter().map(|include| include.text.as_str()).chain([template.init.as_str()])
        });
        code.chain(of_templates).map(|text| ksmps_document::instruments_of(text).len()).sum()
    }

    /// Takes the text of included files in. Returns those that cannot be read. `[control]`
    pub(super) fn carry_orchestra(&mut self) -> Vec<PathBuf> {
        let mut left = Vec::new();
        for code in &mut self.code {
            if let CodeItem::Include(IncludeItem { path, text: text @ None }) = code {
                match Include::read(&*path) {
                    Ok(include) => *text = Some(include.text),
                    Err(_) => left.push(path.clone()),
                }
            }
        }
        left
    }

    /// Keeps what another form of the same session has and a [`Session`](crate::Session) does not know: sound files that it carries,
    /// and fields of later versions. `[any]`
    pub fn keep_from(&mut self, before: Self) {
        (self.sounds, self.unknown) = (before.sounds, before.unknown);
    }

    /// The JSON. `[any]`
    ///
    /// # Errors
    /// [`SessionError::Json`].
    pub fn to_json(&self) -> Result<String, SessionError> {
        serde_json::to_string_pretty(self).map_err(|error| SessionError::Json(error.to_string()))
    }

    /// Files that are named relative to a folder. `[any]`
    pub fn resolve(&mut self, folder: &Path) {
        let resolve = |path: &mut PathBuf| *path = folder.join(&*path);
        self.tables.iter_mut().filter_map(|table| table.file.as_mut()).for_each(resolve);
        self.disk_sounds.iter_mut().for_each(resolve);
        for code in &mut self.code {
            if let CodeItem::Include(include) = code {
                resolve(&mut include.path);
            }
        }
    }
}
