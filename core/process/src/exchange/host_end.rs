//! The host's side of the exchange: it waits with a deadline, and trusts nothing that it reads.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::memory::{SharedMemory, have_beginning, load_bytes, store_bytes};
use crate::wake::{Futex, Wake};

use super::layout::{ANSWER, Control, DEAD, ENGINE_SLEEPS, HOST_SLEEPS, Limits, PAGE_BYTES, REQUEST};

/// How long an answer is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// At most so long altogether. `None`: until the answer comes or the engine dies. Never `None` in real time.
    pub at_most: Option<Duration>,
    /// So long of it without sleeping. Only where both threads are real time and each has a processor: elsewhere the
    /// waiting thread keeps the other one from working.
    pub awake: Duration,
}

/// How waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// The answer is there.
    Answered,
    /// It is not there in time.
    Late,
    /// It will never be there: the engine is dead.
    Dead,
}

/// What an answer holds besides its frames.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The engine's messages.
    pub messages: &'a [u8],
    /// Samples that were not numbers and are 0 now.
    pub silenced_samples: u32,
}

/// The host's side. As many blocks can be out at once as there are places; their answers come in their order. `[audio]`
#[derive(Debug)]
pub struct HostEnd<W = Futex> {
    memory: Arc<SharedMemory>,
    limits: Limits,
    wake: W,
    /// The number of the newest block that was handed over.
    handed_over: u32,
    /// The number of the newest block whose answer was taken.
    taken: u32,
    /// Frames of the blocks that are out, by place.
    frames: Box<[usize]>,
    messages: Box<[u8]>,
}

impl<W: Wake> HostEnd<W> {
    /// Of memory that was made for these limits. `[control]`
    pub fn new(memory: Arc<SharedMemory>, limits: Limits, wake: W) -> Self {
        let messages = vec![0; limits.messages_out as usize].into();
        let frames = vec![0; limits.places as usize].into();
        Self { memory, limits, wake, handed_over: 0, taken: 0, frames, messages }
    }

    /// What one block can have. `[any]`
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Has the system give the pages that usual blocks of so many channels touch, before the audio thread does. `[control]`
    pub fn have_pages(&mut self, inputs: usize, outputs: usize) {
        self.limits.have_pages(&self.memory, inputs, outputs);
        have_beginning(&mut self.messages, PAGE_BYTES);
    }

    /// How many blocks are out: handed over, and their answers not taken. `[audio]`
    pub fn out(&self) -> usize {
        (self.handed_over.wrapping_sub(self.taken) / 2) as usize
    }

    /// Whether one more block can be handed over. `[audio]`
    pub fn has_place(&self) -> bool {
        self.out() < self.limits.places as usize
    }

    /// Whether the engine is known to be dead. `[audio]`
    pub fn is_dead(&self) -> bool {
        self.word(ANSWER).load(Ordering::Acquire) & DEAD != 0
    }

    /// Hands a block over: frames from `at` on of each input, and messages. `false`, and nothing is done, where every place
    /// is taken or the limits do not hold it. Inputs that are missing are silence; those beyond the limit are not
    /// handed over. `[audio]`
    pub fn hand_over(&mut self, inputs: &[&[f32]], at: usize, frames: usize, messages: &[u8]) -> bool {
        let fits =
            frames <= self.limits.frames as usize && messages.len() <= self.limits.messages_in as usize;
        if !self.has_place() || !fits {
            return false;
        }
        let number = self.handed_over.wrapping_add(2);
        let place = self.limits.place(number);
        for channel in 0..self.limits.inputs as usize {
            let Some(input) = inputs.get(channel) else { break };
            let words = self.memory.words(place.input(channel), frames);
            for (word, sample) in words.iter().zip(&input[at..at + frames]) {
                word.store(sample.to_bits(), Ordering::Relaxed);
            }
        }
        store_bytes(self.memory.words(place.messages_in(), messages.len().div_ceil(4)), messages);
        let asked = self.memory.words(place.asked(), 3);
        let input_count = inputs.len().min(self.limits.inputs as usize);
        for (word, value) in asked.iter().zip([frames, messages.len(), input_count]) {
            word.store(value as u32, Ordering::Relaxed);
        }
        self.handed_over = number;
        let index = self.index(number);
        self.frames[index] = frames;
        let request = self.word(REQUEST);
        // Added, so that the bit that asks the engine to end stays.
        request.fetch_add(2, Ordering::SeqCst);
        if self.word(ENGINE_SLEEPS).load(Ordering::SeqCst) != 0 {
            self.wake.wake(request);
        }
        true
    }

    /// Waits for the answer to the oldest block that is out. `[audio]`
    pub fn wait(&self, patience: Patience) -> Waited {
        if let Some(ended) = self.look() {
            return ended;
        }
        let started = Instant::now();
        while started.elapsed() < patience.awake {
            for _ in 0..50 {
                std::hint::spin_loop();
            }
            if let Some(ended) = self.look() {
                return ended;
            }
        }
        self.sleep(started, patience.at_most)
    }

    fn sleep(&self, started: Instant, at_most: Option<Duration>) -> Waited {
        let (answer, sleeps) = (self.word(ANSWER), self.word(HOST_SLEEPS));
        sleeps.store(1, Ordering::SeqCst);
        let ended = loop {
            let seen = answer.load(Ordering::SeqCst);
            if let Some(ended) = self.judge(seen) {
                break ended;
            }
            let left = at_most.map(|at_most| at_most.saturating_sub(started.elapsed()));
            if left.is_some_and(|left| left.is_zero()) {
                break Waited::Late;
            }
            self.wake.wait(answer, seen, left);
        };
        sleeps.store(0, Ordering::Relaxed);
        ended
    }

    fn look(&self) -> Option<Waited> {
        self.judge(self.word(ANSWER).load(Ordering::Acquire))
    }

    /// A number of none of the blocks that are out is a lie: no answer.
    fn judge(&self, answer: u32) -> Option<Waited> {
        if answer & DEAD != 0 {
            return Some(Waited::Dead);
        }
        let answers = answer.wrapping_sub(self.taken) / 2;
        (1..=self.out() as u32).contains(&answers).then_some(Waited::Answered)
    }

    /// Frames of the oldest answer that is there to be taken; `None` where there is none. `[audio]`
    pub fn answered_frames(&self) -> Option<usize> {
        let oldest = self.index(self.taken.wrapping_add(2));
        (self.look() == Some(Waited::Answered)).then(|| self.frames[oldest])
    }

    fn index(&self, number: u32) -> usize {
        (number / 2) as usize % self.frames.len()
    }

    /// Takes the oldest answer: `write` is given each output channel in turn, then the block's place is free again. `None`
    /// where there is no answer. `[audio]`
    pub fn take(&mut self, channels: usize, mut write: impl FnMut(usize, Samples<'_>)) -> Option<Answer<'_>> {
        let frames = self.answered_frames()?;
        self.taken = self.taken.wrapping_add(2);
        let place = self.limits.place(self.taken);
        let mut silenced_samples = 0;
        for channel in 0..channels.min(self.limits.outputs as usize) {
            let words = self.memory.words(place.output(channel), frames);
            write(channel, Samples { words: words.iter(), silenced: &mut silenced_samples });
        }
        let length = self.memory.words(place.answered(), 1)[0].load(Ordering::Relaxed) as usize;
        let length = length.min(self.messages.len());
        let messages = &mut self.messages[..length];
        load_bytes(self.memory.words(place.messages_out(), length.div_ceil(4)), messages);
        Some(Answer { messages, silenced_samples })
    }

    /// Forgets the blocks that are out: the engine is dead. `[audio]`
    pub fn give_up(&mut self) {
        self.taken = self.handed_over;
    }

    fn word(&self, at: usize) -> &std::sync::atomic::AtomicU32 {
        Control(&self.memory).word(at)
    }
}

/// The samples of one output channel, each a number.
#[derive(Debug)]
pub struct Samples<'a> {
    words: std::slice::Iter<'a, std::sync::atomic::AtomicU32>,
    silenced: &'a mut u32,
}

impl Iterator for Samples<'_> {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        let sample = f32::from_bits(self.words.next()?.load(Ordering::Relaxed));
        if sample.is_finite() {
            return Some(sample);
        }
        *self.silenced += 1;
        Some(0.0)
    }
}
