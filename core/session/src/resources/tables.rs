//! Tables of a session: values, zeros and sound files, each with a number.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Session, SessionError};
use ksmps_library::sound_file;

use super::check_time;

/// The first table a session numbers; 1 holds the controls.
pub(crate) const FIRST_TABLE: u32 = 2;
/// Tables that are numbered by hand have numbers below this.
const TABLE_NUMBERS_END: u32 = 1_000_000;
/// Csound holds no longer table.
const TABLE_LENGTH_MAX: usize = 1 << 28;

/// A table of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TableId(pub u32);

/// Where a table's values come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TableSource {
    /// These values, interleaved where there are channels.
    Data(Vec<f64>),
    /// So many zeros.
    Zeros(usize),
    /// A sound file.
    File(Sound),
}

/// A sound file to be read into a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sound {
    /// The file.
    pub path: PathBuf,
    /// The channel to read, from 1; 0 for all.
    #[serde(default)]
    pub channel: usize,
    /// Seconds to skip at the file's beginning.
    #[serde(default)]
    pub skip: f64,
}

/// A table as it is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its number.
    pub number: TableId,
    /// Its values.
    pub source: TableSource,
    /// Frames per second of the sound in it, 0 where it is none.
    #[serde(default)]
    pub rate: u32,
    /// Channels of the sound.
    pub channels: usize,
    /// Frames.
    pub frames: usize,
    /// When it is made, in seconds.
    #[serde(default)]
    pub at: f64,
}

impl Session {
    /// Gives a table the number that is asked for, instead of the next one. What was scheduled with the old number
    /// keeps that one, so it is done right after the table was made. `[any]`
    ///
    /// # Errors
    /// [`SessionError::BadTable`] where another table has it or no table can have it, [`SessionError::UnknownTable`].
    pub fn number_table(&mut self, table: TableId, number: u32) -> Result<TableId, SessionError> {
        self.table(table)?;
        let number = TableId(number);
        let taken = table != number && self.table(number).is_ok();
        if taken || !(FIRST_TABLE..TABLE_NUMBERS_END).contains(&number.0) {
            let reason = if taken { "another table has it" } else { "no table of a session can have it" };
            return Err(SessionError::BadTable(format!("number {}: {reason}", number.0)));
        }
        self.tables.iter_mut().filter(|known| known.number == table).for_each(|known| known.number = number);
        Ok(number)
    }

    /// Makes a table of these values; with `unique` off, one that holds the same already is taken. `[any]`
    ///
    /// # Errors
    /// [`SessionError::BadTable`], [`SessionError::BadTime`].
    pub fn make_table(
        &mut self,
        source: TableSource,
        rate: u32,
        channels: usize,
        at: f64,
        unique: bool,
    ) -> Result<TableId, SessionError> {
        check_time(at)?;
        let channels = channels.max(1);
        if let TableSource::File(sound) = &source {
            return self.read_sound(sound.clone(), at, unique);
        }
        let length = match &source {
            TableSource::Data(data) => data.len(),
            TableSource::Zeros(length) => *length,
            TableSource::File(_) => 0,
        };
        if !(1..=TABLE_LENGTH_MAX).contains(&length) || length % channels != 0 {
            return Err(SessionError::BadTable(format!(
                "{length} values are no table of {channels} channels"
            )));
        }
        let same =
            |table: &&Table| table.source == source && table.rate == rate && table.channels == channels;
        match self.tables.iter().find(same) {
            Some(table) if !unique => Ok(table.number),
            _ => Ok(self.add_table(Table {
                number: TableId(0),
                source,
                rate,
                channels,
                frames: length / channels,
                at,
            })),
        }
    }

    /// Reads a sound file into a table; with `unique` off, one that holds the same already is taken. `[control]`
    ///
    /// # Errors
    /// [`SessionError::File`] where it cannot be read, [`SessionError::BadTable`], [`SessionError::BadTime`].
    pub fn read_sound(&mut self, sound: Sound, at: f64, unique: bool) -> Result<TableId, SessionError> {
        check_time(at)?;
        let same = |table: &&Table| matches!(&table.source, TableSource::File(known) if *known == sound);
        if let (Some(table), false) = (self.tables.iter().find(same), unique) {
            return Ok(table.number);
        }
        let about = sound_file::about(&sound.path)?;
        if sound.channel > about.channels {
            let reason = format!("{} has no channel {}", sound.path.display(), sound.channel);
            return Err(SessionError::BadTable(reason));
        }
        let frames = about.frames as usize;
        let skipped = (sound.skip.max(0.0) * f64::from(about.rate)) as usize;
        let channels = if sound.channel == 0 { about.channels } else { 1 };
        let frames = frames.saturating_sub(skipped);
        if frames == 0 {
            return Err(SessionError::BadTable(format!("nothing of {} is left", sound.path.display())));
        }
        let source = TableSource::File(sound);
        Ok(self.add_table(Table { number: TableId(0), source, rate: about.rate, channels, frames, at }))
    }

    pub(crate) fn add_table(&mut self, table: Table) -> TableId {
        let number = self.next_table();
        self.tables.push(Table { number, ..table });
        number
    }

    /// The number that the next table has by itself.
    fn next_table(&self) -> TableId {
        TableId(self.tables.iter().map(|table| table.number.0 + 1).fold(FIRST_TABLE, u32::max))
    }

    /// What is known of a table. `[any]`
    ///
    /// # Errors
    /// [`SessionError::UnknownTable`].
    pub fn table(&self, table: TableId) -> Result<&Table, SessionError> {
        self.tables.iter().find(|known| known.number == table).ok_or(SessionError::UnknownTable(table.0))
    }

    /// Its tables. `[any]`
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The sound files that were read, with their tables. `[any]`
    pub fn sound_files(&self) -> impl Iterator<Item = (&Path, TableId)> {
        self.tables.iter().filter_map(|table| match &table.source {
            TableSource::File(sound) => Some((sound.path.as_path(), table.number)),
            _ => None,
        })
    }
}
