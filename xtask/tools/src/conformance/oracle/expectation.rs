//! Our own expectations, where the recording does not hold.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::error::Error;

use super::scenario;

/// What holds instead of the recording.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Why, with the words of the documents or of the decision.
    pub explanation: String,
    /// Steps that differ from the recording, by number from 0.
    #[serde(default)]
    pub steps: BTreeMap<usize, ExpectedStep>,
    /// What it sounds like.
    pub sound: ExpectedSound,
    /// The .csd of [`ExpectedSound::Csd`].
    #[serde(skip)]
    pub csd: PathBuf,
}

/// What a step does; what is not given is as recorded.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedStep {
    /// What it returns.
    #[serde(default, rename = "return", deserialize_with = "given")]
    pub returned: Option<Value>,
    /// The error it answers with: the name of the variant.
    pub error: Option<String>,
    /// Seconds performed after it.
    pub now: Option<f64>,
    /// The end marker after it.
    pub endtime: Option<f64>,
}

/// What a scenario sounds like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExpectedSound {
    /// The recording.
    Recorded,
    /// `<name>.csd` beside the expectation, rendered by the csound command line: what the documents say, said in
    /// plain Csound.
    Csd,
}

/// A value that is there, null included.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Expectation {
    /// The expectation for a scenario, if there is one.
    pub fn read(folder: &Path, name: &str) -> Result<Option<Self>, Error> {
        let path = folder.join(format!("{name}.json"));
        if !path.exists() {
            return Ok(None);
        }
        let mut own: Self = scenario::read(&path)?;
        if own.explanation.trim().is_empty() {
            return Err(Error::usage(format!("{} explains nothing", path.display())));
        }
        own.csd = path.with_extension("csd");
        Ok(Some(own))
    }
}
