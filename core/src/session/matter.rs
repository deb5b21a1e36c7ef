//! What events work with: texts, tables, sound files, buses, channels.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::offline::sound_file;

use super::event::Change;
use super::{ArgValue, Session, SessionError};

/// The number of the first text that a session hands out; those below are the engine's.
pub(super) const FIRST_STRING: u32 = 24;
/// The first table a session numbers; 1 holds the controls.
pub(super) const FIRST_TABLE: u32 = 2;
/// Tables that are numbered by hand have numbers below this.
const TABLE_NUMBERS_END: u32 = 1_000_000;
/// Texts that are numbered by hand have numbers below this.
const TEXT_NUMBERS_END: u32 = 1_000_000;
/// Csound holds no longer table.
const TABLE_LENGTH_MAX: usize = 1 << 28;

/// A table of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TableId(pub u32);

/// A bus of a session: its token, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BusId(pub i64);

/// What a bus carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BusKind {
    /// A cycle of audio, silent again with each cycle.
    Audio,
    /// A number that stays.
    Control,
}

/// What a channel carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// A number.
    Control,
    /// A text.
    Text,
    /// Audio.
    Audio,
}

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

/// A bus as it was assigned.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bus {
    pub kind: Option<BusKind>,
    pub value: Option<f64>,
    pub persists: bool,
    /// When it is given back, in seconds.
    pub release: Option<f64>,
}

/// A channel's declaration or a value it gets.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Channel {
    pub name: String,
    pub kind: ChannelKind,
    pub value: Option<ArgValue>,
    /// `None` for a declaration, which comes first.
    pub at: Option<f64>,
}

/// The texts of a session, each once.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Strings {
    texts: Vec<(u32, String)>,
}

impl Strings {
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some((number, _)) = self.texts.iter().find(|(_, known)| known == text) {
            return *number;
        }
        let number = self.next();
        self.texts.push((number, text.to_owned()));
        number
    }

    /// The number that the next text has by itself.
    pub fn next(&self) -> u32 {
        self.texts.iter().map(|(number, _)| number + 1).fold(FIRST_STRING, u32::max)
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.texts.iter().map(|(number, text)| (*number, text.as_str()))
    }
}

impl Session {
    /// The number of a text, which an instrument reads with `strget`; the same text has the same number. [any]
    pub fn str_set(&mut self, text: &str) -> u32 {
        self.strings.number(text)
    }

    /// Gives a text the number that is asked for, from 24 to 999,999. [any]
    ///
    /// # Errors
    /// [`SessionError::Arguments`] where another text has it, or this text has another one.
    pub fn str_set_at(&mut self, text: &str, number: u32) -> Result<u32, SessionError> {
        let same = |known: &&(u32, String)| known.0 == number || known.1 == text;
        match self.strings.texts.iter().find(same) {
            Some((known, of)) if *known == number && of == text => Ok(number),
            Some((known, of)) => {
                Err(SessionError::Arguments(format!("text {number} cannot be {text:?}: {known} is {of:?}")))
            }
            None if !(FIRST_STRING..TEXT_NUMBERS_END).contains(&number) => Err(SessionError::Arguments(
                format!("{number} is no number for a text: {FIRST_STRING} to {} are", TEXT_NUMBERS_END - 1),
            )),
            None => {
                self.strings.texts.push((number, text.to_owned()));
                Ok(number)
            }
        }
    }

    /// Gives a table the number that is asked for, instead of the next one. What was scheduled with the old number
    /// keeps that one, so it is done right after the table was made. [any]
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

    /// Makes a table of these values; with `unique` off, one that holds the same already is taken. [any]
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

    /// Reads a sound file into a table; with `unique` off, one that holds the same already is taken. [control]
    ///
    /// # Errors
    /// [`SessionError::Engine`] where it cannot be read, [`SessionError::BadTable`], [`SessionError::BadTime`].
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

    pub(super) fn add_table(&mut self, table: Table) -> TableId {
        let number = self.next_table();
        self.tables.push(Table { number, ..table });
        number
    }

    /// The number that the next table has by itself.
    fn next_table(&self) -> TableId {
        TableId(self.tables.iter().map(|table| table.number.0 + 1).fold(FIRST_TABLE, u32::max))
    }

    /// What is known of a table. [any]
    ///
    /// # Errors
    /// [`SessionError::UnknownTable`].
    pub fn table(&self, table: TableId) -> Result<&Table, SessionError> {
        self.tables.iter().find(|known| known.number == table).ok_or(SessionError::UnknownTable(table.0))
    }

    /// The sound files that were read, with their tables. [any]
    pub fn sound_files(&self) -> impl Iterator<Item = (&Path, TableId)> {
        self.tables.iter().filter_map(|table| match &table.source {
            TableSource::File(sound) => Some((sound.path.as_path(), table.number)),
            _ => None,
        })
    }

    /// Makes a bus. Without a kind it is a control bus where it has a value, else its first user decides. One that
    /// persists stays until it is released, another one goes with its last user. [any]
    ///
    /// # Errors
    /// [`SessionError::Bus`] for an audio bus with a value, or where none is left.
    pub fn assign_bus(
        &mut self,
        kind: Option<BusKind>,
        value: Option<f64>,
        persists: bool,
    ) -> Result<BusId, SessionError> {
        if kind == Some(BusKind::Audio) && value.is_some() {
            return Err(SessionError::Bus("an audio bus has no value".into()));
        }
        let kind = kind.or(value.map(|_| BusKind::Control));
        let room =
            if kind == Some(BusKind::Control) { self.config.control_buses } else { self.config.audio_buses };
        let is_control = kind == Some(BusKind::Control);
        if self.buses.iter().filter(|bus| (bus.kind == Some(BusKind::Control)) == is_control).count() >= room
        {
            return Err(SessionError::Bus(format!("the session has room for {room} buses of this kind")));
        }
        self.buses.push(Bus { kind, value, persists, release: None });
        Ok(BusId(self.buses.len() as i64))
    }

    /// What a bus was assigned as; `None` where its first user decides. [any]
    ///
    /// # Errors
    /// [`SessionError::UnknownBus`].
    pub fn bus_kind(&self, bus: BusId) -> Result<Option<BusKind>, SessionError> {
        self.bus(bus).map(|bus| bus.kind)
    }

    fn bus(&self, bus: BusId) -> Result<&Bus, SessionError> {
        let index = usize::try_from(bus.0 - 1).ok();
        index.and_then(|index| self.buses.get(index)).ok_or(SessionError::UnknownBus(bus.0))
    }

    pub(super) fn control_bus(&self, bus: BusId) -> Result<(), SessionError> {
        match self.bus(bus)?.kind {
            Some(BusKind::Audio) => {
                Err(SessionError::Bus(format!("bus {} carries audio, not a value", bus.0)))
            }
            _ => Ok(()),
        }
    }

    /// Gives a bus back at a time: it goes with its last user from then on. [any]
    ///
    /// # Errors
    /// [`SessionError::UnknownBus`], [`SessionError::BadTime`].
    pub fn release_bus(&mut self, bus: BusId, at: f64) -> Result<(), SessionError> {
        check_time(at)?;
        self.bus(bus)?;
        self.buses[bus.0 as usize - 1].release = Some(at);
        Ok(())
    }

    /// What a control bus holds at a time, as far as the session itself writes it. [any]
    ///
    /// # Errors
    /// [`SessionError::UnknownBus`], [`SessionError::Bus`].
    pub fn bus_value(&self, bus: BusId, at: f64) -> Result<f64, SessionError> {
        self.control_bus(bus)?;
        Ok(self.value_at(super::event::Target::Bus(bus.0), self.bus(bus)?.value.unwrap_or(0.0), at))
    }

    /// Declares a channel and gives it a first value. [any]
    ///
    /// # Errors
    /// [`SessionError::ChannelKind`] where neither kind nor value is given, or they do not fit.
    pub fn init_channel(
        &mut self,
        name: &str,
        value: Option<ArgValue>,
        kind: Option<ChannelKind>,
    ) -> Result<(), SessionError> {
        let wrong = || SessionError::ChannelKind(name.to_owned());
        let by_value = value.as_ref().map(kind_of);
        let kind = kind.or(by_value).ok_or_else(wrong)?;
        if by_value.is_some_and(|by_value| by_value != kind) {
            return Err(wrong());
        }
        self.channels.push(Channel { name: name.to_owned(), kind, value, at: None });
        Ok(())
    }

    /// Gives a channel a value at a time. [any]
    ///
    /// # Errors
    /// [`SessionError::BadTime`].
    pub fn set_channel(
        &mut self,
        name: &str,
        value: impl Into<ArgValue>,
        at: f64,
    ) -> Result<(), SessionError> {
        check_time(at)?;
        let value = value.into();
        let kind = kind_of(&value);
        self.channels.push(Channel { name: name.to_owned(), kind, value: Some(value), at: Some(at) });
        Ok(())
    }

    /// Changes of a target in the order in which they take effect.
    pub(super) fn changes_of(&self, target: super::event::Target) -> Vec<&Change> {
        let mut changes: Vec<&Change> =
            self.changes.iter().filter(|change| change.target == target).collect();
        changes.sort_by(|a, b| a.at.total_cmp(&b.at));
        changes
    }
}

fn kind_of(value: &ArgValue) -> ChannelKind {
    match value {
        ArgValue::Number(_) => ChannelKind::Control,
        ArgValue::Text(_) => ChannelKind::Text,
    }
}

/// A time that is one.
pub(super) fn check_time(seconds: f64) -> Result<(), SessionError> {
    if seconds.is_finite() && seconds >= 0.0 { Ok(()) } else { Err(SessionError::BadTime(seconds)) }
}
