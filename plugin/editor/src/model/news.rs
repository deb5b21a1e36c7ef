//! What the editor is told: one enum of plain data. Whoever owns the window makes it of reports and status.

use std::path::PathBuf;
use std::sync::Arc;

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::opcode::Opcode;
use ksmps_data::params::Param;
use ksmps_document::Document;

use super::documents::{
    DocumentNow, FolderEntry, LibraryEntry, LinkedFile, MissingFile, Preset, Rendering, Request,
};
use super::sound::{
    BusValue, ChannelValue, ConsoleLine, Counts, EngineFacts, Hang, HeldNotes, PlaceNow, TableName, WatchNow,
    WatchTarget, WatchVoice,
};

/// One thing that is otherwise now.
#[derive(Debug, Clone)]
pub enum News {
    /// The document is another one, has another text, or another name, or was saved.
    Document(DocumentNow),
    /// What reading the document's text found: who made it, instruments, templates, notes, layout. `None` where the text cannot
    /// be read; then what was known goes on to hold.
    Read(Option<Arc<Document>>),
    /// The text as it was typed and not built when the window closed.
    Draft(String),
    /// Whether an engine is being built.
    Building(bool),
    /// The revision whose text sounds, and since when as a clock shows it (`14:02:31`); `None` while nothing sounds.
    Sounding(Option<(u64, String)>),
    /// What is wrong with the newest document; the earlier ones are forgotten.
    Diagnostics(Vec<Diagnostic>),
    /// The parameters with their slots, in the document's order; the earlier ones are forgotten.
    Parameters(Vec<(u16, Param)>),
    /// Where a parameter stands, 0..=1.
    Value {
        /// Its slot.
        slot: u16,
        /// The value that a project keeps.
        base: f64,
    },
    /// What the host adds to a parameter's base value, as a part of its range; 0 ends it.
    Modulation {
        /// Its slot.
        slot: u16,
        /// -1..=1.
        offset: f64,
    },
    /// Whether the host's automation moves a parameter.
    Automated {
        /// Its slot.
        slot: u16,
        /// Whether it does.
        automated: bool,
    },
    /// The level of an output since the last one, 1 is full scale.
    Level {
        /// The output, from 0.
        output: u16,
        /// The greatest absolute sample.
        peak: f32,
        /// The root of the mean square.
        rms: f32,
    },
    /// What the sound takes of the time that it lasts (1 is all of it), and how many voices sound.
    Load {
        /// On average.
        mean: f32,
        /// In the slowest block.
        peak: f32,
        /// Voices.
        voices: u32,
    },
    /// What is known of the engine that sounds; `None` without one.
    Engine(Option<EngineFacts>),
    /// What has happened since the instance was made.
    Counts(Counts),
    /// A text that was tried hangs, with the place where it does; `None` when it is forgotten.
    Hang(Option<Hang>),
    /// Lines that were printed; they follow the earlier ones.
    Console(Vec<ConsoleLine>),
    /// The newest frames of the first two outputs, oldest first. Comes in place of the earlier ones.
    Scope(Vec<[f32; 2]>),
    /// The tables that there are.
    Tables(Vec<TableName>),
    /// What a table holds.
    Table {
        /// Its number.
        number: u32,
        /// Its values.
        values: Arc<[f64]>,
    },
    /// Buses with what they hold, in the order of their tokens.
    Buses(Vec<BusValue>),
    /// Channels with what they hold, in the order of their names.
    Channels(Vec<ChannelValue>),
    /// Control channels that the document reads without declaring them as parameters.
    Undeclared(Vec<String>),
    /// What is watched, in order; the earlier ones are forgotten where they are not among them.
    Watches(Vec<WatchTarget>),
    /// What a watched variable, channel, bus or table holds now.
    Watched {
        /// Its place among the watches.
        watch: usize,
        /// What was seen of it since the last time.
        now: WatchNow,
    },
    /// Which voice watched variables are read of.
    WatchVoice(WatchVoice),
    /// The opcodes of the engine that sounds.
    Opcodes(Arc<[Opcode]>),
    /// The presets of the document and of the user.
    Presets(Vec<Preset>),
    /// The preset that was chosen last, by its place among them.
    ChosenPreset(Option<usize>),
    /// The documents that come with the plugin, templates among them.
    Library(Vec<LibraryEntry>),
    /// Documents that were opened lately, newest first.
    Recent(Vec<PathBuf>),
    /// Places to begin in a file browser: a name and a folder.
    Places(Vec<(String, PathBuf)>),
    /// What a folder holds, or why that cannot be told.
    Folder {
        /// The folder.
        path: PathBuf,
        /// Its entries.
        entries: Result<Vec<FolderEntry>, String>,
    },
    /// The text of a file that is looked at before it is opened, at most its first 64 KB, or why there is none.
    Preview {
        /// The file.
        path: PathBuf,
        /// Its text.
        text: Result<String, String>,
    },
    /// Files that the document plays with and that were not found.
    Missing(Vec<MissingFile>),
    /// The file outside the project that the document is linked to; `None` without one.
    Linked(Option<LinkedFile>),
    /// How far a render to a sound file is; `None` when nothing is rendered any more.
    Rendering(Option<Rendering>),
    /// Where the document plays.
    Place(PlaceNow),
    /// What becomes of held notes when a changed text takes over.
    HeldNotes(HeldNotes),
    /// What the document asks consent for, with the user's answers.
    Requests(Vec<Request>),
    /// The project's session as JSON; `None` without one.
    Session(Option<String>),
    /// The keys that sound, a bit for each of the 128.
    Keys(u128),
    /// Which parameter learns a controller now.
    Learning(Option<u16>),
    /// The parameter that was learning has learned this controller.
    Learned {
        /// Its slot.
        slot: u16,
        /// The controller, 0..=127.
        controller: u8,
    },
    /// A parameter's controller, from the document or learned; `None` without one.
    Controller {
        /// Its slot.
        slot: u16,
        /// The controller, 0..=127.
        controller: Option<u8>,
    },
    /// Whether the host has a menu of its own for parameters.
    HostMenu(bool),
    /// The answer to what the user did: what was done, or why it was not.
    Answer {
        /// Whether it was not done.
        is_error: bool,
        /// One sentence.
        text: String,
    },
}
