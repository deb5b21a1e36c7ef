//! What can be said about a picture: units, ranges, defaults.

use super::PlotError;

/// The sides of a picture, in pixels.
const SIDE_MAX: usize = 4096;
const WIDTH_MIN: usize = 320;
const HEIGHT_MIN: usize = 200;
/// The sizes of a Fourier transform, in frames.
const FFT_SIZES: (usize, usize) = (32, 65_536);
/// Windows that may lie over one another.
const OVERLAP_MAX: usize = 32;
/// Levels of a spectrogram's darkest colour, in dB.
const FLOORS_DB: (f64, f64) = (-200.0, -10.0);

/// How a table's values are drawn.
///
/// With a rate they are a sound: the axis below is in seconds. Without, it is in places of the table, from 0. Each
/// channel has a lane of its own; all lanes have one scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotTable {
    /// Frames per second, above 0. `None` is the table's own rate, if it has one. Default: `None`.
    pub rate: Option<f64>,
    /// The channel to draw, from 1; 0 for all, one above the other. Default: 0.
    pub channel: usize,
    /// The picture's width in pixels, 320 to 4096. Default: 1200.
    pub width: usize,
    /// Its height in pixels, 200 to 4096. `None` is 440 for one channel and more for more. Default: `None`.
    pub height: Option<usize>,
}

impl Default for PlotTable {
    fn default() -> Self {
        Self { rate: None, channel: 0, width: 1200, height: None }
    }
}

/// How a table's frequencies are drawn over its time.
///
/// A window of `fft_size` frames (Hann) moves over one channel by `fft_size / overlap` frames. 0 dB is a sine whose
/// amplitude is the engine's `0dbfs`; the scale goes up to there, and further where the sound does. A pixel that
/// several windows fall on has the mean of their powers; where these are very many, as in a sound of hours, evenly
/// chosen ones of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlotSpectrogram {
    /// Frames in a window: a power of two, 32 to 65536. More show frequencies finer and times coarser. Default: 2048.
    pub fft_size: usize,
    /// How many windows lie over each frame, 1 to 32. Default: 4.
    pub overlap: usize,
    /// The level of the darkest colour in dB, -200 to -10. Default: -90.
    pub min_db: f64,
    /// The frequency at the bottom in Hz, from 0. Default: 0.
    pub min_freq: f64,
    /// The frequency at the top in Hz, at most half the rate. `None` is that half. Default: `None`.
    pub max_freq: Option<f64>,
    /// Frames per second of a table that has no rate of its own, above 0. Default: 44100.
    pub fallback_rate: f64,
    /// The channel to draw, from 1. Default: 1.
    pub channel: usize,
    /// The picture's width in pixels, 320 to 4096. Default: 1200.
    pub width: usize,
    /// Its height in pixels, 200 to 4096. Default: 560.
    pub height: usize,
}

impl Default for PlotSpectrogram {
    fn default() -> Self {
        Self {
            fft_size: 2048,
            overlap: 4,
            min_db: -90.0,
            min_freq: 0.0,
            max_freq: None,
            fallback_rate: 44_100.0,
            channel: 1,
            width: 1200,
            height: 560,
        }
    }
}

impl PlotTable {
    /// # Errors
    /// [`PlotError::Rate`], [`PlotError::Channel`], [`PlotError::Size`].
    pub(super) fn check(&self, channels: usize) -> Result<(), PlotError> {
        self.rate.map_or(Ok(()), check_rate)?;
        if self.channel > channels {
            return Err(PlotError::Channel { given: self.channel, channels });
        }
        check_size(self.width, self.height.unwrap_or(HEIGHT_MIN))
    }
}

impl PlotSpectrogram {
    /// # Errors
    /// Everything but [`PlotError::Empty`], [`PlotError::Crowded`] and [`PlotError::Frequencies`].
    pub(super) fn check(&self, channels: usize) -> Result<(), PlotError> {
        let (min, max) = FFT_SIZES;
        if !self.fft_size.is_power_of_two() || !(min..=max).contains(&self.fft_size) {
            return Err(PlotError::FftSize { given: self.fft_size, min, max });
        }
        if !(1..=OVERLAP_MAX).contains(&self.overlap) {
            return Err(PlotError::Overlap { given: self.overlap, max: OVERLAP_MAX });
        }
        let (min, max) = FLOORS_DB;
        if !(min..=max).contains(&self.min_db) {
            return Err(PlotError::Floor { given: self.min_db, min, max });
        }
        check_rate(self.fallback_rate)?;
        if !(1..=channels).contains(&self.channel) {
            return Err(PlotError::Channel { given: self.channel, channels });
        }
        check_size(self.width, self.height)
    }

    /// The lowest and the highest frequency, in Hz.
    ///
    /// # Errors
    /// [`PlotError::Frequencies`].
    pub(super) fn frequencies(&self, rate: f64) -> Result<(f64, f64), PlotError> {
        let nyquist = rate / 2.0;
        let (low, high) = (self.min_freq, self.max_freq.unwrap_or(nyquist));
        if low >= 0.0 && low < high && high <= nyquist {
            Ok((low, high))
        } else {
            Err(PlotError::Frequencies { low, high, nyquist })
        }
    }
}

fn check_rate(rate: f64) -> Result<(), PlotError> {
    if rate.is_finite() && rate > 0.0 { Ok(()) } else { Err(PlotError::Rate(rate)) }
}

fn check_size(width: usize, height: usize) -> Result<(), PlotError> {
    for (side, given, min) in [("width", width, WIDTH_MIN), ("height", height, HEIGHT_MIN)] {
        if !(min..=SIDE_MAX).contains(&given) {
            return Err(PlotError::Size { side, given, min, max: SIDE_MAX });
        }
    }
    Ok(())
}
