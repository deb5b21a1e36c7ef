//! How an offline engine is set up and started.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ksmps_csound::{BusSizes, MessageReader, Preparing, Running};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::needs::Needs;
use ksmps_data::source_map::{ComposedText, Place};
use ksmps_data::verbs::{Compatibility, EngineError};
use ksmps_document::Document;
use ksmps_engine::report;
use ksmps_engine::{Direct, Growing, give_python};

use super::engine::{OfflineEngine, Target};
use ksmps_library::sound_file::{Encoding, Format, Writer};

/// What an offline engine is started with.
///
/// The engine's amplitudes are relative to a full scale of 1 (`0dbfs = 1`), and it has no input channels.
#[derive(Debug, Clone, PartialEq)]
pub struct OfflineBuilder {
    pub(super) rate: u32,
    pub(super) ksmps: u32,
    pub(super) channels: u32,
    pub(super) a4: f64,
    outfile: Option<PathBuf>,
    pub(super) global_code: String,
    pub(super) includes: Vec<PathBuf>,
    audio_buses: usize,
    control_buses: usize,
    quiet: bool,
    pub(super) sample_accurate: bool,
    encoding: Option<Encoding>,
    format: Option<Format>,
    options: Vec<String>,
    compatibility: Compatibility,
    first_token: i64,
    allowed: Needs,
}

impl Default for OfflineBuilder {
    fn default() -> Self {
        let buses = BusSizes::default();
        Self {
            rate: 44_100,
            ksmps: 64,
            channels: 2,
            a4: 442.0,
            outfile: None,
            global_code: String::new(),
            includes: Vec::new(),
            audio_buses: buses.audio,
            control_buses: buses.control,
            quiet: true,
            sample_accurate: false,
            encoding: None,
            format: None,
            options: Vec::new(),
            compatibility: Compatibility::Documented,
            first_token: buses.first_token,
            allowed: Needs::default(),
        }
    }
}

impl OfflineBuilder {
    /// Frames per second, 1,000 to 1,000,000; 44,100 where nothing is said.
    pub fn sample_rate(self, rate: u32) -> Self {
        Self { rate, ..self }
    }

    /// Frames in a cycle, 1 to 8,192; 64 where nothing is said.
    pub fn ksmps(self, ksmps: u32) -> Self {
        Self { ksmps, ..self }
    }

    /// Output channels, 1 to 256; 2 where nothing is said.
    pub fn channels(self, channels: u32) -> Self {
        Self { channels, ..self }
    }

    /// The frequency of A4 in Hz; 442 where nothing is said.
    pub fn a4(self, hertz: f64) -> Self {
        Self { a4: hertz, ..self }
    }

    /// The sound file; one in a temporary folder where nothing is said, which goes with the engine.
    pub fn outfile(self, path: impl Into<PathBuf>) -> Self {
        Self { outfile: Some(path.into()), ..self }
    }

    /// Orchestra that is part of the header: global variables, tables, opcodes.
    pub fn global_code(self, code: impl Into<String>) -> Self {
        Self { global_code: code.into(), ..self }
    }

    /// A file of orchestra that is part of the header. More can be added.
    pub fn include(mut self, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        self.includes.push(std::path::absolute(&path).unwrap_or(path));
        self
    }

    /// How many audio buses there can be; 64 where nothing is said.
    pub fn num_audio_buses(self, count: usize) -> Self {
        Self { audio_buses: count, ..self }
    }

    /// How many control buses there can be; 512 where nothing is said. With no buses of either kind the engine has
    /// no bus support.
    pub fn num_control_buses(self, count: usize) -> Self {
        Self { control_buses: count, ..self }
    }

    /// Whether Csound prints errors alone; it does where nothing is said.
    pub fn quiet(self, quiet: bool) -> Self {
        Self { quiet, ..self }
    }

    /// Events start on their frame instead of their cycle. Of several events in one cycle each needs an id of its
    /// own ([`ksmps_data::verbs::Sched::unique`]); they end on whole cycles.
    pub fn sample_accurate(self) -> Self {
        Self { sample_accurate: true, ..self }
    }

    /// What samples are written as; the format's own default where nothing is said.
    pub fn encoding(self, encoding: Encoding) -> Self {
        Self { encoding: Some(encoding), ..self }
    }

    /// The kind of file; by the file name's extension where nothing is said.
    pub fn format(self, format: Format) -> Self {
        Self { format: Some(format), ..self }
    }

    /// An option as the csound command line knows it. Options that name devices or files are refused.
    pub fn option(mut self, option: impl Into<String>) -> Self {
        self.options.push(option.into());
        self
    }

    /// Lets the header, and what is compiled later, do this, where the header asks for it (`;@needs`). The engine is in this
    /// process, so there is no sandbox: for code that may do whatever the program may. Of the needs, Python alone makes a
    /// difference here.
    pub fn allow(self, needs: Needs) -> Self {
        Self { allowed: needs, ..self }
    }

    /// What holds where the reference's documents and its recordings differ.
    pub fn compatibility(self, compatibility: Compatibility) -> Self {
        Self { compatibility, ..self }
    }

    pub(super) fn chosen_compatibility(&self) -> Compatibility {
        self.compatibility
    }

    /// The number of the first bus.
    pub(crate) fn first_bus(self, token: i64) -> Self {
        Self { first_token: token, ..self }
    }

    /// Starts an engine without a file, for those who bring their own. `[control]`
    pub(crate) fn start_without_file(&self) -> Result<Direct, EngineError> {
        self.check()?;
        let user = self.user_header()?;
        let global = user.text().to_owned();
        let read = Document::parse(&global, None);
        let fits = |document: Document| document.fits(self.allowed).map(|()| document);
        let document =
            read.and_then(fits).map_err(|found| EngineError::Start(in_user_files(found, &user)))?;
        let highest = highest_later_number(&document);
        let mut running = self.start(&document, &user, highest)?;
        running.set_message_level(if self.quiet { ERRORS_ALONE } else { QUIET_OFF });
        let setup = Growing {
            compatibility: self.compatibility,
            has_buses: self.audio_buses + self.control_buses > 0,
            exact: self.sample_accurate,
        };
        let mut engine = Direct::new(running, setup);
        engine.learn(&global);
        engine.limit_numbers(highest);
        engine.let_code(document.needs.and(self.allowed));
        Ok(engine)
    }

    /// Starts the engine. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Configuration`], [`EngineError::Start`] with what Csound said, [`EngineError::File`].
    pub fn build(self) -> Result<OfflineEngine, EngineError> {
        let target = self.target()?;
        let mut engine = self.start_without_file()?;
        engine.history.keep();
        let writer =
            Writer::create(&target.path, target.format, target.encoding, self.rate, self.channels as usize)?;
        Ok(OfflineEngine::new(engine, writer, target, self))
    }

    fn check(&self) -> Result<(), EngineError> {
        let wrong = |what: String| Err(EngineError::Configuration(what));
        if !(1_000..=1_000_000).contains(&self.rate) {
            return wrong(format!("a rate of {} Hz is outside 1000 to 1000000", self.rate));
        }
        if !(1..=8_192).contains(&self.ksmps) {
            return wrong(format!("ksmps {} is outside 1 to 8192", self.ksmps));
        }
        if !(1..=256).contains(&self.channels) {
            return wrong(format!("{} channels are outside 1 to 256", self.channels));
        }
        if !(self.a4.is_finite() && self.a4 > 0.0) {
            return wrong(format!("A4 at {} Hz is no pitch", self.a4));
        }
        Ok(())
    }

    fn target(&self) -> Result<Target, EngineError> {
        let unusable =
            |error: std::io::Error| EngineError::Configuration(format!("no temporary folder: {error}"));
        let (path, folder) = match &self.outfile {
            Some(path) => (path.clone(), None),
            None => {
                let folder = tempfile::tempdir().map_err(unusable)?;
                (folder.path().join("render.wav"), Some(folder))
            }
        };
        let format = self.format.or_else(|| Format::of(&path)).ok_or_else(|| {
            EngineError::Configuration(format!(
                "{} does not say which kind of sound file it is",
                path.display()
            ))
        })?;
        let encoding = self.encoding.unwrap_or_else(|| format.default_encoding());
        Ok(Target { path, format, encoding, _folder: folder })
    }

    /// The user's part of the header.
    fn user_header(&self) -> Result<ComposedText, EngineError> {
        let mut code = ComposedText::default();
        for path in &self.includes {
            let file = Some(Arc::from(path.display().to_string()));
            code.push(&read_include(path)?, Some(Place { file, line: 1 }));
        }
        code.push(&self.global_code, Some(Place { file: None, line: 1 }));
        Ok(code)
    }

    /// Starts Csound with the user's part of the header and room for instruments up to a number.
    fn start(&self, document: &Document, user: &ComposedText, highest: u32) -> Result<Running, EngineError> {
        document.compilable().map_err(|error| EngineError::Start(in_user_files(vec![error], user)))?;
        let mut preparing = Preparing::create()?;
        let messages = preparing.messages();
        for option in &self.options {
            preparing.option(&accepted(option)?)?;
        }
        if self.sample_accurate && self.compatibility == Compatibility::Recorded {
            preparing.option("--sample-accurate")?;
            preparing.leave_outch_as_it_is();
        }
        give_python(&mut preparing, document)
            .map_err(|error| EngineError::Start(in_user_files(vec![error], user)))?;
        preparing.set_bus_sizes(BusSizes {
            audio: self.audio_buses,
            control: self.control_buses,
            first_token: self.first_token,
        });
        // An empty instrument behind the last makes room for all before it.
        let room = format!("\ninstr {}\nendin\n", highest + 1);
        let mut code = ComposedText::default();
        code.push(&self.header(), None);
        code.append(&document.composed);
        code.push(&room, None);
        let compiled = preparing.compile(code.text());
        let started = compiled.and_then(|()| preparing.start());
        started.map_err(|failure| {
            let mut reader = MessageReader::default();
            let mut lines = reader.read(&messages);
            lines.extend(reader.finish());
            let said = report::diagnostics(&lines, report::Compiled::all_of(&code));
            let said = in_user_files(said, user);
            let unsaid = Diagnostic::error(None, failure.to_string());
            EngineError::Start(if said.is_empty() { vec![unsaid] } else { said })
        })
    }

    /// The engine's part of the header.
    fn header(&self) -> String {
        format!(
            "sr = {}\nksmps = {}\nnchnls = {}\nnchnls_i = 0\n0dbfs = 1\nA4 = {}\n{}",
            self.rate,
            self.ksmps,
            self.channels,
            self.a4,
            Direct::header()
        )
    }
}

/// Diagnostics of the user's header as those of the files and the code it consists of.
fn in_user_files(found: Vec<Diagnostic>, user: &ComposedText) -> Vec<Diagnostic> {
    let locate = |one: Diagnostic| if one.file.is_none() { user.located(one) } else { one };
    found.into_iter().map(locate).collect()
}

/// Csound's errors are printed at every message level.
const ERRORS_ALONE: i32 = 0;
/// The highest number of instruments that are compiled later. Csound makes room for them in its first compilation.
fn highest_later_number(header: &Document) -> u32 {
    let names = header.instruments.iter().flat_map(|instrument| &instrument.names);
    names.filter_map(|name| name.parse().ok()).fold(LATER_NUMBERS, u32::max)
}

/// Instruments up to here can come later, whatever the header has.
const LATER_NUMBERS: u32 = 9_999;

/// Csound's own message level: amplitudes, ranges, warnings.
const QUIET_OFF: i32 = 135;

/// An option that a document could have, too.
fn accepted(option: &str) -> Result<String, EngineError> {
    let text = format!(
        "<CsoundSynthesizer>\n<CsOptions>\n{option}\n</CsOptions>\n<CsInstruments>\n</CsInstruments>\n</CsoundSynthesizer>\n"
    );
    let refused = || EngineError::Configuration(format!("the option {option} is not for an offline engine"));
    let document = Document::parse(&text, None).map_err(EngineError::Start)?;
    let [taken] = &document.options[..] else { return Err(refused()) };
    Ok(taken.argument.clone())
}

/// The text of a file to include. `[control]`
pub(super) fn read_include(path: &Path) -> Result<String, EngineError> {
    let failed =
        |error: std::io::Error| EngineError::File { path: path.to_owned(), reason: error.to_string() };
    std::fs::read_to_string(path).map_err(failed)
}
