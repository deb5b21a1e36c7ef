//! Whether the build of an engine gets on, seen from another thread of its process.
//!
//! A build may take as long as it needs: large tables, many instruments. What goes in circles is told by this: processor
//! time passes, no memory is touched for the first time, nothing is printed, and it is not one opcode that is at work all
//! the while (as one that computes a large table is).

use std::sync::OnceLock;
use std::time::Duration;

use ksmps_data::doing::{Doing, Pass};
use ksmps_process::inside::{self, Peek, Usage};

/// How often is looked.
pub(super) const LOOK: Duration = Duration::from_millis(20);
/// How often is looked for an opcode that has a line.
const LOOKS_FOR_LINE: usize = 50;
/// Pages of memory that are touched for the first time by what only goes in circles, between two looks.
const IDLE_PAGES_MAX: u64 = 4;

/// The way in which a signal handler looks at memory.
static PEEK_OF_HANDLER: OnceLock<Peek> = OnceLock::new();

/// Makes everything ready for [`describe`]. `[control]`
pub(super) fn prepare_description() {
    // Without it a message says less.
    let _ = Peek::new().map(|peek| PEEK_OF_HANDLER.set(peek));
}

/// Writes down what Csound is doing, for the host. It does what a signal handler may: it copies numbers, and asks the
/// system to copy others. `[any]`
pub(super) fn describe(place: &mut [u8]) -> usize {
    let peek = PEEK_OF_HANDLER.get();
    let doing = peek.and_then(|peek| ksmps_csound::doing(&|from, to| peek.copy(from, to)));
    doing.and_then(|doing| postcard::to_slice(&doing, place).ok().map(|written| written.len())).unwrap_or(0)
}

/// Looks at a build, again and again.
pub(super) struct Progress {
    peek: Option<Peek>,
    /// Processor time in which nothing gets on before it counts as a loop.
    limit: Duration,
    usage: Usage,
    printed: u32,
    /// The processor time at which it got on last.
    since: Duration,
    /// The opcode that has been at work since then; `None` where it was more than one.
    only: Option<Option<u64>>,
}

impl Progress {
    /// From now on. Before system calls are filtered. `[control]`
    pub fn new(limit: Duration) -> Self {
        let usage = Usage::now();
        let printed = inside::printed_bytes();
        Self { peek: Peek::new().ok(), limit, usage, printed, since: usage.processor, only: None }
    }

    /// What Csound is doing. `[control]`
    pub fn doing(&self) -> Option<Doing> {
        self.peek.as_ref().and_then(|peek| ksmps_csound::doing(&|from, to| peek.copy(from, to)))
    }

    /// What Csound is doing, with a line where that can be had: of what goes in circles not every opcode has one. Takes some
    /// milliseconds. `[control]`
    pub fn doing_with_line(&self) -> Option<Doing> {
        let mut doing = None;
        for _ in 0..LOOKS_FOR_LINE {
            doing = self.doing().or(doing);
            if doing.is_some_and(|doing| doing.line > 0) {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        doing
    }

    /// Looks; where it goes in circles, what it is doing. `[control]`
    pub fn look(&mut self) -> Option<Doing> {
        let usage = Usage::now();
        let printed = inside::printed_bytes();
        let pages = usage.new_pages - std::mem::replace(&mut self.usage, usage).new_pages;
        let has_printed = printed != std::mem::replace(&mut self.printed, printed);
        let doing = self.doing().unwrap_or(Doing::NOTHING);
        if pages > IDLE_PAGES_MAX || has_printed {
            self.since = usage.processor;
            self.only = None;
            return None;
        }
        // A jump to itself is a loop of one opcode.
        let is_one =
            doing.pass != Pass::None && doing.place != 0 && !doing.opcode.to_string().contains("goto");
        let place = is_one.then_some(doing.place);
        self.only = Some(match self.only {
            None => place,
            Some(before) => before.filter(|before| Some(*before) == place),
        });
        let is_loop = self.only == Some(None) && usage.processor - self.since > self.limit;
        is_loop.then(|| self.doing_with_line().unwrap_or(doing))
    }
}
