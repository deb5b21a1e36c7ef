//! From a document to an engine: options, files, orchestra, score, start, and what the document does not say.

use std::path::Path;
use std::sync::Arc;

use crate::csound::{ChannelKind, Failure, MessageReader, Preparing, Running};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{self, Document, Notes};
use crate::params::{Param, SlotMap, SlotValues, Target};
use crate::session::SessionFile;

use super::control::Controls;
use super::filling::{BoundRule, NOTE_PFIELDS_MAX};
use super::host_channels::HostSong;
use super::live::Ears;
use super::midi_keys::MidiKeys;
use super::named::Named;
use super::notes::NotePlayer;
use super::staging::{self, Staged, Staging};
use super::symbols::Symbols;
use super::{Engine, EngineInfo, NoteInput, report, self_test};

/// Lowest and highest rate an engine is built for, in frames per second.
pub const RATE_RANGE: std::ops::RangeInclusive<f64> = 1_000.0..=1_000_000.0;
/// Csound's own ksmps, for a .csd that sets none: it sounds as in the csound command line.
const KSMPS_CSD: u32 = 10;
/// ksmps of a bare orchestra that sets none.
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
}

/// Why an engine could not be built: at least one diagnostic is an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct BuildError(pub Vec<Diagnostic>);

/// Builds an engine, ready for its first cycle. Takes milliseconds to a second. [control]
///
/// # Errors
/// What Csound said, with the document's lines.
pub fn build(request: BuildRequest<'_>) -> Result<Engine, BuildError> {
    let BuildRequest { document, session, rate, slots, values } = request;
    if !RATE_RANGE.contains(&rate) {
        let text =
            format!("a rate of {rate} Hz is outside {} to {} Hz", RATE_RANGE.start(), RATE_RANGE.end());
        return Err(BuildError(vec![Diagnostic::error(None, text)]));
    }
    crate::csound::open().map_err(|failure| unsaid(failure, "could not be created"))?;
    let mut diagnostics = document.diagnostics.clone();
    let staging = Staging::of(document, session)?;
    let proof = self_test::exact_starts();
    let files = unpack(document)?;
    let folder = files.as_ref().map(tempfile::TempDir::path);
    let (running, said) = start(document, staging.as_ref(), rate, folder)?;
    diagnostics.extend(said);
    let (Staged { mut running, agenda, diagnostics: of_session, sounds }, placed) =
        staging::put_on(staging, running)?;
    diagnostics.extend(of_session);
    let messages = running.messages();
    let named = Named { document, placed: &placed };
    if let Err(reason) = proof {
        running.refuse_exact_starts();
        diagnostics.push(Diagnostic::warning(None, reason.clone()));
    }
    warm(&mut running, named);
    let mut params = collect_params(&mut running, document, slots, &mut diagnostics);
    let controls = Controls::bind(&mut running, &mut params, values, |running, instrument, pfield| {
        named.pfield(running, instrument, pfield)
    });
    let (note_input, rules) = bind_notes(&mut running, named, &params, &mut diagnostics);
    let host_song = HostSong::bind(&mut running, &document.orchestra.text);
    // From here on Csound prints errors alone: what it prints, it formats on the audio thread.
    running.set_message_level(0);
    let ksmps = running.ksmps();
    let info = EngineInfo {
        name: document.about.name.clone().unwrap_or_default(),
        rate: running.rate(),
        ksmps,
        inputs: running.inputs(),
        outputs: running.outputs(),
        input_ports: document.inputs.clone(),
        output_ports: document.outputs.clone(),
        params,
        note_input,
        latency_frames: (ksmps as u32).saturating_add(document.latency_frames),
        tail: document.tail,
        exact_starts: running.has_exact_starts(),
        diagnostics,
    };
    let notes = NotePlayer::new(rules, running.zero_dbfs(), info.rate);
    let symbols = Symbols::of(&mut running, document, &placed);
    Ok(Engine {
        agenda,
        ears: Ears::new(),
        symbols: Arc::new(symbols),
        running,
        info: Arc::new(info),
        messages,
        controls,
        notes,
        host_song,
        midi_keys: MidiKeys::new(),
        frame: 0,
        left: false,
        _files: [files, sounds],
    })
}

/// Starts an instance with the document. What Csound said of it is a warning: it plays all the same.
fn start(
    document: &Document,
    staging: Option<&Staging>,
    rate: f64,
    embedded: Option<&Path>,
) -> Result<(Running, Vec<Diagnostic>), BuildError> {
    let mut preparing = Preparing::create().map_err(|failure| unsaid(failure, "could not be created"))?;
    let messages = preparing.messages();
    let mut reader = MessageReader::default();
    let prepared = prepare(&mut preparing, document, staging, rate, embedded);
    let started =
        prepared.and_then(|()| preparing.start().map_err(|failure| unsaid(failure, "did not start")));
    let mut said = reader.read(&messages);
    said.extend(reader.finish());
    let said = report::diagnostics(&said, report::Compiled::orchestra_of(document));
    let failed = said.iter().any(|diagnostic| diagnostic.text.contains("Missing local arg"));
    match started {
        Ok(running) if !failed => {
            let warning = |diagnostic| Diagnostic { severity: Severity::Warning, ..diagnostic };
            Ok((running, said.into_iter().map(warning).collect()))
        }
        Ok(_) => Err(BuildError(said)),
        Err(BuildError(unsaid)) => {
            let has_error = said.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
            Err(BuildError(if has_error { said } else { [said, unsaid].concat() }))
        }
    }
}

/// An error for which Csound printed nothing.
fn unsaid(failure: Failure, what: &str) -> BuildError {
    BuildError(vec![Diagnostic::error(None, format!("the engine {what}: {failure}"))])
}

/// Writes the files that the document carries into a folder of their own.
fn unpack(document: &Document) -> Result<Option<tempfile::TempDir>, BuildError> {
    if document.files.is_empty() {
        return Ok(None);
    }
    let cannot = |error: std::io::Error, line: u32| {
        let text = format!("the embedded file could not be unpacked: {error}");
        BuildError(vec![document.located(Diagnostic::error(line, text))])
    };
    let folder = tempfile::tempdir().map_err(|error| cannot(error, 0))?;
    for file in &document.files {
        let path = folder.path().join(&file.name);
        let written = path
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&path, &file.bytes));
        written.map_err(|error| cannot(error, file.line))?;
    }
    Ok(Some(folder))
}

/// Gives the instance everything it needs before its start.
fn prepare(
    preparing: &mut Preparing,
    document: &Document,
    staging: Option<&Staging>,
    rate: f64,
    embedded: Option<&Path>,
) -> Result<(), BuildError> {
    let option = |preparing: &mut Preparing, text: &str, line: Option<u32>| {
        preparing.option(text).map_err(|_| {
            let text = format!("Csound does not take the option {text}");
            BuildError(vec![document.located(Diagnostic::error(line, text))])
        })
    };
    // The folder of the document comes last: Csound looks there first where a name is in both.
    let origin = document.origin.as_deref().and_then(Path::parent).map(absolute);
    for folder in embedded.map(absolute).into_iter().chain(origin) {
        for variable in ["INCDIR", "SSDIR", "SFDIR", "SADIR", "MFDIR"] {
            option(preparing, &format!("--env:{variable}+={folder}"), None)?;
        }
    }
    for accepted in &document.options {
        option(preparing, &accepted.argument, Some(accepted.line))?;
    }
    option(preparing, &format!("--sample-rate={rate}"), None)?;
    if !document.wants_ksmps {
        option(
            preparing,
            &format!("--ksmps={}", if document.is_bare { KSMPS_BARE } else { KSMPS_CSD }),
            None,
        )?;
    }
    let compiled = match staging {
        None => preparing.compile(&document.orchestra.text),
        Some(staging) => {
            preparing.set_bus_sizes(staging.bus_sizes());
            preparing.compile(&format!("{}{}", document.orchestra.text, staging.reservation()))
        }
    };
    compiled.map_err(|failure| unsaid(failure, "could not compile the orchestra"))?;
    if let Some(score) = &document.score {
        let read = preparing.read_score(&score.text);
        read.map_err(|failure| unsaid(failure, "could not read the score"))?;
    }
    Ok(())
}

fn absolute(folder: &Path) -> String {
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()).display().to_string()
}

/// Makes before the first cycle what would else be made in a note's start. No note is played for it.
fn warm(running: &mut Running, named: Named<'_>) {
    const ALL_WAVEFORMS: u32 = 31;
    // Either may fail without harm: then the first note pays for it.
    if named.document.uses.vco2 {
        let _ = running.compile(&format!("giKsmpsVco2 vco2init {ALL_WAVEFORMS}\n"));
    }
    if let Notes::Sched(rules) = &named.document.notes {
        for rule in rules {
            if let Some(number) = named.number(running, &rule.instrument) {
                let _ = running.compile(&format!("prealloc {number}, {}\n", rule.voices.clamp(1, 64)));
            }
        }
    }
}

/// The document's parameters: what it declares, then what its channels' hints say, each with its slot.
fn collect_params(
    running: &mut Running,
    document: &Document,
    slots: &mut SlotMap,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(usize, Param)> {
    let mut params = document.params.clone();
    for channel in running.channels() {
        let (Some(range), ChannelKind::Control) = (&channel.range, channel.kind) else { continue };
        let declared = params.iter_mut().find(|param| param.target == Target::Channel(channel.name.clone()));
        match declared {
            Some(param) => param.default = param.default.or(Some(range.default)),
            // A channel that the orchestra only writes is not for the host to move.
            None if channel.output && !channel.input => {}
            None => params.push(document::param_from_hint(
                &channel.name,
                range.behaviour,
                range.default,
                range.min,
                range.max,
                &range.attributes,
            )),
        }
    }
    let names: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
    let assigned = slots.assign(&names);
    let left_out = assigned.iter().filter(|slot| slot.is_none()).count();
    if left_out > 0 {
        let text = format!("{left_out} parameters found no slot: a plugin has {}", crate::params::SLOTS);
        diagnostics.push(Diagnostic::warning(None, text));
    }
    params.into_iter().zip(assigned).filter_map(|(param, slot)| Some((slot?, param))).collect()
}

/// The document's note rules with the numbers of their instruments.
fn bind_notes(
    running: &mut Running,
    named: Named<'_>,
    params: &[(usize, Param)],
    diagnostics: &mut Vec<Diagnostic>,
) -> (NoteInput, Vec<BoundRule>) {
    let rules = match &named.document.notes {
        Notes::Midi => return (NoteInput::Midi, Vec::new()),
        Notes::Off | Notes::Undeclared => return (NoteInput::None, Vec::new()),
        Notes::Sched(rules) => rules,
    };
    let mut bound = Vec::new();
    for rule in rules {
        let Some(instrument) = named.number(running, &rule.instrument) else {
            let text = format!("notes ask for the instrument {}, which does not exist", rule.instrument);
            let remedy = "name an instrument of the orchestra in ;@notes";
            let warning = Diagnostic::warning(rule.line, text).with_remedy(remedy);
            diagnostics.push(named.document.located(warning));
            continue;
        };
        let targets = params.iter().filter_map(|(_, param)| match &param.target {
            Target::Pfield { instrument, pfield } if *instrument == rule.instrument => {
                named.pfield(running, instrument, pfield).map(|(_, index)| index)
            }
            _ => None,
        });
        let highest = targets.chain(rule.fields.iter().map(|field| field.index)).max().unwrap_or(3).max(3);
        let mut pfields = named.instrument(&rule.instrument).map_or(Vec::new(), |found| found.pset.clone());
        if named.instrument(&rule.instrument).is_some_and(|found| found.is_template)
            && pfields.len() > NOTE_PFIELDS_MAX
        {
            let text = format!(
                "notes fill p-fields up to p{NOTE_PFIELDS_MAX}: the arguments of {} behind it are 0",
                rule.instrument
            );
            let remedy = "give the template fewer arguments, or let `sched` start it";
            let warning = Diagnostic::warning(rule.line, text).with_remedy(remedy);
            diagnostics.push(named.document.located(warning));
        }
        pfields.resize(pfields.len().max(highest).min(NOTE_PFIELDS_MAX), 0.0);
        bound.push(BoundRule { rule: rule.clone(), instrument, pfields });
    }
    (if bound.is_empty() { NoteInput::None } else { NoteInput::Sched }, bound)
}
