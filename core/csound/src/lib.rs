//! One Csound, with one owner. The only crate that names csound-sys, and with the opener of libraries the only unsafe one of the core.
//! Csound is opened when the first instance is made ([`open`]); nothing links it.
//!
//! Rules it keeps, each measured and told in docs/csound.md: one instance lives as long as the process;
//! create, compile, start and destroy take turns; no signal or exit handlers; always `--daemon`; a C frame guards
//! what may leave by `longjmp`; one cycle per perform; denormals are flushed for the length of a call.
//!
//! To be read in the order of the modules below: the table of C functions and the layouts, opening the library, what needs
//! an instance, what runs inside a cycle, and an instance with its owner.
//!
//! [`host`] is Csound's host API as a whole, for front ends: it shares the table, the locks and the frame, and nothing of the
//! engine's instance.
//!
//! A [`Preparing`] can be given options, an orchestra and a score; [`Preparing::start`] turns it into a
//! [`Running`], which can only schedule, exchange and perform. It knows nothing of documents, hosts or voices.

#![expect(unsafe_code, reason = "the safe wrapper of a C library; everything else in the workspace is safe")]

// What the library is: functions and layouts.
mod raw;
// Opening it, and what a process needs for it.
mod float_env;
mod library;
mod process;
mod process_lock;
// What needs an instance.
mod layout;
mod memory;
mod messages;
mod places;
// Inside a cycle.
mod after_init;
mod buses;
mod instances;
mod opcodes;
mod starts;
mod variables;
// An instance, before it plays and while it does.
mod deep_stack;
mod instance;
mod observe;
mod opcode_list;
mod preparing;
mod running;
mod variables_proof;
// The host API as a whole, for front ends.
pub mod host;

pub use after_init::{AFTER_INIT_PER_CYCLE_MAX, PfieldRead};
pub use instance::MidiOut;
pub use layout::{TableSound, TextEvent, text_number};
pub use memory::MemoryTaken;
pub use messages::{MessageLine, MessageQueue, MessageReader, also_print_to};
pub use observe::{Peek, doing};
pub use opcode_list::opcode_list;
pub use opcodes::{Python, refuse_programs};
pub use preparing::Preparing;
pub use process::{Used, open, used};
pub use running::{
    ChannelId, ChannelInfo, ChannelKind, ChannelRange, Performed, Running, Sounding, TableFailure,
    TextChannelId,
};
pub use starts::{MIDI_EVENTS_PER_CYCLE_MAX, STARTS_PER_CYCLE_MAX};
pub use variables::{Held, Variables, VariablesProven};
pub use variables_proof::{prove_variables, take_variables_as_proven};

pub use ksmps_data::verbs::{
    BusError, BusInfo, BusKind, BusSizes, BusStatus, BusToken, Failure, Instances, LIVE_TEXT_BYTES_MAX,
};
