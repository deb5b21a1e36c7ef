//! Csound's host API as a whole: every method of it as a safe call. docs/host-api.md has the table.
//!
//! The engine that plays documents (`Preparing`, `Running`) uses a part of Csound and adds to it; this is Csound as it
//! is, for front ends, tools and tests, which therefore sounds as the csound command line does. An instance is a value
//! whose type says what it can do at that moment:
//!
//! ```text
//! Csound<Configuring> --compile_orc, compile_csd, compile_args--> Csound<Compiled> --start--> Csound<Performing>
//!          |                                                                                    ^      |
//!          +--start, compile (a command line)---------------------------------------------------+   cleanup
//!          ^                                                                                           |
//!          +------------------------------------- reset ------------------------- Csound<Finished> <---+
//! ```
//!
//! A step takes the instance and gives it back in its new state; one that fails gives it back in its [`Refused`].
//!
//! ```no_run
//! use ksmps_csound::host::{Csound, PerformEnd};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut csound = Csound::create()?;
//! csound.set_option("-n")?;
//! let mut csound = csound.compile_orc("instr 1\n out(linen(oscili(p4, p5), 0.1, p3, 0.1))\nendin\n")?;
//! csound.read_score("i1 0 5 1000 440\n")?;
//! let mut csound = csound.start()?;
//! assert_eq!(csound.perform(), PerformEnd::Score);
//! csound.cleanup();
//! # Ok(())
//! # }
//! ```
//!
//! What would be wrong in C does not compile. An instance that is not started does not perform:
//!
//! ```compile_fail,E0599
//! # use ksmps_csound::host::Csound;
//! let mut csound = Csound::create().unwrap();
//! csound.perform_ksmps();
//! ```
//!
//! A playing one takes no options, which Csound would ignore:
//!
//! ```compile_fail,E0599
//! # use ksmps_csound::host::Csound;
//! let mut csound = Csound::create().unwrap().start().unwrap();
//! csound.set_option("-n");
//! ```
//!
//! After `cleanup` nothing performs, and there are no buffers any more:
//!
//! ```compile_fail,E0599
//! # use ksmps_csound::host::Csound;
//! let csound = Csound::create().unwrap().start().unwrap().cleanup();
//! csound.spout();
//! ```
//!
//! An opcode is added before anything is compiled:
//!
//! ```compile_fail,E0599
//! # use ksmps_csound::host::{Csound, Opcode};
//! fn add<O: Opcode>(mut csound: Csound<ksmps_csound::host::Performing>) {
//!     csound.append_opcode::<O>();
//! }
//! ```
//!
//! A slice of a buffer does not outlive the cycle:
//!
//! ```compile_fail,E0502
//! # use ksmps_csound::host::Csound;
//! let mut csound = Csound::create().unwrap().start().unwrap();
//! let spout = csound.spout();
//! csound.perform_ksmps();
//! println!("{}", spout[0]);
//! ```
//!
//! And an instance has one owner; other threads have its [`Remote`]:
//!
//! ```compile_fail,E0277
//! # use ksmps_csound::host::{Csound, Performing};
//! fn shared<T: Sync>() {}
//! shared::<Csound<Performing>>();
//! ```
//!
//! The rules of this crate hold: one instance stays for the life of the process, create, compile, start and destroy take
//! turns, no signal or exit handlers, denormals flushed for the length of a call, a C frame round what may leave by
//! `longjmp`. Two things differ, because a front end is to sound as the csound command line does: `--daemon` is not set,
//! so after the score's end [`Csound::perform_ksmps`] says [`Performed::Ended`] and performs
//! nothing more; and our own opcodes are not added. Nothing is printed to the terminal unless the host does it
//! ([`Csound::set_message_callback`], [`Csound::create_message_buffer`]).
//!
//! What an opcode or a text can do to the process is not held back here (docs/csound.md, hazards): a front end is a
//! process of its own.

mod attributes;
mod callbacks;
mod channels;
mod circular_buffer;
mod compile;
mod devices;
mod environment;
mod events;
mod gens;
mod global_variables;
mod instance;
mod messages;
mod opcode;
mod options;
mod params;
mod perform;
mod pvs;
mod random;
mod remote;
mod score;
mod state;
mod tables;
mod timer;
mod udp;
mod utilities;

pub use callbacks::{
    AudioParams, FileOpened, Graph, InputKind, InputValue, Key, KeyboardEvents, KeyboardId, MidiErrorTexts,
    OutputValue, Sensing,
};
pub use channels::{ChannelFailure, ChannelGuard, ControlChannelHints, HintBehaviour};
pub use circular_buffer::{CircularReader, CircularWriter, circular_buffer};
pub use compile::{Command, Tree};
pub use devices::{AudioDevice, MidiDevice, Module};
pub use environment::{Language, global_env, set_global_env, set_language};
pub use events::{Instrument, KillMode, KillWhich, ScoreEvent};
pub use gens::NamedGen;
pub use messages::Message;
pub use opcode::{ARGUMENTS_MAX, Arguments, InputRate, Opcode, OpcodeFailure, OutputRate};
pub use options::{FileType, SampleFormat};
pub use params::Params;
pub use perform::PerformEnd;
pub use pvs::PvsFrame;
pub use random::{MersenneTwister, rand31, random_seed_from_time};
pub use remote::Remote;
pub use state::{BeforeStart, Compiled, Configuring, Csound, Finished, Live, Performing, Refused, State};
pub use tables::NoTable;
pub use timer::Timer;

pub use crate::running::{ChannelInfo, ChannelKind, ChannelRange, Performed};
pub use ksmps_data::opcode::Opcode as OpcodeEntry;
pub use ksmps_data::verbs::Failure;
