//! Cutting a .csd into its sections, where Csound would cut it.
//!
//! A tag counts at the start of a line, and an end tag only where that line stands in code: not inside a comment or
//! a string. The text of a section is handed on as it is; only line ends become `\n`.

use std::ops::Range;

use super::files::{self, EmbeddedFile};
use super::include::Part;
use super::scan::{self, Language, Place};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::source_map::ComposedText;

/// A piece of the document that Csound is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The text, with `\n` line ends.
    pub text: String,
    /// The line of the composed document at which the text's line 1 stands.
    pub first_line: u32,
}

impl Section {
    /// The composed document's line for a line that Csound names, counted from 1. `[any]`
    pub fn document_line(&self, line: u32) -> u32 {
        (self.first_line + line).saturating_sub(1)
    }
}

/// A .csd in its parts.
#[derive(Debug, Default)]
pub(super) struct Sections {
    pub orchestra: Option<Section>,
    pub score: Option<Section>,
    /// Lines of `<CsOptions>`, each with the document's line.
    pub options: Vec<(u32, String)>,
    pub files: Vec<EmbeddedFile>,
    /// The first line of `<CsLicense>`.
    pub license: Option<String>,
    /// Whether a `<Cabbage>` section stands in the document.
    pub cabbage: bool,
    /// Templates and standing events.
    pub session: Option<Section>,
}

impl Sections {
    /// The lines of the sections into which files may be included, in the order of the text.
    pub fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<Part> = self.ranges().into_iter().flatten().collect();
        parts.sort_by_key(|part| part.lines.start);
        // Sections that overlap are a slip: the first one has its files.
        let mut end = 0;
        parts.retain(|part| {
            let fits = part.lines.start >= end;
            end = end.max(part.lines.end);
            fits
        });
        parts
    }

    /// The lines of orchestra, score and session, counted from 0.
    fn ranges(&self) -> [Option<Part>; 3] {
        let range = |section: &Option<Section>, ahead: usize, language: Language| {
            let section = section.as_ref()?;
            let first = section.first_line as usize - 1 + ahead;
            let count = section.text.strip_suffix('\n').unwrap_or(&section.text).split('\n').count() - ahead;
            Some(Part { lines: first..first + if section.text.is_empty() { 0 } else { count }, language })
        };
        [
            range(&self.orchestra, 0, Language::Orchestra),
            range(&self.score, SCORE_AHEAD, Language::Score),
            range(&self.session, 0, Language::Orchestra),
        ]
    }

    /// Takes the sections out of the text that they were composed into. `places` are those of [`Sections::parts`].
    pub fn move_to(&mut self, composed: &ComposedText, places: &[Range<u32>]) {
        let parts = self.parts();
        let ranges = self.ranges();
        let now = |line: u32| composed.map().composed_line(line);
        self.options.iter_mut().for_each(|(line, _)| *line = now(*line));
        self.files.iter_mut().for_each(|file| file.line = now(file.line));
        let sections = [(&mut self.orchestra, 0), (&mut self.score, SCORE_AHEAD), (&mut self.session, 0)];
        for ((section, ahead), range) in sections.into_iter().zip(ranges) {
            let (Some(section), Some(range)) = (section, range) else { continue };
            match parts.iter().position(|part| part.lines == range.lines) {
                Some(index) => {
                    let mut text = "\n".repeat(ahead);
                    text.extend(
                        places[index]
                            .clone()
                            .filter_map(|line| composed.line(line))
                            .flat_map(|line| [line, "\n"]),
                    );
                    *section = Section { text, first_line: places[index].start - ahead as u32 };
                }
                None => section.first_line = now(section.first_line),
            }
        }
    }
}

/// Lines before a score that stand for its tag.
const SCORE_AHEAD: usize = 1;
const SESSION_TAG: &str = "<KsmpsSession>";
const ORCHESTRA_TAG: &str = "<CsInstruments>";
const START_TAGS: [&str; 2] = ["<CsoundSynthesizer>", "<CsoundSynthesiser>"];

/// The line of the tag that makes a text a .csd, counted from 0; `None` for a bare orchestra.
///
/// Csound needs no start tag of its own line: a text with an orchestra between its tags and with the end tag is a .csd,
/// whatever stands before the first tag.
pub(super) fn csd_start(lines: &[&str]) -> Option<usize> {
    first_in_code(lines, &START_TAGS).or_else(|| {
        let orchestra = first_in_code(lines, &[ORCHESTRA_TAG])?;
        let ends = |line: &&str| START_TAGS.iter().any(|tag| is_tag(line, &tag.replace('<', "</")));
        let before =
            lines[..orchestra].iter().position(|line| START_TAGS.iter().any(|tag| line.contains(tag)));
        before.or_else(|| lines[orchestra..].iter().any(ends).then_some(orchestra))
    })
}

/// The line of a tag that is written in other letters than Csound's, and the tag.
pub(super) fn misspelt_tag(lines: &[&str]) -> Option<(usize, &'static str)> {
    lines.iter().enumerate().find_map(|(index, line)| {
        let line = unindented(line);
        let tag = [START_TAGS[0], START_TAGS[1], ORCHESTRA_TAG, "<CsScore>", "<CsOptions>"]
            .into_iter()
            .find(|tag| {
                line.get(..tag.len()).is_some_and(|start| start != *tag && start.eq_ignore_ascii_case(tag))
            })?;
        Some((index, tag))
    })
}

/// The line of a session in an orchestra, counted from 0.
pub(super) fn session_in_code(lines: &[&str]) -> Option<usize> {
    first_in_code(lines, &[SESSION_TAG])
}

/// The first line that begins with one of these tags and stands in code.
fn first_in_code(lines: &[&str], tags: &[&str]) -> Option<usize> {
    let mut place = Place::Code;
    lines.iter().position(|line| {
        let starts = place == Place::Code && tags.iter().any(|tag| is_tag(line, tag));
        scan::pass_over(line, &mut place, Language::Orchestra);
        starts
    })
}

/// Cuts a .csd. Errors and warnings are added to `found`.
pub(super) fn cut(lines: &[&str], start: usize, found: &mut Vec<Diagnostic>) -> Sections {
    let mut sections = Sections {
        cabbage: lines.iter().any(|line| is_tag(line, "<Cabbage>")),
        session: session(lines, found),
        ..Sections::default()
    };
    // Sections before the start tag count too, as in Csound.
    let mut at = 0;
    while at < lines.len() {
        let tag_line = at;
        let tag = unindented(lines[at]);
        at += 1;
        if START_TAGS.iter().any(|start| tag.starts_with(&start.replace('<', "</"))) {
            return sections;
        } else if tag.starts_with("<CsOptions>") {
            let end = find_end(lines, at, &["</CsOptions>"], tag_line, found);
            sections.options.extend((at..end).map(|line| (number(line), lines[line].to_owned())));
            at = end + 1;
        } else if tag.starts_with("<CsInstruments>") {
            behind_tag(tag, "<CsInstruments>", tag_line, found);
            let end = code_end(lines, at, "</CsInstruments>", Language::Orchestra, found);
            if sections.orchestra.is_some() {
                found.push(
                    Diagnostic::warning(
                        number(tag_line),
                        "a second <CsInstruments> section replaces the first",
                    )
                    .with_remedy("write one section"),
                );
            }
            sections.orchestra = Some(section(&lines[at..end], number(at)));
            at = end + 1;
        } else if tag.starts_with("<CsScore>") {
            behind_tag(tag, "<CsScore>", tag_line, found);
            let end = code_end(lines, at, "</CsScore>", Language::Score, found);
            if sections.score.is_none() {
                // Csound puts a line end before a score; it stands for the tag's own line.
                let mut score = section(&lines[at..end], number(tag_line));
                score.text.insert(0, '\n');
                sections.score = Some(score);
            } else {
                found.push(
                    Diagnostic::warning(
                        number(tag_line),
                        "a second <CsScore> section is ignored, as in Csound",
                    )
                    .with_remedy("write one section"),
                );
            }
            at = end + 1;
        } else if tag.starts_with("<CsScore") {
            found.push(
                Diagnostic::error(number(tag_line), "a score written by a program (bin=) is not run")
                    .with_source(lines[tag_line])
                    .with_remedy(
                        "run the program yourself and put what it writes between <CsScore> and </CsScore>",
                    ),
            );
            at = find_end(lines, at, &["</CsScore>"], tag_line, found) + 1;
        } else if let Some(kind) = files::Kind::of(tag) {
            let end = find_end(lines, at, &[kind.end_tag()], tag_line, found);
            sections.files.extend(files::read(kind, tag, number(tag_line), &lines[at..end], found));
            at = end + 1;
        } else if tag.starts_with("<CsLicence>") || tag.starts_with("<CsLicense>") {
            let end = find_end(lines, at, &["</CsLicence>", "</CsLicense>"], tag_line, found);
            let first = lines[at..end].iter().map(|line| line.trim()).find(|line| !line.is_empty());
            sections.license = sections.license.or(first.map(str::to_owned));
            at = end + 1;
        }
    }
    found.push(
        Diagnostic::warning(number(start), "the end tag </CsoundSynthesizer> is missing")
            .with_remedy("add it as the last line; the document may be cut short"),
    );
    sections
}

/// `<KsmpsSession>`, wherever it stands: before, behind or between Csound's own sections.
fn session(lines: &[&str], found: &mut Vec<Diagnostic>) -> Option<Section> {
    let tag_line = lines.iter().position(|line| is_tag(line, SESSION_TAG))?;
    let end = find_end(lines, tag_line + 1, &["</KsmpsSession>"], tag_line, found);
    if let Some(second) = (end..lines.len()).find(|&line| is_tag(lines[line], SESSION_TAG)) {
        let again = Diagnostic::error(number(second), "there is a second <KsmpsSession> section");
        found.push(again.with_remedy("write one section"));
    }
    Some(section(&lines[tag_line + 1..end], number(tag_line + 1)))
}

/// The document's line of an index.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

fn unindented(line: &str) -> &str {
    line.trim_start_matches([' ', '\t'])
}

fn is_tag(line: &str, tag: &str) -> bool {
    unindented(line).starts_with(tag)
}

fn section(lines: &[&str], first_line: u32) -> Section {
    let mut text = lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    Section { text, first_line }
}

fn missing_end(tag: &str, tag_line: usize) -> Diagnostic {
    Diagnostic::error(number(tag_line), format!("the end tag {tag} is missing")).with_remedy(format!(
        "write {tag} on a line of its own behind the section; a comment or string that is not closed hides it"
    ))
}

/// The line of an end tag, wherever it stands at a line's start; the text's end where it is missing.
fn find_end(
    lines: &[&str],
    from: usize,
    ends: &[&str],
    tag_line: usize,
    found: &mut Vec<Diagnostic>,
) -> usize {
    let end = (from..lines.len()).find(|&line| ends.iter().any(|end| is_tag(lines[line], end)));
    end.unwrap_or_else(|| {
        found.push(missing_end(ends[0], tag_line));
        lines.len()
    })
}

/// The line of an end tag that stands in code, and what Csound refuses before it.
fn code_end(
    lines: &[&str],
    from: usize,
    end: &str,
    language: Language,
    found: &mut Vec<Diagnostic>,
) -> usize {
    let mut place = Place::Code;
    let mut opened = from;
    for (line, text) in lines.iter().enumerate().skip(from) {
        if place == Place::Code && is_tag(text, end) {
            return line;
        }
        let before = place;
        let ended = scan::pass_over(text, &mut place, language);
        if before != place {
            opened = line;
        }
        if ended.open_string {
            found.push(
                Diagnostic::error(number(line), "a string is not closed on its line")
                    .with_source(*text)
                    .with_remedy("add the missing quote"),
            );
        }
    }
    found.push(match place {
        Place::Code => missing_end(end, from - 1),
        Place::Block => unclosed(opened, "a comment /*", "*/", lines[opened]),
        Place::Long => unclosed(opened, "a text {{", "}}", lines[opened]),
        Place::String => unclosed(opened, "a string", "a quote", lines[opened]),
    });
    lines.len()
}

/// An error for something that is opened and never closed.
pub(super) fn unclosed(index: usize, what: &str, closing: &str, source: &str) -> Diagnostic {
    Diagnostic::error(number(index), format!("{what} is opened here and never closed"))
        .with_source(source)
        .with_remedy(format!("add {closing} where it ends"))
}

fn behind_tag(tag: &str, name: &str, line: usize, found: &mut Vec<Diagnostic>) {
    let behind = tag[name.len()..].trim();
    if !behind.is_empty() && !behind.starts_with(';') {
        found.push(
            Diagnostic::warning(
                number(line),
                format!("what stands behind {name} on its line is ignored, as in Csound"),
            )
            .with_source(tag)
            .with_remedy("begin a new line behind the tag"),
        );
    }
}
