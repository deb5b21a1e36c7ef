//! The lock of the interpreter.

use std::cell::Cell;

use pyo3::{Python, ffi};

/// What Python knows of this thread. It is kept between calls: making it anew would cost more than most expressions.
struct Known {
    state: *mut ffi::PyThreadState,
    count: ffi::PyGILState_STATE,
}

impl Known {
    fn new() -> Self {
        // SAFETY: the interpreter runs (`interpreter::start`), and this thread does not hold its lock: nothing of ours is
        // called by Python but inside `attached`, where this was made before.
        unsafe {
            let count = ffi::PyGILState_Ensure();
            Self { state: ffi::PyEval_SaveThread(), count }
        }
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        // SAFETY: the thread's own state, which nobody else takes away; the interpreter is never ended.
        unsafe {
            ffi::PyEval_RestoreThread(self.state);
            ffi::PyGILState_Release(self.count);
        }
    }
}

thread_local! {
    static KNOWN: Cell<Option<Known>> = const { Cell::new(None) };
}

/// Calls `function` with the interpreter's lock held. Waits for it: other engines of this process may run their code.
pub(crate) fn attached<T>(function: impl for<'py> FnOnce(Python<'py>) -> T) -> T {
    // At the end of a thread there is no place any more to remember anything in: then Python makes it anew.
    let _ = KNOWN.try_with(|known| {
        let kept = known.take().unwrap_or_else(Known::new);
        known.set(Some(kept));
    });
    Python::attach(function)
}
