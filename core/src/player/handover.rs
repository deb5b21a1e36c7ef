//! What lies between the control side and the audio side: queues of engines, and atomics.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use crossbeam_queue::ArrayQueue;

use crate::engine::Engine;
use crate::params::SlotValues;
use crate::renderer::Renderer;

use super::Shape;

/// Engines that can wait on either side.
const ENGINES_MAX: usize = 16;

/// An engine in its box, and which request it answers.
pub(super) struct Deck {
    pub ticket: u64,
    pub renderer: Renderer<Engine>,
}

/// Both halves' common ground.
pub(super) struct Shared {
    pub shape: Shape,
    /// Where the slots stand.
    pub values: SlotValues,
    /// New engines on their way to the audio thread.
    pub new: ArrayQueue<Box<Deck>>,
    /// An engine as new, of the document that plays, for the next reset.
    pub spare: ArrayQueue<Box<Deck>>,
    /// Engines to be freed.
    pub worn: ArrayQueue<Box<Deck>>,
    /// Ticket of the playing engine that wants a spare, 0 if none does.
    wants_spare: AtomicU64,
    /// Samples of the playing engine that were not numbers.
    pub silenced_samples: AtomicU32,
    /// Events of the playing engine that found no room.
    pub dropped_events: AtomicU32,
    /// The playing engine has left for good.
    pub left: AtomicBool,
}

impl Shared {
    pub fn new(shape: Shape) -> Self {
        Self {
            shape,
            values: SlotValues::default(),
            new: ArrayQueue::new(ENGINES_MAX),
            spare: ArrayQueue::new(1),
            worn: ArrayQueue::new(ENGINES_MAX),
            wants_spare: AtomicU64::new(0),
            silenced_samples: AtomicU32::new(0),
            dropped_events: AtomicU32::new(0),
            left: AtomicBool::new(false),
        }
    }

    /// The playing engine is no longer as new: a spare should be built. [audio]
    pub fn ask_for_spare(&self, ticket: u64) {
        self.wants_spare.store(ticket, Ordering::Release);
    }

    /// The ticket of the document a spare is wanted of. [control]
    pub fn spare_wanted(&self) -> Option<u64> {
        let ticket = self.wants_spare.load(Ordering::Acquire);
        (ticket != 0).then_some(ticket)
    }

    /// The spare for this ticket was built, or cannot be. [control]
    pub fn spare_answered(&self, ticket: u64) {
        let _ = self.wants_spare.compare_exchange(ticket, 0, Ordering::AcqRel, Ordering::Relaxed);
    }

    /// Sends an engine back to be freed. The queue has room for more engines than can be under way; should it be
    /// full all the same, the engine is leaked rather than freed on the audio thread. [audio]
    pub fn retire(&self, deck: Box<Deck>) {
        if let Err(deck) = self.worn.push(deck) {
            std::mem::forget(deck);
        }
    }
}
