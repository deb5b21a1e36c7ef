//! Texts that are put together from several, and where each of their lines comes from.
//!
//! Csound compiles one text: a header of the engine's own, included files, the user's orchestra. Whoever puts such a
//! text together does it with a [`ComposedText`], so that what Csound says of a line can be said of the user's own file
//! and line.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;

/// A line of something that the user wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as the text that includes it names it; `None` for the text itself (the document, the code).
    pub file: Option<Arc<str>>,
    /// Its line, counted from 1.
    pub line: u32,
}

/// Lines that follow each other in the composed text and in what they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    /// The composed text's line, counted from 1.
    first: u32,
    /// Where that line comes from; `None` where no user wrote it.
    place: Option<Place>,
}

/// Where the lines of a composed text come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceMap {
    runs: Vec<Run>,
    /// Lines of the composed text.
    lines: u32,
}

impl SourceMap {
    /// Where a line of the composed text comes from, counted from 1; `None` where no user wrote it. `[any]`
    pub fn place(&self, line: u32) -> Option<Place> {
        let run = self.runs.iter().rev().find(|run| run.first <= line)?;
        let place = run.place.as_ref()?;
        Some(Place { file: place.file.clone(), line: place.line + (line - run.first) })
    }

    /// The composed line of a line of the text itself. Beyond its end, the line that would follow. `[any]`
    pub fn composed_line(&self, line: u32) -> u32 {
        let own =
            |run: &&Run| matches!(&run.place, Some(Place { file: None, line: first }) if *first <= line);
        let run = self.runs.iter().rev().find(own);
        run.and_then(|run| Some(run.first + (line - run.place.as_ref()?.line))).unwrap_or(line)
    }

    /// How many lines the composed text has. `[any]`
    pub fn line_count(&self) -> u32 {
        self.lines
    }

    /// Adds lines that come from `place` on, or from no user.
    fn push(&mut self, count: u32, place: Option<Place>) {
        if count == 0 {
            return;
        }
        let first = self.lines + 1;
        self.lines += count;
        let goes_on = match (self.runs.last(), &place) {
            (Some(Run { place: None, .. }), None) => true,
            (Some(Run { first: from, place: Some(last) }), Some(next)) => {
                last.file == next.file && last.line + (first - from) == next.line
            }
            _ => false,
        };
        if !goes_on {
            self.runs.push(Run { first, place });
        }
    }
}

/// A text that is put together line by line, with its map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComposedText {
    text: String,
    map: SourceMap,
}

impl ComposedText {
    /// A text of one piece: its lines are those of the text itself. `[any]`
    pub fn whole(text: &str) -> Self {
        let mut composed = Self::default();
        composed.push(text, Some(Place { file: None, line: 1 }));
        composed
    }

    /// Adds a text that stands at `place`, or that no user wrote. A line end is added where it lacks one. `[any]`
    pub fn push(&mut self, text: &str, place: Option<Place>) {
        let lines = text.strip_suffix('\n').unwrap_or(text);
        self.text.push_str(lines);
        self.text.push('\n');
        self.map.push(u32::try_from(lines.split('\n').count()).unwrap_or(u32::MAX), place);
    }

    /// Adds another composed text. `[any]`
    pub fn append(&mut self, other: &Self) {
        for (line, text) in (1..).zip(other.text.lines()) {
            self.push(text, other.map.place(line));
        }
    }

    /// The lines from `first` on, as a text of their own. `[any]`
    #[must_use]
    pub fn from_line(&self, first: u32, text: &str) -> Self {
        let mut part = Self::default();
        for (line, text) in (first..).zip(text.strip_suffix('\n').unwrap_or(text).split('\n')) {
            part.push(text, self.map.place(line));
        }
        part
    }

    /// All of it. `[any]`
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where its lines come from. `[any]`
    pub fn map(&self) -> &SourceMap {
        &self.map
    }

    /// A line, counted from 1. `[any]`
    pub fn line(&self, line: u32) -> Option<&str> {
        self.text.lines().nth((line as usize).checked_sub(1)?)
    }

    /// A diagnostic of one of its lines as one of the user's own file and line, with that line's text where it has none.
    /// One whose line no user wrote has no line. `[any]`
    #[must_use]
    pub fn located(&self, diagnostic: Diagnostic) -> Diagnostic {
        let Some(line) = diagnostic.line else { return diagnostic };
        let place = self.map.place(line);
        let source = diagnostic.source.or_else(|| {
            place.as_ref().and(self.line(line)).map(str::to_owned).filter(|text| !text.trim().is_empty())
        });
        Diagnostic {
            line: place.as_ref().map(|place| place.line),
            file: place.and_then(|place| place.file).map(|file| file.to_string()).or(diagnostic.file),
            source,
            ..diagnostic
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(file: Option<&str>, line: u32) -> Option<Place> {
        Some(Place { file: file.map(Arc::from), line })
    }

    /// A header of ours, a document of four lines that includes a file of two behind its second.
    fn composed() -> ComposedText {
        let mut composed = ComposedText::default();
        composed.push("header\nheader", None);
        composed.push("one\ntwo\n", at(None, 1));
        composed.push("in one\nin two", at(Some("a.inc"), 1));
        composed.push("three\nfour", at(None, 3));
        composed
    }

    #[test]
    fn a_line_is_found_where_the_user_wrote_it() {
        let composed = composed();
        assert_eq!(composed.text(), "header\nheader\none\ntwo\nin one\nin two\nthree\nfour\n");
        let places: Vec<Option<Place>> = (1..=8).map(|line| composed.map().place(line)).collect();
        let expected = [
            None,
            None,
            at(None, 1),
            at(None, 2),
            at(Some("a.inc"), 1),
            at(Some("a.inc"), 2),
            at(None, 3),
            at(None, 4),
        ];
        assert_eq!(places, expected);
        assert_eq!([1, 2, 3, 4].map(|line| composed.map().composed_line(line)), [3, 4, 7, 8]);
    }

    #[test]
    fn what_is_put_together_of_composed_texts_keeps_their_places() {
        let mut outer = ComposedText::default();
        outer.push("more", None);
        outer.append(&composed());
        assert_eq!(outer.map().place(8), at(None, 3));
        assert_eq!(outer.from_line(6, "in one\nin two\n").map().place(2), at(Some("a.inc"), 2));
    }

    #[test]
    fn a_diagnostic_names_file_line_and_source() {
        let composed = composed();
        let located = composed.located(Diagnostic::error(6, "wrong"));
        assert_eq!((located.file.as_deref(), located.line), (Some("a.inc"), Some(2)));
        assert_eq!(located.source.as_deref(), Some("in two"));
        assert_eq!(located.to_string(), "a.inc line 2: error: wrong\n    in two");
        let ours = composed.located(Diagnostic::error(1, "wrong"));
        assert_eq!((ours.file, ours.line, ours.source), (None, None, None));
    }
}
