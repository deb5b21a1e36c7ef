//! The object `csound`: what Python code can ask of the engine that runs it. Its methods have the names and meanings of
//! Csound's own Python interface (ctcsound), as far as they make sense inside a running engine.

use std::cell::Cell;
use std::ffi::c_void;

use ksmps_python_abi::{Ask, Field, Numbers, Text};
use pyo3::exceptions::{PyIndexError, PyKeyError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PySlice, PyString, PyTuple};

use crate::engine::Current;

/// Most p-fields of an event.
const FIELDS_MAX: usize = 1990;

/// The object. It works only while its engine runs Python code, on the thread that does.
#[pyclass(frozen, name = "Csound", module = "ksmps")]
pub(crate) struct Csound {
    engine: u64,
}

impl Csound {
    /// That of an engine.
    pub fn of(engine: u64) -> Self {
        Self { engine }
    }

    /// The number of its engine.
    pub fn engine(&self) -> u64 {
        self.engine
    }

    fn current(&self) -> PyResult<Current> {
        Current::here().filter(|current| current.number == self.engine).ok_or_else(|| {
            PyRuntimeError::new_err(
                "csound can be asked only while an opcode of its own engine runs Python code, and not from another thread",
            )
        })
    }

    fn ask(&self, what: Ask) -> PyResult<f64> {
        let current = self.current()?;
        let host = current.host();
        // SAFETY: the engine's own function, on the thread that runs its code; so everywhere here.
        Ok(unsafe { (host.ask)(host.context, what) })
    }

    /// A table's numbers, lent until Csound or Python code runs again.
    fn numbers(&self, table: i32) -> PyResult<Option<&[Cell<f64>]>> {
        let current = self.current()?;
        let host = current.host();
        let mut found = Numbers { start: std::ptr::null_mut(), len: 0 };
        // SAFETY: as in `ask`.
        let there = unsafe { (host.table)(host.context, table, &mut found) } == 0 && !found.start.is_null();
        // SAFETY: the host lends the numbers to the thread that runs its code, which is this one; nobody frees the table
        // while a method of this object is at work; a Cell of a number is like the number.
        Ok(there.then(|| unsafe { std::slice::from_raw_parts(found.start.cast(), found.len) }))
    }

    fn some_numbers(&self, table: i32) -> PyResult<&[Cell<f64>]> {
        self.numbers(table)?.ok_or_else(|| PyKeyError::new_err(format!("there is no table {table}")))
    }

    fn send(&self, letter: u8, fields: &[Field]) -> PyResult<()> {
        if fields.len() > FIELDS_MAX {
            return Err(PyValueError::new_err(format!("an event has at most {FIELDS_MAX} p-fields")));
        }
        let current = self.current()?;
        let host = current.host();
        // SAFETY: as in `ask`; the fields' texts live during the call.
        match unsafe { (host.event)(host.context, letter, fields.as_ptr(), fields.len()) } {
            0 => Ok(()),
            _ => Err(PyValueError::new_err("Csound does not take this event: is there such an instrument?")),
        }
    }
}

#[pymethods]
#[expect(non_snake_case, reason = "the names of ctcsound")]
impl Csound {
    /// Frames per second.
    fn sr(&self) -> PyResult<f64> {
        self.ask(Ask::Rate)
    }

    /// Cycles per second.
    fn kr(&self) -> PyResult<f64> {
        self.ask(Ask::ControlRate)
    }

    /// Frames in a cycle.
    fn ksmps(&self) -> PyResult<u32> {
        Ok(self.ask(Ask::Ksmps)? as u32)
    }

    /// Output channels.
    fn nchnls(&self) -> PyResult<u32> {
        Ok(self.ask(Ask::Outputs)? as u32)
    }

    /// Input channels.
    fn nchnlsInput(&self) -> PyResult<u32> {
        Ok(self.ask(Ask::Inputs)? as u32)
    }

    /// Full scale.
    fn get0dBFS(&self) -> PyResult<f64> {
        self.ask(Ask::ZeroDbfs)
    }

    /// The frequency of A4 in Hz.
    fn A4(&self) -> PyResult<f64> {
        self.ask(Ask::A4)
    }

    /// Csound's version: 6180 for 6.18.0.
    fn version(&self) -> PyResult<u32> {
        Ok(self.ask(Ask::Version)? as u32)
    }

    /// Frames since the start.
    fn currentTimeSamples(&self) -> PyResult<i64> {
        Ok(self.ask(Ask::Frames)? as i64)
    }

    /// Seconds since the start.
    fn scoreTime(&self) -> PyResult<f64> {
        Ok(self.ask(Ask::Frames)? / self.ask(Ask::Rate)?)
    }

    /// A control channel's value, and 0 where it could be read.
    fn controlChannel(&self, name: &str) -> PyResult<(f64, i32)> {
        let current = self.current()?;
        let host = current.host();
        let mut value = 0.0;
        // SAFETY: as in `ask`.
        let code = unsafe { (host.control)(host.context, Text::of(name), &mut value) };
        Ok((value, code))
    }

    /// Sets a control channel.
    fn setControlChannel(&self, name: &str, val: f64) -> PyResult<()> {
        let current = self.current()?;
        let host = current.host();
        // SAFETY: as in `ask`.
        channel(name, unsafe { (host.set_control)(host.context, Text::of(name), val) })
    }

    /// A text channel's text. A text of Python's cannot be written to, so it is returned.
    #[pyo3(signature = (name, string=None))]
    fn stringChannel(&self, name: &str, string: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
        // The place that ctcsound fills.
        let _ = string;
        let current = self.current()?;
        let host = current.host();
        let mut text = String::new();
        let sink: *mut c_void = (&raw mut text).cast();
        // SAFETY: as in `ask`; `take_text` is called with the text above, before this ends.
        channel(name, unsafe { (host.text)(host.context, Text::of(name), sink, take_text) })?;
        Ok(text)
    }

    /// Sets a text channel.
    fn setStringChannel(&self, name: &str, string: &str) -> PyResult<()> {
        let current = self.current()?;
        let host = current.host();
        // SAFETY: as in `ask`.
        channel(name, unsafe { (host.set_text)(host.context, Text::of(name), Text::of(string)) })
    }

    /// How many numbers a table has; -1 where there is no such table.
    fn tableLength(&self, table: i32) -> PyResult<i64> {
        Ok(self.numbers(table)?.map_or(-1, |numbers| numbers.len() as i64))
    }

    /// One number of a table.
    fn tableGet(&self, table: i32, index: usize) -> PyResult<f64> {
        self.some_numbers(table)?.get(index).map(Cell::get).ok_or_else(|| outside(table, index))
    }

    /// Writes one number of a table.
    fn tableSet(&self, table: i32, index: usize, value: f64) -> PyResult<()> {
        let numbers = self.some_numbers(table)?;
        numbers.get(index).ok_or_else(|| outside(table, index))?.set(value);
        Ok(())
    }

    /// A table's numbers as an `array.array`, which numpy takes without copying; they are a copy. `None` where there is no
    /// such table.
    fn table<'py>(&self, py: Python<'py>, tableNum: i32) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(numbers) = self.numbers(tableNum)? else { return Ok(None) };
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.get().to_ne_bytes()).collect();
        let array = py.import("array")?.getattr("array")?;
        array.call1(("d", PyBytes::new(py, &bytes))).map(Some)
    }

    /// Copies a table into a list, an array or an ndarray.
    fn tableCopyOut(&self, py: Python<'_>, table: i32, dest: &Bound<'_, PyAny>) -> PyResult<()> {
        let numbers = self.table(py, table)?;
        let numbers = numbers.ok_or_else(|| PyKeyError::new_err(format!("there is no table {table}")))?;
        let len = numbers.len()?;
        if dest.len()? < len {
            return Err(PyValueError::new_err(format!(
                "table {table} has {len} numbers, and there is room for less"
            )));
        }
        dest.set_item(PySlice::new(py, 0, len as isize, 1), numbers)
    }

    /// Copies numbers into a table: a sequence, an array or an ndarray of no more numbers than the table has.
    fn tableCopyIn(&self, py: Python<'_>, table: i32, src: &Bound<'_, PyAny>) -> PyResult<()> {
        let bytes = bytes_of(py, src)?;
        let (values, _) = bytes.as_bytes().as_chunks::<8>();
        let numbers = self.some_numbers(table)?;
        if values.len() > numbers.len() {
            let (has, given) = (numbers.len(), values.len());
            return Err(PyValueError::new_err(format!(
                "table {table} has {has} numbers, and {given} are given"
            )));
        }
        for (number, value) in numbers.iter().zip(values) {
            number.set(f64::from_ne_bytes(*value));
        }
        Ok(())
    }

    /// Sends an event: `type_` is its letter, `pFields` has numbers and texts from p1 on, with p2 in seconds from now.
    fn scoreEvent(&self, type_: &str, pFields: &Bound<'_, PyAny>) -> PyResult<()> {
        let (letter, values) = (letter(type_)?, Values::of(pFields)?);
        self.send(letter, &values.fields())
    }

    /// As `scoreEvent`, with p2 in seconds from `timeOffset`, which counts from the start.
    fn scoreEventAbsolute(&self, type_: &str, pFields: &Bound<'_, PyAny>, timeOffset: f64) -> PyResult<()> {
        let (letter, values) = (letter(type_)?, Values::of(pFields)?);
        let mut fields = values.fields();
        if let Some(start) = fields.get_mut(1) {
            start.number = (start.number + timeOffset - self.scoreTime()?).max(0.0);
        }
        self.send(letter, &fields)
    }

    /// Sends the events of score lines.
    fn inputMessage(&self, message: &str) -> PyResult<()> {
        for line in message.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(';')) {
            let mut rest = line.chars();
            let letter = letter(&rest.next().map(String::from).unwrap_or_default())?;
            let values = Values::of_line(rest.as_str())?;
            self.send(letter, &values.fields())?;
        }
        Ok(())
    }

    /// Prints a text, with `args` put in for its `%`; it has no end of line of its own.
    #[pyo3(signature = (fmt, *args))]
    fn message(&self, fmt: &Bound<'_, PyString>, args: &Bound<'_, PyTuple>) -> PyResult<()> {
        let text: String = match args.is_empty() {
            true => fmt.extract()?,
            false => fmt.rem(args)?.extract()?,
        };
        self.current()?.print(&text);
        Ok(())
    }
}

unsafe extern "C" fn take_text(sink: *mut c_void, text: Text) {
    // SAFETY: `stringChannel` gives its text, and the host lends the channel's for the length of this call.
    unsafe {
        if let (Some(sink), Some(text)) = (sink.cast::<String>().as_mut(), text.get()) {
            sink.push_str(text);
        }
    }
}

fn channel(name: &str, code: i32) -> PyResult<()> {
    match code {
        0 => Ok(()),
        _ => Err(PyKeyError::new_err(format!(
            "the channel \"{name}\" is of another kind, or has no such name"
        ))),
    }
}

fn outside(table: i32, index: usize) -> PyErr {
    PyIndexError::new_err(format!("table {table} has no number {index}"))
}

fn letter(text: &str) -> PyResult<u8> {
    match text.as_bytes() {
        [letter] if b"aidefq".contains(letter) => Ok(*letter),
        _ => Err(PyValueError::new_err(format!("\"{text}\" is no event: write i, d, f, a, q or e"))),
    }
}

/// The numbers of a sequence as bytes.
fn bytes_of<'py>(py: Python<'py>, from: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let builtins = py.import("builtins")?;
    // What shows its memory as these numbers already is taken as it is.
    let shown = builtins.getattr("memoryview")?.call1((from,));
    let shown =
        shown.ok().filter(|view| view.getattr("format").is_ok_and(|format| format.eq("d").unwrap_or(false)));
    let bytes = match shown {
        Some(view) => view.call_method0("tobytes")?,
        None => py.import("array")?.getattr("array")?.call1(("d", from))?.call_method0("tobytes")?,
    };
    Ok(bytes.cast_into::<PyBytes>()?)
}

/// The p-fields of an event.
struct Values(Vec<Value>);

enum Value {
    Number(f64),
    Text(String),
}

impl Values {
    fn of(from: &Bound<'_, PyAny>) -> PyResult<Self> {
        let values = from.try_iter()?.map(|value| {
            let value = value?;
            match value.cast::<PyString>() {
                Ok(text) => Ok(Value::Text(text.extract()?)),
                Err(_) => Ok(Value::Number(value.extract()?)),
            }
        });
        Ok(Self(values.collect::<PyResult<_>>()?))
    }

    /// The p-fields of a score line behind its letter.
    fn of_line(line: &str) -> PyResult<Self> {
        let mut values = Vec::new();
        let mut rest = line.trim_start();
        while !rest.is_empty() && !rest.starts_with(';') {
            let (value, behind) = match rest.strip_prefix('"') {
                Some(text) => {
                    let (text, behind) = text.split_once('"').unwrap_or((text, ""));
                    (Value::Text(text.to_owned()), behind)
                }
                None => {
                    let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                    let number = word.parse().map_err(|_| {
                        PyTypeError::new_err(format!("\"{word}\" is no number: write numbers and \"texts\""))
                    })?;
                    (Value::Number(number), behind)
                }
            };
            values.push(value);
            rest = behind.trim_start();
        }
        Ok(Self(values))
    }

    fn fields(&self) -> Vec<Field> {
        let field = |value: &Value| match value {
            Value::Number(number) => Field { number: *number, text: Text::NONE },
            Value::Text(text) => Field { number: 0.0, text: Text::of(text) },
        };
        self.0.iter().map(field).collect()
    }
}
