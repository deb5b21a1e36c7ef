//! What a plugin asks of its host: counted, because most of it only has to be noticed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// What a plugin has asked of its host so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notices {
    /// Times it said that the project is unsaved.
    pub dirty: u32,
    /// Times it asked the host to read parameter values again.
    pub values: u32,
    /// Times it asked the host to read names, texts or flags of parameters again.
    pub infos: u32,
    /// Times it said that its latency is another.
    pub latency: u32,
    /// Times it asked to be deactivated and activated.
    pub restarts: u32,
    /// Events that this format has no way to carry.
    pub unsent: u32,
    /// Calls that the plugin made on a wrong thread, and other breaches of the format's rules.
    pub misuses: Vec<String>,
    /// What it logged, line by line.
    pub log: Vec<String>,
}

/// The same while it is being counted, on whichever thread.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub dirty: AtomicU32,
    pub values: AtomicU32,
    pub infos: AtomicU32,
    pub latency: AtomicU32,
    pub restarts: AtomicU32,
    pub unsent: AtomicU32,
    pub misuses: Mutex<Vec<String>>,
    pub log: Mutex<Vec<String>>,
}

impl Counters {
    /// Counts one more.
    pub fn count(counter: &AtomicU32) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Keeps a line.
    pub fn note(lines: &Mutex<Vec<String>>, line: impl Into<String>) {
        // PANIC: nobody panics while holding the lock, it only pushes and clones.
        lines.lock().unwrap().push(line.into());
    }

    /// What has been counted so far.
    pub fn notices(&self) -> Notices {
        let read = |counter: &AtomicU32| counter.load(Ordering::Relaxed);
        // PANIC: nobody panics while holding the lock, it only pushes and clones.
        let lines = |lines: &Mutex<Vec<String>>| lines.lock().unwrap().clone();
        Notices {
            dirty: read(&self.dirty),
            values: read(&self.values),
            infos: read(&self.infos),
            latency: read(&self.latency),
            restarts: read(&self.restarts),
            unsent: read(&self.unsent),
            misuses: lines(&self.misuses),
            log: lines(&self.log),
        }
    }
}
