//! Find and replace: what is searched, where it is, and what replaces it.

use std::ops::Range;

use regex_lite::{Regex, RegexBuilder};

use super::buffer::Selection;
use super::history::EditKind;
use super::state::{CodeState, Reveal};

/// A search.
#[derive(Debug, Clone, Default)]
pub struct Find {
    /// Whether its bar is shown.
    pub open: bool,
    /// Whether the bar has the row for replacing.
    pub replacing: bool,
    /// What is searched.
    pub query: String,
    /// What replaces it; `${1}` is the first group of a regular expression.
    pub replacement: String,
    /// Whether capital letters differ from small ones.
    pub case: bool,
    /// Whether only whole words are found.
    pub whole_word: bool,
    /// Whether the query is a regular expression.
    pub regex: bool,
    /// What is wrong with the regular expression.
    pub(super) error: Option<String>,
    /// Whether the field is to get the keyboard.
    pub(super) wants_focus: bool,
    matches: Vec<Range<usize>>,
    found: Option<Asked>,
}

/// What the matches belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    revision: u64,
    query: String,
    options: [bool; 3],
}

impl Find {
    /// Shows the bar; what is selected in one line becomes the query.
    pub(super) fn open(&mut self, chosen: &str, replace: bool) {
        self.open = true;
        self.replacing = replace || self.replacing && self.open;
        self.wants_focus = true;
        if !chosen.is_empty() && !chosen.contains('\n') {
            self.query = chosen.to_owned();
        }
    }

    /// Where the text was found, in characters. `[any]`
    pub fn matches(&self) -> &[Range<usize>] {
        if self.open { &self.matches } else { &[] }
    }

    /// The expression that finds the query, where it is one or a plain search cannot do it.
    fn expression(&self) -> Result<Regex, String> {
        let bare = if self.regex { self.query.clone() } else { regex_lite::escape(&self.query) };
        let pattern = if self.whole_word { format!(r"\b(?:{bare})\b") } else { bare };
        RegexBuilder::new(&pattern)
            .case_insensitive(!self.case)
            .multi_line(true)
            .build()
            .map_err(|error| error.to_string())
    }

    /// Searches a text again when it, or what is searched, has changed.
    fn refresh(&mut self, revision: u64, text: impl FnOnce() -> String) {
        let options = [self.case, self.whole_word, self.regex];
        let asked = Asked { revision, query: self.query.clone(), options };
        if self.found.as_ref() == Some(&asked) {
            return;
        }
        self.found = Some(asked);
        self.error = None;
        self.matches.clear();
        if self.query.is_empty() {
            return;
        }
        let text = text();
        let found = if self.regex {
            match self.expression() {
                Ok(expression) => {
                    expression.find_iter(&text).map(|m| m.range()).filter(|range| !range.is_empty()).collect()
                }
                Err(error) => {
                    self.error = Some(error);
                    return;
                }
            }
        } else {
            plain_matches(&text, &self.query, self.case, self.whole_word)
        };
        self.matches = in_characters(&text, &found);
    }
}

/// Where a plain query is, in bytes. ASCII letters are compared without their case where it does not count.
fn plain_matches(text: &str, query: &str, case: bool, whole_word: bool) -> Vec<Range<usize>> {
    let (haystack, needle) = (text.as_bytes(), query.as_bytes());
    let (first, count) = (needle[0], needle.len());
    let same = |at: usize| {
        let piece = &haystack[at..at + count];
        if case { piece == needle } else { piece.eq_ignore_ascii_case(needle) }
    };
    let is_word = |at: Option<usize>| {
        at.and_then(|at| haystack.get(at))
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80)
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at + count <= haystack.len() {
        let here = haystack[at];
        let may = if case { here == first } else { here.eq_ignore_ascii_case(&first) };
        let whole = || !whole_word || !is_word(at.checked_sub(1)) && !is_word(Some(at + count));
        if may && same(at) && whole() {
            found.push(at..at + count);
            at += count;
        } else {
            at += 1;
        }
    }
    found
}

/// Ranges of bytes, in order, as ranges of characters.
fn in_characters(text: &str, ranges: &[Range<usize>]) -> Vec<Range<usize>> {
    let (mut byte, mut character) = (0, 0);
    let mut at = |to: usize| {
        character += text[byte..to].chars().count();
        byte = to;
        character
    };
    ranges.iter().map(|range| at(range.start)..at(range.end)).collect()
}

impl CodeState {
    /// The search. `[any]`
    pub fn find(&self) -> &Find {
        &self.find
    }

    /// The search, to change what is searched. `[control]`
    pub fn find_mut(&mut self) -> &mut Find {
        &mut self.find
    }

    /// Brings the matches up to the text.
    pub(super) fn refresh_find(&mut self) {
        if self.find.open {
            let buffer = &self.buffer;
            self.find.refresh(buffer.revision(), || buffer.text());
        }
    }

    /// Which match is selected, from 0. `[any]`
    pub fn match_selected(&self) -> Option<usize> {
        let range = self.selection.range();
        self.find.matches.iter().position(|found| *found == range)
    }

    /// Selects the next or the previous match, around the end of the text. `[control]`
    pub fn find_next(&mut self, back: bool) {
        if !self.find.open {
            return self.open_find(false);
        }
        self.refresh_find();
        let (start, end) = (self.selection.range().start, self.selection.range().end);
        let matches = &self.find.matches;
        let found = if back {
            matches.iter().rev().find(|m| m.end <= start).or(matches.last())
        } else {
            matches.iter().find(|m| m.start >= end).or(matches.first())
        };
        if let Some(found) = found.cloned() {
            self.select(Selection { anchor: found.start, caret: found.end });
            self.reveal = Some(Reveal::Middle);
        }
    }

    /// Selects the first match at or behind the caret, while a query is typed.
    pub(super) fn find_from_here(&mut self) {
        let start = self.selection.range().start;
        self.selection = Selection::at(start);
        self.refresh_find();
        if !self.find.matches.is_empty() {
            self.find_next(false);
        }
    }

    /// Replaces the selected match and goes to the next; without a selected match, only goes. `[control]`
    pub fn replace_next(&mut self) {
        self.refresh_find();
        if let Some(n) = self.match_selected() {
            let range = self.find.matches[n].clone();
            let new = self.replaced(&range);
            self.step(EditKind::Whole, |buffer, _| {
                buffer.replace(range.clone(), &new);
                Selection::at(range.start + new.chars().count())
            });
        }
        self.find_next(false);
    }

    /// Replaces all matches as one step; gives their number. `[control]`
    pub fn replace_all(&mut self) -> usize {
        self.refresh_find();
        let new: Vec<_> =
            self.find.matches.iter().map(|range| (range.clone(), self.replaced(range))).collect();
        let caret = self.caret();
        self.step(EditKind::Whole, |buffer, _| {
            for (range, text) in new.iter().rev() {
                buffer.replace(range.clone(), text);
            }
            Selection::at(buffer.offset(caret))
        });
        new.len()
    }

    /// What replaces a match.
    fn replaced(&self, range: &Range<usize>) -> String {
        let found = self.buffer.slice(range.clone());
        match self.find.regex.then(|| self.find.expression()) {
            Some(Ok(expression)) => expression.replace(&found, self.find.replacement.as_str()).into_owned(),
            _ => self.find.replacement.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, query: &str, [case, whole_word, regex]: [bool; 3]) -> Vec<Range<usize>> {
        let mut find =
            Find { open: true, query: query.to_owned(), case, whole_word, regex, ..Find::default() };
        find.refresh(1, || text.to_owned());
        find.matches().to_vec()
    }

    #[test]
    fn case_whole_words_and_expressions_are_found_in_characters() {
        let text = "äa kamp KAMP kampx";
        assert_eq!(found(text, "kamp", [false; 3]), [3..7, 8..12, 13..17]);
        assert_eq!(found(text, "kamp", [true, false, false]), [3..7, 13..17]);
        assert_eq!(found(text, "kamp", [false, true, false]), [3..7, 8..12]);
        assert_eq!(found(text, "k.m", [true, false, true]), [3..6, 13..16]);
        assert_eq!(found(text, "k(", [true, false, true]), []);
    }

    #[test]
    fn replace_all_is_one_step_and_knows_groups() {
        let mut state = CodeState::new("a1 a2\na3");
        *state.find_mut() = Find {
            open: true,
            query: r"a(\d)".to_owned(),
            replacement: "k${1}x".to_owned(),
            regex: true,
            ..Find::default()
        };
        assert_eq!(state.replace_all(), 3);
        assert_eq!(state.buffer().text(), "k1x k2x\nk3x");
        state.undo();
        assert_eq!(state.buffer().text(), "a1 a2\na3");
    }
}
