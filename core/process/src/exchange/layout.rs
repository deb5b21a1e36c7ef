//! Where what lies in the shared memory.

use std::sync::atomic::{AtomicU32, Ordering};

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
/// Frames, then bytes of messages, of the block that was handed over.
pub(super) const ASKED: usize = 5 * LINE;
/// Bytes of messages in the answer.
pub(super) const ANSWERED: usize = 6 * LINE;
/// Where the frames begin.
const FRAMES: usize = 7 * LINE;

/// In the request word: the engine is to end.
pub(super) const QUIT: u32 = 1;
/// In the answer word: the engine is dead.
pub(crate) const DEAD: u32 = 1;

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
}

impl Limits {
    /// For every plugin: memory that is never touched costs nothing.
    pub const USUAL: Self =
        Self { inputs: 32, outputs: 32, frames: 2048, messages_in: 4 << 20, messages_out: 1 << 20 };

    /// Words of shared memory that are needed. `[any]`
    pub fn words(&self) -> usize {
        self.messages_out_at() + (self.messages_out as usize).div_ceil(4)
    }

    pub(super) fn input(&self, channel: usize) -> usize {
        FRAMES + channel * self.frames as usize
    }

    pub(super) fn output(&self, channel: usize) -> usize {
        self.input(self.inputs as usize + channel)
    }

    pub(super) fn messages_in_at(&self) -> usize {
        self.output(self.outputs as usize)
    }

    pub(super) fn messages_out_at(&self) -> usize {
        self.messages_in_at() + (self.messages_in as usize).div_ceil(4)
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
