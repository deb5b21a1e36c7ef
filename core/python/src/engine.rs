//! The namespace of one engine, and of each instance of its instruments.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use ksmps_python_abi::{Host, Kind, Run, Text};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule};

use crate::code::{Code, Namespaces, Told, numbers_mut};
use crate::csound::Csound;
use crate::failure;
use crate::output;
use crate::thread::attached;

/// The engine whose code runs on a thread.
#[derive(Clone, Copy)]
pub(crate) struct Current {
    /// Its number: no two of a process are the same.
    pub number: u64,
    /// Its functions, which live as long as it does.
    host: *const Host,
}

thread_local! {
    static CURRENT: Cell<Option<Current>> = const { Cell::new(None) };
}

impl Current {
    /// The one on this thread; `None` where Python runs code of nobody's, in a thread of its own.
    pub fn here() -> Option<Self> {
        CURRENT.try_with(Cell::get).ok().flatten()
    }

    /// Its functions.
    pub fn host(&self) -> &Host {
        // SAFETY: a Current is found only while its engine runs code on this thread.
        unsafe { &*self.host }
    }

    /// Prints a text.
    pub fn print(&self, text: &str) {
        let host = self.host();
        // SAFETY: the engine's own function, on the thread that runs its code.
        unsafe { (host.print)(host.context, Text::of(text)) };
    }
}

/// Puts an engine in its place for as long as it lives, then the one before.
struct Turn(Option<Current>);

impl Turn {
    fn of(current: Current) -> Self {
        Self(CURRENT.replace(Some(current)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// What finds a code again: what is done with its text, which opcode it is, and the text.
type Key = (Kind, Box<str>, Box<str>);

/// One engine's namespace and codes.
pub(crate) struct Engine {
    number: u64,
    host: Box<Host>,
    names: Py<PyDict>,
    codes: RefCell<HashMap<Key, Box<Code>>>,
    /// What was told of each opcode.
    told: RefCell<HashMap<Box<str>, Rc<Told>>>,
}

/// The namespace of one instance.
pub(crate) struct Local(Py<PyDict>);

impl Local {
    /// An empty one.
    pub fn open() -> Self {
        attached(|py| Self(PyDict::new(py).unbind()))
    }
}

impl Engine {
    /// An engine with these functions, and a namespace with nothing in it but Python's own and `csound`.
    pub fn open(host: Host) -> PyResult<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let names = attached(|py| {
            let names = PyModule::new(py, "__main__")?.dict();
            names.set_item("__builtins__", py.import("builtins")?)?;
            names.set_item("csound", Py::new(py, Csound::of(number))?)?;
            Ok::<_, PyErr>(names.unbind())
        })?;
        Ok(Self { number, host: Box::new(host), names, codes: RefCell::default(), told: RefCell::default() })
    }

    /// Lets everything in the namespace go.
    pub fn close(self) {
        attached(|py| {
            // Functions hold the namespace that they are in: it is emptied, so that nothing holds it any more.
            self.names.bind(py).clear();
            output::forget_kept(self.number);
            drop(self);
        });
    }

    /// Lets an instance's namespace go.
    pub fn close_local(&self, local: Local) {
        attached(|py| {
            // What is let go may have something to print.
            let _turn = Turn::of(self.current());
            local.0.bind(py).clear();
            drop(local);
        });
    }

    fn current(&self) -> Current {
        Current { number: self.number, host: &*self.host }
    }

    /// The code of a text in an opcode; it stays where it is as long as the engine lives.
    pub fn code(&self, kind: Kind, opcode: &str, text: &str) -> *const Code {
        let key = (kind, Box::from(opcode), Box::from(text));
        if let Some(code) = self.codes.borrow().get(&key) {
            return &**code;
        }
        let code = Box::new(self.compile(kind, opcode, text));
        let place: *const Code = &*code;
        self.codes.borrow_mut().insert(key, code);
        place
    }

    /// Compiles a text in an opcode, and tells what is wrong with it.
    pub fn compile(&self, kind: Kind, opcode: &str, text: &str) -> Code {
        let told = Rc::clone(self.told.borrow_mut().entry(opcode.into()).or_default());
        attached(|py| {
            let current = self.current();
            let _turn = Turn::of(current);
            let (code, error) = Code::compile(py, kind, opcode, text, told);
            if let Some(error) = error {
                failure::tell(py, current, &code, &error);
            }
            code
        })
    }

    /// Lets a code go that is kept by nobody else.
    pub fn drop_code(&self, code: Code) {
        attached(|_| drop(code));
    }

    /// Runs a code; `false` where it fails, which is told.
    ///
    /// # Safety
    /// What `run` lends is lent for the length of this call, and its namespace is null or one of this engine's.
    pub unsafe fn run(&self, code: &Code, run: &Run) -> bool {
        let ran = !code.is_broken()
            && attached(|py| {
                let current = self.current();
                let _turn = Turn::of(current);
                output::print_kept(current);
                let global = self.names.bind(py);
                // SAFETY: the caller says so.
                let local = unsafe { run.local.cast::<Local>().as_ref() };
                let names = Namespaces { global, local: local.map_or(global, |local| local.0.bind(py)) };
                let started = (run.limit_seconds > 0.0).then(Instant::now);
                let result = code.run(py, names, run);
                if let Some(took) = started.map(|started| started.elapsed())
                    && took.as_secs_f64() > run.limit_seconds
                {
                    failure::tell_slow(current, code, took, run.limit_seconds);
                }
                result.map_err(|error| failure::tell(py, current, code, &error)).is_ok()
            });
        if !ran {
            // SAFETY: as above.
            unsafe { numbers_mut(run.outputs) }.fill(0.0);
        }
        ran
    }
}
