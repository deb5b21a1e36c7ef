//! Verbs that answer later, or wait for their answers themselves: events that answer, tables, pictures of them.

use std::path::Path;
use std::time::{Duration, Instant};

use ksmps_data::verbs::{EngineError, EventId, Sched, TableInfo};
use ksmps_engine::command::Question;
use ksmps_engine::verbs::{EventVerbs, TableAbout, TableVerbs, Target, Verbs, check_picture_name};
use ksmps_plot::{PlotSpectrogram, PlotTable};

use super::super::Control;
use super::{Answer, LiveError, Reading};

impl Control {
    /// Starts an event that will answer, as [`EventVerbs::sched_with_answer`]; the document makes `gi__responses` in its
    /// header. The answer can be read after the block in which it came, or waited for ([`Answer::wait`]). `[control]`
    ///
    /// # Errors
    /// As [`EventVerbs::sched`], [`LiveError::NoAnswers`].
    pub fn sched_sync(&self, event: &Sched) -> Result<(EventId, Answer), LiveError> {
        let (id, answer) = self.target()?.question();
        Ok((self.sched_with_answer(event, id)?, answer))
    }

    /// A table's values, as they were in one or more blocks from now on; waits for them while blocks are processed,
    /// up to `patience`. `[control]`
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`LiveError::NoAnswer`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn table_data(&self, table: u32, patience: Duration) -> Result<Vec<f64>, LiveError> {
        Ok(self.copy_table(table, patience)?.1)
    }

    /// What is known of a table; waits for it while blocks are processed, up to `patience`. `[control]`
    ///
    /// # Errors
    /// As [`Control::table_data`].
    pub fn table_info(&self, table: u32, patience: Duration) -> Result<TableInfo, LiveError> {
        Ok(self.wait_for_about(table, patience)?.info)
    }

    /// Draws a table's values into a PNG file; one that exists is replaced. Waits for the values while blocks are
    /// processed, up to `patience`. A rate that is the engine's own makes seconds only of what was read from a file;
    /// for others it is given in the options. `[control]`
    ///
    /// # Errors
    /// As [`Control::table_data`] and [`TableAbout::plot`].
    pub fn plot_table(
        &self,
        table: u32,
        options: PlotTable,
        path: &Path,
        patience: Duration,
    ) -> Result<(), LiveError> {
        check_picture_name(path)?;
        let (about, data, rate) = self.copy_table(table, patience)?;
        Ok(about.plot(rate, &data, &options, path)?)
    }

    /// Draws the frequencies of the sound in a table into a PNG file; waits as [`Control::plot_table`]. `[control]`
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
        check_picture_name(path)?;
        let (about, data, rate) = self.copy_table(table, patience)?;
        Ok(about.plot_spectrogram(rate, &data, &options, path)?)
    }

    /// What is known of a table, its values, and the engine's rate, while one engine plays.
    fn copy_table(&self, table: u32, patience: Duration) -> Result<(TableAbout, Vec<f64>, f64), LiveError> {
        let mut target = self.target()?;
        let started = Instant::now();
        let about = self.wait_for_about(table, patience)?;
        let length = about.info.length;
        let mut data = Vec::with_capacity(length);
        while data.len() < length {
            let rest = Question::ReadTable { table, start: data.len(), count: length - data.len() };
            let part: Answer<Vec<f64>> = target.ask::<Vec<f64>>(rest)?;
            match part.wait(patience.saturating_sub(started.elapsed())) {
                Reading::Value(values) if !values.is_empty() => data.extend(values),
                _ => return Err(LiveError::NoAnswer),
            }
        }
        Ok((about, data, target.symbols().clock().rate()))
    }

    fn wait_for_about(&self, table: u32, patience: Duration) -> Result<TableAbout, LiveError> {
        let engine = self.target()?.engine();
        match self.about_table(table)?.wait(patience) {
            Reading::Value(about) => Ok(about),
            Reading::Nothing if self.target().is_ok_and(|now| now.engine() == engine) => {
                Err(EngineError::MissingTable(table).into())
            }
            Reading::Nothing | Reading::Waiting => Err(LiveError::NoAnswer),
        }
    }
}
