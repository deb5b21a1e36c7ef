//! One plugin instance without its host: a project that is kept, built, played, swapped and saved.
//!
//! [`pair`] makes its two halves. [`Control`] belongs to everything that may wait: it has the project and a builder
//! thread of its own. [`Player`] belongs to the audio thread: it owns the engines that are heard, and plays them through
//! [`Performer`]. What lies between the halves is a pair of ends (`ends`), with one enum of messages each way; what the
//! audio thread reports, anybody can read from a ring.

mod adoption;
mod apart;
mod block_mode;
mod build;
mod builder;
mod channels;
mod consent;
mod console;
mod content;
mod control;
mod courier;
mod crossfade;
mod edits;
mod ends;
mod exclusive;
mod fading;
mod held_notes;
mod instance;
mod kept;
mod kept_changes;
mod live;
mod machine;
mod meter;
mod missed;
mod names;
mod pending;
mod performer;
mod place;
mod placed;
mod play;
pub mod port;
mod problems;
mod project;
mod reports;
mod scope;
mod session;
mod state;
#[cfg(test)]
mod tests;
mod trial;
mod watch;

use std::sync::Arc;

pub use apart::{engine_executable, run_engine_process};
pub use block_mode::{BLOCKS_VARIABLE, BlockMode};
pub use consent::{ConsentError, give_consent, withdraw_consent};
pub use console::{ConsoleLine, Notice, Subscription};
pub use control::Control;
pub use crossfade::{FADE_S, fade_frames};
pub use ends::COMMANDS_MAX;
pub use held_notes::HeldNotes;
pub use instance::{Status, Ticket};
pub use live::{Answer, LiveError, LiveTarget, LockedClock, Reading};
pub use machine::Machine;
pub use meter::METER_FRAMES;
pub use performer::Performer;
pub use place::{Place, Placing, Reason};
pub use play::{COMMANDS_PER_BLOCK_MAX, Player};
pub use project::{Project, Revision};
pub use reports::{EngineState, REPORTS_KEPT, Report};
pub use scope::{SCOPE_FRAMES, Scope};
pub use state::{STATE_VERSION, StateError};
pub use watch::Watch;

use channels::SharedChannels;
use ksmps_engine::route::HostChannels;

/// What is fixed about an instance, whatever it plays.
#[derive(Debug, Clone)]
pub struct InstanceConfig {
    /// Its buses, until [`Control::set_channels`] says otherwise.
    pub channels: HostChannels,
    /// The document a fresh instance plays.
    pub default_document: &'static str,
}

/// The two halves of a plugin instance. Cheap: no Csound, no file, no thread. `[control]`
pub fn pair(config: InstanceConfig) -> (Arc<Control>, Player) {
    pair_on(Machine::default(), config)
}

/// As [`pair`], with what is known of the machine. `[control]`
pub fn pair_on(machine: Machine, config: InstanceConfig) -> (Arc<Control>, Player) {
    let channels = SharedChannels::new(config.channels);
    let build = placed::BuildPlaced::new(channels.clone(), machine.clone());
    pair_with(machine, config.default_document, channels, build)
}

/// As [`pair`], with engines from elsewhere.
fn pair_with(
    machine: Machine,
    document: &'static str,
    channels: SharedChannels,
    build: impl build::Build + 'static,
) -> (Arc<Control>, Player) {
    let (control, audio) = ends::ends();
    (Arc::new(Control::new(control, machine, document, channels, Box::new(build))), Player::new(audio))
}
