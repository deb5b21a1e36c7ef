//! What is known of a table, and its picture.

use std::path::Path;

use ksmps_data::verbs::{EngineError, TableInfo};
use ksmps_plot::{self, Picture, PlotError, PlotSpectrogram, PlotTable, Samples};

use super::super::command::TableReading;

/// What is known of a table, and what decides how it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TableAbout {
    /// What is in it.
    pub info: TableInfo,
    /// Whether somebody said a rate, or a file was read.
    pub is_sound: bool,
    /// The amplitude that is 0 dB.
    pub full_scale: f64,
}

impl TableAbout {
    /// Of what an engine read. `[any]`
    pub(super) fn of_reading(reading: TableReading) -> Self {
        let TableReading { number, length, rate, channels, is_sound, full_scale } = reading;
        let frames = length / channels.max(1);
        Self { info: TableInfo { number, rate, channels, frames, length }, is_sound, full_scale }
    }

    /// Draws the table's values into a PNG file; one that exists is replaced. `[control]`
    ///
    /// # Errors
    /// [`EngineError::Plot`], [`EngineError::File`].
    pub fn plot(
        &self,
        engine_rate: f64,
        data: &[f64],
        options: &PlotTable,
        path: &Path,
    ) -> Result<(), EngineError> {
        self.draw(engine_rate, data, path, |samples| ksmps_plot::waveform(samples, options))
    }

    /// Draws the frequencies of the sound in the table into a PNG file; one that exists is replaced. `[control]`
    ///
    /// # Errors
    /// As [`TableAbout::plot`].
    pub fn plot_spectrogram(
        &self,
        engine_rate: f64,
        data: &[f64],
        options: &PlotSpectrogram,
        path: &Path,
    ) -> Result<(), EngineError> {
        self.draw(engine_rate, data, path, |samples| ksmps_plot::spectrogram(samples, options))
    }

    fn draw(
        &self,
        engine_rate: f64,
        data: &[f64],
        path: &Path,
        draw: impl FnOnce(&Samples) -> Result<Picture, PlotError>,
    ) -> Result<(), EngineError> {
        check_picture_name(path)?;
        let TableInfo { number, rate, channels, .. } = self.info;
        let title = format!("Table {number}");
        // Csound gives the orchestra's rate to every table that has no other; a waveform or an envelope is no sound for
        // that.
        let has_seconds = rate > 0.0 && (self.is_sound || rate != engine_rate);
        let rate = has_seconds.then_some(rate);
        let picture = draw(&Samples { title: &title, data, channels, rate, full_scale: self.full_scale })?;
        let written = picture.png().and_then(|bytes| std::fs::write(path, bytes));
        written.map_err(|error| EngineError::File { path: path.to_owned(), reason: error.to_string() })
    }
}

/// # Errors
/// [`EngineError::File`] where a file's name does not say that it is a PNG file.
pub fn check_picture_name(path: &Path) -> Result<(), EngineError> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png")) {
        return Ok(());
    }
    let reason = "pictures are PNG files: give a name that ends in .png".into();
    Err(EngineError::File { path: path.to_owned(), reason })
}
