//! What the owner of a code widget says, and what the widget answers. Plain data.

use std::ops::Range;

use super::buffer::Position;
use super::opcodes::OpcodeBook;
use crate::theme::{Theme, size};

/// How much something wrong matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It plays, but deserves a look.
    Warning,
    /// It does not play.
    Error,
}

/// Something wrong in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The line, from 0.
    pub line: usize,
    /// The columns, in characters; without them the whole text of the line.
    pub columns: Option<Range<usize>>,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in words.
    pub text: String,
}

/// Something to stand behind a line: the value of a variable while it sounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The line, from 0.
    pub line: usize,
    /// The text, such as `kcut 1240`.
    pub text: String,
    /// The last seconds, oldest first, each time the least and the greatest value.
    pub curve: Vec<[f32; 2]>,
    /// The colour of text and curve.
    pub colour: egui::Color32,
}

/// How the widget behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CodeOptions {
    /// The size of the letters, in points.
    pub font_size: f32,
    /// Whether variables have the colour of their rate.
    pub rate_colours: bool,
    /// Whether candidates are offered while one types.
    pub complete: bool,
    /// Whether the text can only be read.
    pub read_only: bool,
    /// Whether the line with the call at the caret is shown below the text.
    pub signature: bool,
}

impl Default for CodeOptions {
    fn default() -> Self {
        Self {
            font_size: size::TEXT_CODE,
            rate_colours: true,
            complete: true,
            read_only: false,
            signature: true,
        }
    }
}

/// All that the widget shows besides its own state.
#[derive(Clone, Copy)]
pub struct CodeInputs<'a> {
    /// Its name for whoever does not see it, unique in the window.
    pub name: &'a str,
    /// Colours.
    pub theme: &'a Theme,
    /// The opcodes of the engine that runs.
    pub opcodes: &'a OpcodeBook,
    /// What is wrong, by line.
    pub marks: &'a [Mark],
    /// What stands behind lines.
    pub notes: &'a [Note],
    /// Names of channels, for the completion.
    pub channels: &'a [String],
    /// What watching the variable at the caret is called in the menu; `None` where there is no variable.
    pub watch: Option<&'a str>,
    /// How it behaves.
    pub options: CodeOptions,
}

/// What the user wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeCommand {
    /// Build the text and play it: Ctrl+Enter.
    Build,
    /// Evaluate a piece of the text in the engine that runs: Alt+Enter or Ctrl+E.
    Evaluate {
        /// The piece: what is selected, or the instrument or opcode under the caret, or its line.
        text: String,
        /// Its first line, from 0.
        line: usize,
    },
    /// Show what there is to know of an opcode: F1.
    Help(String),
    /// Watch the variable at the caret, or no longer.
    Watch,
}

/// What has happened in a frame.
#[derive(Debug)]
pub struct CodeOutput {
    /// The text's response.
    pub response: egui::Response,
    /// Whether the text has changed.
    pub changed: bool,
    /// What the user wants done, in order.
    pub commands: Vec<CodeCommand>,
    /// Where the caret is.
    pub caret: Position,
}

/// The keys of the code widget and what they do, for help and docs.
pub const SHORTCUTS: [(&str, &str); 34] = [
    ("Ctrl+Enter", "build and play"),
    ("Alt+Enter, Ctrl+E", "evaluate the selection, or the instrument under the caret"),
    ("F1", "help for the opcode under the caret"),
    ("F8, Shift+F8", "next and previous error"),
    ("Ctrl+F", "find"),
    ("Ctrl+H", "find and replace"),
    ("F3, Shift+F3", "next and previous match"),
    ("Ctrl+Space", "offer names"),
    ("Tab, Enter", "accept the offered name"),
    ("Escape", "close what is open, then give the keyboard back"),
    ("Ctrl+/", "make lines comments, or code again"),
    ("Tab, Shift+Tab", "indent lines more or less"),
    ("Ctrl+D", "duplicate lines"),
    ("Alt+Up, Alt+Down", "move lines"),
    ("Ctrl+Shift+K", "delete lines"),
    ("Ctrl+Z", "undo"),
    ("Ctrl+Shift+Z, Ctrl+Y", "redo"),
    ("Ctrl+X, Ctrl+C, Ctrl+V", "cut, copy, paste; a whole line when nothing is selected"),
    ("Ctrl+A", "select all"),
    ("Ctrl+L", "select lines"),
    ("Left, Right", "by letters; with Ctrl by words"),
    ("Up, Down", "by lines; with Ctrl scroll"),
    ("Page Up, Page Down", "by pages"),
    ("Home", "to the first letter of the line, then to its begin"),
    ("End", "to the end of the line"),
    ("Ctrl+Home, Ctrl+End", "to the begin and the end of the text"),
    ("Shift with any of these", "select"),
    ("Backspace, Delete", "delete; with Ctrl by words"),
    ("Ctrl+M", "to the other bracket"),
    ("Ctrl+Shift+[, Ctrl+Shift+]", "fold and unfold the instrument under the caret"),
    ("Double click", "select a word"),
    ("Triple click", "select a line"),
    ("Click on a line number", "select the line"),
    ("Shift+click, drag", "select up to there"),
];
