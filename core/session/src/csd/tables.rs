//! Tables of an exported session: in the text where they are short, else in files beside it.

use std::path::{Path, PathBuf};

use super::super::resources::{Table, TableSource};
use super::{Asset, Content, FOLDER};

/// Longer tables go into a file of their own.
const INLINE_MAX: usize = 1000;

/// The p-fields that change: of each event a mark and its values.
pub(super) const FIELDS: u32 = 99_990;
/// The values of all lines, one a cycle.
pub(super) const LINES: u32 = 99_991;
/// Which row an event with controls has among [`FIELDS`].
pub(super) const ROW_OF_SLOT: u32 = 99_992;
/// What control buses hold.
pub(super) const BUS_VALUES: u32 = 99_993;
/// What buses carry: 0 undecided, 1 audio, 2 a value.
pub(super) const BUS_KINDS: u32 = 99_994;
/// 1 for a bus that is assigned.
pub(super) const BUS_ALIVE: u32 = 99_995;
/// 1 for a bus that stays when its last user goes.
pub(super) const BUS_PERSISTS: u32 = 99_996;
/// 0 never used, 1 used in the last cycle but not yet in this one, 2 used in this one.
pub(super) const BUS_BEAT: u32 = 99_997;
/// Where a file's values wait to be copied; behind it those of tables to come.
const WAITING: u32 = 99_999;

/// The files that tables need.
#[derive(Debug, Default)]
pub(super) struct TableWriter {
    pub assets: Vec<Asset>,
    /// Code for tables whose values wait for their time.
    pub waiting: String,
}

/// A table in the score.
#[derive(Debug)]
pub(super) struct Statement {
    pub text: String,
    /// Where its guard point has to be made: the table its values come from, 0 for none.
    pub completed_from: Option<u32>,
}

impl TableWriter {
    /// Code that makes a table at the beginning.
    pub fn table(&mut self, table: &Table, rate: u32) -> String {
        let number = table.number.0;
        match &table.source {
            TableSource::File(sound) => {
                let name = self.copy(&sound.path);
                let (skip, channel) = (sound.skip, sound.channel);
                format!(
                    "giksmps_{number} ftgen {number}, 0, 0, -1, \"{FOLDER}/{name}\", {skip:?}, 0, {channel}\n"
                )
            }
            TableSource::Zeros(length) if table.rate == 0 => self.values(number, &vec![0.0; *length], rate),
            TableSource::Data(values) if table.rate == 0 && table.channels == 1 => {
                self.values(number, values, rate)
            }
            _ => {
                let (name, length) = (self.sound(table, rate), table.frames * table.channels);
                format!(
                    "giksmps_{number} ftgen {number}, 0, -{length}, -1, \"{FOLDER}/{name}\", 0, 0, 0\ntableigpw {number}\n"
                )
            }
        }
    }

    /// The statement that makes a table later. Its values wait where they come from another table. `[any]`
    pub fn statement(&mut self, table: &Table, start: &str, rate: u32) -> Statement {
        let (number, length) = (table.number.0, table.frames * table.channels);
        let says_of_sound = table.rate != 0 || table.channels != 1;
        let (text, has_guard) = match &table.source {
            TableSource::File(sound) => {
                let name = self.copy(&sound.path);
                let (skip, channel) = (sound.skip, sound.channel);
                (format!("f {number} {start} 0 -1 \"{FOLDER}/{name}\" {skip:?} 0 {channel}"), true)
            }
            TableSource::Zeros(_) if !says_of_sound => (format!("f {number} {start} -{length} -2 0"), true),
            TableSource::Data(values) if !says_of_sound && length <= INLINE_MAX => {
                let values: String = values.iter().map(|value| format!(" {value:?}")).collect();
                (format!("f {number} {start} -{length} -2{values}"), false)
            }
            TableSource::Data(_) if !says_of_sound => {
                let name = self.sound(table, rate);
                let waits = WAITING + number;
                self.waiting +=
                    &format!("giksmps_{waits} ftgen {waits}, 0, 0, -1, \"{FOLDER}/{name}\", 0, 0, 0\n");
                return Statement {
                    text: format!("f {number} {start} -{length} -2 0"),
                    completed_from: Some(waits),
                };
            }
            _ => {
                let name = self.sound(table, rate);
                (format!("f {number} {start} -{length} -1 \"{FOLDER}/{name}\" 0 0 0"), false)
            }
        };
        Statement { text, completed_from: (!has_guard).then_some(0) }
    }

    fn sound(&mut self, table: &Table, rate: u32) -> String {
        let values = match &table.source {
            TableSource::Data(values) => values.clone(),
            TableSource::Zeros(length) => vec![0.0; *length],
            TableSource::File(_) => Vec::new(),
        };
        let rate = if table.rate == 0 { rate } else { table.rate };
        let name = format!("table-{}.wav", table.number.0);
        self.assets.push(Asset {
            name: name.clone(),
            content: Content::Values { values, rate, channels: table.channels },
        });
        name
    }

    /// Code that makes a table of these values, of the same kind as the engine makes.
    pub fn values(&mut self, number: u32, values: &[f64], rate: u32) -> String {
        let length = values.len();
        if length <= INLINE_MAX {
            let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
            let values = values.join(", ");
            return format!(
                "giksmps_{number} ftgen {number}, 0, -{length}, -2, {values}\ntableigpw {number}\n"
            );
        }
        if values.iter().all(|value| *value == 0.0) {
            return format!("giksmps_{number} ftgen {number}, 0, -{length}, -2, 0\n");
        }
        let name = format!("table-{number}.wav");
        let content = Content::Values { values: values.to_vec(), rate, channels: 1 };
        self.assets.push(Asset { name: name.clone(), content });
        format!(
            "giksmps_{number} ftgen {number}, 0, -{length}, -2, 0\n\
             giksmps_waiting ftgen {WAITING}, 0, 0, -1, \"{FOLDER}/{name}\", 0, 0, 0\n\
             tableicopy {number}, {WAITING}\ntableigpw {number}\nftfree {WAITING}, 0\n"
        )
    }

    /// The name under which a file is copied; the same file has the same one.
    pub fn copy(&mut self, path: &Path) -> String {
        let is_same = |asset: &&Asset| asset.content == Content::Copy(path.to_owned());
        if let Some(known) = self.assets.iter().find(is_same) {
            return known.name.clone();
        }
        let own: PathBuf = path.file_name().map_or_else(|| PathBuf::from("sound"), PathBuf::from);
        let mut name = own.display().to_string();
        let mut count = 1;
        while self.assets.iter().any(|asset| asset.name == name) {
            count += 1;
            name = format!("{count}-{}", own.display());
        }
        self.assets.push(Asset { name: name.clone(), content: Content::Copy(path.to_owned()) });
        name
    }
}
