//! What is said of Python code that fails, and of code that takes too long.

use std::time::Duration;

use pyo3::exceptions::PySyntaxError;
use pyo3::prelude::*;
use pyo3::types::PyTraceback;

use crate::code::Code;
use crate::engine::Current;

/// After so many failures it is said again, and after ten times as many.
const TOLD_AGAIN: u64 = 1000;

/// Tells a failure of a code's: the first as a whole, later ones by their number now and then.
pub(crate) fn tell(py: Python<'_>, current: Current, code: &Code, error: &PyErr) {
    let count = code.told.failures.get() + 1;
    code.told.failures.set(count);
    if count == 1 {
        let place = place(py, code, error).unwrap_or_default();
        current.print(&format!("error: {}: {}{place}\n", code.opcode, one_line(py, error)));
        current.print(&traceback(py, error).unwrap_or_default());
    } else if count >= TOLD_AGAIN && is_power_of_ten(count) {
        current.print(&format!("{} has failed {count} times\n", code.opcode));
    }
}

/// Tells once that a code took longer than the cycle that it is in.
pub(crate) fn tell_slow(current: Current, code: &Code, took: Duration, limit_seconds: f64) {
    if !code.told.was_slow.replace(true) {
        current.print(&format!(
            "WARNING: {} took {:.2} ms, and a cycle lasts {:.2} ms\n",
            code.opcode,
            took.as_secs_f64() * 1e3,
            limit_seconds * 1e3
        ));
    }
}

fn is_power_of_ten(mut number: u64) -> bool {
    while number.is_multiple_of(10) && number > 0 {
        number /= 10;
    }
    number == 1
}

/// The exception's type and text, without the ends of its lines.
fn one_line(py: Python<'_>, error: &PyErr) -> String {
    let kind = error.get_type(py).name().map(|name| name.to_string()).unwrap_or_default();
    // What a syntax error says of itself ends with its file and line.
    let text = match error.is_instance_of::<PySyntaxError>(py) {
        true => error.value(py).getattr("msg").map(|text| text.to_string()),
        false => Ok(error.value(py).to_string()),
    };
    match text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ") {
        text if text.is_empty() => kind,
        text => format!("{kind}: {text}"),
    }
}

/// Where it happened, in Python's own lines.
fn place(py: Python<'_>, code: &Code, error: &PyErr) -> PyResult<String> {
    let (file, line): (String, Option<u32>) = match (last(error.traceback(py))?, error.value(py)) {
        (_, value) if error.is_instance_of::<PySyntaxError>(py) => {
            (value.getattr("filename")?.extract()?, value.getattr("lineno")?.extract()?)
        }
        (Some(last), _) => {
            let file = last.getattr("tb_frame")?.getattr("f_code")?.getattr("co_filename")?;
            (file.extract()?, last.getattr("tb_lineno")?.extract()?)
        }
        (None, _) => return Ok(String::new()),
    };
    let Some(line) = line else { return Ok(String::new()) };
    Ok(match *file == *code.file && file.starts_with('<') {
        true => format!(" (line {line} of its text)"),
        false => format!(" (line {line} of {})", file.trim_matches(['<', '>'])),
    })
}

/// The innermost part of a traceback.
fn last<'py>(traceback: Option<Bound<'py, PyTraceback>>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(mut last) = traceback.map(Bound::into_any) else { return Ok(None) };
    loop {
        let next = last.getattr("tb_next")?;
        if next.is_none() {
            return Ok(Some(last));
        }
        last = next;
    }
}

/// The traceback as Python prints it.
fn traceback(py: Python<'_>, error: &PyErr) -> PyResult<String> {
    let format = py.import("traceback")?.getattr("format_exception")?;
    let lines: Vec<String> =
        format.call1((error.get_type(py), error.value(py), error.traceback(py)))?.extract()?;
    Ok(lines.concat())
}
