//! A session as JSON: written by hand, by programs, and kept in a plugin's state.
//!
//! What is left out has its default. Points of lines are `[time, value]`, with `null` as the first value for the one
//! that is found. Times are seconds of the session. Unknown fields at the top stay through reading and writing.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::event::{Target, What};
use super::matter::{Bus, Channel, FIRST_STRING, FIRST_TABLE};
use super::sounds::SoundItem;
use super::{
    ArgValue, Automate, BusId, BusKind, ChannelKind, Code, Include, Registered, Sched, Session,
    SessionConfig, SessionError, Sound, Table, TableId, TableSource, Template,
};

/// The version of the form that is written.
pub const VERSION: u32 = 1;

/// A session as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionFile {
    /// The version of the form: 1.
    pub ksmps_session: u32,
    /// Rate, cycle, channels, priorities.
    #[serde(default)]
    pub config: SessionConfig,
    /// Options of the csound command line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Orchestra outside templates: texts and files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    code: Vec<CodeItem>,
    /// Templates; a later one of the same name replaces the one before.
    #[serde(default)]
    pub templates: Vec<Template>,
    /// Which templates have instrument numbers at which priorities, in order: place in `templates`, priority.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    committed: Vec<(usize, i32)>,
    /// Texts that have numbers, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    strings: Vec<TextItem>,
    /// Tables; the first has number 2 where it says none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tables: Vec<TableItem>,
    /// Buses; the first has token 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    buses: Vec<BusItem>,
    /// Channels: declarations, and values at times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    channels: Vec<ChannelItem>,
    /// Sound files that events play from disk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) disk_sounds: Vec<PathBuf>,
    /// Events.
    #[serde(default)]
    pub(super) events: Vec<EventItem>,
    /// Sound files that it carries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sounds: Vec<SoundItem>,
    /// The end marker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_marker: Option<f64>,
    /// What a later version wrote.
    #[serde(flatten)]
    unknown: serde_json::Map<String, serde_json::Value>,
}

/// A text with the next number, or with one of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum TextItem {
    Next(String),
    Numbered(u32, String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum CodeItem {
    Text(String),
    Include(IncludeItem),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IncludeItem {
    path: PathBuf,
    /// Left out, the file is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableItem {
    /// Its number; left out, the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<Vec<f64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) zeros: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) channel: usize,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) skip: f64,
    /// Frames in the file's table; left out, the file is asked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) frames: usize,
    #[serde(default, skip_serializing_if = "is_default")]
    rate: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) channels: usize,
    #[serde(default, skip_serializing_if = "is_default")]
    at: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BusItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<BusKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(default, skip_serializing_if = "is_default")]
    persist: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    release: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    set: Vec<SetItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    automate: Vec<LineItem>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelItem {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<ChannelKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<ArgValue>,
    /// Left out, the channel is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventItem {
    template: String,
    /// Its place in `templates`, where a later template has the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<usize>,
    #[serde(default)]
    start: f64,
    #[serde(default = "endless")]
    dur: f64,
    #[serde(default = "first")]
    priority: i32,
    #[serde(default)]
    pub(super) args: serde_json::Map<String, serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stop: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    set: Vec<SetItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    automate: Vec<LineItem>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetItem {
    /// The parameter; a bus has only one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    value: f64,
    at: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineItem {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    points: Vec<(f64, Option<f64>)>,
    #[serde(default = "linear")]
    mode: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<f64>,
    #[serde(default, skip_serializing_if = "is_default")]
    overtake: bool,
}

fn endless() -> f64 {
    -1.0
}

fn first() -> i32 {
    1
}

fn linear() -> String {
    "linear".into()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl SessionFile {
    /// Reads JSON. [any]
    ///
    /// # Errors
    /// [`SessionError::Json`], also for a version that is not known here.
    pub fn from_json(text: &str) -> Result<Self, SessionError> {
        let file: Self = serde_json::from_str(text).map_err(|error| SessionError::Json(error.to_string()))?;
        file.of_this_version()
    }

    /// Reads JSON that was parsed already. [any]
    ///
    /// # Errors
    /// As [`SessionFile::from_json`].
    pub fn from_value(value: serde_json::Value) -> Result<Self, SessionError> {
        let file: Self =
            serde_json::from_value(value).map_err(|error| SessionError::Json(error.to_string()))?;
        file.of_this_version()
    }

    fn of_this_version(self) -> Result<Self, SessionError> {
        match self.ksmps_session {
            VERSION => Ok(self),
            other => {
                Err(SessionError::Json(format!("it has version {other}; this is for version {VERSION}")))
            }
        }
    }

    /// Whether nothing is in it. [any]
    pub fn is_empty(&self) -> bool {
        self.code.is_empty()
            && self.templates.is_empty()
            && self.tables.is_empty()
            && self.buses.is_empty()
            && self.channels.is_empty()
            && self.events.is_empty()
    }

    /// The names of its templates. [any]
    pub(super) fn template_names(&self) -> impl Iterator<Item = &str> {
        self.templates.iter().map(|template| template.name.as_str())
    }

    /// Takes the text of included files in. Returns those that cannot be read. [control]
    pub(super) fn carry_orchestra(&mut self) -> Vec<PathBuf> {
        let mut left = Vec::new();
        for code in &mut self.code {
            if let CodeItem::Include(IncludeItem { path, text: text @ None }) = code {
                match Include::read(&*path) {
                    Ok(include) => *text = Some(include.text),
                    Err(_) => left.push(path.clone()),
                }
            }
        }
        left
    }

    /// Keeps what another form of the same session has and a [`Session`] does not know: sound files that it carries,
    /// and fields of later versions. [any]
    pub(crate) fn keep_from(&mut self, before: Self) {
        (self.sounds, self.unknown) = (before.sounds, before.unknown);
    }

    /// The JSON. [any]
    ///
    /// # Errors
    /// [`SessionError::Json`].
    pub fn to_json(&self) -> Result<String, SessionError> {
        serde_json::to_string_pretty(self).map_err(|error| SessionError::Json(error.to_string()))
    }

    /// Files that are named relative to a folder. [any]
    pub fn resolve(&mut self, folder: &Path) {
        let resolve = |path: &mut PathBuf| *path = folder.join(&*path);
        self.tables.iter_mut().filter_map(|table| table.file.as_mut()).for_each(resolve);
        self.disk_sounds.iter_mut().for_each(resolve);
        for code in &mut self.code {
            if let CodeItem::Include(include) = code {
                resolve(&mut include.path);
            }
        }
    }
}

impl Session {
    /// Reads a session from a file of JSON; files that it names are searched in the file's folder. [control]
    ///
    /// # Errors
    /// [`SessionError::File`], [`SessionError::Json`], and whatever its content is refused with.
    pub fn read_json(path: impl AsRef<Path>) -> Result<Self, SessionError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| SessionError::file(path, error))?;
        let mut file = SessionFile::from_json(&text)?;
        file.resolve(path.parent().unwrap_or(Path::new("")));
        Self::from_file(&file)
    }

    /// A session as a file says it. [control]
    ///
    /// # Errors
    /// Whatever its content is refused with.
    pub fn from_file(file: &SessionFile) -> Result<Self, SessionError> {
        let mut session = Self::new(file.config.clone())?;
        session.add_file(file)?;
        Ok(session)
    }

    /// Takes in what a file says; the configuration stays. There may be templates already, of other names, and
    /// nothing else. [control]
    ///
    /// # Errors
    /// Whatever its content is refused with.
    pub(crate) fn add_file(&mut self, file: &SessionFile) -> Result<(), SessionError> {
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
            self.versions.get(first_version + version).ok_or_else(unknown)?;
            let priority = self.priorities.normal(priority)?;
            self.priorities.commit(first_version + version, priority)?;
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

    fn read_event(&mut self, item: &EventItem, first_version: usize) -> Result<(), SessionError> {
        let mut sched = Sched::new(&item.template).at(item.start).dur(item.dur).priority(item.priority);
        for (name, value) in &item.args {
            let wrong = |_| SessionError::Json(format!("{name} is neither a number nor a text"));
            let value: ArgValue = serde_json::from_value(value.clone()).map_err(wrong)?;
            sched = sched.with(name, value);
        }
        let version = match item.version {
            Some(version) if first_version + version < self.versions.len() => first_version + version,
            Some(version) => return Err(SessionError::Json(format!("there is no template {version}"))),
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

    fn table_items(&self) -> Vec<TableItem> {
        let mut next = FIRST_TABLE;
        let item = |table| {
            let item = table_item(table, next);
            next = next.max(table.number.0 + 1);
            item
        };
        self.tables.iter().map(item).collect()
    }

    fn text_items(&self) -> Vec<TextItem> {
        let mut next = FIRST_STRING;
        let item = |(number, text): (u32, &str)| {
            let by_itself = number == next;
            next = next.max(number + 1);
            if by_itself {
                TextItem::Next(text.to_owned())
            } else {
                TextItem::Numbered(number, text.to_owned())
            }
        };
        self.strings.iter().map(item).collect()
    }

    /// The session as a file. [any]
    pub fn to_file(&self) -> SessionFile {
        let code = self.code.iter().map(|code| match code {
            Code::Text(text) => CodeItem::Text(text.clone()),
            Code::Include(Include { path, text }) => {
                CodeItem::Include(IncludeItem { path: path.clone(), text: Some(text.clone()) })
            }
        });
        let committed = self.priorities.committed().iter();
        let own = self.borrowed;
        SessionFile {
            ksmps_session: VERSION,
            config: self.config.clone(),
            options: self.options.clone(),
            code: code.collect(),
            templates: self.versions[own..].iter().map(|version| version.template().clone()).collect(),
            committed: committed
                .filter(|(version, ..)| *version >= own)
                .map(|&(version, priority, _)| (version - own, priority as i32))
                .collect(),
            strings: self.text_items(),
            tables: self.table_items(),
            buses: self
                .buses
                .iter()
                .enumerate()
                .map(|(at, bus)| self.bus_item(BusId(at as i64 + 1), bus))
                .collect(),
            channels: self.channels.iter().map(channel_item).collect(),
            disk_sounds: self.disk_sounds.clone(),
            events: self.event_items(),
            sounds: Vec::new(),
            end_marker: self.end_marker,
            unknown: serde_json::Map::new(),
        }
    }

    fn bus_item(&self, bus: BusId, item: &Bus) -> BusItem {
        let (set, automate) = self.items_of(|target| target == Target::Bus(bus.0));
        let Bus { kind, value, persists, release } = *item;
        BusItem { kind, value, persist: persists, release, set, automate }
    }

    fn event_items(&self) -> Vec<EventItem> {
        let mut items: Vec<EventItem> = self.events.iter().map(|event| self.event_item(event)).collect();
        for change in &self.changes {
            let (Target::Field(event, _) | Target::Control(event, _)) = change.target else { continue };
            let item = &mut items[event.0 as usize];
            match (&change.what, &change.asked) {
                (What::Set(value), _) => {
                    item.set.push(SetItem { name: change.name.clone(), value: *value, at: change.at });
                }
                (What::Line { .. }, Some(asked)) => item.automate.push(line_item(&change.name, asked)),
                (What::Line { .. }, None) => {}
            }
        }
        items
    }

    fn event_item(&self, event: &super::Event) -> EventItem {
        let value = |value: &ArgValue| serde_json::to_value(value).unwrap_or_default();
        let args = event.asked.iter().map(|(name, given)| (name.clone(), value(given))).collect();
        let is_current = self.names.get(&event.template) == Some(&event.version);
        EventItem {
            template: event.template.clone(),
            version: (!is_current).then(|| event.version - self.borrowed),
            start: event.start,
            dur: event.dur,
            priority: event.priority as i32,
            args,
            stop: event.stop,
            set: Vec::new(),
            automate: Vec::new(),
        }
    }

    fn items_of(&self, is_meant: impl Fn(Target) -> bool) -> (Vec<SetItem>, Vec<LineItem>) {
        let (mut set, mut automate) = (Vec::new(), Vec::new());
        for change in self.changes.iter().filter(|change| is_meant(change.target)) {
            match (&change.what, &change.asked) {
                (What::Set(value), _) => {
                    set.push(SetItem { name: change.name.clone(), value: *value, at: change.at })
                }
                (What::Line { .. }, Some(asked)) => automate.push(line_item(&change.name, asked)),
                (What::Line { .. }, None) => {}
            }
        }
        (set, automate)
    }
}

impl LineItem {
    fn automate(&self) -> Result<Automate, SessionError> {
        let points = self.points.iter().map(|&(time, value)| (time, value.unwrap_or(f64::NAN))).collect();
        Ok(Automate { points, shape: self.mode.parse()?, at: self.at, overtake: self.overtake })
    }
}

fn line_item(name: &str, line: &Automate) -> LineItem {
    LineItem {
        name: name.to_owned(),
        points: line.points.iter().map(|&(time, value)| (time, (!value.is_nan()).then_some(value))).collect(),
        mode: line.shape.to_string(),
        at: line.at,
        overtake: line.overtake,
    }
}

fn table_item(table: &Table, next: u32) -> TableItem {
    let mut item = TableItem {
        number: Some(table.number.0).filter(|number| *number != next),
        data: None,
        zeros: None,
        file: None,
        channel: 0,
        skip: 0.0,
        frames: 0,
        rate: table.rate,
        channels: table.channels,
        at: table.at,
    };
    match &table.source {
        TableSource::Data(data) => item.data = Some(data.clone()),
        TableSource::Zeros(length) => item.zeros = Some(*length),
        TableSource::File(sound) => {
            (item.file, item.channel, item.skip) = (Some(sound.path.clone()), sound.channel, sound.skip);
            item.frames = table.frames;
        }
    }
    item
}

fn channel_item(channel: &Channel) -> ChannelItem {
    let Channel { name, kind, value, at } = channel.clone();
    ChannelItem { name, kind: Some(kind), value, at }
}
