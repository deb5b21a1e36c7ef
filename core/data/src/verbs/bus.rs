//! Buses as they are named and asked for.

use serde::{Deserialize, Serialize};

/// How many buses an engine has room for, and where its tokens begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusSizes {
    /// Audio buses; each takes ksmps samples.
    pub audio: usize,
    /// Control buses.
    pub control: usize,
    /// The first token that is given out.
    pub first_token: i64,
}

impl Default for BusSizes {
    /// 64 audio buses, 512 control buses, tokens from 0.
    fn default() -> Self {
        Self { audio: 64, control: 512, first_token: 0 }
    }
}

/// What a bus carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BusKind {
    /// A cycle of mono audio, silent again with every new cycle.
    Audio,
    /// A number that stays until it is written again.
    Control,
}

/// The name of a bus: what instruments get as a p-field and hand to `busin`, `busout`, `busmix`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BusToken(pub i64);

impl BusToken {
    /// The token that a number in an orchestra stands for; `None` for what is not whole (NaN too). `[any]`
    pub fn from_number(number: f64) -> Option<Self> {
        // Beyond 2^53 a double no longer tells whole numbers apart.
        let whole = number.fract() == 0.0 && number.abs() < 9.0e15;
        whole.then_some(Self(number as i64))
    }

    /// The token as an orchestra sees it. `[any]`
    pub fn number(self) -> f64 {
        self.0 as f64
    }
}

/// A bus of one engine, as [`BusToken`] is its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bus {
    engine: u64,
    token: BusToken,
}

impl Bus {
    /// Stands for whichever engine is asked: what is known of the bus is its number alone.
    pub const NO_ENGINE: u64 = 0;

    /// A bus that an engine gave out. `[any]`
    pub fn new(engine: u64, token: BusToken) -> Self {
        Self { engine, token }
    }

    /// The serial number of its engine, or [`Bus::NO_ENGINE`]. `[any]`
    pub fn engine(self) -> u64 {
        self.engine
    }

    /// Its name in the orchestra. `[any]`
    pub fn token(self) -> BusToken {
        self.token
    }

    /// The token as an orchestra sees it. `[any]`
    pub fn number(self) -> f64 {
        self.token.number()
    }
}

impl From<BusToken> for Bus {
    fn from(token: BusToken) -> Self {
        Self { engine: Self::NO_ENGINE, token }
    }
}

impl std::fmt::Display for BusToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a bus did not do what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    /// There never was such a bus, or it was released.
    #[error("there is no bus {0}: it was released, or never assigned")]
    Unknown(BusToken),
    /// The bus carries something else.
    #[error("bus {token} is {}, not {}", kind_name(*.is), kind_name(.is.other()))]
    WrongKind {
        /// The bus.
        token: BusToken,
        /// What it carries.
        is: BusKind,
    },
    /// Every bus of this kind is taken.
    #[error("{} cannot be had: all are taken", kind_name(*.0))]
    PoolExhausted(BusKind),
    /// An audio bus cannot be given a value.
    #[error("an audio bus has no value")]
    AudioValue,
}

fn kind_name(kind: BusKind) -> &'static str {
    match kind {
        BusKind::Audio => "an audio bus",
        BusKind::Control => "a control bus",
    }
}

impl BusKind {
    fn other(self) -> Self {
        match self {
            Self::Audio => Self::Control,
            Self::Control => Self::Audio,
        }
    }
}

/// One bus, as [`BusStatus`] lists it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BusInfo {
    /// Its token.
    pub token: BusToken,
    /// What it carries.
    pub kind: BusKind,
    /// How many calls of bus opcodes use it now.
    pub users: u32,
    /// Whether it stays when its last user goes.
    pub persists: bool,
    /// A control bus's value, `None` for audio and where none was ever written.
    pub value: Option<f64>,
}

/// What a bus carries at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BusReading {
    /// The bus.
    pub token: BusToken,
    /// What it carries.
    pub kind: BusKind,
    /// A control bus's value; the greatest absolute sample of an audio bus's last cycle.
    pub value: f64,
}

/// The state of all buses.
#[derive(Debug, Clone, PartialEq)]
pub struct BusStatus {
    /// How many there can be.
    pub sizes: BusSizes,
    /// The assigned ones, by token.
    pub buses: Vec<BusInfo>,
}

impl BusStatus {
    /// How many buses of a kind are assigned. `[any]`
    pub fn used(&self, kind: BusKind) -> usize {
        self.buses.iter().filter(|bus| bus.kind == kind).count()
    }
}
