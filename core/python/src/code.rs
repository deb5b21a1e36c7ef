//! What an opcode runs, compiled once.

use std::cell::Cell;
use std::rc::Rc;

use ksmps_python_abi::{Kind, Numbers, Run};
use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyString, PyTuple};

/// The name under which a value is known while it is assigned to something else than a plain variable.
const VALUE: &str = "__ksmps_value__";

/// One opcode's code.
pub(crate) struct Code {
    /// Which opcode it is, and where: how it is called in messages.
    pub opcode: Box<str>,
    /// How Python calls the text.
    pub file: Box<str>,
    form: Form,
    /// What was told of the opcode.
    pub told: Rc<Told>,
}

/// What was told of an opcode, whatever it ran.
#[derive(Default)]
pub(crate) struct Told {
    /// How often it has failed.
    pub failures: Cell<u64>,
    /// It has taken too long once.
    pub was_slow: Cell<bool>,
}

enum Form {
    Statements(Py<PyAny>),
    Expression(Py<PyAny>),
    Callable(Py<PyAny>),
    /// A plain name.
    Variable(Py<PyString>),
    /// Whatever else can be assigned to: an attribute, an element.
    Target(Py<PyAny>),
    /// It could not be compiled, which was told.
    Broken,
}

/// Where names are looked up.
#[derive(Clone, Copy)]
pub(crate) struct Namespaces<'a, 'py> {
    pub global: &'a Bound<'py, PyDict>,
    pub local: &'a Bound<'py, PyDict>,
}

impl Code {
    /// Compiles a text. What is wrong with it comes beside a code that does nothing.
    pub fn compile(
        py: Python<'_>,
        kind: Kind,
        opcode: &str,
        text: &str,
        told: Rc<Told>,
    ) -> (Self, Option<PyErr>) {
        let file = if kind == Kind::Script { text.to_owned() } else { format!("<{opcode}>") };
        let compiled = Form::compile(py, kind, &file, text);
        let (form, error) = match compiled {
            Ok(form) => (form, None),
            Err(error) => (Form::Broken, Some(error)),
        };
        (Self { opcode: opcode.into(), file: file.into(), form, told }, error)
    }

    /// Runs it.
    pub fn run(&self, py: Python<'_>, names: Namespaces<'_, '_>, run: &Run) -> PyResult<()> {
        // SAFETY: the caller of the library lends the numbers for the length of the call, to nobody else.
        let (inputs, outputs) = unsafe { (numbers(run.inputs), numbers_mut(run.outputs)) };
        match &self.form {
            Form::Broken => Ok(()),
            Form::Statements(code) => evaluate(py, code, names).map(drop),
            Form::Expression(code) => {
                let value = evaluate(py, code, names)?.extract::<f64>()?;
                outputs.iter_mut().for_each(|output| *output = value);
                Ok(())
            }
            Form::Callable(code) => {
                let callable = evaluate(py, code, names)?;
                let result = callable.call1(PyTuple::new(py, inputs)?)?;
                take(&result, outputs)
            }
            Form::Variable(name) => names.local.set_item(name, PyFloat::new(py, first(inputs))),
            Form::Target(code) => {
                names.local.set_item(VALUE, first(inputs))?;
                let done = evaluate(py, code, names).map(drop);
                names.local.del_item(VALUE)?;
                done
            }
        }
    }

    /// Whether it does nothing because it could not be compiled.
    pub fn is_broken(&self) -> bool {
        matches!(self.form, Form::Broken)
    }
}

impl Form {
    fn compile(py: Python<'_>, kind: Kind, file: &str, text: &str) -> PyResult<Self> {
        Ok(match kind {
            Kind::Statements => Self::Statements(compile(py, &without_indent(py, text)?, file, "exec")?),
            Kind::Script => Self::Statements(compile(py, &read(py, file)?, file, "exec")?),
            Kind::Expression => Self::Expression(compile(py, text.trim(), file, "eval")?),
            Kind::Callable => Self::Callable(compile(py, text.trim(), file, "eval")?),
            Kind::Variable => {
                let name = PyString::new(py, text.trim());
                match name.call_method0("isidentifier")?.extract()? {
                    true => Self::Variable(name.unbind()),
                    false => Self::Target(compile(py, &format!("{} = {VALUE}", text.trim()), file, "exec")?),
                }
            }
        })
    }
}

fn compile(py: Python<'_>, text: &str, file: &str, mode: &str) -> PyResult<Py<PyAny>> {
    // Tracebacks show the lines of files; of these texts they find them here.
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let cache = py.import("linecache")?.getattr("cache")?;
    cache.set_item(file, (text.len(), py.None(), lines, file))?;
    let compile = py.import("builtins")?.getattr("compile")?;
    Ok(compile.call1((text, file, mode, 0, true))?.unbind())
}

/// A text whose first line is indented stands in an indented part of the document: the indent that all lines have is not
/// meant.
fn without_indent(py: Python<'_>, text: &str) -> PyResult<String> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if first.starts_with([' ', '\t']) {
        return py.import("textwrap")?.call_method1("dedent", (text,))?.extract();
    }
    Ok(text.to_owned())
}

/// A file's text, with the encoding that it names itself.
fn read(py: Python<'_>, file: &str) -> PyResult<String> {
    let opened = py.import("tokenize")?.call_method1("open", (file,))?;
    let text = opened.call_method0("read")?.extract();
    opened.call_method0("close")?;
    text
}

fn evaluate<'py>(
    py: Python<'py>,
    code: &Py<PyAny>,
    names: Namespaces<'_, '_>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: a code object and two dictionaries, which live during the call; the result is a new reference, or null with
    // an exception set.
    unsafe {
        let result = ffi::PyEval_EvalCode(code.as_ptr(), names.global.as_ptr(), names.local.as_ptr());
        Bound::from_owned_ptr_or_err(py, result)
    }
}

/// Takes as many numbers out of what a callable has returned as are wanted.
fn take(result: &Bound<'_, PyAny>, outputs: &mut [f64]) -> PyResult<()> {
    match outputs {
        [] => Ok(()),
        [output] => {
            *output = result.extract()?;
            Ok(())
        }
        outputs => {
            let count = result.len()?;
            if count != outputs.len() {
                let text = format!("it returned {count} results, and {} are wanted", outputs.len());
                return Err(PyValueError::new_err(text));
            }
            // All of them, or none.
            let results = (0..count).map(|index| result.get_item(index)?.extract());
            let results: Vec<f64> = results.collect::<PyResult<_>>()?;
            outputs.copy_from_slice(&results);
            Ok(())
        }
    }
}

fn first(inputs: &[f64]) -> f64 {
    inputs.first().copied().unwrap_or(0.0)
}

/// # Safety
/// The numbers are lent for `'a`, and nobody writes them meanwhile.
unsafe fn numbers<'a>(Numbers { start, len }: Numbers) -> &'a [f64] {
    // SAFETY: the caller says so.
    if start.is_null() { &[] } else { unsafe { std::slice::from_raw_parts(start, len) } }
}

/// # Safety
/// The numbers are lent for `'a`, to nobody else.
pub(crate) unsafe fn numbers_mut<'a>(Numbers { start, len }: Numbers) -> &'a mut [f64] {
    // SAFETY: the caller says so.
    if start.is_null() { &mut [] } else { unsafe { std::slice::from_raw_parts_mut(start, len) } }
}
