//! Where what lies in the shared memory.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::memory::SharedMemory;
use crate::wake::Wake;

/// Words in a cache line, doubled because processors fetch two at a time: words of different writers are that far apart.
const LINE: usize = 32;
/// The number of the newest block that was handed over, and [`QUIT`].
pub(super) const REQUEST: usize = 0;
/// Not 0 while the engine's audio thread sleeps.
pub(super) const ENGINE_SLEEPS: usize = LINE;
/// The number of the newest block that was answered, and [`DEAD`].
pub(crate) const ANSWER: usize = 2 * LINE;
/// Not 0 while the host's audio thread sleeps.
pub(super) const HOST_SLEEPS: usize = 3 * LINE;
/// Why the engine is dead: a signal's number; 0 where it has not said.
pub(crate) const DEATH: usize = 4 * LINE;
/// Messages that have come over the socket and are ready for the engine's audio thread.
const READY: usize = 5 * LINE;
/// Where the places for blocks begin.
const PLACES: usize = 6 * LINE;
/// In a place: frames, bytes of messages and inputs of the block that was handed over.
const ASKED: usize = 0;
/// In a place: bytes of messages in the answer.
const ANSWERED: usize = LINE;
/// In a place: where the frames begin.
const FRAMES: usize = 2 * LINE;

/// In the request word: the engine is to end.
pub(super) const QUIT: u32 = 1;
/// In the answer word: the engine is dead.
pub(crate) const DEAD: u32 = 1;

/// Bytes of a page on most machines: where they are larger, more is there.
pub(super) const PAGE_BYTES: usize = 4096;
/// Frames of a channel, and words of a message, whose pages are there before the first block.
const FRAMES_AT_ONCE: usize = PAGE_BYTES / 4;

/// Bytes in which a dying engine says what it was doing: see [`crate::inside`].
pub(crate) const PLACE_BYTES: usize = 256;
/// Bytes that are kept of what an engine has printed last.
pub(crate) const PRINTED_BYTES: usize = 2048;
/// Words for both, each behind a word for its length.
pub(crate) const LAST_WORDS: usize = 2 + (PLACE_BYTES + PRINTED_BYTES) / 4;

/// How much one block can have. Both sides are told the same and keep their own copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Input channels.
    pub inputs: u32,
    /// Output channels.
    pub outputs: u32,
    /// Frames in a block; who has more hands them over in several.
    pub frames: u32,
    /// Bytes of messages to the engine in one block.
    pub messages_in: u32,
    /// Bytes of messages from the engine in one block.
    pub messages_out: u32,
    /// Blocks that can be out at once: a power of 2.
    pub places: u32,
}

impl Limits {
    /// For every plugin: memory that is never touched costs nothing.
    pub const USUAL: Self = Self {
        inputs: 32,
        outputs: 32,
        frames: 2048,
        messages_in: 1 << 20,
        messages_out: 1 << 20,
        places: 8,
    };

    /// Words of shared memory that are needed. `[any]`
    pub fn words(&self) -> usize {
        self.last_words_at() + LAST_WORDS
    }

    /// Where a dying engine leaves what it has to say.
    pub(crate) fn last_words_at(&self) -> usize {
        PLACES + self.places as usize * self.place_words()
    }

    /// The place of the block with this number; numbers go up by 2. `[any]`
    pub(super) fn place(&self, number: u32) -> Place<'_> {
        let index = (number / 2) & (self.places - 1);
        Place { limits: self, first: PLACES + index as usize * self.place_words() }
    }

    /// Has the system give the pages that usual blocks touch: of each place its words, a page of frames for each of so many
    /// inputs and outputs, and the beginnings of both messages. `[control]`
    pub(super) fn have_pages(&self, memory: &SharedMemory, inputs: usize, outputs: usize) {
        let frames = (self.frames as usize).min(FRAMES_AT_ONCE);
        let inputs = inputs.min(self.inputs as usize);
        let outputs = outputs.min(self.outputs as usize);
        memory.have_pages(REQUEST, PLACES);
        for number in (0..self.places).map(|index| 2 * index) {
            let place = self.place(number);
            memory.have_pages(place.first, FRAMES);
            (0..inputs).for_each(|channel| memory.have_pages(place.input(channel), frames));
            (0..outputs).for_each(|channel| memory.have_pages(place.output(channel), frames));
            memory.have_pages(place.messages_in(), (self.messages_in as usize / 4).min(FRAMES_AT_ONCE));
            memory.have_pages(place.messages_out(), (self.messages_out as usize / 4).min(FRAMES_AT_ONCE));
        }
    }

    fn place_words(&self) -> usize {
        let place = Place { limits: self, first: 0 };
        place.messages_out() + (self.messages_out as usize).div_ceil(4)
    }
}

/// Where the parts of one block lie.
pub(super) struct Place<'a> {
    limits: &'a Limits,
    first: usize,
}

impl Place<'_> {
    /// Frames, bytes of messages and inputs of the block.
    pub fn asked(&self) -> usize {
        self.first + ASKED
    }

    /// Bytes of messages in the answer.
    pub fn answered(&self) -> usize {
        self.first + ANSWERED
    }

    /// The frames of an input.
    pub fn input(&self, channel: usize) -> usize {
        self.first + FRAMES + channel * self.limits.frames as usize
    }

    /// The frames of an output.
    pub fn output(&self, channel: usize) -> usize {
        self.input(self.limits.inputs as usize + channel)
    }

    /// The messages to the engine.
    pub fn messages_in(&self) -> usize {
        self.output(self.limits.outputs as usize)
    }

    /// The messages from the engine.
    pub fn messages_out(&self) -> usize {
        self.messages_in() + (self.limits.messages_in as usize).div_ceil(4)
    }
}

/// The words by which the sides talk of blocks.
pub(crate) struct Control<'a>(pub &'a SharedMemory);

impl<'a> Control<'a> {
    /// One of the words. `[audio]`
    pub fn word(&self, at: usize) -> &'a AtomicU32 {
        &self.0.words(at, 1)[0]
    }

    /// Says that the engine is dead, and wakes the host's audio thread. `[any]`
    pub fn declare_dead(&self, wake: &impl Wake) {
        let answer = self.word(ANSWER);
        answer.fetch_or(DEAD, Ordering::SeqCst);
        wake.wake(answer);
    }

    /// Asks the engine's audio thread to end, and wakes it. `[any]`
    pub fn ask_to_quit(&self, wake: &impl Wake) {
        let request = self.word(REQUEST);
        request.fetch_or(QUIT, Ordering::SeqCst);
        wake.wake(request);
    }

    /// Says that one more message of the socket is ready for the engine's audio thread, and wakes who waits for it. `[any]`
    pub fn count_ready(&self, wake: &impl Wake) {
        let ready = self.word(READY);
        ready.fetch_add(1, Ordering::SeqCst);
        wake.wake(ready);
    }

    /// Waits until the message with this number is ready, from 1; `false` where it is not in time. `[control]`
    pub fn wait_until_ready(&self, number: u32, at_most: Duration, wake: &impl Wake) -> bool {
        let (ready, started) = (self.word(READY), Instant::now());
        loop {
            let seen = ready.load(Ordering::SeqCst);
            if seen.wrapping_sub(number) <= u32::MAX / 2 {
                return true;
            }
            let left = at_most.saturating_sub(started.elapsed());
            if left.is_zero() {
                return false;
            }
            wake.wait(ready, seen, Some(left));
        }
    }

    /// The number of the newest block that was answered, while another one is not; `None` where all are. `[any]`
    pub fn unanswered(&self) -> Option<u32> {
        let asked = self.word(REQUEST).load(Ordering::SeqCst) & !QUIT;
        let answered = self.word(ANSWER).load(Ordering::SeqCst) & !DEAD;
        (asked != answered).then_some(answered)
    }

    /// What a signal handler has written down of the engine's end. `[any]`
    pub fn death_note(&self) -> Option<DeathNote> {
        match self.word(DEATH).load(Ordering::SeqCst) {
            signal @ 1..=64 => Some(DeathNote { signal: signal.cast_signed() }),
            _ => None,
        }
    }
}

/// What a dying engine has said of itself. It may be wrong: the engine wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeathNote {
    /// The signal's number, 1..=64.
    pub signal: i32,
}
