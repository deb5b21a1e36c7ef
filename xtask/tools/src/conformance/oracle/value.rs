//! The arguments of a call: what a scenario writes, as numbers, texts and earlier results.

use std::path::{Path, PathBuf};

use ksmps_core::csound::BusToken;
use ksmps_core::verbs::{Arg, EventId, Instr};
use serde_json::Value;

use super::scenario::Step;

/// What a call returned, kept for later calls.
#[derive(Debug, Clone)]
pub enum Kept {
    /// An event's id.
    Event(EventId),
    /// A number: a table, a text's number.
    Number(f64),
    /// A channel, by name.
    Channel(String),
    /// Nothing that a call can be given.
    Nothing,
}

/// Why a call cannot be made: the types of the core refuse what the scenario gives, or nobody knows the call.
#[derive(Debug)]
pub enum Misfit {
    /// The types do not allow it.
    Type,
    /// The call or an argument is not known here.
    Unknown(String),
}

/// The arguments of one call.
pub struct Arguments<'a> {
    /// The call.
    pub step: &'a Step,
    /// Earlier results.
    pub kept: &'a std::collections::HashMap<String, Kept>,
    /// The folder of all scenarios.
    pub root: &'a Path,
    /// Where the scenario's own files go.
    pub out: &'a Path,
}

impl Arguments<'_> {
    /// An argument by place or by name.
    pub fn get(&self, place: usize, name: &str) -> Option<&Value> {
        self.step.args.get(place).or_else(|| self.step.kwargs.get(name)).filter(|value| !value.is_null())
    }

    /// A number, or the default where none is given.
    pub fn number(&self, place: usize, name: &str, default: f64) -> Result<f64, Misfit> {
        self.get(place, name).map_or(Ok(default), |value| self.as_number(value))
    }

    /// A whole number, or the default where none is given.
    pub fn count(&self, place: usize, name: &str, default: usize) -> Result<usize, Misfit> {
        Ok(self.number(place, name, default as f64)? as usize)
    }

    /// A table's number that must be there, under one of these names.
    pub fn table(&self, place: usize, names: &[&str]) -> Result<u32, Misfit> {
        let value =
            names.iter().find_map(|name| self.get(place, name)).ok_or_else(|| self.missing(names[0]))?;
        let number = self.as_number(value)?;
        // A number that no table can have is one that is not there.
        Ok(if number >= 0.0 { number as u32 } else { u32::MAX })
    }

    /// A text that must be there.
    pub fn text(&self, place: usize, name: &str) -> Result<String, Misfit> {
        let value = self.get(place, name).ok_or_else(|| self.missing(name))?;
        match value {
            Value::String(text) => Ok(text.clone()),
            Value::Object(_) => self.path_of(value).map(|path| path.display().to_string()),
            _ => Err(Misfit::Type),
        }
    }

    /// A yes or no, or the default where nothing is said.
    pub fn flag(&self, place: usize, name: &str, default: bool) -> bool {
        let truth = |value: &Value| value.as_bool().or_else(|| value.as_f64().map(|number| number != 0.0));
        self.get(place, name).and_then(truth).unwrap_or(default)
    }

    /// A path that must be there.
    pub fn path(&self, place: usize, name: &str) -> Result<PathBuf, Misfit> {
        let value = self.get(place, name).ok_or_else(|| self.missing(name))?;
        self.path_of(value)
    }

    fn path_of(&self, value: &Value) -> Result<PathBuf, Misfit> {
        match value {
            Value::String(path) => Ok(PathBuf::from(path)),
            _ => match (text_of(value, "$asset"), text_of(value, "$out")) {
                (Some(asset), _) => Ok(self.root.join("_assets").join(asset)),
                (_, Some(file)) => Ok(self.out.join(file)),
                _ => Err(Misfit::Type),
            },
        }
    }

    /// An instrument or an event.
    pub fn instr(&self, place: usize, name: &str) -> Result<Instr, Misfit> {
        let value = self.get(place, name).ok_or_else(|| self.missing(name))?;
        match value {
            Value::Number(number) => Ok(Instr::from(number.as_f64().unwrap_or(f64::NAN))),
            Value::String(text) => Ok(Instr::from(text.as_str())),
            Value::Object(_) => match self.earlier(value)? {
                Kept::Event(id) => Ok(Instr::from(id)),
                Kept::Number(number) => Ok(Instr::from(*number)),
                _ => Err(Misfit::Type),
            },
            _ => Err(Misfit::Type),
        }
    }

    /// A bus that an earlier call returned, or a token.
    pub fn bus(&self, place: usize) -> Result<BusToken, Misfit> {
        let value = self.get(place, "bus").ok_or_else(|| self.missing("bus"))?;
        BusToken::from_number(self.as_number(value)?).ok_or(Misfit::Type)
    }

    /// Numbers, however they are written.
    pub fn numbers(&self, value: &Value) -> Result<Vec<f64>, Misfit> {
        if let Some(length) = value.get("$sine").and_then(Value::as_u64) {
            let step = std::f64::consts::TAU / length as f64;
            return Ok((0..length).map(|at| (at as f64 * step).sin()).collect());
        }
        let list = value.get("$np").or_else(|| value.get("$tuple")).unwrap_or(value);
        let Value::Array(items) = list else { return Err(Misfit::Type) };
        let mut numbers = Vec::new();
        for item in items {
            // Frames of several channels lie one inside the other.
            if item.is_array() {
                numbers.extend(self.numbers(item)?)
            } else {
                numbers.push(self.as_number(item)?)
            }
        }
        Ok(numbers)
    }

    /// How many channels a list of numbers has: the length of its frames.
    pub fn channels(value: &Value) -> usize {
        let list = value.get("$np").or_else(|| value.get("$tuple")).unwrap_or(value);
        list.get(0).and_then(Value::as_array).map_or(1, Vec::len)
    }

    /// What a p-field is given.
    pub fn arg(&self, value: &Value) -> Result<Arg, Misfit> {
        match value {
            Value::String(text) => Ok(Arg::from(text.as_str())),
            _ => self.as_number(value).map(Arg::from),
        }
    }

    /// A number, written as one or as an earlier result.
    pub fn as_number(&self, value: &Value) -> Result<f64, Misfit> {
        if let Some(number) = plain_number(value) {
            return Ok(number);
        }
        if value.get("$").is_none() {
            return Err(Misfit::Type);
        }
        match self.earlier(value)? {
            Kept::Number(number) => Ok(*number),
            Kept::Event(id) => Ok(id.p1()),
            Kept::Channel(_) | Kept::Nothing => Err(Misfit::Type),
        }
    }

    /// An earlier result.
    pub fn earlier(&self, value: &Value) -> Result<&Kept, Misfit> {
        let id = text_of(value, "$").ok_or(Misfit::Type)?;
        self.kept.get(id).ok_or_else(|| Misfit::Unknown(format!("there is no result {id}")))
    }

    fn missing(&self, name: &str) -> Misfit {
        Misfit::Unknown(format!("{} has no argument {name}", self.step.call))
    }
}

fn text_of<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// A number that is written as one, a truth value or `{"$nan": 1}`.
pub fn plain_number(value: &Value) -> Option<f64> {
    let flag = || value.as_bool().map(|flag| f64::from(u8::from(flag)));
    let nan = || value.get("$nan").map(|_| f64::NAN);
    value.as_f64().or_else(flag).or_else(nan)
}
