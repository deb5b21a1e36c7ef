//! What views are given: the model to show, what the project remembers, and where to put what the user does.

mod act;
pub(crate) mod lines;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use ksmps_document::Document;

use crate::code::CodeState;
use crate::model::{Appearance, Change, Command, DocumentNow, History, Model, News, View, ViewState};
use crate::theme::Theme;

/// What views are given.
pub(crate) struct State {
    /// What is shown. Views read it; only news and the user's own acts change it.
    pub model: Model,
    /// What the project remembers.
    pub view_state: ViewState,
    /// The text as it is typed.
    pub code: CodeState,
    /// Whether it was changed since it was built last.
    is_draft: bool,
    /// The line to which the code goes in the next frame, from 1.
    pub go_to_line: Option<u32>,
    /// The line to which it went last.
    pub last_line: Option<u32>,
    /// The text is to be built at the end of the frame.
    pub wants_build: bool,
    /// The text is to be saved at the end of the frame.
    pub wants_save: bool,
    /// The text that was sent to be built last: when it comes back as the document's, the draft goes on.
    sent: Option<String>,
    history: History,
    /// The parameters that the user holds, with the values they had before; a pad holds two.
    held: Vec<(u16, f64)>,
    /// What was asked for and has not come yet.
    asked_tables: BTreeSet<u32>,
    asked_folder: Option<PathBuf>,
    looks: Looks,
    wanted: Looks,
    /// Whether the draft is another one than was told.
    draft_changed: bool,
    /// What the user did since the last frame.
    commands: Vec<Command>,
}

/// What is looked at, and has to be told as long as it is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Looks {
    scope: bool,
    values: bool,
}

impl State {
    /// Nothing is known but what the project remembers.
    pub fn new(view_state: ViewState) -> Self {
        Self {
            model: Model::default(),
            view_state: view_state.within_bounds(),
            code: CodeState::new(""),
            is_draft: false,
            go_to_line: None,
            last_line: None,
            wants_build: false,
            wants_save: false,
            sent: None,
            history: History::default(),
            held: Vec::new(),
            asked_tables: BTreeSet::new(),
            asked_folder: None,
            looks: Looks::default(),
            wanted: Looks::default(),
            draft_changed: false,
            commands: Vec::new(),
        }
    }

    /// Takes something new; whether it has to be drawn.
    pub fn feed(&mut self, news: News) -> bool {
        match &news {
            News::Document(document) => {
                if document.origin != self.model.document.origin {
                    self.history.clear();
                }
                self.take_text(document);
            }
            // What the user holds stands where the mouse has it, whatever the host says meanwhile.
            News::Value { slot, .. } if self.held.iter().any(|(held, _)| held == slot) => return false,
            News::Table { number, .. } => _ = self.asked_tables.remove(number),
            News::Folder { .. } => self.asked_folder = None,
            News::Tables(_) => self.asked_tables.clear(),
            News::Draft(text) => {
                self.code.set_text(text);
                self.code_changed();
            }
            // The controller becomes the parameter's in one change, which can be undone as any other.
            News::Learned { slot, controller } => {
                self.act(Command::SetController { slot: *slot, controller: Some(*controller) });
            }
            _ => {}
        }
        self.model.take(news)
    }

    /// The colours and sizes of this frame.
    pub fn theme(&self) -> Theme {
        Theme::of(self.view_state.appearance == Appearance::Dark)
    }

    /// The text comes from the project: another document, or a change from outside. What was sent from here to be built
    /// comes back as it was, while the user may have typed on.
    fn take_text(&mut self, document: &DocumentNow) {
        let is_other_document =
            document.origin != self.model.document.origin || self.model.document.text.is_empty();
        let is_own = self.sent.as_deref() == Some(&*document.text);
        if is_other_document && !is_own {
            self.code = CodeState::new(&document.text);
            self.view_state
                .folds
                .iter()
                .for_each(|line| self.code.toggle_fold((*line as usize).saturating_sub(1)));
        } else if document.text != self.model.document.text && !is_own {
            self.code.set_text(&document.text);
        }
        self.set_draft(self.text() != *document.text);
    }

    /// The text as it is typed.
    pub fn text(&self) -> String {
        self.code.buffer().text()
    }

    /// Whether the text was changed since it was built last.
    pub fn is_draft(&self) -> bool {
        self.is_draft
    }

    /// The user has typed.
    pub fn code_changed(&mut self) {
        self.set_draft(self.text() != *self.model.document.text);
        self.draft_changed |= self.is_draft;
    }

    fn set_draft(&mut self, is_draft: bool) {
        self.draft_changed |= is_draft != self.is_draft;
        self.is_draft = is_draft;
    }

    /// Builds the text as it is typed.
    pub fn build(&mut self) {
        let text = self.text();
        self.sent = Some(text.clone());
        self.act(Command::Build { text });
    }

    /// Shows a line of the code.
    pub fn go_to(&mut self, line: u32) {
        self.go_to_line = Some(line);
        self.last_line = Some(line);
        if !matches!(self.view_state.view, View::Edit | View::Both) {
            self.view_state.view = View::Edit;
        }
    }

    /// Asks for what a table holds, once.
    pub fn read_table(&mut self, number: u32) {
        if self.asked_tables.insert(number) {
            self.act(Command::ReadTable { number });
        }
    }

    /// Shows a folder in the file browser.
    pub fn browse(&mut self, path: PathBuf) {
        if self.asked_folder.as_ref() != Some(&path) {
            self.asked_folder = Some(path.clone());
            self.act(Command::BrowseFolder { path });
        }
    }

    /// Writes a `;@param` line for each undeclared channel into the text and builds it.
    pub fn declare_channels(&mut self) {
        let lines: String =
            self.model.undeclared.iter().map(|name| format!(";@param {name} 0..1\n")).collect();
        let section = "<CsInstruments>";
        let mut text = self.text();
        let at = text.find(section).map_or(0, |at| {
            let behind = at + section.len();
            text[behind..].find('\n').map_or(text.len(), |end| behind + end + 1)
        });
        text.insert_str(at, &lines);
        self.replace_text("Parameters", text);
    }

    /// Puts another text in the place of the code and builds it: one change.
    pub fn replace_text(&mut self, what: &str, text: String) {
        self.history.push(Change {
            what: what.to_owned(),
            undo: vec![Command::Build { text: self.text() }],
            redo: vec![Command::Build { text: text.clone() }],
        });
        self.carry_out(Some(vec![Command::Build { text }]));
    }

    /// What reading the document found, where it was found in the very text that is shown: its lines are those of the code.
    pub fn read_as_shown(&self) -> Option<Arc<Document>> {
        let is_shown = |read: &&Arc<Document>| !self.is_draft && read.text == *self.model.document.text;
        self.model.read.as_ref().filter(is_shown).cloned()
    }

    /// The sound that goes out is looked at in this frame.
    pub fn look_at_scope(&mut self) {
        self.wanted.scope = true;
    }

    /// Tables, buses and channels are looked at in this frame.
    pub fn look_at_values(&mut self) {
        self.wanted.values = true;
    }

    /// Which instruments are folded is remembered.
    pub fn keep_folds(&mut self) {
        let has_none = self.code.folds().is_empty() && self.view_state.folds.is_empty();
        // Before the document is there, nothing is known of its folds.
        if has_none || self.code.buffer().is_empty() {
            return;
        }
        let folded =
            self.code.structure().regions.iter().filter(|region| self.code.folds().is_folded(region.first));
        self.view_state.folds = folded.map(|region| region.first as u32 + 1).collect();
    }

    /// What the user did since this was called last, in order, and what the frame looks at otherwise than the one before.
    pub fn take_commands(&mut self) -> Vec<Command> {
        let (before, now) = (self.looks, std::mem::take(&mut self.wanted));
        self.looks = now;
        if before.scope != now.scope {
            self.commands.push(Command::LookAtScope(now.scope));
        }
        if std::mem::take(&mut self.draft_changed) {
            let draft = self.is_draft.then(|| self.text());
            self.commands.push(Command::KeepDraft(draft));
        }
        if before.values != now.values {
            self.commands.push(Command::LookAtValues(now.values));
        }
        std::mem::take(&mut self.commands)
    }
}
