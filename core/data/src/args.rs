//! What arguments of events are.

use serde::{Deserialize, Serialize};

/// The value of an argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ArgValue {
    /// A number; tables and buses are numbers too.
    Number(f64),
    /// A text: the instrument gets its number and reads it with `strget`, a declared `Sname` is the text itself.
    Text(String),
}

impl From<f64> for ArgValue {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for ArgValue {
    fn from(number: i32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<&str> for ArgValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ArgValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What kind of value an argument holds, told by the first letter of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgKind {
    /// `k…`: can change while the event sounds.
    Dynamic,
    /// `i…`, or a p-field without a name: read when the event starts.
    Fixed,
    /// `S…`: a text.
    Text,
}

/// Where an argument's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgPlace {
    /// A p-field, 5 or higher.
    Field(usize),
    /// A named control: a place in the event's row of the table of controls.
    Control(usize),
}

/// An argument of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Arg {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: ArgKind,
    /// Where its value is.
    pub place: ArgPlace,
    /// What it is where nothing is given.
    pub default: ArgValue,
}

impl ArgKind {
    /// The kind that a name's first letter tells. `[any]`
    pub fn of(name: &str) -> Self {
        match name.as_bytes().first() {
            Some(b'k') => Self::Dynamic,
            Some(b'S') => Self::Text,
            _ => Self::Fixed,
        }
    }
}
