//! The `py…` opcodes: Python code that an orchestra runs.
//!
//! Names and types are those of Csound's own family, which is not used: it crashes where two instances perform at once. Ours
//! take its place where it is installed. `pyinit` is accepted and needs nothing. What an opcode runs is in a library that is
//! opened where a document uses Python ([`Python`]); without that every opcode here is an init error. All of them have an
//! init pass, in which their text is compiled, so that what is wrong with it is told before the note sounds.

mod engine;
mod entries;
mod host;
mod library;

use std::ffi::CStr;

use ksmps_data::encoding::text_of;
use ksmps_python_abi::{Kind, Numbers, Run};

use super::call::{Call, Fault, Memory, Opcode, Outcome};
use crate::float_env::KeepDenormals;
pub(crate) use engine::Engine;
use engine::{Compiled, LocalName};
pub(super) use entries::FAMILY;
pub use library::Python;

/// Most arguments of an opcode that takes a list.
const LIST_MAX: usize = super::call::ARGUMENTS_MAX;

const REFUSED: &str = "a document runs Python only where it asks for it with ;@needs python, has a Python opcode in its own text, \
    and is allowed to on this machine";

/// `pyinit`: Python is there before the first opcode.
struct Init;

// SAFETY: without arguments.
unsafe impl Opcode<0> for Init {
    type State = ();

    fn init(call: &mut Call<'_, (), 0>) -> Outcome {
        call.natives().python.is_some().then_some(()).ok_or(Fault::Misused(REFUSED))
    }
}

/// What an opcode keeps from cycle to cycle.
struct State {
    /// What it runs; null before its init pass.
    compiled: *const Compiled,
    /// The namespace of its note, or null for the engine's alone.
    local: LocalName,
    /// Its inputs, then its outputs.
    numbers: Memory,
    /// Where its results go: the first of so many arguments.
    results: Results,
}

#[derive(Clone, Copy)]
struct Results {
    first: usize,
    count: usize,
}

/// Which of the family an opcode is, beside what it does with its text.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Form {
    kind: Kind,
    /// How many results it has as outputs.
    outputs: usize,
    /// It sees the names of its note.
    is_local: bool,
    /// It runs in those cycles in which its first argument is not 0.
    is_triggered: bool,
    /// How many results it has is an argument, and they are the ones behind that.
    is_counted: bool,
    /// It runs in the init pass, and not in cycles.
    at_init: bool,
}

impl Form {
    /// Which argument is the text.
    const fn text(self) -> usize {
        self.outputs + self.is_triggered as usize
    }
}

/// An opcode of a form: kind, outputs and flags as [`entries`] writes them.
struct Py<const KIND: u32, const OUTPUTS: usize, const FLAGS: u32>;

const LOCAL: u32 = 1;
const TRIGGERED: u32 = 2;
const COUNTED: u32 = 4;
const AT_INIT: u32 = 8;

impl<const KIND: u32, const OUTPUTS: usize, const FLAGS: u32> Py<KIND, OUTPUTS, FLAGS> {
    const FORM: Form = Form {
        kind: match KIND {
            0 => Kind::Statements,
            1 => Kind::Script,
            2 => Kind::Expression,
            3 => Kind::Callable,
            _ => Kind::Variable,
        },
        outputs: OUTPUTS,
        is_local: FLAGS & LOCAL != 0,
        is_triggered: FLAGS & TRIGGERED != 0,
        is_counted: FLAGS & COUNTED != 0,
        at_init: FLAGS & AT_INIT != 0,
    };
}

// SAFETY: `entries` gives each form the types that it reads: outputs, a trigger, the text, the count of results, numbers.
// `Memory` is zeroed memory, and all else in the state is numbers and pointers, without drop. There are at most N arguments.
unsafe impl<const N: usize, const KIND: u32, const OUTPUTS: usize, const FLAGS: u32> Opcode<N>
    for Py<KIND, OUTPUTS, FLAGS>
{
    type State = State;

    fn init(call: &mut Call<'_, State, N>) -> Outcome {
        let form = Self::FORM;
        prepare(call, form)?;
        if form.at_init { run(call, form) } else { Ok(()) }
    }

    fn perform(call: &mut Call<'_, State, N>) -> Outcome {
        let form = Self::FORM;
        if form.is_triggered && call.number(form.outputs) == 0.0 {
            return Ok(());
        }
        run(call, form)
    }

    fn end(call: &mut Call<'_, State, N>) {
        let instance = call.instance_address();
        if let Some(python) = &mut call.natives().python {
            python.end_note(instance);
        }
    }
}

/// Finds what the opcode runs, the namespace that it runs in, and room for its numbers.
fn prepare<const N: usize>(call: &mut Call<'_, State, N>, form: Form) -> Outcome {
    if call.natives().python.is_none() {
        return Err(Fault::Misused(REFUSED));
    }
    let text = call.c_text(form.text());
    compile(call, form, text, false)?;
    let instance = call.instance_address();
    if let Some(python) = call.natives().python.as_mut().filter(|_| form.is_local) {
        let (local, is_new) = python.note(instance);
        call.state().local = local;
        // It goes with the note, whichever of its opcodes came first.
        if is_new {
            call.want_end();
        }
    }
    let results = results(call, form)?;
    call.state().results = results;
    let inputs = call.arguments().saturating_sub(first_input(form, results));
    call.give_memory(|state| &mut state.numbers, inputs + results.count);
    Ok(())
}

/// The first argument that is handed to the code.
fn first_input(form: Form, results: Results) -> usize {
    if form.is_counted { results.first + results.count } else { form.text() + 1 }
}

/// Where the results go.
fn results<const N: usize>(call: &Call<'_, State, N>, form: Form) -> Result<Results, Fault> {
    if !form.is_counted {
        return Ok(Results { first: 0, count: form.outputs });
    }
    let (first, wanted) = (form.text() + 2, call.number(form.text() + 1));
    let there = call.arguments().saturating_sub(first);
    if !(0.0..=there as f64).contains(&wanted) {
        return Err(Fault::Misused(
            "the opcode is to have more results than it has variables behind their number",
        ));
    }
    let count = wanted as usize;
    let is_variable = |index| matches!(call.type_letter(index), b'i' | b'k');
    match (first..first + count).all(is_variable) {
        true => Ok(Results { first, count }),
        false => {
            Err(Fault::Misused("the opcode's results go into variables: there is something else among them"))
        }
    }
}

/// Sees to it that what the opcode runs is compiled; `changes` where the text is not that of its init pass.
fn compile<const N: usize>(call: &mut Call<'_, State, N>, form: Form, text: &CStr, changes: bool) -> Outcome {
    let (name, line) = call.opcode_name_and_line();
    let (text, block) = (text.to_bytes(), call.block_address());
    let opcode = format!("{} in line {line}", text_of(name.to_bytes()));
    let folders = if form.kind == Kind::Script { folders_of_files(call) } else { Vec::new() };
    let Some(python) = &mut call.natives().python else { return Err(Fault::Misused(REFUSED)) };
    let compiled = match changes {
        true => python.compiled_now(block, form.kind, &opcode, text, &folders),
        false => python.compiled(form.kind, &opcode, text, &folders),
    };
    call.state().compiled = compiled.ok_or(Fault::Misused("Python has no more memory"))?;
    Ok(())
}

/// Runs the opcode's code.
fn run<const N: usize>(call: &mut Call<'_, State, N>, form: Form) -> Outcome {
    let Some((library, engine)) = call.natives().python.as_ref().map(Engine::parts) else {
        return Err(Fault::Misused(REFUSED));
    };
    // An init pass that failed leaves nothing to run.
    if call.state().compiled.is_null() {
        return Ok(());
    }
    // A text that is put together in each cycle may be another one now.
    let text = call.c_text(form.text());
    // SAFETY: what is compiled lives as long as the engine.
    if unsafe { (*call.state().compiled).text.as_ref() } != text.to_bytes() {
        compile(call, form, text, true)?;
    }
    let limit_seconds = match call.is_in_header() {
        true => 0.0,
        false => call.ksmps() as f64 / call.rate(),
    };
    let results = call.state().results;
    let (first, end) = (first_input(form, results), call.arguments());
    let inputs = end.saturating_sub(first);
    for index in 0..inputs {
        let value = call.number(first + index);
        if let Some(number) = call.state().numbers.numbers().get_mut(index) {
            *number = value;
        }
    }
    let State { compiled, local, numbers, .. } = call.state();
    // SAFETY: as above.
    let code = unsafe { (**compiled).code };
    let local = *local;
    let (inputs, outputs) = {
        let (inputs, outputs) = numbers.numbers().split_at_mut_checked(inputs).unwrap_or_default();
        let outputs = outputs.get_mut(..results.count).unwrap_or_default();
        (
            Numbers { start: inputs.as_mut_ptr(), len: inputs.len() },
            Numbers { start: outputs.as_mut_ptr(), len: outputs.len() },
        )
    };
    let run = Run { inputs, outputs, local, limit_seconds };
    // Python computes as everywhere else.
    let keep_denormals = KeepDenormals::new();
    // SAFETY: engine, code and namespace are live and of one engine, this is the thread that performs it, and the numbers are
    // the opcode's own. What goes wrong is told by the library, and the note goes on.
    unsafe { (library.run)(engine, code, &run) };
    drop(keep_denormals);
    for index in 0..results.count {
        let at = inputs.len + index;
        let value = call.state().numbers.numbers().get(at).copied().unwrap_or(0.0);
        call.set(results.first + index, value);
    }
    Ok(())
}

/// The folders in which Csound looks for files: those of the document among them.
fn folders_of_files<S, const N: usize>(call: &Call<'_, S, N>) -> Vec<String> {
    let folders = [c"INCDIR", c"SSDIR"].map(|name| call.environment(name));
    let folders = folders.iter().flat_map(|folders| folders.split(';'));
    folders.filter(|folder| !folder.is_empty()).map(str::to_owned).collect()
}
