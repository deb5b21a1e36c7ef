//! What an engine watches for others: channels that change, and events that answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crossbeam_queue::ArrayQueue;

use crate::csound::{ChannelId, Running};

use super::Answer;

/// How many channels an engine can watch.
pub const LISTENERS_MAX: usize = 64;
/// How many events can be about to answer; one more, and the oldest is given up.
pub const AWAITED_MAX: usize = 64;
/// How many changes can wait to be told.
const HEARD_MAX: usize = 4096;

/// A channel that somebody listens to.
#[derive(Debug)]
pub struct Listening {
    /// Whose ear it is.
    pub listener: u64,
    /// The channel.
    pub channel: ChannelId,
    /// What was heard of it last; `None` means what it holds when the ear comes.
    pub last: Option<f64>,
    /// Where it is told.
    pub told: Arc<Heard>,
}

/// What was heard and is still to be told: listeners and values, in order.
#[derive(Debug)]
pub struct Heard {
    queue: ArrayQueue<(u64, f64)>,
    lost: AtomicU32,
}

impl Default for Heard {
    fn default() -> Self {
        Self { queue: ArrayQueue::new(HEARD_MAX), lost: AtomicU32::new(0) }
    }
}

impl Heard {
    /// The next one: whose, and the value. [control]
    pub fn next(&self) -> Option<(u64, f64)> {
        self.queue.pop()
    }

    /// How many found no room since the last call. [control]
    pub fn take_lost(&self) -> u32 {
        self.lost.swap(0, Ordering::Relaxed)
    }

    fn tell(&self, listener: u64, value: f64) {
        if self.queue.push((listener, value)).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// An event that is to answer: it writes a place in a table and says so with `outvalue "__sync__"`.
#[derive(Debug)]
pub struct Awaited {
    /// The place, which is what the event was given in p4.
    pub token: u32,
    /// The table.
    pub table: u32,
    /// Where the answer goes.
    pub answer: Arc<Answer>,
}

/// What is given back when an ear is done with.
#[derive(Debug)]
pub enum Deaf {
    /// Nobody listens any more.
    Listening(Listening),
    /// It was answered, or given up.
    Awaited(Awaited),
}

/// What an engine watches.
#[derive(Debug)]
pub(in crate::engine) struct Ears {
    listening: Vec<Listening>,
    awaited: Vec<Awaited>,
    done: Vec<Deaf>,
}

impl Ears {
    /// Room for everything. [control]
    pub fn new() -> Self {
        Self {
            listening: Vec::with_capacity(LISTENERS_MAX),
            awaited: Vec::with_capacity(AWAITED_MAX),
            done: Vec::with_capacity(LISTENERS_MAX + AWAITED_MAX),
        }
    }

    /// Watches a channel. [audio]
    ///
    /// # Errors
    /// The ear itself where there is no room.
    pub fn listen(&mut self, running: &Running, mut listening: Listening) -> Result<(), Listening> {
        if self.listening.len() == LISTENERS_MAX {
            return Err(listening);
        }
        listening.last.get_or_insert(running.channel(listening.channel));
        self.listening.push(listening);
        Ok(())
    }

    /// Watches for somebody no longer. [audio]
    pub fn forget(&mut self, listener: u64) {
        if let Some(at) = self.listening.iter().position(|ear| ear.listener == listener) {
            let ear = self.listening.swap_remove(at);
            self.done(Deaf::Listening(ear));
        }
    }

    /// Waits for an answer; the oldest one of too many is given up. [audio]
    pub fn wait_for(&mut self, running: &mut Running, awaited: Awaited) {
        if self.awaited.len() == AWAITED_MAX {
            let oldest = self.awaited.remove(0);
            oldest.answer.give(None);
            self.done(Deaf::Awaited(oldest));
        }
        let place = running.table_mut(awaited.table).and_then(|table| table.get_mut(awaited.token as usize));
        if let Some(place) = place {
            *place = 0.0;
        }
        self.awaited.push(awaited);
    }

    /// Tells what has changed in the cycle just performed. [audio]
    pub fn hear(&mut self, running: &mut Running) {
        for ear in &mut self.listening {
            let value = running.channel(ear.channel);
            if ear.last.map(f64::to_bits) != Some(value.to_bits()) {
                ear.last = Some(value);
                ear.told.tell(ear.listener, value);
            }
        }
        if self.awaited.is_empty() {
            return;
        }
        for said in 0..running.synced().len() {
            let token = running.synced()[said] as u32;
            if let Some(at) = self.awaited.iter().position(|awaited| awaited.token == token) {
                let awaited = self.awaited.remove(at);
                let table = running.table(awaited.table);
                awaited.answer.give(table.and_then(|table| table.get(token as usize).copied()));
                self.done(Deaf::Awaited(awaited));
            }
        }
    }

    /// The newest one that is done with. [audio]
    pub fn give_back(&mut self) -> Option<Deaf> {
        self.done.pop()
    }

    fn done(&mut self, deaf: Deaf) {
        // Nobody has fetched the others for so long that there is no room: rather a leak than a release here.
        if self.done.len() == self.done.capacity() { std::mem::forget(deaf) } else { self.done.push(deaf) }
    }
}

impl Drop for Ears {
    /// What was waited for does not come any more. [control]
    fn drop(&mut self) {
        self.awaited.iter().for_each(|awaited| awaited.answer.give(None));
    }
}
