//! What events work with: texts, tables, sound files, buses, channels.

mod buses;
mod channels;
mod tables;
mod texts;

pub use buses::{Bus, BusId, BusKind};
pub use channels::{Channel, ChannelKind};
pub(super) use tables::FIRST_TABLE;
pub use tables::{Sound, Table, TableId, TableSource};
pub(super) use texts::{FIRST_STRING, Strings};

use ksmps_data::args::ArgValue;

use super::event::{Change, ChangeTarget};
use super::{Session, SessionError};

impl Session {
    /// Changes of a target in the order in which they take effect.
    pub(super) fn changes_of(&self, target: ChangeTarget) -> Vec<&Change> {
        let mut changes: Vec<&Change> =
            self.changes.iter().filter(|change| change.target == target).collect();
        changes.sort_by(|a, b| a.at.total_cmp(&b.at));
        changes
    }
}

/// A time that is one.
pub(super) fn check_time(seconds: f64) -> Result<(), SessionError> {
    if seconds.is_finite() && seconds >= 0.0 { Ok(()) } else { Err(SessionError::BadTime(seconds)) }
}

impl From<TableId> for ArgValue {
    fn from(table: TableId) -> Self {
        Self::Number(f64::from(table.0))
    }
}

impl From<BusId> for ArgValue {
    fn from(bus: BusId) -> Self {
        Self::Number(bus.0 as f64)
    }
}
