//! What a plugin asks of its host: counted, because most of it only has to be noticed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

/// What a plugin has asked of its host so far.
#[derive(Debug, Clone, Default, PartialEq)]
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
    /// Sizes that it asked for its editor's window.
    pub resizes: Vec<(u32, u32)>,
    /// Times it said that its editor's window is gone.
    pub closed: u32,
    /// Parameters that the user moved in its editor, or that it moved itself: id, value in the host's units.
    pub moves: Vec<(u32, f64)>,
    /// Moves of parameters that were begun, and those that were ended.
    pub gestures: (u32, u32),
    /// Presets that it said it has loaded, or could not.
    pub presets: Vec<String>,
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
    pub resizes: Mutex<Vec<(u32, u32)>>,
    pub closed: AtomicU32,
    pub moves: Mutex<Vec<(u32, f64)>>,
    pub begun: AtomicU32,
    pub ended: AtomicU32,
    pub presets: Mutex<Vec<String>>,
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
        Self::keep(lines, line.into());
    }

    /// Keeps anything.
    pub fn keep<T>(list: &Mutex<Vec<T>>, item: T) {
        // PANIC: nobody panics while holding the lock, it only pushes and clones.
        list.lock().unwrap().push(item);
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
            // PANIC: as above.
            resizes: self.resizes.lock().unwrap().clone(),
            closed: read(&self.closed),
            // PANIC: as above.
            moves: self.moves.lock().unwrap().clone(),
            gestures: (read(&self.begun), read(&self.ended)),
            presets: lines(&self.presets),
            misuses: lines(&self.misuses),
            log: lines(&self.log),
        }
    }
}
