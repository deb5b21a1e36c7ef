//! An event as it is asked for.

use serde::{Deserialize, Serialize};

use super::{Bus, BusToken, EventId, Instr};

/// What a p-field can be given.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// A number.
    Number(f64),
    /// A text: the instrument gets its number and reads it with `strget`.
    Text(String),
}

impl From<f64> for Arg {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Arg {
    fn from(number: i32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<Bus> for Arg {
    fn from(bus: Bus) -> Self {
        Self::Number(bus.number())
    }
}

impl From<BusToken> for Arg {
    fn from(bus: BusToken) -> Self {
        Self::Number(bus.number())
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// When something is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum When {
    /// Seconds from now.
    In(f64),
    /// Seconds since the engine's start, or since it was last rewound.
    At(f64),
}

impl When {
    /// So many seconds later. `[any]`
    pub fn later_by(self, seconds: f64) -> Self {
        match self {
            Self::In(delay) => Self::In(delay + seconds),
            Self::At(time) => Self::At(time + seconds),
        }
    }
}

impl Default for When {
    fn default() -> Self {
        Self::In(0.0)
    }
}

impl From<f64> for When {
    /// Seconds from now.
    fn from(delay: f64) -> Self {
        Self::In(delay)
    }
}

/// An event to be scheduled: which instrument, when, how long, with what.
///
/// ```
/// # use ksmps_data::verbs::Sched;
/// let event = Sched::new("synth").delay(0.5).dur(2.0).field("kfreq", 440.0).unique();
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sched {
    /// The instrument.
    pub instr: Instr,
    /// When it starts.
    pub when: When,
    /// Seconds it lasts (p3); negative for one that lasts until it is stopped.
    pub dur: f64,
    /// All p-fields from p4 on, where they were given as a list.
    pub list: Option<Vec<Arg>>,
    /// p-fields from p4 on, where they were given one by one.
    pub single: Vec<Arg>,
    /// p-fields that were given by name.
    pub named: Vec<(String, Arg)>,
    /// Whether it is an instance of its own.
    pub unique: bool,
    /// A comment, for the exported score.
    pub comment: String,
}

impl Sched {
    /// An event that starts now and has no end.
    pub fn new(instr: impl Into<Instr>) -> Self {
        Self {
            instr: instr.into(),
            when: When::default(),
            dur: -1.0,
            list: None,
            single: Vec::new(),
            named: Vec::new(),
            unique: false,
            comment: String::new(),
        }
    }

    /// As an id that was assigned before.
    pub fn with_id(id: &EventId) -> Self {
        Self::new(Instr::from(id))
    }

    /// Starts this many seconds from now.
    pub fn delay(self, seconds: f64) -> Self {
        Self { when: When::In(seconds), ..self }
    }

    /// Starts at this time of the engine, in seconds.
    pub fn at(self, seconds: f64) -> Self {
        Self { when: When::At(seconds), ..self }
    }

    /// Seconds it lasts (p3); negative for one that lasts until it is stopped.
    pub fn dur(self, seconds: f64) -> Self {
        Self { dur: seconds, ..self }
    }

    /// All p-fields from p4 on. Not together with [`Sched::arg`].
    pub fn args(self, args: impl IntoIterator<Item = impl Into<Arg>>) -> Self {
        Self { list: Some(args.into_iter().map(Into::into).collect()), ..self }
    }

    /// The next p-field, beginning with p4.
    pub fn arg(mut self, value: impl Into<Arg>) -> Self {
        self.single.push(value.into());
        self
    }

    /// A p-field by its name in the instrument (`kfreq = p4`) or its number (`p4`). As soon as one is given so,
    /// the others have the instrument's `pset` values.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Arg>) -> Self {
        self.named.push((name.into(), value.into()));
        self
    }

    /// As an instance of its own, which can be stopped and changed alone.
    pub fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    /// A comment, for the exported score.
    pub fn comment(self, text: impl Into<String>) -> Self {
        Self { comment: text.into(), ..self }
    }
}
