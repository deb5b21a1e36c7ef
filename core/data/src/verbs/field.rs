//! p-fields as they are named.

use serde::{Deserialize, Serialize};

use super::EngineError;

/// A p-field, by its number or by its name in the instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// 4 or higher.
    Number(usize),
    /// As the instrument names it (`kfreq = p4`), or `p4`.
    Name(String),
}

impl From<usize> for Field {
    fn from(number: usize) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Field {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

/// How many p-fields one setp changes at most.
pub const SETP_PAIRS_MAX: usize = 5;

/// The p-fields that one setp changes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    /// p-field numbers and values.
    pub pairs: [(u16, f64); SETP_PAIRS_MAX],
    /// How many of them count.
    pub count: usize,
}

/// A p-field that can be changed.
///
/// # Errors
/// [`EngineError::FixedField`].
pub fn changeable(index: usize) -> Result<usize, EngineError> {
    if (4..=PFIELDS_MAX).contains(&index) { Ok(index) } else { Err(EngineError::FixedField(index)) }
}

/// How many p-fields an event can have.
pub const PFIELDS_MAX: usize = 1900;
