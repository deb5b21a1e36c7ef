//! Tables: write, read, describe. They are made by the document.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::engine::verbs::{AboutSound, Action};
use crate::engine::{Answer, Order, Question, Reading, TABLE_READ_MAX, Values};
use crate::verbs::{EngineError, TableInfo, When};

use super::super::Control;
use super::{Aim, LiveError};

impl Control {
    /// Writes a table of the orchestra from its beginning, at the next block; values beyond its end are left out, and
    /// nothing happens where there is no such table. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn fill_table(&self, table: u32, values: Vec<f64>) -> Result<(), LiveError> {
        self.send(&self.aim()?, When::default(), Order::FillTable(table, values.into()))
    }

    /// Writes one place of a table, from 0; nothing happens where there is none. [control]
    ///
    /// # Errors
    /// [`EngineError::Past`], [`EngineError::BadTime`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn write_table(
        &self,
        table: u32,
        index: usize,
        value: f64,
        when: impl Into<When>,
    ) -> Result<(), LiveError> {
        self.send(&self.aim()?, when.into(), Order::Do(Action::WriteTable(table, index, value)))
    }

    /// Says what sound is in a table, at the next block; nothing happens where there is none. [control]
    ///
    /// # Errors
    /// [`EngineError::TableLayout`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn set_table_metadata(&self, table: u32, rate: u32, channels: usize) -> Result<(), LiveError> {
        let aim = self.aim()?;
        if !aim.symbols.sees_instances() {
            return Err(EngineError::TableLayout.into());
        }
        self.send(&aim, When::default(), Order::DescribeTable(table, f64::from(rate), channels))
    }

    /// Asks whether there is a table: 1 or 0. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn table_exists(&self, table: u32) -> Result<Arc<Answer>, LiveError> {
        self.ask(&self.aim()?, Question::IsTable(table))
    }

    /// Asks for values of a table from a place on, 65,536 at most: those that are there, nothing where there is no
    /// such table. [control]
    ///
    /// # Errors
    /// [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn read_table(&self, table: u32, start: usize, count: usize) -> Result<Arc<Values>, LiveError> {
        self.read_part(&self.aim()?, table, start, count)
    }

    /// A table's values, as they were in one or more blocks from now on; waits for them while blocks are processed,
    /// up to `patience`. [control]
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`LiveError::NoAnswer`], [`LiveError::NothingPlays`], [`LiveError::QueueFull`].
    pub fn table_data(&self, table: u32, patience: Duration) -> Result<Vec<f64>, LiveError> {
        Ok(self.copy_table(table, patience)?.1)
    }

    /// What is known of a table, and its values, while one engine plays.
    pub(super) fn copy_table(
        &self,
        table: u32,
        patience: Duration,
    ) -> Result<(AboutSound, Vec<f64>), LiveError> {
        let aim = self.aim()?;
        let started = Instant::now();
        let about = self.about_table(&aim, table, patience)?;
        let length = about.info.length;
        let mut data = Vec::with_capacity(length);
        while data.len() < length {
            let part = self.read_part(&aim, table, data.len(), length - data.len())?;
            match part.wait(patience.saturating_sub(started.elapsed())) {
                Reading::Value(values) if !values.is_empty() => data.extend(values),
                _ => return Err(LiveError::NoAnswer),
            }
        }
        Ok((about, data))
    }

    /// What is known of a table; waits for it while blocks are processed, up to `patience`. [control]
    ///
    /// # Errors
    /// As [`Control::table_data`].
    pub fn table_info(&self, table: u32, patience: Duration) -> Result<TableInfo, LiveError> {
        Ok(self.about_table(&self.aim()?, table, patience)?.info)
    }

    fn about_table(&self, aim: &Aim, table: u32, patience: Duration) -> Result<AboutSound, LiveError> {
        let about = Arc::new(Values::with_room(5));
        self.send(aim, When::default(), Order::AboutTable(table, Arc::clone(&about)))?;
        match about.wait(patience) {
            Reading::Value(about) => {
                let [length, rate, channels, from_file, full_scale] = about[..] else {
                    return Err(LiveError::NoAnswer);
                };
                let (length, channels) = (length as usize, channels as usize);
                let frames = length / channels.max(1);
                let info = TableInfo { number: table, rate, channels, frames, length };
                let engine_rate = aim.symbols.clock().rate();
                Ok(AboutSound { info, is_sound: from_file > 0.0, engine_rate, full_scale })
            }
            Reading::Nothing if self.aim().is_ok_and(|now| now.engine == aim.engine) => {
                Err(EngineError::MissingTable(table).into())
            }
            Reading::Nothing | Reading::Waiting => Err(LiveError::NoAnswer),
        }
    }

    fn read_part(&self, aim: &Aim, table: u32, start: usize, count: usize) -> Result<Arc<Values>, LiveError> {
        let values = Arc::new(Values::with_room(count.min(TABLE_READ_MAX)));
        self.send(aim, When::default(), Order::ReadTable(table, start, Arc::clone(&values)))?;
        Ok(values)
    }
}
