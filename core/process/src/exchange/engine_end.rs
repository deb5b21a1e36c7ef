//! The engine's side of the exchange: it sleeps until a block comes, plays it in place, and answers.

#![expect(unsafe_code, reason = "frames are played where they lie in the shared memory")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::memory::{SharedMemory, have_beginning, load_bytes, store_bytes};
use crate::wake::{Futex, Wake};

use super::layout::{ANSWER, Control, ENGINE_SLEEPS, HOST_SLEEPS, Limits, PAGE_BYTES, QUIT, REQUEST};

/// The engine's side. `[audio]`
#[derive(Debug)]
pub struct EngineEnd<W = Futex> {
    memory: Arc<SharedMemory>,
    limits: Limits,
    wake: W,
    /// The number of the newest block that was answered.
    answered: u32,
    messages: Box<[u8]>,
}

/// A block that the host has handed over. Dropping it leaves the block without an answer.
#[derive(Debug)]
pub struct Request<'a, W: Wake = Futex> {
    end: &'a mut EngineEnd<W>,
    number: u32,
    frames: usize,
    inputs: usize,
    message_bytes: usize,
}

impl<W: Wake> EngineEnd<W> {
    /// Of memory that was made for these limits. `[control]`
    pub fn new(memory: Arc<SharedMemory>, limits: Limits, wake: W) -> Self {
        let messages = vec![0; limits.messages_in as usize].into();
        Self { memory, limits, wake, answered: 0, messages }
    }

    /// Has the system give the pages that usual blocks of so many channels touch, before the audio thread does. `[control]`
    pub fn have_pages(&mut self, inputs: usize, outputs: usize) {
        self.limits.have_pages(&self.memory, inputs, outputs);
        have_beginning(&mut self.messages, PAGE_BYTES);
    }

    /// The oldest block without an answer; sleeps until there is one. `None` where the engine is to end. `[audio]`
    pub fn wait(&mut self) -> Option<Request<'_, W>> {
        let number = self.next_number()?;
        let place = self.limits.place(number);
        let words = self.memory.words(place.asked(), 3);
        let asked: [usize; 3] = std::array::from_fn(|at| words[at].load(Ordering::Relaxed) as usize);
        let [frames, message_bytes, inputs] = asked;
        let frames = frames.min(self.limits.frames as usize);
        let inputs = inputs.min(self.limits.inputs as usize);
        let message_bytes = message_bytes.min(self.messages.len());
        let words = self.memory.words(place.messages_in(), message_bytes.div_ceil(4));
        load_bytes(words, &mut self.messages[..message_bytes]);
        Some(Request { end: self, number, frames, inputs, message_bytes })
    }

    fn next_number(&self) -> Option<u32> {
        let request = self.word(REQUEST);
        loop {
            let seen = request.load(Ordering::Acquire);
            if seen & QUIT != 0 {
                return None;
            }
            if seen != self.answered {
                return Some(self.answered.wrapping_add(2));
            }
            let sleeps = self.word(ENGINE_SLEEPS);
            sleeps.store(1, Ordering::SeqCst);
            if request.load(Ordering::SeqCst) == seen {
                self.wake.wait(request, seen, None);
            }
            sleeps.store(0, Ordering::Relaxed);
        }
    }

    fn answer(&mut self, number: u32, messages: &[u8]) {
        let length = messages.len().min(self.limits.messages_out as usize);
        let place = self.limits.place(number);
        let words = self.memory.words(place.messages_out(), length.div_ceil(4));
        store_bytes(words, &messages[..length]);
        self.memory.words(place.answered(), 1)[0].store(length as u32, Ordering::Relaxed);
        let step = number.wrapping_sub(std::mem::replace(&mut self.answered, number));
        let answer = self.word(ANSWER);
        // Added, so that the bit of death stays.
        answer.fetch_add(step, Ordering::SeqCst);
        if self.word(HOST_SLEEPS).load(Ordering::SeqCst) != 0 {
            self.wake.wake(answer);
        }
    }

    fn word(&self, at: usize) -> &AtomicU32 {
        Control(&self.memory).word(at)
    }
}

impl<W: Wake> Request<'_, W> {
    /// Frames in the block. `[audio]`
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Input channels that the host has. `[audio]`
    pub fn input_count(&self) -> usize {
        self.inputs
    }

    /// What one block can have. `[any]`
    pub fn limits(&self) -> Limits {
        self.end.limits
    }

    /// The host's messages. `[audio]`
    pub fn messages(&self) -> &[u8] {
        &self.end.messages[..self.message_bytes]
    }

    /// Gives `play` the messages, the inputs and the outputs, where they lie. `outputs` are wanted; the host reads no others.
    /// Each side has at most `N` channels. `[audio]`
    pub fn play<const N: usize, T>(
        &mut self,
        outputs: usize,
        play: impl for<'b> FnOnce(&[u8], &[&'b [f32]], &mut [&'b mut [f32]]) -> T,
    ) -> T {
        let (limits, memory, frames) = (self.end.limits, &self.end.memory, self.frames);
        let place = limits.place(self.number);
        let inputs: [&[f32]; N] = std::array::from_fn(|channel| {
            if channel >= self.inputs {
                return &[][..];
            }
            // SAFETY: while a block is out the host writes no input, and nothing here writes one.
            unsafe { memory.samples(place.input(channel), frames) }
        });
        let outputs = outputs.min(limits.outputs as usize).min(N);
        let mut lent: [&mut [f32]; N] = std::array::from_fn(|channel| {
            if channel >= outputs {
                return &mut [][..];
            }
            // SAFETY: while a block is out its outputs are this side's alone; each channel is lent once, and the loan ends
            // with `play`, which has `self` mutably.
            unsafe { memory.samples_mut(place.output(channel), frames) }
        });
        play(&self.end.messages[..self.message_bytes], &inputs[..self.inputs.min(N)], &mut lent[..outputs])
    }

    /// Hands the block back. Messages beyond the limit are cut off. `[audio]`
    pub fn answer(self, messages: &[u8]) {
        self.end.answer(self.number, messages);
    }
}
