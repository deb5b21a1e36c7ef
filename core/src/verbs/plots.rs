//! Pictures of tables, as PNG files.

use std::path::Path;

use crate::csound::Running;
use crate::plot::{self, Picture, PlotError, PlotSpectrogram, PlotTable, Samples};

use super::{EngineError, TableInfo, Verbs};

/// The GEN routines that read sound files.
const FROM_FILES: [u32; 2] = [1, 49];

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
        let failed = |reason: String| EngineError::File { path: path.to_owned(), reason };
        if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png")) {
            return Err(failed("pictures are PNG files: give a name that ends in .png".into()));
        }
        let info = self.table_info(running, table)?;
        let title = format!("Table {table}");
        let samples = Samples {
            title: &title,
            data: self.table_data(running, table)?,
            channels: info.channels,
            rate: self.rate_of_sound(running, &info),
            full_scale: running.zero_dbfs(),
        };
        let picture = draw(&samples)?;
        let written = picture.png().and_then(|bytes| std::fs::write(path, bytes));
        written.map_err(|error| failed(error.to_string()))
    }

    /// The rate of a table that holds a sound: somebody said it, or a file was read. Csound itself gives every table of
    /// an orchestra a rate, its own; a waveform or an envelope is no sound for that.
    fn rate_of_sound(&self, running: &Running, info: &TableInfo) -> Option<f64> {
        let from_file =
            || running.table_gen(info.number).is_some_and(|routine| FROM_FILES.contains(&routine));
        let is_sound = self.table_was_described(info.number) || info.rate != running.rate() || from_file();
        (info.rate > 0.0 && is_sound).then_some(info.rate)
    }
}
