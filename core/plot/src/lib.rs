//! Pictures of tables: the values as a curve, a sound's frequencies over its time.
//!
//! A picture is made from values that somebody lends ([`Samples`]) and from options with a default for everything.
//! It is the same, pixel by pixel, whenever these are the same. Letters are part of the library, so no font is needed
//! on the machine. However long a table is, work and memory for its picture have a bound: a curve is the range of
//! each column, and a spectrum is taken so many times a column and no more.
//!
//! Nothing here knows Csound or files: whoever asks for a picture has the table and writes the file. Everything is **`[control]`**.
//!
//! ```
//! use ksmps_plot::{PlotTable, Samples, waveform};
//!
//! let sine: Vec<f64> = (0..64).map(|n| (f64::from(n) / 64.0 * std::f64::consts::TAU).sin()).collect();
//! let picture = waveform(&Samples::new("A period", &sine), &PlotTable::default())?;
//! assert_eq!((picture.width(), picture.height()), (1200, 440));
//! # Ok::<(), ksmps_plot::PlotError>(())
//! ```

mod axes;
mod canvas;
mod colours;
mod columns;
mod layout;
mod options;
mod samples;
mod scale;
mod spectrogram;
mod spectrum;
mod text;
mod ticks;
mod waveform;

pub use canvas::Picture;
pub use ksmps_data::verbs::PlotError;
pub use options::{PlotSpectrogram, PlotTable};
pub use samples::Samples;
pub use spectrogram::spectrogram;
pub use waveform::waveform;
