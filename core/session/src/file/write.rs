//! From a [`Session`] into a session file: what was asked for, in the order in which it was.

use super::items::{
    BusItem, ChannelItem, CodeItem, EventItem, IncludeItem, LineItem, SetItem, TableItem, TextItem,
};
use super::{SessionFile, VERSION};
use crate::event::{ChangeTarget, What};
use crate::resources::{Bus, Channel, FIRST_STRING, FIRST_TABLE};
use crate::{ArgValue, Automate, BusId, Code, Event, Include, Session, SongPlay, Table, TableSource};

impl Session {
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

    /// The session as a file. `[any]`
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
            play: if self.play == SongPlay::default() { String::new() } else { self.play.to_string() },
            end_marker: self.end_marker,
            unknown: serde_json::Map::new(),
        }
    }

    fn bus_item(&self, bus: BusId, item: &Bus) -> BusItem {
        let (set, automate) = self.items_of(|target| target == ChangeTarget::Bus(bus.0));
        let Bus { kind, value, persists, release } = *item;
        BusItem { kind, value, persist: persists, release, set, automate }
    }

    fn event_items(&self) -> Vec<EventItem> {
        let mut items: Vec<EventItem> = self.events.iter().map(|event| self.event_item(event)).collect();
        for change in &self.changes {
            let (ChangeTarget::Field(event, _) | ChangeTarget::Control(event, _)) = change.target else {
                continue;
            };
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

    fn event_item(&self, event: &Event) -> EventItem {
        let value = |value: &ArgValue| serde_json::to_value(value).unwrap_or_default();
        let args = event.asked.iter().map(|(name, given)| (name.clone(), value(given))).collect();
        let is_current = self.names.get(&event.template) == Some(&event.version);
        EventItem {
            template: event.template.clone(),
            version: if is_current { None } else { event.version.checked_sub(self.borrowed) },
            start: event.start,
            dur: event.dur,
            priority: event.priority as i32,
            args,
            stop: event.stop,
            set: Vec::new(),
            automate: Vec::new(),
        }
    }

    fn items_of(&self, is_meant: impl Fn(ChangeTarget) -> bool) -> (Vec<SetItem>, Vec<LineItem>) {
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

fn line_item(name: &str, line: &Automate) -> LineItem {
    LineItem {
        name: name.to_owned(),
        points: line.points.iter().map(|&(time, value)| (time, (!value.is_nan()).then_some(value))).collect(),
        mode: line.curve.to_string(),
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
