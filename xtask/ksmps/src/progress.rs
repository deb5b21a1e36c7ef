//! How far long work has come: a bar on a terminal, a plain line now and then elsewhere. On standard error, so
//! that what a command says on standard output stays clean.

use std::io::IsTerminal;
use std::sync::Mutex;
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
