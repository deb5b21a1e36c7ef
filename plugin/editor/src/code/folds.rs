//! Which lines are hidden, and which row each shown line is in.

use std::ops::Range;

use super::buffer::LineChange;
use super::structure::Structure;

/// The folded regions, by their first lines.
#[derive(Debug, Clone, Default)]
pub struct Folds {
    folded: Vec<usize>,
    /// Hidden lines, in order, apart from each other.
    hidden: Vec<Range<usize>>,
}

impl Folds {
    /// Whether the region that begins in a line is folded. `[any]`
    pub fn is_folded(&self, line: usize) -> bool {
        self.folded.binary_search(&line).is_ok()
    }

    /// Whether anything is folded. `[any]`
    pub fn is_empty(&self) -> bool {
        self.folded.is_empty()
    }

    /// Folds the region that begins in a line, or unfolds it; a line that begins none is left alone. `[any]`
    pub fn toggle(&mut self, line: usize, structure: &Structure) {
        match self.folded.binary_search(&line) {
            Ok(at) => {
                self.folded.remove(at);
            }
            Err(at) if structure.region_at(line).is_some() => self.folded.insert(at, line),
            Err(_) => {}
        }
        self.refresh(structure);
    }

    /// Folds all regions that are not sections, or unfolds everything. `[any]`
    pub fn set_all(&mut self, folded: bool, structure: &Structure) {
        let bodies = structure.regions.iter().filter(|region| region.kind != super::ItemKind::Section);
        self.folded = if folded { bodies.map(|region| region.first).collect() } else { Vec::new() };
        self.folded.dedup();
        self.refresh(structure);
    }

    /// Unfolds what hides a line. `[any]`
    pub fn reveal(&mut self, line: usize, structure: &Structure) {
        if self.is_hidden(line) {
            let hides = |first: &usize| {
                structure
                    .region_at(*first)
                    .is_some_and(|region| (region.first + 1..=region.last).contains(&line))
            };
            self.folded.retain(|first| !hides(first));
            self.refresh(structure);
        }
    }

    /// Follows an edit. `[any]`
    pub(super) fn follow(&mut self, change: LineChange) {
        let last = change.line + change.removed;
        let moved = |first: usize| match () {
            () if first > last => Some(first + change.inserted - change.removed),
            () if first < change.line => Some(first),
            // What stands behind an edit that begins a line goes on in the last line that came.
            () if change.at_start => (first == last).then_some(change.line + change.inserted),
            () => (first == change.line).then_some(first),
        };
        self.folded = self.folded.iter().filter_map(|first| moved(*first)).collect();
        self.folded.dedup();
    }

    /// Finds the hidden lines anew; after an edit too, for what no longer begins a region unfolds. `[any]`
    pub(super) fn refresh(&mut self, structure: &Structure) {
        self.folded.retain(|first| structure.region_at(*first).is_some());
        self.hidden.clear();
        for region in self.folded.iter().filter_map(|first| structure.region_at(*first)) {
            let lines = region.first + 1..region.last + 1;
            match self.hidden.last_mut() {
                Some(last) if lines.start <= last.end => last.end = last.end.max(lines.end),
                _ => self.hidden.push(lines),
            }
        }
    }

    /// Whether a line is hidden. `[any]`
    pub fn is_hidden(&self, line: usize) -> bool {
        self.hidden.iter().any(|lines| lines.contains(&line))
    }

    /// The row of a line, or of the line that it is folded into. `[any]`
    pub fn row_of(&self, line: usize) -> usize {
        let mut row = line;
        for lines in &self.hidden {
            if lines.contains(&line) {
                return row + lines.start - line - 1;
            }
            if lines.end <= line {
                row -= lines.len();
            }
        }
        row
    }

    /// The line that a row shows. `[any]`
    pub fn line_of(&self, row: usize) -> usize {
        let mut line = row;
        for lines in &self.hidden {
            if lines.start <= line {
                line += lines.len();
            }
        }
        line
    }

    /// How many rows there are for a number of lines. `[any]`
    pub fn row_count(&self, line_count: usize) -> usize {
        line_count - self.hidden.iter().map(ExactSizeIterator::len).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Buffer;

    #[test]
    fn rows_and_lines_agree_and_folds_follow_edits() {
        let text = "x\ninstr 1\na\nb\nendin\ny\ninstr 2\nc\nendin\nz";
        let structure = Structure::of(&Buffer::new(text));
        let mut folds = Folds::default();
        folds.toggle(1, &structure);
        folds.toggle(6, &structure);
        folds.toggle(0, &structure);
        let shown: Vec<usize> = (0..folds.row_count(10)).map(|row| folds.line_of(row)).collect();
        assert_eq!(shown, [0, 1, 5, 6, 9]);
        for (row, line) in shown.iter().enumerate() {
            assert_eq!(folds.row_of(*line), row);
        }
        assert_eq!(folds.row_of(3), 1);
        folds.follow(LineChange { line: 0, at_start: true, removed: 0, inserted: 2 });
        assert!(folds.is_folded(3) && folds.is_folded(8));
        folds.reveal(2, &structure);
        assert!(!folds.is_folded(1));
    }
}
