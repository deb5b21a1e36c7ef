//! A stack that is deep enough for Csound's compiler, whatever thread asks for a compilation.
//!
//! Csound's compiler calls itself for each term of an expression. The csound command line has the main thread's stack
//! of 8 MB for it, a thread that a host or this program started has 2 MB or less.

use std::ffi::CStr;
use std::thread;

use crate::float_env::FlushDenormals;

/// Bytes of address space; only what is touched takes memory. 15,000 terms need more than 2 MB, 40,000 more than 8.
const STACK_BYTES: usize = 256 << 20;

/// A call that another thread makes while its owner waits.
struct Lent<F>(F);

// SAFETY: `on_deep_stack` waits for the other thread, so the call is never made by two threads at once, and what it
// refers to stays where it is.
unsafe impl<F> Sync for Lent<F> {}

impl<F: Fn() -> i32> Lent<F> {
    fn make(&self) -> i32 {
        (self.0)()
    }
}

/// Bytes of a text that has no room for an expression that needs more than a thread's usual stack. Another thread costs
/// some milliseconds: its tables are made in memory that no thread has touched before.
const SHORT_TEXT_BYTES: usize = 6 << 10;

/// Whether Csound can read a text on any thread: it is short, and no macro makes it longer.
fn is_short(text: &CStr) -> bool {
    text.count_bytes() <= SHORT_TEXT_BYTES && !text.to_bytes().contains(&b'#')
}

/// Makes a call that reads a text: on a thread with a deep stack where the text could need it, and on this one where it
/// cannot or where no thread can be started. `[control]`
pub(crate) fn on_deep_stack(text: &CStr, call: impl Fn() -> i32) -> i32 {
    if is_short(text) { call() } else { on_any_deep_stack(call) }
}

/// As [`on_deep_stack`], for texts that nobody has measured: files. `[control]`
pub(crate) fn on_any_deep_stack(call: impl Fn() -> i32) -> i32 {
    let lent = Lent(call);
    let lent = &lent;
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("ksmps compiler".into()).stack_size(STACK_BYTES);
        let work = || {
            // The waiting thread's floating-point state is its own.
            let _floats = FlushDenormals::new();
            lent.make()
        };
        match thread.spawn_scoped(scope, work) {
            // What a call that panicked would have said is lost with it: it counts as failed.
            Ok(working) => working.join().unwrap_or(-1),
            Err(_) => lent.make(),
        }
    })
}
