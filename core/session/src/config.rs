//! How a session is set up.

use serde::{Deserialize, Serialize};

use super::SessionError;

/// What a session is set up with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionConfig {
    /// Frames per second, 1,000 to 1,000,000.
    pub sr: u32,
    /// Frames in a cycle, 1 to 8,192.
    pub ksmps: u32,
    /// Output channels, 1 to 256.
    pub channels: u32,
    /// The frequency of A4 in Hz.
    pub a4: f64,
    /// How many priorities there are, 1 to 50.
    pub priorities: u32,
    /// How many audio buses there can be at once, up to 100,000.
    pub audio_buses: usize,
    /// How many control buses there can be at once, up to 1,000,000.
    pub control_buses: usize,
    /// Places an event has in the table of controls, up to 1,000; a template with more makes it larger.
    pub controls_per_event: usize,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            sr: 44_100,
            ksmps: 64,
            channels: 2,
            a4: 442.0,
            priorities: 10,
            audio_buses: 1000,
            control_buses: 10_000,
            controls_per_event: 16,
        }
    }
}

impl SessionConfig {
    /// Whether every value is in its range. `[any]`
    ///
    /// # Errors
    /// [`SessionError::Configuration`].
    pub fn check(&self) -> Result<(), SessionError> {
        let wrong = |what: String| Err(SessionError::Configuration(what));
        match self {
            Self { sr, .. } if !(1_000..=1_000_000).contains(sr) => {
                wrong(format!("a rate of {sr} Hz is outside 1000 to 1000000"))
            }
            Self { ksmps, .. } if !(1..=8_192).contains(ksmps) => {
                wrong(format!("ksmps {ksmps} is outside 1 to 8192"))
            }
            Self { channels, .. } if !(1..=256).contains(channels) => {
                wrong(format!("{channels} channels are outside 1 to 256"))
            }
            Self { a4, .. } if !(a4.is_finite() && *a4 > 0.0) => wrong(format!("A4 at {a4} Hz is no pitch")),
            Self { priorities, .. } if !(1..=50).contains(priorities) => {
                wrong(format!("{priorities} priorities are outside 1 to 50"))
            }
            Self { audio_buses, .. } if *audio_buses > 100_000 => {
                wrong(format!("{audio_buses} audio buses are more than 100000"))
            }
            Self { control_buses, .. } if *control_buses > 1_000_000 => {
                wrong(format!("{control_buses} control buses are more than 1000000"))
            }
            Self { controls_per_event, .. } if *controls_per_event > 1_000 => {
                wrong(format!("{controls_per_event} controls of an event are more than 1000"))
            }
            _ => Ok(()),
        }
    }
}
