//! One document, played from its first frame to an end: through a built plugin or through the core alone, with
//! the latency taken off. What `render` and `compare` have in common.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use ksmps_core::route::HostChannels;
use ksmps_harness::bounce::{Done, Plan};
use ksmps_harness::bundle;
use ksmps_harness::host::Format;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::{Cut, Script};
use ksmps_harness::song::Song;
use ksmps_harness::state::State;
use serde_json::Value;

use crate::error::Error;
use crate::factory;

/// The format whose states are JSON and nothing else; files hold this one, whatever plays.
const PLAIN: Format = Format::Core;

/// More latency than any document has: a cycle, and what it looks ahead.
const LATENCY_FRAMES_MAX: u64 = 1 << 20;

/// In which form Ksmps plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// The built CLAP.
    Clap,
    /// The built VST3.
    Vst3,
    /// The core alone, without a plugin round it.
    Core,
}

impl Form {
    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clap => "clap",
            Self::Vst3 => "vst3",
            Self::Core => "core",
        }
    }
}

impl From<Form> for Format {
    fn from(form: Form) -> Self {
        match form {
            Form::Clap => Self::Clap,
            Form::Vst3 => Self::Vst3,
            Form::Core => Self::Core,
        }
    }
}

/// Which of the plugins plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Stereo out.
    Instrument,
    /// Stereo in and out, stereo sidechain.
    Effect,
    /// Eight stereo outs.
    MultiOut,
}

impl From<Kind> for bundle::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Instrument => Self::Instrument,
            Kind::Effect => Self::Effect,
            Kind::MultiOut => Self::MultiOut,
        }
    }
}

impl From<Kind> for HostChannels {
    fn from(kind: Kind) -> Self {
        let (inputs, outputs) = match kind {
            Kind::Instrument => (vec![], vec![2]),
            Kind::Effect => (vec![2, 2], vec![2]),
            Kind::MultiOut => (vec![], vec![2; 8]),
        };
        Self { inputs, outputs }
    }
}

/// A document and where it came from.
#[derive(Debug, Clone)]
pub struct Text {
    /// As it is in the file.
    pub text: String,
    /// The file, its whole path.
    pub origin: PathBuf,
}

impl Text {
    /// Reads a document, a file or the factory document of that name; one that is not UTF-8 is read as Latin-1, and the
    /// terminal says so.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let path = &factory::resolve(path);
        let bytes = fs::read(path).map_err(Error::file(path))?;
        let origin = fs::canonicalize(path).map_err(Error::file(path))?;
        let (text, warning) = ksmps_core::document::decode(&bytes);
        if let Some(warning) = warning {
            eprintln!("{}: {warning}", path.display());
        }
        Ok(Self { text, origin })
    }
}

/// What is to be played.
#[derive(Debug, Clone)]
pub struct Job {
    /// The document; `None`: the one in the state, or the plugin's own.
    pub document: Option<Text>,
    /// The state that the instance is given first, as JSON.
    pub state: Option<Value>,
    /// The session in its project, as JSON; `None`: the one in the state.
    pub session: Option<Value>,
    /// Which plugin.
    pub kind: Kind,
    /// In which form.
    pub form: Form,
    /// Frames a second.
    pub rate: u32,
    /// How many frames are kept.
    pub frames: u64,
    /// How the host cuts them.
    pub block: Cut,
    /// The host's song, which plays from its beginning; `None`: the host has none.
    pub song: Option<Song>,
    /// What happens. Parameters are set by name.
    pub script: Script,
    /// Sound for the input channels.
    pub inputs: Vec<Vec<f32>>,
    /// How far it has come, for whoever waits for it.
    pub done: Done,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Played {
    /// Each output channel, latency removed.
    pub channels: Vec<Vec<f32>>,
    /// What was removed.
    pub latency_frames: u32,
    /// The values that the document's parameters began with.
    pub defaults: BTreeMap<String, f64>,
    /// What is to be said of the document and of what went wrong while it played.
    pub remarks: Vec<Remark>,
    /// The state after playing, as JSON.
    pub state: Value,
}

/// One thing that is to be said of a document: `line 3: error: …`, with its source and a remedy on lines of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark(pub String);

impl Remark {
    /// Whether it is an error: the word stands behind the place, where there is one.
    pub fn is_error(&self) -> bool {
        let first = self.0.lines().next().unwrap_or_default();
        let before = first.split("error: ").next().unwrap_or_default();
        let is_place = before.is_empty()
            || before.ends_with(": ") && !before.contains("warning: ") && !before.contains("note: ");
        first.contains("error: ") && is_place
    }

    /// Its first line, which says where and what.
    pub fn headline(&self) -> &str {
        self.0.lines().next().unwrap_or_default()
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Opens an instance, gives it state and document, and plays.
pub fn play(job: &Job) -> Result<Played, Error> {
    let format = Format::from(job.form);
    let library = bundle::library(format)?;
    let mut instance = Instance::open(format, &library, bundle::Kind::from(job.kind).name())?;
    match (&job.state, &job.document) {
        (None, None) => {}
        (None, Some(document)) => instance.load(&document.text, Some(&document.origin))?,
        (Some(state), document) => {
            let mut state = State::read(PLAIN, state.to_string().as_bytes())?;
            if let Some(document) = document {
                state.edit_document(&document.text, Some(&document.origin));
            }
            instance.set_state(&state)?;
        }
    }
    if let Some(session) = &job.session {
        let mut state = instance.state()?;
        state.set_session(session.clone());
        instance.set_state(&state)?;
    }
    // The latency is known once it is active; a block that goes to the end is longer by that.
    let block_max = job.block.block_max(job.frames + LATENCY_FRAMES_MAX);
    instance.activate(f64::from(job.rate), block_max)?;

    let report = instance.state()?.report()?;
    let mut remarks = remarks_of(&report);
    if report["plays"] != true || remarks.iter().any(Remark::is_error) {
        return Err(refused(job, remarks));
    }
    let defaults = list(&report["params"])
        .iter()
        .filter_map(|param| Some((param["name"].as_str()?.to_owned(), param["default"].as_f64()?)))
        .collect();

    let mut plan =
        Plan::new(job.script.clone(), job.frames).cut(job.block.clone()).inputs(job.inputs.clone());
    plan.song.clone_from(&job.song);
    plan.done = job.done.clone();
    let sound = instance.play_aligned(&plan)?;
    // A state holds everything that was printed before it was asked for.
    let state = instance.state()?;
    for remark in remarks_of(&state.report()?) {
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }
    let state = state.write(PLAIN);
    let state = serde_json::from_slice(&state).unwrap_or(Value::Null);
    let latency_frames = instance.hosted().latency_frames();
    Ok(Played { channels: sound.channels, latency_frames, defaults, remarks, state })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What a report says of the document, and of what went wrong while it played.
pub fn remarks_of(report: &Value) -> Vec<Remark> {
    let said = ["diagnostics", "problems"].into_iter().flat_map(|field| list(&report[field]));
    said.filter_map(Value::as_str).map(|text| Remark(text.to_owned())).collect()
}

/// The error for a document that does not play.
fn refused(job: &Job, diagnostics: Vec<Remark>) -> Error {
    let name = job
        .document
        .as_ref()
        .map_or_else(|| "the state's document".to_owned(), |d| d.origin.display().to_string());
    Error::Document { name, diagnostics }
}

#[cfg(test)]
mod tests {
    use super::Remark;

    #[test]
    fn errors_are_told_from_what_only_speaks_of_them() {
        for (text, is_error) in [
            ("line 3: error: no such opcode", true),
            ("error: no instrument", true),
            ("parts.inc line 3: error: no such opcode\n    a1 nosuch", true),
            ("line 3: warning: error: is no word", false),
            ("note: the last error: none", false),
            ("line 3: warning: late\n    error: 1", false),
        ] {
            assert_eq!(Remark(text.to_owned()).is_error(), is_error, "{text}");
        }
    }
}
