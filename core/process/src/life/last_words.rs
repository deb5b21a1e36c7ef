//! What an engine's process has left in the shared memory, read when it has ended or hangs.

use std::sync::atomic::Ordering;

use crate::exchange::{Limits, PLACE_BYTES, PRINTED_BYTES};
use crate::memory::SharedMemory;

/// What a process has left behind. Whatever it says may be wrong: the process wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastWords {
    /// What was going on, in the form in which the process writes it; empty where it has not said.
    pub place: Vec<u8>,
    /// The end of what it has printed: plain text, without control characters but line ends.
    pub printed: String,
}

impl LastWords {
    /// Those of a process. `[control]`
    pub(super) fn of(memory: &SharedMemory, limits: &Limits) -> Self {
        let at = limits.last_words_at();
        let length = memory.words(at, 1)[0].load(Ordering::Acquire) as usize;
        let place = memory.bytes_of(at + 1, PLACE_BYTES).iter().take(length);
        let place = place.map(|byte| byte.load(Ordering::Relaxed)).collect();
        let at = at + 1 + PLACE_BYTES / 4;
        let count = memory.words(at, 1)[0].load(Ordering::Acquire) as usize;
        let kept = memory.bytes_of(at + 1, PRINTED_BYTES);
        let first = if count > PRINTED_BYTES { count % PRINTED_BYTES } else { 0 };
        let bytes: Vec<u8> = (0..count.min(PRINTED_BYTES))
            .map(|byte| kept[(first + byte) % PRINTED_BYTES].load(Ordering::Relaxed))
            .collect();
        let printed = String::from_utf8_lossy(&bytes);
        let printed = printed.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
        Self { place, printed }
    }
}
