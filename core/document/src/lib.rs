//! What a document says: the text the user wrote, read once, turned into plain data.
//!
//! A document is a .csd or a bare orchestra. Reading it is pure text work: no Csound, no files, no clock, and the
//! same text always gives the same [`Document`]. What Csound itself can tell (channels, ksmps, rates) is asked of the
//! started engine, not found here. Texts that are known to crash Csound are refused (`lint`); everything else that
//! looks odd is a warning, and the text is handed on as it is.
//!
//! `read` gives the order: `sections` cuts the text, `options` takes what is harmless out of `<CsOptions>`,
//! `instruments` lists the instruments, `session_section` the templates, `directives` finds the `;@` comments, `about`, `params` and `rules` turn them
//! into what they declare, `surface` says which presets and layouts do not fit, `notes` decides which way notes take, and `lint` has the last word. `header` tells what the
//! engine will say of the parameters.

mod about;
mod assets;
mod channels;
mod check;
mod compose;
mod constants;
mod directives;
mod files;
mod global_numbers;
mod header;
mod include;
mod inline_args;
mod instruments;
mod kept;
mod lint;
mod listening;
mod long_options;
mod macros;
mod midi;
mod named_files;
mod nearest;
mod needs;
mod notes;
mod options;
mod params;
mod preset;
mod programs;
mod read;
mod recursion;
mod registered;
mod rules;
mod scan;
mod sections;
mod session_section;
mod song_play;
mod surface;
mod text;
mod vocabulary;
mod waveforms;

use std::path::{Path, PathBuf};

pub use about::{About, ChannelRange, Tail};
pub use assets::{ASSET_BYTES_MAX, Asset, Assets, Content, EMBEDDED_BYTES_MAX, Link, Unpacked};
pub use channels::ChannelContent;
pub use directives::{Directive, Item, Value};
pub use files::EmbeddedFile;
pub use instruments::{Instrument, PfieldName};
pub use kept::{KEPT_MAX, KEPT_NUMBERS_MAX, KEPT_TEXT_NUMBERS, Kept, KeptKind, KeptValues};
pub use lint::INSTRUMENT_MAX;
pub use listening::{listening_opcode, refusal_to_rest};
pub use notes::{BEND_SEMITONES_DEFAULT, NoteRule, Notes, PfieldSource, Source, VOICES_DEFAULT, VoiceMode};
pub use options::CsOption;
pub use params::param_from_hint;
pub use preset::{PRESET_EXTENSION, Preset, PresetValue, preset_folder_name};
pub use registered::{CONTROLS_TABLE, FIRST_FIELD, Registered};
pub use sections::Section;
pub use session_section::{DocumentTemplate, StandingEvent};
pub use session_section::{lines_of_document, seen_as_instrument};
pub use song_play::{Late, SongMode, SongPlay};
pub use text::decode;
pub use vocabulary::{DIRECTIVES, Known, LAYOUT_KINDS};

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::encoding::Encoding;
use ksmps_data::named_number::NumberOf;
use ksmps_data::needs::Needs;
use ksmps_data::params::{Param, Target};
use ksmps_data::source_map::ComposedText;
use ksmps_data::transport::TRANSPORT_CHANNELS;

/// Everything found by reading a document's text.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The text as the user wrote it, never changed.
    pub text: String,
    /// The file it came from: relative assets are searched in its folder.
    pub origin: Option<PathBuf>,
    /// Text for csoundCompileOrc; of a bare orchestra, the whole text.
    pub orchestra: Section,
    /// Text for csoundReadScore; `None` where there is no score section.
    pub score: Option<Section>,
    /// How the score goes with the host's transport.
    pub score_play: SongPlay,
    /// Accepted options in order, each one argument for csoundSetOption.
    pub options: Vec<CsOption>,
    /// Files carried inside the document, decoded.
    pub files: Vec<EmbeddedFile>,
    /// Who and what, for browsers and exports.
    pub about: About,
    /// Which way notes take.
    pub notes: Notes,
    /// Parameters of `;@param`; those of `chn_k` hints come from Csound when the engine is built.
    pub params: Vec<Param>,
    /// Input buses of `;@in`; empty where the document says nothing.
    pub inputs: Vec<ChannelRange>,
    /// Output buses of `;@out`; empty where the document says nothing.
    pub outputs: Vec<ChannelRange>,
    /// Frames by which the document itself delays its sound.
    pub latency_frames: u32,
    /// What it asks the user for with `;@needs`.
    pub needs: Needs,
    /// What the project keeps of its tables and channels (`;@keep`).
    pub kept: Vec<Kept>,
    /// Where it runs programs or Python, which it has asked for.
    programs: Vec<programs::Use>,
    /// How long it sounds after its input and notes have ended; `None` where it does not say.
    pub tail: Option<Tail>,
    /// Whether it asks to stand still once nothing comes in and nothing was heard for so long.
    pub rests: bool,
    /// The instruments of the orchestra in the order of the text.
    pub instruments: Vec<Instrument>,
    /// The templates of its `<KsmpsSession>` section, in the order of the text.
    pub templates: Vec<DocumentTemplate>,
    /// How the section's events go with the host's transport.
    pub session_play: SongPlay,
    /// The events that the section schedules, in the order of the text.
    pub standing_events: Vec<StandingEvent>,
    /// The global variables to which a statement gives a table's number or a bus's token.
    pub global_numbers: Vec<(String, NumberOf)>,
    /// Whether the document sets ksmps (or kr) itself; if not, the engine passes one.
    pub wants_ksmps: bool,
    /// Whether it is an orchestra without `<CsoundSynthesizer>`.
    pub is_bare: bool,
    /// What the engine has to prepare for.
    pub uses: Uses,
    /// Every directive that was read.
    pub directives: Vec<Directive>,
    /// The text with its included files in place; the lines of everything here count in it.
    pub composed: ComposedText,
    /// The files it plays with.
    pub assets: Assets,
    /// How it is written for Csound: as its file is.
    pub encoding: Encoding,
    /// The orchestra defines macros and says nothing else.
    pub has_only_macros: bool,
    /// Why Csound does not take the orchestra, where it breaks the grammar of the language: [`Document::compilable`].
    pub syntax: Option<Diagnostic>,
    /// Warnings and notes with the user's own files and lines; no errors.
    pub diagnostics: Vec<Diagnostic>,
}

/// What an orchestra makes use of, as far as the engine has to prepare for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uses {
    /// Waveforms of `vco2` whose tables are made before the first note, a bit for each as `vco2init` counts them.
    pub vco2_waveforms: u32,
    /// Csound's own MIDI opcodes or options.
    pub midi: bool,
    /// A `<Cabbage>` section stands in the document.
    pub cabbage: bool,
    /// Opcodes that take what comes from outside by other ways than the host's.
    pub listens: bool,
}

/// Whether a text is all that Csound is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    Yes,
    /// It is compiled behind other code, which has asked for this.
    No(Needs),
}

impl Document {
    /// Reads a document, with the files it includes from the disk. `[control]`
    ///
    /// # Errors
    /// As [`Document::read`].
    pub fn parse(text: &str, origin: Option<&Path>) -> Result<Self, Vec<Diagnostic>> {
        Self::read(text, origin, &Assets::with_texts(text, origin, &Assets::default()))
    }

    /// Reads a document with the files that are carried with it. `[any]`
    ///
    /// # Errors
    /// All that was found, at least one error among it, when the text cannot be played.
    pub fn read(text: &str, origin: Option<&Path>, assets: &Assets) -> Result<Self, Vec<Diagnostic>> {
        read::read(text, origin, assets, Whole::Yes)
    }

    /// Reads orchestra code that is compiled behind other code: what it does not define itself may be defined there. `[any]`
    ///
    /// It may do what the other code has asked for and is given.
    ///
    /// # Errors
    /// As [`Document::read`].
    pub fn parse_part(code: &str, given: Needs) -> Result<Self, Vec<Diagnostic>> {
        read::read(code, None, &Assets::default(), Whole::No(given))
    }

    /// A diagnostic of a line of this document as one of the user's own file and line. `[any]`
    #[must_use]
    pub fn located(&self, diagnostic: Diagnostic) -> Diagnostic {
        self.composed.located(diagnostic)
    }

    /// The orchestra as it goes to Csound. A text with an error in its grammar must not: Csound goes on behind the error
    /// with half of what it read, and crashes. `[any]`
    ///
    /// # Errors
    /// The first error of grammar, with its line.
    pub fn compilable(&self) -> Result<&str, Diagnostic> {
        self.syntax.clone().map_or(Ok(self.orchestra.text.as_str()), Err)
    }

    /// Whether it can be played by an engine that may do no more than this. What a document asks for and is not given is
    /// refused by the engine's process when it is tried; what runs programs or Python is refused here. `[any]`
    ///
    /// # Errors
    /// Each use of what is not given, with its line.
    pub fn fits(&self, given: Needs) -> Result<(), Vec<Diagnostic>> {
        let refused = self.programs.iter().filter(|one| !one.need.without(given).is_empty());
        let errors: Vec<Diagnostic> = refused.map(|one| one.error.clone()).collect();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// An error at the first place where it runs Python, with this text; `None` where it runs none. `[any]`
    pub fn at_python(&self, text: &str) -> Option<Diagnostic> {
        let first = self.programs.iter().find(|one| one.need.python)?;
        Some(Diagnostic { text: text.to_owned(), remedy: None, ..first.error.clone() })
    }

    /// Whether it runs Python, which it has asked for then. `[any]`
    pub fn runs_python(&self) -> bool {
        self.programs.iter().any(|one| one.need.python)
    }

    /// An instrument of the orchestra, or a template, by its name or number. `[any]`
    pub fn instrument(&self, name: &str) -> Option<&Instrument> {
        let templates = self.templates.iter().map(|template| &template.instrument);
        self.instruments.iter().chain(templates).find(|one| one.is_called(name))
    }

    /// The parameters that an engine of this document will have, as far as the text tells: hosts ask before there
    /// is an engine. A default that only Csound knows is `None`. `[any]`
    pub fn declared_params(&self) -> Vec<Param> {
        header::params(self)
    }

    /// How long it sounds after its input and notes have ended, as far as the text tells; `None` where it may sound at any
    /// time: it does not say, or its score or its session's events follow the song. `[any]`
    pub fn declared_tail(&self) -> Option<Tail> {
        self.tail.filter(|_| !self.score_play.follows() && !self.session_play.follows())
    }

    /// Control channels that the document reads and nobody gives a value: it neither writes nor declares them, and they are
    /// not the host's. They could be parameters. In the order of the text. `[any]`
    pub fn undeclared_channels(&self) -> Vec<String> {
        let declared = self.declared_params();
        let is_declared = |name: &str| {
            let is_of = |param: &Param| matches!(&param.target, Target::Channel(channel) if channel == name);
            declared.iter().any(|param| is_of(param) || param.name == name)
        };
        let is_offered = |name: &String| !is_declared(name) && !TRANSPORT_CHANNELS.contains(&name.as_str());
        channels::awaited(&self.orchestra.text).into_iter().filter(is_offered).collect()
    }

    /// The control channels that the header sets in its text. `[any]`
    pub fn header_writes(&self) -> Vec<String> {
        header::written(&self.orchestra)
    }
}

/// The channels that orchestra names in its text, where that tells what they carry. `[any]`
pub fn named_channels(orchestra: &str) -> Vec<(String, ChannelContent)> {
    channels::named(orchestra)
}

/// What in lines of score outside a document would end Csound, and what to write instead; `None` where nothing does. `[any]`
pub fn score_fault(lines: &str) -> Option<Diagnostic> {
    let fault = check::score(&format!("{lines}\n"), &check::Known::unknown())?;
    let line = u32::try_from(fault.line + 1).ok();
    Some(Diagnostic::error(line, fault.what).with_remedy(fault.remedy))
}

/// The instruments in orchestra that stands outside the document. `[any]`
pub fn instruments_of(orchestra: &str) -> Vec<Instrument> {
    let section = Section { text: orchestra.to_owned(), first_line: 1 };
    instruments::read(&section, &scan::scan(orchestra, scan::Language::Orchestra))
}

/// The line, counted from 1, on which the first comment or text ends that goes over more lines than one. `[any]`
pub fn first_long_end(orchestra: &str) -> Option<u32> {
    let mut place = scan::Place::Code;
    (1..).zip(orchestra.split('\n')).find_map(|(number, line)| {
        let before = place;
        scan::pass_over(line, &mut place, scan::Language::Orchestra);
        let is_long = matches!(before, scan::Place::Block | scan::Place::Long);
        (is_long && place != before).then_some(number)
    })
}

/// The words of orchestra code outside comments and strings, each with its line from 0.
pub fn code_words(code: &str) -> Vec<(usize, String)> {
    let masked = scan::scan(code, scan::Language::Orchestra).code;
    let lines = masked.split('\n').enumerate();
    lines.flat_map(|(line, text)| scan::words(text).map(move |(_, word)| (line, word.to_owned()))).collect()
}

#[cfg(test)]
mod tests;
