//! Naming instruments and events.

use serde::{Deserialize, Serialize};

use std::fmt;

use super::Instances;

/// An instrument, or one of its instances, as the user names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Instr {
    /// All of the instrument with this number.
    Number(u32),
    /// The instance with this p1, which has a fraction.
    Instance(f64),
    /// The instrument of this name; `name.0002` is one of its instances.
    Name(String),
    /// What an event was scheduled as, in its engine.
    Event(EventId),
}

impl From<u32> for Instr {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Instr {
    /// A number below 1 names no instrument and is refused where it is used.
    fn from(number: i32) -> Self {
        Self::Number(u32::try_from(number).unwrap_or(0))
    }
}

impl From<f64> for Instr {
    /// A whole number means the instrument, any other one instance of it.
    fn from(p1: f64) -> Self {
        if p1.fract() == 0.0 && (0.0..f64::from(u32::MAX)).contains(&p1) {
            Self::Number(p1 as u32)
        } else {
            Self::Instance(p1)
        }
    }
}

impl From<&str> for Instr {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<String> for Instr {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}

impl From<&EventId> for Instr {
    fn from(id: &EventId) -> Self {
        Self::Event(id.clone())
    }
}

impl fmt::Display for Instr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Instance(p1) => write!(f, "{p1}"),
            Self::Name(name) => f.write_str(name),
            Self::Event(id) => write!(f, "{id}"),
        }
    }
}

/// An event that was scheduled: what unsched, setp, getp and automatep are told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventId {
    /// The serial number of its engine.
    engine: u64,
    /// The instrument's name, where it was scheduled by name.
    name: Option<String>,
    /// p1 as Csound has it.
    p1: f64,
}

impl EventId {
    /// An instrument or instance, as it was named and as Csound has it. `[any]`
    pub fn new(name: Option<String>, p1: f64) -> Self {
        Self { engine: 0, name, p1 }
    }

    /// One instance of the same instrument.
    pub fn instance(self, fraction: f64) -> Self {
        Self { p1: self.p1 + fraction, ..self }
    }

    /// The same, of the engine with this serial number. `[any]`
    pub fn of_engine(self, engine: u64) -> Self {
        Self { engine, ..self }
    }

    /// The serial number of its engine. `[any]`
    pub fn engine(&self) -> u64 {
        self.engine
    }

    /// The instrument's name, where it was scheduled by name. `[any]`
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// p1 as Csound has it: the instrument's number and, for one instance, a fraction. `[any]`
    pub fn p1(&self) -> f64 {
        self.p1
    }

    /// The instrument's number. `[any]`
    pub fn number(&self) -> i32 {
        self.p1 as i32
    }

    /// Whether it was scheduled by name. `[any]`
    pub fn is_named(&self) -> bool {
        self.name.is_some()
    }

    /// One instance, or all of an instrument. `[any]`
    pub fn which(&self) -> Instances {
        if self.is_unique() { Instances::Exactly(self.p1) } else { Instances::All(self.number()) }
    }

    /// Whether it is one instance and not all of its instrument. `[any]`
    pub fn is_unique(&self) -> bool {
        self.p1.fract() != 0.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            None => write!(f, "{}", self.p1),
            Some(name) => {
                let ten_thousandths = (self.p1.fract() * 10_000.0).round() as u32;
                let digits = format!("{ten_thousandths:04}");
                match digits.trim_end_matches('0') {
                    "" => f.write_str(name),
                    digits => write!(f, "{name}.{digits}"),
                }
            }
        }
    }
}

/// `name.frac` taken apart; a name without a fraction stays whole. `[any]`
pub fn split_name(text: &str) -> (&str, f64) {
    text.rsplit_once('.')
        .filter(|(name, digits)| {
            !name.is_empty() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        })
        .and_then(|(name, digits)| Some((name, format!("0.{digits}").parse().ok()?)))
        .unwrap_or((text, 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_numbers_and_instances() {
        assert_eq!(Instr::from(100.0), Instr::Number(100));
        assert_eq!(Instr::from(100.3), Instr::Instance(100.3));
        assert_eq!(split_name("synth.0002"), ("synth", 0.0002));
        assert_eq!(split_name("synth.b"), ("synth.b", 0.0));
        assert_eq!(EventId::new(Some("synth".into()), 7.0002).to_string(), "synth.0002");
        assert_eq!(EventId::new(Some("synth".into()), 7.001).to_string(), "synth.001");
        assert_eq!(EventId::new(None, 100.0002).to_string(), "100.0002");
    }
}
