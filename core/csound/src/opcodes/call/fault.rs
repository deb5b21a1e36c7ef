//! How an opcode fails.

use ksmps_data::verbs::BusError;

/// Why an opcode ends its note.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("{0}")]
    Bus(#[from] BusError),
    #[error("{0} is no bus token")]
    NoToken(f64),
    #[error("there is no table {0}")]
    NoTable(f64),
    #[error("there is no instrument {0}")]
    NoInstrument(Box<str>),
    #[error("the instrument has no p{0} to reach")]
    NoPfield(f64),
    #[error("there is no dictionary {0}")]
    NoDict(f64),
    #[error("there is no pool {0}")]
    NoPool(f64),
    #[error("there is no table {number} of {what} for {opcode}: make it before the note starts")]
    NoTableOf { opcode: &'static str, what: &'static str, number: f64 },
    #[error(
        "beadsynt has {0} frequencies, {1} amplitudes and {2} bandwidths: give it as many of each, and at least one"
    )]
    UnevenPartials(usize, usize, usize),
    #[error(
        "beadsynt is to play {wanted} partials, but there are only {have} {what}: give it more, or a smaller inumosc"
    )]
    TooFewForPartials { wanted: usize, have: usize, what: &'static str },
    #[error("unknown interpolation \"{0}\": linear, cos, cubic, smooth, smoother, floor or exp=x")]
    NoShape(Box<str>),
    /// What the orchestra itself has to say.
    #[error("{0}")]
    Said(Box<str>),
    #[error("{0}")]
    Misused(&'static str),
    #[error("the opcode failed")]
    Panicked,
}
