//! What Python code prints: the messages of its engine.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::prelude::*;

use crate::csound::Csound;
use crate::engine::Current;

/// How many bytes are kept of what threads of Python's own print.
const KEPT_MAX: usize = 1 << 16;

/// What threads of Python's own have printed, each text with the number of the engine whose code it is, as far as that can be
/// seen: such a thread may not ask an engine for anything, so the engine prints it when it runs its next code.
static KEPT: Mutex<Vec<(Option<u64>, String)>> = Mutex::new(Vec::new());
static IS_ANY_KEPT: AtomicBool = AtomicBool::new(false);

/// `sys.stdout` and `sys.stderr`.
#[pyclass(frozen, name = "Messages", module = "ksmps")]
pub(crate) struct Output;

#[pymethods]
impl Output {
    fn write(&self, py: Python<'_>, text: &str) -> usize {
        match Current::here() {
            Some(current) => current.print(text),
            None => keep(engine_of_caller(py).ok().flatten(), text),
        }
        text.chars().count()
    }

    fn flush(&self) {}

    fn isatty(&self) -> bool {
        false
    }

    fn readable(&self) -> bool {
        false
    }

    fn writable(&self) -> bool {
        true
    }

    fn seekable(&self) -> bool {
        false
    }

    #[getter]
    fn encoding(&self) -> &'static str {
        "utf-8"
    }

    #[getter]
    fn errors(&self) -> &'static str {
        "replace"
    }

    #[getter]
    fn closed(&self) -> bool {
        false
    }
}

/// The engine in whose namespace the code is that prints, or the code that has called it.
fn engine_of_caller(py: Python<'_>) -> PyResult<Option<u64>> {
    let mut frame = py.import("sys")?.getattr("_getframe")?.call0()?;
    while !frame.is_none() {
        if let Ok(csound) = frame.getattr("f_globals")?.get_item("csound")
            && let Ok(csound) = csound.cast::<Csound>()
        {
            return Ok(Some(csound.get().engine()));
        }
        frame = frame.getattr("f_back")?;
    }
    Ok(None)
}

fn keep(engine: Option<u64>, text: &str) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes: usize = kept.iter().map(|(_, text)| text.len()).sum();
    if bytes + text.len() <= KEPT_MAX {
        kept.push((engine, text.to_owned()));
        IS_ANY_KEPT.store(true, Ordering::Release);
    }
}

/// Prints what threads of Python's own have printed meanwhile in this engine's code, or in nobody's.
pub(crate) fn print_kept(current: Current) {
    if !IS_ANY_KEPT.load(Ordering::Acquire) {
        return;
    }
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let (own, others): (Vec<_>, Vec<_>) =
        kept.drain(..).partition(|(engine, _)| engine.is_none_or(|number| number == current.number));
    IS_ANY_KEPT.store(!others.is_empty(), Ordering::Release);
    *kept = others;
    drop(kept);
    own.iter().for_each(|(_, text)| current.print(text));
}

/// Forgets what is kept for an engine that is gone.
pub(crate) fn forget_kept(engine: u64) {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).retain(|(of, _)| *of != Some(engine));
}
