//! Tables: made from data or from files, read, written, freed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::csound::{Running, TableFailure};
use crate::offline::sound_file;

use super::deferred::Job;
use super::history::Item;
use super::{EngineError, SoundRead, TableInfo, TableNumber, TableSpec, Verbs, When, quoted};

/// The number of the first table that the engine numbers; never given out twice.
const FIRST: u32 = 300;
/// Csound holds no longer table.
const LENGTH_MAX: usize = 1 << 28;

/// What the engine remembers of its tables.
#[derive(Debug, Default)]
pub(super) struct Tables {
    made: u32,
    /// Rates as they were given; Csound itself puts the orchestra's where nobody said one.
    rates: HashMap<u32, f64>,
    files: HashMap<(PathBuf, usize, u64), u32>,
}

impl Verbs {
    /// Makes a table of any length with these values. [control]
    ///
    /// # Errors
    /// [`EngineError::BadTable`], [`EngineError::Past`], [`EngineError::BadTime`], [`EngineError::TableLayout`].
    pub fn make_table(
        &mut self,
        running: &mut Running,
        data: &[f64],
        spec: TableSpec,
    ) -> Result<u32, EngineError> {
        check_length(data.len())?;
        let channels = spec.channels.max(1);
        if !data.len().is_multiple_of(channels) {
            return Err(EngineError::BadTable(format!(
                "{} values are no whole frames of {channels}",
                data.len()
            )));
        }
        let later = spec.when != When::In(0.0);
        let seconds = self.start_of(spec.when)?;
        let number = self.choose_number(spec.number, later)?;
        if number > 0 {
            self.history.push(|| Item::Table { number, start: seconds, data: data.to_vec() });
        }
        if later {
            self.add_job(seconds, Job::MakeTable { number, data: data.to_vec(), rate: spec.rate, channels });
            return Ok(number);
        }
        let number = self.create_table(running, number, data.len())?;
        self.fill_table(running, number, data)?;
        self.describe(running, number, spec.rate, channels)?;
        Ok(number)
    }

    /// The number of a table that is made; 0 leaves the choice to Csound.
    fn choose_number(&mut self, number: TableNumber, later: bool) -> Result<u32, EngineError> {
        match number {
            TableNumber::Csound if later => {
                Err(EngineError::BadTable("Csound chooses numbers only for tables made at once".into()))
            }
            TableNumber::Csound => Ok(0),
            TableNumber::Exactly(number) => Ok(number.max(1)),
            TableNumber::Next => Ok(self.next_table()),
        }
    }

    /// Makes a table of zeros. [control]
    ///
    /// # Errors
    /// As [`Verbs::make_table`].
    pub fn make_empty_table(
        &mut self,
        running: &mut Running,
        length: usize,
        spec: TableSpec,
    ) -> Result<u32, EngineError> {
        check_length(length)?;
        self.make_table(running, &vec![0.0; length], spec)
    }

    fn next_table(&mut self) -> u32 {
        self.tables.made += 1;
        FIRST + self.tables.made - 1
    }

    pub(super) fn create_table(
        &mut self,
        running: &mut Running,
        number: u32,
        length: usize,
    ) -> Result<u32, EngineError> {
        // A negative length is any length; a negative GEN does not normalise.
        let made = self.orchestra.eval(running, &format!("return ftgen({number}, 0, -{length}, -2, 0)\n"))?;
        if made >= 1.0 {
            Ok(made as u32)
        } else {
            Err(EngineError::BadTable("Csound did not make it".into()))
        }
    }

    /// Copies values to a table's beginning: as many as fit, the rest of the table stays. [control]
    ///
    /// # Errors
    /// [`EngineError::MissingTable`].
    pub fn fill_table(
        &mut self,
        running: &mut Running,
        number: u32,
        data: &[f64],
    ) -> Result<(), EngineError> {
        let table = running.table_mut(number).ok_or(EngineError::MissingTable(number))?;
        let count = data.len().min(table.len());
        table[..count].copy_from_slice(&data[..count]);
        running.set_guard_point(number);
        Ok(())
    }

    /// A table's values as they are, interleaved. [control]
    ///
    /// # Errors
    /// [`EngineError::MissingTable`].
    pub fn table_data<'a>(&self, running: &'a Running, number: u32) -> Result<&'a [f64], EngineError> {
        running.table(number).ok_or(EngineError::MissingTable(number))
    }

    /// Writes one place of a table, now or later. [control]
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`EngineError::TableIndex`], [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn write_table(
        &mut self,
        running: &mut Running,
        number: u32,
        index: usize,
        value: f64,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        let when = when.into();
        if when != When::In(0.0) {
            let seconds = self.start_of(when)?;
            self.add_job(seconds, Job::WriteTable(number, index, value));
            return Ok(());
        }
        let table = running.table_mut(number).ok_or(EngineError::MissingTable(number))?;
        let length = table.len();
        let slot = table.get_mut(index).ok_or(EngineError::TableIndex { table: number, index, length })?;
        *slot = value;
        if index == 0 {
            running.set_guard_point(number);
        }
        Ok(())
    }

    /// Whether there is a table of this number. [any]
    pub fn table_exists(&self, running: &Running, number: u32) -> bool {
        running.table(number).is_some()
    }

    /// What is known of a table. [control]
    ///
    /// # Errors
    /// [`EngineError::MissingTable`].
    pub fn table_info(&self, running: &mut Running, number: u32) -> Result<TableInfo, EngineError> {
        let length = running.table(number).ok_or(EngineError::MissingTable(number))?.len();
        let sound = running.table_sound(number);
        let channels = sound.map_or(1, |sound| sound.channels);
        let rate = match self.tables.rates.get(&number) {
            Some(&rate) => rate,
            None => sound.map_or(0.0, |sound| sound.rate),
        };
        Ok(TableInfo { number, rate, channels, frames: length / channels, length })
    }

    /// Says what sound is in a table, now or later, as if it had been read from a file. [control]
    ///
    /// # Errors
    /// [`EngineError::MissingTable`], [`EngineError::TableLayout`], [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn set_table_metadata(
        &mut self,
        running: &mut Running,
        number: u32,
        rate: u32,
        channels: usize,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        let when = when.into();
        if when == When::In(0.0) {
            return self.describe(running, number, rate, channels);
        }
        let seconds = self.start_of(when)?;
        self.add_job(seconds, Job::DescribeTable(number, rate, channels));
        Ok(())
    }

    /// Whether somebody gave this table a rate.
    pub(super) fn table_was_described(&self, number: u32) -> bool {
        self.tables.rates.contains_key(&number)
    }

    pub(super) fn describe(
        &mut self,
        running: &mut Running,
        number: u32,
        rate: u32,
        channels: usize,
    ) -> Result<(), EngineError> {
        self.tables.rates.insert(number, f64::from(rate));
        if rate == 0 && channels <= 1 {
            return Ok(());
        }
        running.set_table_sound(number, f64::from(rate), channels).map_err(|failure| match failure {
            TableFailure::Missing => EngineError::MissingTable(number),
            TableFailure::Layout => EngineError::TableLayout,
        })
    }

    /// Frees a table, now or later. What reads it afterwards fails in its init pass and is silent. [control]
    ///
    /// # Errors
    /// [`EngineError::MissingTable`] where it is freed now, [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn free_table(
        &mut self,
        running: &mut Running,
        number: u32,
        when: impl Into<When>,
    ) -> Result<(), EngineError> {
        let when = when.into();
        let start = self.start_of(when)?;
        if when == When::In(0.0) {
            self.free_now(running, number)?;
        } else {
            self.add_job(start, Job::FreeTable(number));
            self.reach(start, 0.0);
        }
        self.history.push(|| Item::FreeTable { number, start });
        Ok(())
    }

    pub(super) fn free_now(&mut self, running: &mut Running, number: u32) -> Result<(), EngineError> {
        if running.table(number).is_none() {
            return Err(EngineError::MissingTable(number));
        }
        self.orchestra.compile_own(running, &format!("ftfree {number}, 0\n"))?;
        self.tables.rates.remove(&number);
        self.tables.files.retain(|_, table| *table != number);
        Ok(())
    }

    /// Reads a sound file into a table. [control]
    ///
    /// # Errors
    /// [`EngineError::File`], [`EngineError::BadTable`], [`EngineError::Past`], [`EngineError::BadTime`].
    pub fn read_soundfile(
        &mut self,
        running: &mut Running,
        path: &Path,
        read: SoundRead,
    ) -> Result<u32, EngineError> {
        let about = sound_file::about(path)?;
        if read.channel > about.channels {
            return Err(EngineError::BadTable(format!("{} has no channel {}", path.display(), read.channel)));
        }
        let later = read.when != When::In(0.0);
        let seconds = self.start_of(read.when)?;
        let key = (path.to_owned(), read.channel, read.skip.to_bits());
        if let (false, Some(&number)) = (read.unique, self.tables.files.get(&key)) {
            return Ok(number);
        }
        let number = self.choose_number(read.number, later)?;
        let text = path.to_str().ok_or_else(|| EngineError::BadString(path.display().to_string()))?;
        let SoundRead { channel, skip, .. } = read;
        let code = format!("return ftgen({number}, 0, 0, -1, {}, {skip}, 0, {channel})\n", quoted(text)?);
        if number > 0 {
            self.history.push(|| Item::Sound {
                number,
                start: seconds,
                path: path.to_owned(),
                skip,
                channel,
            });
        }
        if later {
            self.add_job(seconds, Job::ReadSound(code));
            self.tables.files.insert(key, number);
            return Ok(number);
        }
        let made = self.orchestra.eval(running, &code)?;
        if made < 1.0 {
            return Err(EngineError::BadTable(format!("Csound did not read {}", path.display())));
        }
        self.tables.files.insert(key, made as u32);
        Ok(made as u32)
    }
}

fn check_length(length: usize) -> Result<(), EngineError> {
    if (1..=LENGTH_MAX).contains(&length) {
        Ok(())
    } else {
        Err(EngineError::BadTable(format!("a table has 1 to {LENGTH_MAX} values, not {length}")))
    }
}
