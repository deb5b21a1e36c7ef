//! From a session file into a [`Session`]: everything is asked for anew, and refused as it would be by hand.

use std::path::Path;

use ksmps_data::file::FileError;
use ksmps_data::verbs::EngineError;

use super::SessionFile;
use super::items::{
    BusItem, ChannelItem, CodeItem, EventItem, IncludeItem, LineItem, SetItem, TableItem, TextItem,
};
use crate::{
    ArgValue, Automate, Include, Registered, Sched, Session, SessionError, Sound, Table, TableId, TableSource,
};

impl Session {
    /// Reads a session from a file of JSON; files that it names are searched in the file's folder. `[control]`
    ///
    /// # Errors
    /// [`SessionError::File`], [`SessionError::Json`], and whatever its content is refused with.
    pub fn read_json(path: impl AsRef<Path>) -> Result<Self, SessionError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| FileError::new(path, error))?;
        let mut file = SessionFile::from_json(&text)?;
        file.resolve(path.parent().unwrap_or(Path::new("")));
        Self::from_file(&file)
    }

    /// A session as a file says it. `[control]`
    ///
    /// # Errors
    /// Whatever its content is refused with.
    pub fn from_file(file: &SessionFile) -> Result<Self, SessionError> {
        let mut session = Self::new(file.config.clone())?;
        session.add_file(file)?;
        Ok(session)
    }

    /// Takes in what a file says; the configuration stays. There may be templates already, of other names, and
    /// nothing else. `[control]`
    ///
    /// # Errors
    /// Whatever its content is refused with.
    pub fn add_file(&mut self, file: &SessionFile) -> Result<(), SessionError> {
        let wrong = |what: String| SessionError::Json(format!("play: {what}"));
        self.play = file.play.parse().map_err(wrong)?;
        self.options.clone_from(&file.options);
        self.disk_sounds.clone_from(&file.disk_sounds);
        for code in &file.code {
            match code {
                CodeItem::Text(text) => self.add_code(text, false),
                CodeItem::Include(IncludeItem { path, text: Some(text) }) => {
                    self.include(Include { path: path.clone(), text: text.clone() });
                }
                CodeItem::Include(IncludeItem { path, text: None }) => self.include_file(path)?,
            }
        }
        let first_version = self.versions.len();
        for template in &file.templates {
            self.names.insert(template.name.clone(), self.versions.len());
            self.versions.push(Registered::read(template.clone())?);
        }
        for &(version, priority) in &file.committed {
            let unknown = || SessionError::Json(format!("there is no template {version}"));
            let version = self.version_in_file(first_version, version).ok_or_else(unknown)?;
            let priority = self.priorities.normal(priority)?;
            self.priorities.commit(version, priority)?;
        }
        for text in &file.strings {
            match text {
                TextItem::Next(text) => self.str_set(text),
                TextItem::Numbered(number, text) => self.str_set_at(text, *number)?,
            };
        }
        for table in &file.tables {
            let made = self.read_table(table)?;
            if let Some(number) = table.number {
                self.number_table(made, number)?;
            }
        }
        for bus in &file.buses {
            self.read_bus(bus)?;
        }
        for ChannelItem { name, kind, value, at } in &file.channels {
            match (at, value) {
                (None, value) => self.init_channel(name, value.clone(), *kind)?,
                (Some(at), Some(value)) => self.set_channel(name, value.clone(), *at)?,
                (Some(_), None) => return Err(SessionError::ChannelKind(name.clone())),
            }
        }
        for event in &file.events {
            self.read_event(event, first_version)?;
        }
        file.end_marker.map_or(Ok(()), |marker| self.set_end_marker(marker))
    }

    fn read_table(&mut self, table: &TableItem) -> Result<TableId, SessionError> {
        let TableItem { channel, skip, frames, rate, channels, at, .. } = *table;
        let source = match (&table.data, table.zeros, &table.file) {
            (Some(data), None, None) => TableSource::Data(data.clone()),
            (None, Some(length), None) => TableSource::Zeros(length),
            (None, None, Some(path)) => {
                let source = TableSource::File(Sound { path: path.clone(), channel, skip });
                if frames > 0 {
                    // It was asked before, and need not be there now.
                    let table = Table { number: TableId(0), source, rate, channels, frames, at };
                    return Ok(self.add_table(table));
                }
                source
            }
            _ => return Err(SessionError::BadTable("a table has data, zeros or a file".into())),
        };
        self.make_table(source, rate, channels, at, true)
    }

    fn read_bus(&mut self, item: &BusItem) -> Result<(), SessionError> {
        let bus = self.assign_bus(item.kind, item.value, item.persist)?;
        if let Some(at) = item.release {
            self.release_bus(bus, at)?;
        }
        item.set.iter().try_for_each(|set| self.set_bus(bus, set.value, set.at))?;
        item.automate.iter().try_for_each(|line| self.automate_bus(bus, line.automate()?))
    }

    /// The version that a file means by a place in its templates.
    fn version_in_file(&self, first_version: usize, place: usize) -> Option<usize> {
        first_version.checked_add(place).filter(|version| *version < self.versions.len())
    }

    fn read_event(&mut self, item: &EventItem, first_version: usize) -> Result<(), SessionError> {
        let mut sched = Sched::new(&item.template).at(item.start).dur(item.dur).priority(item.priority);
        for (name, value) in &item.args {
            let wrong = |_| SessionError::Json(format!("{name} is neither a number nor a text"));
            let value: ArgValue = serde_json::from_value(value.clone()).map_err(wrong)?;
            sched = sched.with(name, value);
        }
        let version = match item.version {
            Some(version) => {
                let unknown = || SessionError::Json(format!("there is no template {version}"));
                self.version_in_file(first_version, version).ok_or_else(unknown)?
            }
            None => self.version(&item.template)?,
        };
        let event = self.sched_version(version, sched)?;
        for SetItem { name, value, at } in &item.set {
            self.set(event, name, *value, *at)?;
        }
        for line in &item.automate {
            self.automate(event, &line.name, line.automate()?)?;
        }
        item.stop.map_or(Ok(()), |at| self.stop(event, at))
    }
}

impl LineItem {
    fn automate(&self) -> Result<Automate, SessionError> {
        let points = self.points.iter().map(|&(time, value)| (time, value.unwrap_or(f64::NAN))).collect();
        Ok(Automate {
            points,
            curve: self.mode.parse().map_err(EngineError::from)?,
            at: self.at,
            overtake: self.overtake,
        })
    }
}
