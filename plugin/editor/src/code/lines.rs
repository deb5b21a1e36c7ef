//! What is known of each line, kept up to date from edit to edit.
//!
//! Each line has the lexer's state at its begin. An edit lexes its own lines and then goes on only until a line begins
//! as it did before: one line for most keystrokes, the rest of the document when a comment is opened.

use std::collections::HashMap;

use ropey::Rope;

use super::heads::{Head, head_of};
use super::lexer::{Kind, LineState, Token, lex_line};

/// A name, as a number.
pub(super) type NameId = u32;

/// What is known of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What it begins in.
    pub(super) state: LineState,
    /// Its length, without its end.
    pub(super) chars: u32,
    /// What it begins, ends or names.
    pub(super) head: Option<Box<Head>>,
    /// The names in it, and the strings in calls that reach channels.
    pub(super) names: Box<[NameId]>,
}

/// All lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    /// The state behind the last line.
    names: Vec<Box<str>>,
    ids: HashMap<Box<str>, NameId>,
    tokens: Vec<Token>,
}

impl Lines {
    /// Reads a whole text.
    pub(super) fn new(rope: &Rope) -> Self {
        let mut lines = Self::default();
        let mut state = LineState::default();
        for n in 0..rope.len_lines() {
            let (line, next) = lines.read(&line_text(rope, n), state);
            lines.lines.push(line);
            state = next;
        }
        lines
    }

    /// Reads again what an edit has changed: `removed` and `inserted` are counts of line ends, from line `first` on.
    /// Gives the number of lines that were read.
    pub(super) fn update(&mut self, rope: &Rope, first: usize, removed: usize, inserted: usize) -> usize {
        let mut state = self.lines[first].state;
        let mut new = Vec::with_capacity(inserted + 1);
        for n in first..=first + inserted {
            let (line, next) = self.read(&line_text(rope, n), state);
            new.push(line);
            state = next;
        }
        self.lines.splice(first..=first + removed, new);
        let mut n = first + inserted + 1;
        while n < self.lines.len() && self.lines[n].state != state {
            let (line, next) = self.read(&line_text(rope, n), state);
            self.lines[n] = line;
            state = next;
            n += 1;
        }
        n - first
    }

    /// All lines, in order.
    pub(super) fn all(&self) -> &[Line] {
        &self.lines
    }

    /// The text of a name.
    pub(super) fn name(&self, id: NameId) -> &str {
        &self.names[id as usize]
    }

    /// How many names there have been.
    pub(super) fn name_count(&self) -> usize {
        self.names.len()
    }

    /// What is to be known of a line, and the state behind it.
    fn read(&mut self, text: &str, state: LineState) -> (Line, LineState) {
        let mut tokens = std::mem::take(&mut self.tokens);
        let next = lex_line(text, state, &mut tokens);
        let reaches_channel =
            tokens.iter().any(|t| t.kind == Kind::Word && text[t.range.clone()].starts_with("chn"));
        let names = tokens
            .iter()
            .filter(|t| t.kind == Kind::Word || t.kind == Kind::String && reaches_channel)
            .map(|t| self.id(&text[t.range.clone()]))
            .collect();
        let head = head_of(text, &tokens, next).map(Box::new);
        self.tokens = tokens;
        (Line { state, chars: text.chars().count() as u32, head, names }, next)
    }

    /// The number of a name, which is made when it is new.
    fn id(&mut self, name: &str) -> NameId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = self.names.len() as NameId;
        self.names.push(name.into());
        self.ids.insert(name.into(), id);
        id
    }
}

/// A line's text, without its end.
pub(super) fn line_text(rope: &Rope, n: usize) -> String {
    let mut text = String::from(rope.line(n));
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}
