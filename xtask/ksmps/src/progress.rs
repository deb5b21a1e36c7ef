//! How far long work has come: a bar on a terminal, a plain line now and then elsewhere. On standard error, so
//! that what a command says on standard output stays clean.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Between two plain lines.
const PLAIN_LINE_EVERY: Duration = Duration::from_secs(5);

/// The progress of one piece of work; may be shared between threads.
pub struct Progress {
    what: String,
    total: u64,
    bar: Option<ProgressBar>,
    /// How many are done, and when that was last said.
    plain: Mutex<(u64, Instant)>,
}

impl Progress {
    /// Work of `total` steps; `what` names the steps: `files`, `seconds of sound`.
    pub fn new(what: &str, total: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total);
            // PANIC: the template is fixed and right.
            let style =
                ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} ({eta} to go)").expect("a template");
            bar.set_style(style);
            bar.set_message(what.to_owned());
            bar
        });
        Self { what: what.to_owned(), total, bar, plain: Mutex::new((0, Instant::now())) }
    }

    /// Some more steps are done.
    pub fn advance(&self, steps: u64) {
        if let Some(bar) = &self.bar {
            return bar.inc(steps);
        }
        // A thread that died while it held this has left two plain numbers behind, which are still right.
        let mut plain = self.plain.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        plain.0 += steps;
        if plain.1.elapsed() >= PLAIN_LINE_EVERY {
            eprintln!("{} of {} {}", plain.0, self.total, self.what);
            plain.1 = Instant::now();
        }
    }

    /// Prints a line of the result without disturbing the bar.
    pub fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| println!("{line}")),
            None => println!("{line}"),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// How often work is looked at that does not say itself that it has come further.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Work that is looked at from outside until this is dropped.
pub struct Watched {
    is_over: Arc<AtomicBool>,
    looking: Option<JoinHandle<()>>,
}

impl Watched {
    /// Work of `total` steps; `done` says how many of them are.
    pub fn new(what: &str, total: u64, done: impl Fn() -> u64 + Send + 'static) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (over, progress) = (Arc::clone(&is_over), Progress::new(what, total));
        let looking = thread::spawn(move || {
            let mut before = 0;
            while !over.load(Ordering::Relaxed) {
                let now = done().min(total);
                progress.advance(now.saturating_sub(before));
                before = before.max(now);
                thread::park_timeout(LOOK_EVERY);
            }
        });
        Self { is_over, looking: Some(looking) }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(looking) = self.looking.take() {
            looking.thread().unpark();
            // One that panicked shows nothing more.
            drop(looking.join());
        }
    }
}

/// Work of unknown length: something that turns on a terminal, one plain line elsewhere.
pub struct Spinner(Option<ProgressBar>);

impl Spinner {
    /// Starts to turn.
    pub fn new(what: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            eprintln!("{what}");
            return Self(None);
        }
        let bar = ProgressBar::new_spinner();
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(Some(bar))
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    #[test]
    fn work_is_looked_at_until_it_is_over_and_no_longer() {
        let asked = Arc::new(AtomicU64::new(0));
        let asking = Arc::clone(&asked);
        let watched = Watched::new("steps", 10, move || asking.fetch_add(1, Ordering::Relaxed));
        while asked.load(Ordering::Relaxed) < 2 {
            thread::yield_now();
        }
        drop(watched);
        assert_eq!(Arc::strong_count(&asked), 1, "nobody asks any more");
    }
}
