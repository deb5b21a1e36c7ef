//! What the user does: one enum of plain data. Whoever owns the window carries it out and answers with news.

use std::path::PathBuf;

use super::documents::Permission;
use super::sound::{HeldNotes, Place, WatchTarget, WatchVoice};

/// One thing that the user did.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Build this text and swap it in; it is the document's text from now on.
    Build {
        /// The whole text.
        text: String,
    },
    /// Evaluate orchestra code in the engine that sounds; the document stays as it is.
    Evaluate {
        /// The code.
        code: String,
    },
    /// Schedule lines of score from now on.
    Score {
        /// The lines, such as `i "synth" 0 2 60`.
        lines: String,
    },
    /// The user takes hold of a parameter.
    BeginGesture {
        /// Its slot.
        slot: u16,
    },
    /// A parameter goes to a value. Always between the beginning and the end of a gesture.
    SetParameter {
        /// Its slot.
        slot: u16,
        /// 0..=1.
        normalized: f64,
    },
    /// The user lets go of a parameter.
    EndGesture {
        /// Its slot.
        slot: u16,
    },
    /// Show the host's own menu for a parameter.
    HostMenu {
        /// Its slot.
        slot: u16,
        /// Where it opens: pixels from the left of the window.
        x: i32,
        /// Pixels from its top.
        y: i32,
    },
    /// A key of the keyboard goes down.
    NoteOn {
        /// MIDI key, 0..=127.
        key: u8,
        /// 0..=1.
        velocity: f32,
    },
    /// A key of the keyboard goes up.
    NoteOff {
        /// MIDI key, 0..=127.
        key: u8,
    },
    /// Every note ends.
    AllNotesOff,
    /// Open a document of the library: a template or a finished one.
    OpenLibrary {
        /// Its place in the library.
        entry: usize,
    },
    /// Open a new document without any text but a header.
    NewEmpty,
    /// Open a file: a document, or a sound that a document is to play.
    Open {
        /// The file.
        path: PathBuf,
    },
    /// Write the document to the file it came from.
    Save {
        /// The whole text as it is typed.
        text: String,
    },
    /// Write the document to another file.
    SaveAs {
        /// The file.
        path: PathBuf,
        /// The whole text as it is typed.
        text: String,
    },
    /// Ask the system's dialog for a file to open.
    SystemOpen,
    /// Ask the system's dialog for a file to save to.
    SystemSave {
        /// The whole text as it is typed.
        text: String,
    },
    /// Tell what a folder holds.
    BrowseFolder {
        /// The folder.
        path: PathBuf,
    },
    /// Tell what a file says, before it is opened.
    Preview {
        /// The file.
        path: PathBuf,
    },
    /// Take another file where one is missing.
    Locate {
        /// As the document names it.
        name: String,
        /// Where it is.
        path: PathBuf,
    },
    /// Open a file that is edited elsewhere and follow it; the document's own file is followed as it is. `None` follows none.
    Link {
        /// The file.
        path: Option<PathBuf>,
    },
    /// Keep the text as it is typed, which differs from the document's; `None` where it does no longer. It is there again when
    /// the window is, and a followed file does not replace it.
    KeepDraft(Option<String>),
    /// Both the document and the file that it follows have changed: this one holds.
    ResolveConflict {
        /// Whether the file's text holds, else the document's.
        take_file: bool,
    },
    /// Choose a preset.
    ChoosePreset {
        /// Its place among the presets.
        preset: usize,
    },
    /// Keep the present values as a preset of the user.
    SavePreset {
        /// What it is called.
        name: String,
    },
    /// Call a preset of the user something else.
    RenamePreset {
        /// Its place among the presets.
        preset: usize,
        /// What it is called from now on.
        name: String,
    },
    /// Delete a preset of the user.
    DeletePreset {
        /// Its place among the presets.
        preset: usize,
    },
    /// Watch a variable, channel, bus or table.
    Watch(WatchTarget),
    /// Watch it no longer.
    Unwatch(WatchTarget),
    /// Which voice watched variables are read of.
    WatchVoice(WatchVoice),
    /// Tell what a table holds, once.
    ReadTable {
        /// Its number.
        number: u32,
    },
    /// Tell what tables, buses and channels hold, as long as somebody looks at them.
    LookAtValues(bool),
    /// Tell what goes out, as long as somebody looks at it.
    LookAtScope(bool),
    /// Where the document is to play.
    SetPlace(Place),
    /// Where the documents of all instances on this machine are to play, whatever their projects wish; automatic: as they wish.
    SetPlaceForAll(Place),
    /// What is to become of held notes when a changed text takes over.
    SetHeldNotes(HeldNotes),
    /// The user consents to what the document asks for, or not.
    Consent {
        /// To what.
        permission: Permission,
        /// Whether.
        granted: bool,
    },
    /// The next controller that moves is a parameter's; `None` ends the waiting.
    Learn {
        /// The parameter's slot.
        slot: Option<u16>,
    },
    /// A parameter has this controller from now on, or none.
    SetController {
        /// The parameter's slot.
        slot: u16,
        /// The controller, 0..=127.
        controller: Option<u8>,
    },
    /// The parameters of two slots are each in the other one from now on.
    SwapSlots {
        /// A slot.
        one: u16,
        /// Another one, with a parameter or without.
        other: u16,
    },
    /// Put a session in place of the project's; `None` takes it away.
    SetSession {
        /// As JSON.
        json: Option<String>,
    },
    /// Begin a render to a sound file.
    Render {
        /// The file.
        path: PathBuf,
        /// What is rendered.
        what: RenderWhat,
    },
    /// End a render; what was rendered so far stays.
    StopRender,
    /// What the project remembers of the editor has changed: [`super::ViewState`].
    KeepViewState,
    /// Show the counts from 0 again.
    ClearCounts,
    /// Show a page in the user's browser.
    OpenPage {
        /// Its address.
        url: String,
    },
}

/// What a render takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RenderWhat {
    /// The document's score, to its end and so many seconds beyond it.
    Score {
        /// Seconds behind the end.
        tail_seconds: f64,
    },
    /// What is played from now on, until the render is stopped.
    Played,
}
