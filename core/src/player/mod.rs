//! One plugin instance without its host: a document that is kept, built, played, swapped and saved.
//!
//! [`pair`] makes its two halves. [`Control`] belongs to everything that may wait: it has the document, the slots and
//! a builder thread of its own. [`Player`] belongs to the audio thread: it owns the playing engine and meets new ones
//! in a queue, as it meets commands for the engine that plays (`live`). Engines travel in boxes, finished one way and worn out the other; nothing else is shared but atomics.

mod builder;
mod control;
mod edits;
mod handover;
mod instance;
mod listener;
mod live;
mod play;
mod project;
mod session;
mod state;

use std::sync::Arc;

pub use control::Control;
pub use handover::COMMANDS_MAX;
pub use instance::{Status, Ticket};
pub use live::{ListenerId, LiveError, LockedClock};
pub use play::{COMMANDS_PER_BLOCK_MAX, FADE_FRAMES, Player};
pub use project::{Project, Revision};
pub use state::{STATE_VERSION, StateError};

use crate::route::HostChannels;

/// What is fixed about a plugin.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Its buses.
    pub channels: HostChannels,
    /// The document a fresh instance plays.
    pub default_document: &'static str,
}

/// The two halves of a plugin instance. Cheap: no Csound, no file, no thread. [control]
pub fn pair(shape: Shape) -> (Arc<Control>, Player) {
    let shared = Arc::new(handover::Shared::new(shape));
    (Arc::new(Control::new(Arc::clone(&shared))), Player::new(shared))
}
