//! From a document to an engine: options, files, orchestra, score, start, and what the document does not say.

use std::ffi::CString;
use std::path::Path;
use std::sync::Arc;

use ksmps_csound::{Failure, MessageReader, Preparing, Python, Running, VariablesProven};
use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_data::named_number::{NamedNumber, NumberOf};
use ksmps_data::needs::Needs;
use ksmps_data::params::{Param, SlotMap, SlotValues};
use ksmps_data::python::PythonSearch;
use ksmps_document::{Document, KeptValues};
use ksmps_session::SessionFile;

use super::control::Controls;
use super::executor::Executor;
use super::files::UnpackedFiles;
use super::host_channels::HostSong;
use super::kept::KeptPlaces;
use super::midi_keys::MidiKeys;
use super::named::Named;
use super::notes::NotePlayer;
use super::project_session::{self, ProjectSession, WithSession};
use super::rest::Rest;
use super::score::{Play, Score};
use super::symbols::Symbols;
use super::{Engine, EngineInfo, first_notes, note_rules, params, report, self_test};

/// Lowest and highest rate an engine is built for, in frames per second.
pub const RATE_RANGE: std::ops::RangeInclusive<f64> = 1_000.0..=1_000_000.0;
/// ksmps of a bare orchestra that sets none. For a .csd Csound finds one: 10, or what makes its control rate some
/// 4,410 Hz where the header has `sr` alone.
const KSMPS_BARE: u32 = 32;

/// What an engine is built from.
pub struct BuildRequest<'a> {
    /// The document.
    pub document: &'a Document,
    /// The project's session.
    pub session: Option<&'a SessionFile>,
    /// Frames per second; overrides the document's `sr`.
    pub rate: f64,
    /// Which parameter lives in which slot; new ones are given one.
    pub slots: &'a mut SlotMap,
    /// Where the slots stand.
    pub values: &'a SlotValues,
    /// What the project has kept of tables and channels; it is there before score time 0.
    pub kept: &'a KeptValues,
    /// What the document may do in this process besides making sound, where it asks for it.
    pub given: Needs,
}

/// Why an engine could not be built: at least one diagnostic is an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct BuildError(pub Vec<Diagnostic>);

/// Builds an engine, ready for its first cycle. Takes milliseconds to a second. `[control]`
///
/// # Errors
/// What Csound said, with the document's lines.
pub fn build(request: BuildRequest<'_>) -> Result<Engine, BuildError> {
    let BuildRequest { document, session, rate, slots, values, kept, given } = request;
    document.fits(given).map_err(BuildError)?;
    if !RATE_RANGE.contains(&rate) {
        let text =
            format!("a rate of {rate} Hz is outside {} to {} Hz", RATE_RANGE.start(), RATE_RANGE.end());
        return Err(BuildError(vec![Diagnostic::error(None, text)]));
    }
    ksmps_csound::open().map_err(not_created)?;
    let mut diagnostics = document.diagnostics.clone();
    let to_play = ProjectSession::of(document, session)?;
    let (proof, variables) = (self_test::exact_starts(), ksmps_csound::prove_variables());
    let files = UnpackedFiles::of(document)?;
    let Started { running, sorted_score, said } = start(document, to_play.as_ref(), rate, files.as_ref())?;
    diagnostics.extend(said);
    let (WithSession { mut running, agenda, mut places, plays, diagnostics: of_session, sounds }, templates) =
        project_session::put_on(to_play, running)?;
    diagnostics.extend(of_session);
    let messages = running.messages();
    let named = Named { document, templates: &templates };
    if let Err(reason) = proof {
        running.refuse_exact_starts();
        diagnostics.push(Diagnostic::warning(None, reason.clone()));
    }
    let made = first_notes::make(&mut running, named);
    let mut params = params::of(&mut running, document, slots, &mut diagnostics);
    let mut find =
        |running: &mut Running, param: &Param| params::place(running, named, param, &mut diagnostics);
    let controls = Controls::bind(&mut running, &mut params, values, &mut find);
    let (note_input, rules) = note_rules::bind(&mut running, named, &params, &mut diagnostics);
    let refused_note = note_rules::refusal(named, note_input);
    let host_song = HostSong::bind(&mut running, &document.orchestra.text);
    let kept_places = KeptPlaces::bind(&mut running, document, &params, &mut diagnostics);
    kept_places.restore(&mut running, kept);
    let score = Score::of(document, &mut running, sorted_score.as_deref(), &mut diagnostics);
    // From here on Csound prints errors alone: what it prints, it formats on the audio thread.
    running.set_message_level(0);
    let ksmps = running.ksmps();
    let refused = see_variables(&mut running, variables).err();
    let may_pass = lets_pass(named, &mut diagnostics);
    if may_pass {
        running.let_pass();
    }
    let info = EngineInfo {
        about: document.about.clone(),
        rate: running.rate(),
        ksmps,
        inputs: running.inputs(),
        outputs: running.outputs(),
        input_buses: document.inputs.clone(),
        output_buses: document.outputs.clone(),
        named_numbers: named_numbers(&running, document),
        params: params.into_iter().filter_map(|(slot, param)| Some((slot?, param))).collect(),
        note_input,
        refused_note,
        latency_frames: (ksmps as u32).saturating_add(document.latency_frames),
        // What follows the song may sound at any time.
        tail: document.tail.filter(|_| !score.follows() && !plays.iter().any(Play::follows)),
        exact_starts: running.has_exact_starts(),
        made,
        kept: kept_places.layout().clone(),
        diagnostics,
    };
    let zero_dbfs = running.zero_dbfs();
    let notes = NotePlayer::new(rules, zero_dbfs, running.a4(), info.rate);
    let symbols = Symbols::of(&mut running, document, &templates, &mut places).without_variables(refused);
    Ok(Engine {
        executor: Executor::new(agenda, places),
        symbols: Arc::new(symbols),
        running,
        info: Arc::new(info),
        messages,
        controls,
        notes,
        host_song,
        kept: kept_places,
        score,
        plays,
        midi_keys: MidiKeys::new(),
        rest: Rest::of(document, may_pass, rate, ksmps, zero_dbfs),
        is_touched: true,
        passed: 0,
        has_passed: false,
        frame: 0,
        left: false,
        note_was_refused: false,
        note_refusal_told: false,
        _files: (files, sounds),
    })
}

/// An instance that was started with a document.
struct Started {
    running: Running,
    /// The document's score as Csound has sorted it; `None` where there is none, or none can be had.
    sorted_score: Option<Vec<u8>>,
    /// What Csound said of the document. It plays all the same.
    said: Vec<Diagnostic>,
}

/// Starts an instance with the document. What Csound said of it is a warning: it plays all the same.
fn start(
    document: &Document,
    session: Option<&ProjectSession>,
    rate: f64,
    files: Option<&UnpackedFiles>,
) -> Result<Started, BuildError> {
    let mut preparing = Preparing::create().map_err(not_created)?;
    let messages = preparing.messages();
    let mut reader = MessageReader::default();
    let prepared = prepare(&mut preparing, document, session, rate, files);
    let sorted_score = prepared.is_ok().then(|| preparing.sorted_score()).flatten();
    let started = prepared
        .and_then(|()| preparing.start().map_err(|failure| Refused::unsaid(&failure, "did not start")));
    let mut printed = reader.read(&messages);
    printed.extend(reader.finish());
    let compiled = report::Compiled::orchestra_of(document);
    let said = report::diagnostics(&printed, compiled);
    let failed = said.iter().any(|diagnostic| diagnostic.text.contains("Missing local arg"));
    match started {
        Ok(running) if !failed => {
            let warning = |diagnostic| Diagnostic { severity: Severity::Warning, ..diagnostic };
            Ok(Started { running, sorted_score, said: said.into_iter().map(warning).collect() })
        }
        Ok(_) => Err(BuildError(said)),
        Err(_) if said.iter().any(|diagnostic| diagnostic.severity == Severity::Error) => {
            Err(BuildError(said))
        }
        Err(Refused::Explained(error)) => Err(BuildError([said, vec![error]].concat())),
        Err(Refused::Unsaid(error)) => {
            let explained = report::with_last_words(error, &printed, compiled);
            Err(BuildError([said, vec![explained]].concat()))
        }
    }
}

/// Why an instance was not started.
enum Refused {
    /// Something that was found before Csound saw it, with its line.
    Explained(Diagnostic),
    /// Csound did not do it: the reason is among what it printed.
    Unsaid(Diagnostic),
}

impl Refused {
    fn unsaid(failure: &Failure, what: &str) -> Self {
        let error = Diagnostic::error(None, format!("the engine {what}: {failure}"));
        if failure.is_csounds() { Self::Unsaid(error) } else { Self::Explained(error) }
    }
}

/// There is no instance.
fn not_created(failure: Failure) -> BuildError {
    BuildError(vec![Diagnostic::error(None, format!("the engine could not be created: {failure}"))])
}

/// Gives the instance everything it needs before its start.
fn prepare(
    preparing: &mut Preparing,
    document: &Document,
    session: Option<&ProjectSession>,
    rate: f64,
    files: Option<&UnpackedFiles>,
) -> Result<(), Refused> {
    preparing.set_encoding(document.encoding);
    give_python(preparing, document).map_err(Refused::Explained)?;
    let option = |preparing: &mut Preparing, text: &str, line: Option<u32>| {
        preparing.option(text).map_err(|_| {
            let text = format!("Csound does not take the option {text}");
            Refused::Explained(document.located(Diagnostic::error(line, text)))
        })
    };
    // The last folder comes first: what the project carries, then what lies beside the document, then what is in it.
    let inside = files.and_then(UnpackedFiles::inside).map(absolute);
    let beside = document.origin.as_deref().and_then(Path::parent).map(absolute);
    let carried = files.and_then(UnpackedFiles::carried).map(absolute);
    for folder in inside.into_iter().chain(beside).chain(carried) {
        for variable in ["INCDIR", "SSDIR", "SFDIR", "SADIR", "MFDIR"] {
            option(preparing, &format!("--env:{variable}+={folder}"), None)?;
        }
    }
    for accepted in &document.options {
        option(preparing, &accepted.argument, Some(accepted.line))?;
    }
    option(preparing, &format!("--sample-rate={rate}"), None)?;
    if document.is_bare && !document.wants_ksmps {
        option(preparing, &format!("--ksmps={KSMPS_BARE}"), None)?;
    }
    let here = |text: &str| files.map_or_else(|| text.to_owned(), |files| files.moved_in(text));
    let mut orchestra = here(document.compilable().map_err(Refused::Explained)?);
    if let Some(session) = session {
        preparing.set_bus_sizes(session.bus_sizes());
        orchestra += &session.reservation();
    }
    let compiled = preparing.compile(&orchestra);
    compiled.map_err(|failure| Refused::unsaid(&failure, "could not compile the orchestra"))?;
    if let Some(score) = &document.score {
        let read = preparing.read_score(&here(&score.text));
        read.map_err(|failure| Refused::unsaid(&failure, "could not read the score"))?;
    }
    Ok(())
}

/// Lets a document run Python that runs some: it was let before ([`Document::fits`]). `[control]`
///
/// # Errors
/// Where there is no Python, with what to install.
pub fn give_python(preparing: &mut Preparing, document: &Document) -> Result<(), Diagnostic> {
    let refused = |text: &str, remedy: &str| {
        let error = document.at_python(text).unwrap_or_else(|| Diagnostic::error(None, text));
        Err(error.with_remedy(remedy))
    };
    if !document.runs_python() {
        return Ok(());
    }
    match Python::open(&PythonSearch::of_environment()) {
        Ok(python) if preparing.give_python(python) => Ok(()),
        Ok(_) => refused(
            "Python code cannot reach this build of Csound",
            "install Csound 6.18, or use the one of the bundle",
        ),
        Err(error) => refused(&error.to_string(), error.remedy()),
    }
}

fn absolute(folder: &Path) -> String {
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()).display().to_string()
}

/// Whether cycles may go by without being performed. Python, and what waits for others than the host, can act at any time.
fn lets_pass(named: Named<'_>, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let document = named.document;
    if let Err(what) = self_test::passing() {
        if document.rests {
            diagnostics.push(Diagnostic::warning(None, what.clone()));
        }
        return false;
    }
    let of_session = named.templates.texts().find_map(ksmps_document::listening_opcode);
    if let (Some(opcode), true) = (&of_session, document.rests) {
        diagnostics.push(ksmps_document::refusal_to_rest(None, opcode));
    }
    of_session.is_none() && !document.uses.listens && !document.runs_python()
}

/// Has variables seen that somebody watches; the error says why they cannot be.
fn see_variables(running: &mut Running, proof: Result<VariablesProven, String>) -> Result<(), String> {
    let is_known = running.see_variables(proof?);
    is_known.then_some(()).ok_or_else(|| "variables cannot be watched in this build of Csound".to_owned())
}

/// The tables and buses that the header has made, by the names of their variables.
fn named_numbers(running: &Running, document: &Document) -> Vec<NamedNumber> {
    let held = |(name, of): &(String, NumberOf)| {
        let number = running.global_number(&CString::new(name.as_str()).ok()?)?;
        let is_one = number >= 0.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0;
        is_one.then(|| NamedNumber { name: name.clone(), of: *of, number: number as u32 })
    };
    document.global_numbers.iter().filter_map(held).collect()
}
