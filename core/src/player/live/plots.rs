//! Pictures of the playing engine's tables: a copy is drawn, on the caller's thread.

use std::path::Path;
use std::time::Duration;

use crate::engine::verbs::check_picture_name;
use crate::plot::{self, Picture, PlotError, PlotSpectrogram, PlotTable, Samples};

use super::super::Control;
use super::LiveError;

impl Control {
    /// Draws a table's values into a PNG file, as [`crate::engine::verbs::Verbs::plot_table`]; waits for them while blocks are
    /// processed, up to `patience`. A rate that is the engine's own makes seconds only of what was read from a file;
    /// for others it is given in the options. [control]
    ///
    /// # Errors
    /// As [`Control::table_data`] and [`crate::engine::verbs::Verbs::plot_table`].
    pub fn plot_table(
        &self,
        table: u32,
        options: PlotTable,
        path: &Path,
        patience: Duration,
    ) -> Result<(), LiveError> {
        self.plot(table, path, patience, |samples| plot::waveform(samples, &options))
    }

    /// Draws the frequencies of the sound in a table into a PNG file, as
    /// [`crate::engine::verbs::Verbs::plot_table_spectrogram`]; waits as [`Control::plot_table`]. [control]
    ///
    /// # Errors
    /// As [`Control::plot_table`].
    pub fn plot_table_spectrogram(
        &self,
        table: u32,
        options: PlotSpectrogram,
        path: &Path,
        patience: Duration,
    ) -> Result<(), LiveError> {
        self.plot(table, path, patience, |samples| plot::spectrogram(samples, &options))
    }

    fn plot(
        &self,
        table: u32,
        path: &Path,
        patience: Duration,
        draw: impl FnOnce(&Samples) -> Result<Picture, PlotError>,
    ) -> Result<(), LiveError> {
        check_picture_name(path)?;
        let (about, data) = self.copy_table(table, patience)?;
        about.plot(&data, path, draw).map_err(LiveError::from)
    }
}
