//! A line as it is asked for.

use serde::{Deserialize, Serialize};

use super::{Curve, EngineError, Points, When};

/// A line as it is asked for.
///
/// ```
/// # use ksmps_data::verbs::{Automation, Curve};
/// let line = Automation::new(&[0.0, 440.0, 3.0, 200.0])?.curve(Curve::Cos).delay(2.0).overtake();
/// # Ok::<(), ksmps_data::verbs::EngineError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Automation {
    /// Its breakpoints.
    pub points: Points,
    /// How it goes from point to point.
    pub curve: Curve,
    /// When it starts.
    pub when: When,
    /// Whether its first value is the one that is found when it starts.
    pub overtake: bool,
    /// Whether each cycle has the value of its end, and every point its own time.
    pub at_cycle_ends: bool,
}

impl Automation {
    /// A straight line through `t0, value0, t1, value1, …`; times count from its start, which is now.
    ///
    /// # Errors
    /// [`EngineError::OddPairs`], [`EngineError::BadPoints`].
    pub fn new(flat: &[f64]) -> Result<Self, EngineError> {
        Ok(Self::through(Points::from_flat(flat)?))
    }

    /// A straight line through points.
    pub fn through(points: Points) -> Self {
        Self { points, curve: Curve::Linear, when: When::default(), overtake: false, at_cycle_ends: false }
    }

    /// How it goes from point to point.
    pub fn curve(self, curve: Curve) -> Self {
        Self { curve, ..self }
    }

    /// Starts this many seconds from now.
    pub fn delay(self, seconds: f64) -> Self {
        Self { when: When::In(seconds), ..self }
    }

    /// Starts at this time of the engine, in seconds.
    pub fn at(self, seconds: f64) -> Self {
        Self { when: When::At(seconds), ..self }
    }

    /// In each cycle it has the line's value at the cycle's end, and every point at its own time: how sessions move
    /// parameters.
    pub fn at_cycle_ends(self) -> Self {
        Self { at_cycle_ends: true, ..self }
    }

    /// Its first value is the one that is found when it starts. A first value of NaN says the same.
    pub fn overtake(self) -> Self {
        Self { overtake: true, ..self }
    }
}

/// A line that was asked for, to take it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LineId {
    /// The engine's serial number.
    pub engine: u64,
    /// The line's number in its engine.
    pub number: u64,
}
