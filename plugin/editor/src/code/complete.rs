//! Completion: what could be meant by the letters before the caret.

use std::ops::Range;

use super::buffer::{Position, Selection};
use super::history::EditKind;
use super::lexer::{Inside, KEYWORDS, Kind, Section};
use super::opcodes::OpcodeBook;
use super::state::CodeState;

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CandidateKind {
    /// A variable of the instrument, or a global one.
    Variable,
    /// An opcode that the document defines.
    Defined,
    /// An opcode of the engine.
    Opcode,
    /// A word of the language.
    Keyword,
    /// A channel.
    Channel,
}

/// Something that could be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The text that is written when it is accepted.
    pub text: String,
    /// What it is.
    pub kind: CandidateKind,
    /// Whether it is kept for old orchestras.
    pub deprecated: bool,
}

/// An open list of candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The best first.
    pub candidates: Vec<Candidate>,
    /// Which one is chosen.
    pub chosen: usize,
    /// What it replaces, in characters.
    pub range: Range<usize>,
}

/// The longest list.
const CANDIDATES_MAX: usize = 200;
/// How many accepted names are remembered.
const RECENT_MAX: usize = 50;

impl CodeState {
    /// The open list of candidates. `[any]`
    pub fn completion(&self) -> Option<&Completion> {
        self.completion.as_ref()
    }

    /// Opens the list for the letters before the caret, or closes it when nothing is meant. `least` is how many
    /// letters there must be.
    pub(super) fn open_completion(&mut self, book: &OpcodeBook, channels: &[String], least: usize) {
        self.completion = None;
        let Position { line, column } = self.caret();
        if !self.selection.is_empty() || self.buffer.state(line).inside != Inside::Nothing {
            return;
        }
        let text = self.buffer.line(line);
        let byte = text.char_indices().nth(column).map_or(text.len(), |(at, _)| at);
        let tokens = self.buffer.tokens(line);
        let token = tokens.iter().find(|token| token.range.start < byte && byte <= token.range.end);
        let is_code = super::lexer::lex_line(&text, self.buffer.state(line), &mut Vec::new()).section
            == Section::Orchestra;
        let (start, in_string) = match token.map(|token| (token.kind, token.range.start)) {
            Some((Kind::String, start)) if text[start..].starts_with('"') => (start + 1, true),
            Some((Kind::Comment | Kind::Directive | Kind::String | Kind::Number | Kind::Tag, _)) => return,
            Some((Kind::Word | Kind::Keyword, start)) => (start, false),
            // Nothing is written yet: only who asks for it gets the list.
            _ => (byte, false),
        };
        let typed = &text[start..byte];
        let before: Vec<&str> = tokens.iter().map(|token| &text[token.range.clone()]).collect();
        let in_string = in_string && before.iter().any(|word| word.starts_with("chn"));
        let in_any_string = matches!(token, Some(token) if token.kind == Kind::String);
        if !is_code || in_any_string && !in_string || typed.chars().count() < least && !in_string {
            return;
        }
        let all = if in_string { self.channels(channels) } else { self.names(book, line) };
        let candidates = ranked(all, typed, &self.recent);
        let says_more = least == 0 || candidates.len() > 1 || candidates.iter().any(|c| c.text != typed);
        if says_more && !candidates.is_empty() {
            let range = self.selection.caret - typed.chars().count()..self.selection.caret;
            self.completion = Some(Completion { candidates, chosen: 0, range });
        }
    }

    /// Writes the chosen candidate.
    pub(super) fn accept_completion(&mut self) {
        let Some(completion) = self.completion.take() else { return };
        let Some(candidate) = completion.candidates.into_iter().nth(completion.chosen) else { return };
        self.recent.retain(|name| *name != candidate.text);
        self.recent.insert(0, candidate.text.clone());
        self.recent.truncate(RECENT_MAX);
        let range = completion.range;
        self.step(EditKind::Whole, |buffer, _| {
            buffer.replace(range.clone(), &candidate.text);
            Selection::at(range.start + candidate.text.chars().count())
        });
    }

    /// The channels that are known or named in the text.
    fn channels(&self, known: &[String]) -> Vec<Candidate> {
        let mut names: Vec<String> = known.to_vec();
        let lines = self.buffer.lines();
        let caret_line = self.caret().line;
        let named = lines
            .all()
            .iter()
            .enumerate()
            .filter(|(n, _)| *n != caret_line)
            .flat_map(|(_, line)| &line.names);
        names.extend(named.filter_map(|id| {
            let name = lines.name(*id).strip_prefix('"')?.strip_suffix('"')?;
            (!name.is_empty()).then(|| name.to_owned())
        }));
        names.sort();
        names.dedup();
        let candidate = |text| Candidate { text, kind: CandidateKind::Channel, deprecated: false };
        names.into_iter().map(candidate).collect()
    }

    /// The names that a line of the orchestra may use.
    fn names(&self, book: &OpcodeBook, line: usize) -> Vec<Candidate> {
        let candidate = |text: &str, kind| Candidate { text: text.to_owned(), kind, deprecated: false };
        let mut all: Vec<Candidate> = Vec::new();
        let items = self.structure.items.iter().filter(|item| item.kind == super::ItemKind::Opcode);
        all.extend(items.map(|item| candidate(&item.name, CandidateKind::Defined)));
        let is_known = |name: &str| book.get(name).is_some() || self.structure.defines_opcode(name);
        let variables = self.variables(line);
        all.extend(
            variables
                .iter()
                .filter(|name| !is_known(name))
                .map(|name| candidate(name, CandidateKind::Variable)),
        );
        all.extend(book.entries().iter().map(|entry| Candidate {
            text: entry.name.clone(),
            kind: CandidateKind::Opcode,
            deprecated: entry.is_deprecated(),
        }));
        let keywords = KEYWORDS.iter().filter(|word| book.get(word).is_none());
        all.extend(keywords.map(|word| candidate(word, CandidateKind::Keyword)));
        all
    }

    /// The variables of the body that a line is in, and all global ones; without those of the line itself that are
    /// nowhere else, for they are being typed.
    fn variables(&self, line: usize) -> Vec<String> {
        let lines = self.buffer.lines();
        let body = self.structure.body_of(line).map_or(0..0, |region| region.first..region.last + 1);
        let mut seen = vec![false; lines.name_count()];
        let mut found = Vec::new();
        for (n, info) in lines.all().iter().enumerate().filter(|(n, _)| *n != line) {
            for id in &info.names {
                let name = lines.name(*id);
                let is_variable = super::words::rate_of(name).is_some();
                if is_variable && (body.contains(&n) || name.starts_with('g')) && !seen[*id as usize] {
                    seen[*id as usize] = true;
                    found.push(name.to_owned());
                }
            }
        }
        found
    }
}

/// The candidates that fit what is typed: those that begin with it before those that contain it; among these the
/// ones accepted last, then what the document has, then short ones.
fn ranked(all: Vec<Candidate>, typed: &str, recent: &[String]) -> Vec<Candidate> {
    let lower = typed.to_lowercase();
    let mut fitting: Vec<_> = all
        .into_iter()
        .filter_map(|candidate| {
            let place = candidate.text.to_lowercase().find(&lower)?;
            let rank = (place > 0, !candidate.text.starts_with(typed));
            let last = recent.iter().position(|name| *name == candidate.text).unwrap_or(usize::MAX);
            Some(((rank, last, candidate.deprecated, candidate.kind, candidate.text.len()), candidate))
        })
        .collect();
    fitting.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.text.cmp(&y.text)));
    fitting.truncate(CANDIDATES_MAX);
    fitting.into_iter().map(|(_, candidate)| candidate).collect()
}
