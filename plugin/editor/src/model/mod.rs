//! What the editor knows and what can be done in it, as plain data.
//!
//! [`Model`] is all that views show. [`News`] bring it up to date; nothing else does. Each thing that the user does is
//! one [`Command`]. [`History`] is what can be undone, and [`ViewState`] is what a project remembers. Nothing here
//! knows an engine, a host, a file or a window.

mod command;
mod documents;
mod history;
mod news;
mod sound;
mod take;
mod view_state;

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_data::opcode::Opcode;
use ksmps_data::params::Param;
use ksmps_document::Document;

pub use command::{Command, RenderWhat};
pub use documents::{
    DocumentNow, FolderEntry, LibraryEntry, LinkedFile, MissingFile, Permission, Preset, PresetSource,
    Rendering, Request,
};
pub use history::{Change, History};
pub use news::News;
pub use sound::{
    BusValue, ChannelContent, ChannelValue, ConsoleLine, Counts, EngineFacts, Hang, HeldNotes, Place,
    PlaceNow, Placed, TableName, VariableOwner, WATCH_VALUES, WatchNow, WatchTarget, WatchVoice, Watched,
};
pub use view_state::{Appearance, SIZE_MIN, View, ViewState, ZOOM_MAX, ZOOM_MIN};

/// Lines of the console that are kept.
pub const CONSOLE_LINES: usize = 20_000;

/// A parameter as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its slot in the host.
    pub slot: u16,
    /// As the document declares it.
    pub param: Param,
    /// Its value, 0..=1.
    pub base: f64,
    /// What the host adds to it, -1..=1.
    pub modulation: f64,
    /// Whether the host's automation moves it.
    pub automated: bool,
    /// The controller that moves it.
    pub controller: Option<u8>,
}

impl Parameter {
    /// The value it starts with, 0..=1. `[any]`
    pub fn default_normalized(&self) -> f64 {
        self.param.normalized(self.param.default.unwrap_or(self.param.min))
    }
}

/// The level of an output.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Level {
    /// The greatest absolute sample since the level before, 1 is full scale.
    pub peak: f32,
    /// The root of the mean square.
    pub rms: f32,
}

/// What the sound takes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Load {
    /// On average, 1 is all of the time that the sound lasts.
    pub mean: f32,
    /// In the slowest block.
    pub peak: f32,
    /// Voices that sound.
    pub voices: u32,
}

/// A folder that was looked into.
pub type Folder = (PathBuf, Result<Vec<FolderEntry>, String>);

/// All that views show.
#[derive(Debug, Default)]
pub struct Model {
    /// The document that is open.
    pub document: DocumentNow,
    /// What reading it found; `None` until a text could be read.
    pub read: Option<Arc<Document>>,
    /// Whether an engine is being built.
    pub is_building: bool,
    /// The revision whose text sounds, and since when.
    pub sounding: Option<(u64, String)>,
    /// What is wrong with the document, the gravest first.
    pub diagnostics: Vec<Diagnostic>,
    /// Its parameters in its order.
    pub parameters: Vec<Parameter>,
    /// The level of each output.
    pub levels: Vec<Level>,
    /// What the sound takes.
    pub load: Load,
    /// The engine that sounds.
    pub engine: Option<EngineFacts>,
    /// What has happened.
    pub counts: Counts,
    /// A text that was tried hangs.
    pub hang: Option<Hang>,
    /// What was printed, oldest first, at most [`CONSOLE_LINES`].
    pub console: VecDeque<ConsoleLine>,
    /// The newest frames of the first two outputs.
    pub scope: Vec<[f32; 2]>,
    /// The tables that there are.
    pub tables: Vec<TableName>,
    /// What the tables hold that were read.
    pub table_values: BTreeMap<u32, Arc<[f64]>>,
    /// The buses.
    pub buses: Vec<BusValue>,
    /// The channels.
    pub channels: Vec<ChannelValue>,
    /// Control channels that could be parameters.
    pub undeclared: Vec<String>,
    /// What is watched.
    pub watches: Vec<Watched>,
    /// Which voice watched variables are read of.
    pub watch_voice: WatchVoice,
    /// The opcodes of the engine.
    pub opcodes: Arc<[Opcode]>,
    /// The presets.
    pub presets: Vec<Preset>,
    /// The one that was chosen last.
    pub chosen_preset: Option<usize>,
    /// The documents that come with the plugin.
    pub library: Vec<LibraryEntry>,
    /// Documents that were opened lately, newest first.
    pub recent: Vec<PathBuf>,
    /// Places to begin in a file browser.
    pub places: Vec<(String, PathBuf)>,
    /// The folder that the file browser shows.
    pub folder: Option<Folder>,
    /// The file that is looked at, and its text.
    pub preview: Option<(PathBuf, Result<String, String>)>,
    /// Files that were not found.
    pub missing: Vec<MissingFile>,
    /// The file that the document follows.
    pub linked: Option<LinkedFile>,
    /// How far a render is.
    pub rendering: Option<Rendering>,
    /// Where the document plays.
    pub place: PlaceNow,
    /// What becomes of held notes when a changed text takes over.
    pub held_notes: HeldNotes,
    /// What it asks consent for.
    pub requests: Vec<Request>,
    /// The project's session as JSON.
    pub session: Option<String>,
    /// The keys that sound, a bit each.
    pub keys: u128,
    /// Which parameter learns a controller.
    pub learning: Option<u16>,
    /// Whether the host has a menu for parameters.
    pub host_menu: bool,
    /// The answer to what the user did last, and whether it is an error.
    pub answer: Option<(bool, String)>,
}

impl Model {
    /// A parameter by its slot. `[any]`
    pub fn parameter(&self, slot: u16) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.slot == slot)
    }

    /// How many diagnostics are errors. `[any]`
    pub fn error_count(&self) -> usize {
        self.diagnostics.iter().filter(|one| one.severity == Severity::Error).count()
    }

    /// How many diagnostics are warnings. `[any]`
    pub fn warning_count(&self) -> usize {
        self.diagnostics.iter().filter(|one| one.severity == Severity::Warning).count()
    }
}

#[cfg(test)]
mod tests;
