//! What can be asked of an engine, as plain data: events, p-fields, lines, tables, channels, buses, times, and what is
//! answered in error. Nothing here knows Csound.
//!
//! All times are in seconds. An event starts at the cycle nearest to its time, as in Csound; so does everything else.

mod automation;
mod bus;
mod channel;
mod clock;
mod clock_lock;
mod compatibility;
mod error;
mod failure;
mod field;
mod instances;
mod instr;
mod line;
mod play;
mod plot_error;
mod reserved;
mod sched;
mod soundfont;
mod table;
mod texts;

pub use crate::curve::Curve;
pub use automation::{Automation, LineId};
pub use bus::{Bus, BusError, BusInfo, BusKind, BusReading, BusSizes, BusStatus, BusToken};
pub use channel::{ChannelMode, ChannelValue};
pub use clock::Clock;
pub use clock_lock::ClockLock;
pub use compatibility::Compatibility;
pub use error::EngineError;
pub use failure::Failure;
pub use field::{Field, PFIELDS_MAX, Pairs, SETP_PAIRS_MAX, changeable};
pub use instances::Instances;
pub use instr::{EventId, Instr, split_name};
pub use line::{Line, Point, Points};
pub use play::{PlayDisk, PlaySample, PlaySoundfont, Preset, TestSignal};
pub use plot_error::PlotError;
pub use reserved::{RESERVED_NUMBERS, ReservedRange};
pub use sched::{Arg, Sched, When};
pub use soundfont::{SoundfontPreset, presets as soundfont_presets};
pub use table::{SoundRead, TableInfo, TableNumber, TableSpec};
pub use texts::{FIRST_TEXT, LIVE_TEXT_BYTES_MAX, own_texts, quoted, texts_header};
