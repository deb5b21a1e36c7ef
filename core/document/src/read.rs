//! The order in which a document is read: one function that decides, the modules beside it that work.

use std::path::Path;
use std::sync::Arc;

use super::assets::Assets;
use super::check::Known;
use super::compose::{Composition, compose, has_errors};
use super::directives::Directive;
use super::options::CsOption;
use super::scan::{self, Language, Scan};
use super::sections::Sections;
use super::session_section;
use super::{
    Document, Instrument, Section, Uses, Whole, about, assets, directives, global_numbers, instruments, kept,
    lint, listening, midi, needs, notes, params, programs, song_play, surface, waveforms,
};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::encoding::Encoding;
use ksmps_data::source_map::ComposedText;

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

    let listening = listening::find(&code.code);
    let uses = Uses {
        vco2_waveforms: waveforms::read(&code),
        midi: midi::uses_midi(&code.code, &options),
        cabbage: sections.cabbage,
        listens: listening.is_some(),
    };
    if let (Some(line), Some(word)) = (declared.rests, listening) {
        found.push(listening::refusal_to_rest(line, word));
    }
    if uses.cabbage && !directives.iter().any(|one| one.word == "param") {
        found.push(
            Diagnostic::note(None, "the <Cabbage> section is not read: its widgets are no parameters here")
                .with_remedy("declare each channel with ;@param"),
        );
    }
    let notes = notes::decide(&directives, &playable, uses.midi, found);
    let params = params::read(&directives, &playable, found);
    let score_play = song_play::read("score", &directives, found);
    let session_play = song_play::read("session", &directives, found);
    let needs = match whole {
        Whole::Yes => needs::read(&directives, found),
        // It is the document that asks.
        Whole::No(given) => given,
    };
    let has_word = |name: &str| scan::words(&code.code).any(|(_, word)| word == name);
    assets::check(&directives, found);
    let kept = kept::read(&directives, has_word, found);
    let (asked, unasked): (Vec<_>, Vec<_>) =
        programs::find(&orchestra, &code).into_iter().partition(|one| one.need.without(needs).is_empty());
    found.extend(unasked.into_iter().map(|one| one.error));
    let known = match whole {
        Whole::Yes => Known::at_start(options.iter().map(|option| option.argument.as_str())),
        Whole::No(_) => Known::unknown(),
    };
    let checked = lint::check(&orchestra, &code, &known, sections.score.as_ref(), found);
    let document = Document {
        text: written.to_owned(),
        origin: origin.map(Path::to_path_buf),
        score: sections.score,
        score_play,
        global_numbers: global_numbers::read(&code),
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
        rests: declared.rests.is_some() && listening.is_none(),
        instruments,
        templates: session.templates,
        session_play,
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
