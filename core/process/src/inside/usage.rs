//! How much of the machine this process has used.

#![expect(unsafe_code, reason = "the system fills in a structure")]

use std::time::Duration;

/// What this process has used since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Processor time of all threads.
    pub processor: Duration,
    /// How often memory was touched for the first time, in pages.
    pub new_pages: u64,
}

impl Usage {
    /// Until now. A system call. `[any]`
    pub fn now() -> Self {
        // SAFETY: plain numbers, which the call fills in.
        let usage = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            libc::getrusage(libc::RUSAGE_SELF, &mut usage);
            usage
        };
        let time = |value: libc::timeval| {
            Duration::new(value.tv_sec.cast_unsigned(), value.tv_usec.cast_unsigned() as u32 * 1000)
        };
        Self {
            processor: time(usage.ru_utime) + time(usage.ru_stime),
            new_pages: usage.ru_minflt.cast_unsigned(),
        }
    }
}
