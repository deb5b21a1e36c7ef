//! The audio half: the playing engine, the one that fades out, and the spare that a reset takes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::document::Tail;
use crate::engine::{Command, EngineInfo};
use crate::event::EventKind;
use crate::renderer::{Block, Reports};
use crate::transport::Transport;

use super::handover::{Deck, Shared, Worn};

/// Frames over which a new engine takes over from the old one.
pub const FADE_FRAMES: usize = 1024;
/// Frames that are faded at a time.
const CHUNK: usize = 256;
/// Most host channels on one side.
const CHANNELS_MAX: usize = 32;
/// Commands that are taken at the beginning of one block; the others wait for the next.
pub const COMMANDS_PER_BLOCK_MAX: usize = 64;
/// How long a reset waits for an engine as new. Far above any build that was measured.
const SPARE_PATIENCE: Duration = Duration::from_secs(5);

/// The audio half of a plugin instance. [audio]
pub struct Player {
    shared: Arc<Shared>,
    playing: Option<Box<Deck>>,
    fading: Option<Fading>,
    scratch: Box<[[f32; CHUNK]; CHANNELS_MAX]>,
    unheard: Reports,
}

/// The engine that goes.
struct Fading {
    deck: Box<Deck>,
    frames_left: usize,
}

impl Player {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            playing: None,
            fading: None,
            scratch: Box::new([[0.0; CHUNK]; CHANNELS_MAX]),
            unheard: Reports::default(),
        }
    }

    /// Takes the newest engine that waits, at once and without a fade, and lets go what is of another rate. Before the
    /// first block. [control]
    pub fn adopt(&mut self) {
        self.retire_fading();
        let kept = self.playing.take();
        for mut deck in [kept, self.shared.new.pop()].into_iter().flatten() {
            if self.shared.is_for_rate(&deck) {
                if !deck.renderer.is_touched() {
                    deck.renderer.engine_mut().settle(&self.shared.values);
                }
                self.put_on(deck);
            } else {
                self.shared.retire(deck);
            }
        }
        self.shared.now_plays(self.playing.as_deref());
    }

    /// Lets every engine go; silence until the next one comes. [control]
    pub fn release(&mut self) {
        self.retire_fading();
        for waiting in [self.shared.new.pop(), self.shared.spare.pop()].into_iter().flatten() {
            self.shared.retire(waiting);
        }
        if let Some(deck) = self.playing.take() {
            self.shared.retire(deck);
        }
        self.shared.now_plays(None);
    }

    /// Makes the engine as new, so that the same events give the same samples again. May wait for the builder, with
    /// a bound: hosts call it between playing and playing, never inside a block. [audio]
    pub fn reset(&mut self) {
        self.retire_fading();
        let Some(ticket) =
            self.playing.as_ref().filter(|deck| deck.renderer.is_touched()).map(|deck| deck.ticket)
        else {
            return;
        };
        let started = Instant::now();
        self.shared.ask_for_spare(ticket);
        while started.elapsed() < SPARE_PATIENCE {
            // A newer document's engine is as new as a spare.
            if !self.shared.new.is_empty() {
                self.adopt();
                return;
            }
            match self.shared.spare.pop() {
                Some(mut spare) if spare.ticket == ticket => {
                    spare.renderer.engine_mut().settle(&self.shared.values);
                    self.put_on(spare);
                    self.shared.now_plays(self.playing.as_deref());
                    return;
                }
                Some(stale) => self.shared.retire(stale),
                None if self.shared.is_spare_impossible(ticket) => return,
                None if self.shared.spare_wanted().is_none() => self.shared.ask_for_spare(ticket),
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    /// The host's transport at the first frame of the block that comes next. [audio]
    pub fn transport(&mut self, transport: Transport) {
        self.take_over();
        if let Some(deck) = &mut self.playing {
            deck.renderer.transport_now(transport);
        }
    }

    /// Processes a block: adopts a new engine if one waits, then plays. Every output sample is written. [audio]
    pub fn process(&mut self, block: &mut Block<'_, '_>, reports: &mut Reports) {
        reports.clear();
        self.take_over();
        self.take_commands();
        for event in block.events {
            if let EventKind::Param { slot, normalized } = event.kind {
                self.shared.values.set(usize::from(slot), normalized);
            }
        }
        let Some(deck) = &mut self.playing else {
            block.outputs.iter_mut().for_each(|output| output[..block.frames].fill(0.0));
            return;
        };
        deck.renderer.process(block, reports);
        if !std::mem::replace(&mut deck.spare_asked, true) {
            self.shared.ask_for_spare(deck.ticket);
        }
        if deck.renderer.engine().has_left() {
            self.shared.left.store(true, Ordering::Relaxed);
        }
        self.shared.silenced_samples.fetch_add(reports.silenced_samples, Ordering::Relaxed);
        self.shared.dropped_events.fetch_add(reports.dropped_events, Ordering::Relaxed);
        while !self.shared.spent.is_full()
            && let Some(spent) = deck.renderer.engine_mut().give_back()
        {
            // There is room: nobody else puts anything in.
            drop(self.shared.spent.push(Worn::Spent(spent)));
        }
        self.shared.now_plays(self.playing.as_deref());
        self.fade(block);
    }

    /// Hands the playing engine what was sent to it. What was meant for another one is not carried out: with its
    /// engine, what it was about is gone.
    fn take_commands(&mut self) {
        for _ in 0..COMMANDS_PER_BLOCK_MAX {
            if self.shared.spent.is_full() {
                return;
            }
            let Some(Command { engine, when, order }) = self.shared.commands.pop() else { return };
            let done = match &mut self.playing {
                Some(deck) if deck.engine == engine => {
                    deck.renderer.order_now(when, order).unwrap_or_else(|refused| {
                        self.shared.dropped_events.fetch_add(1, Ordering::Relaxed);
                        refused.decline();
                        Some(refused)
                    })
                }
                _ => {
                    order.decline();
                    Some(order)
                }
            };
            if let Some(done) = done {
                // There is room: nobody else puts anything in.
                drop(self.shared.spent.push(Worn::Order(done)));
            }
        }
    }

    /// Counts events that found no room before they came here, among those that are reported as dropped. [audio]
    pub fn count_dropped_events(&self, events: u32) {
        self.shared.dropped_events.fetch_add(events, Ordering::Relaxed);
    }

    /// What the playing engine is. [any]
    pub fn info(&self) -> Option<&Arc<EngineInfo>> {
        self.playing.as_ref().map(|deck| deck.renderer.engine().info())
    }

    /// Frames between what goes in and its sound. [audio]
    pub fn latency_frames(&self) -> u32 {
        self.info().map_or(0, |info| info.latency_frames)
    }

    /// How long the document sounds on, as far as it says. [audio]
    pub fn tail(&self) -> Option<Tail> {
        self.info().and_then(|info| info.tail)
    }

    /// How many voices sound. [audio]
    pub fn voice_count(&self) -> usize {
        self.playing.as_ref().map_or(0, |deck| deck.renderer.engine().voice_count())
    }

    /// A new engine takes over: it gets the present values and the keys that are down, and the old one fades.
    fn take_over(&mut self) {
        if let Some(mut deck) = self.shared.new.pop() {
            if !self.shared.is_for_rate(&deck) {
                return self.shared.retire(deck);
            }
            deck.renderer.engine_mut().settle(&self.shared.values);
            self.retire_fading();
            if let Some(old) = self.playing.take() {
                deck.renderer.take_over(&old.renderer);
                self.fading = Some(Fading { deck: old, frames_left: FADE_FRAMES });
            }
            self.playing = Some(deck);
        }
    }

    /// Mixes the engine that goes into the block's beginning.
    fn fade(&mut self, block: &mut Block<'_, '_>) {
        let Some(fading) = &mut self.fading else { return };
        let mut at = 0;
        while at < block.frames && fading.frames_left > 0 {
            let frames = CHUNK.min(block.frames - at).min(fading.frames_left);
            let mut inputs: [&[f32]; CHANNELS_MAX] = [&[]; CHANNELS_MAX];
            for (slice, input) in inputs.iter_mut().zip(block.inputs) {
                *slice = &input[at..at + frames];
            }
            let mut outputs = self.scratch.each_mut().map(|channel| &mut channel[..frames]);
            let (input_count, output_count) = (block.inputs.len(), block.outputs.len().min(CHANNELS_MAX));
            let mut old = Block {
                inputs: &inputs[..input_count.min(CHANNELS_MAX)],
                outputs: &mut outputs[..output_count],
                frames,
                events: &[],
            };
            self.unheard.clear();
            fading.deck.renderer.process(&mut old, &mut self.unheard);
            for (output, old) in block.outputs.iter_mut().zip(&outputs) {
                for (frame, (new, &old)) in output[at..at + frames].iter_mut().zip(old.iter()).enumerate() {
                    let gain = (fading.frames_left - frame) as f32 / FADE_FRAMES as f32;
                    *new += (old - *new) * gain;
                }
            }
            fading.frames_left -= frames;
            at += frames;
        }
        if fading.frames_left == 0 {
            self.retire_fading();
        }
    }

    /// Plays a deck from now on, without a fade.
    fn put_on(&mut self, deck: Box<Deck>) {
        if let Some(old) = self.playing.replace(deck) {
            self.shared.retire(old);
        }
    }

    fn retire_fading(&mut self) {
        if let Some(fading) = self.fading.take() {
            self.shared.retire(fading.deck);
        }
    }
}
