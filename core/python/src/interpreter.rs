//! The interpreter: its start, and where it looks for what is imported.

use pyo3::prelude::*;
use pyo3::{Python, ffi};

use crate::output::Output;
use crate::thread::attached;

/// Starts it; `packages` is one more folder in which packages are.
pub(crate) fn start(packages: Option<&str>) -> PyResult<()> {
    // SAFETY: libpython is loaded (this library could not have been opened otherwise).
    if unsafe { ffi::Py_IsInitialized() } != 0 {
        return attached(|py| prepare(py, packages));
    }
    // SAFETY: nothing of Python runs yet. It installs no signal handlers: they are the host's.
    unsafe { ffi::Py_InitializeEx(0) };
    // SAFETY: the thread that starts the interpreter holds its lock.
    let prepared = prepare(unsafe { Python::assume_attached() }, packages);
    // SAFETY: as above; from here on whoever wants the lock takes it.
    unsafe { ffi::PyEval_SaveThread() };
    prepared
}

/// What is printed goes to the engines, and nothing can be read from a terminal.
fn prepare(py: Python<'_>, packages: Option<&str>) -> PyResult<()> {
    let sys = py.import("sys")?;
    for name in ["stdout", "stderr"] {
        sys.setattr(name, Py::new(py, Output)?)?;
    }
    sys.setattr("stdin", py.None())?;
    if let Some(packages) = packages {
        py.import("site")?.call_method1("addsitedir", (packages,))?;
    }
    // So that the first exception finds them: later on, files may be out of reach.
    for module in ["array", "linecache", "traceback"] {
        py.import(module)?;
    }
    Ok(())
}

/// Has it look for what is imported in one more folder.
pub(crate) fn look_in(folder: &str) {
    // A path that is no list any more is the document's own doing.
    let _ = attached(|py| py.import("sys")?.getattr("path")?.call_method1("append", (folder,)).map(drop));
}

/// The folders in which it looks for what is imported, and that of its own installation.
pub(crate) fn folders() -> Vec<String> {
    attached(|py| {
        let sys = py.import("sys")?;
        let mut folders: Vec<String> = sys.getattr("path")?.extract()?;
        for prefix in ["prefix", "exec_prefix", "base_prefix"] {
            let prefix: String = sys.getattr(prefix)?.extract()?;
            // What belongs to the system is readable already, and all of it is not meant.
            if prefix != "/usr" && prefix != "/" {
                folders.push(format!("{prefix}/lib"));
            }
        }
        Ok::<_, PyErr>(folders)
    })
    .unwrap_or_default()
}
