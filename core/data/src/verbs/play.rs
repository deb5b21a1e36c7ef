//! What sounds without an orchestra of the user's, as it is asked for.

use super::{Clock, When};

/// How a table's sound is played. p4 is the gain and p5 the speed: both can be changed while it plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaySample {
    /// When it starts.
    pub when: When,
    /// Seconds; negative for as long as the sound lasts.
    pub dur: f64,
    /// The first output channel, from 1.
    pub channel: usize,
    /// 2 is an octave higher.
    pub speed: f64,
    /// What it is multiplied with.
    pub gain: f64,
    /// Seconds of fade at both ends; at least two cycles.
    pub fade: f64,
    /// Seconds into the sound at which it begins.
    pub start: f64,
    /// Seconds in which the speed follows a change; the gain follows within a cycle.
    pub lag: f64,
}

impl Default for PlaySample {
    fn default() -> Self {
        let when = When::default();
        Self { when, dur: -1.0, channel: 1, speed: 1.0, gain: 1.0, fade: 0.0, start: 0.0, lag: 0.01 }
    }
}

/// How a sound file is played from disk. p5 is the gain and p6 the speed: both can be changed while it plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlayDisk {
    /// When it starts.
    pub when: When,
    /// Seconds; negative for as long as the file lasts.
    pub dur: f64,
    /// The first output channel, from 1; 0 is the first too.
    pub channel: usize,
    /// 2 is an octave higher.
    pub speed: f64,
    /// What it is multiplied with.
    pub gain: f64,
    /// Seconds of fade at both ends; at least two cycles.
    pub fade: f64,
}

impl Default for PlayDisk {
    fn default() -> Self {
        Self { when: When::default(), dur: -1.0, channel: 0, speed: 1.0, gain: 1.0, fade: 0.01 }
    }
}

/// A soundfont's preset that was prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Preset(pub u32);

/// How a soundfont's note is played. p4 is the pitch and p5 the amplitude: both can be changed while it plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaySoundfont {
    /// When it starts.
    pub when: When,
    /// Seconds; negative for as long as it sounds.
    pub dur: f64,
    /// Amplitude, relative to full scale.
    pub amp: f64,
    /// Velocity 0 to 127, which chooses the sample; `None` takes it from the amplitude.
    pub velocity: Option<u8>,
    /// The first of two output channels, from 1.
    pub channel: usize,
}

impl Default for PlaySoundfont {
    fn default() -> Self {
        Self { when: When::default(), dur: -1.0, amp: 0.7, velocity: None, channel: 1 }
    }
}

/// What a test of the outputs sounds like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TestSignal {
    /// Pink noise.
    #[default]
    Pink,
    /// A sine of 1 kHz.
    Sine,
}

impl TestSignal {
    /// p4 and what follows, as the player of the signal takes them. `[any]`
    pub fn pfields(self, period: f64, gain_db: f64, clock: Clock) -> [f64; 3] {
        let signal = if self == Self::Sine { 1.0 } else { 0.0 };
        [period.max(clock.cycle_seconds()), signal, gain_db]
    }
}
