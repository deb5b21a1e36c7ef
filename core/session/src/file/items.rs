//! What a session file is made of: one plain struct for each thing that can stand in it.
//!
//! These are the JSON's words and defaults, nothing else; what they mean is in `read.rs` and `write.rs`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{ArgValue, BusKind, ChannelKind};

/// A text with the next number, or with one of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum TextItem {
    Next(String),
    Numbered(u32, String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum CodeItem {
    Text(String),
    Include(IncludeItem),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IncludeItem {
    pub path: PathBuf,
    /// Left out, the file is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableItem {
    /// Its number; left out, the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<f64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zeros: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub channel: usize,
    #[serde(default, skip_serializing_if = "is_default")]
    pub skip: f64,
    /// Frames in the file's table; left out, the file is asked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub frames: usize,
    #[serde(default, skip_serializing_if = "is_default")]
    pub rate: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    pub channels: usize,
    #[serde(default, skip_serializing_if = "is_default")]
    pub at: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BusItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<BusKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub persist: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<SetItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub automate: Vec<LineItem>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelItem {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ChannelKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ArgValue>,
    /// Left out, the channel is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventItem {
    pub template: String,
    /// Its place in `templates`, where a later template has the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<usize>,
    #[serde(default)]
    pub start: f64,
    #[serde(default = "endless")]
    pub dur: f64,
    #[serde(default = "first")]
    pub priority: i32,
    #[serde(default)]
    pub args: serde_json::Map<String, serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<SetItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub automate: Vec<LineItem>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetItem {
    /// The parameter; a bus has only one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub value: f64,
    pub at: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineItem {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub points: Vec<(f64, Option<f64>)>,
    #[serde(default = "linear")]
    pub mode: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<f64>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub overtake: bool,
}

fn endless() -> f64 {
    -1.0
}

fn first() -> i32 {
    1
}

fn linear() -> String {
    "linear".into()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A sound file that is carried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SoundItem {
    /// Where it was, as the session names it.
    pub path: PathBuf,
    /// Its bytes in base64.
    pub data: String,
}
