//! Finds the line by which a text ends its engine, where the dying process could not say it: ever shorter texts are built
//! in processes of their own. It goes on in small steps, and ends with the next edit.

use std::time::{Duration, Instant};

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::needs::Needs;

use super::super::build::Wanted;
use super::super::project::Project;

/// Processes that one search may start.
const ATTEMPTS_MAX: u32 = 24;
/// How long one search may take.
const SEARCH_MAX: Duration = Duration::from_secs(5);
/// How long one attempt may take; a text that takes longer does not count as one that dies.
pub(super) const ATTEMPT_MAX: Duration = Duration::from_millis(500);

/// What is searched: the section, and what else of the text is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    /// The score may have it: is the orchestra alone enough?
    Undecided,
    /// It is in the orchestra; the score is left out.
    Orchestra,
    /// It is in the score; the orchestra is whole.
    Score,
}

/// A search that is under way.
pub(super) struct Search {
    /// The text that has ended its engine.
    pub project: Project,
    /// Frames per second.
    pub rate: f64,
    /// Frames of the longest block.
    pub block_max: usize,
    /// What the document may do besides making sound.
    pub given: Needs,
    /// The message that has no line yet.
    pub said: Diagnostic,
    section: Section,
    /// So many lines of the section are known to end the engine; `None` while nothing is known.
    deadly: Option<usize>,
    /// So many are not enough.
    harmless: usize,
    attempts: u32,
    until: Instant,
}

/// What comes next.
pub(super) enum Next {
    /// Build this text.
    Try(String),
    /// This line of the text is enough with those above it, counted from 1.
    Found(u32),
    /// There is no such line.
    Nothing,
}

impl Search {
    /// A search for what ends the engine of this text. `[control]`
    pub fn new(wanted: &Wanted<'_>, said: Diagnostic) -> Self {
        let Wanted { rate, block_max, given, .. } = *wanted;
        let project = wanted.project.clone();
        let has_score = lines_of(project.text(), SCORE).is_some();
        let section = if has_score { Section::Undecided } else { Section::Orchestra };
        let until = Instant::now() + SEARCH_MAX;
        Self { project, rate, block_max, given, said, section, deadly: None, harmless: 0, attempts: 0, until }
    }

    /// What is to be tried now. `[control]`
    pub fn next(&mut self) -> Next {
        self.attempts += 1;
        if self.attempts > ATTEMPTS_MAX || Instant::now() > self.until {
            return Next::Nothing;
        }
        let text = self.project.text();
        let (first, count) = self.lines();
        match self.deadly {
            // First of all: does it die with nothing left out but what is not searched?
            None => Next::Try(shortened(text, self.section, count)),
            Some(deadly) if deadly == self.harmless + 1 => Next::Found((first + deadly) as u32),
            Some(deadly) => Next::Try(shortened(text, self.section, self.harmless.midpoint(deadly))),
        }
    }

    /// The text of [`Next::Try`] has ended its engine, or not. `[control]`
    pub fn tried(&mut self, has_died: bool) -> bool {
        let (_, count) = self.lines();
        match (self.section, self.deadly, has_died) {
            (Section::Undecided, ..) => {
                self.section = if has_died { Section::Orchestra } else { Section::Score };
                self.deadly = has_died.then_some(count);
            }
            // It dies only as a whole, or now and then.
            (_, None, false) => return false,
            (_, None, true) => self.deadly = Some(count),
            (_, Some(deadly), true) => self.deadly = Some(self.harmless.midpoint(deadly)),
            (_, Some(deadly), false) => self.harmless = self.harmless.midpoint(deadly),
        }
        true
    }

    /// How many lines stand before the section that is searched, and how many it has.
    fn lines(&self) -> (usize, usize) {
        let tag = if self.section == Section::Score { SCORE } else { ORCHESTRA };
        let text = self.project.text();
        lines_of(text, tag).unwrap_or((0, text.lines().count()))
    }
}

const ORCHESTRA: &str = "CsInstruments";
const SCORE: &str = "CsScore";

/// The lines between the tags of a section: how many stand before, and how many there are.
fn lines_of(text: &str, tag: &str) -> Option<(usize, usize)> {
    let first = text.lines().position(|line| line.contains(&format!("<{tag}")))? + 1;
    let count = text.lines().skip(first).position(|line| line.contains(&format!("</{tag}")))?;
    Some((first, count))
}

/// The text with so many lines of a section: what they leave open is closed. Lines that are left out stay as empty ones, so
/// that the others keep their numbers.
fn shortened(text: &str, section: Section, kept: usize) -> String {
    let orchestra = lines_of(text, ORCHESTRA).unwrap_or((0, text.lines().count()));
    let score = lines_of(text, SCORE).unwrap_or((usize::MAX, 0));
    let is_in = |(first, count): (usize, usize), at: usize| at >= first && at - first < count;
    let (cut, (first, _)) = match section {
        Section::Score => (score, score),
        Section::Undecided | Section::Orchestra => (orchestra, orchestra),
    };
    let mut shorter = String::with_capacity(text.len());
    let mut open = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let is_kept = match section {
            _ if is_in(cut, at) => at - first < kept,
            Section::Score => true,
            Section::Undecided | Section::Orchestra => !is_in(score, at),
        };
        if is_kept && is_in(orchestra, at) {
            follow(&mut open, line);
        }
        if is_kept {
            shorter += line;
        } else if is_in(orchestra, at) {
            // Where the first line is missing.
            shorter += &open.drain(..).rev().collect::<Vec<_>>().join("\n");
        }
        shorter.push('\n');
    }
    // A bare orchestra that is kept whole may end inside a block all the same.
    if lines_of(text, ORCHESTRA).is_none() && kept >= orchestra.1 {
        return text.to_owned();
    }
    shorter
}

/// Follows which blocks a line opens and closes.
fn follow(open: &mut Vec<&'static str>, line: &str) {
    let code = line.split(';').next().unwrap_or_default();
    let mut words = code.split_whitespace();
    let first = words.next().unwrap_or_default();
    let ends_with = |word: &str| code.split_whitespace().next_back() == Some(word);
    match first {
        "instr" => open.push("endin"),
        "opcode" => open.push("endop"),
        "while" | "until" if ends_with("do") => open.push("od"),
        _ if first.starts_with("if") && (ends_with("then") || ends_with("ithen") || ends_with("kthen")) => {
            open.push("endif");
        }
        "endin" | "endop" | "od" | "enduntil" | "endif" | "fi" => drop(open.pop()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ksmps_data::params::SlotValues;
    use ksmps_document::KeptValues;

    /// Searches with a process that dies of every text with these words.
    fn search(text: &str, deadly: &str) -> (Option<u32>, u32) {
        let project = Project::new(text.to_owned(), None);
        let values = SlotValues::default();
        let wanted = Wanted {
            project: &project,
            rate: 48_000.0,
            block_max: 512,
            values: &values,
            kept: &KeptValues::default(),
            given: Needs::default(),
            python: None,
        };
        let mut search = Search::new(&wanted, Diagnostic::error(None, "it died"));
        loop {
            match search.next() {
                Next::Try(text) => {
                    if !search.tried(text.contains(deadly)) {
                        return (None, search.attempts);
                    }
                }
                Next::Found(line) => return (Some(line), search.attempts),
                Next::Nothing => return (None, search.attempts),
            }
        }
    }

    fn document() -> String {
        let instruments: String = (1..=50)
            .map(|number| format!("instr {number}\n a{number} oscili 1, 440\n out a{number}\nendin\n"))
            .collect();
        format!(
            "<CsoundSynthesizer>\n<CsInstruments>\n0dbfs = 1\n{instruments}</CsInstruments>\n<CsScore>\ni1 0 1\ni2 0 1\ni3 0 1\n</CsScore>\n</CsoundSynthesizer>\n"
        )
    }

    #[test]
    fn the_line_is_found_in_the_orchestra_and_in_the_score() {
        let text = document();
        for line in [3_usize, 4, 37, 38, 202] {
            let words = text.lines().nth(line - 1).unwrap();
            let first = text.lines().position(|other| other == words).unwrap() + 1;
            let (found, attempts) = search(&text, words);
            assert_eq!(found, Some(first as u32), "{words}");
            assert!(attempts < 16, "{attempts}");
        }
        assert_eq!(search(&text, "i2 0 1").0, Some(207));
    }

    #[test]
    fn what_is_kept_is_closed() {
        let text = "0dbfs = 1\ninstr 1\n if p4 > 1 then\n  while p5 < 1 do\n   k1 = 1\n  od\n endif\nendin\n";
        let shorter = shortened(text, Section::Orchestra, 5);
        let closed = "0dbfs = 1\ninstr 1\n if p4 > 1 then\n  while p5 < 1 do\n   k1 = 1\nod\nendif\nendin\n";
        assert!(shorter.starts_with(closed), "{shorter}");
        assert_eq!(shortened(text, Section::Orchestra, 8), text);
    }

    #[test]
    fn what_dies_of_nothing_that_can_be_left_out_has_no_line() {
        assert_eq!(search(&document(), "not in the text"), (None, 2));
    }
}
