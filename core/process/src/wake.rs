//! How one thread waits for a word in shared memory to change, and how another one wakes it.

use std::sync::atomic::AtomicU32;
use std::time::Duration;

use rustix::thread::futex::{self, Flags, Timespec};

/// Waiting for a word that another process changes. One implementation for each system.
pub trait Wake: Send + 'static {
    /// Sleeps while `word` is `expected`, at most `at_most`; without a limit where that is `None`. It may return early
    /// without a reason: the caller looks at the word again. `[audio]`
    fn wait(&self, word: &AtomicU32, expected: u32, at_most: Option<Duration>);

    /// Wakes everybody who waits for the word. `[any]`
    fn wake(&self, word: &AtomicU32);
}

/// Linux: the shared form of a futex, which works between processes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Futex;

impl Wake for Futex {
    fn wait(&self, word: &AtomicU32, expected: u32, at_most: Option<Duration>) {
        let limit = at_most.map(|at_most| Timespec {
            tv_sec: at_most.as_secs().cast_signed(),
            tv_nsec: at_most.subsec_nanos().into(),
        });
        // A change before the call, a signal and the time limit all mean the same: look again.
        let _ = futex::wait(word, Flags::empty(), expected, limit.as_ref());
    }

    fn wake(&self, word: &AtomicU32) {
        // It fails for addresses that are not mapped; a reference is.
        let _ = futex::wake(word, Flags::empty(), i32::MAX.cast_unsigned());
    }
}
