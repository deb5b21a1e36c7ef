//! The values that are drawn, and what is known of them.

use super::PlotError;

/// Values to draw, lent for as long as the picture is being made.
#[derive(Debug, Clone, Copy)]
pub struct Samples<'a> {
    /// What the picture is called, in ASCII; other letters are drawn as `?`.
    pub title: &'a str,
    /// The values, interleaved.
    pub data: &'a [f64],
    /// Channels; 0 counts as 1.
    pub channels: usize,
    /// Frames per second, where it is a sound.
    pub rate: Option<f64>,
    /// The amplitude that is 0 dB.
    pub full_scale: f64,
}

impl<'a> Samples<'a> {
    /// Values of one channel, without a rate; 1.0 is 0 dB. `[any]`
    pub fn new(title: &'a str, data: &'a [f64]) -> Self {
        Self { title, data, channels: 1, rate: None, full_scale: 1.0 }
    }

    pub(super) fn channels(&self) -> usize {
        self.channels.max(1)
    }

    /// How many whole frames there are.
    ///
    /// # Errors
    /// [`PlotError::Empty`].
    pub(super) fn frames(&self) -> Result<usize, PlotError> {
        match self.data.len() / self.channels() {
            0 => Err(PlotError::Empty),
            frames => Ok(frames),
        }
    }

    /// One channel, from 0.
    pub(super) fn channel(&self, channel: usize) -> Channel<'a> {
        let stride = self.channels();
        Channel { data: self.data, stride, channel, frames: self.data.len() / stride }
    }
}

/// One channel of interleaved values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Channel<'a> {
    data: &'a [f64],
    stride: usize,
    channel: usize,
    /// Its length.
    pub frames: usize,
}

impl<'a> Channel<'a> {
    /// The value at a frame that exists.
    pub fn at(&self, frame: usize) -> f64 {
        self.data[frame * self.stride + self.channel]
    }

    /// The values of these frames, which exist.
    pub fn range(self, frames: std::ops::Range<usize>) -> impl Iterator<Item = f64> + 'a {
        let (data, channel) = (self.data, self.channel);
        data[frames.start * self.stride..frames.end * self.stride]
            .chunks_exact(self.stride)
            .map(move |frame| frame[channel])
    }

    /// What a look at every value says.
    pub fn survey(self) -> Survey {
        self.range(0..self.frames).fold(Survey::default(), Survey::with)
    }
}

/// What values have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Survey {
    /// The lowest number; above `max` where there is none.
    pub min: f64,
    /// The highest number.
    pub max: f64,
    /// How many are NaN or infinite.
    pub strange: usize,
}

impl Default for Survey {
    fn default() -> Self {
        Self { min: f64::INFINITY, max: f64::NEG_INFINITY, strange: 0 }
    }
}

impl Survey {
    pub fn with(self, value: f64) -> Self {
        if value.is_finite() {
            Self { min: self.min.min(value), max: self.max.max(value), ..self }
        } else {
            Self { strange: self.strange + 1, ..self }
        }
    }

    pub fn and(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            strange: self.strange + other.strange,
        }
    }

    /// The amplitude, 0 where there is no number.
    pub fn peak(self) -> f64 {
        if self.min <= self.max { self.min.abs().max(self.max.abs()) } else { 0.0 }
    }
}
