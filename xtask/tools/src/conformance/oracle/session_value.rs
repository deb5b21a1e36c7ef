//! The arguments of a session's calls: what a scenario writes, as numbers, texts and earlier results.

use std::path::PathBuf;

use ksmps_core::session::{ArgValue, BusId, EventId, SessionError, TableId};
use serde_json::{Value, json};

use super::scenario::Step;
use super::session::Player;
use super::value::plain_number;

/// What an earlier call returned.
#[derive(Debug, Clone, Copy)]
pub enum Kept {
    /// An event.
    Event(EventId),
    /// A table.
    Table(TableId),
    /// A bus.
    Bus(BusId),
    /// A text's number, which is the session's own.
    Text(u32),
}

/// Why a call was not carried out.
pub enum Stop {
    /// The session refused it.
    Refused(SessionError),
    /// The types of the core do not allow it.
    Type,
    /// Nobody knows the call, an argument or a result.
    Unknown(String),
}

impl From<SessionError> for Stop {
    fn from(error: SessionError) -> Self {
        Self::Refused(error)
    }
}

impl Player<'_> {
    pub(super) fn keep(&mut self, step: &Step, kept: Kept) {
        if let Some(id) = &step.id {
            self.kept.insert(id.clone(), kept);
        }
    }

    /// The result of an earlier call that this one is made on.
    pub(super) fn target(&self, step: &Step) -> Option<Kept> {
        step.on.as_ref().and_then(|on| self.kept.get(on)).copied()
    }

    /// Whether a text's number is among the arguments.
    pub(super) fn mentions_text(&self, step: &Step) -> bool {
        fn mentions(player: &Player<'_>, value: &Value) -> bool {
            match value {
                Value::Array(items) => items.iter().any(|item| mentions(player, item)),
                Value::Object(fields) => {
                    matches!(player.earlier(value), Ok(Kept::Text(_)))
                        || fields.values().any(|field| mentions(player, field))
                }
                _ => false,
            }
        }
        step.args.iter().chain(step.kwargs.values()).any(|value| mentions(self, value))
    }

    pub(super) fn event_of(&self, step: &Step) -> Result<EventId, Stop> {
        match self.target(step) {
            Some(Kept::Event(event)) => Ok(event),
            _ => Err(Stop::Unknown(format!("{} is called on no event", step.call))),
        }
    }

    pub(super) fn earlier(&self, value: &Value) -> Result<Kept, Stop> {
        let id = value.get("$").and_then(Value::as_str);
        id.and_then(|id| self.kept.get(id))
            .copied()
            .ok_or_else(|| Stop::Unknown(format!("there is no result {value}")))
    }

    pub(super) fn value(&self, value: &Value) -> Result<ArgValue, Stop> {
        match value {
            Value::String(text) => Ok(ArgValue::Text(text.clone())),
            _ => self.number_of(value).map(ArgValue::Number),
        }
    }

    /// Arguments one behind the other, however the list is written.
    pub(super) fn values(&self, list: &Value) -> Result<Vec<ArgValue>, Stop> {
        items(list).ok_or(Stop::Type)?.iter().map(|value| self.value(value)).collect()
    }

    /// A number by place or by name, or the default where none is given.
    pub(super) fn number(&self, step: &Step, place: usize, name: &str, default: f64) -> Result<f64, Stop> {
        get(step, place, name).map_or(Ok(default), |value| self.number_of(value))
    }

    pub(super) fn number_of(&self, value: &Value) -> Result<f64, Stop> {
        if let Some(number) = plain_number(value) {
            return Ok(number);
        }
        if value.get("$").is_none() {
            return Err(Stop::Type);
        }
        let kept = self.earlier(value)?;
        match value.get("attr").and_then(Value::as_str) {
            Some(attribute) => self.attribute(kept, attribute)?.as_f64().ok_or(Stop::Type),
            None => Ok(match kept {
                // PANIC: the session returned the id.
                Kept::Event(event) => self.session.event(event).expect("the event was scheduled").p1(),
                Kept::Table(table) => f64::from(table.0),
                Kept::Bus(bus) => bus.0 as f64,
                Kept::Text(number) => f64::from(number),
            }),
        }
    }

    /// What an earlier result says of itself.
    pub(super) fn attribute(&self, kept: Kept, name: &str) -> Result<Value, Stop> {
        Ok(match (kept, name) {
            (Kept::Event(event), _) => {
                // PANIC: the session returned the id.
                let event = self.session.event(event).expect("the event was scheduled");
                match name {
                    "p1" => json!(event.p1()),
                    "start" => json!(event.start()),
                    "dur" => json!(event.dur()),
                    "end" if event.dur() < 0.0 => json!("Infinity"),
                    "end" => json!(event.start() + event.dur()),
                    "priority" => json!(event.priority()),
                    "instrname" => json!(event.template()),
                    "args" => json!(event.args()),
                    "controlsSlot" => json!(event.slot()),
                    "uniqueId" => json!(event.id().0),
                    _ => return Err(Stop::Unknown(format!("an event has no {name}"))),
                }
            }
            (Kept::Table(table), "tabnum") => json!(table.0),
            (Kept::Table(table), "sr") => json!(self.session.table(table)?.rate),
            (Kept::Table(table), "nchnls") => json!(self.session.table(table)?.channels),
            (Kept::Table(table), "numframes") => json!(self.session.table(table)?.frames),
            (Kept::Table(table), "size") => {
                let table = self.session.table(table)?;
                json!(table.frames * table.channels)
            }
            (Kept::Bus(bus), "token") => json!(bus.0),
            (kept, name) => return Err(Stop::Unknown(format!("{kept:?} has no {name}"))),
        })
    }

    pub(super) fn numbers(&self, value: &Value) -> Result<Vec<f64>, Stop> {
        if let Some(length) = value.get("$sine").and_then(Value::as_u64) {
            let step = std::f64::consts::TAU / length as f64;
            return Ok((0..length).map(|at| (at as f64 * step).sin()).collect());
        }
        let mut numbers = Vec::new();
        for item in items(value).ok_or(Stop::Type)? {
            if items(item).is_some() {
                numbers.extend(self.numbers(item)?)
            } else {
                numbers.push(self.number_of(item)?)
            }
        }
        Ok(numbers)
    }

    /// Pairs as a flat list, or as a tuple of times and values.
    pub(super) fn points(&self, pairs: &Value) -> Result<Vec<(f64, f64)>, Stop> {
        if let Some([times, values]) = items(pairs)
            && items(times).is_some()
        {
            return Ok(self.numbers(times)?.into_iter().zip(self.numbers(values)?).collect());
        }
        let flat = self.numbers(pairs)?;
        if flat.len() % 2 == 1 {
            let odd = ksmps_core::verbs::EngineError::OddPairs(flat.len());
            return Err(SessionError::Engine(odd).into());
        }
        Ok(flat.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
    }

    pub(super) fn path(&self, step: &Step, place: usize, name: &str) -> Result<PathBuf, Stop> {
        self.path_of(get(step, place, name).ok_or_else(|| missing(step, name))?)
    }

    pub(super) fn path_of(&self, value: &Value) -> Result<PathBuf, Stop> {
        let named = |key: &str| value.get(key).and_then(Value::as_str);
        match (value.as_str(), named("$asset"), named("$out")) {
            (Some(path), _, _) => Ok(PathBuf::from(path)),
            (_, Some(asset), _) => Ok(self.scenario.root.join("_assets").join(asset)),
            (_, _, Some(file)) => Ok(self.out.join(file)),
            _ => Err(Stop::Type),
        }
    }
}

/// The items of a list, an array or a tuple.
pub fn items(value: &Value) -> Option<&[Value]> {
    let list = value.get("$np").or_else(|| value.get("$tuple")).unwrap_or(value);
    list.as_array().map(Vec::as_slice)
}

/// An argument by place or by name.
pub fn get<'a>(step: &'a Step, place: usize, name: &str) -> Option<&'a Value> {
    step.args.get(place).or_else(|| step.kwargs.get(name)).filter(|value| !value.is_null())
}

/// A yes or no, also written as a number.
pub fn flag(step: &Step, place: usize, name: &str, default: bool) -> bool {
    let truth = |value: &Value| value.as_bool().or_else(|| value.as_f64().map(|number| number != 0.0));
    get(step, place, name).and_then(truth).unwrap_or(default)
}

/// A text that must be there.
pub fn text(step: &Step, place: usize, name: &str) -> Result<String, Stop> {
    get(step, place, name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| missing(step, name))
}

/// An argument that a call cannot do without.
pub fn missing(step: &Step, name: &str) -> Stop {
    Stop::Unknown(format!("{} has no argument {name}", step.call))
}
