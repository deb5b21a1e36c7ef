//! The order in which a document is read: one function that decides, the modules beside it that work.

use std::path::Path;
use std::sync::Arc;

use super::assets::Assets;
use super::check::Known;
use super::directives::Directive;
use super::options::CsOption;
use super::scan::{self, Language, Scan};
use super::sections::{self, Sections};
use super::session_section;
use super::{
    Document, Instrument, Section, Uses, Whole, about, assets, directives, include, instruments, kept, lint,
    midi, needs, notes, options, params, programs, score_play, surface, text,
};
use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_data::encoding::Encoding;
use ksmps_data::needs::Needs;
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

/// Reads a whole document; the errors, with all else that was found, when it cannot be played.
pub(super) fn read(
    text: &str,
    origin: Option<&Path>,
    assets: &Assets,
    whole: Whole,
) -> Result<Document, Vec<Diagnostic>> {
    let Composition { sections, composed, options, is_bare, mut found, .. } =
        compose(text, &mut |path, _| assets.text(path).map(Arc::from));
    let located = |found: Vec<Diagnostic>| found.into_iter().map(|one| composed.located(one)).collect();
    let Some(orchestra) = sections.orchestra.clone().filter(|_| !has_errors(&found)) else {
        return Err(located(found));
    };
    let mut document = assemble(text, origin, sections, orchestra, options, whole, &mut found);
    let found_errors = has_errors(&found);
    let diagnostics = located(found);
    if found_errors {
        return Err(diagnostics);
    }
    let syntax = document.syntax.take().map(|error| composed.located(error));
    document.programs.iter_mut().for_each(|one| one.error = composed.located(one.error.clone()));
    let encoding = assets.encoding(text);
    Ok(Document { diagnostics, syntax, composed, is_bare, encoding, assets: assets.clone(), ..document })
}

fn has_errors(found: &[Diagnostic]) -> bool {
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

/// Everything that follows from the sections.
fn assemble(
    written: &str,
    origin: Option<&Path>,
    sections: Sections,
    orchestra: Section,
    options: Vec<CsOption>,
    whole: Whole,
    found: &mut Vec<Diagnostic>,
) -> Document {
    let code = scan::scan(&orchestra.text, Language::Orchestra);
    let score_code = sections.score.as_ref().map(|score| scan::scan(&score.text, Language::Score));
    let instruments = instruments::read(&orchestra, &code);
    let session = sections.session.as_ref().map(|section| session_section::read(section, found));
    let session = session.unwrap_or_default();
    // Notes and parameters see templates as instruments.
    let templates = session.templates.iter().map(|template| template.instrument.clone());
    let playable: Vec<Instrument> = instruments.iter().cloned().chain(templates).collect();
    let directives = all_directives(&orchestra, &code, &sections, score_code.as_ref(), &playable, found);
    let declared = about::read(&directives, found);
    let mut about = declared.about;
    about.license = about.license.or(sections.license);

    let uses = Uses {
        vco2: scan::words(&code.code).any(|(_, word)| word == "vco2" || word == "vco2init"),
        midi: midi::uses_midi(&code.code, &options),
        cabbage: sections.cabbage,
    };
    if uses.cabbage && !directives.iter().any(|one| one.word == "param") {
        found.push(
            Diagnostic::note(None, "the <Cabbage> section is not read: its widgets are no parameters here")
                .with_remedy("declare each channel with ;@param"),
        );
    }
    let notes = notes::decide(&directives, &playable, uses.midi, found);
    let params = params::read(&directives, &playable, found);
    let score_play = score_play::read(&directives, found);
    let needs = match whole {
        Whole::Yes => needs::read(&directives, found),
        // It is the document that asks.
        Whole::No => Needs::default(),
    };
    let has_word = |name: &str| scan::words(&code.code).any(|(_, word)| word == name);
    assets::check(&directives, found);
    let kept = kept::read(&directives, has_word, found);
    let (asked, unasked): (Vec<_>, Vec<_>) =
        programs::find(&orchestra, &code).into_iter().partition(|one| one.need.without(needs).is_empty());
    found.extend(unasked.into_iter().map(|one| one.error));
    let known = match whole {
        Whole::Yes => Known::at_start(options.iter().map(|option| option.argument.as_str())),
        Whole::No => Known::unknown(),
    };
    let checked = lint::check(&orchestra, &code, &known, sections.score.as_ref(), found);
    let document = Document {
        text: written.to_owned(),
        origin: origin.map(Path::to_path_buf),
        score: sections.score,
        score_play,
        wants_ksmps: instruments::header_sets_ksmps(&code.code)
            || options.iter().any(|option| option.argument.starts_with("--ksmps=")),
        orchestra,
        options,
        files: sections.files,
        about,
        notes,
        params,
        inputs: declared.inputs,
        outputs: declared.outputs,
        latency_frames: declared.latency_frames,
        needs,
        kept,
        programs: asked,
        tail: declared.tail,
        instruments,
        templates: session.templates,
        standing_events: session.events,
        is_bare: false,
        uses,
        directives,
        composed: ComposedText::default(),
        assets: Assets::default(),
        encoding: Encoding::default(),
        has_only_macros: checked.has_only_macros,
        syntax: checked.syntax,
        diagnostics: Vec::new(),
    };
    surface::check(&document.directives, &document.declared_params(), found);
    document
}

/// The directives of orchestra, score and session, in the order of the text.
fn all_directives(
    orchestra: &Section,
    code: &Scan,
    sections: &Sections,
    score_code: Option<&Scan>,
    instruments: &[Instrument],
    found: &mut Vec<Diagnostic>,
) -> Vec<Directive> {
    let mut directives = directives::read(orchestra, code, instruments, found);
    if let (Some(score), Some(code)) = (&sections.score, score_code) {
        directives.extend(directives::read(score, code, &[], found));
    }
    if let Some(session) = &sections.session {
        let code = scan::scan(&session.text, Language::Orchestra);
        directives.extend(directives::read(session, &code, instruments, found));
    }
    directives.sort_by_key(|one| one.line);
    directives
}
