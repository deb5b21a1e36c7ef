//! What lies between the control side and the audio side: queues of engines and of commands, and atomics.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_queue::ArrayQueue;

use crate::engine::{Command, Engine, GivenBack, Order, Symbols};
use crate::params::SlotValues;
use crate::renderer::Renderer;

use super::Shape;
use super::live::Later;

/// Engines that can wait to be freed: far more than can be under way.
const WORN_MAX: usize = 64;

/// Commands that can wait for the next block.
pub const COMMANDS_MAX: usize = 1024;
/// Boxes that can wait to be freed. With no room left here nothing is taken from the commands.
const SPENT_MAX: usize = 1024;
/// Engines of which the names are kept beside the playing one's: those on their way, spares, those that fade.
const SYMBOLS_MAX: usize = 8;

/// What the audio thread is done with, and what of it owns memory.
#[expect(dead_code, reason = "it is made to be dropped on another thread")]
pub(super) enum Worn {
    /// A box that an engine had.
    Spent(GivenBack),
    /// An order that was carried out, or could not be.
    Order(Order),
}

/// An engine in its box, and which request it answers.
pub(super) struct Deck {
    pub ticket: u64,
    /// Its number among this instance's engines, from 1.
    pub engine: u64,
    pub renderer: Renderer<Engine>,
    /// Whether a spare was asked for since the engine is no longer as new.
    pub spare_asked: bool,
}

impl Deck {
    /// An engine in its box. [control]
    pub fn new(ticket: u64, engine: u64, renderer: Renderer<Engine>) -> Box<Self> {
        Box::new(Self { ticket, engine, renderer, spare_asked: false })
    }
}

/// Both halves' common ground.
pub(super) struct Shared {
    pub shape: Shape,
    /// Where the slots stand.
    pub values: SlotValues,
    /// The newest engine on its way to the audio thread.
    pub new: ArrayQueue<Box<Deck>>,
    /// An engine as new, of the document that plays, for the next reset.
    pub spare: ArrayQueue<Box<Deck>>,
    /// Engines to be freed.
    pub worn: ArrayQueue<Box<Deck>>,
    /// Commands for the playing engine.
    pub commands: ArrayQueue<Command>,
    /// Boxes to be freed.
    pub spent: ArrayQueue<Worn>,
    /// What the builder's thread does for callers.
    pub later: Later,
    /// The names in every engine that commands can be meant for, by its number. The audio thread does not look.
    symbols: Mutex<Vec<(u64, Arc<Symbols>)>>,
    /// The number that was given to an engine last.
    last_engine: AtomicU64,
    /// The number that was given to a line last.
    last_line: AtomicU64,
    /// The playing engine's number, 0 if there is none.
    playing: AtomicU64,
    /// The frames that the playing engine has performed.
    frames: AtomicU64,
    /// Ticket of the playing engine that wants a spare, 0 if none does.
    wants_spare: AtomicU64,
    /// Ticket of the playing engine of which no spare can be built, 0 if there is none.
    no_spare: AtomicU64,
    /// The rate of the present activation, as bits.
    rate: AtomicU64,
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
            new: ArrayQueue::new(1),
            spare: ArrayQueue::new(1),
            worn: ArrayQueue::new(WORN_MAX),
            commands: ArrayQueue::new(COMMANDS_MAX),
            spent: ArrayQueue::new(SPENT_MAX),
            later: Later::default(),
            symbols: Mutex::default(),
            last_engine: AtomicU64::new(0),
            last_line: AtomicU64::new(0),
            playing: AtomicU64::new(0),
            frames: AtomicU64::new(0),
            wants_spare: AtomicU64::new(0),
            no_spare: AtomicU64::new(0),
            rate: AtomicU64::new(0),
            silenced_samples: AtomicU32::new(0),
            dropped_events: AtomicU32::new(0),
            left: AtomicBool::new(false),
        }
    }

    /// A number for a new engine, whose names are known from now on. [control]
    pub fn enlist(&self, symbols: &Arc<Symbols>) -> u64 {
        let engine = self.last_engine.fetch_add(1, Ordering::Relaxed) + 1;
        let mut known = self.symbols.lock().unwrap_or_else(PoisonError::into_inner);
        known.push((engine, Arc::clone(symbols)));
        let playing = self.playing.load(Ordering::Acquire);
        known.retain(|(other, _)| *other == playing || other + SYMBOLS_MAX as u64 > engine);
        engine
    }

    /// The playing engine's number and names. [control]
    pub fn playing(&self) -> Option<(u64, Arc<Symbols>)> {
        let known = self.symbols.lock().unwrap_or_else(PoisonError::into_inner);
        let playing = self.playing.load(Ordering::Acquire);
        known.iter().find(|(engine, _)| *engine == playing).cloned()
    }

    /// Frames that the playing engine has performed. [any]
    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    /// Says who plays, and where it is. [audio]
    pub fn now_plays(&self, deck: Option<&Deck>) {
        self.frames.store(deck.map_or(0, |deck| deck.renderer.engine().frames()), Ordering::Relaxed);
        self.playing.store(deck.map_or(0, |deck| deck.engine), Ordering::Release);
    }

    /// A number for a line. [any]
    pub fn next_line(&self) -> u64 {
        self.last_line.fetch_add(1, Ordering::Relaxed) + 1
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
    pub fn spare_answered(&self, ticket: u64, built: bool) {
        if !built {
            self.no_spare.store(ticket, Ordering::Release);
        }
        let _ = self.wants_spare.compare_exchange(ticket, 0, Ordering::AcqRel, Ordering::Relaxed);
    }

    /// Whether there will be no spare for this ticket. [audio]
    pub fn is_spare_impossible(&self, ticket: u64) -> bool {
        self.no_spare.load(Ordering::Acquire) == ticket
    }

    /// Engines are for this rate from now on. [control]
    pub fn set_rate(&self, rate: f64) {
        self.rate.store(rate.to_bits(), Ordering::Release);
    }

    /// Whether an engine is for the present rate. [audio]
    pub fn is_for_rate(&self, deck: &Deck) -> bool {
        deck.renderer.engine().info().rate.to_bits() == self.rate.load(Ordering::Acquire)
    }

    /// Sends an engine back to be freed. The queue has room for more engines than can be under way; should it be
    /// full all the same, the engine is leaked rather than freed on the audio thread. [audio]
    pub fn retire(&self, deck: Box<Deck>) {
        if let Err(deck) = self.worn.push(deck) {
            std::mem::forget(deck);
        }
    }
}
