//! Scenarios as they are stored.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use ksmps_core::offline::sound_file::{self, Sound};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::Error;

/// What a scenario is to be measured with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Follow {
    /// The recording.
    Reference,
    /// The documents.
    Document,
    /// A decision of ours.
    Decide,
}

impl fmt::Display for Follow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reference => "reference",
            Self::Document => "document",
            Self::Decide => "decide",
        })
    }
}

/// A row of index.json.
#[derive(Debug, Deserialize)]
pub struct Row {
    /// The scenario's name and folder.
    pub name: String,
    /// What was recorded.
    pub kind: String,
    /// What it is measured with.
    pub follow: Follow,
}

/// One call.
#[derive(Debug, Deserialize)]
pub struct Step {
    /// Its name.
    pub call: String,
    /// Arguments by place.
    #[serde(default)]
    pub args: Vec<Value>,
    /// Arguments by name.
    #[serde(default)]
    pub kwargs: Map<String, Value>,
    /// The name of its result.
    pub id: Option<String>,
    /// The name of the result it is called on.
    pub on: Option<String>,
    /// There only to make the reference work.
    #[serde(default)]
    pub oracle_only: bool,
}

/// What a call did in the recording.
#[derive(Debug, Clone, Deserialize)]
pub struct Recorded {
    /// What it returned.
    #[serde(default, rename = "return")]
    pub returned: Value,
    /// The class of the error it raised.
    pub error: Option<String>,
    /// Seconds performed after it.
    pub now: Option<f64>,
    /// The end marker after it.
    pub endtime: Option<f64>,
}

/// How close samples have to be.
#[derive(Debug, Clone, Deserialize)]
pub struct Tolerance {
    /// Difference of samples.
    #[serde(default)]
    pub abs: f64,
    /// How much the loudness may differ, relative to the recording's; for `statistical`.
    #[serde(default)]
    pub rms_rel: f64,
    /// `statistical`: how loud it is. `smoke`: that there is a sound, and how long it is.
    pub mode: Option<String>,
}

#[derive(Deserialize)]
struct ScenarioFile {
    config: Map<String, Value>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct ExpectedFile {
    steps: Vec<Recorded>,
    tolerance: Tolerance,
}

/// A scenario, read.
pub struct Scenario {
    /// What it is measured with.
    pub follow: Follow,
    /// The folder of all scenarios.
    pub root: PathBuf,
    /// Its own folder.
    pub folder: PathBuf,
    /// The engine's settings.
    pub config: Map<String, Value>,
    /// The calls.
    pub steps: Vec<Step>,
    /// What each did in the recording.
    pub recorded: Vec<Recorded>,
    /// How close samples have to be.
    pub tolerance: Tolerance,
}

/// The rows of a folder's index.json.
pub fn index(folder: &Path) -> Result<Vec<Row>, Error> {
    read(&folder.join("index.json"))
}

impl Scenario {
    /// The sound that was recorded, if there is one; `out` is a folder for a file on the way.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn recorded_sound(&self, out: &Path) -> Result<Option<Sound>, Error> {
        let plain = self.folder.join("expected.wav");
        let packed = self.folder.join("expected.wav.gz");
        let wav = if plain.exists() {
            plain
        } else if packed.exists() {
            let wav = out.join("recorded.wav");
            let file = File::open(&packed).map_err(Error::file(&packed))?;
            let mut to = File::create(&wav).map_err(Error::file(&wav))?;
            std::io::copy(&mut GzDecoder::new(file), &mut to).map_err(Error::file(&packed))?;
            wav
        } else {
            return Ok(None);
        };
        sound_file::read(&wav).map(Some).map_err(|error| Error::usage(error.to_string()))
    }

    /// A file that its orchestra names by an absolute path and that is not there.
    pub fn missing_file(&self) -> Option<PathBuf> {
        let texts = self.steps.iter().flat_map(|step| &step.args).filter_map(Value::as_str);
        let quoted = texts.flat_map(|text| text.split('"').skip(1).step_by(2));
        let files = quoted.map(Path::new).filter(|path| path.is_absolute() && path.extension().is_some());
        files.filter(|path| !path.exists()).map(Path::to_owned).next()
    }

    /// Reads a scenario.
    pub fn read(root: &Path, row: &Row) -> Result<Self, Error> {
        let folder = root.join(&row.name);
        let ScenarioFile { config, steps } = read(&folder.join("scenario.json"))?;
        let ExpectedFile { steps: recorded, tolerance } = read(&folder.join("expected.json"))?;
        Ok(Self { follow: row.follow, root: root.to_owned(), folder, config, steps, recorded, tolerance })
    }
}

/// Reads a file of JSON.
pub fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let text = plain_json(&std::fs::read_to_string(path).map_err(Error::file(path))?);
    serde_json::from_str(&text).map_err(|error| Error::usage(format!("{}: {error}", path.display())))
}

/// Python writes numbers that JSON does not have; here they are texts, and what is no number is null.
fn plain_json(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(quote) = rest.find('"') {
        plain.push_str(&plain_numbers(&rest[..quote]));
        let is_end = |(at, _): &(usize, &str)| {
            let before = &rest[quote + 1..quote + 1 + at];
            (before.len() - before.trim_end_matches('\\').len()).is_multiple_of(2)
        };
        let end =
            rest[quote + 1..].match_indices('"').find(is_end).map_or(rest.len(), |(at, _)| quote + at + 2);
        plain.push_str(&rest[quote..end]);
        rest = &rest[end..];
    }
    plain + &plain_numbers(rest)
}

fn plain_numbers(text: &str) -> String {
    text.replace("-Infinity", "\"-inf\"").replace("Infinity", "\"Infinity\"").replace("NaN", "null")
}

#[cfg(test)]
mod tests {
    use super::plain_json;

    #[test]
    fn numbers_of_python_are_read_and_texts_stay() {
        let written = r#"{"a": [0.0, Infinity], "NaN \" Infinity": NaN, "b": -Infinity}"#;
        let plain = r#"{"a": [0.0, "Infinity"], "NaN \" Infinity": null, "b": "-inf"}"#;
        assert_eq!(plain_json(written), plain);
    }
}
