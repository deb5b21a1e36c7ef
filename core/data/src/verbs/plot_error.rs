//! Why there is no picture.

/// What is wrong with the table or with the options of its picture.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PlotError {
    /// Not one frame.
    #[error("the table has no frames to draw")]
    Empty,
    /// A channel that the table does not have.
    #[error("the table has no channel {given}; it has 1 to {channels}")]
    Channel {
        /// The channel asked for.
        given: usize,
        /// How many there are.
        channels: usize,
    },
    /// A picture that is too small to read or too large to keep.
    #[error("a picture's {side} is {min} to {max} pixels, not {given}")]
    Size {
        /// `width` or `height`.
        side: &'static str,
        /// The pixels asked for.
        given: usize,
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// More channels than have room above one another.
    #[error(
        "{channels} channels do not fit into {height} pixels; choose one with `channel`, or a greater `height`"
    )]
    Crowded {
        /// How many channels there are.
        channels: usize,
        /// The picture's height in pixels.
        height: usize,
    },
    /// A rate that is not a number above 0.
    #[error("a rate is more than 0 frames per second, not {0}")]
    Rate(f64),
    /// A size that is no power of two, or outside the range.
    #[error("fft_size is a power of two from {min} to {max}, not {given}")]
    FftSize {
        /// The size asked for, in frames.
        given: usize,
        /// The smallest.
        min: usize,
        /// The largest.
        max: usize,
    },
    /// An overlap outside its range.
    #[error("overlap is 1 to {max} windows, not {given}")]
    Overlap {
        /// The overlap asked for.
        given: usize,
        /// The greatest.
        max: usize,
    },
    /// A floor outside its range.
    #[error("min_db is {min} to {max} dB, not {given}")]
    Floor {
        /// The floor asked for, in dB.
        given: f64,
        /// The lowest.
        min: f64,
        /// The highest.
        max: f64,
    },
    /// Frequencies that make no range, or that this sound cannot have.
    #[error(
        "min_freq and max_freq are a range inside 0 to {nyquist} Hz, half of this table's rate, not {low} to {high} Hz"
    )]
    Frequencies {
        /// The lower frequency asked for, in Hz.
        low: f64,
        /// The higher one.
        high: f64,
        /// The highest that is possible.
        nyquist: f64,
    },
}
