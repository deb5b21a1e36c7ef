//! A document cut into its sections, with the included files in their places.

use std::sync::Arc;

use super::options::{self, CsOption};
use super::sections::{self, Sections};
use super::{Section, include, text};
use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_data::source_map::ComposedText;

/// A document cut into its sections, with the included files put in. Lines count in the composed text.
pub(super) struct Composition {
    pub sections: Sections,
    pub composed: ComposedText,
    pub options: Vec<CsOption>,
    /// Folders that the options name for files.
    pub folders: Vec<String>,
    pub is_bare: bool,
    pub found: Vec<Diagnostic>,
}

/// Gives the text of an included file by its path and the folders of the options.
pub(super) type Find<'a> = dyn FnMut(&str, &[String]) -> Option<Arc<str>> + 'a;

/// Cuts and composes a document.
pub(super) fn compose(text: &str, find: &mut Find<'_>) -> Composition {
    let plain = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = plain.split('\n').collect();
    let mut found = Vec::new();
    let start = sections::csd_start(&lines);
    let mut sections = match start {
        Some(start) => sections::cut(&lines, start, &mut found),
        None => bare(&plain, &lines, &mut found),
    };
    if sections.orchestra.is_none() && !has_errors(&found) {
        found.push(
            Diagnostic::error(start.map(sections::number), "the document has no <CsInstruments> section")
                .with_remedy("write the orchestra between <CsInstruments> and </CsInstruments>"),
        );
    }
    let options = options::read(&sections.options, &mut found);
    let folders = options::folders(&options);
    let embedded = std::mem::take(&mut sections.files);
    let mut look = |path: &str| {
        find(path, &folders).or_else(|| {
            let file = embedded.iter().find(|file| file.name == path)?;
            Some(Arc::from(text::decode(&file.bytes).0.replace("\r\n", "\n").replace('\r', "\n")))
        })
    };
    let included = include::put_in(&lines, &sections.parts(), options::macros(&options), &mut look);
    sections.files = embedded;
    let composed = if included.any { included.composed } else { ComposedText::whole(&plain) };
    let now = |line: u32| composed.map().composed_line(line);
    let mut options = options;
    if included.any {
        sections.move_to(&composed, &included.parts);
        options.iter_mut().for_each(|option| option.line = now(option.line));
        found.iter_mut().for_each(|one| one.line = one.line.map(now));
    }
    Composition { sections, composed, options, folders, is_bare: start.is_none(), found }
}

pub(super) fn has_errors(found: &[Diagnostic]) -> bool {
    found.iter().any(|one| one.severity == Severity::Error)
}

/// A text that is an orchestra and nothing else.
fn bare(plain: &str, lines: &[&str], found: &mut Vec<Diagnostic>) -> Sections {
    if let Some((line, tag)) = sections::misspelt_tag(lines) {
        let reason = "the tag is written in other letters than Csound knows";
        found.push(
            Diagnostic::error(sections::number(line), reason)
                .with_source(lines[line])
                .with_remedy(format!("write {tag}")),
        );
    }
    if let Some(line) = lines.iter().position(|line| line.trim_start().starts_with("<CsInstruments>")) {
        found.push(
            Diagnostic::error(
                sections::number(line),
                "there is <CsInstruments>, but no <CsoundSynthesizer> before it",
            )
            .with_source(lines[line])
            .with_remedy("begin the document with a line <CsoundSynthesizer>"),
        );
    }
    if let Some(line) = sections::session_in_code(lines) {
        let reason = "<KsmpsSession> stands in an orchestra without sections";
        found.push(Diagnostic::error(sections::number(line), reason).with_source(lines[line]).with_remedy(
            "write the orchestra between <CsInstruments> and </CsInstruments>, in a <CsoundSynthesizer>",
        ));
    }
    let orchestra = Section { text: plain.to_owned(), first_line: 1 };
    Sections { orchestra: Some(orchestra), ..Sections::default() }
}
