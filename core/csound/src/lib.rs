//! One Csound, with one owner. The only crate that names csound-sys, and with the opener of libraries the only unsafe one of the core.
//! Csound is opened when the first instance is made ([`open`]); nothing links it.
//!
//! Rules it keeps, each measured and told in docs/architecture.md: one instance lives as long as the process;
//! create, compile, start and destroy take turns; no signal or exit handlers; always `--daemon`; a C frame guards
//! what may leave by `longjmp`; one cycle per perform; denormals are flushed for the length of a call.
//!
//! A [`Preparing`] can be given options, an orchestra and a score; [`Preparing::start`] turns it into a
//! [`Running`], which can only schedule, exchange and perform. It knows nothing of documents, hosts or voices.

#![expect(unsafe_code, reason = "the safe wrapper of a C library; everything else in the workspace is safe")]

mod bus_verbs;
mod buses;
mod channels;
mod float_env;
mod instance;
mod late;
mod layout;
mod library;
mod messages;
mod opcode_patches;
mod opcodes;
mod places;
mod process;
mod process_lock;
mod raw;
mod running;
mod starts;
mod tables;
mod text_channels;
mod texts;
mod values;

pub use channels::{ChannelId, ChannelInfo, ChannelKind, ChannelRange};
pub use instance::Preparing;
pub use late::{LATE_PER_CYCLE_MAX, LateRead};
pub use messages::{MessageLine, MessageQueue, MessageReader};
pub use process::open;
pub use running::{MidiOut, Performed, Running, Sounding};
pub use starts::{MIDI_EVENTS_PER_CYCLE_MAX, STARTS_PER_CYCLE_MAX};
pub use tables::{TableFailure, TableSound};
pub use text_channels::TextChannelId;

pub use ksmps_data::verbs::{
    BusError, BusInfo, BusKind, BusSizes, BusStatus, BusToken, Failure, LIVE_TEXT_BYTES_MAX, Which,
};
