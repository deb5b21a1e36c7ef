//! Pictures of tables, as PNG files.

use std::path::Path;

use crate::csound::Running;
use crate::plot::{self, Picture, PlotError, PlotSpectrogram, PlotTable, Samples};

use super::{EngineError, TableInfo, Verbs};

impl Verbs {
    /// Draws a table's values into a PNG file; one that exists is replaced. [control]
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`EngineError::Plot`] for a table without frames and options that cannot be,
    /// [`EngineError::File`] where the file cannot be written or its name does not end in `.png`.
    pub fn plot_table(
        &self,
        running: &mut Running,
        table: u32,
        options: PlotTable,
        path: &Path,
    ) -> Result<(), EngineError> {
        self.plot(running, table, path, |samples| plot::waveform(samples, &options))
    }

    /// Draws the frequencies of the sound in a table into a PNG file; one that exists is replaced. [control]
    ///
    /// # Errors
    /// As [`Verbs::plot_table`].
    pub fn plot_table_spectrogram(
        &self,
        running: &mut Running,
        table: u32,
        options: PlotSpectrogram,
        path: &Path,
    ) -> Result<(), EngineError> {
        self.plot(running, table, path, |samples| plot::spectrogram(samples, &options))
    }

    fn plot(
        &self,
        running: &mut Running,
        table: u32,
        path: &Path,
        draw: impl FnOnce(&Samples) -> Result<Picture, PlotError>,
    ) -> Result<(), EngineError> {
        check_name(path)?;
        let about = AboutSound {
            info: self.table_info(running, table)?,
            is_sound: self.table_was_described(table) || running.is_from_file(table),
            engine_rate: running.rate(),
            full_scale: running.zero_dbfs(),
        };
        about.plot(self.table_data(running, table)?, path, draw)
    }
}

/// What decides how a table is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AboutSound {
    pub info: TableInfo,
    /// Somebody said a rate, or a file was read.
    pub is_sound: bool,
    /// The orchestra's rate. Csound gives it to every table that has no other; a waveform or an envelope is no sound
    /// for that.
    pub engine_rate: f64,
    /// The amplitude that is 0 dB.
    pub full_scale: f64,
}

impl AboutSound {
    /// Draws these values into a file whose name was checked.
    pub fn plot(
        &self,
        data: &[f64],
        path: &Path,
        draw: impl FnOnce(&Samples) -> Result<Picture, PlotError>,
    ) -> Result<(), EngineError> {
        let TableInfo { number, rate, channels, .. } = self.info;
        let title = format!("Table {number}");
        let has_seconds = rate > 0.0 && (self.is_sound || rate != self.engine_rate);
        let rate = has_seconds.then_some(rate);
        let picture = draw(&Samples { title: &title, data, channels, rate, full_scale: self.full_scale })?;
        let written = picture.png().and_then(|bytes| std::fs::write(path, bytes));
        written.map_err(|error| EngineError::File { path: path.to_owned(), reason: error.to_string() })
    }
}

/// # Errors
/// [`EngineError::File`] where a file's name does not say that it is a PNG file.
pub(crate) fn check_name(path: &Path) -> Result<(), EngineError> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png")) {
        return Ok(());
    }
    let reason = "pictures are PNG files: give a name that ends in .png".into();
    Err(EngineError::File { path: path.to_owned(), reason })
}
